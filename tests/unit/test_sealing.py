import asyncio
import io
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pypdf
import pytest
import signed
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import copy_into_new_writer

from activities.rendering import render_pdf
from activities.sealing import CODE_ALPHABET, Seal, codes_match, one_time_code
from models.base import Words
from models.documents import CovenantDocument
from models.enums import DocumentKind, Language
from models.errors import Refusal


@pytest.fixture(scope="module")
def pdf() -> bytes:
    return render_pdf(
        CovenantDocument(
            kind=DocumentKind.FINAL,
            title=Words(nl="Convenant", en="Covenant"),
            sector="Textiel",
            slug="textiel",
            authentic=Language.NL,
            status=Words(nl="Vastgesteld", en="Adopted"),
            printed_at=datetime(2026, 11, 22, 12, tzinfo=UTC),
            text_sha256="ab" * 32,
        )
    )


@pytest.fixture(scope="module")
def seal(tmp_path_factory: pytest.TempPathFactory) -> Seal:
    return Seal.open(tmp_path_factory.mktemp("seal"))


@pytest.fixture(scope="module")
def sealed(seal: Seal, pdf: bytes) -> bytes:
    return asyncio.run(signed.sealed(seal, pdf))


async def test_sealed_file_is_valid(seal: Seal, sealed: bytes) -> None:
    found = await seal.check(sealed)

    assert found.valid
    assert found.intact
    assert found.trusted
    assert found.bottom_line
    assert found.words.en == "The seal is valid: this file is unchanged since it was sealed."


