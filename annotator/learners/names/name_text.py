"""The words of a document for naming, without a parser: from `model.text.words` and closed word
classes."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from annotator.learners.names import forms
from annotator.learners.names.word_index import WordIndex
from annotator.learners.names.words import (
    Word,
    acts,
    goes_on_after,
    goes_on_after_genitive,
    has_one_genitive,
    has_plural_initials,
    is_abbreviation,
    is_predicate,
    is_titled,
    kind_of_word,
    may_be_person,
    named_after_saint,
    only_counts,
    places_of,
    written_as_name,
)
from annotator.model.names import MentionKind
from annotator.model.span import Span
from annotator.model.text import Document, is_word, words
from annotator.model.text_units import sentences

BEFORE = 4
"""How many names before a mention are looked at."""

_BEFORE_NOUNS = frozenset("the a an its his their our my every no".split())
"""Words after which a form of a verb is a noun, or stands before one: `the trade`, `the proposed
ban`."""

_THE = re.compile(r"\bthe $")


@dataclass(frozen=True, slots=True)
class Mention:
    """A span in its text: words `[first, last]`, the words around it, and its kind of mention."""

    span: Span
    whole: str
    """Its text with single blanks."""
    form: str
    """The same without words that another annotator may leave out: articles, numbers, possessives,
    and titles of persons."""
    kind: MentionKind
    first: int
    last: int
    head: str
    """The last word of a name, or the head of another phrase, in the singular and in lower case."""
    plural: bool
    before: str
    """The word before it in lower case; `'s` after a genitive."""
    opens: bool
    """Whether it begins a sentence."""
    subject: bool
    """Whether a verb follows."""
    sentence: int
    paragraph: int

    @property
    def folded(self) -> str:
        """The form by which mentions count as the same."""
        return self.form.casefold()


class NameText:
    """The words of a document, and the names in it."""

    def __init__(self, document: Document) -> None:
        self.document, self.text, self.lower = document, document.text, document.text.lower()
        self.words: list[Word] = []
        self._articles: dict[str, bool] = {}
        number = 0
        for paragraph in document.paragraphs:
            if paragraph.excluded:
                continue
            for start, end in sentences(document.text, paragraph.start, paragraph.end):
                self._add(start, end, number, paragraph.index)
                number += 1
        self._starts = [word.start for word in self.words]

    def _add(self, start: int, end: int, sentence: int, paragraph: int) -> None:
        first = True
        for a, b in words(self.text, start, end):
            text = self.text[a:b]
            genitive = len(text) > 2 and text[-2:] in ("'s", "’s")
            text = text[:-2] if genitive else text
            kind = kind_of_word(text, first) if is_word(self.text, (a, b)) else "mark"
            if kind == "verb" and not first and self.words[-1].lower in _BEFORE_NOUNS:
                kind = "noun"
            first = first and kind == "mark"
            self.words.append(Word(text, a, b, kind, sentence, paragraph, genitive))

    def within(self, start: int, end: int) -> tuple[int, int]:
        """Indices `[first, after)` of the words of a stretch; at least one if there are words at
        all."""
        first = bisect_left(self._starts, start)
        if first and self.words[first - 1].end > start:
            first -= 1
        after = bisect_left(self._starts, end)
        return first, max(first + 1, after)

    def at(self, index: int) -> Word | None:
        """The word of an index; None beyond the text."""
        return self.words[index] if 0 <= index < len(self.words) else None

    def mention(self, span: Span) -> Mention:
        """The mention of a span in this text."""
        first, after = self.within(span.start, span.end)
        last = min(after, len(self.words)) - 1
        whole = " ".join(self.text[span.start : span.end].split())
        kind = self.kind_of(self.words[first:after], whole, span.label)
        bare = self._bare(first, last, kind, span.label)
        form = whole
        if bare > first:
            form = " ".join(self.text[self.words[bare].start : span.end].split())
        inside = self.words[bare:after]
        words = [word.lower for word in inside if word.kind != "mark"]
        low = words[forms.head_of(words) if kind == "nominal" else -1] if words else ""
        here = inside[0] if inside else None
        previous, following = self._beside(here, bare - 1), self._beside(here, last + 1)
        before = ""
        if previous is not None:
            before = previous.lower if self.owner_before(bare) is None else "'s"
        subject = following is not None and is_predicate(following)
        return Mention(
            span,
            whole,
            form,
            kind,
            bare,
            last,
            forms.singular_of(low),
            forms.is_plural(low) or has_plural_initials(whole),
            before,
            previous is None,
            subject,
            here.sentence if here else 0,
            here.paragraph if here else 0,
        )

    def _bare(self, first: int, last: int, kind: MentionKind, label: str) -> int:
        """The first word after determiners of a noun, or after `the` and titles of a name."""
        left_out = forms.DETERMINERS if kind == "nominal" else {"the"} if kind == "name" else set()
        if kind == "name" and label == "person":
            left_out = left_out | forms.word_class("titles")
        while first < last and self.words[first].lower.rstrip(".") in left_out:
            first += 1
            if first < last and self.words[first].text == ".":
                first += 1
        return first

    def owner_before(self, index: int) -> int | None:
        """The index of the word before this one if it is a genitive, also of a plural (`miners'
        leader`); None if it is not."""
        last, mark = self.at(index - 2), self.at(index - 1)
        if mark is not None and mark.genitive:
            return index - 1
        if mark is None or last is None or mark.text not in ("'", "’") or last.end != mark.start:
            return None
        return index - 2 if last.kind in ("name", "noun") and last.lower.endswith("s") else None

    def name_ending(self, index: int) -> str:
        """The name of which this word is the last; empty if there is none."""
        return self._by_last.get(index, "")

    @cached_property
    def _by_last(self) -> Mapping[int, str]:
        return {
            self.within(self.words[at].start, self.words[at].start + len(name))[1] - 1: name
            for name, at in self.name_places
        }

    def _beside(self, here: Word | None, number: int) -> Word | None:
        """The word of that number, if it is in the same sentence."""
        word = self.at(number)
        return word if word and here and word.sentence == here.sentence else None

    def kind_of(self, inside: list[Word], form: str, label: str = "") -> MentionKind:
        """Name, common noun or pronoun (also `the two`), by word lists and by the capital of the
        head (`residents of Lorn` has none). A capital at the beginning of a sentence does not make
        a name of a common noun or of a single word for a group."""
        if form.lower() in forms.PERSONAL and not is_abbreviation(form):
            return "pronoun"
        words = [word for word in inside if word.kind != "mark"]
        if not words:
            return "nominal"
        if form.lower() != "the" and all(only_counts(word.text) for word in words):
            return "pronoun"
        head = forms.head_of([word.lower for word in words])
        written = named_after_saint(words) or written_as_name(words[head].text)
        return "name" if written and self._names_one(words, head, label) else "nominal"

    def _names_one(self, words: Sequence[Word], head: int, label: str) -> bool:
        """Whether words with a capital name somebody, and are neither an office nor common nouns at
        the beginning of a sentence or for a group."""
        if label == "person" and self._is_office(words[: head + 1]):
            return False
        if label == "collective" and not head:
            return len(words) == 1 and words[0].text in self._alone_inside
        return len(words) > 1 or words[0].kind == "name" or words[0].text in self.inside

    def _is_office(self, called: Sequence[Word]) -> bool:
        """Whether a person is called by titles alone: `the Prime Minister`, but not `King` in a
        text on Stephen King."""
        titles = forms.word_class("titles")
        if any(word.lower not in titles for word in called):
            return False
        longer = (name.split() for name in self.names_by_words.holding([called[-1].text]))
        return not any(
            words[-1] == called[-1].text and words[-2:-1] and words[-2].lower() not in titles
            for words in longer
        )

    @cached_property
    def inside(self) -> frozenset[str]:
        """The words that stand elsewhere than at the beginning of a sentence."""
        return frozenset(word.text for i, word in enumerate(self.words) if not self._opens(i))

    @cached_property
    def _alone_inside(self) -> frozenset[str]:
        """Those of these words that are a name by themselves: not the `Farmers` of the Farmers'
        Union."""
        return frozenset(name for name, at in self.name_places if not self._opens(at))

    def _opens(self, index: int) -> bool:
        """Whether only punctuation comes before a word in its sentence."""
        sentence = self.words[index].sentence
        while index and self.words[index - 1].kind == "mark":
            index -= 1
        return not index or self.words[index - 1].sentence != sentence

    def bears_article(self, name: str) -> bool:
        """Whether a name is used with `the` more often than without it. `The Iran deal` and `NHS
        managers` do not count, since the article belongs to the noun."""
        if name not in self._articles:
            own = bare = 0
            for start, end in places_of(name.lower(), self.lower):
                if self._ends_phrase(end):
                    has = _THE.search(self.lower, max(0, start - 5), start) is not None
                    own, bare = own + has, bare + (not has)
            self._articles[name] = own > bare
        return self._articles[name]

    def _ends_phrase(self, offset: int) -> bool:
        """Whether no noun follows directly after a name."""
        after = self.at(bisect_left(self._starts, offset))
        before = self.at(bisect_left(self._starts, offset) - 1)
        if after is None or before is None or before.sentence != after.sentence or before.genitive:
            return True
        return after.kind not in ("noun", "name")

    @cached_property
    def names(self) -> Counter[str]:
        """Runs of names in the text, with their numbers; `Bank of Varnia` is one."""
        return Counter(name for name, _ in self.name_places)

    @cached_property
    def titled(self) -> frozenset[str]:
        """The last words of the names with a title: the Keller of `Mr Keller`."""
        found = (name.split() for name in self.names)
        return frozenset(parts[-1] for parts in found if is_titled(parts))

    def _goes_on(self, run: list[Word], at: int, word: Word) -> bool:
        """Whether a name goes on with the word at an index, after the words `run` of it."""
        last = run[-1] if run else word
        if not run or last.sentence != word.sentence:
            return False
        following = self._beside(word, at + 1)
        leads_on = following is not None and following.kind == "name"
        if last.genitive:
            links = word.text == "of" and leads_on and has_one_genitive(run)
            return links or goes_on_after_genitive(run, word)
        if word.lower in forms.word_class("particles") and word.kind not in ("name", "mark"):
            return leads_on or self._leads_on_after(following, at + 2)
        return word.kind == "name" or (leads_on and self._joins(last, word))

    @staticmethod
    def _joins(last: Word, word: Word) -> bool:
        """Whether a mark or a small word joins the name before it to the one after it."""
        if word.kind == "mark":
            return goes_on_after(last, word)
        return word.text in ("of", "for") and last.kind == "name"

    def _leads_on_after(self, particle: Word | None, after: int) -> bool:
        """Whether a second particle follows, and a name after it at the index `after`: `van der
        Berg`."""
        if particle is None or particle.lower not in forms.word_class("particles"):
            return False
        word = self._beside(particle, after)
        return word is not None and word.kind == "name"

    @cached_property
    def names_by_words(self) -> WordIndex:
        """The same names, by the words in them."""
        return WordIndex(self.names)

    @cached_property
    def names_by_start(self) -> Mapping[str, Sequence[str]]:
        """The same names, by their first letters; see `forms.start_of`."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        for name in self.names:
            found[forms.start_of(name)].append(name)
        return found

    @cached_property
    def most_frequent(self) -> Sequence[tuple[str, int]]:
        """The ten names that occur most often, with their numbers."""
        return self.names.most_common(10)

    def names_in(self, sentence: int) -> Sequence[tuple[str, int]]:
        """The names of a sentence, in its order, with the indices of their first words."""
        return self._by_sentence.get(sentence, ())

    @cached_property
    def _by_sentence(self) -> Mapping[int, Sequence[tuple[str, int]]]:
        found: defaultdict[int, list[tuple[str, int]]] = defaultdict(list)
        for name, at in self.name_places:
            found[self.words[at].sentence].append((name, at))
        return found

    def names_before(self, word: int) -> Sequence[str]:
        """The last `BEFORE` names before a word, each once, the nearest first."""
        places, names = self._before
        at = bisect_left(places, word)
        return names[at - 1] if at else ()

    @cached_property
    def _before(self) -> tuple[Sequence[int], Sequence[Sequence[str]]]:
        """For each place of a name, this name and those before it."""
        last: tuple[str, ...] = ()
        found = []
        for name, _ in self.name_places:
            last = (name, *(one for one in last if one != name))[:BEFORE]
            found.append(last)
        return [at for _, at in self.name_places], found

    @cached_property
    def name_places(self) -> list[tuple[str, int]]:
        """Every run of names in the order of the text, with the index of its first word. A day or a
        month alone is not a name."""
        found: list[tuple[str, int]] = []
        run: list[Word] = []
        calendar = forms.word_class("calendar")
        for i, word in enumerate((*self.words, None)):
            if word is not None and self._goes_on(run, i, word):
                run.append(word)
                continue
            if run and any(one.lower not in calendar for one in run):
                text = self.text[run[0].start : run[-1].start + len(run[-1].text)]
                found.append((text, i - len(run)))
            run = [word] if word is not None and word.kind == "name" else []
        return found

    @cached_property
    def roles(self) -> dict[str, Counter[str]]:
        """The persons next to whose names each role word occurs in the text."""
        found: dict[str, Counter[str]] = {}
        roles = forms.word_class("roles") | forms.word_class("titles")
        for name in self.names:
            parts = [
                part for part in name.split() if part.lower() not in forms.word_class("titles")
            ]
            bare = [part for part in parts if part.lower() not in forms.word_class("roles")]
            if len(name.split()) < 2 or not may_be_person(bare):
                continue
            for word in self._around(name):
                if word.lower in roles:
                    found.setdefault(word.lower, Counter())[" ".join(bare)] += 1
        return found

    def _around(self, name: str) -> Iterator[Word]:
        """The words next to and in a name, wherever the name occurs: in the same sentence, and up
        to a verb, since `Ana Brell met the mayor` is about two people. `Is` and `was` do not count
        as such a verb."""
        at = self.text.find(name)
        while at >= 0:
            first, after = self.within(at, at + len(name))
            yield from self.words[first:after]
            here = self.words[first]
            for beside in (
                self.words[max(0, first - 5) : first][::-1],
                self.words[after : after + 6],
            ):
                for word in beside:
                    if word.sentence != here.sentence or acts(word):
                        break
                    yield word
            at = self.text.find(name, at + len(name))


__all__ = ["Mention", "NameText"]
