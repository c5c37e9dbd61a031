"""The public register, search and the check of a PDF: nothing before the signature, no draft after it."""

import uuid
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from browsing import Browser
from table import Table

from activities.checking import APPENDED, BROKEN, UNREADABLE, UNSEALED, UNTRUSTED, VALID, SealCheck
from acts.carrying import act
from acts.verifying import outcome
from models import contracts as c
from models import ids
from models.enums import DocumentKind, Ground, Lane, Stance
from models.scenario import PositionReply
from models.tables import Covenant
from store import comments, contents, views
from web.routes.register import marked, snippet

pytestmark = pytest.mark.asyncio(loop_scope="session")
SignIn = Callable[..., Awaitable[Browser]]

SECRETS = ("Old wage", "Xylophone", "a hidden lift", "whispered words", "wrong_draft", "a compromise")
PUBLIC = ("/register", "/search?q=", "/verify")


async def talk(table: Table, word: str) -> None:
    """Say in confidence: an objection, a comment, two drafts."""
    await table.launch()
    await table.approve()
    objection = PositionReply(stance=Stance.OBJECT, ground=Ground.NORM, lift="a hidden lift")
    await table.position("union", {"wage": objection})
    comment = c.Comment(
        act=f"c-{uuid.uuid4()}", actor=c.Actor(person="union-lead"), clause="wage", lane=Lane.TABLE,
        text_sha=await comments.put(table.db, "whispered words"),
    )  # fmt: skip
    await act(table.client, ids.covenant_workflow(table.slug), "comment", comment, act_id=comment.act, db=table.db)
    await table.agree_on_text(except_=["union"])
    await table.advance(16)
    await table.draft({"wage": f"Xylophone {table.slug}", "air": f"{word} 100% <b>fresh</b>"})


async def finish(table: Table) -> None:
    await table.agree_on_text()
    await table.advance(12)
    await table.approve()
    await table.ratify()
    await table.sign()


async def test_before_the_signature_nothing_of_the_talks_is_public_and_after_it_no_draft(
    table: Table, browser: Browser, sign_in: SignIn
) -> None:
    word = f"Zebra{uuid.uuid4().hex[:8]}"
    await talk(table, word)
    await search_shows_each_only_what_they_may_read(table, word, sign_in, browser)
    stranger = await sign_in("lara@example.org")
    pages = [f"/register/{table.slug}", "/register", f"/search?q=Xylophone+{table.slug}", "/search?q=whispered"]
    for one in (browser, stranger):
        for path in pages:
            page = await one.get(path)
            for secret in (*SECRETS, "union@example.org", "fay@example.org", "Wage (en)", "objection"):
                if not (path.startswith("/search") and secret in {"Xylophone", "whispered words"}):
                    assert secret.lower() not in page.html.lower(), (path, secret)
    page = await browser.get(f"/register/{table.slug}")
    assert "The talks are confidential" in page.text
    assert "trade (en)" in page.text
    view = await views.view(table.db, table.slug)
    for document in view.documents:
        assert (await browser.http.get(f"/register/{table.slug}/documents/{document.sha256}")).status_code == 404
    assert "Xylophone" in (await (await sign_in("trade@example.org")).get(f"/search?q=Xylophone+{table.slug}")).text

    await finish(table)
    page = await browser.get(f"/register/{table.slug}")
    assert f"Xylophone {table.slug} (en)" in page.text
    for secret in ("Old wage", "a hidden lift", "whispered words", "a compromise", "@example.org"):
        assert secret not in page.html, secret
    view = await views.view(table.db, table.slug)
    assert view.covenant.head in page.text
    for document in view.documents:
        answer = await browser.http.get(f"/register/{table.slug}/documents/{document.sha256}")
        public = document.kind in {DocumentKind.SEALED, DocumentKind.FINAL}
        assert answer.status_code == (200 if public else 404), document.kind
    found = await browser.get(f"/search?q=xylophone+{table.slug}")
    assert found.soup.select("mark")
    assert f"/register/{table.slug}#wage" in [str(one["href"]) for one in found.soup.select("main li a")]
    assert "Nothing found" in (await browser.get(f"/search?q=Old+wage+{table.slug}")).text
    await verified(table, browser, view)


