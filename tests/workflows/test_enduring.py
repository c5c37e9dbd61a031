"""A signed covenant goes on: who joins it, who leaves with notice, and its end by joint decision."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from lives import agreed, signed_short
from table import STEPS, Table

from acts import acceding
from models import contracts as c
from models import signing as sg
from models.base import Words
from models.enduring import Applicant
from models.enums import DocumentKind, Ground, Language, PartyStatus, Stance, TaskKind, TaskStatus, Tier
from models.errors import PolderError
from models.questions import Application, NoticeRetraction, TerminationProposal
from models.tables import HumanTask
from store import ground, signing, standing, views
from store.people import Contact, put_contact

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.slow(15)]

SHORT = [STEPS[1], STEPS[2], STEPS[4], STEPS[5]]
YES = c.ApprovalAnswer(stance=Stance.AGREE)
NO = c.ApprovalAnswer(stance=Stance.OBJECT, ground=Ground.SCOPE, lift="another sector")


def by(person: str) -> dict[str, Any]:
    return {"act": f"e-{uuid.uuid4()}", "actor": c.Actor(person=person)}


async def code(table: Table, update: str, message: Any) -> str:
    with pytest.raises(PolderError) as error:
        await table.steer(update, message)
    return error.value.code


async def signed(table: Table, **playbook: Any) -> None:
    await signed_short(table, **playbook)
    assert (await views.covenant(table.db, table.slug)).status == "in_force"


async def applicant(table: Table, name: str = "newcomer", **more: Any) -> Applicant:
    contact = await put_contact(table.db, Contact(email=f"{name}@example.org", language=Language.EN))
    words = Words(nl=f"{name} (nl)", en=f"{name} (en)")
    made = {"id": name, "name": words, "person": f"{name}-lead", "person_name": f"{name} lead", "contact": contact}
    return Applicant.model_validate({**made, **more})


async def asked(table: Table, where: str) -> dict[str, HumanTask]:
    rows = await views.waiting(table.db, slug=table.slug)
    return {row.respondent: row for row in rows if row.id.split("/")[1] == where}


async def party(table: Table, name: str) -> Any:
    return next(one for one in (await views.view(table.db, table.slug)).parties if one.id == name)


async def test_a_party_leaves_when_its_notice_ends_and_can_take_it_back(table: Table) -> None:
    await table.launch(SHORT)
    early = NoticeRetraction(**by("union-lead"), party="union", reason="none given")
    assert await code(table, "retract_notice", early) == "no_notice"
    too_soon = TerminationProposal(**by("fay"), reason="not now")
    assert await code(table, "propose_termination", too_soon) == "not_signed_yet"
    await agreed(table)
    await table.sign()
    await table.advance(3)
    leaves = c.Withdrawal(**by("guild-lead"), party="guild", reason="our members decided")
    assert await code(table, "withdraw", leaves.model_copy(update=by("union-lead"))) == "no_office"
    await table.steer("withdraw", leaves)
    row = await party(table, "guild")
    assert (row.status, row.left_at) == (PartyStatus.ACTIVE, None)
    assert timedelta(days=88) < row.leaves_at - await table.now() < timedelta(days=93)
    assert await code(table, "withdraw", leaves.model_copy(update=by("guild-lead"))) == "notice_given_already"
    assert any(one.startswith("guild (en) gives notice") for one in await table.mails_to("trade-lead"))
    back = NoticeRetraction(**by("guild-lead"), party="guild", reason="they think again")
    assert await code(table, "retract_notice", back.model_copy(update=by("union-lead"))) == "no_office"
    await table.steer("retract_notice", back)
    assert (await party(table, "guild")).leaves_at is None

    await table.steer("withdraw", leaves.model_copy(update=by("guild-lead")))
    await table.advance(70)
    row = await party(table, "guild")
    assert (row.status, row.left_reason, row.leaves_at) == (PartyStatus.WITHDRAWN, "our members decided", None)
    kinds = await table.kinds()
    assert [one for one in kinds if one in {"notice_given", "notice_taken_back", "party_withdrew"}] == [
        "notice_given", "notice_taken_back", "notice_given", "party_withdrew",
    ]  # fmt: skip
    assert await views.chain_break(table.db, table.slug) is None


async def test_who_joins_signs_the_signed_text_once_nobody_objects(table: Table) -> None:
    await signed(table, companies=1)
    before = {one.sha256 for one in (await views.view(table.db, table.slug)).documents}
    board = await signing.board(table.db, table.slug)
    company = await applicant(table, market_share=4)
    ask = Application(**by("sec"), applicant=company, reason="it sells clothes too")
    assert await code(table, "apply", ask.model_copy(update=by("union-lead"))) == "no_office"
    odd = await applicant(table, "odd", tier=Tier.PARTY, constituency="elsewhere")
    assert await code(table, "apply", Application(**by("sec"), applicant=odd, reason="odd")) == "unknown_constituency"
    there = company.model_copy(update={"id": "union"})
    assert await code(table, "apply", Application(**by("sec"), applicant=there, reason="odd")) == "at_the_table"
    await table.steer("apply", ask)
    assert await code(table, "apply", ask.model_copy(update=by("sec"))) == "asked_already"
    assert set(await asked(table, "question-1")) == {"union", "guild", "trade", "shops"}
    await table.advance(22)  # by silence
    assert (await party(table, "newcomer")).status == PartyStatus.APPLICANT
    (task,) = (await asked(table, "accession-1")).values()
    covenant = await views.covenant(table.db, table.slug)
    assert (task.kind, task.text_sha) == (TaskKind.DECLARATION, covenant.text_sha)
    assert any("Join Test covenant" in one for one in await table.mails_to("newcomer-lead"))
    await table.sign_one(task)
    row = await party(table, "newcomer")
    assert (row.status, row.left_reason) == (PartyStatus.ACTIVE, None)
    view = await views.view(table.db, table.slug)
    assert before < {one.sha256 for one in view.documents}, "the earlier PDFs stay untouched"
    assert [one.kind for one in view.documents].count(DocumentKind.EVIDENCE) == 2
    assert "newcomer" in {one.party for one in view.signatures}
    assert any(one.startswith("newcomer (en) has joined.") for one in await table.mails_to("union-lead"))

    after = await signing.board(table.db, table.slug)
    assert after.groups == board.groups, "the board stays that of the signing"
    assert [one.who for one in after.joined] == ["newcomer"]

    # its yearly report is asked with the others'
    await table.advance(190)
    due = {row.respondent for row in await views.waiting(table.db, slug=table.slug) if row.kind is TaskKind.REPORT}
    assert due == {"firm-1", "newcomer"}
    assert await views.chain_break(table.db, table.slug) is None


async def test_a_party_that_is_objected_to_or_does_not_sign_has_not_joined(table: Table) -> None:
    await signed(table)
    league = await applicant(table, "league", tier=Tier.PARTY, constituency="unions", kind="union")
    await table.steer("apply", Application(**by("fay"), applicant=league, reason="it speaks for many"))
    await table.give((await asked(table, "question-1"))["trade"], NO)
    await table.settle()
    assert "league" not in {one.id for one in (await views.view(table.db, table.slug)).parties}
    refused = await ground.question(table.db, table.slug, 1)
    assert refused is not None
    assert (refused.row.sentence_en or "").startswith("Not adopted under the silence procedure: "), "it is over"
    await table.steer("apply", Application(**by("fay"), applicant=league, reason="once more"))
    for task in (await asked(table, "question-2")).values():
        await table.give(task, YES)
    await table.settle()
    (task,) = (await asked(table, "accession-2")).values()
    assert task.kind is TaskKind.SIGNATURE
    await table.give(task, sg.DeclineAnswer(reason="our board said no", text_sha=task.text_sha or ""), by="league-lead")
    await table.settle()
    assert (await party(table, "league")).status == PartyStatus.APPLICANT
    said = (await table.event("accession_lapsed")).data["changes"][0]["words"]["en"]
    assert said == "league (en) has not joined: our board said no."
    task = await table.task("accession-2/league")
    assert (task.status, task.ended_en) == (TaskStatus.VOID, "declined: our board said no")
    assert "league" not in {one.id for one in (await standing.roster(table.db, table.slug)).parties
                            if one.status is PartyStatus.ACTIVE}  # fmt: skip


async def test_a_party_that_joins_later_is_no_part_of_the_board_of_the_signing(table: Table) -> None:
    await signed(table)
    league = await applicant(table, "league", tier=Tier.PARTY, constituency="unions", kind="union")
    await table.steer("apply", Application(**by("fay"), applicant=league, reason="it speaks for many"))
    await table.advance(22)
    applying = await signing.board(table.db, table.slug)
    assert (applying.signed, applying.parties, applying.joined) == (4, 4, [])
    await table.sign_one((await asked(table, "accession-1"))["league"])
    joined = await signing.board(table.db, table.slug)
    assert (joined.signed, joined.parties) == (4, 4)
    assert [(one.who, one.name.en) for one in joined.joined] == [("league", "league (en)")]


async def test_who_is_on_record_applies_under_the_name_it_has_there(table: Table) -> None:
    await signed(table, companies=2)
    known = acceding.Request.model_validate(
        {"id": "firm-2", "name": Words(nl="x", en="x"), "tier": "party", "contact": "F. Two",
         "constituency": "unions",
         "email": "firm-2@example.org"}
    )  # fmt: skip
    made = await acceding.applicant(table.db, table.slug, known)
    row = await party(table, "firm-2")
    assert (made.name.nl, made.tier, made.constituency) == (row.name_nl, Tier.PARTICIPANT, None)
    long = known.model_copy(update={"id": None, "name": Words(nl="y" * 301, en="y"), "email": "new@example.org"})
    with pytest.raises(PolderError) as refused:
        await acceding.applicant(table.db, table.slug, long)
    assert refused.value.code == "name_too_long"


async def test_only_the_parties_end_what_they_signed(table: Table) -> None:
    await signed(table)
    alone = c.EndTalks(**by("fay"), reason="I have had enough")
    assert await code(table, "end_talks", alone) == "needs_the_parties"
    ask = TerminationProposal(**by("fay"), reason="the sector is no more")
    assert await code(table, "propose_termination", ask.model_copy(update=by("sec"))) == "no_office"
    await table.steer("propose_termination", ask)
    assert await code(table, "propose_termination", ask.model_copy(update=by("fay"))) == "asked_already"
    for respondent, task in (await asked(table, "question-1")).items():
        await table.give(task, NO if respondent == "shops" else YES)
    await table.advance(21)
    assert (await views.covenant(table.db, table.slug)).status == "in_force", "unanimity, and one is against"
    await table.steer("propose_termination", ask.model_copy(update=by("fay")))
    for task in (await asked(table, "question-2")).values():
        await table.give(task, YES)
    await table.settle()
    assert (await views.covenant(table.db, table.slug)).status == "ended"
    question = await ground.question(table.db, table.slug, 2)
    assert question is not None
    assert question.row.passed
    assert await views.waiting(table.db, slug=table.slug) == []
    assert await views.chain_break(table.db, table.slug) is None
