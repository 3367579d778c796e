"""What suggestions would have saved on data that is already coded: suggest, count keys and learn,
paragraph by paragraph.

Two ways are compared on the same stream: rules with the memory of what was accepted, and a model
that is trained again every few paragraphs, as in a project. Each paragraph is judged before
anything is learnt from it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from annotator.config import Config
from annotator.errors import SuggesterError
from annotator.model.schema import LabelSchema
from annotator.workflows.effort.name_keys import NameKeys, places
from annotator.workflows.effort.scoring import Decided, Score
from annotator.workflows.evaluation.arm import LEARNING, SUGGESTERS, Arm
from annotator.workflows.training.base_model import taught
from annotator.workflows.training.due import paragraphs_until_next

if TYPE_CHECKING:
    from annotator.english.reading import Reader
    from annotator.learners.bundle import Bundle
    from annotator.learners.examples import Example

WINDOWS = 10
"""The number of rows in the table of progress."""


def simulate(
    stream: Sequence[Decided],
    schema: LabelSchema,
    config: Config,
    *,
    every: int = 10,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, Any]:
    """The figures of both ways over a stream of paragraphs, JSON-able: `windows`
    in order, and `layers` over all.

    The model is trained after the first few paragraphs, then every `every` of them.
    """
    from annotator.english.reading import shared_reader

    reader = shared_reader()
    used = sorted({layer for one in stream for layer in _layers(one)})
    arms = {
        name: Arm(names, schema, config, Score(schema, used)) for name, names in SUGGESTERS.items()
    }
    examples: list[Example] = []
    texts = list(dict.fromkeys(one.document.text for one in stream))
    names = NameKeys()
    last = trained = 0
    for number, one in enumerate(stream):
        if number - last >= paragraphs_until_next(last, every):
            last = number
            bundle = _model(examples, schema, config, texts)
            if bundle is not None:
                trained += 1
                arms[LEARNING].model = (trained, bundle.to_bytes())
            for arm in arms.values():
                arm.renew()
        for name, arm in arms.items():
            shown = arm.judge(one)
            if name == LEARNING:
                names.add(one, places(shown))
        examples.append(example_of(reader, one))
        if progress is not None:
            progress(number + 1, len(stream))
    return {
        **_result(stream, arms, trained, every),
        "complete": complete(arms[LEARNING].score.together(0), names),
    }


def _layers(one: Decided) -> Iterator[str]:
    """The layers in a paragraph, some more than once."""
    yield from (span.layer for span in one.spans)
    yield from (relation.layer for relation in one.relations)


def _model(
    examples: Sequence[Example], schema: LabelSchema, config: Config, texts: Sequence[str]
) -> Bundle | None:
    """A model of the paragraphs so far; None if nothing is marked yet."""
    try:
        return taught(examples, schema, texts=texts, base=config.suggestions.base)
    except SuggesterError:
        return None


def complete(alone: Mapping[str, Any], names: NameKeys) -> dict[str, Any]:
    """The keys of complete coding: those for spans and stances `alone`, and those for names by
    kind; `by_hand` is without suggestions and with every name written in full; `wrong_names` were
    sure but wrong."""
    keys = alone["keys"] + sum(names.now.values())
    by_hand = alone["without"] + sum(names.typed.values())
    return {
        "keys": keys,
        "by_hand": by_hand,
        "saved": 1 - keys / by_hand if by_hand else None,
        "spans_and_stances": alone["keys"],
        "entity": names.now["entity"],
        "concept": names.now["concept"],
        "entities": names.wanted["entity"],
        "concepts": names.wanted["concept"],
        "wrong_names": names.wrong,
    }


def example_of(reader: Reader, one: Decided) -> Example:
    """A paragraph as an example to learn from."""
    from annotator.learners.examples import Example

    return Example(
        reader.read(one.document, one.paragraph), one.spans, one.relations, one.document.id
    )


def _result(
    stream: Sequence[Decided], arms: Mapping[str, Arm], trained: int, every: int
) -> dict[str, Any]:
    size = max(every, -(-len(stream) // WINDOWS // every) * every)
    windows = []
    for first in range(0, len(stream), size):
        last = min(first + size, len(stream))
        windows.append(
            {
                "first": first + 1,
                "last": last,
                **{name: arm.score.together(first, last) for name, arm in arms.items()},
            }
        )
    return {
        "paragraphs": len(stream),
        "documents": len({one.document.id for one in stream}),
        "every": every,
        "trainings": trained,
        "windows": windows,
        "second_half": {name: arm.score.together(len(stream) // 2) for name, arm in arms.items()},
        "together": {name: arm.score.together(0) for name, arm in arms.items()},
        "layers": {name: arm.score.result() for name, arm in arms.items()},
    }


__all__ = ["complete", "example_of", "simulate"]
