"""Mandates and substitutes: changed on the record, known to every step and round under way, no address in a history."""

import asyncio
import uuid
from typing import Any

import pytest
from table import Table
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer

from acts.carrying import act
from models import contracts as c
from models import ids
from models.base import Contract
from models.enums import Language, Power, Stance
from models.errors import Conflict, Refusal
from rules.calendar import add_working_days, local_date
from runtime.temporal import workflow_runner
from store import accounts, views
from store.people import Contact, put_contact
from worker import WORKFLOWS

pytestmark = pytest.mark.asyncio(loop_scope="session")

REPLAYER = Replayer(workflows=WORKFLOWS, data_converter=pydantic_data_converter, workflow_runner=workflow_runner())
AGREE = c.ApprovalAnswer(stance=Stance.AGREE)
FAY, OPS = c.Actor(person="fay"), c.Actor(person="ops")
ALL = c.Mandate(powers=list(Power))


def new() -> str:
    return f"a-{uuid.uuid4()}"


async def change(
    table: Table, who: str, *mandates: c.Mandate, by: str = "union-lead", party: str = "union", **more: Any
) -> c.MandateChange:
    kind = more.pop("change", "change" if mandates else "end")
    email = more.pop("email", f"{who}@example.org")
    if kind == "add":
        contact = Contact(email=email, language=Language.EN)
        more |= {"name": who.title(), "contact": await put_contact(table.db, contact)}
    return c.MandateChange(
        act=new(), actor=c.Actor(person=by), party=party, change=kind, person=who, mandates=list(mandates),
        reason="The lead is on leave.", **more,
    )  # fmt: skip


async def refused(table: Table, message: Contract, update: str = "change_mandates") -> Refusal:
    head = (await views.covenant(table.db, table.slug)).head
    with pytest.raises(Refusal) as told:
        await table.steer(update, message)
    assert (await views.covenant(table.db, table.slug)).head == head
    return told.value


async def test_who_is_added_answers_in_the_step_under_way_and_gets_its_mail_and_no_history_has_the_address(
    table: Table,
) -> None:
    await table.launch()
    task = (await table.waiting())["union"]
    message = await change(table, "deputy", ALL, change="add")
    receipt = await act(
        table.client, ids.covenant_workflow(table.slug), "change_mandates", message, act_id=message.act, db=table.db
    )
    await table.settle()
    again = await act(
        table.client, ids.covenant_workflow(table.slug), "change_mandates", message, act_id=message.act, db=table.db
    )
    assert receipt.event == again.event == message.act
    event = await table.event("person_added")
    assert (event.actor, event.data["reason"]) == ("union-lead", "The lead is on leave.")
    assert "deputy@example.org" not in str(event.data)
    row = next(one for one in await views.people(table.db, table.slug) if one.id == "deputy")
    assert (row.party, row.email, row.language) == ("union", "deputy@example.org", "en")
    assert [seat.mandated for seat in await accounts.seats(table.db, "deputy@example.org", table.slug)] == [True]
    assert any("Your delegation has changed: Deputy" in subject for subject in await table.mails_to("union-lead"))

    await no_address_is_in_any_history(table)
    given = await table.give(task, AGREE, by="deputy")
    assert given.counted
    await table.approve()
    await table.position("union", by="deputy")  # the next step knows the person from the covenant
    assert any("draft is ready" in subject for subject in await table.mails_to("deputy"))
    assert await views.chain_break(table.db, table.slug) is None

    with pytest.raises(Conflict, match="adding someone to a delegation"):
        await act(
            table.client, ids.covenant_workflow(table.slug), "change_mandates",
            message.model_copy(update={"person": "another"}), act_id=message.act, db=table.db,
        )  # fmt: skip


async def no_address_is_in_any_history(table: Table) -> None:
    for workflow_id in (ids.covenant_workflow(table.slug), (await table.waiting())["union"].workflow):
        async for run in table.client.list_workflows(f"WorkflowId = '{workflow_id}'"):
            handle = table.client.get_workflow_handle(workflow_id, run_id=run.run_id)
            history = (await handle.fetch_history()).to_json()
            assert "deputy@example.org" not in history
            assert "ZGVwdXR5QGV4YW1wbGUub3Jn" not in history  # the same in base 64


