"""The features of a sentence and of a span for the learner of long spans: words, cues, place,
verb and tense."""

from __future__ import annotations

from annotator.english import tables
from annotator.english.tokens import QUOTES
from annotator.learners.claims.boundaries import Sentence, size
from annotator.learners.claims.syntax import unique
from annotator.learners.word_clusters import WordClusters

_PRESENT = frozenset("is are am 's 're 'm ’s ’re ’m".split())
_PLAIN = frozenset("a an the no not".split())


def sentence_features(sentence: Sentence, kinds: WordClusters) -> tuple[str, ...]:
    """Features for whether a sentence contains any span."""
    paragraph, tokens = (
        sentence.reading.paragraph.index,
        sentence.tokens[sentence.first : sentence.last],
    )
    made = [f"s.{name}" for name in sentence.cues(sentence.first, sentence.last)]
    made += [f"sw={t.lower}" for t in tokens if t.text[:1].isalpha()]
    made += [f"sw.verb={base}" for t in tokens for base, _ in tables.verb_forms().get(t.lower, ())]
    made += kinds.features((t.lower for t in tokens), "sw.kind")
    made.append("sw.begin=" + " ".join(t.lower for t in tokens[:2]))
    made += [
        f"s.size={size(len(tokens))}",
        f"s.verbs={min(3, sentence.verbs(sentence.first, sentence.last))}",
    ]
    made += [
        f"s.place={min(sentence.number, 3)}",
        f"s.last={sentence.number == sentence.count - 1}",
    ]
    made += [
        f"s.paragraph={min(4, paragraph)}",
        f"s.place={min(2, sentence.number)}|{min(2, paragraph)}",
    ]
    made += [f"s.clauses={min(2, len(sentence.clauses))}", f"s.sign={tokens[-1].text}"]
    made.append(f"s.frames={sum(clause.frame is not None for clause in sentence.clauses)}")
    made += [f"s.r={clause.found.label}" for clause in sentence.clauses[:2]]
    made.append(f"s.given={any(clause.given for clause in sentence.clauses)}")
    made += [
        f"s.modality={clause.found.attributes.get('modality')}" for clause in sentence.clauses[:2]
    ]
    parsed = sentence.syntax.of_sentence(sentence.first, sentence.last) if sentence.syntax else ()
    return unique(made, _main_verb(sentence), parsed)


def _main_verb(sentence: Sentence) -> list[str]:
    """The first finite verb of a sentence, and the words before it."""
    verb = next(iter(sentence.governing), None)
    if verb is None:
        return []
    before = [t.lower for t in sentence.tokens[sentence.first : verb]]
    word = sentence.tokens[verb].lower
    made = [f"s.subject={word}" for word in before[-3:] if word.isalpha()]
    made += [
        f"s.governs={word}",
        *(f"s.of={base}" for base, _ in tables.verb_forms().get(word, ())),
    ]
    return [*made, f"s.about={next((word for word in before if word in _ABOUT), None)}"]


_ABOUT = tables.words("pronouns") | tables.words("determiners")


def span_features(sentence: Sentence, start: int, end: int, kinds: WordClusters) -> tuple[str, ...]:
    """Features for the label and the attributes of the span `[start, end)`, in tokens."""
    tokens = sentence.tokens
    words = [t.lower for t in tokens[start:end]]
    made = [f"w={t.lower}" for t in tokens[start:end] if t.text[:1].isalpha()]
    made += [f"w.verb={base}" for word in words for base, _ in tables.verb_forms().get(word, ())]
    made += kinds.features(words, "w.kind")
    made += [f"c={name}" for name in sentence.cues(start, end)]
    made += [f"c={name}" for word in words for name in tables.senses().get(word, ())]
    made += [f"b={words[0]}", f"n={size(end - start)}", f"v={min(3, sentence.verbs(start, end))}"]
    made.append(f"place={min(sentence.number, 3)}|{sentence.number == sentence.count - 1}")
    made.append(f"sign={tokens[sentence.last - 1].text}")
    made.append(
        f"quoted={any(t.text in QUOTES for t in tokens[max(sentence.first, start - 1) : end + 1])}"
    )
    made += _ruled(sentence, start, end)
    made += _verb(sentence, start, end)
    made += _around(sentence, start, end)
    return unique(made, sentence.syntax.of_span(start, end) if sentence.syntax else ())


