"""What the words of a claim say of it: its type, its modality, whose words they are."""

from __future__ import annotations

from collections.abc import Sequence

from annotator.suggesters import _tables as tables
from annotator.suggesters._coordination import imperative
from annotator.suggesters._frames import Frame
from annotator.suggesters._tokens import Token, phrase_at

_WEIGHT = {"policy": "policy cue", "prediction": "cue of a prediction", "value": "evaluating word"}


def _cue(tokens: Sequence[Token], first: int, last: int, name: str) -> str:
    """The first cue of a class in the clause, as it stands; empty for none."""
    phrases = tables.phrases(name)
    for i in range(first, last):
        if tokens[i].lower not in phrases:
            continue
        length = phrase_at(tokens, i, phrases, last)
        # "Could have known" looks back and predicts nothing.
        past = name == "prediction_cues" and i + length < last and tokens[i + length].lower == "have"
        if length and not past:
            return " ".join(t.text for t in tokens[i : i + length])
    return ""


def _orders(tokens: Sequence[Token], first: int, last: int) -> bool:
    """Whether a clause is an order, also behind a condition."""
    if imperative(tokens, first, last):
        return True
    if tokens[first].lower not in tables.words("conditions"):
        return False
    comma = next((k for k in range(first + 3, last - 2) if tokens[k].text == ","), None)
    return comma is not None and imperative(tokens, comma + 1, last)


def label_of(tokens: Sequence[Token], first: int, last: int) -> tuple[str, str, float]:
    """Type, reason and score: policy before prediction before value before fact."""
    if _orders(tokens, first, last):
        return "policy", "it tells someone to do something", 0.8
    for label, cues, score in (
        ("policy", "policy_cues", 0.85), ("prediction", "prediction_cues", 0.78),
        ("value", "value_words", 0.7),
    ):  # fmt: skip
        cue = _cue(tokens, first, last, cues)
        if cue:
            return (
                label,
                f"“{cue}” is a {_WEIGHT[label]}" if label != "value" else f"“{cue}” evaluates",
                score,
            )
    return "fact", "a statement without a cue of another type", 0.62


def modality_of(tokens: Sequence[Token], first: int, last: int, *, question: bool) -> str:
    if question:
        return "question"
    if _cue(tokens, first, last, "conditionals"):
        return "conditional"
    return "hedged" if _cue(tokens, first, last, "hedges") else "asserted"


def attribution_of(
    tokens: Sequence[Token], first: int, last: int, frame: Frame | None, *, quoted: bool
) -> str:
    if frame is not None:
        return "direct" if quoted else "indirect"
    return "unattributed" if _cue(tokens, first, last, "unattributed") else "author"


__all__ = ["attribution_of", "label_of", "modality_of"]
