"""Words proposed by parties: brackets that keep a clause open, what became of them, and what is carried over."""

import uuid
from email import message_from_bytes, policy

import pytest
from table import STEPS, Table, both

from models import contracts as c
from models.amending import FateAnswer, ProposalWithdrawal
from models.enums import AmendmentStatus, ClauseStatus, Stance
from models.errors import PolderError
from models.scenario import PositionReply
from store import amendments, views

pytestmark = pytest.mark.asyncio(loop_scope="session")

S = AmendmentStatus


async def talking(table: Table) -> Table:
    await table.launch()
    await table.approve()
    await table.advance(1)
    return table


async def brackets(table: Table, clause: str = "wage") -> dict[str, AmendmentStatus]:
    return {one.row.id: one.row.status for one in await amendments.amendments(table.db, table.slug, clause)}


async def status(table: Table, clause: str = "wage") -> ClauseStatus:
    return next(one.status for one in (await views.view(table.db, table.slug)).clauses if one.id == clause)


async def refused(table: Table, *what: str, **more: str) -> str:
    with pytest.raises(PolderError) as error:
        await table.propose(*what, **more)
    return error.value.code


def fate(amendment: str, status: AmendmentStatus, reason: str = "for the balance") -> c.Fate:
    return c.Fate.model_validate({"amendment": amendment, "status": status, "reason": reason})


async def test_an_open_bracket_keeps_a_clause_open_until_it_is_taken_up(table: Table) -> None:
    await talking(table)
    mine = await table.propose("union", "wage", "Old", "Living")
    assert await brackets(table) == {mine: S.OPEN}
    await table.agree_on_text()
    await table.advance(1)
    assert await status(table) is ClauseStatus.BRACKETED, "everyone agreed, but words are proposed"
    assert await status(table, "air") is ClauseStatus.AGREED
    await table.draft({"wage": "Living wage"}, fates=[fate(mine, S.ACCEPTED)])
    assert await brackets(table) == {mine: S.ACCEPTED}
    subject = "Your amendment to clause 1: accepted"
    mails = [one for one in await views.mails(table.db, table.slug) if one.person == "union-lead"]
    (told,) = [one for one in mails if one.subject.startswith(subject)]
    body = message_from_bytes(told.message, policy=policy.default).get_body(("plain",))
    assert body is not None
    assert "The place: article 1." in body.get_content()
    assert f"/c/{table.slug}/amendment?id={mine}" in body.get_content()
    await table.advance(1)
    await table.agree_on_text()
    await table.advance(1)
    assert await status(table) is ClauseStatus.AGREED


async def test_what_has_no_fate_is_carried_over_and_what_is_refused_can_be_maintained(table: Table) -> None:
    await talking(table)
    carried = await table.propose("union", "wage", "wage", "income")
    gone = await table.propose("trade", "air", "Old", "No")
    await table.agree_on_text()
    await table.advance(1)
    await table.draft({"wage": "Fair wage"}, fates=[fate(gone, S.REFUSED, "air is needed")])
    assert await brackets(table) == {carried: S.OPEN}
    (moved,) = await amendments.amendments(table.db, table.slug, "wage")
    assert moved.text_en == "Fair income (en)", "its place moved along with the new version"
    told = [one.subject for one in await views.mails(table.db, table.slug) if one.person == "union-lead"]
    assert [one for one in told if one.startswith("Clause 1 changed; your proposal stands")], told
    assert await brackets(table, "air") == {gone: S.REFUSED}
    no = FateAnswer(act=f"f-{uuid.uuid4()}", actor=c.Actor(person="trade-lead"), amendment=gone, accept=False,
                    reason="we cannot breathe it")  # fmt: skip
    await table.steer("answer_fate", no)
    assert await brackets(table, "air") == {gone: S.OPEN}
    await table.advance(1)
    await table.agree_on_text()
    await table.advance(1)
    assert {await status(table), await status(table, "air")} == {ClauseStatus.BRACKETED}
    back = ProposalWithdrawal(act=f"w-{uuid.uuid4()}", actor=c.Actor(person="trade-lead"), amendment=gone,
                              reason="for peace")  # fmt: skip
    await table.steer("withdraw_proposal", back)
    await table.draft({"wage": "Fair income"}, fates=[fate(carried, S.ACCEPTED)])
    await table.advance(1)
    await table.agree_on_text()
    await table.advance(1)
    assert {await status(table), await status(table, "air")} == {ClauseStatus.AGREED}
    assert [kind for kind in await table.kinds() if "amendment" in kind] == [
        "amendment_proposed", "amendment_proposed", "amendment_maintained", "amendment_withdrawn",
    ]  # fmt: skip


