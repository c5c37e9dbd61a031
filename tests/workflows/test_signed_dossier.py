"""A covenant in force whose sealed text has a certificate per party: the dossier, the evidence report, the check."""

import json
import re
from io import BytesIO

import pytest
import pytest_asyncio
from browsing import Browser, site_for
from lives import Engine, in_force, table_on
from pyhanko.pdf_utils.reader import PdfFileReader
from pypdf import PdfReader
from table import Table
from test_dossier import made, packed, unpacked

from activities.checking import VALID, SealCheck
from activities.documents import Documents
from activities.providing import seal_of
from acts import verifying
from acts.verifying import Kind, Outcome
from models import contracts as c
from models.enums import DocumentKind, SignatureKind
from models.errands import DocumentRequest
from runtime.settings import Settings
from store import contents, records

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.slow(20)]

PARTIES = {"union", "guild", "trade", "shops"}


def party_settings(table: Table) -> Settings:
    return table.settings.model_copy(update={"signatures": SignatureKind.PARTIES})


async def make(table: Table, kind: DocumentKind) -> str:
    """Make a document as the signing step does, in an installation with a certificate per party; put it on record."""
    documents = Documents(table.db, party_settings(table))
    request = DocumentRequest(
        covenant=table.slug, kind=kind, at=await table.now(), key=f"{table.slug}/again/{kind}", seal=True
    )
    found = await documents.make_document(request)
    assert (await documents.make_document(request)).sha256 == found.sha256, "a retry gives the very same file"
    entry = c.Entry(event=f"{found.id}/made", covenant=table.slug, at=request.at, kind="document_made", changes=[found])
    await records.append(table.db, [entry])
    return found.sha256


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def signed(engine: Engine) -> tuple[Table, str, str]:
    table = table_on(engine)
    await in_force(table)
    return table, await make(table, DocumentKind.SEALED), await make(table, DocumentKind.EVIDENCE)


async def test_the_signers_on_the_pdf_are_those_of_the_record(signed: tuple[Table, str, str]) -> None:
    table, sha, _ = signed
    seal = seal_of(party_settings(table))
    data = await contents.get(table.db, sha)
    assert set((await seal.check(data)).parties) == PARTIES
    found = await verifying.verify(table.db, seal, data)
    assert found.outcome is Outcome.GENUINE
    said = [one.words.en for one in found.findings if one.kind is Kind.PROVEN]
    assert "The signatures with a certificate are exactly of who signed according to the record." in said
    assert any("All 4 signatures with a certificate on it are valid." in one for one in said)


async def test_a_dossier_with_it_verifies_and_one_with_another_list_does_not(signed: tuple[Table, str, str]) -> None:
    table, sha, _ = signed
    data = await made(table, "fay")
    seal = seal_of(party_settings(table))
    found = await verifying.verify(table.db, seal, data)
    assert found.outcome is Outcome.GENUINE, [one.words.en for one in found.findings]
    assert any(one.words.en.startswith("The signatures with a certificate are exactly") for one in found.findings)
    files = unpacked(data)
    assert f"documents/sealed-{sha[:12]}.pdf" in files
    assert files["seal-root.pem"].count(b"BEGIN CERTIFICATE") == 2, "of the seal, and of the parties"

    listed = json.loads(files["signatures.json"])
    files["signatures.json"] = json.dumps([one for one in listed if one["party"] != "shops"]).encode()
    assert (await verifying.verify(table.db, seal, packed(files))).outcome is Outcome.CHANGED


async def test_a_file_cut_back_to_before_its_timestamp_is_named(signed: tuple[Table, str, str]) -> None:
    table, sha, _ = signed
    seal = seal_of(party_settings(table))
    data = await contents.get(table.db, sha)
    ends = [one.end() for one in re.finditer(rb"%%EOF\r?\n?", data)]
    back = [data[:end] for end in ends[:-1] if (await seal.check(data[:end])).valid]
    assert back, "what its signatures cover cannot show that later revisions are gone"
    for one in back:
        found = await verifying.verify(table.db, seal, one)
        assert found.outcome is Outcome.CHANGED
        assert any("it was cut back" in one.words.en for one in found.findings if one.kind is Kind.WRONG)


async def test_the_page_says_what_a_certificate_does_not_prove(signed: tuple[Table, str, str]) -> None:
    table, sha, _ = signed
    data = await contents.get(table.db, sha)
    for settings, words in (
        (party_settings(table), "a certificate that Polder issued itself only shows that the file is unchanged"),
        (
            table.settings.model_copy(update={"state": table.settings.state / "elsewhere"}),
            "carries no valid seal itself",
        ),
    ):
        browser = Browser(site_for(settings, table.db, table.client))
        form = (await browser.get("/verify")).form("/verify")
        shown = await browser.send(form, {"head": ""}, files={"document": ("d.pdf", data, "application/pdf")})
        assert words in shown.text


@pytest.mark.parametrize(
    ("recorded", "kind", "words"),
    [
        (["a", "b"], Kind.PROVEN, "are exactly of who signed"),
        (["a", "b", "c"], Kind.PROVEN, "With a code alone signed: c."),
        (["a"], Kind.WRONG, "the record does not know: b."),
        ([], Kind.WRONG, "the record does not know: a, b."),
    ],
)
async def test_found_signers_are_compared_with_the_record(recorded: list[str], kind: Kind, words: str) -> None:
    checked = SealCheck(valid=True, parties=["a", "b"], words=VALID)
    (found,) = verifying.signers(checked, recorded)
    assert found.kind is kind
    assert words in found.words.en


async def test_the_evidence_report_says_of_each_certificate_what_it_is_worth(signed: tuple[Table, str, str]) -> None:
    table, sha, evidence = signed
    data = await contents.get(table.db, evidence)
    assert (await seal_of(party_settings(table)).check(data)).valid
    pages = [" ".join(page.extract_text().split()) for page in PdfReader(BytesIO(data)).pages]
    text = " ".join(pages)
    for words in (
        "simple electronic signature", "They stay simple signatures, no advanced or qualified ones.", sha[:16],
        "Certificaat op de PDF / Certificate on the PDF", "does not call itself qualified", "Common Name: union lead",
    ):  # fmt: skip
        assert words in text, words
    names = [one.field_name for one in PdfFileReader(BytesIO(data)).embedded_regular_signatures]
    assert names == ["PolderSeal"], "the report itself has the seal alone"
