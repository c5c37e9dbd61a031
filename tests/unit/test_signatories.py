"""The name that a signatory types, and the formats of what is delivered."""

import zipfile
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import Refusal
from rules.formats import DOCX, ODT, PDF, TEXT, XLSX, format_of
from rules.signatories import same_name

NAMES = st.lists(st.text(alphabet="abcdéïñABC", min_size=2, max_size=8), min_size=1, max_size=4)


@pytest.mark.parametrize(
    ("typed", "recorded"),
    [
        ("Anna Dekker", "Anna Dekker"), ("anna  DEKKER", "Anna Dekker"), ("A. Dekker", "Anna Dekker"),
        ("A.M. Dekker", "Anna Maria Dekker"), ("Anna Dekker", "Anna Maria Dekker"), ("Rene Bos", "René Bos"),
        ("Anna de Vries", "Anna de Vries"), ("Jan-Piet Smit", "Jan Piet Smit"), ("Dekker", "Anna Dekker"),
        ("Soren Sorensen", "Søren Sørensen"), ("Janwillem Smit", "Jan-Willem Smit"), ("Lukasz Mazur", "Łukasz Mazur"),
        ("Jan Willem Smit", "Janwillem Smit"), ("VANDERBERG", "van der Berg"),
    ],
)  # fmt: skip
def test_a_name_is_the_same_as_people_write_it(typed: str, recorded: str) -> None:
    assert same_name(typed, recorded)


@pytest.mark.parametrize(
    ("typed", "recorded"),
    [
        ("Piet Dekker", "Anna Dekker"), ("Anna", "Anna Dekker"), ("", "Anna Dekker"), ("...", "Anna Dekker"),
        ("Anna Bakker", "Anna Dekker"), ("M.A. Dekker", "Anna Maria Dekker"), ("Anna X Dekker", "Anna Dekker"),
    ],
)  # fmt: skip
def test_another_name_is_another(typed: str, recorded: str) -> None:
    assert not same_name(typed, recorded)


@given(NAMES)
def test_everyone_signs_with_their_own_name(words: list[str]) -> None:
    name = " ".join(words)
    assert same_name(name.upper(), name)
    assert same_name(f"{'. '.join(word[0] for word in words[:-1])} {words[-1]}".strip(), name)


def zipped(**files: str) -> bytes:
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, text in files.items():
            archive.writestr(name.replace("__", "/"), text)
    return made.getvalue()


@pytest.mark.parametrize(
    ("data", "name", "kind"),
    [
        (b"%PDF-1.7 ...", "plan.pdf", PDF), (b"%PDF-1.7 ...", "", PDF), ("één plan\n".encode(), "plan.TXT", TEXT),
        (b"a;b\n1;2\n", "plan.csv", TEXT), (zipped(**{"word__document.xml": "<x/>"}), "plan.docx", DOCX),
        (zipped(**{"xl__workbook.xml": "<x/>"}), "plan.xlsx", XLSX),
        (zipped(mimetype=ODT, **{"content.xml": "<x/>"}), "plan.odt", ODT),
    ],
)  # fmt: skip
def test_what_others_can_open_is_taken(data: bytes, name: str, kind: str) -> None:
    assert format_of(data, name) == kind


@pytest.mark.parametrize(
    ("data", "name", "why"),
    [
        (b"MZ\x90\x00\x03", "plan.pdf", "no document"), (b"\x89PNG\r\n\x1a\n", "plan.png", "no document"),
        (b"%PDF-1.7", "plan.docx", "would end in .pdf"), (b"   \n", "plan.txt", "no document"),
        (b"PK\x03\x04 broken", "plan.docx", "no document"), (zipped(**{"evil.exe": "x"}), "plan.docx", "no document"),
        (zipped(**{"word__document.xml": "", "word__vbaProject.bin": ""}), "plan.docx", "no document"),
        (b"<html>\x00", "plan.txt", "no document"),
    ],
)  # fmt: skip
def test_anything_else_is_refused_in_words(data: bytes, name: str, why: str) -> None:
    with pytest.raises(Refusal) as refused:
        format_of(data, name)
    assert why in refused.value.words.en
    assert "Expected: PDF, DOCX" in refused.value.words.en
    assert refused.value.words.nl != refused.value.words.en
