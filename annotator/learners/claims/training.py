"""Trains the learner of long spans: first its classifiers, then how their chances are mixed,
corrected and calibrated, by models that have not seen the examples on which they are judged."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeAlias

from annotator.learners.claims.boundaries import sentences_of
from annotator.learners.claims.decoding import Analysis, weight
from annotator.learners.claims.features import cues, without_words
from annotator.learners.claims.model import (
    HOPELESS,
    INSIDE_PRIOR,
    ClaimProposal,
    ClauseModel,
    Options,
    Read,
)
from annotator.learners.claims.reranking import UNCHANGED, Case, case_of
from annotator.learners.claims.reranking import fit as fit_reranker
from annotator.learners.claims.training_rows import TrainingRows, marked, nests_of
from annotator.learners.evaluation import folds
from annotator.learners.examples import Example
from annotator.learners.logistic import Binary, Classes, ConditionalLogit
from annotator.learners.word_clusters import WordClusters
from annotator.model.schema import Layer

PRIOR = (0.0, 0.0, 1.0, 0.0)
"""Weights of the calibration before anything is known: of the log odds of bounds, of the label, and
of both; the intercept."""
_FOLDS = 4
_HELD, _OF = 4, 5
"""Prior counts of sentences with spans, and of all sentences."""
_EVERY = 0.7
"""The share of assertive sentences that must contain a span for each to get a proposal."""
_LEAST = 12
"""The least number of examples at which part of them is held out for calibration."""


def train_clauses(
    examples: Sequence[Example],
    layer: Layer,
    kinds: WordClusters,
    base: ClauseModel | None = None,
) -> tuple[ClauseModel, dict[int, list[ClaimProposal]]]:
    """Learn the spans of a layer, with the kinds of words in all texts; deterministic. With a
    `base` that was made with the same kinds, learns what differs from it. Also returns, by the
    index of each example, the proposals of models that had not seen it; empty with fewer than
    twelve examples (four with a base). Raises ValueError if nothing is marked."""
    gold = [marked(example, layer) for example in examples]
    nests = base.nests if base and len(examples) < _LEAST else nests_of(gold)
    rows = [
        TrainingRows.of(sentences_of(example.reading), own, kinds, nests=nests)
        for example, own in zip(examples, gold, strict=True)
    ]
    model = _fit(rows, kinds, base, nests=nests)
    model.attributes = _attributes(rows, layer, base)
    enough = len(examples) >= (_FOLDS if base else _LEAST)
    return model, _calibrate(model, examples, rows, base) if enough else {}


def _fit(
    rows: Sequence[TrainingRows], kinds: WordClusters, base: ClauseModel | None, *, nests: bool
) -> ClauseModel:
    if not any(one.labels for one in rows):
        raise ValueError("nothing is marked")

    def options(name: str) -> ConditionalLogit:
        every = [pair for one in rows for pair in getattr(one, name)]
        return ConditionalLogit.fit(
            [group for group, _ in every],
            [taken for _, taken in every],
            penalty=PENALTIES[name] * (FIRM if base else 1),
            base=getattr(base, name, None),
        )

    return ClauseModel(
        _holds([pair for one in rows for pair in one.holds], base.holds if base else None),
        options("first"),
        options("more"),
        options("ends"),
        _labels([pair for one in rows for pair in one.labels], base.labels if base else None),
        base.chance if base else Binary(PRIOR),
        base.ruled if base else _agreement(rows),
        base.rerank if base else UNCHANGED,
        nests,
        _every(rows, base),
        kinds,
        _inside(rows, base),
    )


def _inside(rows: Sequence[TrainingRows], base: ClauseModel | None) -> tuple[float, float]:
    """How many of the rules' claims inside others were marked, and how many there were in sentences
    in which anything was marked."""
    right, every = base.inside if base else INSIDE_PRIOR
    for one in rows:
        for sentence in one.sentences:
            gold = one.analysis(sentence)
            for clause in sentence.inside if gold else ():
                every += 1
                right += (clause.found.first, clause.found.last) in gold
    return right, every


def _every(rows: Sequence[TrainingRows], base: ClauseModel | None) -> bool:
    """Whether each sentence that asserts something gets a proposal, which ends when many have no
    spans."""
    held, of = (_HELD, _OF) if base is None or base.every else (0, _OF)
    for one in rows:
        for sentence in one.sentences:
            if sentence.assertive:
                held, of = held + bool(one.analysis(sentence)), of + 1
    return held >= _EVERY * of


def _agreement(rows: Sequence[TrainingRows]) -> float:
    """How often the rules' analysis of a sentence was that of the annotators, if they marked
    something."""
    pairs = [
        (one.analysis(sentence), sentence.by_rules) for one in rows for sentence in one.sentences
    ]
    every = [gold == by_rules for gold, by_rules in pairs if gold]
    return sum(every) / (len(every) + 2)


def _by_model(read: Read, gold: Analysis) -> float:
    """The chance that a model gave an analysis, among those with spans."""
    holds, likely = read
    return next((chance for chance, one in likely if one == gold), 0.0) / max(holds, HOPELESS)


_Classed: TypeAlias = Sequence[tuple[tuple[str, ...], str]]
"""Features with their class."""


def _holds(pairs: _Classed, base: Classes | None) -> Classes:
    """A pool: a model that weights all words, one that weights everything else, and one that counts
    (unless a base has done so)."""
    made = [_part(pairs, "holds", base), _part(pairs, "bare", base, without_words)]
    if base is None:
        made.append(Classes.counted(*_features_and_classes(pairs), share=0.2))
    return Classes.pooled(made)


def _labels(pairs: _Classed, base: Classes | None) -> Classes:
    """A pool: a model that weights all words; one that weights cues, frames and places, which is
    better with few decisions; one that counts (unless a base has done so); and, twice, one of only
    the rules' label and cues, which are valid for other topics too."""
    alone = _part(pairs, "cues", base, cues)
    made = [_part(pairs, "words", base), _part(pairs, "plain", base, without_words), alone, alone]
    if base is None:
        made.append(Classes.counted(*_features_and_classes(pairs), share=0.3))
    return Classes.pooled(made)


