"""Opening a Word file that anyone may have made: refused before anything reads it, unless it is a plain document.

Nothing is unpacked to disk and nothing is fetched. What is looked for: sizes (a zip bomb), macros, parts elsewhere
(attached templates, linked pictures, OLE), entities, and names that lead out of the package.
"""

import struct
import zlib
from io import BytesIO
from pathlib import PurePosixPath
from xml.parsers import expat
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from lxml import etree

from models.errors import InvalidFile

LARGEST = 25_000_000
LARGEST_UNPACKED = 100_000_000
LARGEST_RATIO = 200
MOST_MEMBERS = 2000
MOST_ELEMENTS = 500_000
"""XML elements in all parts together: a tree takes some 400 bytes for each."""

DOCUMENT = "word/document.xml"
COMMENTS = "word/comments.xml"
NOTES = ("word/footnotes.xml", "word/endnotes.xml")
_TYPES = "[Content_Types].xml"
_LINKS = "_rels/.rels"
_MAIN_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_HYPERLINKS = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink",
    "http://purl.oclc.org/ooxml/officeDocument/relationships/hyperlink",
)
_OLE_FILE = bytes.fromhex("d0cf11e0a1b11ae1")
_ENCRYPTED = 0x1
_XML = (".xml", ".rels", ".vml")
_ENCODINGS = {None, "utf-8", "utf-16", "us-ascii"}
_BROKEN = (BadZipFile, EOFError, NotImplementedError, OSError, OverflowError, RuntimeError, ValueError)


def opened(data: bytes) -> dict[str, etree._Element]:
    """Return the parts of a Word file that hold text, by name: the document, comments and notes.

    Raises:
        InvalidFile: with what was found and what would be accepted; the codes all begin with `word_`.
    """
    if len(data) > LARGEST:
        raise _refused(
            "word_too_large",
            f"het is {len(data)} bytes groot; ten hoogste {LARGEST} wordt gelezen",
            f"it has {len(data)} bytes; at most {LARGEST} are read",
        )
    if data.startswith(_OLE_FILE):
        raise _refused(
            "word_encrypted",
            "het is met een wachtwoord versleuteld, of in het oude formaat .doc",
            "it is encrypted with a password, or in the old .doc format",
        )
    try:
        with ZipFile(BytesIO(data)) as package:
            members = _members(package)
            parts = {name: _unpacked(package, member) for name, member in members.items()}
    except (*_BROKEN, struct.error, zlib.error) as error:
        raise _refused("word_not_zip", "het is geen (heel) zip-bestand", "it is not a (whole) zip file") from error
    if DOCUMENT not in parts or _TYPES not in parts:
        missing = _TYPES if _TYPES not in parts else DOCUMENT
        raise _refused("word_no_document", f"{missing} ontbreekt", f"{missing} is missing")
    left = MOST_ELEMENTS
    for name, part in parts.items():
        left -= _checked_xml(name, part, left)
    _check_types({name.lower() for name in members}, _tree(_TYPES, parts[_TYPES]))
    for name, part in parts.items():
        if name.lower().endswith(".rels"):
            _check_links(name, _tree(name, part))
    _check_place(_tree(_LINKS, parts.get(_LINKS, b"<none/>")))
    return {name: _tree(name, parts[name]) for name in (DOCUMENT, COMMENTS, *NOTES) if name in parts}


def _members(package: ZipFile) -> dict[str, ZipInfo]:
    """Return what is in the package, when its sizes and names are what they should be."""
    listed = package.infolist()
    if len(listed) > MOST_MEMBERS:
        raise _refused(
            "word_bomb",
            f"het bevat {len(listed)} onderdelen; ten hoogste {MOST_MEMBERS} wordt gelezen",
            f"it holds {len(listed)} parts; at most {MOST_MEMBERS} are read",
        )
    total = sum(member.file_size for member in listed)
    if total > LARGEST_UNPACKED:
        raise _refused(
            "word_bomb",
            f"het is uitgepakt {total} bytes groot; ten hoogste {LARGEST_UNPACKED} wordt gelezen",
            f"unpacked it has {total} bytes; at most {LARGEST_UNPACKED} are read",
        )
    members: dict[str, ZipInfo] = {}
    seen: set[str] = set()
    for member in listed:
        name = member.orig_filename
        if member.file_size > LARGEST_RATIO * max(member.compress_size, 1):
            raise _refused(
                "word_bomb",
                f"{name} is meer dan {LARGEST_RATIO} keer zo groot als het is ingepakt",
                f"{name} is more than {LARGEST_RATIO} times as large as it is packed",
            )
        if _leads_out(name) or name.lower() in seen:
            raise _refused("word_bad_name", f"onderdeel {name!r} heet verkeerd", f"part {name!r} has a wrong name")
        if member.flag_bits & _ENCRYPTED or member.compress_type not in {ZIP_STORED, ZIP_DEFLATED}:
            raise _refused(
                "word_encrypted",
                f"onderdeel {name} is versleuteld of ongewoon ingepakt",
                f"part {name} is encrypted or packed in an unusual way",
            )
        members[name] = member
        seen.add(name.lower())
    return members


