"""The readable history: each sees it without what a lane, a delegation or the text hides from them."""

import uuid
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import sqlalchemy as sa
from browsing import Browser, Shown
from table import Table

from acts.carrying import act
from models import contracts as c
from models import ids
from models.enums import Ground, Lane, Power, Stance
from models.scenario import PositionReply
from store import comments, history, views

pytestmark = pytest.mark.asyncio(loop_scope="session")
SignIn = Callable[..., Awaitable[Browser]]


def lines(page: Shown) -> list[str]:
    return [" ".join(one.get_text(" ").split()) for one in page.soup.select("main ol.govuk-list > li")]


async def say(table: Table, lane: Lane, who: str = "union-lead") -> None:
    message = c.Comment(
        act=f"c-{uuid.uuid4()}", actor=c.Actor(person=who), clause="wage", lane=lane,
        text_sha=await comments.put(table.db, "the comment itself"),
    )  # fmt: skip
    await act(table.client, ids.covenant_workflow(table.slug), "comment", message, act_id=message.act, db=table.db)


async def test_it_is_for_the_table_and_operators(still: Table, sign_in: SignIn, browser: Browser) -> None:
    path = f"/c/{still.slug}/activity"
    assert (await browser.get(path)).heading == "Sign in"
    for outsider in ("firm-1@example.org", "lara@example.org"):
        assert (await (await sign_in(outsider)).http.get(path)).status_code == 403
    for reader in ("union@example.org", "cha@example.org", "ops@example.org", "oper@example.org"):
        page = await (await sign_in(reader)).get(path)
        assert any("Covenant launched" in one for one in lines(page))
    union = await sign_in("union@example.org")
    dutch = await union.get(f"{path}?lang=nl")
    assert any("De stap 'principles (nl)' is begonnen." in one for one in lines(dutch))
    await union.get(f"{path}?lang=en")  # the choice stays, and this account is everybody's


async def test_a_lane_stays_a_lane(table: Table, sign_in: SignIn) -> None:
    await table.launch()
    for lane in (Lane.DELEGATION, Lane.CONSTITUENCY, Lane.TABLE, Lane.FACILITATOR):
        await say(table, lane)
    path = f"/c/{table.slug}/activity?kind=commented"
    seen = {
        "union@example.org": 4, "guild@example.org": 2, "trade@example.org": 1, "fay@example.org": 2,
        "cha@example.org": 1, "oper@example.org": 0,
    }  # fmt: skip
    for reader, number in seen.items():
        page = await (await sign_in(reader)).get(path)
        told = lines(page)
        assert len(told) == 4
        assert sum("commented on clause 1" in one for one in told) == number, (reader, told)
        hidden = [one for one in told if "a lane you do not read" in one]
        assert len(hidden) == 4 - number
        assert not any("union" in one.lower() for one in hidden)
        assert "the comment itself" not in page.html


async def test_no_position_reason_or_name_reaches_who_may_not_and_filters_and_paging(
    table: Table, sign_in: SignIn
) -> None:
    await table.launch()
    await table.approve()
    objection = PositionReply(
        stance=Stance.OBJECT, ground=Ground.NORM, lift="a hidden lift", comment="a hidden comment"
    )
    await table.position("union", {"wage": objection})
    await table.agree_on_text(except_=["union"])
    await filters_and_paging(table, await sign_in("union@example.org"))
    await table.advance(16)
    await table.draft({"wage": "A new wage"}, reason="because of the minister")
    change = c.MandateChange(
        act=f"a-{uuid.uuid4()}", actor=c.Actor(person="union-lead"), party="union", person="union-aide",
        change="change",
        mandates=[c.Mandate(powers=[Power.SPEAK])], reason="a private reason",
    )  # fmt: skip
    await table.steer("change_mandates", change)
    path = f"/c/{table.slug}/activity"
    pages = {one: await (await sign_in(f"{one}@example.org")).get(path) for one in ("union", "trade", "fay", "oper")}
    for name, page in pages.items():
        assert "a hidden" not in page.html, name
        assert "@example.org" not in page.soup.select_one("main ol").get_text(), name  # type: ignore[union-attr]
        assert ("because of the minister" in page.html) == (name != "oper")
        assert ("a private reason" in page.html) == (name in {"union", "fay"})
        assert ("union aide" in page.html) == (name in {"union", "fay"})
    assert any("union (en) changed the mandate of someone" in one for one in lines(pages["trade"]))
    links = {str(one["href"]) for one in pages["oper"].soup.select("main ol a")}
    assert not any("/clauses/" in one or "/rounds/" in one or "/documents/" in one for one in links)
    union = {str(one["href"]) for one in pages["union"].soup.select("main ol a")}
    assert f"/c/{table.slug}/clauses/wage" in union
    assert any(one.startswith(f"/tasks/{table.slug}/principles/union") for one in union)
    assert not any(one.startswith(f"/tasks/{table.slug}/principles/trade") for one in union)
    browser = await sign_in("union@example.org")
    for link in sorted(union):
        assert (await browser.http.get(link)).status_code == 200, link


async def filters_and_paging(table: Table, union: Browser) -> None:
    path = f"/c/{table.slug}/activity"
    everything = lines(await union.get(path))
    of_guild = lines(await union.get(f"{path}?party=guild"))
    assert 2 <= len(of_guild) < len(everything)
    assert any("guild (en) gave positions" in one for one in of_guild)
    assert not any("trade (en) gave positions" in one for one in of_guild)
    of_talks = lines(await union.get(f"{path}?step=talks"))
    assert any("Round 1 was opened" in one for one in of_talks)
    assert any("gave positions" in one for one in of_talks)
    assert not any("principles" in one for one in of_talks)
    answers = lines(await union.get(f"{path}?kind=answered"))
    assert all("answered" in one or "gave positions" in one for one in answers)
    for odd in ("kind=x'", "party=%25", "step=_", "before=x", "before=99999999999999999999", "before=-1"):
        assert (await union.http.get(f"{path}?{odd}")).status_code == 200
    assert not lines(await union.get(f"{path}?party=%25"))
    rows = await history.entries(table.db, table.slug, before=5, limit=3)
    assert [row.seq for row in rows] == [4, 3, 2]


async def test_long_histories_come_in_parts_and_the_chain_is_verified_with_one_button(
    table: Table, sign_in: SignIn
) -> None:
    await table.launch()
    for _ in range(52):
        await say(table, Lane.TABLE)
    union = await sign_in("union@example.org")
    first = await union.get(f"/c/{table.slug}/activity?kind=commented")
    assert len(lines(first)) == 50
    older: Any = first.soup.select_one("main a[rel=next]")
    second = await union.get(f"/c/{table.slug}/activity{older['href']}")
    assert len(lines(second)) == 2
    assert second.soup.select_one("main a[rel=next]") is None

    form = next(one for one in (await union.get(f"/c/{table.slug}/activity")).forms() if "verify" in one.names)
    whole = (await union.http.get(f"/c/{table.slug}/activity", params=form.values())).text
    assert "The record is whole" in whole
    async with table.db.write() as session:
        connection = await session.connection()
        await connection.execute(
            sa.text("UPDATE event SET actor = 'mallory' WHERE covenant = :slug AND seq = 2"), {"slug": table.slug}
        )
    broken = await union.get(f"/c/{table.slug}/activity?verify=1")
    assert "entry 2 no longer fits" in broken.text
    assert await views.chain_break(table.db, table.slug) == 2
