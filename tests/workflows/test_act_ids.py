"""An act id that was used before: the same act counts once, another one is a conflict, whatever kind of act it is."""

import uuid
from datetime import timedelta

import pytest
from table import Table

from acts.carrying import act
from models import contracts as c
from models import ids
from models import signing as sg
from models.base import Contract
from models.enums import Stance
from models.errors import Conflict
from models.tables import HumanTask
from rules.calendar import add_working_days, local_date
from store import views

pytestmark = pytest.mark.asyncio(loop_scope="session")

FAY = c.Actor(person="fay")
AGREE = c.ApprovalAnswer(stance=Stance.AGREE)


def new(name: str) -> str:
    return f"{name}-{uuid.uuid4()}"


async def carry(table: Table, workflow_id: str, update: str, message: Contract) -> c.Receipt:
    act_id: str = message.act  # type: ignore[attr-defined]
    receipt = await act(table.client, workflow_id, update, message, act_id=act_id, db=table.db)
    await table.settle()
    return receipt


async def conflict(table: Table, workflow_id: str, update: str, message: Contract) -> Conflict:
    before = (await views.covenant(table.db, table.slug)).head
    with pytest.raises(Conflict) as refused:
        await carry(table, workflow_id, update, message)
    assert refused.value.code == "act_id_used"
    assert message.act in refused.value.words.nl  # type: ignore[attr-defined]
    assert (await views.covenant(table.db, table.slug)).head == before
    return refused.value


def answer(task: HumanTask, act_id: str, content: c.Content = AGREE, *, by: str | None = None) -> c.Answer:
    person = by or f"{task.respondent}-lead"
    return c.Answer(act=act_id, task=task.id, actor=c.Actor(person=person), content=content)


async def test_an_answer_under_a_used_id_is_a_conflict_and_a_repeated_one_counts_once(table: Table) -> None:
    await table.launch()
    tasks = await table.waiting()
    union, guild, used = tasks["union"], tasks["guild"], new("a")
    first = await carry(table, union.workflow, "answer", answer(union, used))
    again = await carry(table, union.workflow, "answer", answer(union, used))
    assert (first.event, first.at, first.counted) == (again.event, again.at, again.counted)

    other_words = c.ApprovalAnswer(stance=Stance.AGREE, comment="But not for long.")
    said = await conflict(table, union.workflow, "answer", answer(union, used, other_words))
    assert f"an answer ({table.slug}, {union.id}) by union-lead" in said.words.en
    await conflict(table, union.workflow, "answer", answer(union, used, by="union-aide"))
    await conflict(table, guild.workflow, "answer", answer(guild, used))
    await conflict(table, ids.covenant_workflow(table.slug), "hold", c.Hold(act=used, actor=FAY, reason="A break."))
    assert await views.answers(table.db, guild.id) == []
    assert len(await views.answers(table.db, union.id)) == 1

    kept = new("a")
    aide = answer(guild, kept, by="guild-aide")
    assert [(await carry(table, guild.workflow, "answer", aide)).counted for _ in range(2)] == [False, False]

    elsewhere = Table(table.client, table.db, table.settings, table.clock)
    await elsewhere.launch()
    theirs = (await elsewhere.waiting())["union"]
    assert table.slug in (await conflict(elsewhere, theirs.workflow, "answer", answer(theirs, used))).words.en
    for task in tasks.values():
        if task.id != union.id:
            await carry(table, task.workflow, "answer", answer(task, new("a")))
    assert (await table.steps())["principles"] == "done"
    assert (await carry(table, union.workflow, "answer", answer(union, used))).event == used  # its workflow is over


