"""Every command of the screens: its keys, its words in the footer, the palette and the help.

A key has a meaning in a *context*: the mode of the annotate screen (`browse`, `select`, `holder`,
`side`) or another screen (`queue`). What a command does is an action of the model, or the method
`run_<name>` of the screen.
"""

from __future__ import annotations

from dataclasses import dataclass

from annotator.model import actions as do

ANNOTATE = ("browse", "select", "holder", "side")
CONTEXTS = (*ANNOTATE, "review", "queue")


@dataclass(frozen=True, slots=True)
class Command:
    """A command. `footer` is empty if it has no place there; `group` is its heading in the help;
    `action` is None if the screen carries it out."""

    name: str
    keys: tuple[str, ...]
    footer: str
    help: str
    group: str
    contexts: tuple[str, ...] = ("browse",)
    action: do.ReviewAction | None = None
    quick: bool = False
    """Whether it stays on the same screen, so that keys typed after it need not wait. A command
    with an action always does."""
    repeats: bool = False
    """Whether a number before it says how often to run it. A command with an action can always be
    repeated."""

    in_review: str | None = None
    """What it does in review, if `help` does not say it; empty if review does not have it."""

    @property
    def title(self) -> str:
        """The name in words."""
        return self.name.replace("_", " ").capitalize()

    def words(self, context: str) -> str:
        """What it does in a context."""
        return self.in_review if context == "review" and self.in_review else self.help


_B, _S = ("browse",), ("select",)
_BOTH = ("browse", "queue")
_R = ("review",)

