"""Reading the XML of a Word document from beginning to end: paragraphs with what each change did to their words.

Every stretch of text is in the text *before* the changes, in the one *after*, in both, or (put in and taken out again)
in neither. The same holds for the mark at the end of a paragraph: put in, it splits one; taken out, it joins two.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple

from lxml import etree

from activities.word import AUTHOR, Anchor, read_anchor
from models.base import UNFIT

_WORD = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",
)
_MATH = (
    "http://schemas.openxmlformats.org/officeDocument/2006/math",
    "http://purl.oclc.org/ooxml/officeDocument/math",
)
LONGEST_WORDS = 2000
"""Of the words that a comment is about."""

_COMPATIBLE = "http://schemas.openxmlformats.org/markup-compatibility/2006"

_INSERTED = {"ins", "moveTo"}
_DELETED = {"del", "moveFrom"}
_LAYOUT_BREAKS = {"page", "column"}
_NO_TEXT = {
    "rPr", "tblPr", "tblGrid", "tblPrEx", "trPr", "tcPr", "sectPr", "sdtPr", "sdtEndPr", "fldChar", "instrText",
    "delInstrText", "rubyPr", "rt",
}  # fmt: skip
_NOT_TEXT = {"drawing", "pict", "object", "altChunk"}


class Kept(NamedTuple):
    """Whether something stands in the text before the changes, and after; who changed it, as typed in Word."""

    before: bool = True
    after: bool = True
    name: str = ""

    @property
    def put_in(self) -> bool:
        """Whether a change put it in."""
        return self.after and not self.before

    @property
    def taken_out(self) -> bool:
        """Whether a change took it out."""
        return self.before and not self.after


BOTH = Kept()
"""What nobody changed."""


class Piece(NamedTuple):
    """A stretch of text."""

    text: str
    kept: Kept


@dataclass
class Paragraph:
    """A paragraph as it stands in the file.

    Attributes:
        mark: what became of its end.
        style: its id in Word, such as Heading1.
        anchors: of the bookmarks that begin in it.
        within: the anchor of a bookmark that began before it and still goes on: half of a paragraph that was split.
        odd: names of the pictures and objects in it.
        hidden: code points of characters nobody can see; they are left out of the text.
    """

    mark: Kept = BOTH
    style: str = ""
    pieces: list[Piece] = field(default_factory=list)
    anchors: list[Anchor] = field(default_factory=list)
    within: Anchor | None = None
    odd: list[str] = field(default_factory=list)
    hidden: set[str] = field(default_factory=set)

    def text(self, *, after: bool = True) -> str:
        """Return its words after the changes, or before."""
        return "".join(piece.text for piece in self.pieces if (piece.kept.after if after else piece.kept.before))

    def words(self) -> str:
        """Return its words as they were left, or when all were taken out, as they were."""
        return self.text() if self.text().strip() else self.text(after=False)

    def names(self) -> list[str]:
        """Return whom Word names as authors of its changes."""
        return sorted({kept.name for kept in [self.mark, *(piece.kept for piece in self.pieces)] if kept.name})


@dataclass
class Remark:
    """Where a comment stands: the first paragraph it is about, and which stretches of the text (`Walk.words`)."""

    paragraph: Paragraph | None
    start: int
    end: int | None = None


class Walk:
    """A walk through a document.

    Attributes:
        paragraphs: of the running text and its tables, in order.
        apart: paragraphs in text boxes, which stand beside the running text.
        remarks: places of comments, by their id.
    """

    def __init__(self, document: etree._Element) -> None:
        """Walk through a document from beginning to end."""
        self.paragraphs: list[Paragraph] = []
        self.apart: list[Paragraph] = []
        self.remarks: dict[str, Remark] = {}
        self._here: list[Paragraph] = []
        self._open: dict[str, Anchor] = {}
        self._said: list[str] = []
        self._children(document, BOTH)

    def words(self, remark: Remark) -> str:
        """Return what a comment is about, as it was left; cut where it gets longer than anyone reads."""
        words = ""
        for said in islice(self._said, remark.start, remark.end or remark.start):
            words += said
            if len(words) > LONGEST_WORDS:
                return words[:LONGEST_WORDS] + "…"
        return words.strip()

    def _visit(self, element: etree._Element, kept: Kept) -> None:
        name = local(element)
        if name in _NO_TEXT:
            return
        if name == "p":
            self._paragraph(element, kept)
        elif name in _INSERTED | _DELETED:
            self._children(element, changed(kept, element))
        elif name in _SAID:
            self._say(_SAID[name](element), kept)
        elif name.startswith("bookmark"):
            self._bookmark(name, element)
        elif name.startswith("comment"):
            self._remark(name, attribute(element, "id"))
        elif name == "AlternateContent":
            # One content in several ways, of which Word shows the first it understands: it must be read once.
            self._children(next(iter(element), element), kept)
        else:
            if name in _NOT_TEXT:
                self._odd(name)
            self._children(element, kept)

    def _children(self, element: etree._Element, kept: Kept) -> None:
        for child in element:
            self._visit(child, kept)

    def _paragraph(self, element: etree._Element, kept: Kept) -> None:
        inside = bool(self._here)
        paragraph = Paragraph(within=None if inside else next(reversed(self._open.values()), None))
        (self.apart if inside else self.paragraphs).append(paragraph)
        self._said.append("\n")
        with self._in(paragraph):
            for child in element:
                if local(child) == "pPr":
                    _properties(paragraph, child)
                else:
                    self._visit(child, kept)

    @contextmanager
    def _in(self, paragraph: Paragraph) -> Iterator[None]:
        self._here.append(paragraph)
        yield
        self._here.pop()

    def _say(self, text: str, kept: Kept) -> None:
        if not self._here:
            return
        paragraph = self._here[-1]
        paragraph.hidden |= {f"U+{ord(found):04X}" for found in UNFIT.findall(text)}
        shown = UNFIT.sub("", text)
        if shown and (kept.before or kept.after):
            paragraph.pieces.append(Piece(shown, kept))
            if kept.after:
                self._said.append(shown)

    def _odd(self, name: str) -> None:
        if not self._here:
            self.apart.append(Paragraph(odd=[name]))
        else:
            self._here[-1].odd.append(name)

    def _bookmark(self, name: str, element: etree._Element) -> None:
        if name == "bookmarkEnd":
            self._open.pop(attribute(element, "id"), None)
            return
        anchor = read_anchor(attribute(element, "name"))
        if anchor is None:
            return
        self._open[attribute(element, "id")] = anchor
        if self._here:
            self._here[-1].anchors.append(anchor)

    def _remark(self, name: str, number: str) -> None:
        here = self._here[-1] if self._here else None
        if name == "commentRangeStart":
            self.remarks.setdefault(number, Remark(here, len(self._said)))
        elif name == "commentRangeEnd" and number in self.remarks:
            self.remarks[number].end = len(self._said)
        elif name == "commentReference":
            remark = self.remarks.setdefault(number, Remark(here, len(self._said)))
            remark.paragraph = remark.paragraph or here


def local(element: etree._Element) -> str:
    """Return an element's name when it is one of Word's (or mathematics), else nothing."""
    name = etree.QName(element)
    if name.namespace in _WORD or (name.namespace in _MATH and name.localname == "t"):
        return name.localname
    return name.localname if name.namespace == _COMPATIBLE else ""


def attribute(element: etree._Element, name: str) -> str:
    """Return one of Word's attributes, empty when it is not there."""
    return next((found for space in _WORD if (found := element.get(f"{{{space}}}{name}")) is not None), "")


