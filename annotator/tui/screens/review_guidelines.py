"""The page that helps to decide a difference: what the codebook says about the names, how the last
disputes about these labels were decided, and the guidelines."""

from __future__ import annotations

from annotator.model.span import Annotation
from annotator.tui.reviewing import Adjudicating
from annotator.tui.reviewing.adjudication import Adjudication
from annotator.tui.reviewing.rulings import names_in_focus
from annotator.tui.screens.help import TextScreen, guideline_rows
from annotator.tui.styled_rows import Piece, paragraphs
from annotator.tui.theme import Theme
from annotator.tui.views.precedents import case_rows, entry_rows
from annotator.workflows.review.precedents import precedents
from annotator.workflows.review.redefinition import definitions_before


def guidelines_and_rulings(source: Adjudicating, at: Adjudication, value: Annotation) -> TextScreen:
    """The page about the difference in focus, with every label in question; `value` is the version
    in focus. If a label was redefined, its former definition comes first."""
    project, schema = source.project, source.project.schema
    before = definitions_before(project).get(f"{value.layer} {value.label}")
    difference = at.in_focus()
    labels = {c.value.label for c in difference.candidates} if difference else {value.label}
    cases = precedents(
        project,
        value.layer,
        value.label,
        labels=labels,
        present=(at.state.document.id, difference.ids if difference else ()),
        strategy=source.strategy,
    )
    found = names_in_focus(at)
    codebook = project.names.codebook()
    names = [(found[0], name) for name in found[1]] if found is not None else []
    entries = [entry for kind, name in names if (entry := codebook.get(kind, name)) is not None]
    hidden, called = source.hidden, source.called()

    def rows(theme: Theme, width: int) -> list[list[Piece]]:
        out: list[list[Piece]] = entry_rows(entries, theme, width)
        if before is not None:
            out += [[("before", theme.strong)]]
            out += [r for line in before.split("\n") for r in paragraphs(line, width, theme.muted)]
            out += [[], [("now", theme.strong)]]
        if cases:
            out += [*case_rows(cases, theme, width, hidden=hidden, called=called), []]
        for label in sorted(labels - {value.label}):
            out += guideline_rows(schema, value.layer, label, theme, width)
        return [*out, *guideline_rows(schema, value.layer, value.label, theme, width)]

    return TextScreen("Guidelines, and how disputes were decided", rows, close="g")


__all__ = ["guidelines_and_rulings"]
