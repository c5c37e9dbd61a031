"""What one may not read is on no page that links lead to, in no file and in no answer of the API, for nobody."""

import re
from collections.abc import Awaitable, Callable, Iterator
from io import BytesIO
from urllib.parse import urljoin, urlsplit
from zipfile import ZipFile

import pytest
from browsing import Browser, app_of
from bs4 import BeautifulSoup
from lives import table_on
from program import Program, token_for
from table import Table
from walking import every_route

from models.contracts import Actor, Comment
from models.enums import Ground, Lane, Stance
from models.filing import PaperAdding, PaperText
from models.objecting import RedLineTelling, RedLineText
from models.scenario import PositionReply
from models.weighing import Matters, Worth
from store import comments, papers, red_lines
from store.engine import Database
from web.site import Site

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(300)]
SignIn = Callable[..., Awaitable[Browser]]

MOST = 400
CLOSED = "zz-closed-round"
OPEN = "zz-open-round"
READERS = {
    "zz-own-delegation": {"union", "union-aide"},
    "zz-caucus": {"union", "union-aide", "guild"},
    "zz-to-facilitator": {"union", "union-aide", "fay", "sec"},
    "zz-red-line": {"union", "union-aide", "fay"},
    "zz-own-paper": {"union", "union-aide"},
    "zz-caucus-paper": {"union", "union-aide", "guild"},
    OPEN: {"union", "union-aide", "fay", "sec", "cha"},
    CLOSED: {"union", "union-aide", "guild", "trade", "fay", "sec", "cha"},
}
"""Who may read each of these words; `CLOSED` is there to see that all do find what they may read."""

PEOPLE = ("union", "guild", "trade", "fay", "firm-2", "")


async def spoken(table: Table) -> None:
    """Union speaks in every lane, and objects in a round that closed and in one that is open."""

    def objects(words: str) -> dict[str, PositionReply]:
        said = PositionReply(stance=Stance.OBJECT, ground=Ground.COST, lift=words, comment=words)
        return {"wage": said, "air": PositionReply(stance=Stance.AGREE)}

    db, slug = table.db, table.slug
    await table.launch()
    await table.approve()
    await table.position("union", objects(CLOSED))
    await table.position("shops", objects("zz-taken-back"))
    for party in ("guild", "trade"):
        await table.position(party)
    await table.advance(1)
    await table.draft({"wage": "New wage"})
    await table.advance(1)
    await table.position("union", {"wage": objects(OPEN)["wage"]})
    await table.position("shops")
    union = Actor(person="union-lead")
    for no, (lane, words) in enumerate(
        [
            (Lane.DELEGATION, "zz-own-delegation"),
            (Lane.CONSTITUENCY, "zz-caucus"),
            (Lane.FACILITATOR, "zz-to-facilitator"),
        ]
    ):
        act = f"{slug}-across-{no}"
        digest = await comments.put(db, words, act)
        await table.steer("comment", Comment(act=act, actor=union, clause="wage", lane=lane, text_sha=digest))
    for no, (lane, words) in enumerate([(Lane.DELEGATION, "zz-own-paper"), (Lane.CONSTITUENCY, "zz-caucus-paper")]):
        digest = await papers.put(db, PaperText(title=words, note=words))
        await table.steer("add_paper", PaperAdding(act=f"{slug}-paper-{no}", actor=union, lane=lane, text_sha=digest))
    digest = await red_lines.put(db, RedLineText(clause="wage", text="zz-red-line"), f"{slug}-line")
    await table.steer("tell_red_line", RedLineTelling(act=f"{slug}-line", actor=union, text_sha=digest))
    await table.weigh("union", {"air": (Matters.DECISIVE, Worth.GOOD, {})})


def words_of(data: bytes) -> str:
    """Return what stands in a page or file, whatever it is packed in."""
    if data.startswith(b"PK"):
        with ZipFile(BytesIO(data)) as packed:
            return " ".join(packed.read(name).decode("utf-8", "replace") for name in packed.namelist())
    return data.decode("utf-8", "replace")


def links(html: str, at: str) -> Iterator[str]:
    for one in BeautifulSoup(html, "html.parser").select("a[href], iframe[src], img[src]"):
        address = urlsplit(urljoin(at, str(one.get("href") or one.get("src"))))
        yield address.path + (f"?{address.query}" if address.query else "")


async def walked(browser: Browser, slug: str) -> str:
    """Return everything that links from the covenant's pages lead to, and every file."""
    waiting = [f"/c/{slug}", f"/c/{slug}/objections", f"/c/{slug}/activity", f"/c/{slug}/text", "/tasks",
               f"/register/{slug}", "/search?q=zz", f"/c/{slug}/meetings/new",
               *(f"/c/{slug}/export/{form}" for form in ("json", "docx", "html", "akn"))]  # fmt: skip
    seen: set[str] = set()
    found = []
    while waiting and len(seen) < MOST:
        path = waiting.pop(0)
        ours = re.match(rf"/(c|register|tasks)/{slug}|/(tasks|search)\b", path)
        if path in seen or not ours or "lang=" in path:
            continue
        seen.add(path)
        if path.endswith("/live") or ".pdf" in path:
            continue
        answer = await browser.http.get(path)
        assert answer.status_code < 500, path
        found.append(words_of(answer.content))
        if answer.headers.get("content-type", "").startswith("text/html"):
            waiting += links(answer.text, str(answer.url))
    assert len(seen) < MOST, "the walk did not come to its end"
    return " ".join(found)


async def asked(site: Site, db: Database, email: str, slug: str) -> str:
    """Return everything that the API answers about a covenant."""
    program = Program(site, await token_for(db, email))
    found = []
    for route in every_route(app_of(site)):
        if route.path.startswith("/api/v1/covenants/{slug}") and "GET" in route.methods:
            path = route.path.removeprefix("/api/v1").format_map(Filled(slug))
            for query in ({"clause": "wage"}, {"form": "json"}, {}):
                answer = await program.http.get(path, params=query)
                assert answer.status_code < 500, path
                found.append(answer.text)
    return " ".join(found)


class Filled(dict[str, str]):
    """What stands in the places of an address."""

    def __init__(self, slug: str) -> None:
        super().__init__(slug=slug, clause="wage", no="2")

    def __missing__(self, key: str) -> str:
        return "wage"


@pytest.mark.slow(40)
async def test_nobody_reads_what_is_not_theirs(
    engine: tuple[object, Database, object], site: Site, sign_in: SignIn
) -> None:
    table = table_on(engine)  # type: ignore[arg-type]
    await spoken(table)
    wrong = []
    for who in PEOPLE:
        browser = await sign_in(f"{who}@example.org") if who else Browser(site)
        text = await walked(browser, table.slug)
        answers = await asked(site, table.db, f"{who}@example.org", table.slug) if who else ""
        for words, readers in READERS.items():
            if (words in text) != (who in readers):
                wrong.append(f"{who or 'nobody'} {'reads' if words in text else 'does not find'} {words} on the pages")
            if words in answers and who not in readers:
                wrong.append(f"{who} reads {words} in the API")
    assert wrong == []
    for who, stands in (("guild", True), ("trade", True), ("fay", False), ("shops", False)):
        page = await (await sign_in(f"{who}@example.org")).get(f"/c/{table.slug}/objections")
        shown = page.soup.select_one("#objection-wage-shops")
        assert (shown is not None) == stands, f"{who}: an objection is taken back in a round that is still open"
