"""Each kind of task answered through its own form, and what can go wrong while somebody types."""

import asyncio
from collections.abc import Awaitable, Callable
from urllib.parse import quote

import pytest
import pytest_asyncio
from browsing import Browser
from lives import Engine, table_on
from table import Table
from tasking import MARKUP, due, main_form, opened, sent

from models import contracts as c
from models.base import Words
from models.enums import Stance
from models.scenario import PositionReply
from models.tables import HumanTask, Person
from store import accounts, contents, views
from web.rendering import task_url

pytestmark = pytest.mark.asyncio(loop_scope="session")
SignIn = Callable[..., Awaitable[Browser]]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def busy(engine: Engine) -> Table:
    """A covenant whose first step stays open: each test answers for a party of its own, none for the shops."""
    table = table_on(engine)
    await table.launch()
    return table


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def busy_too(engine: Engine) -> Table:
    """Another one: none answers for the union."""
    table = table_on(engine)
    await table.launch()
    return table


# --- my tasks ---------------------------------------------------------------------------------------------------------


async def test_my_tasks_are_mine_soonest_first_and_say_whose(busy_too: Table, sign_in: SignIn) -> None:
    guild = await sign_in("guild@example.org")
    (mine,) = await due(guild, busy_too.slug)
    assert "guild" in mine.get_text()
    assert "working days to go" in mine.get_text()
    assert "trade" not in mine.get_text()
    await busy_too.give((await busy_too.waiting())["guild"], c.ApprovalAnswer(stance=Stance.AGREE))
    assert not await due(guild, busy_too.slug)
    assert "Answered by guild lead" in (await guild.get("/tasks")).text


async def test_late_goes_by_the_clock_of_the_covenant(table: Table, sign_in: SignIn) -> None:
    await table.launch()
    await table.advance(12)
    (mine,) = await due(await sign_in("trade@example.org"), table.slug, language="nl")
    assert "te laat" in mine.get_text()


@pytest.mark.usefixtures("still")
async def test_who_has_nothing_to_do_is_told_so_in_words(sign_in: SignIn) -> None:
    stranger = await sign_in("ops@example.org")
    page = await stranger.get("/tasks")
    assert "Nothing waits for you." in page.text
    assert "Er wacht niets op u." in (await stranger.get("/tasks?lang=nl")).text


async def test_of_two_at_one_address_who_has_the_mandate_answers(table: Table, sign_in: SignIn) -> None:
    """As in covenants that were launched before it was refused: not simply the first of the two."""
    await table.launch()
    async with table.db.write() as session:
        aide = await session.get_one(Person, (table.slug, "union-aide"))
        aide.email = "Union@example.org"
    union = await sign_in("union@example.org")
    task = (await table.waiting())["union"]
    page = await opened(union, task)
    assert "Your mandate does not cover all of this" not in page.text
    await sent(union, page, {"stance": "agree"})
    assert (await table.event("answered")).actor == "union-lead"
    assert "union" not in await table.waiting()


async def test_whose_mandate_ended_is_asked_nothing(busy: Table, sign_in: SignIn) -> None:
    aide = await sign_in("shops-aide@example.org")
    assert await due(aide, busy.slug)
    ended = c.MandateChange(
        act=f"a-{busy.slug}", actor=c.Actor(person="shops-lead"), party="shops", change="end", person="shops-aide",
        reason="Another job.",
    )  # fmt: skip
    await busy.steer("change_mandates", ended)
    assert not await due(aide, busy.slug)


# --- who may open a task ----------------------------------------------------------------------------------------------


async def test_a_task_is_for_its_party_and_the_offices_only(still: Table, sign_in: SignIn) -> None:
    task = (await still.waiting())["union"]
    assert (await opened(await sign_in("guild@example.org"), task, 403)).heading == "No access"
    assert "other_party" not in (await opened(await sign_in("fay@example.org"), task)).text
    assert (await opened(await sign_in("sec@example.org"), task)).heading == "principles (en)"
    await opened(await sign_in("cha@example.org"), task, 403)
    await opened(await sign_in("union@example.org"), f"{still.slug}/principles/nobody", 404)
    form = main_form(await opened(await sign_in("union@example.org"), task))
    guild = await sign_in("guild@example.org")
    await guild.send(form, {"stance": "agree"}, status=403)
    assert (await still.task("principles/union")).status == "open"


