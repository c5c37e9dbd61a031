"""What goes wrong on a signing day: thirty people in the same second, a mandate that lapsed, another's code or act."""

import asyncio
import uuid
from collections import Counter

import pytest
from lives import at_signing, to_signing
from sqlmodel import select
from table import Table

from acts.carrying import act
from models import contracts as c
from models import signing as sg
from models.enums import TaskStatus
from models.errors import PolderError
from models.tables import HumanTask, Signature
from rules.calendar import local_date
from store import views

pytestmark = pytest.mark.asyncio(loop_scope="session")

COMPANIES = 26
"""With the four parties thirty signatories."""


@pytest.mark.slow(40)
async def test_thirty_who_confirm_in_the_same_second_are_thirty_signatures(table: Table) -> None:
    await to_signing(table, [{"members": [{"who": "all"}, {"who": "participants"}]}], companies=COMPANIES)
    tasks = await table.waiting()
    assert len(tasks) == 30
    names = {one.id: one.name for one in await views.people(table.db, table.slug)}
    who = {key: f"{key}-contact" if key.startswith("firm-") else f"{key}-lead" for key in tasks}

    async def ask(task: HumanTask) -> None:
        key = f"c-{uuid.uuid4()}"
        request = c.CodeRequest(act=key, task=task.id, actor=c.Actor(person=who[task.respondent]))
        await act(table.client, task.workflow, "request_code", request, act_id=key)

    await asyncio.gather(*(ask(task) for task in tasks.values()))
    answers = []
    for party, task in tasks.items():
        content = sg.SignatureAnswer(
            text_sha=task.text_sha or "", code=await table.mailed_code(task), name=names[who[party]]
        )
        key = f"a-{uuid.uuid4()}"
        answers.append((task, c.Answer(act=key, task=task.id, actor=c.Actor(person=who[party]), content=content)))
    # everybody confirms at once, and every third presses twice
    sends = [*answers, *answers[::3]]
    receipts = await asyncio.gather(
        *(act(table.client, task.workflow, "answer", one, act_id=one.act) for task, one in sends)
    )
    await table.settle()
    assert {one.event for one in receipts} == {one.act for _, one in answers}
    async with table.db.read() as session:
        rows = list(await session.exec(select(Signature).where(Signature.covenant == table.slug)))
    assert Counter((row.party, row.person) for row in rows) == Counter(who.items())
    log = await views.events(table.db, table.slug, limit=100_000)
    signed = [x["task"] for one in log for x in one.data.get("changes", []) if x.get("change") == "signed"]
    assert sorted(signed) == sorted(task.id for task in tasks.values()), "none lost, none doubled"
    await table.advance(1)
    assert (await views.covenant(table.db, table.slug)).signed_at is not None
    assert await views.chain_break(table.db, table.slug) is None


async def refused(code: str, table: Table, task: HumanTask, *, by: str, with_code: str) -> str:
    with pytest.raises(PolderError) as error:
        await table.sign_one(task, by=by, code=with_code)
    assert error.value.code == code
    return error.value.words.en


@pytest.mark.slow(20)
async def test_a_lapsed_mandate_and_what_is_somebody_elses_sign_nothing(table: Table) -> None:
    await at_signing(table)
    waiting = await table.waiting()
    trade, shops = waiting["trade"], waiting["shops"]
    code = await table.code(trade, "trade-lead")
    for by, with_code, wanted in (
        ("shops-lead", code, "no_mandate"),  # somebody of another party, with the code of this one
        ("trade-aide", code, "no_mandate_to_sign"),  # a colleague without the mandate
    ):
        await refused(wanted, table, trade, by=by, with_code=with_code)
    await table.code(shops, "shops-lead")
    await refused("wrong_code", table, shops, by="shops-lead", with_code=code)  # a code of another request
    newer = await table.code(trade, "trade-lead")
    await refused("wrong_code", table, trade, by="trade-lead", with_code=code)  # an older code
    until = local_date(await table.now())
    change = c.MandateChange(
        act=f"m-{uuid.uuid4()}", actor=c.Actor(person="sec"), party="trade", change="change", person="trade-lead",
        mandates=[c.Mandate.model_validate({"powers": ["speak", "commit", "sign"], "until": until})],
        reason="the term of the board ends",
    )  # fmt: skip
    await table.steer("change_mandates", change)
    await table.advance(1)
    said = await refused("no_mandate_to_sign", table, trade, by="trade-lead", with_code=newer)
    assert "it ran until" in said, "yesterday"
    assert (await table.task("signing/trade")).status is TaskStatus.OPEN
    again = c.MandateChange(
        act=f"m-{uuid.uuid4()}", actor=c.Actor(person="sec"), party="trade", change="change", person="trade-lead",
        mandates=[c.Mandate.model_validate({"powers": ["speak", "commit", "sign"]})], reason="elected again",
    )  # fmt: skip
    await table.steer("change_mandates", again)
    used = await table.code(trade, "trade-lead")
    receipt = await table.sign_one(trade, code=used)
    assert receipt.counted
    await refused("signed_already", table, trade, by="trade-lead", with_code=used)  # used before
