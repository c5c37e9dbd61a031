"""The banking covenant, launched by the wizard and carried to a signed text by people in their own browsers."""

import re

import pytest
from chromium import PHONE, Person, sit_down
from living import Live
from playwright.async_api import Browser, expect
from table import Table

from models import contracts as c
from models.enums import CovenantStatus, Ratified, Stance, TaskKind, TaskStatus
from models.tables import HumanTask
from models.tables import Person as Row
from rules.answering import POWERS
from runtime.skipping import SkippedTime
from store import views

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(480)]

SIT = {"nvb": "greet.wolters@example.org", "fnv": "", "amnesty": ""}
"""Three parties that answer in a browser; an empty address means: whoever of the party may sign."""

WORDS = {
    "nl": {"begin": "Beginnen", "start": "Het convenant starten", "code": "Mail mij een", "done": "Het is vastgelegd"},
    "en": {"begin": "Begin", "start": "Launch the covenant", "code": "Mail me a", "done": "It is on record"},
}


@pytest.mark.slow(60)
@pytest.mark.parametrize(("language", "javascript"), [("nl", True), ("en", False)])
async def test_three_people_take_the_banking_covenant_to_a_signed_text(
    live: Live, chromium: Browser, table: Table, language: str, javascript: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = WORDS[language]
    clock = SkippedTime(table.client)
    monkeypatch.setattr(live.site, "connected", clock.client)  # so that the covenant gets a clock of its own
    slug = f"banking-{language}"
    await launched(live, chromium, slug, language, said, javascript=javascript)
    bank = Table(table.client, table.db, table.settings, clock, slug=slug)
    await bank.settle()
    await bank.advance(4)
    people = await views.people(bank.db, slug)
    sitting = {
        party: await sit_down(
            chromium, live.base, address or signatory(people, party).email, language=language, javascript=javascript,
            width=PHONE,
        )
        for party, address in SIT.items()
    }  # fmt: skip

    for _ in range(40):
        row = await views.covenant(bank.db, slug)
        if row.signed_at is not None:
            break
        for task in await views.waiting(bank.db, slug=slug):
            if (await views.task(bank.db, task.id)).status is not TaskStatus.OPEN:
                continue  # the rule was met before everyone had answered
            if task.respondent in sitting:
                await answered(sitting[task.respondent], bank, task, said, signatory(people, task.respondent))
            else:
                await by_the_rest(bank, task, people)
            await bank.settle()
        await bank.advance(5)

    row = await views.covenant(bank.db, slug)
    assert row.status is CovenantStatus.SIGNED
    public = await sit_down(chromium, live.base, None, language=language, javascript=javascript)
    await public.go(f"/register/{slug}")
    sealed = next(one for one in (await views.view(bank.db, slug)).documents if one.kind == "sealed")
    assert await public.page.locator(f'a[href*="{sealed.sha256}"]').count() >= 1
    for person in sitting.values():
        await person.go("/tasks")
        assert person.said == []


async def launched(
    live: Live, chromium: Browser, slug: str, language: str, said: dict[str, str], *, javascript: bool
) -> None:
    """The facilitator goes through the wizard with the sector's sample."""
    anna = await sit_down(chromium, live.base, "anna.dekker@example.org", language=language, javascript=javascript)
    page = anna.page
    await anna.go("/launch")
    await page.check("input[name=sector][value=banking]")
    await page.check("input[name=with][value=sample]")
    await anna.press(said["begin"])
    home = page.url.split("?")[0]
    await anna.go(f"{home}/covenant")
    await page.fill("input[name=slug]", slug)
    await page.locator("main form[method=post] button").first.click()
    await page.wait_for_load_state()
    await anna.go(f"{home}/preview")
    await anna.press(said["start"])
    await expect(page).to_have_url(re.compile(rf"/c/{slug}(\?.*)?$"))


def signatory(people: list[Row], party: str) -> Row:
    return next(
        one for one in people if one.party == party
        and any("sign" in held["powers"] and not held.get("themes") for held in one.mandates)
    )  # fmt: skip


async def answered(person: Person, bank: Table, task: HumanTask, said: dict[str, str], who: Row) -> None:
    """Somebody finds the task in their list, opens it and answers."""
    page = person.page
    await person.go("/tasks")
    await page.locator(f'a[href$="/tasks/{task.id}"]').first.click()
    await page.wait_for_load_state()
    match task.kind:
        case TaskKind.APPROVAL:
            await page.check("input[name=stance][value=agree]")
        case TaskKind.POSITIONS:
            for choice in await page.locator("main input[type=radio][value=agree]").all():
                await choice.check()
        case TaskKind.CONTRIBUTION:
            await page.fill("textarea[name=item-0]", f"{task.respondent} <i>wants</i> & asks")
        case TaskKind.RATIFICATION:
            await page.check("input[name=result][value=ratified]")
        case TaskKind.SIGNATURE:
            await person.press(said["code"])
            await bank.settle()
            await page.check("input[name=confirm]")
            await page.fill("input[name=code]", await bank.mailed_code(task))
            await page.fill("input[name=name]", who.name)
        case _:
            pytest.fail(f"nobody answers {task.kind}")
    await page.locator("button[name=do][value=answer]").first.click()
    await page.wait_for_load_state()
    assert said["done"] in await person.text(), await person.text()


async def by_the_rest(bank: Table, task: HumanTask, people: list[Row]) -> None:
    """Whoever sits in no browser answers by the same acts."""
    if task.role is not None:
        pytest.fail(f"the plan asks {task.role}: {task.id}")
    power = POWERS.get(task.kind)
    able = [one for one in people if one.party == task.respondent and one.mandates]
    who = next(
        one for one in able
        if power is None or any(power.value in held["powers"] and not held.get("themes") for held in one.mandates)
    )  # fmt: skip
    match task.kind:
        case TaskKind.APPROVAL:
            await bank.give(task, c.ApprovalAnswer(stance=Stance.AGREE, text_sha=task.text_sha), by=who.id)
        case TaskKind.POSITIONS:
            await bank.position(task.respondent, by=who.id)
        case TaskKind.CONTRIBUTION:
            await bank.give(task, c.ContributionAnswer(items=[c.Item(text="our point")]), by=who.id)
        case TaskKind.RATIFICATION:
            answer = c.RatificationAnswer(result=Ratified.RATIFIED, text_sha=task.text_sha or "")
            await bank.give(task, answer, by=who.id)
        case TaskKind.SIGNATURE | TaskKind.DECLARATION:
            await bank.sign_one(task, by=who.id)
        case _:
            pytest.fail(f"nobody answers {task.kind}")
