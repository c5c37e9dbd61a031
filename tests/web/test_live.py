"""Live updates over a real connection: one look for all listeners, access checked, an end to it, and a limit."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import httpx
import pytest
import pytest_asyncio
from browsing import site_for
from ports import free_port
from table import Table

from models import contracts as c
from web import live, serving
from web.live import Watch

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def address(table: Table) -> AsyncIterator[str]:
    settings = table.settings.model_copy(update={"site_port": free_port()})
    async with serving.serving(site_for(settings, table.db, table.client)) as where:
        yield where


@asynccontextmanager
async def signed_in(address: str, email: str) -> AsyncIterator[httpx.AsyncClient]:
    headers = {"origin": address, "accept-language": "en"}
    async with httpx.AsyncClient(base_url=address, headers=headers, timeout=40) as http:
        await http.post("/become", data={"email": email, "goal": "/account"})
        yield http


async def lines_until(lines: AsyncIterator[str], wanted: str) -> list[str]:
    found = []
    async for line in lines:
        found.append(line)
        if line.startswith(wanted):
            return found
    return found


async def pause(table: Table) -> None:
    act = c.Hold(act=f"hold-{table.slug}", actor=c.Actor(person="fay"), reason="elections")
    await table.steer("hold", act)


async def test_an_open_page_hears_that_its_covenant_moved(table: Table, address: str) -> None:
    await table.launch()
    async with (
        signed_in(address, "union@example.org") as http,
        http.stream("GET", f"/c/{table.slug}/live") as answer,
    ):
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.headers["cache-control"] == "no-store"
        hearing = asyncio.create_task(lines_until(answer.aiter_lines(), "data:"))
        await pause(table)
        heard = await asyncio.wait_for(hearing, 30)
    assert "event: moved" in heard
    assert heard[0].startswith("retry:")


async def test_who_comes_back_hears_at_once_what_was_missed(still: Table, address: str) -> None:
    async with (
        signed_in(address, "union@example.org") as http,
        http.stream("GET", f"/c/{still.slug}/live", headers={"last-event-id": "1"}) as answer,
    ):
        heard = await asyncio.wait_for(lines_until(answer.aiter_lines(), "data:"), 30)
    assert "event: moved" in heard


async def test_strangers_and_visitors_hear_nothing(still: Table, address: str) -> None:
    async with signed_in(address, "stranger@example.org") as http:
        assert (await http.get(f"/c/{still.slug}/live")).status_code in {303, 403}
    async with httpx.AsyncClient(base_url=address) as nobody:
        assert (await nobody.get(f"/c/{still.slug}/live")).status_code == 303


async def test_all_listeners_share_one_look() -> None:
    watch, looks = Watch(every=0.01), []
    states = iter(["0", "1", "1", "2"])

    async def look() -> str:
        looks.append(1)
        return next(states, "2")

    async def hear() -> list[str | None]:
        heard: list[str | None] = []
        async for state in watch.listen("covenant:x", look, None):
            heard.append(state)
            if state == "2":
                break
        return heard

    heard = await asyncio.gather(*(hear() for _ in range(20)))
    assert all(one[-1] == "2" for one in heard)
    assert len(looks) < 20 + 20  # one for each who came, at most, and not one for each at each look


async def test_a_watch_that_nobody_listens_to_looks_no_more() -> None:
    watch = Watch(every=0.01)

    async def look() -> str:
        return "0"

    listening = watch.listen("job:x", look, "old")
    assert await anext(listening) == "0"
    task = watch.topics["job:x"].task
    assert task is not None
    await listening.aclose()  # type: ignore[attr-defined]
    assert watch.topics == {}
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_thirteenth_open_page_is_too_many(still: Table, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "MOST", 1)
    async with (
        signed_in(address, "union@example.org") as http,
        http.stream("GET", f"/c/{still.slug}/live") as first,
    ):
        lines = first.aiter_lines()  # the connection closes with what reads it
        await lines_until(lines, "retry:")
        second = await http.get(f"/c/{still.slug}/live")
    assert second.status_code == 429
    assert second.headers["retry-after"] == "60"


async def test_asking_for_the_head_of_it_takes_no_place(
    still: Table, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "MOST", 1)
    async with signed_in(address, "union@example.org") as http, asyncio.timeout(20):
        head = await http.head(f"/c/{still.slug}/live")
        assert (head.status_code, head.content) == (200, b"")
        while True:  # the server notices a moment later that nobody reads
            async with http.stream("GET", f"/c/{still.slug}/live") as answer:
                if answer.status_code == 200:
                    assert (await lines_until(answer.aiter_lines(), "retry:"))[-1].startswith("retry:")
                    break


async def test_the_connection_ends_by_itself_and_says_it_is_there(
    still: Table, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "HEARTBEAT", 0.05)
    monkeypatch.setattr(live, "LONGEST", timedelta(seconds=0.4))
    async with signed_in(address, "union@example.org") as http:
        answer = await http.get(f"/c/{still.slug}/live")
    assert ": here" in answer.text