async def test_a_task_of_another_covenant_is_forbidden(table: Table, still: Table, sign_in: SignIn) -> None:
    slug = table.slug
    await table.launch()
    stranger = c.MandateChange(
        act=f"a-{slug}", actor=c.Actor(person="fay"), party="union", change="add", person="new", name="New",
        contact=await _contact(table, f"only-{slug}@example.org"), mandates=[c.Mandate(powers=["commit"])],
        reason="A new colleague.",
    )  # fmt: skip
    await table.steer("change_mandates", stranger)
    new = await sign_in(f"only-{slug}@example.org")
    assert slug in (await new.get("/tasks")).html
    await opened(new, (await still.waiting())["union"], 403)


async def _contact(table: Table, email: str) -> str:
    from store.people import Contact, put_contact  # noqa: PLC0415

    return await put_contact(table.db, Contact(email=email, language="en"))


async def test_signed_out_one_signs_in_and_is_back_at_the_task(still: Table, browser: Browser) -> None:
    task = (await still.waiting())["union"]
    asked = await browser.get(task_url(task.id))
    assert asked.heading == "Sign in"
    assert asked.form("/signin").values()["goal"] == [task_url(task.id)]
    answer = await browser.http.post("/become", data={"email": "union@example.org", "goal": task_url(task.id)})
    assert browser.shown(answer).heading == "principles (en)"


# --- an approval ------------------------------------------------------------------------------------------------------


async def test_an_approval_says_why_until_when_and_what_next(table: Table, sign_in: SignIn) -> None:
    await table.launch()
    task = (await table.waiting())["union"]
    union = await sign_in("union@example.org")
    page = await opened(union, task)
    for text in ("UNGP: The state protects (en)", "Answer by", "working days to go", "0 of the 3 others have answered",
                 "once there are enough answers"):  # fmt: skip
        assert text in page.text
    done = await sent(union, page, {"stance": "reservation", "comment": MARKUP})
    assert done.url.endswith("?done=1")
    assert "union lead answered on" in done.text
    assert "Agree with reservation" in done.text
    assert MARKUP in done.text
    assert "<script>alert" not in done.html
    row = (await views.answers(table.db, task.id))[-1]
    assert (row.person, row.content["stance"], row.content["comment"]) == ("union-lead", "reservation", MARKUP)


async def test_an_objection_without_ground_comes_back_as_it_was_typed(busy: Table, sign_in: SignIn) -> None:
    task = (await busy.waiting())["guild"]
    guild = await sign_in("guild@example.org")
    page = await opened(guild, task)
    back = await sent(guild, page, {"stance": "object", "comment": MARKUP}, 422)
    assert back.problems == ["Choose the ground of the objection.", "Write what would lift the objection."]
    assert main_form(back).values()["comment"] == [MARKUP]
    assert main_form(back).values()["stance"] == ["object"]
    nothing = await sent(guild, page, {}, 422)
    assert nothing.problems == ["Choose a position."]
    long = await sent(guild, page, {"stance": "agree", "comment": "x" * 2001}, 422)
    assert long.problems == ["Reservation or remark: Expected: 3 to 2000 characters."]
    hidden = await sent(guild, page, {"stance": "agree", "comment": "abc\u202edef"}, 422)
    assert "U+202E" in hidden.problems[0]
    await sent(guild, back, {"ground": "cost", "lift": "A fund."})
    assert (await views.answers(busy.db, task.id))[-1].content["lift"] == "A fund."


async def test_a_double_submit_is_one_answer(busy: Table, sign_in: SignIn) -> None:
    task = (await busy.waiting())["trade"]
    trade = await sign_in("trade@example.org")
    page = await opened(trade, task)
    one, other = await asyncio.gather(sent(trade, page, {"stance": "agree"}), sent(trade, page, {"stance": "agree"}))
    again = await sent(trade, page, {"stance": "agree"})
    assert one.status == other.status == again.status == 200
    assert len(await views.answers(busy.db, task.id)) == 1


