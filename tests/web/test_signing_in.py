"""Signing in by a link: once, in time, after a confirmation; and what stands before every form."""

import asyncio
import re
import sys
from collections.abc import Awaitable, Callable
from email import message_from_bytes, policy
from urllib.parse import urlencode

import pytest
from browsing import Browser
from table import Table

from store import accounts
from web.guarding import POLICY
from web.site import Site

pytestmark = pytest.mark.asyncio(loop_scope="session")
SignIn = Callable[..., Awaitable[Browser]]


def link_in_outbox(site: Site, address: str) -> str:
    newest = max(site.settings.outbox.glob(f"*{address}*"), key=lambda path: path.stat().st_mtime)
    body = message_from_bytes(newest.read_bytes(), policy=policy.default).get_body(("plain",))
    assert body is not None
    found = re.search(r"https?://\S+/signin/link\?token=\S+", body.get_content())
    assert found is not None
    return found.group(0)


@pytest.mark.usefixtures("still")
async def test_a_link_works_once_after_a_confirmation(site: Site, browser: Browser) -> None:
    asked = await browser.get("/signin?goal=/account")
    sent = await browser.send(asked.form("/signin"), {"email": "Union@Example.org"})
    assert "union@example.org" in sent.text
    link = link_in_outbox(site, "union@example.org")
    confirm = await browser.get(link)
    assert (await browser.get("/account")).heading == "Sign in"  # looking at the link signs nobody in
    page = await browser.send(confirm.form("/signin/link"))
    assert page.url.endswith("/account")
    assert "union@example.org" in page.text
    again = await browser.send(confirm.form("/signin/link"), status=422)
    assert "was used" in again.text


@pytest.mark.usefixtures("still")
async def test_an_unknown_address_hears_the_same_and_gets_nothing(site: Site, browser: Browser) -> None:
    sent = await browser.send((await browser.get("/signin")).form("/signin"), {"email": "stranger@example.org"})
    assert "If stranger@example.org sits at a table" in sent.text
    assert not list(site.settings.outbox.glob("*stranger*"))


async def test_no_address_is_said_at_its_field_and_kept(browser: Browser) -> None:
    page = await browser.send((await browser.get("/signin")).form("/signin"), {"email": "no address"}, status=422)
    assert page.problems == ["Fill in an address, as name@example.org."]
    assert page.form("/signin").values()["email"] == ["no address"]


@pytest.mark.usefixtures("still")
async def test_the_sixth_link_in_a_quarter_is_too_many(browser: Browser) -> None:
    form = (await browser.get("/signin")).form("/signin")
    for _ in range(5):
        await browser.send(form, {"email": "guild@example.org"})
    page = await browser.send(form, {"email": "guild@example.org"}, status=429)
    assert page.problems == ["Too many links were asked for. Expected: try again in a quarter of an hour."]
    assert page.form("/signin").values()["email"] == ["guild@example.org"]


@pytest.mark.parametrize(
    "goal", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "\t//evil.example"]
)
async def test_signing_in_leads_to_our_own_pages_only(browser: Browser, goal: str) -> None:
    page = await browser.get("/signin?" + urlencode({"goal": goal}))
    assert page.form("/signin").values()["goal"] == ["/"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"sec-fetch-site": "same-origin"}, 422),
    ],
)
async def test_a_form_of_another_site_is_refused(browser: Browser, headers: dict[str, str], status: int) -> None:
    answer = await browser.http.post("/signin", data={"email": "x"}, headers=headers)
    assert answer.status_code == status
    assert "<h1" in answer.text, "a page with a way on, not a bare line"


async def test_a_form_without_any_origin_is_refused(browser: Browser) -> None:
    del browser.http.headers["origin"]
    assert (await browser.http.post("/signin", data={"email": "x"})).status_code == 403


async def test_every_answer_says_what_a_page_may_do(browser: Browser) -> None:
    for path in ("/signin", "/nowhere", "/static/polder.css"):
        answer = await browser.http.get(path)
        assert answer.headers["content-security-policy"] == POLICY
        assert "unsafe" not in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.usefixtures("still")
async def test_a_session_can_be_ended_from_another_browser(sign_in: SignIn) -> None:
    one, other = await sign_in("trade@example.org"), await sign_in("trade@example.org")
    page = await one.get("/account")
    await one.send(
        next(
            form
            for form in page.forms("/account/sessions")
            if not form.values().get("session") and "session" not in form.names
        )
    )
    assert (await one.get("/account")).heading == "My account"
    assert (await other.get("/account")).heading == "Sign in"


