"""A mistake at each page of the wizard stands at its field, with everything typed still there."""

from typing import Any

import pytest
from browsing import Browser, Shown
from launching import begun, me, press

from web.site import Site

pytestmark = pytest.mark.asyncio(loop_scope="session")
MARKUP = "<script>alert(1)</script>\"'&"


def at_field(page: Shown, name: str) -> str:
    """What is said at a field."""
    found = page.soup.select_one(f"#{name.replace('.', '-')}-error")
    assert found is not None, f"nothing at {name}: {page.problems}"
    return " ".join(found.get_text(" ").split())


async def first(browser: Browser, path: str, called: str) -> str:
    """The address of an item by its name."""
    page = await browser.get(path)
    return next(str(one["href"]) for one in page.soup.select("main a[href]") if one.get_text().strip() == called)


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("slug", "Not a slug", "lower-case letters"),
        ("slug", "", "Give a short name."),
        ("title.nl", "", "Give the title in Dutch."),
        ("title.en", "x" * 5000, "at most 4000"),
        ("start", "someday", "a date such as"),
        ("start", "2099-01-01", "2080"),
        ("book.term_years", "9", "at most 5"),
        ("book.term_years", "long", "a whole number"),
        ("book.thresholds.market_share", "lots", "a number"),
        ("book.thresholds.participants", "-1", "at least 0"),
        ("book.entry_into_force.working_days", "900", "at most 500"),
    ],
)
async def test_a_mistake_about_the_covenant(launcher: Site, field: str, typed: str, said: str) -> None:
    browser = await me(launcher)
    home = await begun(browser)
    form = (await browser.get(f"{home}/covenant")).form(having="slug")
    page = await browser.send(form, {field: typed, "book.title.en": "kept"}, status=422)
    assert said in at_field(page, field)
    assert "#" + field.replace(".", "-") in [one["href"] for one in page.soup.select(".govuk-error-summary a")]
    values = page.form(having="slug").values()
    assert values[field] == [typed]
    assert values["book.title.en"] == ["kept"]
    again = await browser.get(f"{home}/covenant")
    assert said in at_field(again, field)


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("defaults.reminders", "5, 0, -5", "rising working days"),
        ("defaults.reminders", "soon", "a whole number"),
        ("defaults.rule.threshold", "5/3", "a share above 0"),
        ("defaults.rule.quorum", "many", "a share above 0"),
        ("defaults.ladder.call", "soon", "a whole number"),
        ("defaults.ladder.end", "", "does not come to an end"),
    ],
)
async def test_a_mistake_in_the_ground_rules(launcher: Site, field: str, typed: str, said: str) -> None:
    browser = await me(launcher)
    home = await begun(browser)
    form = (await browser.get(f"{home}/rules")).form(having="defaults.reminders")
    page = await browser.send(form, {field: typed}, status=422)
    assert said in " ".join(page.problems)
    assert page.soup.select(".govuk-form-group--error")
    assert page.form(having="defaults.reminders").values()[field] == [typed]


async def test_the_rule_for_one_kind_of_question(launcher: Site) -> None:
    browser = await me(launcher)
    home = await begun(browser)
    rules = await browser.get(f"{home}/rules")
    assert "silence procedure, by party, 10 working days (follows from the rest)" in rules.text
    form = (await browser.get(f"{home}/rules/editorial")).form(having="days")
    assert form.values()["own"] == ["no"]
    assert form.values()["rule.kind"] == ["silence"]
    wrong = {"own": "yes", "rule.kind": "majority", "rule.threshold": "7", "days": "never"}
    page = await browser.send(form, wrong, status=422)
    said = " ".join(page.problems)
    assert "a share above 0" in said
    assert "a whole number" in said
    again = page.form(having="days")
    assert {name: again.values()[name] for name in wrong} == {name: [typed] for name, typed in wrong.items()}
    assert "not right" in (await browser.get(f"{home}/rules")).text
    index = (await browser.get(home)).text
    assert "Ground rules 2 open" in index, index
    done = await browser.send(again, {"rule.threshold": "3/4", "days": "15"})
    assert "majority, at least 3/4, by party, 15 working days" in done.text
    back = (await browser.get(f"{home}/rules/editorial")).form(having="days")
    done = await browser.send(back, {"own": "no"})
    assert "silence procedure, by party, 10 working days (follows from the rest)" in done.text
    await browser.get(f"{home}/rules/nothing", 404)


