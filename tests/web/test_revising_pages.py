"""Revising a signed covenant on its pages and by program; who joins later reads and signs the revised text."""

import uuid
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from browsing import Browser, Shown
from lives import agreed, signed_short
from program import Program, token_for
from table import Table, both

from models import contracts as c
from models.enduring import Applicant
from models.enums import Language
from models.questions import Application
from store import views
from store.people import Contact, put_contact
from web.rendering import task_url
from web.site import Site

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.slow(20)]
SignIn = Callable[..., Awaitable[Browser]]
MARKUP = "<script>alert(1)</script>"
NEW = {
    "new-1-number": "3", "new-1-theme": "human-rights", "new-1-title-nl": "Loonstrook", "new-1-title-en": "Pay slip",
    "new-1-text-nl": "Ieder krijgt een loonstrook.", "new-1-text-en": f"Everyone gets a pay slip {MARKUP}.",
}  # fmt: skip


def told(page: Shown) -> str:
    return " ".join(page.text.split())


async def opened(table: Table, sign_in: SignIn) -> Table:
    """A facilitator opens a revision with a new clause, after some mistakes."""
    fay, home = await sign_in("fay@example.org"), f"/c/{table.slug}"
    path = f"{home}/steer/revise"
    assert "Revise the covenant" in told(await fay.get(f"{home}/steer"))
    for other in ("union@example.org", "sec@example.org", "firm-1@example.org"):
        await (await sign_in(other)).get(path, status=403)
    empty = await fay.send((await fay.get(path)).form(path), {"intent": "preview", "start": "soon"}, status=422)
    assert any("Give a day such as" in one for one in empty.problems)
    half = {**NEW, "start": "", "reason": "Wages rose.", "new-1-text-en": "", "new-1-number": "1", "intent": "preview"}
    wrong = await fay.send(empty.form(path), half, status=422)
    assert any("Text in English" in one or "text" in one.lower() for one in wrong.problems)
    wrong = await fay.send(wrong.form(path), {"new-1-text-en": NEW["new-1-text-en"]}, status=422)
    assert any("New clause 1, number" in one for one in wrong.problems), "the number is in use"
    shown = await fay.send(wrong.form(path), {"new-1-number": "3", "intent": "preview"})
    assert "On the 2 clauses in force there is agreement until you change them; 1 are new." in told(shown)
    await fay.send(shown.form(path), {"intent": "confirm"})
    await table.settle()
    revision = Table(table.client, table.db, table.settings, table.clock, slug=f"{table.slug}-revision-1")
    await revision.settle()
    await revision.advance(1)
    return revision


async def test_a_facilitator_revises_and_everybody_reads_which_text_is_in_force(
    table: Table, sign_in: SignIn, site: Site, browser: Browser
) -> None:
    await signed_short(table)
    revision = await opened(table, sign_in)
    fay, home = await sign_in("fay@example.org"), f"/c/{table.slug}"
    assert "A revision is under way: Test covenant (en) (revision 1)" in told(await fay.get(home))
    assert "Revise the covenant" not in told(await fay.get(f"{home}/steer")), "one at a time"
    union = await sign_in("union@example.org")
    assert "Withdraw your party" not in told(await union.get(f"/c/{revision.slug}"))
    leave = f"/c/{revision.slug}/steer/withdraw"
    refused = await union.send(
        (await union.get(leave)).form(leave),
        {"party": "union", "reason": "We do not want this.", "intent": "preview"}, status=422,
    )  # fmt: skip
    assert any("here you can object, not ratify, or not sign" in one for one in refused.problems)
    page = await union.get(f"/c/{revision.slug}/text")
    assert "This is a revision of Test covenant (en)" in told(page)
    assert (MARKUP in page.text, MARKUP in page.html) == (True, False)
    public = browser
    assert "Until this text is in force the covenant holds as it is." in told(
        await public.get(f"/register/{revision.slug}")
    )
    assert "pay slip" not in told(await public.get(f"/register/{revision.slug}")), "a draft is the table's"

    await revision.draft({"wage": "A living wage"})
    waits = next(iter((await revision.waiting()).values()))
    assert waits.total == 2
    asked = told(await union.get(task_url(f"{revision.slug}/round-1/union")))
    assert "[deleted: Old ]" in asked, "what changed is shown against what was signed"
    await agreed(revision)
    await revision.sign()
    await revision.advance(3)
    await table.settle()
    entry = told(await public.get(f"/register/{table.slug}"))
    assert "The covenant was revised: since" in entry
    assert "Old wage (en)" in entry, "the signed text stays as it was"
    entry = told(await public.get(f"/register/{revision.slug}"))
    assert "This text is in force since" in entry
    assert "A living wage (en)" in entry
    assert "with what changed since version 1" in entry
    changed = (await public.get(f"/register/{revision.slug}/versions/2")).html
    assert "<del>" in changed
    assert "<ins>" in changed

    program = Program(site, await token_for(site.db, "union@example.org"))
    (listed,) = await program.get(f"/covenants/{table.slug}/revisions")
    assert (listed["slug"], listed["status"]) == (revision.slug, "completed")
    assert listed["text_sha256"] == (await views.covenant(table.db, revision.slug)).text_sha
    assert (await program.get(f"/covenants/{revision.slug}"))["revises"] == table.slug
    await program.post(f"/covenants/{table.slug}/revisions", {"reason": "once more"}, status=403)

    task = await joining(table)
    nina = await sign_in("nina@example.org")
    page = await nina.get(task_url(task.id))
    assert "A living wage (en)" in told(page)
    assert "the text has changed" not in told(page).lower()
    pdf = await nina.http.get(f"/c/{table.slug}/documents/{task.text_sha}")
    assert pdf.content.startswith(b"%PDF")


async def joining(table: Table) -> Any:
    contact = await put_contact(table.db, Contact(email="nina@example.org", language=Language.EN))
    nina = Applicant.model_validate(
        {"id": "nina", "name": both("Nina"), "person": "nina-boss", "person_name": "Nina boss", "contact": contact}
    )
    act = {"act": f"r-{uuid.uuid4()}", "actor": c.Actor(person="sec")}
    await table.steer("apply", Application(**act, applicant=nina, reason="it sells clothes"))
    await table.advance(22)
    return next(one for one in await views.waiting(table.db, slug=table.slug) if one.respondent == "nina")
