"""A trust service on this machine: certomancer's CSC server, that tells what it was asked and can lose an answer."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web
from asn1crypto import pem, tsp
from certomancer.registry import ArchLabel, CertLabel, CertomancerConfig, PKIArchitecture
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from csc_dummy.csc_dummy_server import CSCWithCertomancer
from ports import free_port
from pyhanko.sign.timestamps import DummyTimeStamper

PEOPLE = ("seal", "anna", "bram")
PIN, TOKEN = "2718", "a-token"
CONFIG = """
keysets:
  qtsp:
    path-prefix: {folder}
    keys: {{{keys}}}
pki-architectures:
  qtsp:
    keyset: qtsp
    entity-defaults: {{country-name: NL, organization-name: QTSP}}
    entities:
      root: {{common-name: Test trust service}}
{entities}
    certs:
      root:
        subject: root
        subject-key: root
        issuer: root
        authority-key: root
        validity: {{valid-from: "2020-01-01T00:00:00+0000", valid-to: "2060-01-01T00:00:00+0000"}}
        extensions:
          - {{id: basic_constraints, critical: true, value: {{ca: true}}}}
          - {{id: key_usage, critical: true, smart-value: {{schema: key-usage, params: [key_cert_sign, crl_sign]}}}}
{certs}
"""
CERT = """      {name}:
        subject: {name}
        subject-key: {name}
        issuer: root
        authority-key: root
        validity: {{valid-from: "2020-01-01T00:00:00+0000", valid-to: "2059-01-01T00:00:00+0000"}}
        extensions:
          - id: key_usage
            critical: true
            smart-value: {{schema: key-usage, params: [digital_signature, non_repudiation]}}
"""
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class TrustService:
    """What a test sees of the service.

    Attributes:
        signed: for each hash that was signed, the credential; in order.
        lose: so many signatures are made whose answer never arrives.
    """

    url: str
    architecture: PKIArchitecture
    signed: list[tuple[str, str]] = field(default_factory=list)
    lose: int = 0
    refused: int = 0

    def certificate(self, name: str) -> bytes:
        """Give the certificate of somebody there, or of the `root`, as PEM."""
        found: bytes = pem.armor("CERTIFICATE", self.architecture.get_cert(CertLabel(name)).dump())
        return found


@asynccontextmanager
async def trust_service(folder: Path) -> AsyncIterator[TrustService]:
    """Run the service: sole control level 2, so that each authorisation is for one hash; with a token and PINs."""
    for name in ("root", *PEOPLE):
        key = rsa.generate_private_key(65537, 2048)
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        (folder / f"{name}.pem").write_bytes(private)
    config = folder / "certomancer.yml"
    config.write_text(
        CONFIG.format(
            folder=folder, keys=", ".join(f"{one}: {{path: {one}.pem}}" for one in ("root", *PEOPLE)),
            entities="\n".join(f"      {one}: {{common-name: {one.title()} Prüfer}}" for one in PEOPLE),
            certs="".join(CERT.format(name=one) for one in PEOPLE),
        )
    )  # fmt: skip
    served = CertomancerConfig.from_file(str(config), str(folder))
    service = CSCWithCertomancer(served)
    service.register_routes()
    found = TrustService(f"http://127.0.0.1:{free_port()}", served.get_pki_arch(ArchLabel("qtsp")))

    @web.middleware
    async def watched(request: web.Request, handler: Handler) -> web.StreamResponse:
        asked: dict[str, Any] = json.loads(await request.read())
        pin_wrong = request.path.endswith("/authorize") and asked.get("PIN") != PIN
        if request.headers.get("Authorization") != f"Bearer {TOKEN}" or pin_wrong:
            found.refused += 1
            return web.json_response({"error": "invalid_request"}, status=400)
        answer = await handler(request)
        if request.path.endswith("/signHash"):
            found.signed += [(asked["credentialID"], one) for one in asked["hash"]]
            if found.lose:
                found.lose -= 1
                return web.json_response({}, status=503)
        return answer

    service.app.middlewares.append(watched)
    async with serving(service.app, found.url):
        yield found


@asynccontextmanager
async def timestamps(stamper: DummyTimeStamper) -> AsyncIterator[str]:
    """Run a timestamp authority (RFC 3161) over HTTP and give its address."""

    async def stamp(request: web.Request) -> web.Response:
        if request.content_type != "application/timestamp-query":
            return web.Response(status=415)
        answer = stamper.request_tsa_response(tsp.TimeStampReq.load(await request.read()))
        return web.Response(body=answer.dump(), content_type="application/timestamp-reply")

    app = web.Application()
    app.router.add_post("/tsa", stamp)
    url = f"http://127.0.0.1:{free_port()}"
    async with serving(app, url):
        yield f"{url}/tsa"


@asynccontextmanager
async def serving(app: web.Application, url: str) -> AsyncIterator[None]:
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", int(url.rpartition(":")[2])).start()
        yield
    finally:
        await runner.cleanup()
