"""A day on which everybody signs within hours: nobody before, and after it the facilitator decides."""

import uuid
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from lives import to_signing
from table import Table

from models import contracts as c
from models.enums import Stance
from models.errors import PolderError
from models.signing_acts import SigningDay
from rules.calendar import AMSTERDAM, add_working_days, local_date
from store import signing, views

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.slow(20)]


def by(person: str, **more: Any) -> Any:
    return {"act": f"d-{uuid.uuid4()}", "actor": c.Actor(person=person), "reason": "the minister comes", **more}


async def set_day(table: Table, day: SigningDay) -> None:
    await table.carry(await signing.workflow(table.db, table.slug), "set_signing_day", day)


async def code(doing: Any) -> str:
    with pytest.raises(PolderError) as error:
        await doing
    return error.value.code


async def hours(table: Table, working_days: int, begin: int, end: int) -> dict[str, datetime]:
    day = add_working_days(local_date(await table.now()), working_days)
    return {name: datetime.combine(day, time(hour), AMSTERDAM) for name, hour in (("start", begin), ("until", end))}


async def test_everybody_signs_within_the_hours_of_one_day(table: Table) -> None:
    await to_signing(table)
    tasks = await table.waiting()
    at = await hours(table, 4, 10, 14)
    assert await code(set_day(table, SigningDay(**by("union-lead"), **at))) == "no_office"
    assert await code(set_day(table, SigningDay(**by("fay")))) == "no_signing_day"
    assert await code(set_day(table, SigningDay(**by("fay"), start=at["start"]))) == "hours_wanted"
    for shift, refused in ((timedelta(days=-30), "in_the_past"), (timedelta(days=900), "date_too_far")):
        moved = {name: moment + shift for name, moment in at.items()}
        assert await code(set_day(table, SigningDay(**by("fay"), **moved))) == refused
    odd = {**at, "until": at["until"] + timedelta(days=1)}
    assert await code(set_day(table, SigningDay(**by("fay"), **odd))) == "not_one_day"
    await set_day(table, SigningDay(**by("fay"), **at))
    board = await signing.board(table.db, table.slug)
    assert (board.starts, board.ends, board.due) == (at["start"], at["until"], at["until"])
    assert any(one.startswith("The signing day") for one in await table.mails_to("union-lead"))
    assert any(one.startswith("The signing day") for one in await table.mails_to("firm-1-contact"))
    assert await code(table.sign_one(tasks["union"])) == "signing_not_begun"

    await table.clock.advance(at["start"] + timedelta(minutes=5), table._open)
    await table.sign(except_=("shops",))
    await table.clock.advance(at["until"] + timedelta(minutes=5), table._open)
    asked = (await table.waiting())["facilitator"]
    assert "The signing window is over." in asked.title_en, "the hours are over, and one has not signed"
    await table.decide("prolong", due_in=3)
    await table.sign()
    await table.settle()
    assert (await views.covenant(table.db, table.slug)).signed_at is not None
    assert await views.chain_break(table.db, table.slug) is None


async def test_a_signing_day_is_moved_by_a_pause_and_taken_back(table: Table) -> None:
    await to_signing(table)
    at = await hours(table, 3, 10, 12)
    await set_day(table, SigningDay(**by("fay"), **at))
    await table.steer("hold", c.Hold(**by("fay")))
    await table.advance(5)
    await table.steer("hold", c.Hold(**by("fay"), resume=True))
    task = (await table.waiting())["union"]
    assert await code(table.sign_one(task)) == "signing_not_begun"
    was = at["until"]
    await set_day(table, SigningDay(**by("fay")))
    board = await signing.board(table.db, table.slug)
    assert board.starts is None
    assert board.due is not None
    assert board.due > was + timedelta(days=20), "the window is again what it was"
    await table.sign()
    await table.settle()
    assert (await views.covenant(table.db, table.slug)).signed_at is not None


async def test_the_hours_of_the_day_take_the_place_of_a_groups_own_term(table: Table) -> None:
    plan: list[dict[str, Any]] = [
        {"members": [{"who": "chair", "role": "approver"}]},
        {"members": [{"who": "all"}, {"who": "participants"}], "days": 2},
    ]
    await to_signing(table, plan)
    at = await hours(table, 8, 10, 14)
    await set_day(table, SigningDay(**by("fay"), **at))
    chair = (await table.waiting())["chair"]
    await table.give(chair, c.ApprovalAnswer(stance=Stance.AGREE, text_sha=chair.text_sha), by="cha")
    assert {task.due_at for task in (await table.waiting()).values()} == {at["until"]}
    await table.advance(4)
    assert set(await table.waiting()) >= {"union", "guild", "trade", "shops"}, "nothing expired before the day"
