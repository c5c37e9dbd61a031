"""Ratifying, signing, deciding, contributing and delivering, each through its own form."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from browsing import Browser
from table import STEPS, Table
from tasking import MARKUP, due, main_form, opened, sent

from models import contracts as c
from store import contents, views

pytestmark = pytest.mark.asyncio(loop_scope="session")
SignIn = Callable[..., Awaitable[Browser]]


# --- ratification, signing, decision ----------------------------------------------------------------------------------


async def test_from_ratifying_to_the_decision_to_sign_longer(table: Table, sign_in: SignIn) -> None:
    await table.launch(thresholds={"participants": 2})
    await table.approve()
    await table.agree_on_text()
    await table.approve()
    await ratification_with_minutes(table, sign_in)
    await table.ratify()
    await a_signature_with_its_code(table, sign_in)
    await a_company_declares_and_reads_the_text_it_declares_to(table, sign_in)
    await table.sign(except_=("firm-2",))
    await table.advance(11)
    await a_decision_of_the_facilitator(table, sign_in)


async def ratification_with_minutes(table: Table, sign_in: SignIn) -> None:
    task = (await table.waiting())["union"]
    union = await sign_in("union@example.org")
    page = await opened(union, task)
    assert str(task.text_sha) in page.text
    pdf = await union.http.get(f"/c/{table.slug}/documents/{task.text_sha}")
    assert (pdf.status_code, pdf.headers["content-type"], pdf.content[:4]) == (200, "application/pdf", b"%PDF")
    back = await sent(union, page, {"comment": MARKUP}, 422, files={"minutes": ("m.pdf", b"", "application/pdf")})
    assert back.problems == [
        "Choose what your members decided.",
        "m.pdf is empty. Expected: a file with something in it.",
    ]
    assert main_form(back).values()["comment"] == [MARKUP]
    minutes = {"minutes": ("minutes.pdf", b"%PDF-1.7 minutes", "application/pdf")}
    done = await sent(union, back, {"result": "ratified"}, files=minutes)
    assert "Ratified" in done.text
    row = (await views.answers(table.db, task.id))[-1]
    assert await contents.get(table.db, row.content["minutes"]) == b"%PDF-1.7 minutes"
    link = f"/c/{table.slug}/documents/{row.content['minutes']}"
    assert link in [str(one["href"]) for one in done.soup.select("#answers a")]
    for who, status in (("union", 200), ("fay", 200), ("guild", 403), ("cha", 403), ("firm-1", 403)):
        assert (await (await sign_in(f"{who}@example.org")).http.get(link)).status_code == status
    other = await sent(union, await opened(union, task), {"result": "rejected", "text_sha": "0" * 64}, 409)
    assert "The text has changed since you opened this form" in other.problems[0]


async def a_signature_with_its_code(table: Table, sign_in: SignIn) -> None:
    task = (await table.waiting())["union"]
    union = await sign_in("union@example.org")
    page = await opened(union, task)
    early = await sent(union, page, {"code": "ABCD-2345", "name": "Union Lead", "confirm": str(task.text_sha)}, 422)
    assert "There is no valid code" in early.problems[0]
    ask = next(form for form in page.forms() if form.names == {"act", "do"})
    asked = await union.send(ask, {"do": "code"})
    assert "The code was mailed to union@example.org" in asked.text
    code = await table.mailed_code(task)
    unsure = await sent(union, asked, {"code": code, "name": MARKUP}, 422)
    assert unsure.problems == ["Confirm that you sign exactly this text."]
    assert main_form(unsure).values()["name"] == [MARKUP]
    wrong = await sent(union, asked, {"code": "AAAA-AAAA", "name": "Union Lead", "confirm": str(task.text_sha)}, 422)
    assert "4 attempts left" in wrong.problems[0]
    another = await sent(union, wrong, {"code": code, "name": MARKUP, "confirm": str(task.text_sha)}, 422)
    assert "You sign as union lead, but typed another name" in another.problems[0]
    assert "<script>alert" not in another.html
    done = await sent(union, another, {"code": code, "name": "U. LEAD"})
    assert "Signed by U. LEAD" in done.text
    assert (await views.view(table.db, table.slug)).signatures[0].text_sha == task.text_sha
    assert (
        "only a mandated person of the party itself can sign"
        in (await opened(await sign_in("fay@example.org"), (await table.waiting())["guild"])).text
    )


async def a_company_declares_and_reads_the_text_it_declares_to(table: Table, sign_in: SignIn) -> None:
    task = (await table.waiting())["firm-1"]
    firm = await sign_in("firm-1@example.org")
    page = await opened(firm, task)
    assert "Old wage (en)" in page.text
    assert (await firm.http.get(f"/c/{table.slug}/documents/{task.text_sha}")).status_code == 200
    await firm.get(f"/c/{table.slug}/text", 403)
    asked = await firm.send(next(form for form in page.forms() if form.names == {"act", "do"}), {"do": "code"})
    code = await table.mailed_code(task)
    await sent(firm, asked, {"code": code, "name": "Boss 1", "confirm": str(task.text_sha)})
    assert (await table.task("signing/firm-1")).status == "answered"


async def a_decision_of_the_facilitator(table: Table, sign_in: SignIn) -> None:
    task = (await table.waiting())["facilitator"]
    fay = await sign_in("fay@example.org")
    assert await due(fay, table.slug)
    page = await opened(fay, task)
    back = await sent(fay, page, {"choice": "prolong", "reason": MARKUP, "due": "soon"}, 422)
    assert back.problems == ["Fill in a date, such as 2027-03-31."]
    past = await sent(fay, back, {"due": "2020-01-01"}, 422)
    assert "is not after today" in past.problems[0]
    assert main_form(past).values()["reason"] == [MARKUP]
    later = (await table.now()).date().replace(year=(await table.now()).year + 1)
    await sent(fay, past, {"due": later.isoformat()})
    await table.settle()
    assert (await table.task("signing/firm-2")).due_at.date() == later
    await opened(await sign_in("union@example.org"), task, 403)


# --- contribution and document ----------------------------------------------------------------------------------------

GATHER: list[dict[str, Any]] = [
    {"id": "risks", "phase": "exploration", "kind": "contribution"},
    {"id": "analysis", "phase": "exploration", "kind": "task", "respondents": ["secretariat"]},
    *STEPS[1:],
]


async def test_contributions_and_then_a_document(table: Table, still: Table, sign_in: SignIn) -> None:
    await table.launch(GATHER)
    await a_contribution_of_several_points(table, sign_in)
    for task in (await table.waiting()).values():
        await table.give(task, c.ContributionAnswer(items=[c.Item(text="A risk.")]))
    await table.advance(11)
    await a_document_is_delivered_and_downloaded_again(table, still, sign_in)


async def a_contribution_of_several_points(table: Table, sign_in: SignIn) -> None:
    task = (await table.waiting())["guild"]
    guild = await sign_in("guild@example.org")
    page = await opened(guild, task)
    assert (await sent(guild, page, {}, 422)).problems == ["Write down at least one point."]
    more = await guild.send(main_form(page), {"do": "more", "item-2": MARKUP})
    assert "item-5" in main_form(more).names
    done = await sent(guild, more, {"item-0": "Child labour", "theme-0": "human-rights", "item-5": "Water"})
    assert MARKUP in done.text
    row = (await views.answers(table.db, task.id))[-1]
    assert [one["text"] for one in row.content["items"]] == ["Child labour", MARKUP, "Water"]
    again = main_form(await opened(guild, task)).values()
    assert (again["item-1"], again["theme-0"]) == ([MARKUP], ["human-rights"])


async def a_document_is_delivered_and_downloaded_again(table: Table, other: Table, sign_in: SignIn) -> None:
    task = (await table.waiting())["secretariat"]
    sec = await sign_in("sec@example.org")
    page = await opened(sec, task)
    assert (await sent(sec, page, {"title": MARKUP}, 422)).problems == ["Choose a file."]
    html = {"file": ("analysis.html", b"<script>alert(1)</script>", "text/html")}
    refused = await sent(sec, page, {"title": MARKUP}, 422, files=html)
    assert "analysis.html is something else inside than its name says" in refused.problems[0]
    assert main_form(refused).values()["title"] == [MARKUP]
    text = {"file": ("analysis.txt", b"<script>alert(1)</script>", "text/html")}
    done = await sent(sec, refused, {}, files=text)
    link = next(one["href"] for one in done.soup.select("#answers a"))
    answer = await sec.http.get(str(link))
    assert answer.content == b"<script>alert(1)</script>"
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment")
    digest = str(link).rpartition("/")[2]
    assert (await sec.http.get(f"/c/{other.slug}/documents/{digest}")).status_code == 404
    assert (await (await sign_in("union@example.org")).http.get(str(link))).status_code == 200
    assert (await (await sign_in("firm-1@example.org")).http.get(str(link))).status_code == 403
