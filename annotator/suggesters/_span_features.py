"""What the learner of long spans sees of a span: its words, cues, place and tense, and what leads to it."""

from __future__ import annotations

from annotator.suggesters import _tables as tables
from annotator.suggesters._places import QUOTES, Sentence, size

_PRESENT = frozenset("is are am 's 're 'm ’s ’re ’m".split())
_PLAIN = frozenset("a an the no not".split())


def span_features(sentence: Sentence, start: int, end: int) -> tuple[str, ...]:
    """What tells the label and the attributes of the span `[start, end)`, in tokens."""
    tokens = sentence.tokens
    words = [t.lower for t in tokens[start:end]]
    made = [f"w={t.lower}" for t in tokens[start:end] if t.text[:1].isalpha()]
    made += [f"verb={base}" for word in words for base, _ in tables.verb_forms().get(word, ())]
    made += [f"c={name}" for name in sentence.cues(start, end)]
    made += [f"b={words[0]}", f"n={size(end - start)}", f"v={min(3, sentence.verbs(start, end))}"]
    made.append(f"place={min(sentence.number, 3)}|{sentence.number == sentence.count - 1}")
    made.append(f"sign={tokens[sentence.last - 1].text}")
    made.append(f"quoted={any(t.text in QUOTES for t in tokens[max(sentence.first, start - 1) : end + 1])}")
    made += _tense(sentence, start, end)
    over = [c for c in sentence.clauses if c.found.first < end and c.found.last > start]
    for clause in over[:1]:
        made.append(f"r={clause.found.label}")
        made += [f"r.{name}={value}" for name, value in clause.found.attributes.items()]
        made.append(f"frame={clause.frame.side if clause.frame else None}")
    return (*made, *_leading(sentence, start))


def _tense(sentence: Sentence, start: int, end: int) -> list[str]:
    """The form of the first finite verb, together with names and numbers, and what a form of "be" says."""
    tokens = sentence.tokens
    verb = next((i for i in sentence.governing if start <= i < end), None)
    form = "none" if verb is None else _form(tokens[verb].lower)
    number = any(t.text[:1].isdigit() for t in tokens[start:end])
    name = any(t.text[:1].isupper() for t in tokens[start + 1 : end])
    first = "Name" if tokens[start].text[:1].isupper() and not tokens[start].first else tokens[start].lower
    made = [
        f"number={number}", f"name={name}", f"name={name}|{number}", f"t={form}", f"t={form}|{number}|{name}",
        f"lead={sentence.lead(start)}", f"lead={sentence.lead(start)}|t={form}", f"subject={first}|t={form}",
    ]  # fmt: skip
    if verb is not None and form in ("be", "was") and verb + 1 < end:
        after = tokens[verb + 1].lower
        made.append(f"is={after if after in _PLAIN else after[-3:]}")
        made.append(f"is={form}|{after in ('a', 'an', 'no')}")
    return made


def _form(word: str) -> str:
    """What kind of finite verb a word is."""
    if word in tables.words("modals"):
        return "modal"
    if word in _PRESENT:
        return "be"
    if word in ("was", "were"):
        return "was"
    if word in ("has", "have"):
        return "has"
    kinds = {kind for _, kind in tables.verb_forms().get(word, ())}
    return "past" if word in ("had", "did") or kinds & {"past", "both"} else "present"


def _leading(sentence: Sentence, start: int) -> list[str]:
    """The words before a span, and the verb that it is the object of."""
    if start == sentence.first:
        return []
    tokens = sentence.tokens
    made = [f"p={tokens[start - 1].lower}"]
    made += [f"before={t.lower}" for t in tokens[max(sentence.first, start - 4) : start]]
    verb = next((verb for i, verb in reversed(sentence.sides) if start - 6 <= i < start), None)
    if verb is not None:
        bare = not any(start <= i for i in sentence.governing)
        made += [f"of={verb.base}", f"of={verb.base}|{tokens[start].lower == 'to'}|{bare}"]
        made.append(f"side={verb.on_claim}|{sentence.lead(start)}")
    return made


__all__ = ["span_features"]
