"""Training rows for the learner of long spans: one row for each choice in a paragraph with
marked spans."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from annotator.english.reading import tokens_within
from annotator.learners.claims.boundaries import Sentence, TokenRange
from annotator.learners.claims.boundary_features import (
    end_features,
    next_features,
    start_features,
)
from annotator.learners.claims.decoding import Analysis
from annotator.learners.claims.features import sentence_features, span_features
from annotator.learners.examples import Example
from annotator.learners.word_clusters import WordClusters
from annotator.model.schema import Layer
from annotator.model.span import Span


def marked(example: Example, layer: Layer) -> list[tuple[TokenRange, Span]]:
    """The spans of a layer in an example, with the tokens that they touch."""
    out: list[tuple[TokenRange, Span]] = []
    base, tokens = example.reading.paragraph.start, example.reading.tokens
    for span in example.spans:
        if span.layer == layer.name:
            place = tokens_within(tokens, span.start - base, span.end - base)
            if place is not None:
                out.append((place, span))
    return out


Choice: TypeAlias = tuple[list[tuple[str, ...]], int]
"""The features of each of several options, and which was taken."""


@dataclass
class TrainingRows:
    """The training data of a paragraph; `sentences` and `gold` are for evaluation."""

    sentences: list[Sentence]
    gold: list[tuple[TokenRange, Span]]
    holds: list[tuple[tuple[str, ...], str]] = field(default_factory=list)
    first: list[Choice] = field(default_factory=list)
    more: list[Choice] = field(default_factory=list)
    ends: list[Choice] = field(default_factory=list)
    labels: list[tuple[tuple[str, ...], str]] = field(default_factory=list)
    spans: list[tuple[tuple[str, ...], Span]] = field(default_factory=list)

    @staticmethod
    def of(
        sentences: list[Sentence],
        gold: list[tuple[TokenRange, Span]],
        kinds: WordClusters,
        *,
        nests: bool,
    ) -> TrainingRows:
        made = TrainingRows(sentences, gold)
        for sentence in made.sentences:
            own = made._own(sentence)
            made.holds.append((sentence_features(sentence, kinds), "yes" if own else "no"))
            made._choices(sentence, chain_of(own, nests=nests), nests=nests)
            for (start, end), span in sorted(own.items()):
                features = span_features(sentence, start, end, kinds)
                made.labels.append((features, span.label))
                made.spans.append((features, span))
        return made

    def analysis(self, sentence: Sentence) -> Analysis:
        """The spans that annotators marked in a sentence."""
        return tuple(sorted(self._own(sentence)))

    def _own(self, sentence: Sentence) -> dict[TokenRange, Span]:
        return {
            place: span for place, span in self.gold if sentence.first <= place[0] < sentence.last
        }

    def _choices(self, sentence: Sentence, chain: Sequence[TokenRange], *, nests: bool) -> None:
        """The places that were chosen for spans one after the other."""
        if not chain:
            return
        begun = chain[0][0]
        starts = sorted({*sentence.starts, begun})
        self.first.append(
            ([start_features(sentence, start) for start in starts], starts.index(begun))
        )
        for (start, end), following in zip(
            chain, [*(place[0] for place in chain[1:]), None], strict=True
        ):
            nexts = sentence.nexts_of(start)
            if following not in nexts:
                nexts = [*nexts, following]
            self.more.append(
                ([next_features(sentence, start, n) for n in nexts], nexts.index(following))
            )
            ends = sorted({*sentence.ends_of(start, None if nests else following), end})
            self.ends.append(
                ([end_features(sentence, start, e, following) for e in ends], ends.index(end))
            )


def chain_of(places: Iterable[TokenRange], *, nests: bool) -> list[TokenRange]:
    """Spans that begin one after the other; without nesting, none begins before the last one
    ends."""
    out: list[TokenRange] = []
    for place in sorted(places, key=lambda place: (place[0], -place[1])):
        if not out or place[0] >= (out[-1][0] + 1 if nests else out[-1][1]):
            out.append(place)
    return out


def nests_of(gold: Sequence[Sequence[tuple[TokenRange, Span]]]) -> bool:
    """Whether at least one span in forty is inside another."""
    inner = every = 0
    for one in gold:
        places = [place for place, _ in one]
        every += len(places)
        inner += sum(
            any(a <= c and d <= b and (a, b) != (c, d) for a, b in places) for c, d in places
        )
    return every > 0 and 40 * inner >= every


__all__ = ["TrainingRows", "marked", "nests_of"]
