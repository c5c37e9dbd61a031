"""The operators' board: who sees it, filters, sorting, views, export, and from a row to the cause."""

import csv
import io
import uuid
from collections.abc import Awaitable, Callable
from urllib.parse import unquote

import pytest
import pytest_asyncio
from browsing import Browser, Shown
from lives import Engine, table_on
from table import Table

from models.enums import MailStatus
from models.tables import Covenant, Mail
from rules.calendar import local_date, working_days_between
from store import board
from web.routes.board import safe, scrub, ui_link
from web.site import Site
from web.visiting import Visit

pytestmark = pytest.mark.asyncio(loop_scope="session")
SignIn = Callable[..., Awaitable[Browser]]


async def late(table: Table, days: int = 12) -> None:
    """One party of the table stays away until so many working days after it was due."""
    await table.launch()
    await table.approve(except_=["union"])
    due = local_date((await table.waiting())["union"].due_at)
    await table.advance(working_days_between(local_date(await table.now()), due) + days)


async def titled(table: Table, title: str) -> None:
    async with table.db.write() as session:
        row = await session.get_one(Covenant, table.slug)
        row.title_nl = row.title_en = title


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def late_one(engine: Engine) -> Table:
    """A covenant that is late and has a title that a spreadsheet would compute, to read."""
    table = table_on(engine)
    await late(table)
    await titled(table, '=HYPERLINK("https://evil","x")')
    return table


def row_of(page: Shown, slug: str) -> str:
    link = page.soup.select_one(f"tbody th a[href='/board/{slug}']")
    assert link is not None, f"no row of {slug}"
    return " ".join(link.find_parent("tr").get_text(" ").split())  # type: ignore[union-attr]


async def test_the_board_is_for_who_watches_and_shows_them_only_theirs(
    still: Table, sign_in: SignIn, browser: Browser
) -> None:
    assert (await browser.get("/board")).heading == "Sign in"
    assert (await browser.http.get("/board.csv")).url.path == "/signin"
    for someone in ("union@example.org", "cha@example.org", "firm-1@example.org", "lara@example.org"):
        stranger = await sign_in(someone)
        for path in ("/board", "/board.csv", f"/board/{still.slug}"):
            assert (await stranger.http.get(path)).status_code == 403, (someone, path)
        assert (await stranger.http.post("/board/views", data={"name": "x"})).status_code == 403
    for watcher in ("oper@example.org", "fay@example.org", "sec@example.org", "ops@example.org"):
        page = await (await sign_in(watcher)).get(f"/board?q={still.slug}")
        assert "in talks" in row_of(page, still.slug)
    async with still.db.write() as session:
        kept = await session.get_one(Covenant, still.slug)
        session.add(Covenant(**{**kept.model_dump(), "slug": f"other-{still.slug}", "seq": 0}))
    fay = await sign_in("fay@example.org")
    assert f"other-{still.slug}" not in (await fay.get("/board?q=other-")).html
    assert (await fay.http.get(f"/board/other-{still.slug}")).status_code == 403
    await (await sign_in("oper@example.org")).get(f"/board/other-{still.slug}")
    assert (await (await sign_in("oper@example.org")).http.get("/board/nothing")).status_code == 404


async def test_a_row_says_who_is_late_and_the_page_why_and_what_comes(late_one: Table, sign_in: SignIn) -> None:
    oper = await sign_in("oper@example.org")
    page = await oper.get(f"/board?q={late_one.slug}&overdue=yes")
    assert "union (en) (call)" in row_of(page, late_one.slug)
    assert "waits for people" in row_of(page, late_one.slug)
    cause = await oper.get(f"/board/{late_one.slug}")
    assert cause.heading.endswith("Why it stands still")
    assert "union (en) is late since" in cause.text
    assert "Next rung: chair" in cause.text
    assert "a workflow" not in cause.text.partition("Whether the machinery works")[0]
    assert cause.text.count("running") >= 2
    assert {f"/c/{late_one.slug}/steer/extend", f"/c/{late_one.slug}/steer/ladder"} <= {
        str(one["href"]) for one in cause.soup.select("main a")
    }
    dutch = await oper.get(f"/board/{late_one.slug}?lang=nl")
    assert "Volgende trede: voorzitter" in dutch.text
    await oper.get("/board?lang=en")  # the choice stays, and this account is everybody's


