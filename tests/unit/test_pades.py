"""The sealed PDF with a signature per party: what other programs say of it, and every attack on it."""

import asyncio
import io
import re
import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pypdf
import pytest
import signed
from asn1crypto import cms
from pyhanko.pdf_utils import generic as pdf_objects
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import copy_into_new_writer
from pyhanko.sign.ades.report import AdESPassed
from pyhanko.sign.fields import SigFieldSpec
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, PdfTimeStamper, SimpleSigner
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko.sign.validation.ades import ades_lta_validation, simulate_future_ades_lta_validation
from pyhanko.sign.validation.policy_decl import PdfSignatureValidationSpec, SignatureValidationSpec
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.policy_decl import CertRevTrustPolicy, RevocationCheckingPolicy
from pyhanko_certvalidator.registry import SimpleTrustManager

from activities.authority import LocalKey, PartyAuthority, certificate_store, own_seal
from activities.checking import APPENDED, BROKEN, INCOMPLETE, UNREADABLE, UNSEALED, UNTRUSTED, VALID, Trust, check
from activities.providing import means_of, seal_of
from activities.signing import advance
from models.base import Words
from models.errors import Refusal
from models.sealing import Progress
from runtime.settings import Settings

PARTIES = 3
generic: Any = pdf_objects


class Made(NamedTuple):
    folder: Path
    pdf: bytes
    trust: Trust


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("installation")
    pdf = asyncio.run(signed.signed_by(PARTIES, folder))
    return Made(folder, pdf, seal_of(signed.party_settings(folder)).trust)


def revisions(pdf: bytes) -> list[int]:
    return [found.end() for found in re.finditer(rb"%%EOF\s*", pdf)]


def written(writer: Any) -> bytes:
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


# --- what it is -------------------------------------------------------------------------------------------------------


async def test_every_signature_is_there_and_valid(made: Made) -> None:
    found = await check(made.pdf, made.trust)

    assert found.valid, found.words.en
    assert found.parties == ["party-1", "party-2", "party-3"]
    assert found.stamped_at is not None
    assert datetime.now(UTC) - found.stamped_at < timedelta(minutes=10)
    assert found.words.en.startswith(VALID.en)
    assert "All 3 signatures with a certificate on it are valid." in found.words.en
    assert found.words.nl.startswith(VALID.nl)


async def test_the_seal_certifies_before_anyone_signs_and_the_timestamp_closes_it(made: Made) -> None:
    reader = PdfFileReader(io.BytesIO(made.pdf))
    names = [one.field_name for one in reader.embedded_signatures]
    assert names == ["PolderSeal", "Party_party-1_1", "Party_party-2_1", "Party_party-3_1", "PolderTimestamp"]
    assert [one.docmdp_level is not None for one in reader.embedded_signatures] == [True, False, False, False, False]
    for one in reader.embedded_regular_signatures:
        kinds = [attribute["type"].native for attribute in one.signer_info["unsigned_attrs"]]
        assert kinds == ["signature_time_stamp_token"], "each has a timestamp of its own"
    store: Any = reader.root["/DSS"]
    issuers = {cert.get_object().data for cert in store["/Certs"]}
    assert {one.signer_cert.dump() for one in reader.embedded_signatures} <= issuers, "all that validates it is in it"
    assert len(store["/CRLs"]) == 2


def test_every_field_is_visible_tagged_and_named_and_the_claims_stay(made: Made) -> None:
    reader = pypdf.PdfReader(io.BytesIO(made.pdf))
    root: Any = reader.root_object
    fields = [one.get_object() for one in root["/AcroForm"]["/Fields"]]
    parents = list(root["/StructTreeRoot"]["/ParentTree"]["/Nums"])
    for field in fields[: 1 + PARTIES]:
        element = parents[parents.index(field["/StructParent"]) + 1].get_object()
        assert element["/S"] == "/Form"
        assert element["/K"]["/Obj"].get_object() == field
    for no, field in enumerate(fields[1 : 1 + PARTIES], start=1):
        assert field["/TU"] == (
            f"Handtekening van Zoë Ærø-Müller {no} voor Vereniging {no} (België) / "
            f"Signature of Zoë Ærø-Müller {no} for Association {no}"
        )
        left, bottom, right, top = (float(one) for one in field["/Rect"])
        assert right - left > 200
        assert top - bottom > 50
        stamp = field["/AP"]["/N"]["/Resources"]["/XObject"]["/Stamp"]
        fonts = [one["/DescendantFonts"][0]["/FontDescriptor"] for one in stamp["/Resources"]["/Font"].values()]
        assert fonts
        assert all({"/FontFile2", "/FontFile3"} & set(one) for one in fonts), "PDF/A wants every font in the file"
        assert field["/P"].get_object()["/Tabs"] == "/S"
    metadata = root["/Metadata"].get_data().decode()
    assert 'pdfaid:part="3"' in metadata
    assert 'pdfuaid:part="1"' in metadata


