"""Word files that are refused with a reason before they are parsed, and damaged ones that never break anything."""

import random
import struct
from collections.abc import Callable
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from activities import word_opening
from activities.word import write
from activities.word_reading import read
from models.errors import InvalidFile
from models.word import WordReturn
from tests.activities.test_word import DRAFT, EN, FIRE, WAGE, clause, draft, packed, result, unpacked


def with_link(kind: str, mode: str = "External") -> bytes:
    found = unpacked(write(DRAFT, EN))
    name = "word/_rels/document.xml.rels"
    link = (
        f'<Relationship Id="rId99" TargetMode="{mode}" Target="http://example.org/x" '
        f'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}"/></Relationships>'
    )
    found[name] = found[name].replace(b"</Relationships>", link.encode())
    return packed(found)


def with_types(old: bytes, new: bytes) -> bytes:
    found = unpacked(write(DRAFT, EN))
    assert old in found["[Content_Types].xml"]
    return packed(found | {"[Content_Types].xml": found["[Content_Types].xml"].replace(old, new)})


def with_member(name: str, part: bytes = b"<x/>") -> bytes:
    return packed(unpacked(write(DRAFT, EN)) | {name: part})


def elsewhere() -> bytes:
    """A file in which Word reads another document than the one that stands in the usual place."""
    found = unpacked(write(DRAFT, EN))
    links = found["_rels/.rels"].replace(b"word/document.xml", b"word/document2.xml")
    return packed(found | {"_rels/.rels": links, "word/document2.xml": found["word/document.xml"]})


def lying() -> bytes:
    """A member that is larger than it says."""
    data = bytearray(with_member("word/zeros.xml", b"<x>" + b"0" * 5000 + b"</x>"))
    at = data.rindex(b"word/zeros.xml") - 46
    assert data[at : at + 4] == b"PK\x01\x02"
    struct.pack_into("<I", data, at + 24, 40)
    return bytes(data)


DOCTYPE = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><x>&b;</x>'
LAUGHS = "".join(
    [
        "<!DOCTYPE x [<!ENTITY l0 'ha'>",
        *(f"<!ENTITY l{n} '{f'&l{n - 1};' * 10}'>" for n in range(1, 10)),
        "]><x>&l9;</x>",
    ]
).encode()
FETCHES = b'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><x>&f;</x>'
MANY = "".join(["<x>", *(f"<y/>{n}" for n in range(word_opening.MOST_ELEMENTS)), "</x>"]).encode()
DEEP = "".join([*(f"<x{n}>" for n in range(300)), *(f"</x{n}>" for n in reversed(range(300)))]).encode()
MAIN = b"wordprocessingml.document.main+xml"


def encrypted_member() -> bytes:
    """A zip with a member that is said to be encrypted, in both of its headers."""
    data = bytearray(with_member("word/secret.xml"))
    for start, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.rindex(start)
        data[at + flags] |= 1
    return bytes(data)


def without_document() -> bytes:
    found = unpacked(write(DRAFT, EN))
    del found["word/document.xml"]
    return packed(found)