async def test_technical_is_told_apart_from_political(table: Table, sign_in: SignIn) -> None:
    await late(table)
    task = (await table.waiting())["union"]
    oper = await sign_in("oper@example.org")
    assert f"/board/{table.slug}" not in (await oper.get(f"/board?q={table.slug}&technical=yes")).html
    async with table.db.write() as session:
        session.add(
            Mail(
                id=f"m-{uuid.uuid4()}", covenant=table.slug, task=task.id, person="union-lead",
                recipient="union@example.org", subject="Reminder", template="reminder", message=b"x",
                status=MailStatus.UNDELIVERABLE, problem="550 <union@example.org>: no such user", at=task.opened_at,
            )
        )  # fmt: skip
    page = await oper.get(f"/board?q={table.slug}&technical=yes")
    assert "technical fault" in row_of(page, table.slug)
    cause = await oper.get(f"/board/{table.slug}")
    assert "1 mail was not delivered" in cause.text
    assert "550 <…@…>: no such user" in cause.text
    assert "union@example.org" not in cause.html
    await table.approve()  # what is answered needs no mail any more
    assert f"/board/{table.slug}" not in (await oper.get(f"/board?q={table.slug}&technical=yes")).html
    async with table.db.write() as session:
        row = await session.get_one(Covenant, table.slug)
        head, row.head = row.head, "0" * 64
    assert "does not fit the chain" in (await oper.get(f"/board/{table.slug}")).text
    async with table.db.write() as session:
        (await session.get_one(Covenant, table.slug)).head = head


async def test_a_workflow_that_stopped_is_found_and_temporal_may_be_away(
    table: Table, site: Site, sign_in: SignIn
) -> None:
    await late(table, 6)
    workflow = (await table.waiting())["union"].workflow
    await table.client.get_workflow_handle(workflow).terminate("a test")
    oper = await sign_in("oper@example.org")
    cause = await oper.get(f"/board/{table.slug}")
    assert "a workflow that should run has stopped" in cause.text
    assert "terminated" in cause.text
    site.connected = None
    site.settings = site.settings.model_copy(update={"temporal_address": "127.0.0.1:9"})
    away = await oper.get(f"/board/{table.slug}")
    assert "cannot be reached" in away.text
    assert "Temporal does not answer" in away.text
    assert "union (en)" in away.text


async def test_filters_sorting_and_paging_are_the_databases(still: Table, sign_in: SignIn) -> None:
    mark = uuid.uuid4().hex[:8]
    async with still.db.write() as session:
        kept = await session.get_one(Covenant, still.slug)
        for number in range(30):
            session.add(
                Covenant(
                    **{
                        **kept.model_dump(), "slug": f"z-{mark}-{number:02}", "title_en": f"{mark} {number:02}",
                        "title_nl": f"{mark} {number:02}", "sector": f"s{number % 2}", "seq": 0,
                    }
                )
            )  # fmt: skip
    oper = await sign_in("oper@example.org")
    page = await oper.get(f"/board?q={mark}&sort=-title")
    assert "30 covenants" in page.text
    assert f"z-{mark}-07" in page.text  # the short name tells equal titles apart
    names = [one.get_text() for one in page.soup.select("tbody th a")]
    assert names == [f"{mark} {number:02}" for number in range(29, 4, -1)]
    assert page.soup.select_one("th[aria-sort=descending]").get_text().strip().startswith("Covenant")  # type: ignore[union-attr]
    second = await oper.get("/board?" + unquote(str(page.soup.select_one("a[rel=next]")["href"]).partition("?")[2]))  # type: ignore[index]
    assert [one.get_text() for one in second.soup.select("tbody th a")] == [f"{mark} {n:02}" for n in range(4, -1, -1)]
    assert "15 covenants" in (await oper.get(f"/board?q={mark}&sector=s1")).text
    assert "No covenant fits" in (await oper.get(f"/board?q={mark}&phase=implementation")).text
    assert "No covenant fits" in (await oper.get(f"/board?q={mark}&standstill=500")).text
    for odd in (
        "page=x",
        "page=0",
        "sort=drop",
        "phase=x",
        "status=x",
        "standstill=-1",
        "standstill=9999999",
        "q=%25_",
    ):
        await oper.get(f"/board?{odd}")
    for key in board.SORTS:
        await oper.get(f"/board?q={mark}&sort=-{key}")


