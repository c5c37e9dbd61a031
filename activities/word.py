"""A draft as Word file: a heading and paragraphs per clause, what changed as tracked changes.

Every paragraph stands in a hidden bookmark whose name says which paragraph of which version it is, so that
`word_reading.read` finds it again after a visit to somebody's word processor. Bookmarks survive that; content
controls do not (LibreOffice 7.4 writes broken XML; ../shared/reference/stack.md section 4).
"""

import re
from collections.abc import Iterable
from datetime import UTC
from io import BytesIO
from itertools import count
from typing import NamedTuple
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from docx import Document
from docx.document import Document as Docx
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt
from lxml import etree

from activities.rendering import LABELS
from models.enums import Language
from models.errors import Refusal
from models.word import WordClause, WordDraft
from rules.chain import sha256
from rules.redline import Op, OpKind, ops

AUTHOR = "Polder"
"""Whom our own tracked changes name; on return they count as made."""

LOCALES = {Language.NL: "nl-NL", Language.EN: "en-GB"}

_ANCHOR = re.compile(r"_pld1_(nl|en)_([0-9a-f]{12})_(\d{1,4})_(\d{1,4})_(\d{1,8})")
_NO_XML = re.compile("[\ufffe\uffff]")
_LONGEST_PROPERTY = 255
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_AFTER_TRACKING = (qn("w:defaultTabStop"), qn("w:characterSpacingControl"), qn("w:compat"))


class Anchor(NamedTuple):
    """What the bookmark of a paragraph says; at most 40 characters, hidden in Word by the underscore it begins with.

    Attributes:
        key: of the covenant and clause (`clause_key`): their names are too long for a bookmark.
        paragraph: 0 for the heading.
        last: number of the clause's last paragraph, so that a missing one is missed.
        version: of the clause.
    """

    language: Language
    key: str
    paragraph: int
    last: int
    version: int

    @property
    def name(self) -> str:
        """The name of the bookmark; the 1 is the version of this way of writing it."""
        return f"_pld1_{self.language}_{self.key}_{self.paragraph}_{self.last}_{self.version}"


def read_anchor(name: str) -> Anchor | None:
    """Return what a bookmark's name says, or None when it is none of ours."""
    found = _ANCHOR.fullmatch(name.lower())
    if found is None:
        return None
    return Anchor(Language(found[1]), found[2], *(int(number) for number in found.groups()[2:]))


def clause_key(covenant: str, clause: str) -> str:
    """Return the short name of a clause in a bookmark."""
    return sha256(f"{covenant}/{clause}".encode())[:12]


def heading(clause: WordClause, language: Language) -> str:
    """Return what stands above a clause."""
    return f"{LABELS['clause'].pick(language)} {clause.number} {clause.title.pick(language)}"


def plain_lines(text: str) -> str:
    """Return a text with one kind of line end."""
    return re.sub(r"\r\n?", "\n", text)


def write(draft: WordDraft, language: Language) -> bytes:
    """Write a draft in one language, with change recording switched on. The same draft gives the same bytes.

    Raises:
        Refusal: `unfit_text`, for a character that no XML file can hold.
    """
    document = Document()
    _set_up(document, draft, language)
    writer = _Writer(document, draft, language)
    for clause in draft.clauses:
        writer.add(clause)
    file = BytesIO()
    document.save(file)
    return _undated(file)


def _set_up(document: Docx, draft: WordDraft, language: Language) -> None:
    """Say what the file is, in which language, and of exactly which text; record every change from here on."""
    at = draft.printed_at.astimezone(UTC)
    title = _written(draft.title.pick(language))
    about = document.core_properties
    about.title, about.author, about.last_modified_by = title[:_LONGEST_PROPERTY], AUTHOR, AUTHOR
    about.language, about.created, about.modified = LOCALES[language], at, at
    about.comments = ""
    for spoken in document.styles.element.iter(qn("w:lang")):
        spoken.set(qn("w:val"), LOCALES[language])
    settings = document.settings.element
    for spoken in settings.iter(qn("w:themeFontLang")):
        spoken.set(qn("w:val"), LOCALES[language])
    follower = next(part for part in settings if part.tag in _AFTER_TRACKING)
    follower.addprevious(OxmlElement("w:trackRevisions"))
    line = document.sections[0].header.paragraphs[0]
    line.add_run(title)
    line.add_run(f"\n{LABELS['text_hash'].pick(language)}: {draft.text_sha256}").font.size = Pt(7)


