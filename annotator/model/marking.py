"""Steps that mark: notes and flags, paragraphs that are done or excluded, the state of the document."""

from __future__ import annotations

from dataclasses import replace

from annotator.model import actions as do
from annotator.model.deciding import decide, paragraph_of
from annotator.model.decision import (
    DOCUMENT,
    Action,
    Completion,
    CompletionMark,
    Decision,
    ParagraphMark,
    Standing,
    Status,
    paragraph_item,
)
from annotator.model.state import ReviewState, Step, arrive, ask, commit, say
from annotator.model.text import plural


def _annotate_standing(state: ReviewState, paragraph: bool, *, note: str | None, action: Action) -> Step:
    """Change the note (given) or the flag (not) of the item in focus or of the paragraph."""
    item = state.focused
    whole = paragraph or item is None
    if whole:
        name, index = paragraph_item(state.paragraph), state.paragraph
    else:
        assert item is not None
        name, index = item.id, paragraph_of(state, item.value)
    before = state.annotations.get(name, index)
    base = before or Standing(Status.MARKED, ParagraphMark() if whole else None)
    after = replace(base, flagged=not base.flagged) if note is None else replace(base, note=note.strip())
    if after == base:
        return say(state, "unchanged")
    where = "paragraph" if whole else "item"
    what = "note saved" if note is not None else ("flagged" if after.flagged else "flag taken away")
    return commit(state, [Decision(state.new_id(), action, name, index, before, after)], f"{where}: {what}")


def on_note(state: ReviewState, action: do.Note) -> Step:
    return _annotate_standing(state, action.paragraph, note=action.text, action=Action.NOTE)


def on_flag(state: ReviewState, action: do.Flag) -> Step:
    return _annotate_standing(state, action.paragraph, note=None, action=Action.FLAG)


def _mark(state: ReviewState, action: Action, mark: ParagraphMark) -> Decision:
    return decide(
        state, action, paragraph_item(state.paragraph), state.paragraph, Status.MARKED, mark
    )  # fmt: skip


def _complete(state: ReviewState, completion: Completion) -> Decision:
    return decide(state, Action.COMPLETE, DOCUMENT, -1, Status.MARKED, CompletionMark(completion))


def on_close(state: ReviewState, _: do.CloseParagraph) -> Step:
    here = state.paragraph
    left = state.undecided(here)
    what = "difference" if state.finished is Completion.GOLD else "suggestion"
    if left and not state.is_done(here):
        question = f"{plural(left, what)} undecided here: once more to go on and leave it so"
        if asking := ask(state, f"close:{here}", question):
            return asking
    decisions: list[Decision] = []
    if not state.is_excluded(here) and not state.is_done(here):
        mark = replace(state.annotations.mark(here), done=True)
        decisions.append(_mark(state, Action.CLOSE, mark))
    following = _next_open(state)
    if following is None and state.annotations.completion is not state.finished:
        decisions.append(_complete(state, state.finished))
    after, group = commit(state, decisions) if decisions else (state, ())
    undecided = f"{plural(left, what)} left undecided" if left else ""
    said = f"{undecided} in the paragraph before" if left else ""
    if following is None:
        said = "document done" + (f"; {undecided} here" if left else "")
    else:
        after = arrive(after, following)
    return replace(after, message=said), group


def _next_open(state: ReviewState) -> int | None:
    """The next paragraph to annotate that is not done: after this one, or else before it."""
    here, count = state.paragraph, len(state.document.paragraphs)
    every = (*range(here + 1, count), *range(here))
    return next((i for i in every if not state.is_excluded(i) and not state.is_done(i)), None)


def on_reopen(state: ReviewState, _: do.ReopenParagraph) -> Step:
    if not state.is_done(state.paragraph):
        return say(state, "the paragraph is not marked as done")
    mark = replace(state.annotations.mark(state.paragraph), done=False)
    decisions = [_mark(state, Action.REOPEN, mark)]
    if state.annotations.completion is state.finished:
        decisions.append(_complete(state, Completion.IN_PROGRESS))
    return commit(state, decisions, "paragraph open again")


def on_toggle_excluded(state: ReviewState, _: do.ToggleExcluded) -> Step:
    here = state.paragraph
    excluded = not state.is_excluded(here)
    if excluded and any(True for _ in state.annotations.annotations(here)):
        return say(state, "remove the annotations of the paragraph before excluding it")
    mark = replace(state.annotations.mark(here), excluded=excluded)
    decisions = [_mark(state, Action.EXCLUDE if excluded else Action.INCLUDE, mark)]
    if not excluded and not mark.done and state.annotations.completion is state.finished:
        decisions.append(_complete(state, Completion.IN_PROGRESS))
    after, group = commit(state, decisions)
    said = "paragraph excluded; the same key brings it back" if excluded else "paragraph included"
    return replace(arrive(after, here, state.focus), message=said), group


def on_set_completion(state: ReviewState, action: do.SetCompletion) -> Step:
    if action.completion in (Completion.NEW, Completion.GOLD):
        return say(state, f"a document cannot be marked {action.completion}")
    if state.annotations.completion is action.completion:
        return say(state, f"the document is already {action.completion.replace('_', ' ')}")
    return commit(
        state, [_complete(state, action.completion)], f"document {action.completion.replace('_', ' ')}"
    )