async def test_once_no_rounds_are_left_words_come_into_the_text_no_more(table: Table) -> None:
    check = {"id": "check", "phase": "dialogue", "kind": "task", "respondents": ["secretariat"]}
    await table.launch([STEPS[1], check, *STEPS[2:]])
    mine = await table.propose("union", "wage", "Old", "Living")
    await table.agree_on_text()
    await table.advance(1)
    await table.draft({"wage": "Fair wage"}, fates=[fate(mine, S.REFUSED)])
    await table.advance(1)
    assert (await views.covenant(table.db, table.slug)).accord_at is None
    covenant = await views.covenant(table.db, table.slug)
    assert await amendments.wanted(table.db, covenant)
    await table.agree_on_text()
    await table.advance(1)
    assert (await table.steps())["talks"] == "done"
    assert set(await table.waiting()) == {"secretariat"}, "the accord is not asked yet"
    assert not await amendments.wanted(table.db, covenant)
    assert await refused(table, "trade", "air", "Old", "No") == "text_agreed"
    maintain = {"amendment": mine, "reason": "we still want it"}
    with pytest.raises(PolderError) as error:
        await table.steer(
            "answer_fate", FateAnswer(act="f-late", actor=c.Actor(person="union-lead"), accept=False, **maintain)
        )
    assert error.value.code == "text_agreed"
    assert {await status(table), await status(table, "air")} == {ClauseStatus.AGREED}
    accepts = FateAnswer(act="f-yes", actor=c.Actor(person="union-lead"), accept=True, **maintain)
    assert (await table.steer("answer_fate", accepts)).counted


async def test_words_that_do_not_fit_are_refused_and_nothing_is_written(table: Table) -> None:
    await talking(table)
    assert await refused(table, "union", "wage", "Nothing", "Something") == "nothing_changed"
    assert await refused(table, "union", "nonsense", "Old", "New", base="0" * 64) == "unknown_clause"
    assert await refused(table, "union", "wage", "Old", "New", base="0" * 64) == "old_clause_version"
    assert await refused(table, "union", "wage", "Old", "New", by="fay") == "no_seat"
    assert await refused(table, "union", "wage", "Old", "New", by="union-aide") == "no_mandate"
    assert await refused(table, "union", "wage", "Old", "New", to="act-unknown") == "unknown_amendment"
    assert await brackets(table) == {}
    aides = await table.propose("union", "air", "Old", "Clean", by="union-aide")
    assert await brackets(table, "air") == {aides: S.OPEN}
    for person, code in (("trade-lead", "not_your_amendment"), ("fay", "no_seat")):
        with pytest.raises(PolderError) as error:
            await table.steer(
                "withdraw_proposal",
                ProposalWithdrawal(act=f"w-{uuid.uuid4()}", actor=c.Actor(person=person), amendment=aides,
                                   reason="not ours"),
            )  # fmt: skip
        assert error.value.code == code


async def test_a_next_version_says_what_it_does_with_the_amendments(table: Table) -> None:
    await talking(table)
    mine = await table.propose("union", "wage", "Old", "Living")
    theirs = await table.propose("trade", "wage", "Old", "Market")
    child = await table.propose("guild", "wage", "Living", "Living and fair", to=mine)
    await table.agree_on_text()
    await table.advance(1)
    tries: list[tuple[dict[str, str], list[c.Fate], str]] = [
        ({"wage": "Poor wage"}, [fate(mine, S.ACCEPTED)], "not_taken_up"),
        ({"air": "New air"}, [fate(mine, S.ACCEPTED)], "fate_without_version"),
        ({"wage": "Living wage"}, [fate(mine, S.ACCEPTED), fate(theirs, S.ACCEPTED)], "amendments_collide"),
        ({"wage": "Living wage"}, [fate("act-x", S.REFUSED)], "unknown_amendment"),
        ({"wage": "Living wage"}, [fate(mine, S.ACCEPTED), fate(mine, S.REFUSED)], "fate_twice"),
    ]
    for texts, fates, code in tries:
        with pytest.raises(PolderError) as error:
            await table.draft(texts, fates=fates)
        assert error.value.code == code
    assert set((await brackets(table)).values()) == {S.OPEN}
    await table.draft(
        {"wage": "Living and fair wage"},
        fates=[fate(child, S.ACCEPTED), fate(mine, S.COMPROMISE), fate(theirs, S.REFUSED)],
    )
    assert await brackets(table) == {mine: S.COMPROMISE, theirs: S.REFUSED, child: S.ACCEPTED}
    assert await amendments.amendments(table.db, table.slug, "wage", only=[S.OPEN]) == []
    text = (await views.current_texts(table.db, table.slug))["wage"]
    assert (text.text_nl, text.text_en) == tuple(both("Living and fair wage").values())
    assert await views.chain_break(table.db, table.slug) is None


