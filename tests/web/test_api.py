"""The JSON API over a real engine: who may read and do what, acts that count once, errors that say why."""

import hashlib
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import pytest_asyncio
from browsing import Browser
from lives import Engine, table_on
from program import Program, token_for
from table import Table, both, package

from models import contracts as c
from models import ids
from models.accounts import Scope
from models.enums import Ground, Lane, Stance
from models.scenario import PositionReply
from store import comments, tokens, views
from store.people import Contact, put_contact
from web.api.auth import PER_TOKEN
from web.site import Site, digest

pytestmark = pytest.mark.asyncio(loop_scope="session")
SignIn = Callable[..., Awaitable[Browser]]


@pytest.fixture
def program(site: Site) -> Callable[..., Awaitable[Program]]:
    async def made(email: str, *scopes: Scope) -> Program:
        return Program(site, await token_for(site.db, email, scopes or tuple(Scope)))

    return made


ProgramOf = Callable[..., Awaitable[Program]]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def busy(engine: Engine) -> Table:
    """A covenant whose first step stays open: each test answers for a party of its own, none for the shops."""
    table = table_on(engine)
    await table.launch()
    return table


async def own_task(table: Table, caller: Program) -> Any:
    """The one task of this table that is due from who calls."""
    (found,) = [one for one in await caller.every("/tasks", limit=200) if one["covenant"] == table.slug]
    return found


# --- who calls --------------------------------------------------------------------------------------------------------


async def test_without_a_token_that_works_nobody_reads(site: Site, program: ProgramOf) -> None:
    for token in ("", "polder_wrong", "other"):
        refused = await Program(site, token).get("/me", 401)
        assert refused["error"]["code"] == "no_token"
    old = await token_for(site.db, "union@example.org", days=0)
    assert (await Program(site, old).get("/me", 401))["error"]["kind"] == "sign_in"
    me = await (await program("union@example.org")).get("/me")
    assert me == {"email": "union@example.org", "scopes": ["read", "answer", "steer"], "operates": False,
                  "launches": False}  # fmt: skip


async def test_a_browser_reads_with_its_session_and_does_nothing_with_it(still: Table, sign_in: SignIn) -> None:
    browser = await sign_in("union@example.org")
    answer = await browser.http.get(f"/api/v1/covenants/{still.slug}")
    assert answer.json()["slug"] == still.slug
    refused = await browser.http.post(f"/api/v1/covenants/{still.slug}/end", json={"reason": "we stop"})
    assert refused.status_code == 401
    assert refused.headers["www-authenticate"] == "Bearer"


async def test_a_token_does_no_more_than_its_scopes(still: Table, program: ProgramOf) -> None:
    reader = await program("fay@example.org", Scope.READ)
    assert (await reader.get(f"/covenants/{still.slug}"))["seq"] > 0
    refused = await reader.post(f"/covenants/{still.slug}/end", {"reason": "we stop"}, 403)
    assert refused["error"]["code"] == "no_scope"
    assert (await (await program("fay@example.org", Scope.STEER)).get("/me", 403))["error"]["code"] == "no_scope"


async def test_the_601st_call_in_a_minute_waits(site: Site) -> None:
    token = await token_for(site.db, "union@example.org")
    row = await tokens.found(site.db, digest(token), datetime.now(UTC))
    assert row is not None
    caller = Program(site, token)
    for _ in range(599):
        await site.limiter.hit(PER_TOKEN, "api", f"token/{row.id}")
    await caller.get("/me")
    refused = await caller.http.get("/me")
    assert refused.status_code == 429
    assert 0 < int(refused.headers["retry-after"]) <= 60
    assert refused.json()["error"]["kind"] == "too_many"


# --- reading ----------------------------------------------------------------------------------------------------------

READS = (
    "", "/steps", "/parties", "/clauses", "/clauses/wage/versions", "/rounds", "/positions", "/tasks", "/waiting",
    "/events", "/decisions", "/documents", "/people",
)  # fmt: skip
SEEN: dict[str, tuple[str, ...]] = {
    "fay@example.org": READS,
    "sec@example.org": READS,
    "cha@example.org": READS[:-1],
    "ops@example.org": ("", "/steps", "/parties", "/tasks", "/waiting", "/events", "/decisions", "/documents"),
    "union@example.org": READS[:-1],
    "firm-1@example.org": ("", "/steps", "/parties", "/tasks", "/waiting", "/documents"),
    "stranger@example.org": (),
}