async def test_after_back_another_answer_is_offered_as_a_new_one(busy: Table, sign_in: SignIn) -> None:
    task = (await busy.waiting())["union"]
    union = await sign_in("union@example.org")
    page = await opened(union, task)
    await sent(union, page, {"stance": "agree"})
    back = await sent(union, page, {"stance": "abstain", "comment": "on second thoughts"}, 409)
    assert "This form was sent before, with other content" in back.problems[0]
    assert main_form(back).values()["comment"] == ["on second thoughts"]
    await sent(union, back, {})
    assert [one.content["stance"] for one in await views.answers(busy.db, task.id)] == ["agree", "abstain"]


async def test_of_two_people_the_second_sees_the_first_and_may_replace(table: Table, sign_in: SignIn) -> None:
    await table.launch()
    task = (await table.waiting())["union"]
    everything = c.Mandate(powers=["speak", "commit", "sign"])
    await table.steer("change_mandates", c.MandateChange(
        act=f"a-{table.slug}", actor=c.Actor(person="union-lead"), party="union", change="change",
        person="union-aide", mandates=[everything], reason="Two of us."))  # fmt: skip
    lead, aide = await sign_in("union@example.org"), await sign_in("union-aide@example.org")
    first, second = await opened(lead, task), await opened(aide, task)
    await sent(lead, first, {"stance": "agree"})
    told = await sent(aide, second, {"stance": "object", "ground": "cost", "lift": "A fund for it."}, 409)
    assert "union lead has answered meanwhile" in told.problems[0]
    assert main_form(told).values()["lift"] == ["A fund for it."]
    assert len(await views.answers(table.db, task.id)) == 1
    await sent(aide, told, {})
    assert [(one.person, one.content["stance"]) for one in await views.answers(table.db, task.id)] == [
        ("union-lead", "agree"), ("union-aide", "object"),
    ]  # fmt: skip
    page = await opened(lead, task)
    assert "union aide answered on" in page.text
    assert main_form(page).values()["lift"] == ["A fund for it."]


async def test_beyond_ones_mandate_is_said_before_and_after(busy_too: Table, sign_in: SignIn) -> None:
    task = (await busy_too.waiting())["union"]
    aide = await sign_in("union-aide@example.org")
    page = await opened(aide, task)
    assert "is kept ad referendum" in page.text
    done = await sent(aide, page, {"stance": "agree"})
    assert "Kept, not counted yet" in done.text
    assert (await busy_too.task("principles/union")).status == "open"


async def test_the_secretariat_answers_on_behalf_with_a_reason(busy_too: Table, sign_in: SignIn) -> None:
    task = (await busy_too.waiting())["trade"]
    sec = await sign_in("sec@example.org")
    page = await opened(sec, task)
    assert "on behalf of trade (en)" in page.text
    back = await sent(sec, page, {"stance": "agree"}, 422)
    assert back.problems == ["Say why you answer for the party."]
    done = await sent(sec, back, {"on_behalf": "They phoned it in."})
    assert "Sec filled this in on behalf of the party" in done.text
    assert "They phoned it in." in (await opened(await sign_in("trade@example.org"), task)).text
    assert (await views.answers(busy_too.db, task.id))[-1].on_behalf == "They phoned it in."


async def test_a_draft_waits_on_the_server_and_goes_when_it_is_sent(busy_too: Table, sign_in: SignIn) -> None:
    task = (await busy_too.waiting())["shops"]
    shops = await sign_in("shops@example.org")
    page = await opened(shops, task)
    form = main_form(page)
    key = str(form.tag["data-draft"])
    typed = {**form.values(), "stance": "abstain", "comment": "still thinking", "form": key}
    assert (await shops.http.post("/drafts", data=typed)).status_code == 204
    again = await opened(await sign_in("shops@example.org"), task)
    assert "What you typed earlier is still here" in again.text
    assert main_form(again).values()["comment"] == ["still thinking"]
    await sent(shops, again, {})
    assert await accounts.draft(busy_too.db, "shops@example.org", key) is None


