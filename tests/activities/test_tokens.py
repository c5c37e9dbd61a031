"""The key of the seal on a token: SoftHSM plays one, with the interface that smart cards and HSMs have."""

import asyncio
import io
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
import signed
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12
from market import PASSWORD, Market
from pkcs11 import Attribute, lib
from pkcs11.util.x509 import decode_x509_certificate
from pydantic import SecretStr
from pyhanko.pdf_utils.reader import PdfFileReader

from activities.checking import check_beside
from activities.providing import means_of, seal_of
from models.errors import InvalidFile
from runtime.settings import Settings

MODULE = "/usr/lib/softhsm/libsofthsm2.so"
PIN = "4711"


@pytest.fixture(scope="module")
def tokens(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The URIs of seals that were bought, each on a token with the certificate above it."""
    folder = tmp_path_factory.mktemp("token")
    (folder / "tokens").mkdir()
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder}/tokens\nlog.level = ERROR\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOFTHSM2_CONF", str(folder / "softhsm2.conf"))
        bought = {kind: on_token(folder, kind) for kind in ("ec", "rsa")}  # before the library looks which there are
        for kind, certificates in bought.items():
            session = lib(MODULE).get_token(token_label=f"polder {kind}").open(rw=True, user_pin=PIN)
            for label, one in zip(("seal", "above"), certificates, strict=True):
                more = {Attribute.LABEL: label, Attribute.TOKEN: True}
                session.create_object({**decode_x509_certificate(one.public_bytes(Encoding.DER)), **more})
            session.close()
        yield {kind: f"pkcs11:token=polder%20{kind};object=seal?module-path={MODULE}" for kind in bought}


def on_token(folder: Path, kind: str) -> list[x509.Certificate]:
    """Put a bought key on a token of its own; return its certificates."""
    sold = Market().sell(folder, f"on {kind}", kind=kind).read_bytes()
    key, certificate, above = pkcs12.load_key_and_certificates(sold, PASSWORD.encode())
    assert key is not None
    assert certificate is not None
    pem = folder / f"{kind}.pem"
    pem.write_bytes(key.private_bytes(Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    util("--init-token", "--free", "--label", f"polder {kind}", "--so-pin", PIN, "--pin", PIN)
    util("--import", str(pem), "--token", f"polder {kind}", "--label", "seal", "--id", "A1", "--pin", PIN)
    return [certificate, *above]


@pytest.fixture(params=["ec", "rsa"])
def token(request: pytest.FixtureRequest, tokens: dict[str, str]) -> str:
    """The URI of a seal."""
    return tokens[request.param]


def util(*arguments: str) -> None:
    program = shutil.which("softhsm2-util")
    assert program is not None, "`make programs` installs it"
    subprocess.run([program, *arguments], check=True, capture_output=True)


def settings(folder: Path, uri: str, pin: str = PIN) -> Settings:
    return Settings(state=folder / "state", seal_key=uri, seal_password=SecretStr(pin))


async def test_a_seal_on_a_token_seals_and_lists(token: str, tmp_path: Path) -> None:
    ours = settings(tmp_path, token)
    pdf, order = signed.drawn([])
    done = await signed.apart(order, pdf, means_of(ours))
    seal = seal_of(ours)
    assert (await seal.check(done)).valid
    signer = PdfFileReader(io.BytesIO(done)).embedded_signatures[0].signer_cert
    assert signer.subject.native["common_name"] in {"on ec", "on rsa"}
    assert [one.subject.native["common_name"] for one in seal.local.chain[1:]] == ["An authority of the market"]
    beside = await seal.local.sign_beside(b"a list of files")
    found = await check_beside(b"a list of files", beside, seal.trust)
    assert (found.valid, found.ours) == (True, True)
    assert not (await check_beside(b"another list", beside, seal.trust)).valid
    (tmp_path / "pin").write_text(f"{PIN}\n")
    from_file = settings(tmp_path, f"{token}&pin-source=file:{quote(str(tmp_path / 'pin'))}", pin="")
    assert seal_of(from_file).local.certificate.dump() == seal.local.certificate.dump()
    assert PIN not in repr(seal), "a secret is shown nowhere"


async def test_many_sign_at_the_same_time(token: str, tmp_path: Path) -> None:
    seal = seal_of(settings(tmp_path, token))
    lists = [f"list {n}".encode() for n in range(8)]
    made = await asyncio.gather(*(seal.local.sign_beside(one) for one in lists))
    for data, signature in zip(lists, made, strict=True):
        assert (await check_beside(data, signature, seal.trust)).valid


@pytest.mark.parametrize(
    ("old", "new", "pin", "says"),
    [
        ("", "", "0000", "does not answer"),
        ("polder%20", "elsewhere%20", PIN, "does not answer"),
        (MODULE, "/nowhere/module.so", PIN, "does not answer"),
        ("object=seal", "object=other", PIN, "no key with a certificate other on the token (there: "),
        (f"?module-path={MODULE}", "", PIN, "does not read as"),
        ("module-path", "pin-value=4711&module-path", PIN, "does not read as"),
        ("module-path", "pin-source=file:/nowhere&module-path", PIN, "does not answer"),
    ],
)
def test_a_token_that_cannot_be_used_is_said_in_words(
    token: str, tmp_path: Path, old: str, new: str, pin: str, says: str
) -> None:
    with pytest.raises(InvalidFile) as refused:
        seal_of(settings(tmp_path, token.replace(old, new) if old else token, pin))
    assert refused.value.code == "seal_key_not_readable"
    assert says in refused.value.words.en
    assert pin not in refused.value.words.en