@pytest.mark.parametrize("email", SEEN)
async def test_each_reads_what_the_pages_show(talks: Table, program: ProgramOf, email: str) -> None:
    caller = await program(email)
    for path in READS:
        expected = 200 if path in SEEN[email] else 403
        found = await caller.get(f"/covenants/{talks.slug}{path}", expected)
        if path != "/people":
            assert "@example.org" not in json.dumps(found), path
    mine = {one["slug"] for one in await caller.every("/covenants", limit=200)}
    assert (talks.slug in mine) is bool(SEEN[email])


async def test_lists_come_in_parts(still: Table, program: ProgramOf) -> None:
    caller = await program("fay@example.org")
    whole = await caller.every(f"/covenants/{still.slug}/parties")
    parts = await caller.every(f"/covenants/{still.slug}/parties", limit=1)
    assert [one["id"] for one in parts] == [one["id"] for one in whole]
    assert len(whole) == 6
    first = await caller.get(f"/covenants/{still.slug}/events", limit=2)
    after = await caller.get(f"/covenants/{still.slug}/events", after=first["items"][-1]["seq"], limit=1)
    assert after["items"][0]["seq"] == 3
    assert (await caller.get("/covenants", 422, page=0))["error"]["code"] == "invalid_value"


async def test_a_company_sees_its_own_tasks_only(table: Table, program: ProgramOf) -> None:
    await table.launch([{"id": "principles", "phase": "exploration", "kind": "approval",
                         "respondents": ["all", "participants"]}])  # fmt: skip
    caller = await program("firm-1@example.org")
    assert {one["respondent"] for one in await caller.every(f"/covenants/{table.slug}/waiting")} == {"firm-1"}
    assert (await own_task(table, caller))["respondent"] == "firm-1"
    everyone = {one["respondent"] for one in await (await program("cha@example.org")).every(
        f"/covenants/{table.slug}/waiting")}  # fmt: skip
    assert {"union", "firm-2"} <= everyone


async def test_a_comment_in_a_lane_is_nobodys_to_those_outside(busy: Table, program: ProgramOf) -> None:
    sha = await comments.put(busy.db, "we may give in")
    await busy.steer(
        "comment",
        c.Comment(act=f"cm-{busy.slug}", actor=c.Actor(person="union-lead"), clause="wage", lane=Lane.DELEGATION,
                  text_sha=sha),
    )  # fmt: skip
    path = f"/covenants/{busy.slug}/events"
    (own,) = await (await program("union@example.org")).every(path, kind="commented")
    assert own["actor"] == "union-lead"
    for email in ("trade@example.org", "fay@example.org"):
        (other,) = await (await program(email)).every(path, kind="commented")
        assert (other["actor"], other["who"]["en"]) == (None, "someone at the table")
        assert "union" not in json.dumps({**other, "event": ""})


# --- acting -----------------------------------------------------------------------------------------------------------


async def test_an_answer_counts_once_however_often_it_is_sent(busy: Table, program: ProgramOf) -> None:
    caller = await program("union@example.org", Scope.READ, Scope.ANSWER)
    mine = await own_task(busy, caller)
    body = {"content": {"kind": "approval", "stance": "agree", "text_sha": mine["text_sha256"]}}
    act = f"api-{busy.slug}"
    first = await caller.post(f"/tasks/{mine['id']}/answers", body, act=act)
    again = await caller.post(f"/tasks/{mine['id']}/answers", body, act=act)
    assert first["event"] == again["event"] == act
    found = await caller.get(f"/tasks/{mine['id']}")
    assert (found["status"], len(found["answers"])) == ("answered", 1)
    other = {"content": {**body["content"], "stance": "abstain"}}
    refused = await caller.post(f"/tasks/{mine['id']}/answers", other, 409, act=act)
    assert refused["error"]["code"].startswith("act")
    assert (await caller.post(f"/tasks/{mine['id']}/answers", other))["event"].startswith("act-")


async def test_what_the_rules_refuse_comes_with_words_and_a_code(still: Table, program: ProgramOf) -> None:
    caller = await program("union@example.org")
    mine = await own_task(still, caller)
    body: dict[str, Any] = {"content": {"kind": "approval", "stance": "object", "text_sha": mine["text_sha256"]}}
    refused = await caller.post(f"/tasks/{mine['id']}/answers", body, 422)
    assert refused["error"]["code"] == "objection_without_ground"
    assert refused["error"]["nl"].startswith("Een bezwaar")
    wrong = await caller.post(f"/tasks/{mine['id']}/answers", {"content": {"kind": "approval"}}, 422)
    assert "stance" in wrong["error"]["en"]
    missing = await caller.post(f"/tasks/{still.slug}/nowhere/union/answers", body, 404)
    assert missing["error"]["code"] == "task_not_found"


