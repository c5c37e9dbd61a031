"""Comments and mandates by the JSON API: the lane holds, and a delegation is its own party's."""

from collections.abc import Awaitable, Callable

import pytest
import pytest_asyncio
from lives import Engine, table_on
from program import Program, token_for
from table import Table

from models.accounts import Scope
from web.site import Site

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture
def program(site: Site) -> Callable[..., Awaitable[Program]]:
    async def made(email: str) -> Program:
        return Program(site, await token_for(site.db, email, tuple(Scope)))

    return made


ProgramOf = Callable[..., Awaitable[Program]]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def busy(engine: Engine) -> Table:
    """A covenant of which one test uses the comments, another a delegation."""
    table = table_on(engine)
    await table.launch()
    return table


async def test_a_comment_is_read_in_its_lane_only(busy: Table, program: ProgramOf) -> None:
    union, guild, trade = [await program(f"{one}@example.org") for one in ("union", "guild", "trade")]
    said = {"clause": "wage", "lane": "constituency", "text": "between <b>us</b>"}
    receipt = await union.post(f"/covenants/{busy.slug}/comments", said)
    where = f"/covenants/{busy.slug}/clauses/wage/comments"
    assert [one["text"] for one in await guild.get(where)] == ["between <b>us</b>"]
    assert await trade.get(where) == []
    answer = {**said, "text": "agreed", "reply_to": receipt["event"]}
    await guild.post(f"/covenants/{busy.slug}/comments", answer)
    assert [one["text"] for one in await union.get(where)] == ["between <b>us</b>", "agreed"]
    refused = await trade.post(f"/covenants/{busy.slug}/comments", {**answer, "lane": "table"}, 422)
    assert refused["error"]["code"] == "unknown_comment"


async def test_a_delegation_is_changed_by_its_own_party(busy: Table, program: ProgramOf) -> None:
    added = {
        "party": "union", "change": "add", "person": "union-sub", "name": "Substitute", "reason": "on leave",
        "contact": {"email": "sub@example.org", "language": "nl"}, "mandates": [{"powers": ["speak", "commit"]}],
    }  # fmt: skip
    stranger = await program("trade@example.org")
    refused = await stranger.post(f"/covenants/{busy.slug}/mandates", added, 422)
    assert refused["error"]["code"] == "not_your_delegation"
    await (await program("union@example.org")).post(f"/covenants/{busy.slug}/mandates", added)
    people = await (await program("fay@example.org")).get(f"/covenants/{busy.slug}/people")
    assert "sub@example.org" in str(people)
