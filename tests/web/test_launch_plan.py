"""The signing plan in the wizard: groups that are ticked come into the playbook, and stay as they were typed."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from browsing import Browser, Shown
from launching import begun, me, rename, started
from sqlmodel import select

from models.tables import Content, Covenant
from web.launching import plans
from web.site import Site

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.slow(10)]

PLAN: Mapping[str, str | list[str]] = {
    "plan_own": "yes",
    "plan.0.approves": ["chair"],
    "plan.1.signs": ["banks", "participants"], "plan.1.days": "ten", "plan.1.declined": "lapse",
    "plan.3.signs": ["unions", "csos", "government"], "plan.3.witness": ["secretariat"],
}  # fmt: skip


async def signing(browser: Browser, home: str) -> Shown:
    page = await browser.get(f"{home}/steps")
    links = [str(one["href"]) for one in page.soup.find_all("a") if "Signature" in one.get_text()]
    (link,) = [one for one in links if "/steps/" in one]
    return await browser.get(link)


async def test_groups_of_signatories_come_into_the_playbook(launcher: Site, slug: str) -> None:
    browser = await me(launcher)
    home = await begun(browser)
    await rename(browser, home, slug)
    page = await signing(browser, home)
    at = page.url.removeprefix(browser.site.settings.public_url)
    form = page.form(having="plan_own")
    wrong = await browser.send(form, PLAN, status=422)
    assert any("Who signs after whom?" in one or "Working days" in one for one in wrong.problems)
    await browser.send(wrong.form(having="plan_own"), {"plan.1.days": "10", "plan.2.witness": ["secretariat"]})
    again = (await browser.get(at)).form(having="plan_own").values()
    assert again["plan.1.days"] == ["10"]
    assert again["plan.2.signs"] == ["unions", "csos", "government"], "the groups with somebody, one after another"
    assert await started(browser, home) == (303, f"/c/{slug}?done=1")
    async with launcher.db.read() as session:
        package = (await session.exec(select(Covenant.package).where(Covenant.slug == slug))).one()
        data: dict[str, Any] = json.loads((await session.get_one(Content, package)).data)
    (step,) = [one for one in data["playbook"]["steps"] if one["kind"] == "signing"]
    assert [
        ([(one["who"], one["role"]) for one in group["members"]], group["days"], group["declined"])
        for group in step["plan"]
    ] == [
        ([("chair", "approver")], None, "ask"),
        ([("participants", "signatory"), ("banks", "signatory")], 10, "lapse"),
        (
            [("unions", "signatory"), ("csos", "signatory"), ("government", "signatory"), ("secretariat", "witness")],
            None, "ask",
        ),
    ]  # fmt: skip


def test_a_plan_that_the_form_cannot_show_is_kept() -> None:
    of_two_minds = [{"members": [{"who": "fnv", "needed": 2}, {"who": "cnv"}]}]
    assert plans.fill(of_two_minds) == {"plan_own": ["file"]}
    assert plans.fits([{"members": [{"who": "fnv", "needed": 2}]}])
    assert not plans.fits([{"members": [{"who": "fnv"}]}] * 5)
    assert not plans.fits([{"members": "nobody"}])
