"""Private weights, the packages found with them, and a package that the parties decide on."""

import uuid
from typing import Any

import pytest
from table import STEPS, Table

from acts import packaging
from models import contracts as c
from models import ids
from models.amending import ProposalWithdrawal
from models.enums import Ground, Matter, RuleKind, Stance
from models.errors import PolderError, Unavailable
from models.packages import Band, PackagePick
from models.packaging import PackageProposal, Weighing
from models.questions import QuestionWithdrawal
from models.weighing import Matters, Worth
from store import amendments, ground, views, weighing

pytestmark = pytest.mark.asyncio(loop_scope="session")

YES = c.ApprovalAnswer(stance=Stance.AGREE)
NO = c.ApprovalAnswer(stance=Stance.OBJECT, ground=Ground.COST, lift="without the wage")
Said = dict[str, tuple[Matters, Worth, dict[str, Worth]]]
SECRETS = [value.value for value in (*Worth, *Matters) if value not in {Worth.GOOD, Matters.SOME, Matters.MUCH}]


def by(person: str) -> dict[str, Any]:
    return {"act": f"a-{uuid.uuid4()}", "actor": c.Actor(person=person)}


async def code(table: Table, update: str, message: Any) -> str:
    with pytest.raises(PolderError) as error:
        await table.steer(update, message)
    return error.value.code


async def asked(table: Table, no: int) -> dict[str, Any]:
    rows = await views.waiting(table.db, slug=table.slug)
    return {row.respondent: row for row in rows if row.step == f"question-{no}"}


