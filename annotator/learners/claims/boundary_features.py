"""The features of the places where long spans can begin and end."""

from __future__ import annotations

from annotator.english import tables
from annotator.english.tokens import QUOTES, phrase_at
from annotator.learners.claims.boundaries import Sentence, size
from annotator.learners.claims.syntax import unique


def start_features(sentence: Sentence, start: int) -> tuple[str, ...]:
    """Features for whether a span begins here."""
    tokens, first, last = sentence.tokens, sentence.first, sentence.last
    kind, skipped, word = sentence.lead(start), start - first, tokens[start].lower
    before, after = min(2, sentence.verbs(first, start)), min(2, sentence.verbs(start, last))
    ruled = start in sentence.ruled[0]
    made = [
        f"k={kind}",
        f"k={kind}|r={ruled}|v={before}",
        f"r={ruled}",
        f"r={ruled}|{len(sentence.ruled[0])}",
        f"k={kind}|n={size(skipped)}",
        f"n={size(skipped)}",
        f"v={before}|{after}",
        f"w={word}",
        f"k={kind}|w={word}",
        f"rest={size(last - start)}",
        f"others={size(len(sentence.starts))}",
    ]
    if start + 1 < last:
        made.append(f"w1={word} {tokens[start + 1].lower}")
    made += _skipped_features(sentence, start)
    rank = sum(other < start for other in sentence.starts)
    made.append(f"rank={min(4, rank)}|{min(5, len(sentence.starts))}")
    that = sentence.that
    if that is None:
        made.append(f"that=None|{not skipped}")
    else:
        here = f"{not skipped}|{start == that + 1}"
        made += [f"that={tokens[that - 1].lower}|{here}", f"that={size(that - first)}|{here}"]
    return unique(made, sentence.syntax.at_start(first, last, start) if sentence.syntax else ())


def _skipped_features(sentence: Sentence, start: int) -> list[str]:
    """The sentence before a place, and the phrase that leads in there."""
    tokens, first, last = sentence.tokens, sentence.first, sentence.last
    words = [t.lower for t in tokens[first:start]]
    lead = phrase_at(tokens, first, tables.phrases("lead_ins"), last)
    made = [f"skipped={word}" for word in words[:12]]
    made += [f"c0={name}" for name in sentence.cues(first, start)]
    made += [f"c1={name}" for name in sentence.cues(start, last)]
    if not words:
        made.append(f"leads={lead > 0}")
        return [*made, "lead=" + " ".join(t.lower for t in tokens[start : start + lead])]
    made += [f"p={words[-1]}", f"lead={0 < lead >= len(words) - 1}"]
    if len(words) > 1:
        made.append("p2=" + " ".join(words[-2:]))
    if len(words) <= 5:
        made.append("skip=" + " ".join(words))
    return made


def next_features(sentence: Sentence, start: int, following: int | None) -> tuple[str, ...]:
    """Features for whether the span after the one that begins at `start` begins here."""
    tokens = sentence.tokens
    ruled_next = next((c.found.first for c in sentence.clauses if c.found.first > start), None)
    if following is None:
        made = [
            "none",
            f"none|n={size(sentence.last - start)}",
            f"none|v={min(3, sentence.verbs(start, sentence.last))}",
            f"none|r={ruled_next is None}",
            f"none|others={size(len(sentence.starts))}",
            f"none|c={min(3, len(sentence.clauses))}",
        ]
        return unique(
            made, sentence.syntax.no_more(start, sentence.last) if sentence.syntax else ()
        )
    kind, ruled = sentence.lead(following), following in sentence.ruled[0]
    before, after = sentence.verbs(start, following), sentence.verbs(following, sentence.last)
    verbs = f"v={min(2, before)}|{min(2, after)}"
    rank = sum(start < other < following for other in sentence.starts)
    made = [
        f"k={kind}",
        f"k={kind}|r={ruled}",
        f"k={kind}|{verbs}",
        f"r={ruled}",
        verbs,
        f"next={following == ruled_next}",
        f"k={kind}|w={tokens[following].lower}",
        f"w={tokens[following].lower}",
        f"n={size(following - start)}",
        f"rest={size(sentence.last - following)}",
        f"p={tokens[following - 1].lower}",
        f"rank={min(3, rank)}",
        f"p2={tokens[following - 2].lower} {tokens[following - 1].lower}",
    ]
    if following + 1 < sentence.last:
        made.append(f"w1={tokens[following].lower} {tokens[following + 1].lower}")
    return unique(
        made,
        sentence.syntax.at_start(sentence.first, sentence.last, following)
        if sentence.syntax
        else (),
    )


def end_features(
    sentence: Sentence, start: int, end: int, following: int | None = None
) -> tuple[str, ...]:
    """Features for whether a span that begins at `start` ends here, before (or around) the one
    `following`."""
    parsed = (
        sentence.syntax.at_end(sentence.first, sentence.last, start, end) if sentence.syntax else ()
    )
    if following is not None:
        return unique(_gap_features(sentence, start, end, following), parsed)
    tokens, left = sentence.tokens, sentence.last - end
    kind = "bare" if end == sentence.bare_end else "inside" if left > 0 else "beyond"
    if not left:
        kind = "all"
    after = tokens[end].lower if left > 0 else ""
    verbs = min(2, sentence.verbs(start, end)), min(2, sentence.verbs(end, sentence.last))
    quotes = sum(t.text in QUOTES for t in tokens[start:end])
    made = [
        f"e={kind}",
        f"e={kind}|r={end in sentence.ruled[1]}",
        f"e={kind}|k={sentence.lead(start)}",
        f"e={kind}|a={after}",
        f"e={kind}|v={verbs[0]}|{verbs[1]}",
        f"e={kind}|n={size(end - start)}",
        f"e={kind}|left={size(abs(left))}",
        f"b={tokens[end - 1].text}",
        f"e={kind}|sign={tokens[sentence.last - 1].text}",
        f"e={kind}|quotes={min(3, quotes)}",
    ]
    if kind == "inside":
        made.append("a2=" + " ".join(t.lower for t in tokens[end : min(end + 2, sentence.last)]))
    if any(c.found.first == start and c.found.last == end for c in sentence.clauses):
        made.append("rule")
    return unique(made, parsed)


def _gap_features(sentence: Sentence, start: int, end: int, following: int) -> tuple[str, ...]:
    """Features for whether a span ends here if another one begins at `following`."""
    tokens, gap = sentence.tokens, " ".join(t.lower for t in sentence.tokens[end:following][:4])
    return (
        f"gap={gap}",
        f"gap={max(-1, following - end)}",
        f"gap={following - end}|w={tokens[following].lower}",
        f"gap.b={tokens[end - 1].lower}",
        f"gap.r={end in sentence.ruled[1]}",
        f"gap.rule={any(c.found.first == start and c.found.last == end for c in sentence.clauses)}",
    )


__all__ = ["end_features", "next_features", "start_features"]
