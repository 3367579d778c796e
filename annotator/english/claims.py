"""Claims by rules: one for each main clause, without lead-in,
reporting frame and final punctuation.

The clauses are read by the order of words, with a parse at hand too: as features of the learner,
which sees the parse as well, they are worth .05 of exact F1 (.607 with them, .559 without; keys
saved .651 and .596; four folds over the documents of the seeds' part `train`).

What each module gives was measured by leaving it out, on two folds over the same documents (learnt
claims; F1 of stances between given spans):

    left out                              exact F1   keys saved   stances
    nothing                                   .600         .649      .675
    `coordination`                            .581         .623      .674
    `objects`, and `complements` with it      .563         .602      .679
    `complements`                             .575         .625      .671
    subjects and objects of `syntax`          .600         .647      .666

So `syntax` earns its place by stances alone; a host without the parser was not measured.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from annotator.english import tables
from annotator.english.clause_parts import (
    asserts_nothing,
    in_quotes,
    is_fragment,
    is_open,
    report_end,
    reported_parts,
)
from annotator.english.coordination import imperative, independent, main_clauses
from annotator.english.cues import announces, asked, attribution_of, label_of, modality_of
from annotator.english.echoes import echoes
from annotator.english.frames import frame_of, heads_of, that_frame
from annotator.english.held_nouns import HeldClaim, held_claims
from annotator.english.lead_ins import after_lead_in, trimmed
from annotator.english.object_ends import end_of_object, where_main_clause_goes_on
from annotator.english.objects import (
    Object,
    main_verb,
    object_at,
    passed,
    passive_of_sides,
    relative_object,
)
from annotator.english.parse import Parse
from annotator.english.reporting_frame import ReportingFrame, flip
from annotator.english.syntax import Syntax, finite
from annotator.english.tokens import QUOTES, FoundSpan, Token
from annotator.model.overlaps import Overlaps


@dataclass(frozen=True, slots=True)
class Clause:
    """A claim and its reporting frame; `more` are the frames of others who also hold it."""

    found: FoundSpan
    frame: ReportingFrame | None
    more: tuple[ReportingFrame, ...] = ()
    given: bool = False
    """Whether the verb before it says what type of claim it is (`accuse X of [arming Y]`)."""
    held: bool = False
    """Whether somebody's noun of wanting or promising holds it (`X made a promise [to go]`)."""
    inside: bool = False
    """Whether it is part of another claim, and somebody's own (`X's plan [to go] is foolish`)."""


def find_claims(
    tokens: Sequence[Token], actors: Sequence[FoundSpan], parse: Parse | None = None
) -> list[Clause]:
    """The claims of a paragraph in reading order, at most one for each main clause, and those
    inside it that somebody holds; with a `parse`, also the content of somebody's plans and
    hopes."""
    out = _by_words(tokens, actors)
    if parse is None:
        return out
    out = [_shorter(tokens, parse, one) for one in _without_echoes(tokens, actors, parse, out)]
    overlaps = Overlaps([(one.found.first, one.found.last) for one in out])
    made: list[Clause] = []
    only_told: set[int] = set()
    for held in held_claims(tokens, actors, parse):
        near = overlaps.of(held.first, held.last)
        around = {k for k in near if _around(out[k], held)}
        if any(out[k].given for k in around):
            continue
        only_told |= around if held.reported else set()
        made.append(_held_clause(tokens, held, inside=bool(around - only_told)))
    made += [one for k, one in enumerate(out) if k not in only_told]
    return sorted(made, key=lambda one: (one.found.first, -one.found.last))


def _shorter(tokens: Sequence[Token], parse: Parse, clause: Clause) -> Clause:
    """The clause without what does not belong to it, if it is the object of a verb."""
    first, last = clause.found.first, clause.found.last
    frame = clause.frame
    if not clause.given or frame is None or frame.last > first:
        return clause
    siding = tokens[frame.first].lower in tables.siding()
    last = where_main_clause_goes_on(parse, frame.first, first, clause.found.last)
    end = end_of_object(tokens, parse, first, last, siding=siding)
    if end == clause.found.last:
        return clause
    return replace(clause, found=replace(clause.found, last=end, end=tokens[end - 1].end))


