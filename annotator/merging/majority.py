"""What more than half of the annotators who finished the document made, by clusters of overlapping spans."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from annotator.merging._candidates import Candidate, clusters, with_ends
from annotator.model.span import Relation, Span

title = "Majority"
complete = False


def kept(candidates: Sequence[Candidate], voters: Sequence[str], *, option: str = "") -> list[Candidate]:
    """One candidate of each cluster that more than half voted in: that with the most voted bounds and the
    label of more than half. A tie, or a combination that nobody drew, is left to the reviewer."""
    out: list[Candidate] = []
    for group in clusters(candidates):
        chosen = _chosen(group, len(voters))
        if chosen is not None:
            out.append(chosen)
    out += [c for c in candidates if isinstance(c.value, Relation) and len(c.votes) * 2 > len(voters)]
    return with_ends(out)


def _chosen(group: Sequence[Candidate], voters: int) -> Candidate | None:
    labels: Counter[str] = Counter()
    bounds: Counter[tuple[int, int]] = Counter()
    for candidate in group:
        span = candidate.value
        assert isinstance(span, Span)
        labels[span.label] += len(candidate.votes)
        bounds[span.start, span.end] += len(candidate.votes)
    label, votes = labels.most_common(1)[0]
    first, *others = bounds.most_common(2)
    if votes * 2 <= voters or (others and others[0][1] == first[1]):
        return None
    wanted = (label, first[0])
    return next(
        (
            c
            for c in group
            if isinstance(c.value, Span) and (c.value.label, (c.value.start, c.value.end)) == wanted
        ),
        None,
    )


__all__ = ["complete", "kept", "title"]