@pytest.mark.parametrize(
    ("shelf", "called", "changes", "field", "said"),
    [
        ("parties", "FNV", {"constituency": ""}, "constituency", "Choose a constituency."),
        ("parties", "FNV", {"name.en": ""}, "name.en", "Give the name in English."),
        ("parties", "FNV", {"id": "cnv"}, "id", "already used"),
        ("people", "Karin Ybema", {"email": "nobody"}, "email", "an e-mail address"),
        ("people", "Karin Ybema", {"party": ""}, "mandates.0.powers", "a mandate but no party"),
        ("people", "Karin Ybema", {"mandates.0.until": "2020-01-01"}, "mandates.0.until", "already ended"),
        (
            "people",
            "Karin Ybema",
            {"mandates.1.themes": ["remedy"]},
            "mandates.1.powers",
            "Choose what this person may do",
        ),
        ("participants", "Hanzebank", {"market_share": "many"}, "market_share", "a number"),
        ("participants", "Hanzebank", {"id": "fnv"}, "id", "already used"),
        ("clauses", "Transparency", {"theme": ""}, "theme", "Choose a theme."),
        ("clauses", "Transparency", {"number": "1"}, "number", "already used"),
        ("clauses", "Transparency", {"text.nl": ""}, "text.nl", "Give the text in Dutch."),
        ("constituencies", "Banks", {"minimum": "few"}, "minimum", "a whole number"),
        ("constituencies", "Banks", {"id": "chair"}, "id", "already means something"),
        ("steps", "Join forces", {"duration": "long"}, "duration", "a whole number"),
        ("steps", "Join forces", {"accord": ["yes"]}, "accord", "no negotiators' accord"),
        ("steps", "Join forces", {"respondents": []}, "respondents", "Choose who is asked."),
        ("steps", "Join forces", {"rule_own": "yes"}, "rule.kind", "decides nothing"),
        ("steps", "Negotiation rounds", {"phase": "exploration"}, "phase", "does not belong in phase"),
        ("steps", "Negotiation rounds", {"rule.threshold": "7"}, "rule.threshold", "a share above 0"),
        ("steps", "Join forces", {"reminders_own": "yes", "reminders": "-90, 0"}, "reminders", "rising working days"),
        ("steps", "Join forces", {"ladder_own": "yes", "ladder.call": "x"}, "ladder.call", "a whole number"),
        ("steps", "Join forces", {"months_after_entry": "3"}, "months_after_entry", "cannot count from entry"),
    ],
)
async def test_a_mistake_in_an_item(
    launcher: Site, *, shelf: str, called: str, changes: dict[str, Any], field: str, said: str
) -> None:
    browser = await me(launcher)
    home = await begun(browser)
    path = await first(browser, f"{home}/{shelf}", called)
    page = await browser.send((await browser.get(path)).form(having="id"), changes, status=422)
    assert said in at_field(page, field)
    values = page.form(having="id").values()
    for name, typed in changes.items():
        assert values.get(name, []) == (typed if isinstance(typed, list) else [typed])
    assert said in (await browser.get(f"{home}/{shelf}")).text  # the list says it too, at its row


async def test_one_wrong_number_makes_nothing_else_wrong(launcher: Site) -> None:
    browser = await me(launcher)
    home = await begun(browser)
    form = (await browser.get(f"{home}/covenant")).form(having="slug")
    page = await browser.send(form, {"book.term_years": "x", "start": "2099-01-01"}, status=422)
    assert len(page.problems) == 2
    assert (await browser.get(f"{home}/steps")).problems == []