def _part(
    pairs: _Classed,
    name: str,
    base: Classes | None,
    some: Callable[[tuple[str, ...]], list[str]] = list,
) -> Classes:
    """A model that weights `some` of the features."""
    rows, classes = _features_and_classes(pairs)
    penalty = PENALTIES[name] * (FIRM if base else 1)
    return Classes.fit([some(row) for row in rows], classes, penalty=penalty, base=base, whole=rows)


def _features_and_classes(pairs: _Classed) -> tuple[list[tuple[str, ...]], list[str]]:
    return [features for features, _ in pairs], [name for _, name in pairs]


PENALTIES = {
    "holds": 3.3,
    "bare": 8.0,
    "first": 2.5,
    "more": 3.0,
    "ends": 8.0,
    "words": 10.0,
    "plain": 1.0,
    "cues": 0.5,
}
"""Weights of the L2 penalties."""

FIRM = 6.0
"""How much more strongly weights are pulled to those of a base than to zero. With 1 or 4, more is
learnt if annotators follow other rules than the base, and a little is lost if they follow the same;
16 does the reverse."""


def _calibrate(
    model: ClauseModel,
    examples: Sequence[Example],
    rows: Sequence[TrainingRows],
    base: ClauseModel | None,
) -> dict[int, list[ClaimProposal]]:
    """Calibrate the model with models that have not seen the documents on which they are judged.
    Returns what these propose, with calibrated chances."""
    parts = folds([one.group for one in examples], _FOLDS)
    blind = _blind(model, parts, rows, base)
    model.ruled = weight(
        (there == sentence.by_rules, _by_model(read, there))
        for i, (_, reads) in blind.items()
        for sentence, read in zip(rows[i].sentences, reads, strict=True)
        if (there := rows[i].analysis(sentence))
    )
    options = {i: _options(other, model.ruled, rows[i], own) for i, (other, own) in blind.items()}
    cases = {i: _cases(rows[i], own) for i, own in options.items()}
    model.rerank = _reranker(cases, frozenset(), base)
    judged: list[tuple[tuple[float, ...], bool]] = []
    for held in parts:
        rerank = _reranker(cases, held, base)
        for i in sorted(held & options.keys()):
            blind[i][0].rerank = rerank
            judged += _judged(blind[i][0], options[i], rows[i])
    prior = base.chance.weights if base else PRIOR
    model.chance = Binary.fit([of for of, _ in judged], [right for _, right in judged], prior)
    out: dict[int, list[ClaimProposal]] = {}
    for i, own in sorted(options.items()):
        blind[i][0].chance = model.chance
        out[i] = blind[i][0].proposals(examples[i].reading, own)
    return out