async def test_a_round_under_way_learns_of_a_substitute_and_forgets_who_ended(table: Table) -> None:
    await table.launch()
    await table.approve()
    assert not (await table.position("union", by="union-aide")).counted
    last = add_working_days(local_date(await table.now()), 3)
    speak = c.Mandate(powers=[Power.SPEAK], themes=["climate"])
    await table.steer(
        "change_mandates", await change(table, "union-aide", speak, ALL.model_copy(update={"until": last}))
    )
    await table.steer("change_mandates", await change(table, "union-lead", by="fay"))
    assert (await table.event("mandates_ended")).actor == "fay"

    with pytest.raises(Refusal) as told:
        await table.position("union", by="union-lead")
    assert told.value.code == "no_mandate"
    assert (await table.position("union", by="union-aide")).counted
    before = len(await table.mails_to("union-lead"))
    await table.advance(4)
    assert not (await table.position("union", by="union-aide")).counted, "a substitute is one until that day"
    await table.agree_on_text()
    await table.advance(8)
    assert len(await table.mails_to("union-lead")) == before, "whose mandates ended gets no mail"


async def test_a_mandate_for_some_themes_is_not_for_the_whole(table: Table) -> None:
    await table.launch()
    task = (await table.waiting())["union"]
    limited = c.Mandate(powers=list(Power), themes=["climate"])
    await table.steer("change_mandates", await change(table, "union-aide", limited))

    assert not (await table.give(task, AGREE, by="union-aide")).counted
    assert (await table.task("principles/union")).status == "open"
    assert (await refused(table, await change(table, "union-lead", ALL, by="union-aide"))).code == "not_your_delegation"
    leaving = c.Withdrawal(act=new(), actor=c.Actor(person="union-aide"), party="union", reason="Not mine to say.")
    assert (await refused(table, leaving, "withdraw")).code == "no_office"
    await table.approve()
    await table.agree_on_text()
    await table.approve()
    await table.ratify()
    with pytest.raises(Refusal) as told:
        await table.sign_one((await table.waiting())["union"], by="union-aide")
    assert told.value.code == "no_mandate_to_sign"
    assert "voor alle thema's" in told.value.words.nl


async def test_a_party_is_not_left_with_open_tasks_and_nobody_but_by_the_facilitator(table: Table) -> None:
    await table.launch()
    told = await refused(table, await change(table, "union-lead"))
    assert told.code == "nobody_left"
    assert f"{table.slug}/principles/union" in told.words.nl
    assert (await refused(table, await change(table, "union-lead", by="sec"))).code == "nobody_left"
    await table.give((await table.waiting())["union"], AGREE)
    await table.steer("change_mandates", await change(table, "union-lead"))  # nothing is open for the union now
    await table.steer("change_mandates", await change(table, "guild-lead", by="fay", party="guild"))
    assert (await table.waiting())["guild"].status == "open"


async def test_others_and_impossible_changes_are_refused(table: Table) -> None:
    await table.launch()
    for by in ("guild-lead", "union-aide", "cha", "ops", "firm-1-contact"):
        assert (await refused(table, await change(table, "union-aide", ALL, by=by))).code == "not_your_delegation"
    themes = c.Mandate(powers=[Power.SPEAK], themes=["space"])
    assert (await refused(table, await change(table, "union-aide", themes))).code == "unknown_theme"
    past = c.Mandate(powers=[Power.SPEAK], until=add_working_days(local_date(await table.now()), -1))
    assert (await refused(table, await change(table, "union-aide", past))).code == "date_in_the_past"
    unstored = (await change(table, "deputy", ALL, change="add")).model_copy(update={"contact": "0" * 64})
    assert (await refused(table, unstored)).code == "contact_not_found"
    await table.steer("change_mandates", unstored.model_copy(
        update={"act": new(), "contact": (await change(table, "deputy", ALL, change="add")).contact}))  # fmt: skip
    company = await change(table, "cfo", ALL, by="firm-1-contact", party="firm-1", change="add")
    await table.steer("change_mandates", company)
    assert [kind for kind in await table.kinds() if kind == "person_added"] == ["person_added"] * 2


async def test_an_address_at_the_table_is_not_given_to_somebody_else(table: Table) -> None:
    """Whoever signed in with it would answer for one of the two; the address is not in the words, nor in a history."""
    await table.launch()
    for email, holder in (("Union-Aide@example.org", "union-aide"), ("firm-1@EXAMPLE.org", "firm-1-contact"),
                          ("fay@example.org", "fay")):  # fmt: skip
        told = await refused(table, await change(table, "deputy", ALL, change="add", email=email))
        assert told.code == "address_taken"
        assert told.evidence["holder"] == holder
        assert f"({holder})" in told.words.nl
        assert "example.org" not in f"{told.words} {told.evidence}"
    await table.steer("change_mandates", await change(table, "deputy", ALL, change="add"))
    same = await change(table, "double", ALL, change="add", email="DEPUTY@example.org", by="fay", party="guild")
    assert (await refused(table, same)).evidence["holder"] == "deputy"
    await table.steer("change_mandates", await change(table, "deputy", c.Mandate(powers=[Power.SPEAK])))  # keeps it