async def test_one_flipped_byte_breaks_the_seal(seal: Seal, pdf: bytes, sealed: bytes) -> None:
    flipped = bytearray(sealed)
    flipped[len(pdf) // 2] ^= 1

    found = await seal.check(bytes(flipped))

    assert not found.valid
    assert not found.intact


async def test_replaced_content_is_found_although_the_sealed_bytes_are_intact(seal: Seal, sealed: bytes) -> None:
    writer: Any = IncrementalPdfFileWriter(io.BytesIO(sealed))
    page = writer.find_page_for_modification(0)[0].get_object()
    content = page["/Contents"]
    content._data = b"BT ET"
    content._encoded_data = None
    writer.mark_update(page.raw_get("/Contents"))
    changed = io.BytesIO()
    writer.write(changed)
    assert changed.getvalue().startswith(sealed)

    found = await seal.check(changed.getvalue())

    assert found.intact
    assert not found.bottom_line
    assert not found.valid


async def test_bytes_after_the_seal_are_found(seal: Seal, sealed: bytes) -> None:
    assert not (await seal.check(sealed + b"\n% more\n")).valid


async def test_seal_of_another_installation_is_not_trusted(tmp_path: Path, sealed: bytes) -> None:
    found = await Seal.open(tmp_path).check(sealed)

    assert not found.trusted
    assert not found.valid


async def test_unsealed_and_unreadable_files_are_not_valid(seal: Seal, pdf: bytes) -> None:
    assert not (await seal.check(pdf)).valid
    assert not (await seal.check(b"no pdf")).valid


async def test_sealing_twice_is_refused(seal: Seal, sealed: bytes) -> None:
    with pytest.raises(Refusal):
        await signed.sealed(seal, sealed)


async def test_seal_survives_a_restart(seal: Seal, sealed: bytes) -> None:
    again = Seal.open(seal.folder)

    assert (await again.check(sealed)).valid


async def test_pdf_without_structure_can_be_sealed(seal: Seal, pdf: bytes) -> None:
    writer: Any = copy_into_new_writer(PdfFileReader(io.BytesIO(pdf)))
    del writer.root["/StructTreeRoot"]
    plain = io.BytesIO()
    writer.write(plain)

    assert (await seal.check(await signed.sealed(seal, plain.getvalue()))).valid


def test_seal_field_is_in_the_structure_tree_and_the_claims_stay(sealed: bytes) -> None:
    root: Any = pypdf.PdfReader(io.BytesIO(sealed)).root_object

    field = root["/AcroForm"]["/Fields"][0].get_object()
    parents = list(root["/StructTreeRoot"]["/ParentTree"]["/Nums"])
    element = parents[parents.index(field["/StructParent"]) + 1].get_object()
    assert element["/S"] == "/Form"
    assert element["/K"]["/Obj"].get_object() == field
    metadata = root["/Metadata"].get_data().decode()
    assert 'pdfaid:part="3"' in metadata
    assert 'pdfuaid:part="1"' in metadata


def test_seal_tells_its_reason(sealed: bytes) -> None:
    signature = PdfFileReader(io.BytesIO(sealed)).embedded_signatures[0]

    assert signature.sig_object["/Reason"] == "Vastgestelde tekst"


def test_key_is_made_once_and_only_for_its_owner(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        roots = list(pool.map(lambda _: Seal.open(tmp_path).trust.anchors[0].sha256, range(8)))

    assert len(set(roots)) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["root.pem", "seal.pem"]
    assert (tmp_path / "seal.pem").stat().st_mode & 0o777 == 0o600


@pytest.mark.skipif(shutil.which("pdfsig") is None, reason="pdfsig (poppler-utils) is not installed")
def test_pdfsig_calls_it_valid(sealed: bytes, tmp_path: Path) -> None:
    (tmp_path / "sealed.pdf").write_bytes(sealed)

    said = subprocess.run(["pdfsig", tmp_path / "sealed.pdf"], capture_output=True, text=True, check=False).stdout  # noqa: S607 fixed arguments

    assert "Signature is Valid" in said
    assert "Total document signed" in said


@pytest.mark.skipif(
    shutil.which("pdfsig") is None or shutil.which("certutil") is None,
    reason="pdfsig (poppler-utils) or certutil (libnss3-tools) is not installed",
)
def test_pdfsig_trusts_it_with_our_root(seal: Seal, sealed: bytes, tmp_path: Path) -> None:
    (tmp_path / "sealed.pdf").write_bytes(sealed)
    store = f"sql:{tmp_path}"
    trust = ["-A", "-d", store, "-n", "root", "-t", "CT,C,C", "-i", str(seal.folder / "root.pem")]
    subprocess.run(["certutil", "-N", "-d", store, "--empty-password"], check=True)  # noqa: S607 fixed arguments
    subprocess.run(["certutil", *trust], check=True)  # noqa: S607 fixed arguments

    said = subprocess.run(
        ["pdfsig", "-nssdir", tmp_path, tmp_path / "sealed.pdf"],  # noqa: S607 found on the path
        capture_output=True,
        text=True,
        check=False,
    ).stdout

    assert "Signature is Valid" in said
    assert "Certificate is Trusted" in said


def test_one_time_code_is_stable_and_differs_per_task_and_issue() -> None:
    code = one_time_code(b"secret", "task-1", 1)

    assert code == one_time_code(b"secret", "task-1", 1)
    assert len(code) == 8
    assert set(code) <= set(CODE_ALPHABET)
    others = {
        one_time_code(b"secret", "task-1", 2),
        one_time_code(b"secret", "task-2", 1),
        one_time_code(b"other", "task-1", 1),
    }
    assert len(others - {code}) == 3


def test_alphabet_has_no_look_alikes() -> None:
    assert len(set(CODE_ALPHABET)) == 32
    assert not set("01IO") & set(CODE_ALPHABET)


@pytest.mark.parametrize("given", ["ABCD2345", "abcd-2345", " ab cd\t23 45\n", "AbCd\u00a02345"])
def test_codes_match_forgives_how_it_is_typed(given: str) -> None:
    assert codes_match(given, "ABCD2345")


@pytest.mark.parametrize("given", ["", "ABCD2346", "ABCD234", "ABCD23455", "ÀBCD2345"])
def test_other_codes_do_not_match(given: str) -> None:
    assert not codes_match(given, "ABCD2345")
