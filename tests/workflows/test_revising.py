"""A signed covenant is revised: talks of its own, a signing of its own, and what was signed before stays."""

import uuid
from typing import Any

import pytest
from lives import OBJECTION, agreed, signed_short
from table import STEPS, Table, both
from test_dossier import checked, made, unpacked

from acts.verifying import Kind
from models import contracts as c
from models.covenant import ClauseFile
from models.enduring import Applicant
from models.enums import Language, PartyStatus, TaskKind
from models.errors import PolderError
from models.questions import Application, TerminationProposal
from models.revising import Revision
from rules.calendar import add_working_days, local_date
from store import revisions, views
from store.people import Contact, put_contact

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.slow(15)]

SHORT = [STEPS[1], STEPS[2], STEPS[4], STEPS[5]]
PAY = ClauseFile.model_validate(
    {"id": "pay", "number": "3", "theme": "human-rights", "title": both("Pay"), "text": both("New pay")}
)


def by(person: str) -> dict[str, Any]:
    return {"act": f"r-{uuid.uuid4()}", "actor": c.Actor(person=person)}


async def code(table: Table, update: str, message: Any) -> str:
    with pytest.raises(PolderError) as error:
        await table.steer(update, message)
    return error.value.code


def revision_of(table: Table, no: int = 1) -> Table:
    return Table(table.client, table.db, table.settings, table.clock, slug=f"{table.slug}-revision-{no}")


async def opened(table: Table, *added: ClauseFile, no: int = 1) -> Table:
    """A revision whose talks have begun."""
    digest = await revisions.put_clauses(table.db, added) if added else None
    await table.steer("open_revision", Revision(**by("fay"), added=digest, reason="wages rose"))
    revision = revision_of(table, no)
    await revision.settle()
    await revision.advance(1)
    return revision


async def test_a_revision_is_talked_about_signed_and_takes_the_place_of_the_text(table: Table) -> None:
    await signed_short(table)
    before = await views.covenant(table.db, table.slug)
    sealed = {one.sha256 for one in (await views.view(table.db, table.slug)).documents}
    revision = await opened(table, PAY)
    row = await views.covenant(table.db, revision.slug)
    assert (row.revises, row.title_en) == (table.slug, "Test covenant (en) (revision 1)")
    (task,) = (await revision.waiting()).values()
    assert (task.kind, task.title_en) == (TaskKind.DRAFTING, "The changes that the talks begin with")
    await revision.draft({"wage": "A living wage"})
    assert {one: row.total for one, row in (await revision.waiting()).items()} == dict.fromkeys(
        ("union", "guild", "trade", "shops"), 2
    ), "the clause that changed, and the new one"
    await agreed(revision)
    await revision.sign()
    await revision.advance(3)
    await table.settle()

    row = await views.covenant(table.db, revision.slug)
    assert (row.status, row.term_ends) == ("completed", None)
    after = await views.covenant(table.db, table.slug)
    assert (after.status, after.text_sha, after.term_ends) == ("in_force", before.text_sha, before.term_ends)
    assert sealed == {one.sha256 for one in (await views.view(table.db, table.slug)).documents}
    assert await revisions.text_of(table.db, table.slug) == revision.slug
    texts = await views.current_texts(table.db, revision.slug)
    assert {one: text.text_en for one, text in texts.items()} == {
        "wage": "A living wage (en)", "air": "Old air (en)", "pay": "New pay (en)",
    }  # fmt: skip
    assert "The covenant was revised (Test covenant (en))" in await table.mails_to("union-lead")
    assert [one for one in await table.kinds() if "revis" in one] == ["revision_opened", "covenant_revised"]
    assert await views.chain_break(table.db, table.slug) is None


async def test_what_cannot_be_revised_is_refused_with_a_reason(table: Table) -> None:
    await table.launch(SHORT)
    ask = Revision(**by("fay"), reason="wages rose")
    assert await code(table, "open_revision", ask) == "not_signed_yet"
    await agreed(table)
    await table.sign()
    await table.advance(3)
    assert await code(table, "open_revision", Revision(**by("union-lead"), reason="we want more")) == "no_office"
    past = add_working_days(local_date(await table.now()), -3)
    assert await code(table, "open_revision", ask.model_copy(update={"start": past})) == "in_the_past"
    far = Revision(**by("fay"), reason="wages rose", start="2095-01-01")
    assert await code(table, "open_revision", far) == "date_too_far"
    for odd, field in (({"id": "air"}, "id"), ({"number": "1"}, "number"), ({"theme": "weather"}, "theme")):
        digest = await revisions.put_clauses(table.db, [PAY.model_copy(update=odd)])
        with pytest.raises(PolderError) as error:
            await table.steer("open_revision", Revision(**by("fay"), added=digest, reason="wages rose"))
        assert (error.value.code, error.value.evidence["field"]) == ("clause_does_not_fit", field)
    assert "revision_opened" not in await table.kinds()

    revision = await opened(table)
    assert await code(table, "open_revision", Revision(**by("fay"), reason="once more")) == "revised_already"
    assert await code(revision, "open_revision", Revision(**by("fay"), reason="deeper")) == "not_signed_yet"
    leaves = c.Withdrawal(**by("guild-lead"), party="guild", reason="we do not want this")
    assert await code(revision, "withdraw", leaves) == "revises_another"
    with pytest.raises(PolderError) as error:
        await revision.draft({})
    assert error.value.code == "nothing_to_talk_about"