@pytest.mark.slow(20)
async def test_a_package_is_found_from_private_weights_and_the_parties_decide_on_it(
    table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    await table.launch([STEPS[1]])
    wage = await table.propose("union", "wage", "Old", "Living")
    air = await table.propose("shops", "air", "Old", "Clean")
    await wrong_weights_are_refused(table, wage)

    # each wants something of the other: alone neither proposal helps all
    await table.weigh("union", {"air": (Matters.DECISIVE, Worth.GOOD, {})})
    last = await table.weigh(
        "union",
        {"wage": (Matters.DECISIVE, Worth.UNWELCOME, {wage: Worth.WANTED}),
         "air": (Matters.SOME, Worth.GOOD, {air: Worth.BEARABLE})},
    )  # fmt: skip
    await table.weigh(
        "trade",
        {"wage": (Matters.SOME, Worth.GOOD, {wage: Worth.BEARABLE}),
         "air": (Matters.DECISIVE, Worth.UNWELCOME, {air: Worth.WANTED})},
    )  # fmt: skip
    seen, nothing = await packaging.find(table.db, table.slug)
    assert (nothing, seen.enough, seen.silent) == ([], False, ["guild", "shops"])
    await table.weigh("shops", {"air": (Matters.MUCH, Worth.UNWELCOME, {air: Worth.GOOD})})
    await weights_stay_private(table, last)

    seen, found = await packaging.find(table.db, table.slug)
    assert (seen.enough, seen.silent, seen.before) == (True, ["guild"], [])
    much = Band.GAINS_MUCH
    assert found[0].bands == {"union": much, "guild": Band.EVEN, "trade": much, "shops": much}
    assert found[0].sentence.en.startswith(
        "No other package leaves the party that gains least better off. 2 clauses get another text: "
        "1 'proposal of union (en)' and 2 'proposal of shops (en)'. Gains much: union (en), trade (en) and shops (en)."
    )
    with monkeypatch.context() as hurry:
        hurry.setattr(packaging, "LIMIT", 0)
        with pytest.raises(Unavailable):
            await packaging.find(table.db, table.slug)
    picks = seen.picks(found[0])
    assert [(one.clause, one.amendment) for one in picks] == [("wage", wage), ("air", air)]
    await only_the_facilitator_puts_it_once_and_as_the_text_is(table, picks)
    await the_parties_decide_as_on_a_clause(table, picks)

    # a party takes back what it told
    await table.weigh("union", {})
    assert await weighing.own(table.db, table.slug, "union") is None
    assert (await packaging.look(table.db, table.slug)).silent == ["union", "guild"]
    await table.propose("guild", "air", "air", "water")
    assert (await packaging.look(table.db, table.slug)).before == ["trade", "shops"]
    assert await views.chain_break(table.db, table.slug) is None


async def test_a_package_falls_when_the_text_it_rests_on_moves(table: Table) -> None:
    await table.launch([STEPS[1]])
    wage = await table.propose("union", "wage", "Old", "Living")
    await table.agree_on_text()
    await table.advance(12)
    base = (await views.current_texts(table.db, table.slug))["wage"].sha256
    picks = [PackagePick(clause="wage", amendment=wage, base_sha=base)]
    await table.steer("put_package", PackageProposal(**by("fay"), picks=picks, reason="each gives and takes"))
    assert len(await asked(table, 1)) == 4
    await table.draft({"wage": "Fair wage"})
    await table.settle()
    assert await asked(table, 1) == {}
    fell = await ground.question(table.db, table.slug, 1)
    assert fell is not None
    assert fell.row.passed is False
    assert "The text that this was about was changed or parked" in (fell.row.sentence_en or "")
    assert [one for one in await table.mails_to("trade-lead") if one.startswith("Outcome: Package on clause 1")]


async def wrong_weights_are_refused(table: Table, wage: str) -> None:
    assert await code(table, "weigh", Weighing(**by("fay"), text_sha="0" * 64)) == "no_seat"
    assert await code(table, "weigh", Weighing(**by("union-lead"), text_sha="0" * 64)) == "content_not_found"
    tries: list[tuple[Said, str]] = [
        ({"sea": (Matters.MUCH, Worth.GOOD, {})}, "unknown_clause"),
        ({"air": (Matters.MUCH, Worth.GOOD, {wage: Worth.GOOD})}, "unknown_amendment"),
    ]
    for said, wrong in tries:
        with pytest.raises(PolderError) as error:
            await table.weigh("union", said)
        assert error.value.code == wrong


async def weights_stay_private(table: Table, last: str) -> None:
    """The last one counts; the log and the workflow hold its id, and nothing of what it says."""
    kept = await weighing.own(table.db, table.slug, "union")
    assert kept is not None
    assert [one.clause for one in kept.weights.clauses] == ["wage", "air"]
    assert not [one for one in SECRETS if one in repr(kept)]
    assert await weighing.own(table.db, table.slug, "guild") is None
    log = str([(one.event, one.kind, one.data) for one in await views.events(table.db, table.slug)])
    held = await table.history(ids.covenant_workflow(table.slug))
    assert last in log
    assert last.encode() in held
    assert [one for one in SECRETS if f'"{one}"'.encode() in held or f"'{one}'" in log] == []


async def only_the_facilitator_puts_it_once_and_as_the_text_is(table: Table, picks: list[PackagePick]) -> None:
    put = PackageProposal(**by("fay"), picks=picks, reason="each gives and takes")
    assert await code(table, "put_package", put.model_copy(update=by("union-lead"))) == "no_office"
    tries = [([picks[0].model_copy(update={"base_sha": "0" * 64})], "package_overtaken"),
             ([picks[0].model_copy(update={"amendment": picks[1].amendment})], "package_overtaken"),
             ([picks[0], picks[0]], "twice"),
             ([picks[0].model_copy(update={"clause": "sea"})], "unknown_clause")]  # fmt: skip
    for wrong, expected in tries:
        assert await code(table, "put_package", put.model_copy(update={**by("fay"), "picks": wrong})) == expected
    await table.steer("put_package", put)
    assert await code(table, "put_package", put.model_copy(update=by("fay"))) == "asked_already"
    await table.steer("withdraw_question", QuestionWithdrawal(**by("fay"), no=1, reason="not yet"))


async def the_parties_decide_as_on_a_clause(table: Table, picks: list[PackagePick]) -> None:
    put = PackageProposal(**by("fay"), picks=picks, reason="each gives and takes")
    await table.steer("put_package", put)
    tasks = await asked(table, 2)
    assert {task.title_en for task in tasks.values()} == {"Package on clauses 1 and 2"}
    for party, task in tasks.items():
        await table.give(task, YES if party != "trade" else NO)
    assert (await table.event("question_not_carried")).data["changes"][0]["no"] == 2
    await table.steer("put_package", put.model_copy(update=by("fay")))
    for task in (await asked(table, 3)).values():
        await table.give(task, YES)
    ended = (await table.event("question_carried")).data["changes"][0]
    held = {one.matter: one.rule for one in await ground.rules(table.db, table.slug)}
    assert ended["verdict"]["rule"]["kind"] == held[Matter.CLAUSE].kind == RuleKind.CONSENSUS
    question = await ground.question(table.db, table.slug, 3)
    assert question is not None
    assert question.asked.package == picks
    assert (await views.current_texts(table.db, table.slug))["wage"].version == 1, "the facilitator makes the text"
    assert {one.row.status for one in await amendments.amendments(table.db, table.slug)} == {"open"}

    # words taken back take the package with them
    await table.steer("put_package", put.model_copy(update=by("fay")))
    withdrawal = ProposalWithdrawal(**by("union-lead"), amendment=picks[0].amendment, reason="we found other words")
    await table.steer("withdraw_proposal", withdrawal)
    await table.settle()
    assert await asked(table, 4) == {}
    fell = await ground.question(table.db, table.slug, 4)
    assert fell is not None
    assert fell.row.ended_at is not None
