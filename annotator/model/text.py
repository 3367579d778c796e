"""Documents, paragraphs and words: how a text is divided, and how it is shown safely.

Offsets are Unicode code points of the text exactly as imported. Nothing here normalises a text.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate
from typing import Any, Literal, TypeAlias

Splitting: TypeAlias = Literal["auto", "blank", "line"]

BOILERPLATE = frozenset(
    (
        "advertisement, advertisements, advertorial, sponsored, sponsored content, promoted, "
        "read more, read also, also read, see also, related, related articles, related stories, "
        "share, share this, share this article, tweet, print, email, comments, subscribe, "
        "subscribe now, sign up, sign in, log in, newsletter, sign up for our newsletter, "
        "continue reading, story continues below, article continues below, most read, trending, "
        "more from opinion, more on this story, recommended, recommended for you, follow us, "
        "all rights reserved, listen to this article, skip advertisement"
    ).split(", ")
)
"""Lines that news sites leave in copied text, in lower case and without closing punctuation."""

_WHITE = (
    "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007"
    "\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
    "\u200b\u2060\ufeff"  # characters without width: zero-width space, word joiner, byte order mark
)
"""White space, and what is as invisible at the end of a stretch of text."""

_BLANK = re.compile(r"(?>\r\n|\r|\n)(?:[^\S\n\r]*(?>\r\n|\r|\n))+")
_LINE = re.compile(r"\r\n|\r|\n")
# Apostrophes, hyphens, full stops and digit separators inside a word belong to it (US's, U.S., 3.5,
# well-being).
_TOKEN = re.compile(r"\w++(?:[’'ʼ\-‐‑./·,:]\w++)*+|\S")
_TOKEN_OR_GAP = re.compile(f"({_TOKEN.pattern})")
HARMFUL = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufff9-\ufffb\ufeff\ud800-\udfff]"
    # Terminals differ in how they measure and draw a joiner outside an emoji.
    "|(?<![\u2600-\u27bf\ufe0f\U0001f000-\U0001faff])\u200d"
)
"""C0 and C1 controls, DEL, bidi controls, other characters that
move a cursor, and what no encoding has."""


_NOT_XML = "[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
"""Characters that XML 1.0 cannot hold, escaped or not (production 2). Compiling this pattern takes
3 ms, so it is left to its first use."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A stretch `[start, end)` of the text; `excluded` ones stay in place and are not annotated."""

    index: int
    start: int
    end: int
    excluded: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """A text as imported, its paragraphs in order, and free metadata
    (`meta`, JSON values without floats)."""

    id: str
    title: str
    text: str
    paragraphs: tuple[Paragraph, ...]
    meta: Mapping[str, Any] = field(default_factory=dict)
    included: int = field(init=False, repr=False, compare=False)
    """The number of paragraphs to annotate. It is counted once, since every key needs it."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "included", len([p for p in self.paragraphs if not p.excluded]))

    @property
    def sha256(self) -> str:
        """Hash of the UTF-8 text, 64 hexadecimal digits."""
        return text_sha256(self.text)

    def paragraph_at(self, offset: int) -> Paragraph:
        """The paragraph that holds `offset`, or the last one that starts before it."""
        return self.paragraphs[
            max(0, bisect_right(self.paragraphs, offset, key=lambda p: p.start) - 1)
        ]

    def quote(self, start: int, end: int) -> str:
        """The text of `[start, end)`."""
        return self.text[start:end]


def plural(number: int, noun: str) -> str:
    """`1 document`, `2,000 documents`."""
    return f"{number:,} {noun}{'s' * (number != 1)}"


def enumerated(words: Iterable[str]) -> str:
    """`label, bounds and entity`; each word once."""
    several = list(dict.fromkeys(words))
    return " and ".join(filter(None, (", ".join(several[:-1]), *several[-1:])))


def whole_percent(share: float) -> int:
    """A share in whole per cent, for figures without words; only all is 100, only nothing 0."""
    rounded = round(100 * share)
    return min(99, max(1, rounded)) if 0 < share < 1 else rounded


def percent(share: float | None, *, narrow: bool = False) -> str:
    """`37 %`, or `–` for none. Only all is `100 %` and only nothing `0 %`: almost all is `99.9 %`
    and almost nothing `under 1 %`; in a `narrow` column, `>99 %` and `<1 %`."""
    if share is None:
        return "–"
    rounded = round(100 * share)
    if 0 < share < 1 and rounded == 0:
        return "<1 %" if narrow else "under 1 %"
    if 0 < share < 1 and rounded == 100:
        return ">99 %" if narrow else f"{min(99.9, round(100 * share, 1))} %"
    return f"{rounded} %"


def and_more(number: int) -> str:
    """` (+2)` after the first of three things; empty after the only one."""
    return f" (+{number - 1})" if number > 1 else ""


def first_of(names: Sequence[str], most: int = 3) -> str:
    """`a, b, c and 2 more`: the first names, and how many others there are."""
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def with_article(noun: str) -> str:
    """`a claim`, `an actor`: the noun with its indefinite article, by its first letter."""
    return f"{'an' if noun[:1].lower() in 'aeiou' else 'a'} {noun}"


def paragraph_number(index: int) -> int:
    """The number that people see for a paragraph: its index plus 1, counting excluded
    paragraphs, so that it is the same on every screen, in every report and for every
    annotator."""
    return index + 1


@lru_cache(maxsize=2)
def text_sha256(text: str) -> str:
    """Hash of the UTF-8 text, 64 hexadecimal digits (lone surrogates pass through)."""
    # The records of a document come one after the other, and each is checked several times.
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def folded(text: str) -> str:
    """The text without a byte order mark, with LF as its line ends, in normal form C: equal
    for texts that differ in nothing else."""
    plain = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    return plain if plain.isascii() else unicodedata.normalize("NFC", plain)


def folded_sha256(text: str) -> str:
    """Hash of the folded text, 64 hexadecimal digits."""
    return text_sha256(folded(text))


def is_boilerplate(line: str) -> bool:
    """Whether a paragraph is one of the lines that news sites leave in copied text."""
    return " ".join(line.casefold().split()).strip(" .:…»›>-–—*|[]()") in BOILERPLATE


def split_paragraphs(text: str, *, splitting: Splitting = "auto") -> tuple[Paragraph, ...]:
    """Paragraphs of a text, trimmed of white space at both ends, never empty, in order.

    `auto` splits on blank lines when there is one between two pieces of text, else on every line.
    Boilerplate lines become excluded paragraphs of their own; inside a paragraph of several lines
    they divide it.
    """
    separator = _LINE if splitting == "line" else _BLANK
    pieces = list(_pieces(text, 0, len(text), separator))
    if splitting == "auto" and len(pieces) < 2:
        pieces = list(_pieces(text, 0, len(text), _LINE))
    cut = [part for start, end in pieces for part in _cut_boilerplate(text, start, end)]
    return tuple(Paragraph(i, a, b, is_boilerplate(text[a:b])) for i, (a, b) in enumerate(cut))


def _pieces(
    text: str, start: int, end: int, separator: re.Pattern[str]
) -> Iterator[tuple[int, int]]:
    """Trimmed non-empty stretches of `text[start:end]` between matches of `separator`."""
    at = start
    for found in separator.finditer(text, start, end):
        yield from _trimmed(text, at, found.start())
        at = found.end()
    yield from _trimmed(text, at, end)


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    start, end = trim(text, start, end)
    if start < end:
        yield start, end


def trim(text: str, start: int, end: int) -> tuple[int, int]:
    """`[start, end)` without white space at its ends, of whatever width; empty when there is
    nothing else."""
    piece = text[start:end]
    left = len(piece) - len(piece.lstrip(_WHITE))
    return start + left, max(start + left, end - (len(piece) - len(piece.rstrip(_WHITE))))


def _cut_boilerplate(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A piece, divided at lines of boilerplate."""
    first, last = start, start
    for a, b in _pieces(text, start, end, _LINE):
        if is_boilerplate(text[a:b]):
            if first < last:
                yield from _trimmed(text, first, last)
            yield a, b
            first = b
        last = b
    if first < last:
        yield from _trimmed(text, first, last)