async def test_an_amendment_to_one_that_was_refused_keeps_its_words(table: Table) -> None:
    await talking(table)
    mine = await table.propose("union", "wage", "Old", "Living")
    child = await table.propose("guild", "wage", "Living", "Living and fair", to=mine)
    await table.agree_on_text()
    await table.advance(1)
    await table.draft({"wage": "Old wages"}, fates=[fate(mine, S.REFUSED)])
    (left,) = await amendments.amendments(table.db, table.slug, "wage", only=[S.OPEN])
    assert left.row.id == child
    assert (left.overtaken, left.text_en) == (False, "Living and fair wages (en)")


async def test_a_change_to_words_that_are_taken_up_to_the_letter_stands(table: Table) -> None:
    await talking(table)
    mine = await table.propose("union", "wage", "Old", "Living")
    child = await table.propose("guild", "wage", "Living", "Living and fair", to=mine)
    await table.agree_on_text()
    await table.advance(1)
    await table.draft({"wage": "Living wage"}, fates=[fate(mine, S.ACCEPTED)])
    (left,) = await amendments.amendments(table.db, table.slug, "wage", only=[S.OPEN])
    assert (left.row.id, left.overtaken, left.text_en) == (child, False, "Living and fair wage (en)")
    hold = FateAnswer(act=f"f-{uuid.uuid4()}", actor=c.Actor(person="union-lead"), amendment=mine, accept=False,
                      reason="we hold on")  # fmt: skip
    with pytest.raises(PolderError) as error:
        await table.steer("answer_fate", hold)
    assert error.value.code == "amendment_settled", "words that were accepted are the text"
    await table.agree_on_text()
    await table.advance(1)
    await table.draft({"wage": "Living and fair wage"}, fates=[fate(child, S.ACCEPTED)])
    assert (await views.current_texts(table.db, table.slug))["wage"].text_en == "Living and fair wage (en)"


async def test_who_builds_on_a_proposal_that_is_let_go_is_told(table: Table) -> None:
    await talking(table)
    mine = await table.propose("union", "wage", "Old", "Living")
    await table.propose("guild", "wage", "Living", "Living and fair", to=mine)
    theirs = await table.propose("trade", "air", "Old", "Free")
    await table.propose("shops", "air", "Free", "Free and clean", to=theirs)
    let_go = "the proposal that you change stands no more"
    back = ProposalWithdrawal(act=f"w-{uuid.uuid4()}", actor=c.Actor(person="union-lead"), amendment=mine,
                              reason="for peace")  # fmt: skip
    await table.steer("withdraw_proposal", back)
    assert [one for one in await table.mails_to("guild-lead") if one.startswith(f"Clause 1: {let_go}")]
    await table.agree_on_text()
    await table.advance(1)
    await table.draft({}, fates=[fate(theirs, S.REFUSED)])
    assert [one for one in await table.mails_to("shops-lead") if one.startswith(f"Clause 2: {let_go}")]
    assert not [one for one in await table.mails_to("union-lead") if let_go in one]


async def test_words_on_a_clause_that_was_agreed_keep_the_text_from_being_clean(table: Table) -> None:
    await talking(table)
    await table.position("trade", {"wage": PositionReply(stance=Stance.OBJECT, ground="cost", lift="pay for it")})
    for party in ("union", "guild", "shops"):
        await table.position(party)
    await table.advance(1)
    await table.draft({"wage": "New wage"})
    await table.advance(1)
    await table.propose("guild", "air", "Old", "Clean")  # agreed before, and on no agenda now
    only_if = PositionReply(stance=Stance.AGREE, conditions=["agreed:air"])
    await table.position("union", {"wage": only_if})
    for party in ("guild", "trade", "shops"):
        await table.position(party)
    await table.advance(1)
    (said,) = [one for one in (await table.event("round_closed")).data["changes"] if one["change"] == "round_changed"]
    assert "the text is clean" not in said["sentence"]["en"]
    assert await status(table) is ClauseStatus.BRACKETED, "air has words between brackets: it is not agreed"