async def test_nobody_answers_for_another_party_or_covenant(still: Table, program: ProgramOf) -> None:
    union = (await still.waiting())["union"]
    body = {"content": {"kind": "approval", "stance": "agree", "text_sha": union.text_sha}}
    for email in ("trade@example.org", "firm-1@example.org", "stranger@example.org", "cha@example.org"):
        caller = await program(email)
        await caller.get(f"/tasks/{union.id}", 403)
        await caller.post(f"/tasks/{union.id}/answers", body, 403)
        await caller.post(f"/tasks/{union.id}/code", {}, 403)
    assert (await views.task(still.db, union.id)).status == "open"


async def test_the_secretariat_enters_what_was_phoned_in(busy: Table, program: ProgramOf) -> None:
    trade = (await busy.waiting())["trade"]
    body = {
        "content": {"kind": "approval", "stance": "agree", "text_sha": trade.text_sha},
        "on_behalf": "phoned in by the trade",
    }
    only_answers = await program("sec@example.org", Scope.READ, Scope.ANSWER)
    assert (await only_answers.post(f"/tasks/{trade.id}/answers", body, 403))["error"]["code"] == "no_scope"
    await (await program("sec@example.org")).post(f"/tasks/{trade.id}/answers", body)
    (answer,) = await views.answers(busy.db, trade.id)
    assert (answer.person, answer.on_behalf) == ("sec", "phoned in by the trade")


async def test_a_round_hides_positions_and_texts_are_stored_before_a_draft_names_them(
    table: Table, program: ProgramOf
) -> None:
    await table.launch()
    await table.approve()
    await table.advance(3)
    await while_a_round_is_open_others_positions_are_not_shown(table, program)
    for party in ("guild", "trade"):
        await table.position(party)
    await table.position("shops", {"wage": PositionReply(stance=Stance.OBJECT, ground=Ground.COST, lift="less")})
    await table.advance(11)
    caller = await program("fay@example.org")
    task = await own_task(table, caller)
    assert task["kind"] == "drafting"
    stored = await caller.post("/contents/texts", both("New wage"), 201)
    contact = await put_contact(table.db, Contact.model_validate({"email": "x@example.org", "language": "nl"}))
    for sha in ("0" * 64, contact):
        body = _draft(sha)
        refused = await caller.post(f"/tasks/{task['id']}/answers", body, 422)
        assert refused["error"]["code"] == "content_not_stored"
    await caller.post(f"/tasks/{task['id']}/answers", _draft(stored["sha256"]))
    await table.settle()
    versions = await caller.get(f"/covenants/{table.slug}/clauses/wage/versions")
    assert [one["text"]["en"] for one in versions] == ["New wage (en)", "Old wage (en)"]


async def while_a_round_is_open_others_positions_are_not_shown(table: Table, program: ProgramOf) -> None:
    await table.position("union", {"wage": PositionReply(stance=Stance.OBJECT, ground=Ground.COST, lift="less")})
    path = f"/covenants/{table.slug}/positions"
    assert {one["party"] for one in await (await program("union@example.org")).every(path)} == {"union"}
    assert await (await program("trade@example.org")).every(path) == []
    shown = await (await program("fay@example.org")).every(path, clause="wage")
    assert [(one["stance"], one["ground"], one["version"]) for one in shown] == [("object", "cost", 1)]


def _draft(sha: str) -> dict[str, Any]:
    amendment = {"clause": "wage", "sha256": sha, "reason": "a compromise"}
    return {"content": {"kind": "drafting", "amendments": [amendment], "reason": "a compromise"}}


