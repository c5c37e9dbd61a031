"""Keys from elsewhere: a trust service over HTTP, a timestamp authority over HTTP, a PKCS#12 file."""

import asyncio
import io
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import signed
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from market import PASSWORD, Market
from pydantic import SecretStr, ValidationError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.general import SigningError
from pyhanko.sign.timestamps import DummyTimeStamper, TimestampRequestError
from trust_service import PIN, TOKEN, TrustService, timestamps, trust_service

from activities.authority import PartyAuthority, certificate_store
from activities.checking import UNTRUSTED
from activities.providing import means_of, seal_of
from activities.signing import Means, advance
from models.enums import SignatureKind
from models.errors import InvalidFile
from models.sealing import Progress, SealingOrder, Signatory
from runtime.settings import Settings


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[TrustService]:
    folder = tmp_path / "qtsp"
    folder.mkdir()
    async with trust_service(folder) as found:
        yield found


def at_service(service: TrustService, folder: Path, **more: object) -> Settings:
    (folder / "trusted.pem").write_bytes(service.certificate("root"))
    given: dict[str, object] = {
        "csc_credentials": {"P1@example.org": "qtsp/anna", "p2@example.org": "qtsp/bram", "seal": "qtsp/seal"},
        "csc_pins": {f"qtsp/{one}": PIN for one in ("anna", "bram", "seal")}, "csc_token": SecretStr(TOKEN),
    }  # fmt: skip
    return Settings.model_validate(
        {"state": folder, "signatures": SignatureKind.CSC, "csc_url": service.url,
         "trusted": str(folder / "trusted.pem"), **given, **more}
    )  # fmt: skip


def drawn_for(means: Means, people: list[Signatory]) -> tuple[bytes, SealingOrder]:
    return signed.drawn([one for one in people if means.provider.signs(one)])


async def test_a_trust_service_signs_for_who_has_a_credential_there(service: TrustService, tmp_path: Path) -> None:
    settings = at_service(service, tmp_path)
    means = means_of(settings)
    pdf, order = drawn_for(means, signed.signatories(3))
    assert [one.party for one in order.signatories] == ["party-1", "party-2"], "the third signs by its code alone"

    done = await signed.apart(order, pdf, means)

    assert (await seal_of(settings).check(done)).words == UNTRUSTED, "the seal at the service is not named as ours yet"
    (tmp_path / "trusted.pem").write_bytes(service.certificate("root") + service.certificate("seal"))
    found = await seal_of(settings).check(done)
    assert found.valid, found.words.en
    assert found.parties == ["party-1", "party-2"]
    on_it = PdfFileReader(io.BytesIO(done)).embedded_regular_signatures
    names = [one.signer_cert.subject.native["common_name"] for one in on_it]
    assert names == ["Seal Prüfer", "Anna Prüfer", "Bram Prüfer"]
    assert [one for one, _ in service.signed] == ["qtsp/seal", "qtsp/anna", "qtsp/bram"]
    assert service.refused == 0


async def test_an_answer_that_is_lost_is_asked_for_again_and_nothing_else_is_signed(
    service: TrustService, tmp_path: Path
) -> None:
    means = means_of(at_service(service, tmp_path, csc_credentials={"p1@example.org": "qtsp/anna"}))
    pdf, order = drawn_for(means, signed.signatories(1))
    progress = Progress(pdf)
    while progress.signed < 1 or progress.pending is None:
        progress = await asyncio.to_thread(asyncio.run, advance(order, progress, means))
    service.lose = 1
    with pytest.raises(SigningError):
        await asyncio.to_thread(asyncio.run, advance(order, progress, means))

    while not progress.done:
        progress = await asyncio.to_thread(asyncio.run, advance(order, progress, means))

    assert len(service.signed) == 2
    assert len(set(service.signed)) == 1, "the service never signed two different things for one signature"
    assert (await seal_of(at_service(service, tmp_path)).check(progress.pdf)).parties == ["party-1"]


@pytest.mark.parametrize("more", [{"csc_token": SecretStr("other")}, {"csc_pins": {}}], ids=["token", "pin"])
async def test_a_service_that_refuses_leaves_nothing_behind(
    service: TrustService, tmp_path: Path, more: dict[str, object]
) -> None:
    means = means_of(at_service(service, tmp_path, **more))
    pdf, order = drawn_for(means, signed.signatories(1))
    with pytest.raises(Exception, match=r"400|request failed|No signing results"):
        await signed.apart(order, pdf, means)
    assert service.signed == []
    assert service.refused > 0


@pytest.mark.parametrize("missing", ["csc_url", "csc_credentials", "trusted"])
def test_a_trust_service_without_address_credentials_or_authority_is_refused(tmp_path: Path, missing: str) -> None:
    given = {"csc_url": "https://csc.example", "csc_credentials": {"a@example.org": "1"}, "trusted": "x.pem"}
    with pytest.raises(ValidationError, match="POLDER_CSC_URL"):
        Settings.model_validate(
            {"state": tmp_path, "signatures": "csc", **{key: value for key, value in given.items() if key != missing}}
        )


# --- timestamps -------------------------------------------------------------------------------------------------------