def _ruled(sentence: Sentence, start: int, end: int) -> list[str]:
    """The rules' features of the claim that they find in exactly the same place, or else of the
    first one in the span."""
    over = [c for c in sentence.clauses if c.found.first < end and c.found.last > start]
    same = [c for c in over if (c.found.first, c.found.last) == (start, end)]
    clause = next(iter(same or over), None)
    if clause is None:
        return []
    found = clause.found
    made = [f"r={found.label}", *(f"r.{name}={value}" for name, value in found.attributes.items())]
    made.append(f"frame={clause.frame.side if clause.frame else None}")
    if clause.given and (found.first, found.last) == (start, end):
        made.append(f"r.given={found.label}")
    return made


def _verb(sentence: Sentence, start: int, end: int) -> list[str]:
    """The first words, the first finite verb with the words before it, its form together with names
    and numbers, and the complement of a form of "be"."""
    tokens = sentence.tokens
    words = [t.lower for t in tokens[start:end]]
    verb = next((i for i in sentence.governing if start <= i < end), None)
    form = "none" if verb is None else _form(tokens[verb].lower)
    number = any(t.text[:1].isdigit() for t in tokens[start:end])
    name = any(t.text[:1].isupper() for t in tokens[start + 1 : end])
    is_name = tokens[start].text[:1].isupper() and not tokens[start].first
    first = "Name" if is_name else tokens[start].lower
    made = [
        f"number={number}",
        f"name={name}",
        f"name={name}|{number}",
        f"t={form}",
        f"t={form}|{number}|{name}",
        f"lead={sentence.lead(start)}",
        f"lead={sentence.lead(start)}|t={form}",
        f"subject={first}|t={form}",
        f"w.2={' '.join(words[:2])}",
        f"w.3={' '.join(words[:3])}",
        f"w.last={words[-1]}",
    ]
    if verb is None:
        return [*made, "w.subject=none"]
    return [*made, *_governed(sentence, start, verb, end, form)]


def _governed(sentence: Sentence, start: int, verb: int, end: int, form: str) -> list[str]:
    """The words before the first finite verb, the verb with the next word, and the complement of a
    form of "be"."""
    tokens = sentence.tokens
    made = [f"w.subject={t.lower}" for t in tokens[start:verb] if t.text[:1].isalpha()]
    made += [
        f"w.governs={tokens[verb].lower}",
        "w.governs=" + " ".join(t.lower for t in tokens[verb : verb + 2]),
    ]
    if form in ("be", "was") and verb + 1 < end:
        after = tokens[verb + 1].lower
        made.append(f"is={after if after in _PLAIN else after[-3:]}")
        made.append(f"is={form}|{after in ('a', 'an', 'no')}")
    return made


def _form(word: str) -> str:
    """The kind of finite verb that a word is."""
    if word in tables.words("modals"):
        return "modal"
    if word in _PRESENT:
        return "be"
    if word in ("was", "were"):
        return "was"
    if word in ("has", "have"):
        return "has"
    kinds = tables.verb_kinds(word)
    return "past" if word in ("had", "did") or kinds & {"past", "both"} else "present"


def _around(sentence: Sentence, start: int, end: int) -> list[str]:
    """The sentence after and before a span, and the verb whose object it is."""
    tokens, last = sentence.tokens, sentence.last
    made = [
        f"whole={start == sentence.first and end >= sentence.bare_end}|{size(max(0, last - end))}"
    ]
    made += [f"w.after={t.lower}" for t in tokens[end : min(end + 5, last)]]
    made += [f"after={name}" for name in sentence.cues(end, last)]
    if start == sentence.first:
        return made
    made += [f"before={name}" for name in sentence.cues(sentence.first, start)]
    made.append(f"p={tokens[start - 1].lower}")
    made += [f"w.before={t.lower}" for t in tokens[max(sentence.first, start - 4) : start]]
    verb = next((verb for i, verb in reversed(sentence.sides) if start - 6 <= i < start), None)
    if verb is not None:
        bare = not any(start <= i for i in sentence.governing)
        made += [f"of={verb.base}", f"of={verb.base}|{tokens[start].lower == 'to'}|{bare}"]
        made.append(f"side={verb.on_claim}|{sentence.lead(start)}")
    return made


def without_words(features: tuple[str, ...]) -> list[str]:
    """Features that do not depend on the words: cues, frames, places, verb forms."""
    return [f for f in features if not f.startswith(("w=", "w.", "sw=", "sw."))]


def cues(features: tuple[str, ...]) -> list[str]:
    """The rules' label, the classes of words and of cues."""
    return [f for f in features if f.startswith(_CUES)]


_CUES = ("r=", "r.modality=", "c=")

__all__ = ["cues", "sentence_features", "span_features", "without_words"]