async def test_no_two_places_overlap_and_each_is_on_its_page() -> None:
    _, order = signed.drawn(signed.signatories(30))
    boxes = [one.box for one in order.signatories if one.box is not None]
    assert len(boxes) == 30
    assert len({one.page for one in boxes}) > 1
    for no, one in enumerate(boxes):
        assert 0 < one.left < one.right < 595.3
        assert 0 < one.bottom < one.top < 841.9
        for other in boxes[:no]:
            assert one.page != other.page or one.right <= other.left or one.left >= other.right or one.bottom >= (
                other.top
            ) or one.top <= other.bottom  # fmt: skip


# --- what other programs say ------------------------------------------------------------------------------------------


@pytest.mark.skipif(shutil.which("pdfsig") is None, reason="pdfsig (poppler-utils) is not installed")
def test_pdfsig_calls_every_signature_valid(made: Made, tmp_path: Path) -> None:
    (tmp_path / "signed.pdf").write_bytes(made.pdf)
    said = subprocess.run(["pdfsig", tmp_path / "signed.pdf"], capture_output=True, text=True, check=False).stdout  # noqa: S607 fixed
    assert said.count("Signature is Valid") == 1 + PARTIES
    assert said.count("Signature has not yet been verified") == 1, "poppler cannot check a document timestamp"
    assert "CN=Zoë Ærø-Müller 2,O=Vereniging 2 (België)" in said


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_openssl_verifies_every_signature_and_the_timestamp(made: Made, tmp_path: Path) -> None:
    roots = tmp_path / "roots.pem"
    roots.write_bytes(seal_of(signed.party_settings(made.folder)).roots)
    for no, one in enumerate(PdfFileReader(io.BytesIO(made.pdf)).embedded_signatures):
        start, first, second, rest = (int(part) for part in one.byte_range)
        content, message = tmp_path / f"{no}.bin", tmp_path / f"{no}.der"
        content.write_bytes(made.pdf[start : start + first] + made.pdf[second : second + rest])
        message.write_bytes(cms.ContentInfo.load(bytes(one.pkcs7_content)).dump())
        if one.sig_object_type == "/DocTimeStamp":
            asked: list[str | Path] = [
                "openssl",
                "ts",
                "-verify",
                "-data",
                content,
                "-in",
                message,
                "-token_in",
                "-CAfile",
                roots,
            ]
        else:
            asked = ["openssl", "cms", "-verify", "-binary", "-cades", "-inform", "DER", "-in", message,
                     "-content", content, "-CAfile", roots, "-purpose", "any", "-out", tmp_path / "out"]  # fmt: skip
        told = subprocess.run(asked, capture_output=True, text=True, check=False)
        assert told.returncode == 0, told.stderr
        content.write_bytes(content.read_bytes().replace(b"PDF", b"PDf", 1))
        assert subprocess.run(asked, capture_output=True, check=False).returncode != 0


# --- attacks ----------------------------------------------------------------------------------------------------------