class _Writer:
    """Adds clauses to a document; numbers the bookmarks and changes, which Word wants to be unique."""

    def __init__(self, document: Docx, draft: WordDraft, language: Language) -> None:
        self._document = document
        self._draft = draft
        self._language = language
        self._at = draft.printed_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        self._ids = count(1)

    def add(self, clause: WordClause) -> None:
        """Add the heading and the paragraphs of a clause."""
        lines = _lines(_changes(clause, self._language))
        key = clause_key(self._draft.slug, clause.id)
        title = self._document.add_heading(level=1)
        title_run = [Op(OpKind.EQUAL, _written(heading(clause, self._language)))]
        self._fill(title._p, Anchor(self._language, key, 0, len(lines), clause.version), title_run)  # noqa: SLF001 python-docx has no other way to its XML
        for number, (runs, mark) in enumerate(lines, start=1):
            paragraph = self._document.add_paragraph()._p  # noqa: SLF001 idem
            if mark is not OpKind.EQUAL:
                properties = OxmlElement("w:rPr")
                properties.append(self._change(mark))
                paragraph.get_or_add_pPr().append(properties)
            self._fill(paragraph, Anchor(self._language, key, number, len(lines), clause.version), runs)

    def _fill(self, paragraph: etree._Element, anchor: Anchor, runs: Iterable[Op]) -> None:
        number = str(next(self._ids))
        paragraph.append(OxmlElement("w:bookmarkStart", {qn("w:id"): number, qn("w:name"): anchor.name}))
        for kind, text in runs:
            run = _run(text, "w:delText" if kind is OpKind.DELETE else "w:t")
            if kind is OpKind.EQUAL:
                paragraph.append(run)
            else:
                change = self._change(kind)
                change.append(run)
                paragraph.append(change)
        paragraph.append(OxmlElement("w:bookmarkEnd", {qn("w:id"): number}))

    def _change(self, kind: OpKind) -> etree._Element:
        said = {qn("w:id"): str(next(self._ids)), qn("w:author"): AUTHOR, qn("w:date"): self._at}
        return OxmlElement("w:del" if kind is OpKind.DELETE else "w:ins", said)


def _changes(clause: WordClause, language: Language) -> list[Op]:
    new = _written(plain_lines(clause.text.pick(language)))
    if clause.old_text is None:
        return [Op(OpKind.EQUAL, new)]
    return ops(_written(plain_lines(clause.old_text.pick(language))), new)


def _lines(changes: Iterable[Op]) -> list[tuple[list[Op], OpKind]]:
    """Cut changes into paragraphs, each with what happened to the line end behind it; the last one has none."""
    lines: list[list[Op]] = [[]]
    marks: list[OpKind] = []
    for kind, text in changes:
        for number, part in enumerate(text.split("\n")):
            if number:
                marks.append(kind)
                lines.append([])
            if part:
                lines[-1].append(Op(kind, part))
    return list(zip(lines, [*marks, OpKind.EQUAL], strict=True))


def _run(text: str, tag: str) -> etree._Element:
    run = OxmlElement("w:r")
    for number, part in enumerate(text.split("\t")):
        if number:
            run.append(OxmlElement("w:tab"))
        if part:
            words = OxmlElement(tag)
            words.text = part
            words.set(_SPACE, "preserve")
            run.append(words)
    return run


def _written(text: str) -> str:
    """Return a text that XML can hold; `models.base` keeps all but two of the others out."""
    found = _NO_XML.search(text)
    if found:
        code = f"U+{ord(found[0]):04X}"
        raise Refusal(
            "unfit_text",
            f"De tekst bevat {code}, dat niet in een Word-bestand kan staan. Verwacht: een tekst zonder dat teken.",
            f"The text holds {code}, which cannot stand in a Word file. Expected: a text without that character.",
            {"character": code},
        )
    return text


def _undated(file: BytesIO) -> bytes:
    """Return the same file with the moment of packing left out."""
    packed = BytesIO()
    with ZipFile(file) as source, ZipFile(packed, "w") as target:
        for name in source.namelist():
            member = ZipInfo(name)
            member.compress_type = ZIP_DEFLATED
            target.writestr(member, source.read(name))
    return packed.getvalue()