async def test_terms_ladders_and_holds_are_told_apart(table: Table) -> None:
    await table.launch()
    tasks = await table.waiting()
    union, where, covenant = tasks["union"], tasks["union"].workflow, ids.covenant_workflow(table.slug)
    due = add_working_days(local_date(union.due_at), 5)
    longer = c.Extension(act=new("e"), actor=FAY, tasks=[union.id], due=due, reason="Holidays.")
    paused = c.LadderPause(act=new("l"), actor=FAY, task=union.id, reason="A merger.")
    hold = c.Hold(act=new("h"), actor=FAY, reason="A new cabinet.")
    for workflow_id, update, message in (
        (where, "extend", longer),
        (where, "pause_ladder", paused),
        (covenant, "hold", hold),
    ):
        receipts = [await carry(table, workflow_id, update, message) for _ in range(2)]
        assert {receipt.event for receipt in receipts} == {message.act}

    later = longer.model_copy(update={"due": due + timedelta(days=30)})
    said = await conflict(table, where, "extend", later)
    assert f"het verlengen van een termijn ({table.slug}, {union.id}) door fay" in said.words.nl
    await conflict(table, where, "extend", longer.model_copy(update={"tasks": [tasks["guild"].id]}))
    await conflict(table, where, "extend", longer.model_copy(update={"reason": "No holidays."}))
    await conflict(table, where, "pause_ladder", paused.model_copy(update={"task": tasks["guild"].id}))
    await conflict(table, where, "pause_ladder", paused.model_copy(update={"resume": True}))
    await conflict(table, covenant, "hold", hold.model_copy(update={"resume": True}))
    await conflict(table, covenant, "hold", hold.model_copy(update={"actor": c.Actor(person="sec")}))


async def test_changes_of_the_plan_leaving_and_ending_are_told_apart(table: Table) -> None:
    await table.launch()
    covenant = ids.covenant_workflow(table.slug)
    end = {step.key: step.planned_end for step in (await views.view(table.db, table.slug)).steps}
    due = add_working_days(end["talks"], 20)

    def change(kind: str, key: str, reason: str = "Agreed.", **more: object) -> c.PlanChange:
        return c.PlanChange.model_validate(
            {"act": new("p"), "actor": FAY, "change": kind, "key": key, "reason": reason, **more}
        )

    step = {"id": "hearing", "phase": "exploration", "kind": "task", "title": {"nl": "Zitting", "en": "Hearing"},
            "respondents": ["secretariat"]}  # fmt: skip
    moved, inserted = change("reschedule", "talks", due=due), change("insert", "principles", step=step)
    started = change("skip", "principles")
    for message in (moved, inserted, started):
        assert [(await carry(table, covenant, "change_plan", message)).event for _ in range(2)] == [message.act] * 2
    assert (await table.steps())["principles"] == "skipped"
    later = add_working_days(due, 5)
    await conflict(table, covenant, "change_plan", moved.model_copy(update={"due": later}))
    await conflict(table, covenant, "change_plan", moved.model_copy(update={"key": "accord"}))
    other = inserted.step.model_copy(update={"duration": 30}) if inserted.step else None
    await conflict(table, covenant, "change_plan", inserted.model_copy(update={"step": other}))
    await conflict(table, covenant, "change_plan", started.model_copy(update={"key": "hearing"}))

    again = change("repeat", "principles")
    leaves = c.Withdrawal(
        act=new("w"), actor=c.Actor(person="union-lead"), party="union", reason="Our members said so."
    )
    ends = c.EndTalks(act=new("x"), actor=FAY, reason="No mandate.")
    await carry(table, covenant, "withdraw", leaves)
    assert (await carry(table, covenant, "withdraw", leaves)).event == leaves.act
    await conflict(table, covenant, "withdraw", leaves.model_copy(update={"party": "guild"}))
    await conflict(table, covenant, "change_plan", again.model_copy(update={"act": leaves.act}))
    await carry(table, covenant, "end_talks", ends)
    assert (await carry(table, covenant, "end_talks", ends)).event == ends.act
    await conflict(table, covenant, "end_talks", ends.model_copy(update={"reason": "Another one."}))


async def test_a_code_request_is_no_signature_and_not_another_ones_request(table: Table) -> None:
    signing = [{"id": "signing", "phase": "dialogue", "kind": "signing"}]
    await table.launch(signing, companies=0)
    tasks = await table.waiting()
    union, guild, used = tasks["union"], tasks["guild"], new("c")
    request = c.CodeRequest(act=used, task=union.id, actor=c.Actor(person="union-lead"))
    assert [(await carry(table, union.workflow, "request_code", request)).event for _ in range(2)] == [used, used]

    theirs = c.CodeRequest(act=used, task=guild.id, actor=c.Actor(person="guild-lead"))
    await conflict(table, guild.workflow, "request_code", theirs)
    signed = sg.SignatureAnswer(text_sha=union.text_sha or "", code="ABCD-2345", name="Union")
    said = await conflict(table, union.workflow, "answer", answer(union, used, signed))
    assert "asking for a code" in said.words.en
    assert {task.respondent for task in await views.waiting(table.db, slug=table.slug)} >= {"union", "guild"}
