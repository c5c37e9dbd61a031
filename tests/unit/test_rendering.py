import io
from datetime import UTC, datetime
from typing import Any

import pypdf
import pytest

from activities.rendering import moment, render_html, render_pdf
from models.base import Words
from models.documents import CovenantDocument, DocumentClause, DocumentParty, DocumentSignature
from models.enums import DocumentKind, Language

TEXT_HASH = "ab12" * 16
CHAIN_HEAD = "cd34" * 16
HOSTILE = '#panic("x") <script>alert(1)</script> *vet* $x$'
SUMMER = datetime(2026, 7, 1, 9, 30, tzinfo=UTC)


def a_document(**changes: object) -> CovenantDocument:
    signature = DocumentSignature(
        party=Words(nl="Vakbond", en="Union"),
        person="A. de Vries",
        at=SUMMER,
        text_sha256=TEXT_HASH,
        method=Words(nl="eenmalige code", en="one-time code"),
    )
    company = signature.model_copy(update={"party": Words(nl="Kledingbedrijf", en="Kledingbedrijf")})
    document = CovenantDocument(
        kind=DocumentKind.REDLINE,
        title=Words(nl="Convenant Kleding", en="Covenant on Garments"),
        sector="Textiel",
        slug="textiel",
        authentic=Language.NL,
        status=Words(nl="Concept van ronde 2", en="Draft of round 2"),
        printed_at=datetime(2026, 11, 22, 12, tzinfo=UTC),
        text_sha256=TEXT_HASH,
        chain_head=CHAIN_HEAD,
        parties=[
            DocumentParty(name=Words(nl="Vakbond", en="Union"), constituency=Words(nl="Werknemers", en="Workers"))
        ],
        clauses=[
            DocumentClause(
                number="4",
                title=Words(nl="Risico's", en="Risks"),
                text=Words(nl="Binnen negen maanden.", en="Within nine months."),
                old_text=Words(nl="Binnen zes maanden.", en="Within six months."),
                version=2,
                sha256="ef56" * 16,
                reason="Zes bleek te kort",
            )
        ],
        signatures=[signature],
        participants=[company],
        notes=[Words(nl="Een noot.", en="A note.")],
    )
    return document.model_copy(update=changes)


def with_clause(text: str) -> CovenantDocument:
    clause = DocumentClause(
        number="1", title=Words(nl=text, en=text), text=Words(nl=text, en=text), version=1, sha256=TEXT_HASH
    )
    return a_document(clauses=[clause], title=Words(nl=text, en="Title"), sector=text)


def pdf_text(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages).split())


def test_pdf_shows_both_languages_hashes_and_signatures() -> None:
    shown = pdf_text(render_pdf(a_document()))

    for expected in (
        TEXT_HASH,
        CHAIN_HEAD,
        "Convenant Kleding / Covenant on Garments",
        "Nederlands (doorslaggevend)",
        "Vakbond",
        "Union",
        "A. de Vries",
        "woensdag 1 juli 2026 om 11:30",
        "Wednesday 1 July 2026 at 11:30",
        "Kledingbedrijf",
        "Zes bleek te kort",
        "1 / ",
    ):
        assert expected in shown


def test_pdf_names_the_changes_in_a_table() -> None:
    shown = pdf_text(render_pdf(a_document()))

    assert "verwijderd deleted zes six" in shown
    assert "toegevoegd inserted negen nine" in shown


def test_pdf_is_tagged_and_claims_both_standards() -> None:
    root: Any = pypdf.PdfReader(io.BytesIO(render_pdf(a_document()))).root_object

    metadata = root["/Metadata"].get_data().decode()
    assert root["/MarkInfo"]["/Marked"]
    assert "<pdfaid:part>3</pdfaid:part>" in metadata
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata


def test_pdf_is_dated_when_the_document_says_it_was_printed() -> None:
    printed = pypdf.PdfReader(io.BytesIO(render_pdf(a_document()))).metadata

    assert printed is not None
    assert printed.creation_date == datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_same_document_gives_same_bytes() -> None:
    assert render_pdf(a_document()) == render_pdf(a_document())


def test_markup_stays_literal_in_pdf() -> None:
    assert HOSTILE in pdf_text(render_pdf(with_clause(HOSTILE)))


@pytest.mark.parametrize("character", ["\U0001f600", "式"])
def test_character_without_a_glyph_is_printed_as_its_code_point(character: str) -> None:
    assert f"[U+{ord(character):04X}]" in pdf_text(render_pdf(with_clause(f"voor {character} na")))


@pytest.mark.parametrize("language", Language)
def test_markup_stays_literal_in_html(language: Language) -> None:
    page = render_html(with_clause(HOSTILE), language)

    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_html_says_what_changed_in_one_language() -> None:
    dutch = render_html(a_document(), Language.NL)
    english = render_html(a_document(), Language.EN)

    assert '<html lang="nl">' in dutch
    assert '<del><span class="vh">[verwijderd: </span>zes<span class="vh">]</span></del>' in dutch
    assert '<ins><span class="vh">[toegevoegd: </span>negen<span class="vh">]</span></ins>' in dutch
    assert "Within" not in dutch
    assert '<html lang="en">' in english
    assert '<ins><span class="vh">[inserted: </span>nine<span class="vh">]</span></ins>' in english
    assert "Binnen" not in english
    assert "The Dutch text prevails." in english
    assert TEXT_HASH in english


def test_document_with_almost_nothing_in_it_renders() -> None:
    bare = a_document(parties=[], clauses=[], signatures=[], participants=[], notes=[], chain_head=None)

    assert TEXT_HASH in pdf_text(render_pdf(bare))
    assert TEXT_HASH in render_html(bare, Language.NL)


def test_moment_is_told_on_the_clock_of_amsterdam() -> None:
    assert moment(SUMMER, Language.NL) == "woensdag 1 juli 2026 om 11:30"
    assert moment(datetime(2026, 12, 31, 23, 30, tzinfo=UTC), Language.EN) == "Friday 1 January 2027 at 00:30"
