"""The covenant's page: where it stands, who is waited on, and what each kind of viewer is told to do next."""

from collections.abc import Awaitable, Callable

import pytest
from browsing import Browser, Shown
from table import Table

from models import contracts as c
from models.enums import Ground, MailStatus, Stance
from models.scenario import PositionReply
from models.tables import Mail
from web.site import Site

pytestmark = pytest.mark.asyncio(loop_scope="session")
SignIn = Callable[..., Awaitable[Browser]]


def to_do(page: Shown) -> str:
    """What the box of the next action says."""
    return " ".join(page.soup.select_one("#next-action").get_text(" ").split())  # type: ignore[union-attr]


def button(page: Shown) -> str | None:
    found = page.soup.select_one("#next-action a.govuk-button")
    return str(found["href"]) if found else None


async def test_everyone_is_told_their_own_next_action(table: Table, sign_in: SignIn) -> None:
    await table.launch()
    home, tasks = f"/c/{table.slug}", await table.waiting()
    union, fay = await sign_in("union@example.org"), await sign_in("fay@example.org")
    page = await union.get(home)
    assert button(page) == f"/tasks/{tasks['union'].id}"
    assert "Give your answer" in to_do(page)
    assert "Who we wait for (4)" in page.text
    own = page.soup.select_one("#waiting tbody tr:has(.govuk-tag--blue)")
    assert own is not None
    assert "union (en)" in own.get_text()
    page = await fay.get(home)
    assert "Wait for 4 answers" in to_do(page)
    assert button(page) is None
    await table.approve(except_=("trade",))
    assert "Wait for trade" in to_do(await union.get(home))
    await table.advance(14)
    page = await fay.get(home)
    assert "Trade (en) is" in to_do(page)
    assert button(page) == f"/tasks/{tasks['trade'].id}"
    assert "another party is late" in to_do(await union.get(home))
    waiting = page.soup.select_one("#waiting")
    assert waiting is not None
    assert "reminded" in waiting.get_text()
    assert "late" in waiting.get_text()
    assert page.soup.select_one(f'[data-live-from="{home}/live"] #waiting[data-live]') is not None


async def test_the_line_of_steps_says_what_was_planned_and_what_happened(talks: Table, sign_in: SignIn) -> None:
    page = await (await sign_in("guild@example.org", "nl")).get(f"/c/{talks.slug}")
    steps = page.soup.select("ol.steps > li")
    assert [one["class"] for one in steps[:3]] == [["done"], ["active"], ["planned"]]
    assert "begonnen" in steps[0].get_text()
    assert "klaar" in steps[0].get_text()
    assert "Gepland" in steps[2].get_text()
    assert "nog niet" in page.text  # of the three moments
    assert page.soup.select_one("svg#balance") is not None
    assert [one.get_text() for one in page.soup.select("h1")] == ["Test covenant (nl)"]


async def test_what_is_still_needed_stands_in_a_sentence(table: Table, sign_in: SignIn) -> None:
    await table.launch()
    await table.approve()
    objection = PositionReply(stance=Stance.OBJECT, ground=Ground.COST, lift="half of <b>it</b>")
    await table.position("trade", {"wage": objection, "air": PositionReply(stance=Stance.AGREE)})
    await table.agree_on_text(except_=("trade",))
    await table.advance(12)
    page = await (await sign_in("union@example.org")).get(f"/c/{table.slug}")
    assert "What is still needed" in page.text
    assert "Needed:" in page.text
    await table.propose("union", "air", "Old", "Clean")
    page = await (await sign_in("guild@example.org")).get(f"/c/{table.slug}")
    assert "Clause 2: words between brackets from union (en)." in page.text
    assert "Needed:" in page.text
    fay = await (await sign_in("fay@example.org")).get(f"/c/{table.slug}")
    assert button(fay) == f"/c/{table.slug}/drafting"


async def test_a_company_sees_only_what_concerns_it(still: Table, sign_in: SignIn) -> None:
    firm = await sign_in("firm-1@example.org")
    page = await firm.get(f"/c/{still.slug}")
    assert "What your company is asked" in page.text
    assert "Nobody: nothing is open." in page.text
    assert "you hear from us once your company is asked something" in to_do(page)
    assert page.soup.select("#waiting tbody tr") == []
    assert "What is still needed" not in page.text
    for path in ("rounds", "rounds/1", "drafting", "steer", "people", "steer/extend"):
        await firm.get(f"/c/{still.slug}/{path}", status=403)


async def test_a_stranger_sees_nothing_of_it(still: Table, site: Site, browser: Browser, sign_in: SignIn) -> None:
    assert (await browser.get(f"/c/{still.slug}")).heading == "Sign in"
    site.settings = site.settings.model_copy(update={"facilitators": ["elsewhere@example.org"]})
    stranger = await sign_in("elsewhere@example.org")
    for path in ("", "/rounds", "/steer", "/people", "/steer/pause", "/drafting"):
        await stranger.get(f"/c/{still.slug}{path}", status=403)


async def test_while_it_is_paused_only_who_may_resume_is_offered_it(table: Table, sign_in: SignIn) -> None:
    await table.launch()
    await table.steer("hold", c.Hold(act=f"h-{table.slug}", actor=c.Actor(person="fay"), reason="<b>summer</b>"))
    home = f"/c/{table.slug}"
    page = await (await sign_in("fay@example.org")).get(home)
    assert button(page) == f"{home}/steer/resume"
    assert "&lt;b&gt;summer" in page.html
    page = await (await sign_in("union@example.org")).get(home)
    assert button(page) is None
    assert "paused until the facilitator resumes it" in to_do(page)


async def test_people_whose_mail_bounced_come_first(table: Table, sign_in: SignIn) -> None:
    await table.launch()
    async with table.db.write() as session:
        session.add(
            Mail(
                id=f"{table.slug}/bounce", covenant=table.slug, person="trade-aide", recipient="trade-aide@example.org",
                subject="<i>Asked</i>", template="asked", message=b"", status=MailStatus.UNDELIVERABLE,
                problem="550 no such user", at=await table.now(),
            )
        )  # fmt: skip
    home, fay = f"/c/{table.slug}/people", await sign_in("fay@example.org")
    page = await fay.get(home)
    first = page.soup.select("tbody tr")[0].get_text(" ")
    assert "trade aide" in first
    assert "1 undeliverable" in first
    found = await fay.send(page.form(home), {"q": "firm-2@"})
    assert len(found.soup.select("tbody tr")) == 1
    letters = await fay.get(f"{home}/trade-aide")
    assert "550 no such user" in letters.text
    assert "&lt;i&gt;Asked" in letters.html
    await fay.get(f"{home}/nobody-here", status=404)
    await (await sign_in("cha@example.org")).get(home, status=403)