def _judged(
    model: ClauseModel, options: Iterable[Options], rows: TrainingRows
) -> list[tuple[tuple[float, ...], bool]]:
    """The columns of the calibration for each span that a model chooses, and whether it is
    right."""
    gold = {(place, span.label) for place, span in rows.gold}
    chosen = [one for sentence in options for one in model.chosen(sentence)]
    return [(one.columns, (one.place, one.label) in gold) for one in chosen]


def _blind(
    model: ClauseModel,
    parts: Sequence[frozenset[int]],
    rows: Sequence[TrainingRows],
    base: ClauseModel | None,
) -> dict[int, tuple[ClauseModel, list[Read]]]:
    """For each example, a model that has not seen it, and its analyses of the sentences."""
    out: dict[int, tuple[ClauseModel, list[Read]]] = {}
    for held in parts:
        some = [one for i, one in enumerate(rows) if i not in held]
        if any(one.labels for one in some):
            other = _fit(some, model.kinds, base, nests=model.nests)
            for i in held:
                pairs = zip(rows[i].sentences, rows[i].holds, strict=True)
                out[i] = other, [other.read(s, features) for s, (features, _) in pairs]
    return dict(sorted(out.items()))


def _options(
    model: ClauseModel, ruled: float, rows: TrainingRows, reads: Sequence[Read]
) -> list[Options]:
    model.ruled = ruled
    return [
        model.options(sentence, read) for sentence, read in zip(rows.sentences, reads, strict=True)
    ]


def _cases(rows: TrainingRows, options: Sequence[Options]) -> list[Case]:
    every = (
        case_of(one.sentence, one.analyses, one.labels, rows.analysis(one.sentence))
        for one in options
    )
    return [case for case in every if case is not None]


def _reranker(
    cases: Mapping[int, Sequence[Case]], held: frozenset[int], base: ClauseModel | None
) -> ConditionalLogit:
    """A model of the cases of all examples but those `held` out."""
    some = [case for i, own in cases.items() if i not in held for case in own]
    return fit_reranker(some, base=base.rerank if base else UNCHANGED, firm=FIRM)


def _attributes(
    rows: Sequence[TrainingRows], layer: Layer, base: ClauseModel | None
) -> dict[str, Classes]:
    """Classifiers of the choice attributes that were set, from cues and frames but not from other
    words."""
    known = base.attributes if base else {}
    out = dict(known)
    for attribute in layer.attributes:
        if attribute.type != "choice" or attribute.multiple:
            continue
        given = [
            ([*without_words(features), f"label={span.label}"], value)
            for one in rows
            for features, span in one.spans
            if isinstance(value := span.attributes.get(attribute.name, attribute.default), str)
        ]
        if given:
            before = known.get(attribute.name)
            out[attribute.name] = Classes.fit(
                [f for f, _ in given],
                [value for _, value in given],
                penalty=FIRM if before else 1.0,
                base=before,
            )
    return out


__all__ = ["train_clauses"]