@pytest.mark.usefixtures("still")
async def test_what_was_typed_survives_a_session_that_ended(site: Site, sign_in: SignIn) -> None:
    browser = await sign_in("shops@example.org")
    form = (await browser.get("/account")).form("/account")
    browser.http.cookies.clear()
    asked = await browser.send(form, {"digest": "weekly"}, status=401)
    assert "What you typed is kept" in asked.text
    await browser.send(asked.form("/signin"), {"email": "shops@example.org"})
    confirm = await browser.get(link_in_outbox(site, "shops@example.org"))
    await browser.send(confirm.form("/signin/link"))
    kept = await accounts.draft(site.db, "shops@example.org", "/account")
    assert kept is not None
    assert kept.content["digest"] == ["weekly"]


@pytest.mark.usefixtures("still")
async def test_without_the_demo_nobody_becomes_anyone(site: Site) -> None:
    site.settings = site.settings.model_copy(update={"demo": False})
    stranger = Browser(site)
    for answer in (
        await stranger.http.get("/become"),
        await stranger.http.post("/become", data={"email": "union@example.org"}),
    ):
        assert answer.status_code == 404
        assert "no demonstration" in answer.text


@pytest.mark.usefixtures("still")
async def test_head_is_answered_as_get_without_its_page(site: Site, sign_in: SignIn) -> None:
    stranger, union = Browser(site).http, (await sign_in("union@example.org")).http
    for caller, path in ((stranger, "/register"), (stranger, "/signin"), (union, "/tasks"), (stranger, "/register/no")):
        head, get = await caller.head(path), await caller.get(path)
        assert (head.status_code, head.content) == (get.status_code, b"")
        assert head.headers["content-type"] == get.headers["content-type"]
        assert "content-security-policy" in head.headers
    home = await stranger.head("/", follow_redirects=False)
    assert (home.status_code, home.headers.get("location")) == (
        (first := await stranger.get("/", follow_redirects=False)).status_code,
        first.headers.get("location"),
    )
    assert (await stranger.head("/signout")).status_code == 405  # a form, no page


async def test_starting_the_site_says_nothing_of_authlib() -> None:
    told = await asyncio.create_subprocess_exec(
        sys.executable, "-W", "default::DeprecationWarning", "-c", "import web.routes.signin",
        stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    _, said = await told.communicate()
    assert told.returncode == 0
    assert b"Authlib" not in said


@pytest.mark.usefixtures("still")
async def test_a_chosen_language_stays(sign_in: SignIn) -> None:
    browser = await sign_in("union@example.org", "en")
    assert (await browser.get("/account?lang=nl")).heading == "Mijn gegevens"
    assert (await browser.get("/account")).heading == "Mijn gegevens"
    browser.http.cookies.delete("language")
    assert (await browser.get("/account")).heading == "Mijn gegevens"  # of the account, on another device too
    assert (await browser.get("/account?lang=xx")).heading == "Mijn gegevens"


async def test_a_file_in_a_language_chooses_none(talks: Table, sign_in: SignIn) -> None:
    browser = await sign_in("union@example.org", "en")
    for form in ("html", "docx"):
        assert (await browser.http.get(f"/c/{talks.slug}/export/{form}?lang=nl")).status_code == 200
    assert (await browser.get("/account")).heading == "My account"


@pytest.mark.usefixtures("still")
@pytest.mark.parametrize("page", ["9" * 5000, "9" * 20, "-1", "²", "1e9", ""])
async def test_no_number_in_an_address_is_too_much(sign_in: SignIn, page: str) -> None:
    union = await sign_in("union@example.org")
    for path in ("/register", "/tasks", "/covenants", "/jobs", "/search", "/board"):
        assert (await union.http.get(path, params={"page": page, "standstill": page, "q": "wage"})).status_code < 500


@pytest.mark.parametrize("number", ["9" * 5000, "9" * 20, "-1", "abc"])
async def test_what_has_no_such_number_is_not_found(still: Table, sign_in: SignIn, number: str) -> None:
    union = await sign_in("union@example.org")
    for path in ("rounds/{}", "meetings/{}", "widen/paper/{}"):
        answer = await union.http.get(f"/c/{still.slug}/" + path.format(number))
        assert answer.status_code in {404, 422}, path


@pytest.mark.parametrize("path", ["/register?q=%00", "/c/a%00b", "/tasks?page=%00"])
async def test_an_address_with_a_nul_is_refused(browser: Browser, path: str) -> None:
    assert (await browser.http.get(path)).status_code == 400
