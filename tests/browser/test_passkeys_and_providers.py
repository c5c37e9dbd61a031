"""Signing in with what a browser brings: a passkey, and an OpenID provider."""

from collections.abc import Iterator

import httpx
import oidc_provider_mock
import pytest
from chromium import sit_down
from living import Live
from playwright.async_api import Browser
from pydantic import SecretStr
from table import Table

from web.site import Site

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_passkey_is_made_and_signs_in(table: Table, live: Live, chromium: Browser) -> None:
    await table.launch()
    person = await sit_down(chromium, live.base, "union@example.org")
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