async def test_a_closed_task_takes_no_answer_and_loses_no_word(table: Table, sign_in: SignIn) -> None:
    await table.launch()
    task = (await table.waiting())["union"]
    union = await sign_in("union@example.org")
    page = await opened(union, task)
    await table.approve()
    await table.settle()
    late = await sent(union, page, {"stance": "object", "ground": "norm", "lift": "Read this."}, 409)
    assert "was not counted" in late.problems[0]
    assert main_form(late).values()["lift"] == ["Read this."]


# --- positions --------------------------------------------------------------------------------------------------------


async def in_round(table: Table) -> HumanTask:
    await table.launch()
    await table.approve()
    return (await table.waiting())["union"]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def rounds(engine: Engine) -> Table:
    """A covenant in its first round, which stays open: each test speaks for a party of its own."""
    table = table_on(engine)
    await in_round(table)
    return table


async def test_positions_with_one_objection(rounds: Table, sign_in: SignIn) -> None:
    task = (await rounds.waiting())["union"]
    union = await sign_in("union@example.org")
    page = await opened(union, task)
    assert [one.get_text() for one in page.soup.select("article h2")] == ["1. Wage (en)", "2. Air (en)"]
    assert "Old wage (en)" in page.text
    part = await sent(union, page, {"stance-wage": "object", "ground-wage": "norm", "lift-wage": MARKUP})
    assert "1 of 2 done" in part.text
    assert "<script>alert" not in part.html
    back = await sent(union, part, {"stance-air": "object"}, 422)
    assert back.problems == [
        "Clause 2: Choose the ground of the objection.",
        "Clause 2: Write what would lift the objection.",
    ]
    hidden = {"stance-air": "object", "ground-air": "norm", "lift-air": "a\x1bb"}
    unfit = await sent(union, back, hidden, 422)
    assert unfit.problems == ["Clause 2: Expected: text without control or hidden characters; found U+001B."]
    assert unfit.soup.select_one("#lift-air-error") is not None
    assert main_form(back).values()["stance-wage"] == ["object"]
    done = await sent(union, back, {"stance-air": "agree"})
    assert "Answered" in done.text
    said = {(one.clause, one.stance) for one in await views.positions(rounds.db, rounds.slug)}
    assert said == {("wage", "object"), ("air", "agree")}
    nothing = await sent(await sign_in("guild@example.org"), await opened(
        await sign_in("guild@example.org"), f"{rounds.slug}/round-1/guild"), {}, 422)  # fmt: skip
    assert nothing.problems == ["Clause 1: Choose a position on a clause."]


async def test_what_was_left_open_is_agreed_to_with_one_button(table: Table, sign_in: SignIn) -> None:
    task = await in_round(table)
    union = await sign_in("union@example.org")
    page = await opened(union, task)
    assert "agree to what I left open" in page.text
    answer = {"stance-air": "object", "ground-air": "cost", "lift-air": "more time", "do": "rest"}
    done = await union.send(main_form(page), answer)
    assert "2 clauses: agree (1); object (2)" in done.text
    assert "agree to what I left open" not in done.text


async def test_two_of_one_party_at_the_same_instant_do_not_replace_each_other(table: Table, sign_in: SignIn) -> None:
    await table.launch()
    task = (await table.waiting())["union"]
    one, other = await sign_in("union@example.org"), await sign_in("union@example.org")
    forms = [main_form(await opened(browser, task)) for browser in (one, other)]
    answers = [{"stance": "agree"}, {"stance": "object", "ground": "cost", "lift": "half of it"}]
    pages = await asyncio.gather(
        *(browser.http.post(form.action, data={**form.values(), **said, "do": "answer"})
          for browser, form, said in zip((one, other), forms, answers, strict=True))
    )  # fmt: skip
    assert sorted(page.status_code for page in pages) == [200, 409]
    late = next(Browser.shown(page) for page in pages if page.status_code == 409)
    assert "has answered meanwhile" in late.problems[0]
    assert len(await views.answers(table.db, task.id)) == 1
    again = await one.send(main_form(late), {"do": "answer"})
    assert "Answered" in again.text
    assert len(await views.answers(table.db, task.id)) == 2