def _without_echoes(
    tokens: Sequence[Token], actors: Sequence[FoundSpan], parse: Parse, clauses: list[Clause]
) -> list[Clause]:
    """The clauses that say something by themselves (not `and she is right`)."""
    said = [one for one in echoes(tokens, actors, parse) if one.how != "beside"]
    return [
        clause
        for clause in clauses
        if clause.given
        or not any(
            clause.found.first <= one.verb < clause.found.last
            and clause.found.first >= one.first - 1
            for one in said
        )
    ]


def _around(clause: Clause, held: HeldClaim) -> bool:
    return clause.found.first <= held.first and held.last <= clause.found.last


def _held_clause(tokens: Sequence[Token], held: HeldClaim, *, inside: bool) -> Clause:
    frame, *more = held.frames
    why = f"“{tokens[frame.first].text}” says what it is"
    made = _with_attributes(
        tokens, held.first, held.last, held.label, why, 0.6, frame, quoted=False
    )
    return replace(made, given=True, held=True, inside=inside, more=tuple(more))


def _by_words(tokens: Sequence[Token], actors: Sequence[FoundSpan]) -> list[Clause]:
    """The claims that the order of words shows."""
    out: list[Clause] = []
    syntax = Syntax(tokens, actors)
    starts = [i for i, t in enumerate(tokens) if t.first] or ([0] if tokens else [])
    spoken: ReportingFrame | None = None
    for begin, end in zip(starts, [*starts[1:], len(tokens)], strict=True):
        goes_on = in_quotes(tokens, begin, end)
        told = spoken if goes_on else None
        sentence: list[Clause] = []
        for first, last in main_clauses(tokens, begin, end):
            made = _clauses(syntax, first, last)
            if told is not None:
                made = [_also_told(one, told, direct=goes_on) for one in made]
            elif first == begin and tokens[first].lower == "according":
                told = next((one.frame for one in made), None)
            sentence += made
        spoken = _speaker(sentence)
        out += sentence
    return out


def _speaker(sentence: Sequence[Clause]) -> ReportingFrame | None:
    """Who speaks in a quoted sentence, so that the next one in quotation marks can continue it."""
    frames = (one.frame for one in sentence if one.found.attributes["attribution"] == "direct")
    return next((one for one in frames if one is not None and not one.own), None)


def _also_told(clause: Clause, told: ReportingFrame, *, direct: bool) -> Clause:
    """A later clause of a sentence with `according to X` at its start, which X also says; or a
    `direct` quotation that continues."""
    if clause.frame is not None:
        return clause
    attributes = {**clause.found.attributes, "attribution": "direct" if direct else "indirect"}
    return replace(clause, frame=told, found=replace(clause.found, attributes=attributes))


def _clauses(syntax: Syntax, first: int, last: int) -> list[Clause]:
    """The claims of a main clause: none, one, those joined by `and that` in a reported one, or
    objects of verbs of wanting, asking and judging."""
    tokens = syntax.tokens
    question = any(t.text == "?" for t in tokens[max(first, last - 2) : last])
    first, last = trimmed(tokens, first, last)
    first = after_lead_in(tokens, first, last)
    if asserts_nothing(tokens, first, last) or (question and is_open(tokens, first, last)):
        return []
    objects = [] if question else _objects(syntax, first, last)
    if objects:
        return objects
    quoted = any(t.text in QUOTES for t in tokens[first:last])
    frame, first, last = frame_of(syntax, first, last)
    if frame is not None:
        if frame.first < first:
            end = report_end(tokens, frame, first, last)
            question, last = question and end == last, end
        out = _told(syntax, frame, first, last, quoted=quoted, question=question)
    else:
        out = _said(syntax, first, last, quoted=quoted, question=question)
    if first < last and tokens[first].lower == "there":
        return _who_say(syntax, first, last) or out
    return out