def large_in_all() -> bytes:
    """More than 100 MB unpacked, no part of it packed suspiciously well."""
    noise = random.Random(1).randbytes(200_000)  # noqa: S311 examples, no secret
    part = noise + b" " * 4_000_000
    parts = {f"word/part{n}.xml": part for n in range(word_opening.LARGEST_UNPACKED // len(part) + 1)}
    return packed(unpacked(write(DRAFT, EN)) | parts)


@pytest.mark.parametrize(
    ("file", "code"),
    [
        (lambda: b"x" * (word_opening.LARGEST + 1), "word_too_large"),
        (lambda: b"", "word_not_zip"),
        (lambda: b"%PDF-1.7", "word_not_zip"),
        (lambda: write(DRAFT, EN)[:-200], "word_not_zip"),
        (lying, "word_not_zip"),
        (lambda: bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600, "word_encrypted"),
        (lambda: with_member("word/bomb.xml", b" " * 10_000_000), "word_bomb"),
        (lambda: packed({f"{n}.xml": b"<x/>" for n in range(word_opening.MOST_MEMBERS + 1)}), "word_bomb"),
        (lambda: with_member("customXml/item2.xml", MANY), "word_bomb"),
        (lambda: with_member("word/vbaProject.bin"), "word_macros"),
        (lambda: with_member("word/activeX/activeX1.xml"), "word_macros"),
        (lambda: with_types(b"application/vnd.openxmlformats-officedocument." + MAIN,
                            b"application/vnd.ms-word.document.macroEnabled.main+xml"), "word_macros"),
        (lambda: with_types(MAIN, b"wordprocessingml.template.main+xml"), "word_no_document"),
        (elsewhere, "word_no_document"),
        (lambda: packed({"[Content_Types].xml": b"<Types/>"}), "word_no_document"),
        (lambda: packed({"word/document.xml": b"<x/>"}), "word_no_document"),
        (lambda: with_link("attachedTemplate"), "word_external"),
        (lambda: with_link("image"), "word_external"),
        (lambda: with_link("oleObject"), "word_external"),
        (lambda: with_link("image", "EXTERNAL"), "word_external"),
        (lambda: with_member("word/comments.xml", DOCTYPE.encode()), "word_doctype"),
        (lambda: with_member("customXml/item9.xml", DOCTYPE.encode("utf-16")), "word_doctype"),
        (lambda: with_member("word/comments.xml", b'<?xml version="1.0" encoding="utf-7"?><x/>'), "word_broken"),
        (lambda: with_member("word/comments.xml", b'<?xml version="1.0" encoding="cp1252"?><x/>'), "word_broken"),
        (lambda: with_member("word/comments.xml", b"<x>"), "word_broken"),
        (lambda: with_member("word/comments.xml", DEEP), "word_broken"),
        (lambda: with_member("word/comments.xml", LAUGHS), "word_doctype"),
        (lambda: with_member("word/comments.xml", FETCHES), "word_doctype"),
        (encrypted_member, "word_encrypted"),
        (without_document, "word_no_document"),
        (large_in_all, "word_bomb"),
        (lambda: with_member("../evil.xml"), "word_bad_name"),
        (lambda: with_member("/etc/evil.xml"), "word_bad_name"),
        (lambda: with_member("word\\evil.xml"), "word_bad_name"),
        (lambda: with_member("C:evil.xml"), "word_bad_name"),
        (lambda: with_member("WORD/document.xml"), "word_bad_name"),
    ],
)  # fmt: skip
def test_hostile_files_are_refused(file: Callable[[], bytes], code: str) -> None:
    with pytest.raises(InvalidFile) as refused:
        read(file(), DRAFT)
    assert refused.value.code == code
    assert "Expected" in refused.value.words.en
    assert "Verwacht" in refused.value.words.nl


def test_a_hyperlink_is_no_danger() -> None:
    assert read(with_link("hyperlink"), DRAFT) == WordReturn()


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_a_damaged_file_is_refused_or_read_but_never_breaks(data: st.DataObject) -> None:
    sent = bytearray(SENT)
    for _ in range(data.draw(st.integers(1, 8))):
        sent[data.draw(st.integers(0, len(sent) - 1))] = data.draw(st.integers(0, 255))
    try:
        read(bytes(sent), DRAFT)
    except InvalidFile as refused:
        code = refused.code
    else:
        code = "word_read"
    assert code.startswith("word_")


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_a_scrambled_document_is_refused_or_read_but_never_breaks(data: st.DataObject) -> None:
    """Elements of a real document, in any order and depth."""
    found = {name: unpacked(SENT)[name] for name in ("[Content_Types].xml", "word/document.xml")}
    body = ET.fromstring(found["word/document.xml"])  # noqa: S314 our own file
    elements = list(body.iter())
    for _ in range(data.draw(st.integers(1, 6))):
        parent = elements[data.draw(st.integers(0, len(elements) - 1))]
        child = elements[data.draw(st.integers(1, len(elements) - 1))]
        if len(parent):
            del parent[data.draw(st.integers(0, len(parent) - 1))]
        if parent not in list(child.iter()):
            parent.append(child)
    found["word/document.xml"] = ET.tostring(body)
    try:
        back, code = read(packed(found), DRAFT), ""
    except InvalidFile as refused:
        back, code = WordReturn(), refused.code
    assert code in {"", "word_unknown"}
    for name, base in (("wage", WAGE), ("fire", FIRE)):
        # The edits can be made, whatever they are.
        result(back, name, base)


SENT = write(draft(clause("wage", WAGE, WAGE.replace("six", "nine") + "\nMore."), clause("fire", FIRE)), EN)
