"""Every cell of docs/access.md: each kind of visitor at each address, in their own covenant and in somebody else's.

An address that is not in this table fails the test: a new route says here whose it is.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import sqlalchemy as sa
from browsing import Browser, app_of
from lives import in_talks
from program import Program, token_for
from table import Table
from walking import every_route

from rules.access import DOES, SEES, Deed, Page, Relation
from runtime.settings import Settings
from runtime.skipping import SkippedTime
from scripts.access import text
from store import views
from store.engine import Database
from web.site import Site

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(300)]
R = Relation

PEOPLE: Mapping[str, tuple[str | None, frozenset[Relation]]] = {
    "nobody": (None, frozenset({R.PUBLIC})),
    "stranger": ("lara@example.org", frozenset({R.ACCOUNT})),  # may launch, sits at no table
    "participant": ("firm-2@example.org", frozenset({R.ACCOUNT, R.PARTICIPANT})),
    "party": ("trade@example.org", frozenset({R.ACCOUNT, R.PARTY})),
    "facilitator": ("fay@example.org", frozenset({R.ACCOUNT, R.FACILITATOR})),
    "secretariat": ("sec@example.org", frozenset({R.ACCOUNT, R.SECRETARIAT})),
    "chair": ("cha@example.org", frozenset({R.ACCOUNT, R.CHAIR, R.MEDIATOR})),
    "operator": ("ops@example.org", frozenset({R.ACCOUNT, R.OPERATOR})),
}
LAUNCHERS = {"stranger", "facilitator"}

COVENANT_PAGES: Mapping[str, Page | Deed] = {
    "/c/{slug}": Page.COVENANT,
    "/c/{slug}/live": Page.COVENANT,
    "/c/{slug}/signing": Page.COVENANT,
    "/c/{slug}/activity": Page.ACTIVITY,
    "/c/{slug}/text": Page.TEXT,
    "/c/{slug}/clauses/{clause}": Page.TEXT,
    "/c/{slug}/clauses/{clause}/propose": Deed.PROPOSE,
    "/c/{slug}/objections": Page.TEXT,
    "/c/{slug}/weights": Deed.WEIGH,
    "/c/{slug}/packages": Deed.PUT_PACKAGE,
    "/c/{slug}/papers": Page.TEXT,
    "/c/{slug}/meetings": Page.TEXT,
    "/c/{slug}/meetings/new": Deed.CALL_MEETING,
    "/c/{slug}/rounds": Page.TEXT,
    "/c/{slug}/rounds/{no}": Page.TEXT,
    "/c/{slug}/delegation": Page.DELEGATION,
    "/c/{slug}/people": Page.PEOPLE,
    "/c/{slug}/people/{person}": Page.PEOPLE,
    "/c/{slug}/steer": Page.STEER,
    "/c/{slug}/steer/extend": Deed.EXTEND,
    "/c/{slug}/steer/ladder": Deed.PAUSE_LADDER,
    "/c/{slug}/steer/notify": Deed.EXTEND,
    "/c/{slug}/steer/bounce": Deed.EXTEND,
    "/c/{slug}/steer/ask-again": Deed.EXTEND,
    "/c/{slug}/steer/signing-day": Deed.CHANGE_PLAN,
    "/c/{slug}/steer/cancel-signing": Deed.CHANGE_PLAN,
    "/c/{slug}/steer/insert": Deed.CHANGE_PLAN,
    "/c/{slug}/steer/skip": Deed.CHANGE_PLAN,
    "/c/{slug}/steer/repeat": Deed.CHANGE_PLAN,
    "/c/{slug}/steer/reschedule": Deed.CHANGE_PLAN,
    "/c/{slug}/steer/pause": Deed.HOLD,
    "/c/{slug}/steer/resume": Deed.HOLD,
    "/c/{slug}/steer/withdraw": Deed.WITHDRAW,
    "/c/{slug}/steer/stay": Deed.WITHDRAW,
    "/c/{slug}/steer/accede": Deed.ADMIT,
    "/c/{slug}/steer/terminate": Deed.PUT_QUESTION,
    "/c/{slug}/steer/revise": Deed.REVISE,
    "/c/{slug}/steer/end": Deed.END,
    "/c/{slug}/export/{form}": Page.TEXT,
    "/c/{slug}/dossier": Page.TEXT,
    "/c/{slug}/word": Deed.PROPOSE,
    "/c/{slug}/ground-rules": Page.TEXT,
    "/c/{slug}/clauses/{clause}/fix": Deed.PROPOSE_FIX,
    "/board/{slug}": Page.BOARD,
}
"""Pages of a covenant; {name} of a steering act is written out, since each is another deed."""

COVENANT_FORMS: Mapping[str, Page | Deed] = {
    "/c/{slug}/clauses/{clause}": Deed.COMMENT,
    "/c/{slug}/clauses/{clause}/propose": Deed.PROPOSE,
    "/c/{slug}/objections": Deed.OBJECT,
    "/c/{slug}/weights": Deed.WEIGH,
    "/c/{slug}/packages": Deed.PUT_PACKAGE,
    "/c/{slug}/papers": Deed.FILE_PAPER,
    "/c/{slug}/meetings/new": Deed.CALL_MEETING,
    "/c/{slug}/word": Deed.PROPOSE,
    "/c/{slug}/ground-rules": Deed.PUT_QUESTION,
    "/c/{slug}/clauses/{clause}/fix": Deed.PROPOSE_FIX,
    "/c/{slug}/delegation": Deed.CHANGE_MANDATES,
    **{path: deed for path, deed in COVENANT_PAGES.items() if "/steer/" in path},
}

OWN = {
    "/tasks", "/covenants", "/account", "/account/tokens", "/account/webhooks", "/jobs",
}  # fmt: skip
OPEN = {
    "/register", "/register/{slug}", "/register/{slug}/dossier", "/register/{slug}/signing",
    "/verify", "/signin", "/become", "/api", "/search", "/health",
    "/vendor/govuk/govuk-frontend.min.css",
}  # fmt: skip
ELSEWHERE = {
    # redirects and what needs a secret or an own object; each has tests of its own
    "/", "/signin/link", "/signin/oidc", "/signin/oidc/back", "/signin/passkey", "/signin/passkey/options", "/signout",
    "/drafts", "/account/calendar", "/account/sessions", "/account/passkeys", "/account/passkeys/options",
    "/account/webhooks/{webhook_id}", "/jobs/{job_id}", "/jobs/{job_id}/live", "/jobs/{job_id}/result",
    "/calendar/{token}.ics", "/tasks/{task:path}", "/tasks/passkey/{task:path}",
    "/c/{slug}/documents/{digest}", "/c/{slug}/redline.{form}",
    "/c/{slug}/drafting", "/c/{slug}/meetings/{no}", "/c/{slug}/meetings/{no}/files/{digest}",
    "/register/{slug}/versions/{no}",
    "/c/{slug}/papers/{key}", "/c/{slug}/widen/{item}/{key}", "/register/{slug}/papers/{key}",
    "/c/{slug}/drafting/preview", "/c/{slug}/amendment", "/register/{slug}/documents/{digest}",
    "/c/{slug}/steer/{name}", "/favicon.ico", "/board/views", "/board/views/delete", "/board.csv",
}  # fmt: skip
LAUNCH = "/launch"
API = "/api/v1"
API_DEEDS: Mapping[str, tuple[Deed, Mapping[str, Any]]] = {
    "/covenants/{slug}/amendments": (
        Deed.PROPOSE, {"clause": "wage", "base_sha": "0" * 64, "reason": "just so"},
    ),
    "/covenants/{slug}/amendments/withdraw": (Deed.PROPOSE, {"amendment": "act-none", "reason": "just so"}),
    "/covenants/{slug}/amendments/answer": (
        Deed.PROPOSE, {"amendment": "act-none", "answer": "accept", "reason": "just so"},
    ),
    "/covenants/{slug}/weights": (
        Deed.WEIGH,
        {"clauses": [{"clause": "sea", "sha256": "0" * 64, "matters": "much", "now": "good"}]},
    ),
    "/covenants/{slug}/packages": (
        Deed.PUT_PACKAGE,
        {"picks": [{"clause": "sea", "base_sha": "0" * 64, "amendment": "act-none"}], "reason": "just so"},
    ),
    "/covenants/{slug}/widen": (
        Deed.FILE_PAPER, {"item": "paper", "id": "act-none", "lane": "table", "reason": "just so"},
    ),
    "/covenants/{slug}/accessions": (
        Deed.ADMIT,
        {"name": {"nl": "Nieuw", "en": "New"}, "contact": "Nina New", "email": "nina@example.org", "reason": "just so"},
    ),
    "/covenants/{slug}/terminations": (Deed.PUT_QUESTION, {"reason": "just so"}),
    "/covenants/{slug}/revisions": (Deed.REVISE, {"reason": "just so"}),
    "/covenants/{slug}/withdrawals/retract": (Deed.WITHDRAW, {"reason": "just so"}),
    "/covenants/{slug}/meetings": (
        Deed.CALL_MEETING,
        {"start": "2020-01-01T10:00:00+01:00", "minutes": 60, "called": ["all"], "text": {"title": "Talks"}},
    ),
}  # fmt: skip
"""Acts of the API of which every cell is tried, with a request that the rules refuse to who may."""


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def tables(engine: tuple[Any, Database, Settings]) -> tuple[Table, Table]:
    """Two covenants with the same people's parts, at different tables."""
    client, db, settings = engine
    made = [Table(client, db, settings, SkippedTime(client)) for _ in range(2)]
    for one in made:
        await in_talks(one)
    await renamed(made[1])
    return made[0], made[1]


