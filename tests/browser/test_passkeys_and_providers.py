"""Signing in with what a browser brings: a passkey, and an OpenID provider."""

from collections.abc import Iterator

import httpx
import oidc_provider_mock
import pytest
from chromium import Person, sit_down
from lives import at_signing
from living import Live
from playwright.async_api import Browser
from pydantic import SecretStr
from sqlmodel import select
from table import Table

from models import signing as sg
from models.enums import TaskStatus
from models.errors import PolderError
from models.tables import Signature
from store import records, views
from store.evidence import evidence
from web.rendering import task_url
from web.site import Site

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def with_passkey(person: Person) -> None:
    """Give someone's browser a device that holds passkeys, and make one."""
    devtools = await person.context.new_cdp_session(person.page)
    await devtools.send("WebAuthn.enable")
    await devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
                "isUserVerified": True, "automaticPresenceSimulation": True,
            }
        },
    )  # fmt: skip
    await person.go("/account")
    await person.page.fill("#name", "phone")
    await person.press("Add a passkey")
    await person.page.wait_for_url("**/account?done=1")


@pytest.mark.slow(30)
async def test_a_passkey_signs_exactly_one_text_for_its_own_person(table: Table, live: Live, chromium: Browser) -> None:
    await at_signing(table)
    waiting = await table.waiting()
    person = await sit_down(chromium, live.base, "shops@example.org")
    await person.go(task_url(waiting["shops"].id))
    assert "Sign with a passkey" not in await person.text(), "there is none yet"
    await with_passkey(person)
    await person.go(task_url(waiting["shops"].id))
    await person.press("Sign with a passkey")
    await person.page.wait_for_url("**done=1*")
    assert "Signed by shops lead" in await person.text()
    assert person.said == []
    async with table.db.read() as session:
        row = (await session.exec(select(Signature).where(Signature.task == waiting["shops"].id))).one()
    assert (row.method, row.person, row.text_sha) == ("passkey", "shops-lead", waiting["shops"].text_sha)
    found = await evidence(table.db, table.slug, await table.now())
    assert {one.known_as: one.method.en for one in found.rows}["shops lead"] == "confirmed with a passkey"

    # the same proof signs nothing else, for nobody else
    (told,) = await records.given(table.db, [waiting["shops"].id])
    (given,) = [one.content["passkey_sha"] for one in await views.answers(table.db, waiting["shops"].id)]
    assert isinstance(told.content, sg.SignatureAnswer)
    assert told.content.passkey_sha == given, "a workflow that was never told can read it from the record"
    trade = waiting["trade"]
    for proof in (given, "0" * 64):
        stolen = sg.SignatureAnswer(text_sha=trade.text_sha or "", passkey_sha=proof, name="trade lead")
        with pytest.raises(PolderError) as refused:
            await table.give(trade, stolen)
        assert refused.value.code == "passkey_refused"
    assert (await table.task("signing/trade")).status is TaskStatus.OPEN
    with pytest.raises(ValueError, match="with a code or with a passkey"):
        sg.SignatureAnswer(text_sha="0" * 64, name="both", code="AAAA-2222", passkey_sha="0" * 64)


async def test_a_passkey_is_made_and_signs_in(table: Table, live: Live, chromium: Browser) -> None:
    await table.launch()
    person = await sit_down(chromium, live.base, "union@example.org")
    await with_passkey(person)
    assert "phone, since" in await person.text()

    await person.press("Sign out")
    await person.go("/signin?goal=/account")
    await person.press("With a passkey")
    await person.page.wait_for_url(live.base + "/account")
    assert "Signed in as union@example.org" in await person.text()
    assert person.said == []


@pytest.fixture
def provider() -> Iterator[str]:
    with oidc_provider_mock.run_server_in_thread() as server:
        yield f"http://localhost:{server.server_port}"


async def test_a_provider_says_who_it_is(
    table: Table, live: Live, chromium: Browser, provider: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await table.launch()
    configured(live.site, provider, monkeypatch)
    async with httpx.AsyncClient() as http:
        for address in ("union@example.org", "stranger@example.org"):
            await http.put(f"{provider}/users/{address}", json={"email": address, "email_verified": True})
    person = await sit_down(chromium, live.base, None)
    await person.go("/signin?goal=/account")
    await person.follow("Sign in with Broker")
    await person.page.fill("input[name=sub]", "union@example.org")
    await person.page.click("button[type=submit]")
    await person.page.wait_for_url(live.base + "/account")
    assert "Signed in as union@example.org" in await person.text()

    stranger = await sit_down(chromium, live.base, None)
    await stranger.go("/signin")
    await stranger.follow("Sign in with Broker")
    await stranger.page.fill("input[name=sub]", "stranger@example.org")
    await stranger.page.click("button[type=submit]")
    await stranger.page.wait_for_url("**/signin/oidc/back?*")
    assert "not known here" in await stranger.text()


async def test_an_answer_nobody_asked_for_signs_nobody_in(
    live: Live, chromium: Browser, provider: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    configured(live.site, provider, monkeypatch)
    person = await sit_down(chromium, live.base, None)
    await person.go("/signin/oidc/back?code=abc&state=forged")
    assert "Signing in failed" in await person.text()
    await person.go("/account")
    assert "/signin" in person.page.url


def configured(site: Site, provider: str, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = site.settings.model_copy(
        update={
            "oidc_issuer": provider,
            "oidc_client_id": "polder",
            "oidc_client_secret": SecretStr("kept"),
            "oidc_name": "Broker",
        }
    )
    monkeypatch.setattr(site, "settings", settings)