async def test_others_positions_stay_hidden_and_what_is_unchanged_is_confirmed_by_one_button(
    table: Table, sign_in: SignIn
) -> None:
    task = await in_round(table)
    words = "Name the sectoral wage table."
    objection = PositionReply(stance=Stance.OBJECT, ground="norm", lift=words)
    await table.position("guild", {"wage": objection})
    union = await sign_in("union@example.org")
    page = await opened(union, task)
    assert "1 of the 3 others have answered" in page.text
    assert words not in page.html
    assert words in (await opened(await sign_in("fay@example.org"), task)).html
    await table.position("union", {"wage": PositionReply(stance=Stance.RESERVATION, comment="If paid yearly.")})
    await table.advance(11)
    await table.draft({"air": "New air"}, reason="To please the guild.")
    task = await table.task("round-2/union")
    page = await opened(union, task)
    assert words in page.html
    assert "Confirm our agreement on 1 unchanged clause" in page.text
    assert "Why this version: To please the guild." in page.text
    assert [one.get_text() for one in page.soup.select("#clause-air .clause del, #clause-air .clause ins")] == [
        "[deleted: Old]",
        "[inserted: New]",
    ]
    values = main_form(page).values()
    assert "stance-air" not in values  # agreement with another version is never assumed
    assert values["stance-wage"] == ["reservation"]
    bulk = next(form for form in page.forms() if "text_sha" not in form.names)
    done = await union.send(bulk, {"do": "bulk"})
    row = (await views.answers(table.db, task.id))[-1]
    assert [(one["clause"], one["stance"], one["comment"]) for one in row.content["positions"]] == [
        ("wage", "reservation", "If paid yearly.")
    ]
    await sent(union, done, {"stance-air": "agree"})
    assert (await table.task("round-2/union")).status == "answered"


async def test_a_form_left_open_while_the_clause_changed(table: Table, sign_in: SignIn) -> None:
    task = await in_round(table)
    union = await sign_in("union@example.org")
    page = await opened(union, task)
    await table.agree_on_text(except_=("union", "guild"))
    await table.advance(11)
    await table.draft({"wage": "New wage"})
    old = await sent(union, page, {"stance-wage": "object", "ground-wage": "cost", "lift-wage": "A year more."}, 409)
    assert "There is a new task" in old.problems[0]
    assert main_form(old).values()["lift-wage"] == ["A year more."]
    successor = next(one["href"] for one in old.soup.select("main a") if "new task" in one.get_text())
    assert successor == f"/tasks/{table.slug}/round-2/union"
    fresh = await union.get(successor)
    assert "The text has changed since you typed this" in fresh.text
    assert main_form(fresh).values()["lift-wage"] == ["A year more."]
    assert "Changed since you read this" in fresh.text
    await sent(union, fresh, {"stance-air": "agree"})
    assert (await table.task("round-2/union")).done == 2


async def test_a_position_on_another_version_is_refused_at_its_clause(rounds: Table, sign_in: SignIn) -> None:
    task = (await rounds.waiting())["shops"]
    shops = await sign_in("shops@example.org")
    page = await opened(shops, task)
    old = await contents.put_texts(rounds.db, [Words(nl="Iets ouds", en="Something old")])
    told = await sent(shops, page, {"stance-wage": "agree", "sha-wage": old[0], "comment-wage": "As it was."}, 409)
    assert any("Clause 1 has changed since you read it" in one for one in told.problems)
    assert main_form(told).values()["comment-wage"] == ["As it was."]
    assert not await views.answers(rounds.db, task.id)


async def test_both_languages(still: Table, sign_in: SignIn) -> None:
    task = (await still.waiting())["union"]
    page = await (await sign_in("union@example.org")).get(f"/tasks/{quote(task.id)}?lang=nl")
    assert page.heading == "principles (nl)"
    assert "Wat is het standpunt van uw partij?" in page.text
    assert "Hoe het verder gaat: zodra er genoeg antwoorden zijn" in page.text