def _told(
    syntax: Syntax, frame: ReportingFrame, first: int, last: int, *, quoted: bool, question: bool
) -> list[Clause]:
    """The claims of a reported clause, or those inside it that others hold."""
    out: list[Clause] = []
    for a, b in reported_parts(syntax.tokens, first, last):
        inner = [] if question else _inside(syntax, a, b)
        out += inner or _as_list(
            _clause(syntax.tokens, a, b, frame, quoted=quoted, question=question)
        )
    return out


def _said(syntax: Syntax, first: int, last: int, *, quoted: bool, question: bool) -> list[Clause]:
    """The claims of a clause that nobody is reported to say, and what somebody inside it wants."""
    tokens, out = syntax.tokens, list[Clause]()
    joined = first > 0 and tokens[first - 1].lower == "that"
    for a, b in reported_parts(tokens, first, last) if joined else [(first, last)]:
        out += _as_list(_clause(tokens, a, b, None, quoted=quoted, question=question))
    inside = relative_object(syntax, first, last) if first < last and not question else None
    return out if inside is None else [*out, *_object_clause(tokens, inside)]


def _as_list(clause: Clause | None) -> list[Clause]:
    return [] if clause is None else [clause]


def _inside(syntax: Syntax, first: int, last: int) -> list[Clause]:
    """What someone else reportedly says or wants (`it says that the union claims that [X]`): the
    innermost claims."""
    for i in heads_of(syntax.tokens, first, last):
        reported = that_frame(syntax, first, last, i)
        if reported is not None and syntax.lower[reported[1] - 1] == "that":
            return _report(syntax, *reported, last)
    return _objects(syntax, first, last)


def _who_say(syntax: Syntax, first: int, last: int) -> list[Clause]:
    """`There are those who say that [X]`: a sentence that only introduces the holder."""
    who = next(
        (k for k in range(first + 1, last - 3) if syntax.tokens[k].lower in ("who", "that")), None
    )
    if who is None:
        return []
    reported = that_frame(syntax, first, last, passed(syntax.tokens, who + 1, last))
    if reported is not None:
        return _report(syntax, *reported, last)
    inside = relative_object(syntax, first, last)
    return [] if inside is None else _object_clause(syntax.tokens, inside)


def _report(syntax: Syntax, frame: ReportingFrame | None, first: int, last: int) -> list[Clause]:
    """The claims of what is reported."""
    parts = reported_parts(syntax.tokens, first, last)
    made = (_clause(syntax.tokens, a, b, frame, quoted=False, question=False) for a, b in parts)
    return [clause for clause in made if clause is not None]


def _objects(syntax: Syntax, first: int, last: int) -> list[Clause]:
    """`X opposes [the wall] and would rather see [a marsh]`: what is wanted, asked or judged, if
    the clause has such a verb; the whole clause is then not a claim."""
    out: list[Clause] = []
    verb, found = main_verb(syntax, first, last), None
    passive = passive_of_sides(syntax, first, last) if verb is None else None
    if passive is not None:
        return _object_clause(syntax.tokens, passive)
    while verb is not None:
        reported = that_frame(syntax, first, last, verb)
        if reported is not None:
            return (
                [*out, *_second_report(syntax, reported, found, last)] if found is not None else []
            )
        found = object_at(syntax, first if found is None else verb, last, verb, found)
        if found is None:
            return out
        out += _object_clause(syntax.tokens, found)
        if found.rest is None:
            return out
        if independent(syntax.tokens, found.rest, last):
            return [*out, *_clauses(syntax, found.rest, last)]
        verb = passed(syntax.tokens, found.rest, last)
    return out


def _second_report(
    syntax: Syntax, reported: tuple[ReportingFrame, int], before: Object, last: int
) -> list[Clause]:
    """`supports it and hopes that [X]`: what the same subject also says, with another verb."""
    frame = (
        None
        if before.frame is None or before.frame.own
        else replace(reported[0], holder=before.frame.holder)
    )
    return _report(syntax, frame, reported[1], last)