@pytest.mark.usefixtures("still")
async def test_a_view_is_kept_by_name_and_forgotten(sign_in: SignIn) -> None:
    fay, sec = await sign_in("fay@example.org"), await sign_in("sec@example.org")
    name = f"Late <b> {uuid.uuid4().hex[:6]}"
    page = await fay.get("/board?overdue=yes&sort=-overdue&page=2&lang=en&evil=1")
    form = next(one for one in page.forms() if one.action.startswith("/board/views?"))
    kept = await fay.send(form, {"name": name})
    assert name in kept.text
    link = next(one for one in kept.soup.select("main a") if one.get_text() == name)
    assert link["href"] == "/board?overdue=yes&sort=-overdue"
    assert name not in (await sec.get("/board")).text
    empty = await fay.send(form, {"name": " "}, status=422)
    assert empty.problems == ["Give the view a name."]
    assert (await fay.send(form, {"name": "x" * 81}, status=422)).problems == ["A name is at most 80 characters."]
    forget = next(one for one in kept.forms("/board/views/delete") if one.values()["name"] == [name])
    assert name not in (await fay.send(forget)).text


async def test_the_export_is_the_filtered_list_and_no_cell_is_a_formula(late_one: Table, sign_in: SignIn) -> None:
    oper = await sign_in("oper@example.org")
    answer = await oper.http.get(f"/board.csv?q={late_one.slug}")
    assert answer.headers["content-type"].startswith("text/csv")
    head, line = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    row = dict(zip(head, line, strict=True))
    assert row["covenant"] == late_one.slug
    assert row["title"].startswith("'=HYPERLINK")
    assert (row["overdue"], row["who is late"], row["rung"]) == ("1", "union (en)", "call")
    assert len((await oper.http.get(f"/board.csv?q={late_one.slug}&phase=implementation")).text.splitlines()) == 1


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"])
async def test_a_dangerous_cell_is_quoted(cell: str) -> None:
    assert safe(cell) == f"'{cell}"


async def test_what_is_harmless_stays_and_addresses_are_taken_out(site: Site) -> None:
    assert (safe("a=b"), safe(3), safe(None)) == ("a=b", "3", "")
    assert scrub("to <a.b@c.example>: refused") == "to <…@…>: refused"
    settings = site.settings.model_copy(update={"temporal_ui": True, "temporal_ui_port": 8233})
    visit = Visit(None, Site(settings, site.db, site.transport), "en", None)  # type: ignore[arg-type]
    assert ui_link(visit, "covenant:x/step:1") == (
        "http://localhost:8233/namespaces/default/workflows/covenant%3Ax%2Fstep%3A1"
    )


async def test_my_covenants_are_those_i_have_a_place_in(table: Table, sign_in: SignIn, browser: Browser) -> None:
    await table.launch()
    await titled(table, f"Mine {table.slug}")
    assert (await browser.get("/covenants")).heading == "Sign in"
    page = await (await sign_in("union@example.org")).get(f"/covenants?q={table.slug}")
    assert f"/c/{table.slug}" in [str(one["href"]) for one in page.soup.select("tbody a")]
    assert "union (en)" in page.text
    stranger = await (await sign_in("lara@example.org")).get(f"/covenants?q={table.slug}")
    assert not stranger.soup.select("tbody a")
    oper = await (await sign_in("oper@example.org")).get(f"/covenants?q={table.slug}")
    assert oper.heading == "All covenants"
    assert oper.soup.select("tbody a")