def changed(kept: Kept, change: etree._Element) -> Kept:
    """Return what a tracked change makes of text; what Polder itself changed counts as made."""
    name = UNFIT.sub("", attribute(change, "author"))
    if local(change) in _INSERTED:
        return kept if name == AUTHOR else Kept(before=False, after=kept.after, name=name)
    if name == AUTHOR:
        return Kept(before=False, after=False)
    return Kept(before=kept.before, after=False, name=name)


def _properties(paragraph: Paragraph, properties: etree._Element) -> None:
    for part in properties:
        if local(part) == "pStyle":
            paragraph.style = attribute(part, "val")
        elif local(part) == "rPr":
            for change in part:
                if local(change) in _INSERTED | _DELETED:
                    paragraph.mark = changed(paragraph.mark, change)


def _symbol(symbol: etree._Element) -> str:
    """Return a character of a symbol font, by its code."""
    try:
        character = chr(int(attribute(symbol, "char"), 16))
    except (ValueError, OverflowError):
        return ""
    return "" if 0xD800 <= ord(character) <= 0xDFFF else character  # noqa: PLR2004 surrogates are half characters


def _text(text: etree._Element) -> str:
    """Return the text of a run; a line end inside it is a space to Word."""
    return re.sub(r"[\r\n]+", " ", text.text or "")


_SAID: Mapping[str, Callable[[etree._Element], str]] = {
    "t": _text,
    "delText": _text,
    "sym": _symbol,
    "br": lambda line: "" if attribute(line, "type") in _LAYOUT_BREAKS else "\n",
    "cr": lambda _: "\n",
    "tab": lambda _: "\t",
    "ptab": lambda _: "\t",
    "noBreakHyphen": lambda _: "\u2011",
    "softHyphen": lambda _: "\u00ad",
}
"""What an element says."""