async def test_markup_is_text_everywhere(launcher: Site) -> None:
    browser = await me(launcher)
    home = await begun(browser)
    form = (await browser.get(f"{home}/covenant")).form(having="slug")
    await browser.send(form, {"title.nl": MARKUP, "title.en": MARKUP, "slug": MARKUP}, status=422)
    for shelf, called, names in (
        ("parties", "FNV", ("name.nl", "name.en", "id")), ("people", "Karin Ybema", ("name", "email", "id")),
        ("participants", "Hanzebank", ("name", "contact", "market_share")),
        ("clauses", "Transparency", ("title.en", "text.nl", "number", "id")),
        ("steps", "Join forces", ("title.en", "purpose.nl", "duration", "id")),
        ("constituencies", "Banks", ("title.en", "id")),
    ):  # fmt: skip
        path = await first(browser, f"{home}/{shelf}", called)
        page = await browser.send((await browser.get(path)).form(having="id"), dict.fromkeys(names, MARKUP), status=422)
        assert "<script>alert" not in page.html
        assert page.form(having="id").values()[names[0]] == [MARKUP]
    for path in (
        "", "/covenant", "/steps", "/parties", "/people", "/participants", "/clauses", "/rules", "/rules/clause",
        "/preview", "/constituencies", "/addresses", "/import/people",
    ):  # fmt: skip
        page = await browser.get(f"{home}{path}")
        assert "<script>alert" not in page.html
    assert "<script>alert" not in (await browser.get("/launch")).html


# --- the steps --------------------------------------------------------------------------------------------------------


def order(page: Shown) -> list[str]:
    return [one.get_text().strip() for one in page.soup.select(".steps li p:first-child a")]


async def test_steps_move_within_their_phase(launcher: Site) -> None:
    browser = await me(launcher)
    home = await begun(browser)
    page = await browser.get(f"{home}/steps")
    before = order(page)
    page = await press(browser, page, f"Up : {before[1]}")
    assert order(page) == [before[1], before[0], *before[2:]]
    assert page.problems == []
    texts = [" ".join(one.get_text(" ").split()) for one in page.soup.find_all("button")]
    assert f"Up : {before[1]}" not in texts  # the first of its phase
    assert "Up : Ground rules, by silence" not in texts  # the first of the next one
    page = await press(browser, page, f"Down : {before[1]}")
    assert order(page) == before


async def test_an_order_that_cannot_be_is_said_at_the_step(launcher: Site) -> None:
    browser = await me(launcher)
    home = await begun(browser)
    page = await press(browser, await browser.get(f"{home}/steps"), "Up : Constituency consultation")
    assert any("without a negotiators' accord" in one for one in page.problems)
    assert page.soup.select("li[id^=row-] .govuk-error-message")
    assert "no dates yet" in page.text


async def test_a_step_that_is_dropped_leaves_a_broken_reference_at_its_field(launcher: Site) -> None:
    browser = await me(launcher)
    home = await begun(browser)
    page = await press(browser, await browser.get(f"{home}/steps"), "Drop : Signature and adherence of banks")
    assert any("unknown step 'signing'" in one for one in page.problems)
    path = await first(browser, f"{home}/steps", "Yearly cycle: progress of each bank")
    item = await browser.get(path)
    assert "unknown step 'signing'" in at_field(item, "after")
    assert "signing (no longer in the list)" in item.text
    page = await press(browser, page, "Put back : Signature and adherence of banks")
    assert page.problems == []
    assert "2027" in page.text or "2028" in page.text


async def test_a_circle_is_said_at_the_step(launcher: Site) -> None:
    browser = await me(launcher)
    home = await begun(browser)
    path = await first(browser, f"{home}/steps", "Endorse the basic principles")
    form = (await browser.get(path)).form(having="after")
    page = await browser.send(form, {"after_kind": "these", "after": ["agenda"]}, status=422)
    assert "wait for each other" in at_field(page, "after")
    assert page.form(having="after").values()["after"] == ["agenda"]


