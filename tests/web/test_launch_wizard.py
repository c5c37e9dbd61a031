"""A launch by the wizard without JavaScript: begun, left, resumed, started once; and whose it is."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from browsing import Browser
from launching import ME, begun, me, press, rename, started
from table import Table

from models.accounts import Draft
from models.enums import CovenantStatus, Matter, RuleKind
from store import accounts, ground, views
from web.site import Site

pytestmark = pytest.mark.asyncio(loop_scope="session")
SignIn = Callable[..., Awaitable[Browser]]


async def test_the_banking_covenant_is_launched_from_its_sample(launcher: Site, table: Table, slug: str) -> None:
    browser = await me(launcher)
    home = await begun(browser)
    index = await browser.get(home)
    assert "Everything is complete" in index.text
    page = await rename(browser, home, slug)
    assert page.heading.startswith("Constituencies")
    page = await browser.send((await browser.get(f"{home}/rules")).form(having="defaults.reminders"))
    assert page.heading.startswith("Clauses")
    ours = {"own": "yes", "rule.kind": "consent", "days": "7"}
    await browser.send((await browser.get(f"{home}/rules/minutes")).form(having="days"), ours)
    addresses = await browser.get(f"{home}/addresses")
    assert ME in str(addresses.soup)  # the sample's facilitator is who launches
    preview = await browser.get(f"{home}/preview")
    assert "Endorse the basic principles" in preview.text
    assert "you cannot see this covenant" not in preview.text
    assert await started(browser, home) == (303, f"/c/{slug}?done=1")
    covenant = await views.covenant(launcher.db, slug)
    assert covenant.status is CovenantStatus.TALKS
    assert covenant.title_en == "Banking Agreement on human rights, second term"
    minutes = next(one.rule for one in await ground.rules(launcher.db, slug) if one.matter is Matter.MINUTES)
    assert (minutes.kind, minutes.days) == (RuleKind.CONSENT, 7)
    table.slug = slug
    await table.advance(4)
    waiting = await table.waiting()
    assert {"nvb", "cnv", "fnv", "amnesty"} <= set(waiting)
    assert {task.step for task in waiting.values()} == {"principles"}
    assert "Asked of you" in " ".join(await table.mails_to("mila-noordhof"))


async def test_a_second_press_a_second_tab_and_a_lost_answer_come_to_the_same_covenant(
    launcher: Site, slug: str
) -> None:
    browser = await me(launcher)
    home = await begun(browser)
    await rename(browser, home, slug)
    kept = await accounts.draft(launcher.db, ME, home)
    assert kept is not None
    both = await asyncio.gather(started(browser, home), started(await me(launcher), home))
    assert set(both) == {(303, f"/c/{slug}?done=1")}
    assert await started(browser, home) == (303, f"/c/{slug}?done=1")
    events = await views.events(launcher.db, slug)
    assert [event.kind for event in events].count("covenant_launched") == 1
    page = await browser.get(f"{home}/covenant", status=409)
    assert f"/c/{slug}" in page.text
    answer = await browser.http.get(home, follow_redirects=False)
    assert answer.headers["location"] == f"/c/{slug}"
    await a_start_whose_answer_was_lost_is_found_again(browser, launcher, home, slug, kept)
    events = await views.events(launcher.db, slug)
    assert [event.kind for event in events].count("covenant_launched") == 1


async def a_start_whose_answer_was_lost_is_found_again(
    browser: Browser, launcher: Site, home: str, slug: str, kept: Draft
) -> None:
    """The server died between starting and noting it: the draft says what was tried, the workflow by which launch."""
    await accounts.keep_draft(launcher.db, ME, home, {**kept.content, "launching": slug}, kept.at)
    assert "There is a covenant" not in (await browser.get(f"{home}/preview")).text
    assert await started(browser, home) == (303, f"/c/{slug}?done=1")


async def test_a_taken_name_is_said_at_its_field(launcher: Site, slug: str) -> None:
    browser = await me(launcher)
    first, second = await begun(browser), await begun(browser)
    await rename(browser, first, slug)
    await rename(browser, second, slug)  # still free
    await started(browser, first)
    page = await rename(browser, second, slug, status=422)
    assert page.problems == [f"There is a covenant {slug} already; expected: another short name."]
    assert page.form(having="slug").values()["slug"] == [slug]
    assert (await started(browser, second))[0] == 422
    await rename(browser, second, f"{slug}-2")
    assert await started(browser, second) == (303, f"/c/{slug}-2?done=1")


async def test_two_launches_of_one_name_at_once_make_one_covenant(launcher: Site, slug: str) -> None:
    browser = await me(launcher)
    homes = [await begun(browser), await begun(browser)]
    for home in homes:
        await rename(browser, home, slug)
    found = await asyncio.gather(*(started(browser, home) for home in homes))
    assert sorted(status for status, _ in found) in ([303, 409], [303, 422])


async def test_a_launch_is_left_and_resumed_on_another_device(launcher: Site) -> None:
    home = await begun(await me(launcher), what="empty")
    phone = await me(launcher)
    form = (await phone.get(f"{home}/covenant")).form(having="slug")
    await phone.send(form, {"title.en": "Half a title", "slug": "Not A Slug"}, status=422)
    laptop = await me(launcher)
    assert "Half a title" in (await laptop.get("/launch")).text
    values = (await laptop.get(f"{home}/covenant")).form(having="slug").values()
    assert values["title.en"] == ["Half a title"]
    assert values["slug"] == ["Not A Slug"]


async def test_what_was_typed_but_not_sent_is_there_again(launcher: Site) -> None:
    browser = await me(launcher)
    home = await begun(browser)
    form = (await browser.get(f"{home}/clauses/new")).form(having="number")
    assert form.tag["data-draft"] == form.action
    await browser.http.post("/drafts", data={"form": form.action, "number": "9", "text.nl": "half een zin"})
    again = (await browser.get(form.action)).form(having="number")
    assert again.values()["text.nl"] == ["half een zin"]
    page = await browser.send(again, status=422)  # a theme is missing
    assert page.form(having="number").values()["text.nl"] == ["half een zin"]
    assert "(9)" in (await browser.get(f"{home}/clauses")).heading


async def test_saving_a_new_item_twice_makes_one(launcher: Site) -> None:
    browser = await me(launcher)
    home = await begun(browser)
    form = (await browser.get(f"{home}/parties/new")).form(having="kind")
    for _ in range(2):
        page = await browser.send(
            form, {"name.nl": "Milieu", "name.en": "Green", "kind": "ngo", "constituency": "csos"}
        )
    assert page.heading == "Parties (9)"
    page = await press(browser, page, "Remove : Green")
    assert page.heading == "Parties (8)"
    page = await press(browser, page, "Put back : Green")
    assert page.heading == "Parties (9)"


async def test_somebody_elses_launch_is_not_there(launcher: Site) -> None:
    home = await begun(await me(launcher))
    other = await me(launcher, "other@example.org")
    for path in ("", "/covenant", "/steps", "/preview", "/import/people", "/addresses", "/people/abcdef"):
        await other.get(f"{home}{path}", status=404)
    for path in ("", "/covenant", "/rules", "/steps", "/playbook", "/start", "/import/people", "/addresses"):
        answer = await other.http.post(f"{home}{path}", data={"do": "discard"})
        assert answer.status_code == 404, path
    assert home not in (await other.get("/launch")).html
    assert (await (await me(launcher)).get(home)).status == 200


@pytest.mark.usefixtures("still")
async def test_who_may_not_launch_is_refused(launcher: Site, sign_in: SignIn) -> None:
    home = await begun(await me(launcher))
    for who in ("union@example.org", "cha@example.org"):
        browser = await sign_in(who)
        for path in ("/launch", home, f"{home}/steps", "/launch/templates/people.csv"):
            assert (await browser.http.get(path)).status_code == 403
        for path in ("/launch", f"{home}/start", f"{home}/covenant", f"{home}/import/people"):
            assert (await browser.http.post(path, data={"sector": "banking"})).status_code == 403
    assert (await Browser(launcher).get("/launch")).heading == "Sign in"
    assert (await (await sign_in("fay@example.org")).get("/launch")).heading == "Launch a covenant"  # facilitates one


async def test_a_launch_is_thrown_away(launcher: Site) -> None:
    browser = await me(launcher)
    home = await begun(browser)
    await browser.send((await browser.get(home)).form(home), {"do": "discard"})
    await browser.get(home, status=404)


async def test_a_draft_that_is_no_launch_is_not_there(launcher: Site) -> None:
    browser = await me(launcher)
    home = await begun(browser)
    await browser.http.post("/drafts", data={"form": home, "covenant": "nonsense"})
    await browser.get(home, status=404)
    await browser.get("/launch")
    for path in ("/launch/x", "/launch/../etc", "/launch/new-0000000000000000", f"{home}/people/..%2f"):
        assert (await browser.http.get(path)).status_code == 404


async def test_the_preview_shows_every_date_and_mail(launcher: Site) -> None:
    browser = await me(launcher)
    home = await begun(browser)
    form = (await browser.get(f"{home}/preview")).form(having="person")
    page = await browser.send(form, {"person": "mila-noordhof", "step": "negotiators-accord"})
    assert "Mails to Mila Noordhof" in page.text
    ladder = page.soup.select("table")[1]
    assert next(one.get_text() for one in ladder.select("tbody th")) == "asked"
    moments = [str(one["datetime"]) for one in ladder.select("time")]
    assert moments == sorted(moments)
    assert len(moments) > 3
    climbed = await browser.send(form, {"step": "principles"})
    said = [one.get_text() for one in climbed.soup.select("table")[1].select("tbody th")]
    assert said.index("due") < said.index("the secretariat is asked to call")
    assert said[-1] == "the task expires without an answer"
    people = [one.get_text() for one in climbed.soup.select("#person option")]
    assert "Mila Noordhof (Amnesty International)" in people
    listed = await browser.get(f"{home}/people")
    assert "Amnesty International" in listed.text
    assert "mediator" not in page.text.partition("Someone's mails")[0].partition("Reminders and ladder")[2]
    link = next(one["href"] for one in page.soup.select("a[href]") if "Draft text" in one.get_text())
    mail = await browser.get(f"{home}/preview{link}")
    letter = mail.soup.select_one("pre")
    assert letter is not None
    assert "Dear Mila Noordhof" in letter.get_text()
    assert "Due diligence in lending" in letter.get_text()
    chair = await browser.send(form, {"person": "carla-reitsma"})
    assert "Ladder" in chair.text


async def test_the_preview_in_dutch_names_what_is_missing_with_its_field(launcher: Site) -> None:
    browser = await me(launcher)
    home = await begun(browser, what="empty")
    page = await browser.get(f"{home}/preview?lang=nl")
    assert "Wat er nog ontbreekt" in page.text
    links = [one["href"] for one in page.soup.select("main li a")]
    assert f"{home}/covenant?check=1#slug" in links
    shown = await browser.get(f"{home}/covenant?check=1")
    assert shown.soup.select_one("#slug-error") is not None
    assert not page.forms(f"{home}/start")
    assert (await started(browser, home))[0] == 422


async def test_the_first_day_moves_the_plan(launcher: Site) -> None:
    browser = await me(launcher)
    home = await begun(browser)
    await browser.send((await browser.get(f"{home}/covenant")).form(having="start"), {"start": "2031-03-03"})
    assert "3 March 2031" in (await browser.get(f"{home}/steps")).text
    page = await browser.send(
        (await browser.get(f"{home}/covenant")).form(having="start"), {"start": "2020-03-03"}, status=422
    )
    assert "is in the past" in page.problems[0]


async def test_commitments_of_a_sample_are_kept_or_left_out(launcher: Site) -> None:
    browser = await me(launcher)
    home = await begun(browser)
    listed = await browser.get(f"{home}/clauses")
    links = [str(one["href"]) for one in listed.soup.select(f'main a[href^="{home}/clauses/"]')]
    pages = [await browser.get(one) for one in dict.fromkeys(links) if not one.endswith("/new")]
    shown = {one.form(having="number").values()["number"][0]: one for one in pages if one.soup.select("#number")}
    duty = shown["7"]  # the government's
    assert "for the whole term: share country information" in duty.text
    form = duty.form(having="number")
    assert form.values()["commitments"] == ["0"]
    await browser.send(form)
    again = (await browser.get(form.action)).form(having="number")
    assert again.values()["commitments"] == ["0"], "saved as it was, it stays"
    await browser.send(again, {"commitments": []})
    gone = await browser.get(form.action)
    assert "share country information of the embassies" not in gone.form(having="number").values().get(
        "commitments", []
    )
    assert not gone.soup.select('input[name="commitments"]')