async def renamed(table: Table) -> None:
    """Give everyone of the other covenant another address: they sit at no table of the first one."""
    async with table.db.write() as session:
        await session.execute(
            sa.text("UPDATE person SET email = 'other-' || email WHERE covenant = :slug"), {"slug": table.slug}
        )


async def sitting(site: Site, who: str) -> Browser:
    email, _ = PEOPLE[who]
    browser = Browser(site)
    if email is not None:
        await browser.become(email)
    browser.http.follow_redirects = False
    return browser


def filled(path: str, table: Table) -> str:
    return (
        path.replace("{slug}", table.slug).replace("{form}", "json").replace("{clause}", "wage").replace("{no}", "1")
        .replace("{person}", "union-lead")
    )  # fmt: skip


NOT_YET = {("participant", "/c/{slug}/steer/withdraw")}
"""A company has nothing to leave before it declared; these talks are not signed."""


def allowed(who: str, what: Page | Deed) -> bool:
    relations = PEOPLE[who][1] | {R.PUBLIC}
    return bool(relations & (SEES[what] if isinstance(what, Page) else DOES[what]))


async def status(browser: Browser, method: str, path: str, party: str = "trade") -> int:
    if path.endswith("/live"):  # a stream: only its beginning is of interest
        return (await browser.http.request("HEAD", path)).status_code
    answer = await browser.http.request(method, path, data={"party": party, "do": "add"} if method == "POST" else None)
    return answer.status_code