async def search_shows_each_only_what_they_may_read(table: Table, word: str, sign_in: SignIn, browser: Browser) -> None:
    for reader in ("union@example.org", "trade-aide@example.org", "cha@example.org", "fay@example.org"):
        page = await (await sign_in(reader)).get(f"/search?q={word.lower()}")
        assert f"/c/{table.slug}/clauses/air" in [str(one["href"]) for one in page.soup.select("main li a")], reader
        assert [one.get_text() for one in page.soup.select("mark")] == [word]
        assert not page.soup.select("main li b")
    for outsider in ("firm-1@example.org", "ops@example.org", "oper@example.org", "lara@example.org"):
        assert "Nothing found" in (await (await sign_in(outsider)).get(f"/search?q={word}")).text, outsider
    assert "Nothing found" in (await browser.get(f"/search?q={word}")).text
    union = await sign_in("union@example.org")
    assert "Nothing found" in (await union.get(f"/search?q={word}+100_")).text
    assert (await union.get(f"/search?q={word}+100%25")).soup.select("mark")
    assert "Nothing found" in (await union.get(f"/search?q={word}+unicorn")).text
    assert (await union.get("/search?q=%25")).status == 200


async def verified(table: Table, browser: Browser, view: views.CovenantView) -> None:
    sealed = next(one for one in view.documents if one.kind is DocumentKind.SEALED)
    draft = next(one for one in view.documents if one.kind is DocumentKind.DRAFT)
    data = await contents.get(table.db, sealed.sha256)
    form = (await browser.get("/verify")).form("/verify")

    async def check(content: bytes, outcome: str) -> str:
        page = await browser.send(form, files={"document": ("<b>x.pdf", content, "application/pdf")})
        told = page.soup.select(".verdict")
        assert len(told) == 1
        assert f"verdict--{outcome}" in told[0]["class"]
        assert "File: <b>x.pdf" in " ".join(told[0].get_text(" ").split())
        return page.text

    good = await check(data, "genuine")
    assert "Genuine and unchanged" in good
    assert "This is to the letter" in good
    assert "The seal is valid" in good
    assert "no qualified electronic signature" in good
    forged = await check(data.replace(b"%%EOF", b"%%EOG", 1), "changed")
    assert "Changed or not whole" in forged
    assert "No public document has this SHA-256" in forged
    assert "proves nothing" in forged
    appended = await check(data + b"\n% more", "changed")
    assert "The seal is valid" not in appended
    await check(data[: len(data) // 2], "changed")
    hidden = await check(await contents.get(table.db, draft.sha256), "foreign")
    assert "Not from this installation" in hidden
    assert "No public document has this SHA-256" in hidden
    assert table.slug not in hidden


async def test_what_a_check_comes_to() -> None:
    of = {words.en: SealCheck(valid=words is VALID, words=words) for words in (VALID, BROKEN, APPENDED, UNREADABLE)}
    assert [outcome([], one) for one in of.values()] == ["genuine", "changed", "changed", "changed"]
    assert {outcome([], SealCheck(valid=False, words=words)) for words in (UNSEALED, UNTRUSTED)} == {"foreign"}
    assert outcome(["the final text, which has no seal"], SealCheck(valid=False, words=UNSEALED)) == "genuine"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "Choose a PDF"),
        (b"MZ\x90\x00", "neither a PDF nor a dossier"),
        (b"<script>", "neither a PDF nor a dossier"),
        (b" %PDF-1.7", "neither a PDF nor a dossier"),
    ],
)
async def test_what_is_no_pdf_is_refused_at_its_field(browser: Browser, content: bytes, problem: str) -> None:
    form = (await browser.get("/verify")).form("/verify")
    files = {"document": ("x.pdf", content, "application/pdf")} if content else {"other": ("y", b"z", "text/plain")}
    page = await browser.send(form, files=files, status=422)
    assert problem in page.problems[0]


@pytest.mark.parametrize(
    "content", [b"%PDF-", b"%PDF-1.7\n" + b"1 0 obj <</Length 9>> stream " * 2000, b"%PDF-1.7\xff" * 5]
)
async def test_a_hostile_pdf_proves_nothing_and_breaks_nothing(browser: Browser, content: bytes) -> None:
    form = (await browser.get("/verify")).form("/verify")
    page = await browser.send(form, files={"document": ("x.pdf", content, "application/pdf")})
    assert "cannot be read as a sealed PDF" in page.text
    assert "proves nothing" in page.text


