"""A signed covenant on its pages and by program: giving notice, staying, joining, and its end by the parties."""

import json
from collections.abc import Awaitable, Callable

import pytest
from browsing import Browser, Shown
from lives import signed_short
from program import Program, token_for
from table import Table

from models.enums import PartyStatus
from store import ground, views
from web.rendering import task_url
from web.site import Site

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.slow(20)]
SignIn = Callable[..., Awaitable[Browser]]
MARKUP = "<script>alert(1)</script>"


def told(page: Shown) -> str:
    return " ".join(page.text.split())


async def confirmed(browser: Browser, shown: Shown, path: str) -> Shown:
    return await browser.send(shown.form(path), {"intent": "confirm"})


async def test_who_wants_to_join_is_put_to_the_parties_and_sees_only_its_own(table: Table, sign_in: SignIn) -> None:
    await signed_short(table)
    sec, path = await sign_in("sec@example.org"), f"/c/{table.slug}/steer/accede"
    empty = await sec.send((await sec.get(path)).form(path), {"intent": "preview"}, status=422)
    assert len(empty.problems) >= 3
    taken = {"tier": "party", "name-nl": f"Bond {MARKUP}", "contact": "Nina New", "email": "union@example.org",
             "reason": "It speaks for many."}  # fmt: skip
    wrong = await sec.send(empty.form(path), {**taken, "intent": "preview"}, status=422)
    assert "Choose the constituency it joins." in wrong.problems
    wrong = await sec.send(wrong.form(path), {"constituency": "unions", "intent": "preview"}, status=422)
    assert any("has a place here already" in one for one in wrong.problems)
    shown = await sec.send(wrong.form(path), {"email": "nina@example.org", "intent": "preview"})
    assert MARKUP in shown.text
    assert MARKUP not in shown.html
    assert "Nina New is asked by mail to sign the signed text" in told(shown)
    assert await ground.questions(table.db, table.slug) == [], "nothing happens before it is confirmed"
    await confirmed(sec, shown, path)
    await table.settle()
    await table.advance(21)
    (task,) = [one for one in await views.waiting(table.db, slug=table.slug) if one.id.split("/")[1] == "accession-1"]
    nina = await sign_in("nina@example.org")
    assert "Join Test covenant" in told(await nina.get(task_url(task.id)))
    for closed in ("text", "rounds", "clauses/wage", "activity", "ground-rules"):
        await nina.get(f"/c/{table.slug}/{closed}", status=403)
    await (await sign_in("trade@example.org")).get(task_url(task.id), status=403)
    board = told(await nina.get(f"/c/{table.slug}/signing"))
    assert "union lead" not in board, "people are named to the table only"
    assert "union lead" in told(await sec.get(f"/c/{table.slug}/signing"))
    home = told(await nina.get(f"/c/{table.slug}"))
    assert "Give notice" not in home, "who has not joined has nothing to leave"
    assert "Take a notice back" not in home
    await nina.get(f"/c/{table.slug}/steer/withdraw", status=403)
    assert "with the signature the applicant takes part" in told(await sec.get(f"/c/{table.slug}"))
    register = await nina.get(f"/register/{table.slug}")
    assert "Bond" not in register.text, "who has not signed is no party"


async def test_notice_is_given_and_taken_back_on_the_page_and_by_program(
    table: Table, sign_in: SignIn, site: Site
) -> None:
    await signed_short(table)
    firm, union, fay = [await sign_in(f"{who}@example.org") for who in ("firm-1", "union", "fay")]
    home, path, back = (f"/c/{table.slug}{end}" for end in ("", "/steer/withdraw", "/steer/stay"))
    assert "Give notice" in told(await firm.get(home))
    shown = await firm.send(
        (await firm.get(path)).form(path), {"party": "firm-1", "reason": "We stop.", "intent": "preview"}
    )
    assert "until then it stays bound" in told(shown)
    await confirmed(firm, shown, path)
    await table.settle()
    row = next(one for one in (await views.view(table.db, table.slug)).parties if one.id == "firm-1")
    assert (row.status, row.leaves_at is not None) == (PartyStatus.ACTIVE, True)
    assert not (await union.get(back)).soup.select("input[name=party]"), "it is not theirs to take back"
    shown = await firm.send((await firm.get(back)).form(back), {"reason": "We go on.", "intent": "preview"})
    await confirmed(firm, shown, back)
    await table.settle()
    row = next(one for one in (await views.view(table.db, table.slug)).parties if one.id == "firm-1")
    assert row.leaves_at is None

    program = Program(site, await token_for(site.db, "guild@example.org"))
    here = f"/covenants/{table.slug}/withdrawals"
    await program.post(here, {"reason": "our members decided"})
    await table.settle()
    assert "leaves on" in told(await union.get(home))
    again = await program.post(here, {"reason": "our members decided"}, status=409)
    assert again["error"]["code"] == "notice_given_already"
    await program.post(f"{here}/retract", {"reason": "they think again"})
    await table.settle()
    refused = await program.post(f"{here}/retract", {"reason": "they think again"}, status=422)
    assert refused["error"]["code"] == "no_notice"
    assert "leaves on" not in told(await union.get(home))

    # its end is the parties' together
    wheel = told(await fay.get(f"{home}/steer"))
    assert ("End the covenant together" in wheel, "End the talks" in wheel) == (True, False)
    path = f"{home}/steer/terminate"
    shown = await fay.send((await fay.get(path)).form(path), {"reason": "The sector is no more.", "intent": "preview"})
    assert "If it is carried, the covenant ends at once and for good." in told(shown)
    await confirmed(fay, shown, path)
    await table.settle()
    assert [one.asked.kind for one in await ground.questions(table.db, table.slug)] == ["termination"]
    facilitator = Program(site, await token_for(site.db, "fay@example.org"))
    ended = await facilitator.post(f"/covenants/{table.slug}/end", {"reason": "I have had enough"}, status=422)
    assert ended["error"]["code"] == "needs_the_parties"
    asked = await facilitator.post(f"/covenants/{table.slug}/terminations", {"reason": "once more"}, status=409)
    assert asked["error"]["code"] == "asked_already"
    joins = {
        "name": {"nl": "Nieuw", "en": "New"},
        "contact": "Nina",
        "email": "nina@example.org",
        "reason": "It sells.",
    }
    await facilitator.post(f"/covenants/{table.slug}/accessions", joins)
    await table.settle()
    put = (await ground.questions(table.db, table.slug))[0].asked
    assert put.applicant is not None
    assert (put.kind, put.applicant.id, put.applicant.person) == ("accession", "nieuw", "nieuw-contact")
    assert "nina@example.org" not in json.dumps((await table.event("accession_proposed")).data)
