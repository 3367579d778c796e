"""New suggestions after a training, and fewer after rejections, in paragraphs that nobody has
opened."""

from __future__ import annotations

from collections.abc import Callable

from annotator.model.span import Relation, Span
from annotator.model.text import plural
from annotator.project import Project
from annotator.store.results import SuggestionRun
from annotator.workflows.suggesting.suggest import SuggestionEngine, SuggestionPlan

RENEWED = 200
"""How many documents get new suggestions after a training, beginning with those where annotators
are and the ones that follow. A later training renews the others, when somebody comes near."""


def nearest(project: Project) -> list[str]:
    """All documents, beginning with those where the annotators are and the ones that follow."""
    ids = project.documents.ids()
    at = {id: i for i, id in enumerate(ids)}
    starts = sorted(
        {at[document] for document, _ in project.learning.places() if document in at}
    ) or [0]

    def distance(i: int) -> tuple[int, int]:
        ahead = [i - start for start in starts if i >= start]
        return (0, min(ahead)) if ahead else (1, i)

    return [ids[i] for i in sorted(range(len(ids)), key=distance)]


def renew(
    project: Project,
    tell: Callable[[str], None],
    *,
    only_missing: bool = False,
    enough: Callable[[], bool] = lambda: False,
) -> int:
    """Suggest again in paragraphs that nobody opened or decided on; with `only_missing`, in
    documents without any suggestions. At most `RENEWED` documents after a training, and no more
    once `enough` says so, which is asked before each."""
    plan = SuggestionPlan.of(project)
    engine = SuggestionEngine.of(plan)
    run = plan.run(engine.suggesters)
    known = project.suggestions.documents() if only_missing else frozenset()
    with engine.keeping(project):
        count, stored = _renew(
            project, engine, run, known, only_missing=only_missing, enough=enough
        )
    if count:
        tell(f"{plural(stored, 'suggestion')} in {plural(count, 'document')}")
    return count


def _renew(
    project: Project,
    engine: SuggestionEngine,
    run: SuggestionRun,
    known: frozenset[str],
    *,
    only_missing: bool,
    enough: Callable[[], bool],
) -> tuple[int, int]:
    """How many documents were read, and how many suggestions stored for them."""
    count = stored = 0
    for id in nearest(project):
        if id in known:
            continue
        if not only_missing and (count >= RENEWED or enough()):
            break
        document = next(project.documents.each([id]), None)
        if document is None:
            continue
        # If nothing was suggested yet, nothing can be taken away from anybody.
        closed = frozenset() if only_missing else project.suggestions.touched(id)
        if all(p.excluded or p.index in closed for p in document.paragraphs):
            continue
        found = engine.compute(document, skip=closed)
        stored += project.suggestions.put(document, found, run=run, untouched=not only_missing)
        count += 1
    return count, stored


def withdraw(project: Project) -> int:
    """Withdraw suggestions of forms that were rejected twice and never accepted, and of
    relations that end at these, in paragraphs that nobody has opened, in the documents that a
    training would renew. Returns how many."""
    memory, count = project.suggestions.memory(), 0
    for document in project.documents.each(nearest(project)[:RENEWED]):
        id, suggestions = document.id, project.suggestions.of(document.id)
        gone = {
            one.id
            for one in suggestions
            if isinstance(span := one.value, Span)
            and memory.vetoed(span.layer, span.label, document.quote(span.start, span.end))
        }
        if gone:
            values = (one.value for one in suggestions)
            gone |= {
                r.id for r in values if isinstance(r, Relation) and gone & {r.source, r.target}
            }
            count += project.suggestions.withdraw(id, gone)
    return count


__all__ = ["RENEWED", "nearest", "renew", "withdraw"]