async def test_of_two_who_are_added_with_one_address_at_the_same_moment_one_is_refused(table: Table) -> None:
    await table.launch()
    messages = [await change(table, f"twin-{n}", ALL, change="add", email="twin@example.org") for n in range(2)]
    done = await asyncio.gather(
        *(table.steer("change_mandates", message) for message in messages), return_exceptions=True
    )
    refusals = [one for one in done if isinstance(one, Refusal)]
    assert [one.code for one in refusals] == ["address_taken"]
    assert len(await accounts.seats(table.db, "twin@example.org", table.slug)) == 1
    handle = table.client.get_workflow_handle(ids.covenant_workflow(table.slug))
    assert (await REPLAYER.replay_workflow(await handle.fetch_history())).replay_failure is None


async def test_changes_while_steps_and_rounds_start_reach_them_all(table: Table) -> None:
    """Whoever is added while a step or round is being started may answer in it."""
    await table.launch()
    names = [f"deputy-{number}" for number in range(4)]
    messages = [await change(table, name, ALL, change="add") for name in names]
    for respondent, task in (await table.waiting()).items():
        if respondent != "union":
            await table.give(task, AGREE)
    last = (await table.waiting())["union"]
    await asyncio.gather(table.give(last, AGREE), *(table.steer("change_mandates", message) for message in messages))
    await table.settle()
    for name in names:
        assert (await table.position("union", by=name)).counted, name
    replayed = 0
    async for run in table.client.list_workflows(f"WorkflowId STARTS_WITH 'covenant:{table.slug}'"):
        handle = table.client.get_workflow_handle(run.id, run_id=run.run_id)
        result = await REPLAYER.replay_workflow(await handle.fetch_history())
        assert result.replay_failure is None
        replayed += 1
    assert replayed >= 4


async def test_an_operator_extends_pauses_a_ladder_and_holds_and_decides_nothing(table: Table) -> None:
    await table.launch()
    task = (await table.waiting())["union"]
    later = add_working_days(local_date(task.due_at), 5)
    extension = c.Extension(act=new(), actor=OPS, tasks=[task.id], due=later, reason="Mail was down.")
    await table.carry(task.workflow, "extend", extension)
    assert (await table.event("due_extended")).actor == "ops"
    for resume in (False, True):
        pause = c.LadderPause(act=new(), actor=OPS, task=task.id, resume=resume, reason="Mail was down.")
        await table.carry(task.workflow, "pause_ladder", pause)
        await table.steer("hold", c.Hold(act=new(), actor=OPS, resume=resume, reason="A fault."))
    events = await views.events(table.db, table.slug)
    assert [event.actor for event in events if event.kind in {"paused", "resumed"}] == ["ops", "ops"]

    for behalf in (None, "They phoned."):
        with pytest.raises(Refusal) as told:
            await table.give(task, AGREE, by="ops", on_behalf=behalf)
        assert told.value.code == ("no_office" if behalf else "no_mandate")
    forbidden: list[tuple[str, Contract]] = [
        ("end_talks", c.EndTalks(act=new(), actor=OPS, reason="Over.")),
        ("withdraw", c.Withdrawal(act=new(), actor=OPS, party="union", reason="Over.")),
        ("change_plan", c.PlanChange(act=new(), actor=OPS, change="skip", key="talks", reason="Over.")),
        ("change_mandates", await change(table, "union-aide", ALL, by="ops")),
        ("comment", c.Comment(act=new(), actor=OPS, clause="wage", lane="table", text_sha="a" * 64)),
    ]
    for update, message in forbidden:
        assert (await refused(table, message, update)).code in {"no_office", "not_your_delegation", "not_your_lane"}
    for person in ("cha", "union-lead"):
        hold = c.Hold(act=new(), actor=c.Actor(person=person), reason="Not mine.")
        assert (await refused(table, hold, "hold")).code == "no_office"
        extend = extension.model_copy(update={"act": new(), "actor": c.Actor(person=person)})
        with pytest.raises(Refusal, match="may not do this"):
            await table.carry(task.workflow, "extend", extend)

    leaving = c.Withdrawal(act=new(), actor=c.Actor(person="trade-lead"), party="trade", reason="No majority left.")
    await table.steer("withdraw", leaving)
    decision = c.DecisionAnswer.model_validate({"choice": "continue", "reason": "Go on."})
    with pytest.raises(Refusal) as told:
        await table.give((await table.waiting())["facilitator"], decision, by="ops")
    assert told.value.code == "no_office"