def refused(who: str, method: str) -> set[int]:
    if who == "nobody":
        return {303} if method == "GET" else {401}
    return {403, 404}


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("own", [True, False], ids=["own", "other"])
async def test_pages_and_forms_of_a_covenant(tables: tuple[Table, Table], site: Site, who: str, own: bool) -> None:
    browser = await sitting(site, who)
    table = tables[0] if own else tables[1]
    wrong = {}
    for method, cells in (("GET", COVENANT_PAGES), ("POST", COVENANT_FORMS)):
        for path, what in cells.items():
            if path.endswith("/live"):
                continue
            party = "firm-2" if who == "participant" else "trade"
            got = await status(browser, method, filled(path, table), party)
            may = own and allowed(who, what) and (who, path) not in NOT_YET
            fits = got in ({200, 303, 422} if may else refused(who, method))
            if may and got == 303:
                fits = False  # a redirect to the sign-in page is a refusal
            if not fits:
                wrong[method, path] = (got, "may" if may else "may not")
    assert wrong == {}


@pytest.mark.parametrize("who", PEOPLE)
async def test_pages_of_nobody_in_particular(tables: tuple[Table, Table], site: Site, who: str) -> None:
    browser = await sitting(site, who)
    wrong = {}
    for path in OPEN:
        got = await status(browser, "GET", filled(path, tables[0]))
        if got not in {200, 204}:
            wrong[path] = got
    for path in OWN:
        got = await status(browser, "GET", path)
        if got != (303 if who == "nobody" else 200):
            wrong[path] = got
    got = await status(browser, "GET", "/launch")
    if got != (303 if who == "nobody" else 200 if who in LAUNCHERS else 403):
        wrong["/launch"] = got
    assert wrong == {}


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("own", [True, False], ids=["own", "other"])
async def test_tasks_of_one_party(tables: tuple[Table, Table], site: Site, who: str, own: bool) -> None:
    """The task of the party trade: its own people, and the offices that may answer on behalf."""
    browser = await sitting(site, who)
    table = tables[0] if own else tables[1]
    task = next(one for one in await views.waiting(table.db, slug=table.slug) if one.respondent == "trade")
    may = own and who in {"party", "facilitator", "secretariat"}
    for method in ("GET", "POST"):
        got = await status(browser, method, f"/tasks/{task.id}")
        assert (got in {200, 422}) if may else got in refused(who, method), f"{method}: {got}"
    other = next(one for one in await views.waiting(table.db, slug=table.slug) if one.respondent == "shops")
    got = await status(browser, "GET", f"/tasks/{other.id}")
    assert (got == 200) if own and who in {"facilitator", "secretariat"} else got in refused(who, "GET")


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("own", [True, False], ids=["own", "other"])
async def test_acts_of_the_api(tables: tuple[Table, Table], site: Site, who: str, own: bool) -> None:
    email, _ = PEOPLE[who]
    program = Program(site, await token_for(site.db, email) if email else "")
    wrong = {}
    for path, (deed, body) in API_DEEDS.items():
        answer = await program.http.post(filled(path, tables[0] if own else tables[1]), json=body)
        may = own and allowed(who, deed)
        if answer.status_code not in ({409, 422} if may else {401} if who == "nobody" else {403}):
            wrong[path] = (answer.status_code, "may" if may else "may not")
    assert wrong == {}


async def test_no_address_is_missing_from_this_table(site: Site) -> None:
    named = {*COVENANT_PAGES, *COVENANT_FORMS, *OWN, *OPEN, *ELSEWHERE, "/board"}
    missing = [
        route.path for route in every_route(app_of(site))
        if route.path not in named and not route.path.startswith((LAUNCH, API))
    ]  # fmt: skip
    assert missing == []


async def test_every_page_and_act_is_tried() -> None:
    tried = {*COVENANT_PAGES.values(), *COVENANT_FORMS.values()}
    elsewhere = {Page.REGISTER, Page.VERIFY, Page.SIGN_IN, Page.OWN, Page.TASK, Page.LAUNCH, Deed.LAUNCH, Deed.ANSWER,
                 Deed.ANSWER_ON_BEHALF, Deed.REQUEST_CODE}  # fmt: skip
    assert {*Page, *Deed} == tried | elsewhere


def test_the_documented_table_is_the_table() -> None:
    assert (Path(__file__).parents[2] / "docs/access.md").read_text() == text()