async def test_a_revision_that_ends_leaves_the_covenant_as_it_was(table: Table) -> None:
    await signed_short(table)
    revision = await opened(table)
    await revision.steer("end_talks", c.EndTalks(**by("fay"), reason="no longer needed"))
    await table.settle()
    assert (await views.covenant(table.db, revision.slug)).status == "ended"
    assert "revision_failed" in await table.kinds()
    assert "The revision was ended (Test covenant (en))" in await table.mails_to("union-lead")
    assert await revisions.text_of(table.db, table.slug) == table.slug

    again = await opened(table, no=2)
    assert (await again.waiting())["facilitator"].kind is TaskKind.DRAFTING
    await table.steer("propose_termination", TerminationProposal(**by("fay"), reason="the sector is gone"))
    for task in [one for one in await views.waiting(table.db, slug=table.slug) if one.kind is TaskKind.APPROVAL]:
        await table.give(task, c.ApprovalAnswer(stance="agree"))
    await table.settle()
    await again.settle()
    assert (await views.covenant(table.db, table.slug)).status == "ended"
    assert (await views.covenant(table.db, again.slug)).status == "ended"
    assert (await table.kinds()).count("revision_failed") == 1, "nobody is told that an ended covenant holds as it was"


async def test_who_leaves_or_joins_the_covenant_leaves_or_joins_its_revision(table: Table) -> None:
    await signed_short(table, notice_months=0)
    revision = await opened(table)
    await table.steer("withdraw", c.Withdrawal(**by("guild-lead"), party="guild", reason="our members decided"))
    await revision.settle()
    contact = await put_contact(table.db, Contact(email="league@example.org", language=Language.EN))
    league = Applicant.model_validate(
        {
            "id": "league", "name": both("League"), "tier": "party", "kind": "union", "constituency": "unions",
            "person": "league-lead", "person_name": "League lead", "contact": contact,
        }
    )  # fmt: skip
    await table.steer("apply", Application(**by("sec"), applicant=league, reason="it speaks for many"))
    await table.advance(22)
    task = next(one for one in await views.waiting(table.db, slug=table.slug) if one.respondent == "league")
    await table.sign_one(task)
    await revision.settle()
    parties = {one.id: one.status for one in (await views.view(table.db, revision.slug)).parties}
    assert (parties["guild"], parties["league"]) == (PartyStatus.WITHDRAWN, PartyStatus.ACTIVE)
    await revision.draft({"wage": "A living wage"})
    assert set(await revision.waiting()) == {"union", "league", "trade", "shops"}
    assert "league@example.org" in {one.email for one in await views.people(table.db, revision.slug)}


async def test_who_joins_later_signs_the_revised_text_and_the_next_revision_begins_with_it(table: Table) -> None:
    await signed_short(table)
    revision = await opened(table)
    await revision.draft({"wage": "A living wage"})
    await agreed(revision)
    await revision.sign(except_=("firm-2",))
    await revision.advance(12)  # the window closes
    await table.settle()
    first = await views.covenant(table.db, revision.slug)
    contact = await put_contact(table.db, Contact(email="late@example.org", language=Language.EN))
    late = Applicant.model_validate(
        {"id": "late", "name": both("Late"), "person": "late-boss", "person_name": "Late boss", "contact": contact}
    )
    await table.steer("apply", Application(**by("sec"), applicant=late, reason="it sells clothes"))
    await table.advance(22)
    task = next(one for one in await views.waiting(table.db, slug=table.slug) if one.respondent == "late")
    assert task.text_sha == first.text_sha != (await views.covenant(table.db, table.slug)).text_sha

    await table.sign_one(task, by="late-boss")
    for one in (table, revision):
        for who in ("", "union"):
            found = await checked(one, await made(one, who))
            assert (found.outcome, [f.words.en for f in found.findings if f.kind is Kind.WRONG]) == ("genuine", []), who
    found = await checked(table, await made(table, "union"))
    assert any("are about the text of a later revision" in one.words.en for one in found.findings)

    second = await opened(table, no=2)
    texts = await views.current_texts(table.db, second.slug)
    assert texts["wage"].text_en == "A living wage (en)"
    assert (await views.covenant(table.db, second.slug)).revises == table.slug
    await second.draft({"air": "Clean air"})
    await agreed(second)
    await second.sign(except_=("late",))
    await second.advance(12)
    await table.settle()
    now = {one.slug: await revisions.lineage(table.db, one) for one in await revisions.of(table.db, table.slug)}
    assert (now[revision.slug].latest or table).slug == second.slug, "the first revision says that it holds no more"
    assert now[second.slug].latest is None


async def test_the_public_dossier_of_a_revision_holds_its_own_texts_alone(table: Table) -> None:
    await table.launch(SHORT)
    await table.agree_on_text(except_=("union",))
    await table.position("union", {"wage": OBJECTION})
    await table.advance(12)
    await table.draft({"wage": "A better wage"})
    await agreed(table)
    await table.sign()
    await table.advance(12)
    revision = await opened(table)
    await revision.draft({"wage": "A living wage"})
    await agreed(revision)
    await revision.sign()
    await revision.advance(12)
    found = await checked(revision, await made(revision, ""))
    assert found.outcome == "genuine", [one.words.en for one in found.findings if one.kind is Kind.WRONG]
    texts = sorted(name for name in unpacked(await made(revision, "")) if name.startswith("texts/wage/"))
    assert texts == ["texts/wage/v2.json"]