async def test_a_step_is_added_at_the_end_of_its_phase(launcher: Site) -> None:
    browser = await me(launcher)
    home = await begun(browser)
    form = (await browser.get(f"{home}/steps/new?phase=exploration")).form(having="kind")
    page = await browser.send(form, {"title.nl": "Verkenning", "title.en": "Scouting", "duration": "7"})
    assert order(page)[4] == "Scouting"
    assert page.heading == "Steps (13)"
    assert page.problems == []
    path = await first(browser, f"{home}/steps", "Scouting")
    page = await browser.send((await browser.get(path)).form(having="kind"), {"phase": "dialogue"})
    assert order(page)[9] == "Scouting"  # after the signing


# --- the playbook -----------------------------------------------------------------------------------------------------


async def test_a_playbook_of_ones_own_is_checked_line_by_line(launcher: Site) -> None:
    browser = await me(launcher)
    home = await begun(browser)
    form = (await browser.get(f"{home}/playbook")).form(having="file")
    bad = {"file": ("<b>own.yaml", b"sector: own\nsteps: []\n", "application/yaml")}
    page = await browser.send(form, files=bad, status=422)
    assert "own.yaml:2: steps" in at_field(page, "file")
    assert "<b>own" not in page.html
    assert "Steps (12)" in (await browser.get(f"{home}/steps")).heading
    for hostile in (b"a: &x [1]\nb: *x\n", b"\xff\xfe\x00", b"x" * (3 * 1024 * 1024), b"!!python/object:os.system x"):
        await browser.send(form, files={"file": ("p.yaml", hostile, "application/yaml")}, status=422)


async def test_another_playbook_can_be_taken_back(launcher: Site) -> None:
    browser = await me(launcher)
    home = await begun(browser)
    form = (await browser.get(f"{home}/playbook")).form(having="file")
    await browser.send(form, {"sector": "garments-textile", "with": "keep"})
    assert "unknown constituency" in (await browser.get(f"{home}/parties")).text
    page = await browser.send((await browser.get(f"{home}/playbook")).form(having="do"), {"do": "back"})
    assert page.heading == "Playbook"
    assert "Everything is complete" in (await browser.get(home)).text


async def test_addresses_are_changed_in_one_go(launcher: Site) -> None:
    browser = await me(launcher)
    home = await begun(browser)
    form = (await browser.get(f"{home}/addresses")).form(f"{home}/addresses")
    name = min(form.names)
    page = await browser.send(form, {name: "wrong"}, status=422)
    assert "an e-mail address" in at_field(page, name)
    page = await browser.send(page.form(f"{home}/addresses"), {name: "right@example.org"})
    assert page.url.endswith("?page=2")
    assert "right@example.org" in (await browser.get(f"{home}/people")).text


async def test_an_address_of_two_people_is_said_at_both(launcher: Site) -> None:
    browser = await me(launcher)
    home = await begun(browser)
    form = (await browser.get(f"{home}/addresses")).form(f"{home}/addresses")
    one, other = [name for name in form.names if name.startswith("people.")][:2]
    page = await browser.send(form, {one: "twice@example.org", other: "Twice@example.org"}, status=422)
    for name in (one, other):
        assert "is also the address of" in at_field(page, name)
    page = await browser.send(page.form(f"{home}/addresses"), {other: "once@example.org"})
    assert page.url.endswith("?page=2")


async def test_a_beginning_needs_a_choice(launcher: Site) -> None:
    browser = await me(launcher)
    page = await browser.send((await browser.get("/launch")).form("/launch"), status=422)
    assert page.problems == ["Choose a sector.", "Choose what to begin with."]


@pytest.mark.parametrize("sector", ["food", "garments-textile", "renewable-energy"])
async def test_every_sample_is_complete(launcher: Site, sector: str) -> None:
    browser = await me(launcher)
    home = await begun(browser, sector)
    page = await browser.get(home)
    assert "Everything is complete" in page.text, (await browser.get(f"{home}/preview")).text[:2000]
    for path in ("/steps", "/people", "/preview", "/covenant", "/clauses"):
        shown = await browser.get(f"{home}{path}")
        assert len(shown.html) < 100_000