async def test_a_timestamp_authority_by_its_address_stamps_the_seal_alone_too(tmp_path: Path) -> None:
    own = PartyAuthority.open(tmp_path / "tsa").timestamps
    moment = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=3)
    stamper = DummyTimeStamper(own.certificate, own.key, certificate_store.from_certs(own.above), fixed_dt=moment)
    (tmp_path / "tsa.pem").write_bytes(x509_pem(PartyAuthority.open(tmp_path / "tsa").root))
    async with timestamps(stamper) as url:
        settings = Settings(state=tmp_path / "state", tsa_url=url, trusted=str(tmp_path / "tsa.pem"))
        pdf, order = signed.drawn([])
        done = await signed.apart(order, pdf, means_of(settings))
    found = await seal_of(settings).check(done)
    assert found.valid, found.words.en
    assert found.stamped_at == moment
    assert "The timestamp is of" in found.words.en
    other = Settings(state=tmp_path / "state")
    assert (await seal_of(other).check(done)).words == UNTRUSTED, "a timestamp of an unknown authority proves nothing"


async def test_no_timestamp_to_be_had_leaves_the_step_undone(tmp_path: Path) -> None:
    means = means_of(Settings(state=tmp_path, tsa_url="http://127.0.0.1:9/tsa"))
    pdf, order = signed.drawn([])
    with pytest.raises(TimestampRequestError, match="no timestamp from"):
        await signed.apart(order, pdf, means)


# --- a key in a file --------------------------------------------------------------------------------------------------


def x509_pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.PEM)


def bought(folder: Path, market: Market, name: str, **more: object) -> Settings:
    """Settings of an installation that bought its seal."""
    path = market.sell(folder, name)
    return Settings.model_validate(
        {"state": folder / f"at-{name}", "seal_key": str(path), "seal_password": SecretStr(PASSWORD), **more}
    )


async def test_a_seal_from_a_pkcs12_file(tmp_path: Path) -> None:
    market = Market()
    settings = bought(tmp_path, market, "ours")
    pdf, order = signed.drawn([])
    done = await signed.apart(order, pdf, means_of(settings))

    assert (await seal_of(settings).check(done)).valid
    signer = PdfFileReader(io.BytesIO(done)).embedded_signatures[0].signer_cert
    assert signer.subject.native["common_name"] == "ours"
    assert (await seal_of(Settings(state=tmp_path / "state")).check(done)).words == UNTRUSTED

    theirs = bought(tmp_path, market, "theirs")
    forged = await signed.apart(order, pdf, means_of(theirs))
    assert (await seal_of(theirs).check(forged)).valid
    assert (await seal_of(settings).check(forged)).words == UNTRUSTED, "of the same authority, and not our seal"

    before = tmp_path / "before.pem"
    before.write_bytes(x509_pem(x509.load_der_x509_certificate(signer.dump())))
    renewed = bought(tmp_path, market, "renewed", trusted=str(before))
    assert (await seal_of(renewed).check(done)).valid, "a seal of before is named among the trusted"


async def test_a_seal_without_the_certificates_above_it(tmp_path: Path) -> None:
    path = Market().sell(tmp_path, "alone", whole=False)
    settings = Settings(state=tmp_path / "state", seal_key=str(path), seal_password=SecretStr(PASSWORD))
    pdf, order = signed.drawn([])
    assert (await seal_of(settings).check(await signed.apart(order, pdf, means_of(settings)))).valid


async def test_revocation_is_asked_at_signing_and_kept_in_the_file(tmp_path: Path) -> None:
    market = Market.with_revocations()
    settings = bought(tmp_path, market, "ours")
    pdf, order = signed.drawn([])
    with pytest.raises(SigningError):
        await signed.apart(order, pdf, means_of(settings))  # nobody tells it: nothing is sealed

    async with market.telling():
        done = await signed.apart(order, pdf, means_of(settings))
    assert market.asked > 0
    assert (await seal_of(settings).check(done)).valid, "what validates it is in it: nobody needs to be asked any more"

    market.revoked.append(PdfFileReader(io.BytesIO(done)).embedded_signatures[0].signer_cert.serial_number)
    async with market.telling():
        with pytest.raises(SigningError):
            await signed.apart(order, pdf, means_of(settings))


@pytest.mark.parametrize(("content", "password"), [(None, "other"), (b"no key", "pw"), (b"", "pw")])
def test_a_key_file_that_cannot_be_read_is_said_in_words(tmp_path: Path, content: bytes | None, password: str) -> None:
    path = Market().sell(tmp_path, "ours")
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InvalidFile) as refused:
        seal_of(Settings(state=tmp_path, seal_key=str(path), seal_password=SecretStr(password)))
    assert refused.value.code == "seal_key_not_readable"
    assert "POLDER_SEAL_PASSWORD" in refused.value.words.nl


def test_a_file_of_trusted_certificates_that_is_not_there_is_said_in_words(tmp_path: Path) -> None:
    with pytest.raises(InvalidFile) as refused:
        seal_of(Settings(state=tmp_path, trusted=str(tmp_path / "nowhere.pem")))
    assert refused.value.code == "trusted_not_readable"