async def test_a_document_is_delivered_and_nothing_else_by_its_hash(table: Table, program: ProgramOf) -> None:
    step = {"id": "analysis", "phase": "exploration", "kind": "task", "respondents": ["secretariat"]}
    await table.launch([step])
    caller = await program("sec@example.org")
    task = await own_task(table, caller)
    data = b"<script>alert(1)</script>"
    answer = await caller.http.post("/contents", content=data, headers={"content-type": "text/html"})
    assert answer.json() == {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
    contact = await put_contact(table.db, Contact.model_validate({"email": "x@example.org", "language": "nl"}))
    stolen = {"content": {"kind": "document", "title": "Analysis", "sha256": contact}}
    assert (await caller.post(f"/tasks/{task['id']}/answers", stolen, 422))["error"]["code"] == "content_not_stored"
    delivered = {"content": {"kind": "document", "title": "Analysis", "sha256": answer.json()["sha256"]}}
    await caller.post(f"/tasks/{task['id']}/answers", delivered)
    (paper,) = await caller.every(f"/covenants/{table.slug}/documents")
    got = await caller.http.get(paper["content"].removeprefix("/api/v1"))
    assert got.content == data
    assert got.headers["content-type"] == "application/octet-stream"
    assert got.headers["content-disposition"].startswith("attachment")
    stranger = await program("stranger@example.org")
    await stranger.get(paper["content"].removeprefix("/api/v1"), 403)
    await caller.get(f"/covenants/{table.slug}/documents/{contact}", 404)


async def test_the_facilitator_steers(table: Table, program: ProgramOf) -> None:
    await table.launch()
    caller = await program("fay@example.org")
    here = f"/covenants/{table.slug}"
    due = (await table.now()).replace(year=(await table.now()).year + 1).date().isoformat()
    (receipt,) = await caller.post(f"{here}/extensions", {"due": due, "reason": "holidays"})
    assert receipt["counted"]
    union = (await table.waiting())["union"]
    assert union.due_at.date().isoformat() == due
    await caller.post(f"/tasks/{union.id}/ladder", {"reason": "they are merging"})
    await caller.post(f"{here}/hold", {"reason": "elections"})
    assert (await caller.get(here))["status"] == "paused"
    await caller.post(f"{here}/hold", {"resume": True, "reason": "elections are over"})
    await caller.post(f"{here}/plan", {"change": "skip", "key": "talks", "reason": "text is agreed"})
    await caller.post(f"{here}/withdrawals", {"party": "guild", "reason": "dissolved"})
    assert "guild" in {one["id"] for one in await caller.every(f"{here}/parties") if one["status"] == "withdrawn"}
    late = await caller.post(f"{here}/extensions", {"tasks": [union.id], "due": "9999-12-31", "reason": "far"}, 422)
    assert late["error"]["code"] == "invalid_value"
    await caller.post(f"{here}/end", {"reason": "no agreement"})
    assert (await caller.get(here))["status"] == "ended"
    after = await caller.post(f"{here}/end", {"reason": "no agreement"}, 409)
    assert after["error"]["code"] == "workflow_over"


async def test_a_party_leaves_by_itself_only(table: Table, program: ProgramOf) -> None:
    await table.launch()
    caller = await program("shops@example.org")
    here = f"/covenants/{table.slug}/withdrawals"
    await caller.post(here, {"party": "trade", "reason": "we dislike them"}, 403)
    await (await program("firm-1@example.org")).post(here, {"reason": "we leave"}, 403)
    await caller.post(here, {"reason": "our members want out"})
    found = {one["id"]: one["status"] for one in await caller.every(f"/covenants/{table.slug}/parties")}
    assert (found["shops"], found["trade"]) == ("withdrawn", "active")


async def test_a_covenant_is_launched_once(table: Table, site: Site, program: ProgramOf) -> None:
    made = package(table.slug)
    body = {"covenant": made.covenant.model_dump(mode="json"), "playbook": made.playbook.model_dump(mode="json")}
    await (await program("union@example.org")).post("/covenants", body, 403)
    site.settings = site.settings.model_copy(update={"facilitators": ["new@example.org"]})
    caller = await program("new@example.org")
    broken = {**body, "covenant": {**body["covenant"], "clauses": [{**body["covenant"]["clauses"][0], "theme": "x"}]}}
    refused = await caller.post("/covenants", broken, 422)
    assert refused["error"]["code"] == "invalid_package"
    assert "theme" in refused["error"]["en"]
    launched = await caller.post("/covenants", body, 201)
    await table.client.get_workflow_handle(ids.covenant_workflow(table.slug)).describe()
    await table.settle()
    assert await caller.post("/covenants", body, 201) == launched
    other = {**body, "covenant": {**body["covenant"], "title": both("Another")}}
    assert (await caller.post("/covenants", other, 409))["error"]["code"] == "slug_taken"


# --- its description --------------------------------------------------------------------------------------------------


async def test_people_find_every_route_on_one_page(browser: Browser) -> None:
    description = (await browser.http.get("/api/v1/openapi.json")).json()
    page = await browser.get("/api")
    for path, operations in description["paths"].items():
        for method in operations:
            assert f"{method.upper()} {path}" in page.text
    assert len(page.html) < 100_000


async def test_what_is_not_there_is_json_too(site: Site) -> None:
    program = Program(site)
    assert (await program.get("/nowhere", 404))["error"]["code"] == "page_not_found"
    assert (await program.http.delete("/me")).status_code == 405