async def test_too_large_and_too_often_are_refused(browser: Browser) -> None:
    form = (await browser.get("/verify")).form("/verify")
    large = b"%PDF-" + b"0" * (25 * 1024 * 1024)
    assert "too large" in (await browser.send(form, files={"document": ("x.pdf", large, "")}, status=422)).problems[0]
    answers = [
        (await browser.http.post("/verify", files={"document": ("x.pdf", b"no", "")})).status_code for _ in range(21)
    ]
    assert answers[-1] == 429


async def test_a_body_sent_in_pieces_is_not_read_past_its_limit(browser: Browser) -> None:
    taken = 0

    async def pieces() -> AsyncIterator[bytes]:
        nonlocal taken
        yield b'--x\r\nContent-Disposition: form-data; name="document"; filename="x.pdf"\r\n\r\n'
        while taken < 40:
            taken += 1
            yield b"0" * (1024 * 1024)
        yield b"\r\n--x--\r\n"

    kind = {"content-type": "multipart/form-data; boundary=x"}
    answer = await browser.http.post("/verify", content=pieces(), headers=kind)
    assert answer.status_code == 413
    assert taken < 40


async def test_the_register_is_filtered_and_paged(still: Table, browser: Browser) -> None:
    mark = uuid.uuid4().hex[:8]
    async with still.db.write() as session:
        kept = await session.get_one(Covenant, still.slug)
        for number in range(27):
            session.add(
                Covenant(**{**kept.model_dump(), "slug": f"r-{mark}-{number:02}", "title_en": f"{mark} 100% {number}"})
            )
    page = await browser.get(f"/register?q={mark}")
    assert len(page.soup.select("tbody tr")) == 25
    assert len((await browser.get(f"/register?q={mark}&page=2")).soup.select("tbody tr")) == 2
    assert len((await browser.get(f"/register?q={mark}+100%25+26")).soup.select("tbody tr")) == 1
    assert not (await browser.get(f"/register?q={mark}_100")).soup.select("tbody tr")  # no wildcard
    assert not (await browser.get(f"/register?q={mark}&sector=none")).soup.select("tbody tr")
    async with still.db.write() as session:
        for number, kind in enumerate(("garments-textile", "house-boats")):
            (await session.get_one(Covenant, f"r-{mark}-{number:02}")).sector = kind
        (await session.get_one(Covenant, f"r-{mark}-00")).thresholds = {"participants": 5, "market_share": 0}
    shown = (await browser.get(f"/register?q={mark}&sector=garments-textile")).soup
    cells = [one.get_text() for one in shown.select("tbody td")]
    assert cells[0] == "Agreement on Sustainable Garments and Textile"
    assert [one["value"] for one in shown.select("#sector option[selected]")] == ["garments-textile"]
    asks = (await browser.get(f"/register/r-{mark}-00?lang=en")).text
    assert "The covenant starts once 5 companies have declared." in asks
    assert "/ 0" not in asks
    assert "Convenant Duurzame Kleding en Textiel" in (await browser.get(f"/register/r-{mark}-00?lang=nl")).text
    assert "house boats" in (await browser.get(f"/register/r-{mark}-01?lang=en")).text
    for odd in ("phase=x", "page=-1", "page=999999999999", "q='"):
        assert (await browser.http.get(f"/register?{odd}")).status_code == 200, odd
    assert (await browser.http.get("/register/nothing")).status_code == 404


async def test_marking_escapes_and_cuts_at_words() -> None:
    assert str(marked("<b>Loon & loon</b>", ["loon"])) == (
        "&lt;b&gt;<mark>Loon</mark> &amp; <mark>loon</mark>&lt;/b&gt;"
    )
    text = "word " * 100 + "needle " + "tail " * 100
    cut = str(snippet(text, ["needle"]))
    assert cut.startswith("… word")
    assert "<mark>needle</mark>" in cut
    assert cut.endswith("…")
    assert len(cut) < 420
    assert str(snippet("short", ["x"])) == "short"