COMMANDS: tuple[Command, ...] = (
    Command("accept", ("a",), "accept",
            "Accept the suggestion in focus; for a stance, the whole statement.",
            "Decide", _B, do.Accept()),
    Command("reject", ("x",), "reject", "Reject the suggestion in focus.", "Decide", _B,
            do.Reject()),
    Command("skip", ("space",), "skip", "Leave the suggestion in focus undecided and go on.",
            "Decide", _B, do.Skip(),
            in_review="Leave the difference in focus undecided and go on."),
    Command("accept_all", ("A",), "accept all",
            "Accept everything undecided in the paragraph; one undo takes it back.",
            "Decide", _B, do.AcceptAll(),
            in_review="Accept what all or most annotators chose in the paragraph; "
                      "one undo takes it back."),
    Command("close", ("enter",), "done",
            "Finish the paragraph and go to the next.", "Decide", _B, do.CloseParagraph()),
    Command("reopen", ("r",), "reopen",
            "Reopen the paragraph, so that it no longer counts as done."
            , "Decide", _B, do.ReopenParagraph()),
    Command("undo", ("u", "ctrl+z"), "undo", "Undo the last thing you did, however long ago.",
            "Decide", ANNOTATE, do.Undo()),
    Command("redo", ("U", "ctrl+y"), "redo",
            "Redo the last thing you undid.", "Decide", ANNOTATE, do.Redo()),
    Command("next", ("j", "down", "right"), "next",
            "Go to the next item of the paragraph.", "Move", _B, do.MoveFocus(1),
            in_review="Go to the next difference, decided or not."),
    Command("previous", ("k", "up", "left"), "", "Go to the previous item.", "Move", _B,
            do.MoveFocus(-1),
            in_review="Go to the previous difference, decided or not."),
    Command("next_undecided", ("n",), "undecided",
            "Go to the next undecided suggestion, also to one left earlier or in later documents.",
            "Move", _B, quick=True, repeats=True,
            in_review="Go to the next undecided difference, also to one left earlier or in later "
                      "documents."),
    Command("previous_undecided", ("N",), "",
            "Go to the previous undecided suggestion, also in earlier documents.",
            "Move", _B, quick=True, repeats=True,
            in_review="Go to the previous undecided difference, also in earlier documents."),
    Command("next_paragraph", ("]", "pagedown"), "paragraph",
            "Go to the next paragraph.", "Move", _B, do.MoveParagraph(1)),
    Command("previous_paragraph", ("[", "pageup"), "",
            "Go to the previous paragraph.", "Move", _B, do.MoveParagraph(-1)),
    Command("next_document", ("}",), "", "Go to the next document of the queue.", "Move", _B,
            repeats=True),
    Command("previous_document", ("{",), "", "Go to the previous document of the queue.", "Move",
            _B, repeats=True),
    Command("outer", ("<",), "",
            "Go out to the claim around this one: who says that somebody says it.",
            "Move", _B, quick=True, repeats=True),
    Command("inner", (">",), "", "Go in to the claim inside this one.", "Move", _B, quick=True,
            repeats=True),
    Command("jump", ("f",), "jump",
            "Show a letter on every item and word in view; type it to go there.",
            "Move", ("browse", "select"), quick=True),
    Command("find", ("/",), "find",
            "Find text in this document; begin with re: for a regular expression.",
            "Move", _BOTH),
    Command("count", (";",), "", "Repeat the next key as many times as the digits say: ; 5 j.",
            "Move", ("browse", "select"), quick=True),
    Command("find_everywhere", ("ctrl+f",), "", "Find text in all documents of the project.",
            "Move", _BOTH),
    Command("find_next", ("ctrl+n",), "", "Go to the next place that was found.", "Move", _B,
            quick=True, repeats=True),
    Command("form", ("t",), "form", "Show all fields of the statement in focus on one screen.",
            "Change"),
    Command("label", ("t",), "", "Choose the label from a list that narrows as you type.",
            "Select", ("select", "side")),
    Command("name", ("i",), "name",
            "Write the entity or concept; the project offers what it knows.", "Change"),
    Command("name_last", ("I",), "",
            "Write the entity or concept of the item you decided last; the focus stays where it "
            "is.",
            "Change"),
    Command("bounds", ("e",), "bounds",
            "Change the bounds of the span in focus, or the cue of the stance.", "Change", _B,
            do.EditBounds()),
    Command("delete", ("d",), "delete", "Remove the annotation in focus, and what depends on it.",
            "Change", _B, do.Delete()),
    Command("note", ("c",), "note", "Write a note on the item in focus.", "Change"),
    Command("note_paragraph", ("C",), "", "Write a note on the paragraph.", "Change"),
    Command("flag", ("!",), "flag",
            "Set or remove the flag of the item in focus.", "Change", _B, do.Flag()),
    Command("flag_paragraph", ("P",), "",
            "Set or remove the flag of the paragraph.", "Change", _B, do.Flag(paragraph=True)),
    Command("first_value", ("b",), "",
            "Switch to the next basis of a stance (1-3: its strength), modality of a claim, or "
            "mention of an actor.",
            "Change", _B, do.NextValue(0)),
    Command("second_value", ("B",), "",
            "Switch to the next attribution of a claim.", "Change", _B, do.NextValue(1)),
    Command("exclude", ("o",), "",
            "Exclude the paragraph, or bring it back.", "Change", _B, do.ToggleExcluded()),
    Command("new", ("v",), "new", "Begin a new span.", "Mark", _B, do.StartSelection()),
    Command("stance", ("s",), "stance",
            "Begin a stance on the item in focus: choose the holder (capitals: several), then "
            "the side.",
            "Mark", _B, do.StartStance()),
    Command("move_left", ("h", "left"), "", "Select the previous word.", "Select", _S,
            do.MoveSelection(-1)),
    Command("move_right", ("l", "right"), "word", "Select the next word.", "Select", _S,
            do.MoveSelection(1)),
    Command("end_right", ("w", "shift+right", "j", "down"), "longer",
            "Move the end one word forward.", "Select", _S, do.MoveSelection(1, "end")),
    Command("end_left", ("b", "shift+left", "k", "up"), "shorter", "Move the end one word back.",
            "Select", _S, do.MoveSelection(-1, "end")),
    Command("start_right", ("W",), "", "Move the start one word forward.", "Select", _S,
            do.MoveSelection(1, "start")),
    Command("start_left", ("B",), "", "Move the start one word back.", "Select", _S,
            do.MoveSelection(-1, "start")),
    Command("end_character_right", (".",), "", "Move the end one character forward.",
            "Select", _S, do.MoveSelection(1, "end", "character")),
    Command("end_character_left", (",",), "", "Move the end one character back.",
            "Select", _S, do.MoveSelection(-1, "end", "character")),
    Command("grow", ("+", "="), "grow", "Grow the selection to the token, phrase, clause, "
                                        "sentence, paragraph.",
            "Select", ("browse", "select"), do.GrowSelection()),
    Command("shrink", ("-",), "shrink", "Shrink the selection again in the same steps."
                                        , "Select", _S,
            do.ShrinkSelection()),
    Command("confirm", ("enter",), "take it",
            "Use the selection as the new bounds, or as a span with the last label.",
            "Select", _S, do.ConfirmSelection()),
    Command("author", ("@",), "author", "Choose the author of the text as the holder.",
            "Stance", ("holder",), do.ChooseHolder("@author")),
    Command("cancel", ("escape", "q"), "cancel", "Cancel; nothing changes.",
            "Select", ("select", "holder", "side"), do.Cancel()),
    Command("guidelines", ("g",), "guidelines", "Show the guidelines of the label in focus.",
            "See"),
    Command("why", ("w",), "why", "Show why this was suggested.", "See",
            in_review="Show who made the version in focus."),
    Command("mute", ("m",), "", "Mute the rule behind the suggestion in focus, or unmute a rule.",
            "See"),
    Command("matrix", ("M",), "",
            "Show who holds what, here and in the project: actors by claims or concepts.", "See"),
    Command("entities", ("E",), "", "Open the registry of entities: mentions, rename, merge.",
            "See", _BOTH),
    Command("concepts", ("K",), "", "Open the registry of concepts: mentions, rename, merge.",
            "See", _BOTH),
    Command("history", ("H",), "",
            "List your latest decisions in this document, to go there or to take one back.", "See"),
    Command("lint", ("L",), "", "Go to the next item that looks unfinished or contradictory in "
                                "the paragraph.",
            "See", quick=True),
    Command("density", ("z",), "", "Show the marks under the text, or in the text.", "See",
            quick=True),
    Command("statements", ("tab",), "statements",
            "Show or hide the statements on narrow screens.",
            "See", quick=True,
            in_review="Show the versions alone, or the text too."),
    Command("fewer", (".",), "", "Hide suggestions with low scores: raise the threshold.", "See",
            quick=True,
            in_review=""),
    Command("more", (",",), "", "Show more suggestions: lower the threshold.", "See", quick=True,
            in_review=""),
    Command("filter_layer", ("F",), "",
            "Show suggestions of one layer only: the next one, then all.",
            "See", quick=True,
            in_review=""),
    Command("theme", ("ctrl+t",), "", "Change the colours: dark, light, or 16 colours.", "See",
            _BOTH),
    Command("redraw", ("ctrl+l",), "", "Repaint the screen.", "See", (*ANNOTATE, "queue")),
    Command("palette", ("ctrl+p",), "", "Search all commands.", "See", _BOTH),
    Command("help", ("?",), "keys", "Show this help.", "See", _BOTH),
    Command("asked", ("R",), "", "List what review asks you, to answer or change it item by item; "
                                 "in review, list the answers."
                                 , "See", _BOTH),
    Command("tour", ("T",), "", "Begin the guided tour, or leave it.", "See", _BOTH, quick=True),
    Command("back", ("q", "escape"), "queue",
            "Go to the queue of documents; esc first ends a search.", "Leave", _B),
    Command("quit", ("ctrl+q",), "quit",
            "Leave the program; it next starts at the same place.", "Leave",
            (*ANNOTATE, "queue")),
    Command("take_majority", ("a",), "majority",
            "Take the version of more than half of the annotators.",
            "Review", _R),
    Command("take_none", ("x",), "none", "Decide that none of the versions is right.", "Review",
            _R),
    Command("take_edit", ("m",), "edit", "Take the version in focus, and change it.", "Review", _R),
    Command("next_version", ("l",), "",
            "Put the focus on the next version of the difference, which m then changes.",
            "Review", _R, quick=True),
    Command("next_field", (".",), "",
            "Decide the fields of an item one by one: a number then decides one field.",
            "Review", _R, quick=True),
    Command("same_names", ("=",), "same name",
            "Rule that the names are the same everywhere; opens a page of such pairs."
            , "Review", _R),
    Command("alike", ("*",), "", "Decide all like differences in the project as you decided the "
                                 "last one."
                                 , "Review", _R),
    Command("keep_gold", ("0",), "",
            "Keep what the finished gold has, whatever annotators have changed since.",
            "Review", _R),
    Command("order", ("O",), "",
            "Put documents first that the model is least sure about, or that are least like the "
            "rest; in review, those that change the network most."
            , "Queue", ("queue",)),
    Command("reason", ("c",), "reason",
            "Give a reason: one of the project's codes, and words of your own.",
            "Review", _R),
    Command("message", ("C",), "",
            "Write to the annotators about the item; they see it in their queue.",
            "Review", _R),
    Command("model_lane", ("V",), "", "Show or hide the model's suggestions beside the versions.",
            "Review", _R),
    Command("hide_names", ("H",), "", "Hide or show who coded what, on every screen.", "Review",
            _R),
    Command("who_was_right", ("W",), "", "Show who was right in how many cases, by label.",
            "Review", _R),
    Command("open", ("enter",), "open", "Open the document.", "Queue", ("queue",)),
    Command("down", ("j", "down"), "", "Go to the next document.", "Queue", ("queue",)),
    Command("up", ("k", "up"), "", "Go to the previous document.", "Queue", ("queue",)),
    Command("page_down", ("pagedown", "]"), "", "Go a page down.", "Queue", ("queue",)),
    Command("page_up", ("pageup", "["), "", "Go a page up.", "Queue", ("queue",)),
    Command("first", ("home", "g"), "", "Go to the first document.", "Queue", ("queue",)),
    Command("last", ("end", "G"), "", "Go to the last document.", "Queue", ("queue",)),
    Command("filter_status", ("s",), "status",
            "Filter by status: all documents, then only new, begun, done or skipped ones.",
            "Queue", ("queue",)),
    Command("mine", ("m",), "", "Show only the documents assigned to you, or all."
                                , "Queue", ("queue",)),
    Command("agreement", ("A",), "", "Show how far the annotators agree.", "Queue", ("queue",)),
    Command("learning", ("S",), "learning", "Show what the model has learnt and how good it is.",
            "Queue", ("queue",)),
    Command("skip_document", ("x",), "skip", "Skip the document, or bring it back.", "Queue",
            ("queue",)),
    Command("leave", ("q",), "quit", "Clear the filter, or leave the program."
                                     , "Queue", ("queue",)),
    Command("unfilter", ("escape",), "", "Show all documents again.", "Queue", ("queue",)),
)  # fmt: skip


__all__ = ["ANNOTATE", "COMMANDS", "CONTEXTS", "Command"]
