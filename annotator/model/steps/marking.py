"""Steps that mark: notes and flags, paragraphs that are done
or excluded, the state of the document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from annotator.model import actions as do
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
from annotator.model.decision_text import describe
from annotator.model.state import ReviewState, arrive
from annotator.model.steps.deciding import decide, paragraph_of
from annotator.model.steps.outcome import Step, ask, commit, say
from annotator.model.text import paragraph_number, plural


def _annotate_standing(
    state: ReviewState, paragraph: bool, *, note: str | None, action: Action
) -> Step:
    """Change the note (if one is given) or else the flag, of the item in focus or of the
    paragraph."""
    item = None if paragraph else state.focused
    if item is None:
        name, index = paragraph_item(state.paragraph), state.paragraph
    else:
        name, index = item.id, paragraph_of(state, item.value)
    before = state.annotations.get(name, index)
    base = before or Standing(Status.MARKED, ParagraphMark() if item is None else None)
    after = (
        replace(base, flagged=not base.flagged)
        if note is None
        else replace(base, note=note.strip())
    )
    if after == base:
        return say(state, "unchanged")
    decision = Decision(state.new_id(), action, name, index, before, after)
    return commit(state, [decision], describe(state, decision))


def on_note(state: ReviewState, action: do.Note) -> Step:
    return _annotate_standing(state, action.paragraph, note=action.text, action=Action.NOTE)


def on_note_on(state: ReviewState, action: do.NoteOn) -> Step:
    for index, standings in state.annotations.by_paragraph.items():
        before = standings.get(action.item)
        if before is not None:
            after = replace(before, note=action.text.strip())
            if after == before:
                return say(state, "unchanged")
            decision = Decision(state.new_id(), Action.NOTE, action.item, index, before, after)
            noted, group = commit(state, [decision], describe(state, decision))
            return replace(noted, focus=state.focus), group
    return say(state, "nothing has been decided about it yet")


def on_flag(state: ReviewState, action: do.Flag) -> Step:
    return _annotate_standing(state, action.paragraph, note=None, action=Action.FLAG)


def _mark(
    state: ReviewState, action: Action, mark: ParagraphMark, paragraph: int | None = None
) -> Decision:
    """A decision on a paragraph, or else on the present one."""
    at = state.paragraph if paragraph is None else paragraph
    return decide(state, action, paragraph_item(at), at, Status.MARKED, mark)


def _complete(state: ReviewState, completion: Completion) -> Decision:
    basis = state.based_on if completion is Completion.GOLD else {}
    mark = CompletionMark(completion, basis)
    return decide(state, Action.COMPLETE, DOCUMENT, -1, Status.MARKED, mark)


def on_close(state: ReviewState, _: do.CloseParagraph) -> Step:
    if state.finished is Completion.GOLD:
        return _close_gold(state)
    here = state.paragraph
    left = state.left(here)
    if left and not state.is_done(here):
        question = (
            f"{plural(left, 'suggestion')} undecided here: press again to go on and leave them so"
        )
        if asking := ask(state, f"close:{here}", question):
            return asking
    decisions = _closing(state)
    following = _next_open(state)
    if following is None and state.annotations.completion is not state.finished:
        decisions.append(_complete(state, state.finished))
    after, group = commit(state, decisions) if decisions else (state, ())
    undecided = f"{plural(left, 'suggestion')} left undecided" if left else ""
    message = f"{undecided} in the paragraph before" if left else ""
    if following is None:
        message = "document done" + (f"; {undecided} here" if left else "")
    else:
        after = arrive(after, following)
    return replace(after, message=message), group


def _closing(state: ReviewState, others: Sequence[int] = ()) -> list[Decision]:
    """The decisions that mark the present paragraph, and others, as done unless they already
    are."""
    return [
        _mark(state, Action.CLOSE, replace(state.annotations.mark(i), done=True), i)
        for i in (state.paragraph, *others)
        if not state.is_excluded(i) and not state.is_done(i)
    ]


def _close_gold(state: ReviewState) -> Step:
    """A paragraph with differences left is not done, and its document is not gold: it stays in
    progress."""
    here = state.paragraph
    if state.left(here):
        return _leave_open(state)
    every = list(_open_paragraphs(state))
    # The following paragraphs without anything to decide are done too.
    following = next((i for i in every if state.left(i)), None)
    passed = every if following is None else every[: every.index(following)]
    decisions = _closing(state, passed)
    message = f"{_paragraphs(passed)} had nothing left: done too" if passed else ""
    left = _with_differences(state) if following is None else []
    if left:
        following, message = left[0], f"the document stays in progress: {_left_in(state, left)}"
    if following is None:
        decisions += _made_gold(state)
        message = (
            f"document done: it is gold; {message}" if message else "document done: it is gold"
        )
    after, group = commit(state, decisions) if decisions else (state, ())
    after = after if following is None else arrive(after, following)
    return replace(after, message=message), group


def _with_differences(state: ReviewState) -> list[int]:
    """The other paragraphs that have differences left."""
    others = (p.index for p in state.document.paragraphs if p.index != state.paragraph)
    return [index for index in others if state.left(index)]


def _made_gold(state: ReviewState) -> list[Decision]:
    """The decision that makes the document gold, unless it is."""
    standing = state.annotations.get(DOCUMENT, -1)
    gold = CompletionMark(Completion.GOLD, state.based_on)
    is_gold = standing is not None and standing.value == gold
    return [] if is_gold else [_complete(state, Completion.GOLD)]


def _leave_open(state: ReviewState) -> Step:
    """Leave a paragraph that still has differences, after asking once."""
    here = state.paragraph
    question = (
        f"{plural(state.left(here), 'difference')} left here; press again to go on: the document "
        "stays unfinished"
    )
    if asking := ask(state, f"close:{here}", question):
        return asking
    following, left = _next_open(state), _left_in(state, [here])
    if following is None:
        return say(state, f"the document stays in progress: {left}")
    return replace(arrive(state, following), message=left), ()


def _paragraphs(indexes: Sequence[int]) -> str:
    """The numbers of paragraphs, consecutive ones as a range: `¶ 1-3, ¶ 5`."""
    runs: list[list[int]] = []
    for index in indexes:
        if runs and index == runs[-1][-1] + 1:
            runs[-1].append(index)
        else:
            runs.append([index])
    ends = [dict.fromkeys((run[0], run[-1])) for run in runs]
    return ", ".join(f"¶ {'-'.join(str(paragraph_number(i)) for i in run)}" for run in ends)


def _left_in(state: ReviewState, paragraphs: list[int]) -> str:
    number = sum(state.left(index) for index in paragraphs)
    return f"{plural(number, 'difference')} left in {_paragraphs(paragraphs)}"


def _next_open(state: ReviewState) -> int | None:
    """The next paragraph to annotate that is not done: after this one, or else before it."""
    return next(_open_paragraphs(state), None)


def _open_paragraphs(state: ReviewState) -> Iterator[int]:
    """The other paragraphs to annotate that are not done: those after this one, then those before
    it."""
    here, count = state.paragraph, len(state.document.paragraphs)
    every = (*range(here + 1, count), *range(here))
    return (i for i in every if not state.is_excluded(i) and not state.is_done(i))


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
    message = (
        "paragraph excluded; the same key brings it back"
        if excluded
        else "the paragraph is annotated again"
    )
    return replace(arrive(after, here, state.focus), message=message), group


def on_set_completion(state: ReviewState, action: do.SetCompletion) -> Step:
    if action.completion in (Completion.NEW, Completion.GOLD):
        return say(state, f"a document cannot be marked {action.completion}")
    if state.annotations.completion is action.completion:
        return say(state, f"the document is already {action.completion.replace('_', ' ')}")
    return commit(
        state,
        [_complete(state, action.completion)],
        f"document {action.completion.replace('_', ' ')}",
    )