def words(text: str, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    """Words and single other visible characters of `text[start:end]` as `(start, end)`, in order.

    Word tokens are what moving and growing a selection goes
    by; every non-space character is in one.
    """
    end = len(text) if end is None else end
    return [found.span() for found in _TOKEN.finditer(text, start, end)]


def word_columns(
    text: str, start: int = 0, end: int | None = None
) -> tuple[list[int], list[int], list[str]]:
    """The starts, ends and texts of the tokens that `words` gives, in three lists. For all tokens
    of a text this is faster than slicing it by `words`."""
    parts = _TOKEN_OR_GAP.split(text[start:end])
    places = list(accumulate(map(len, parts), initial=start))
    return places[1:-1:2], places[2::2], parts[1::2]


def count_words(text: str, start: int = 0, end: int | None = None) -> int:
    """The number of tokens that `words` gives."""
    return len(_TOKEN.findall(text, start, len(text) if end is None else end))


def is_word(text: str, token: tuple[int, int]) -> bool:
    """Whether a token of `words` is a word and not punctuation."""
    return text[token[0]].isalnum() or text[token[0]] == "_"


def xml_legal(text: str) -> str:
    """The text, with U+FFFD for characters that XML cannot hold; same length."""
    return re.sub(_NOT_XML, "\ufffd", text)


def is_xml_legal(text: str) -> bool:
    """Whether XML can hold all characters of a text."""
    return re.search(_NOT_XML, text) is None


def displayable(text: str) -> str:
    """The text with every character a terminal could act on replaced;
    same length, so offsets hold."""
    return HARMFUL.sub(_stand_in, text)


def _stand_in(found: re.Match[str]) -> str:
    char = found.group()
    if char in "\t\n\r\x0b\x0c\x85\u2028\u2029":
        return " "
    if char == "\u200d":
        return "\u200c"
    code = ord(char)
    if 0xD800 <= code <= 0xDFFF:
        return "\ufffd"
    if code < 0x20:
        return chr(0x2400 + code)
    return "␡" if code == 0x7F else "·"


def title_of(text: str, paragraphs: Iterable[Paragraph], *, limit: int = 60) -> str:
    """A title for a text without one: the start of its first annotated paragraph, cut at a word."""
    for paragraph in paragraphs:
        if not paragraph.excluded:
            line = " ".join(text[paragraph.start : paragraph.end].split())
            if len(line) <= limit:
                return line
            return line[:limit].rsplit(" ", 1)[0].rstrip(" ,;:–—-") + " …"
    return ""


_UNSEEN = dict.fromkeys(
    [code for code in (*range(32), *range(127, 160)) if not chr(code).isspace()]
) | dict.fromkeys(
    map(
        ord,
        "\u00ad\u061c\u200b\u200e\u200f\u2060\ufeff\u202a\u202b\u202c\u202d\u202e"
        "\u2066\u2067\u2068\u2069",
    )
)
"""Control characters, soft hyphen, marks without width and bidi controls. The joiners (U+200C,
U+200D) change how the letters beside them look."""


def as_read(text: str) -> str:
    """The text with single blanks, without what cannot be seen, and in normal form C: equal for
    texts that a reader cannot tell apart."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    return unicodedata.normalize("NFC", " ".join(text.translate(_UNSEEN).split()))


def searchable(text: str) -> str:
    """The text as searches compare it: without capitals, accents, and differences between kinds of
    apostrophes (`Zürich` as `zurich`)."""
    plain = text.casefold().replace("’", "'")
    if plain.isascii():
        return plain
    apart = unicodedata.normalize("NFKD", plain)
    return "".join(char for char in apart if not unicodedata.combining(char))


def kind_of(value: object) -> str:
    """The kind of a JSON value, for a message."""
    words = {
        dict: "an object",
        list: "a list",
        str: "a text",
        bool: "true or false",
        int: "a number",
        float: "a number",
    }
    return "null" if value is None else words.get(type(value), type(value).__name__)


__all__ = [
    "BOILERPLATE",
    "HARMFUL",
    "Document",
    "Paragraph",
    "Splitting",
    "and_more",
    "as_read",
    "displayable",
    "enumerated",
    "first_of",
    "folded",
    "folded_sha256",
    "is_boilerplate",
    "is_word",
    "is_xml_legal",
    "kind_of",
    "paragraph_number",
    "percent",
    "plural",
    "searchable",
    "split_paragraphs",
    "text_sha256",
    "title_of",
    "trim",
    "whole_percent",
    "word_columns",
    "words",
    "xml_legal",
]