def flipped_in_the_text(made: Made) -> bytes:
    data = bytearray(made.pdf)
    data[revisions(made.pdf)[0] // 2] ^= 1
    return bytes(data)


def flipped_in_a_later_signature(made: Made) -> bytes:
    data = bytearray(made.pdf)
    data[data.index(b"stream", revisions(made.pdf)[2]) + 100] ^= 1
    return bytes(data)


def page_replaced(made: Made) -> bytes:
    writer: Any = IncrementalPdfFileWriter(io.BytesIO(made.pdf))
    page = writer.find_page_for_modification(0)[0].get_object()
    page["/Contents"]._data, page["/Contents"]._encoded_data = b"BT ET", None
    writer.mark_update(page.raw_get("/Contents"))
    return written(writer)


def note_added(made: Made) -> bytes:
    writer: Any = IncrementalPdfFileWriter(io.BytesIO(made.pdf))
    page = writer.find_page_for_modification(0)[0].get_object()
    name = generic.pdf_name
    numbers = generic.ArrayObject([generic.NumberObject(one) for one in (100, 100, 300, 200)])
    note = writer.add_object(
        generic.DictionaryObject({
            name("/Type"): name("/Annot"), name("/Subtype"): name("/FreeText"), name("/Rect"): numbers,
            name("/Contents"): generic.pdf_string("55% -> 5%"),
        })
    )  # fmt: skip
    page["/Annots"].append(note)
    writer.update_container(page["/Annots"])
    return written(writer)


def signature_drawn_anew(made: Made) -> bytes:
    """Draw another name over the signature of the first party."""
    writer: Any = IncrementalPdfFileWriter(io.BytesIO(made.pdf))
    field = writer.root["/AcroForm"]["/Fields"].raw_get(1).get_object()
    stamp = writer.add_object(
        generic.StreamObject(
            generic.DictionaryObject(
                {generic.pdf_name("/Subtype"): generic.pdf_name("/Form"),
                 generic.pdf_name("/BBox"): generic.ArrayObject([generic.NumberObject(one) for one in (0, 0, 9, 9)])}
            ), stream_data=b"1 0 0 rg 0 0 9 9 re f",
        )
    )  # fmt: skip
    field[generic.pdf_name("/AP")] = generic.DictionaryObject({generic.pdf_name("/N"): stamp})
    writer.update_container(field)
    return written(writer)


def stamp_overwritten(made: Made) -> bytes:
    """Overwrite what is seen of the first party's signature, without touching its field."""
    writer: Any = IncrementalPdfFileWriter(io.BytesIO(made.pdf))
    stamp = writer.root["/AcroForm"]["/Fields"].raw_get(1).get_object()["/AP"].raw_get("/N")
    stamp.get_object()._data, stamp.get_object()._encoded_data = b"1 0 0 rg 0 0 9 9 re f", None
    writer.mark_update(stamp)
    return written(writer)


def cut_back_to(revision: int) -> Callable[[Made], bytes]:
    def cut(made: Made) -> bytes:
        return made.pdf[: revisions(made.pdf)[revision]]

    cut.__name__ = f"cut_back_to_{revision}"
    return cut


def words_after_the_end(made: Made) -> bytes:
    return made.pdf + b"\n% more\nstartxref\n0\n%%EOF"


def written_anew(made: Made) -> bytes:
    return written(copy_into_new_writer(PdfFileReader(io.BytesIO(made.pdf))))


def strange_signature_added(made: Made) -> bytes:
    """Let someone with a certificate of the same authority sign in a field of their own."""
    issued = PartyAuthority.open(made.folder / "seal").issue("x", "Mallory", "Mallory")
    return signed_as(made.pdf, "Party_mallory_1", issued)


def signed_as(pdf: bytes, field: str, key: LocalKey, **more: Any) -> bytes:
    signer = SimpleSigner(
        signing_cert=key.certificate, signing_key=key.key, cert_registry=certificate_store.from_certs(key.above)
    )
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    out = asyncio.run(
        PdfSigner(
            PdfSignatureMetadata(field_name=field, md_algorithm="sha256", **more), signer,
            new_field_spec=SigFieldSpec(field),
        ).async_sign_pdf(writer)
    )  # fmt: skip
    return bytes(out.getvalue())


def stamper(folder: Path, **more: Any) -> DummyTimeStamper:
    own = PartyAuthority.open(folder).timestamps
    return DummyTimeStamper(own.certificate, own.key, certificate_store.from_certs(own.above), **more)


def page_replaced_under_a_true_timestamp(made: Made) -> bytes:
    """Anyone can buy a timestamp: over a changed file it covers the whole file, and is of a trusted authority."""
    writer = IncrementalPdfFileWriter(io.BytesIO(page_replaced(made)))
    return bytes(
        asyncio.run(
            PdfTimeStamper(stamper(made.folder / "seal")).async_timestamp_pdf(writer, "sha256")
        ).getvalue()
    )  # fmt: skip


def drawn_anew_under_a_true_timestamp(made: Made) -> bytes:
    writer = IncrementalPdfFileWriter(io.BytesIO(signature_drawn_anew(made)))
    return bytes(
        asyncio.run(
            PdfTimeStamper(stamper(made.folder / "seal")).async_timestamp_pdf(writer, "sha256")
        ).getvalue()
    )  # fmt: skip


def last_party_rewrites_an_earlier_signature(made: Made) -> bytes:
    """Be the last party, with a key of its own: cut back to before it, draw the first party anew, and sign after all.

    Every field is filled, every signature valid, and nothing that the seal covers was changed.
    """
    cut = cut_back_to(3)(made)
    writer: Any = IncrementalPdfFileWriter(io.BytesIO(cut))
    stamp = writer.root["/AcroForm"]["/Fields"].raw_get(1).get_object()["/AP"].raw_get("/N")
    stamp.get_object()._data, stamp.get_object()._encoded_data = b"1 0 0 rg 0 0 9 9 re f", None
    writer.mark_update(stamp)
    issued = PartyAuthority.open(made.folder / "seal").issue("x", "Zoë Ærø-Müller 3", "Vereniging 3")
    signer = SimpleSigner(
        signing_cert=issued.certificate,
        signing_key=issued.key,
        cert_registry=certificate_store.from_certs(issued.above),
    )
    metadata = PdfSignatureMetadata(field_name="Party_party-3_1", md_algorithm="sha256")
    again = IncrementalPdfFileWriter(io.BytesIO(written(writer)))
    out = asyncio.run(PdfSigner(metadata, signer).async_sign_pdf(again, existing_fields_only=True))
    return bytes(out.getvalue())


ATTACKS: list[tuple[Callable[[Made], bytes], tuple[Words, ...]]] = [
    (flipped_in_the_text, (BROKEN, UNREADABLE)),
    (flipped_in_a_later_signature, (BROKEN, UNREADABLE)),
    (page_replaced, (APPENDED,)),
    (note_added, (APPENDED,)),
    (signature_drawn_anew, (APPENDED,)),
    (stamp_overwritten, (APPENDED,)),
    (cut_back_to(1), (INCOMPLETE,)),
    (cut_back_to(2), (INCOMPLETE,)),
    (cut_back_to(3), (INCOMPLETE,)),
    (words_after_the_end, (APPENDED, UNREADABLE)),
    (written_anew, (BROKEN, UNREADABLE)),
    (strange_signature_added, (INCOMPLETE, APPENDED)),
    (page_replaced_under_a_true_timestamp, (APPENDED,)),
    (drawn_anew_under_a_true_timestamp, (APPENDED,)),
    (last_party_rewrites_an_earlier_signature, (APPENDED,)),
]


@pytest.mark.parametrize(("forge", "words"), ATTACKS, ids=lambda one: getattr(one, "__name__", ""))
async def test_every_attack_is_found(
    made: Made, forge: Callable[[Made], bytes], words: tuple[Words, ...]
) -> None:  # fmt: skip
    forged = await asyncio.to_thread(forge, made)
    assert forged != made.pdf
    found = await check(forged, made.trust)
    assert not found.valid
    assert found.words in words, found.words.en


async def test_that_a_later_signer_drew_an_earlier_one_anew_is_seen_by_nothing_else(made: Made) -> None:
    forged = await asyncio.to_thread(last_party_rewrites_an_earlier_signature, made)
    reader = PdfFileReader(io.BytesIO(forged))
    seal, *_, last = reader.embedded_regular_signatures
    for one in (seal, last):
        assert (await async_validate_pdf_signature(one, made.trust.context(), made.trust.context())).bottom_line


async def test_another_installation_trusts_none_of_it(made: Made, tmp_path: Path) -> None:
    other = seal_of(signed.party_settings(tmp_path))
    found = await other.check(made.pdf)
    assert (found.valid, found.trusted, found.words) == (False, False, UNTRUSTED)


async def test_a_certificate_of_a_trusted_authority_is_no_seal(made: Made) -> None:
    """An authority of the market issues to others too: what they seal is not sealed by this installation."""
    issued = PartyAuthority.open(made.folder / "seal").issue("x", "Polder", "Polder")
    pdf, _ = signed.drawn([])
    forged = await asyncio.to_thread(signed_as, pdf, "PolderSeal", issued, certify=True)
    assert (await check(forged, made.trust)).words == UNTRUSTED


async def test_a_seal_that_certifies_nothing_is_none(made: Made) -> None:
    pdf, _ = signed.drawn([])
    own = own_seal(signed.party_settings(made.folder).state / "seal").local
    forged = await asyncio.to_thread(signed_as, pdf, "PolderSeal", own)
    assert (await check(forged, made.trust)).words == UNSEALED


async def test_it_is_pades_b_lta(made: Made) -> None:
    """By pyHanko's validation for archiving: with what is in the file alone, long after certificates expired."""
    policy = CertValidationPolicySpec(
        trust_manager=SimpleTrustManager.build(trust_roots=list(made.trust.anchors)),
        revinfo_policy=CertRevTrustPolicy(RevocationCheckingPolicy.from_legacy("require")),
    )
    spec = PdfSignatureValidationSpec(SignatureValidationSpec(cert_validation_policy=policy))
    reader = PdfFileReader(io.BytesIO(made.pdf))
    for one in reader.embedded_regular_signatures[:2]:
        found = await ades_lta_validation(one, pdf_validation_spec=spec)
        assert found.ades_subindic is AdESPassed.OK
        later = datetime.now(UTC) + timedelta(days=15 * 365)
        future = await simulate_future_ades_lta_validation(one, spec, future_validation_time=later)
        assert future.ades_subindic is AdESPassed.OK


async def test_signatures_outlive_their_certificates_under_the_timestamp(made: Made) -> None:
    later = datetime.now(UTC) + timedelta(days=15 * 365)
    assert (await check(made.pdf, made.trust, later)).valid
    unstamped = made.pdf[: revisions(made.pdf)[1 + PARTIES]]
    assert (await check(unstamped, made.trust)).valid
    assert not (await check(unstamped, made.trust, later)).valid


async def test_a_retried_step_signs_the_same_bytes(made: Made) -> None:
    """A crash after the signature and before it was kept: the same is asked for again, with the same certificate."""
    pdf, order = signed.drawn(signed.signatories(1))
    means = means_of(signed.party_settings(made.folder))
    sealed = await advance(order, await advance(order, Progress(pdf), means), means)
    prepared = await advance(order, sealed, means)
    once, again = [await advance(order, prepared, means) for _ in range(2)]
    signatures = [PdfFileReader(io.BytesIO(one.pdf)).embedded_signatures[-1] for one in (once, again)]
    assert len({one.signer_info["signed_attrs"].dump() for one in signatures}) == 1
    assert len({one.signer_cert.dump() for one in signatures}) == 1
    for one in (once, again):
        done = await advance(order, one, means)
        assert done.done
        assert (await check(done.pdf, made.trust)).parties == ["party-1"]


async def test_a_file_that_is_sealed_is_not_sealed_again(made: Made) -> None:
    _, order = signed.drawn([])
    with pytest.raises(Refusal):
        await advance(order, Progress(made.pdf), means_of(signed.party_settings(made.folder)))


def test_keys_of_signatures_differ_and_are_the_same_for_the_same(tmp_path: Path) -> None:
    one, other = PartyAuthority.open(tmp_path), PartyAuthority.open(tmp_path)
    keys = {authority.key_of(name).dump() for authority in (one, other) for name in ("a", "b")}
    assert len(keys) == 2
    assert (tmp_path / "parties.pem").stat().st_mode & 0o777 == 0o600


async def test_the_longest_names_are_cut_and_still_signed(tmp_path: Path) -> None:
    (who,) = signed.signatories(1)
    long = who.model_copy(update={"person": "É" * 300, "organisation": Words(nl="ß " * 150, en="x" * 300)})
    pdf, order = signed.drawn([long])
    done = await signed.all_steps(order, pdf, means_of(signed.party_settings(tmp_path)))
    assert (await seal_of(signed.party_settings(tmp_path)).check(done)).parties == ["party-1"]
    subject = PdfFileReader(io.BytesIO(done)).embedded_signatures[1].signer_cert.subject.native
    assert subject["common_name"] == "É" * 32


def test_without_a_choice_nothing_but_the_seal_is_made(tmp_path: Path) -> None:
    means = means_of(Settings(state=tmp_path))
    assert means.timestamper is None
    assert not any(means.provider.signs(one) for one in signed.signatories(2))
    assert sorted(path.name for path in (tmp_path / "seal").iterdir()) == ["root.pem", "seal.pem"]