def _leads_out(name: str) -> bool:
    return not name or name.startswith("/") or any(c in name for c in "\\:\0") or ".." in PurePosixPath(name).parts


def _unpacked(package: ZipFile, member: ZipInfo) -> bytes:
    """Return the bytes of an XML part (others are never read); the size it claims is the most it can give."""
    if not member.filename.lower().endswith(_XML):
        return b""
    with package.open(member) as part:
        return part.read(member.file_size)


def _checked_xml(name: str, part: bytes, most: int) -> int:
    """Count the elements of a part, with a parser that stops at a DOCTYPE; entities cannot exist without one."""
    if not name.lower().endswith(_XML):
        return 0
    found = 0

    def doctype(*_: object) -> None:
        raise _refused("word_doctype", f"{name} bevat een DOCTYPE of entiteiten", f"{name} holds a DOCTYPE or entities")

    def declared(_: str, encoding: str | None, __: int) -> None:
        # Two parsers must read the same text: what this one sees is what the next one gets.
        if (encoding and encoding.lower()) not in _ENCODINGS:
            raise _refused(
                "word_broken",
                f"{name} is in {encoding}; verwacht: UTF-8 of UTF-16",
                f"{name} is in {encoding}; expected: UTF-8 or UTF-16",
            )

    def element(*_: object) -> None:
        nonlocal found
        found += 1
        if found > most:
            raise _refused(
                "word_bomb",
                f"het bevat meer dan {MOST_ELEMENTS} XML-elementen",
                f"it holds more than {MOST_ELEMENTS} XML elements",
            )

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = doctype
    parser.XmlDeclHandler = declared
    parser.StartElementHandler = element
    try:
        parser.Parse(part, True)
    except expat.ExpatError as error:
        raise _broken(name, str(error)) from error
    return found


def _tree(name: str, part: bytes) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        return etree.fromstring(part, parser)
    except etree.XMLSyntaxError as error:
        raise _broken(name, str(error)) from error


def _check_types(names: set[str], types: etree._Element) -> None:
    """Refuse macros, and what calls itself something else than a document."""
    said = [entry.get("ContentType", "").lower() for entry in types.iter("{*}Override", "{*}Default")]
    if any("vbaproject" in name or "/activex/" in name for name in names) or any(
        word in kind for kind in said for word in ("macroenabled", "vbaproject", "activex")
    ):
        raise _refused("word_macros", "het bevat macro's", "it holds macros")
    if _MAIN_TYPE not in said:
        raise _refused("word_no_document", "het is geen Word-document", "it is no Word document")


def _check_links(name: str, links: etree._Element) -> None:
    """Refuse parts that stand elsewhere; a hyperlink is only followed by who clicks on it."""
    for link in links.iter("{*}Relationship"):
        if link.get("TargetMode", "Internal").lower() != "internal" and link.get("Type") not in _HYPERLINKS:
            kind, target = link.get("Type", "").rpartition("/")[2], link.get("Target", "")
            raise _refused(
                "word_external",
                f"{name} verwijst naar iets buiten het bestand ({kind}: {target})",
                f"{name} refers to something outside the file ({kind}: {target})",
            )


def _check_place(links: etree._Element) -> None:
    """See to it that what is read here is what a word processor shows."""
    for link in links.iter("{*}Relationship"):
        target = link.get("Target", "").lstrip("/")
        if link.get("Type", "").endswith("/officeDocument") and target != DOCUMENT:
            raise _refused(
                "word_no_document",
                f"de tekst staat in {target}, niet in {DOCUMENT}",
                f"the text is in {target}, not in {DOCUMENT}",
            )


def _broken(name: str, said: str) -> InvalidFile:
    return _refused("word_broken", f"{name} is geen geldige XML ({said})", f"{name} is no valid XML ({said})")


def _refused(code: str, nl: str, en: str) -> InvalidFile:
    return InvalidFile(
        code,
        f"Dit Word-bestand wordt niet gelezen: {nl}. Verwacht: een gewoon .docx-document, zonder macro's, wachtwoord "
        "of koppelingen naar andere bestanden.",
        f"This Word file is not read: {en}. Expected: a plain .docx document, without macros, password or links to "
        "other files.",
        {"found": en},
    )