def _object_clause(tokens: Sequence[Token], found: Object) -> list[Clause]:
    first, last = trimmed(tokens, found.first, found.last)
    if first >= last:
        return []
    direct = found.first > 0 and tokens[first - 1].text in QUOTES
    label, why = found.label, "the verb before it says what it is"
    if label in ("", "fact"):
        cued, why, _ = label_of(tokens, first, last)
        deed = tokens[first].lower.endswith("ing")
        label = cued if not label or (cued == "value" and not deed) else "fact"
    made = _with_attributes(tokens, first, last, label, why, 0.6, found.frame, quoted=direct)
    return [replace(made, given=found.label != "", more=found.more)]


def _with_attributes(
    tokens: Sequence[Token],
    first: int,
    last: int,
    label: str,
    why: str,
    score: float,
    frame: ReportingFrame | None,
    *,
    quoted: bool,
    question: bool = False,
) -> Clause:
    """The claim in tokens `[first, last)`, with its modality and whose words it is."""
    attributes = {
        "modality": modality_of(tokens, first, last, question=question),
        "attribution": attribution_of(tokens, first, last, frame, quoted=quoted),
    }
    rule = f"claim.{label}"
    span = FoundSpan.over(tokens, first, last, label, score, why, rule, attributes=attributes)
    return Clause(span, frame)


def _clause(
    tokens: Sequence[Token],
    first: int,
    last: int,
    frame: ReportingFrame | None,
    *,
    quoted: bool,
    question: bool,
) -> Clause | None:
    """The claim that a clause makes; None for a fragment."""
    first, last = trimmed(tokens, first, last)
    first = after_lead_in(tokens, first, last)
    whole = imperative(tokens, first, last) or (
        frame is not None and first > 0 and tokens[first - 1].lower == "that"
    )
    if (
        is_fragment(tokens, first, last)
        or last - first < (2 if whole else 3)
        or not (whole or any(finite(t) for t in tokens[first:last]))
    ):
        return None
    label, why, score = label_of(tokens, first, last)
    if frame is not None:
        label, why = _type_by_frame(tokens, first, last, frame, label) or (label, why)
    short = 6 if tokens[first].lower in ("this", "that") else 5
    score = round(score - 0.1 if last - first < short else score, 2)
    made = _with_attributes(
        tokens, first, last, label, why, score, frame, quoted=quoted, question=question
    )
    return replace(made, more=_judged(tokens, frame))


def _judged(tokens: Sequence[Token], frame: ReportingFrame | None) -> tuple[ReportingFrame, ...]:
    """The author's own frame, if somebody's frame says that they are right or wrong (`Orr is
    wrong to think that ...`)."""
    if frame is None or frame.own:
        return ()
    side = tables.agreeing().get(tokens[frame.first].lower, "")
    before = {token.lower for token in tokens[max(0, frame.first - 3) : frame.first]}
    if not side or "be" in before:  # "May be right that".
        return ()
    own = flip(side, negative=not before.isdisjoint(tables.words("negations")))
    return (replace(frame, holder=None, side=own, own=True),)


def _type_by_frame(
    tokens: Sequence[Token], first: int, last: int, frame: ReportingFrame, label: str
) -> tuple[str, str] | None:
    """The type of a claim that the word of its frame shows, and why; None if the claim's own words
    say what it is. What somebody promises is a policy."""
    cue = tokens[frame.first]
    if label == "prediction" and frame.side == "+":
        if cue.lower in tables.promises():
            return "policy", f"“{cue.text}” makes a plan of it"
        if cue.lower in tables.announcing() and announces(tokens, first, last):
            return "policy", f"“{cue.text}” announces what they will do"
    if label not in ("fact", "value"):
        return None
    said = "policy" if asked(tokens, first, last) else tables.said_types().get(cue.lower)
    return None if said is None else (said, f"“{cue.text}” says what it is")


__all__ = ["Clause", "find_claims"]
