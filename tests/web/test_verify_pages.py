"""The dossier by the register, the page and the API, and the check of one by anyone."""

from collections.abc import Awaitable, Callable
from io import BytesIO
from zipfile import ZipFile

import pytest
from browsing import Browser, Shown
from program import Program, token_for
from table import Table

from web.site import Site

pytestmark = pytest.mark.asyncio(loop_scope="session")
SignIn = Callable[..., Awaitable[Browser]]


async def verified(browser: Browser, data: bytes, head: str = "", status: int = 200) -> Shown:
    form = (await browser.get("/verify")).form("/verify")
    return await browser.send(
        form, {"head": head}, files={"document": ("d.zip", data, "application/zip")}, status=status
    )


async def test_everyone_gets_and_verifies_as_much_as_they_may_read(
    still: Table, site: Site, sign_in: SignIn, browser: Browser
) -> None:
    public = await browser.http.get(f"/register/{still.slug}/dossier")
    assert (public.status_code, public.headers["content-type"]) == (200, "application/zip")
    assert f"/register/{still.slug}/dossier" in (await browser.get(f"/register/{still.slug}")).html
    union = await sign_in("union@example.org")
    own = await union.http.get(f"/c/{still.slug}/dossier")
    assert f"/c/{still.slug}/dossier" in (await union.get(f"/c/{still.slug}/text")).html
    program = Program(site, await token_for(still.db, "union@example.org"))
    by_api = await program.http.get(f"/covenants/{still.slug}/dossier")
    names = [{*ZipFile(BytesIO(one.content)).namelist()} for one in (public, own, by_api)]
    assert names[1] == names[2]
    assert "mandates.json" in names[1] - names[0]
    for email, status in (("firm-1@example.org", 403), ("lara@example.org", 403)):
        assert (await (await sign_in(email)).http.get(f"/c/{still.slug}/dossier")).status_code == status
    assert (await browser.http.get("/register/nothing/dossier")).status_code == 404

    for one in (public, own):
        shown = await verified(browser, one.content)
        assert "Genuine and unchanged" in shown.text
        assert "The chain is that of this installation" in shown.text
    head = (await browser.get(f"/register/{still.slug}")).soup.select_one(".hash")
    assert head is not None
    assert "The head you gave is entry" in (await verified(browser, public.content, head.get_text())).text
    other = await verified(browser, public.content, "f" * 64)
    assert "Changed or not whole" in other.text
    assert "this is another history" in other.text


async def test_a_program_verifies_too(still: Table, site: Site, browser: Browser) -> None:
    data = (await browser.http.get(f"/register/{still.slug}/dossier")).content
    program = Program(site, await token_for(still.db, "union@example.org"))
    for sent, head, outcome in ((data, "", "genuine"), (data, "f" * 64, "changed")):
        answer = await program.http.post(
            "/verify", files={"document": ("d.zip", sent)}, params={"head": head} if head else None
        )
        found = answer.json()
        assert (answer.status_code, found["outcome"], found["dossier"]) == (200, outcome, True)
        assert {one["kind"] for one in found["findings"]} >= {"proven"}
    refused = await program.http.post("/verify", files={"document": ("x.pdf", b"nothing")})
    assert (refused.status_code, refused.json()["error"]["code"]) == (422, "not_verifiable")
    assert (await Program(site).http.post("/verify", files={"document": ("d.zip", data)})).status_code == 401


async def test_what_is_no_dossier_or_a_changed_one_is_said(still: Table, browser: Browser) -> None:
    wrong = await verified(browser, b"PK\x03\x04 nothing", "not a head", status=422)
    assert wrong.problems == ["A head has 64 characters, 0-9 and a-f."]
    assert (await verified(browser, b"PK\x03\x04 nothing", status=422)).problems == [
        "This is neither a PDF nor a dossier. Expected: a PDF or dossier (zip) as Polder makes them."
    ]
    data = (await browser.http.get(f"/register/{still.slug}/dossier")).content
    out = BytesIO()
    with ZipFile(BytesIO(data)) as old, ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(
                name, old.read(name).replace(b"Dossier", b"Dossiex") if name == "README.txt" else old.read(name)
            )
    shown = await verified(browser, out.getvalue())
    assert "Changed or not whole" in shown.text
    assert "README.txt was changed" in shown.text
