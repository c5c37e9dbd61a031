"""Amendments by the JSON API: words are proposed, collide, get a fate, and are answered, each by who may."""

import uuid
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import pytest_asyncio
from lives import Engine, table_on
from program import Program, token_for
from table import Table

from models.accounts import Scope
from store import views
from web.site import Site

pytestmark = pytest.mark.asyncio(loop_scope="session")

ProgramOf = Callable[..., Awaitable[Program]]
BOTH = {"nl": "Living wage (nl)", "en": "Living wage (en)"}


@pytest.fixture
def program(site: Site) -> ProgramOf:
    async def made(email: str, *scopes: Scope) -> Program:
        return Program(site, await token_for(site.db, email, scopes or tuple(Scope)))

    return made


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def talking(engine: Engine) -> Table:
    """A covenant in its first round, for what is refused and what can be taken back."""
    table = table_on(engine)
    await table.launch()
    await table.approve()
    return table


async def sha(table: Table, clause: str = "wage") -> str:
    return (await views.current_texts(table.db, table.slug))[clause].sha256


async def motion(table: Table, **more: Any) -> dict[str, Any]:
    clause = more.get("clause", "wage")
    return {"clause": clause, "base_sha": await sha(table, clause), "reason": "it reads better", **more}


async def read(by: Program, table: Table, query: str = "") -> list[Any]:
    return await by.every(f"/covenants/{table.slug}/amendments{query}")


async def test_words_are_proposed_answered_and_maintained(engine: Engine, program: ProgramOf) -> None:
    table = table_on(engine)
    await table.launch()
    await table.approve()
    await table.advance(1)
    union, trade, fay = [await program(f"{one}@example.org") for one in ("union", "trade", "fay")]
    where = f"/covenants/{table.slug}/amendments"
    first_words, mine = await motion(table, **BOTH), f"a/{uuid.uuid4()}?&#"
    assert (await union.post(where, first_words, act=mine))["event"] == mine
    edits = {"nl": [{"start": 0, "end": 3, "text": "Market"}], "en": [{"start": 0, "end": 3, "text": "Market"}]}
    theirs = (await trade.post(where, await motion(table, edits=edits)))["event"]
    child = (await trade.post(where, await motion(table, en="Living and fair wage (en)", to=mine)))["event"]

    first, second, third = await read(fay, table, "?clause=wage&status=open")
    assert (first["id"], first["party"], first["reason"]) == (mine, "union", "it reads better")
    assert first["en"] == {
        "edits": [{"start": 0, "end": 3, "text": "Living"}], "text": "Living wage (en)",
        "redline": "[-Old-]{+Living+} wage (en)",
    }  # fmt: skip
    assert {first["id"]: first["collides"], second["id"]: second["collides"]} == {
        mine: sorted([child, theirs]), theirs: sorted([mine, child]),
    }  # fmt: skip
    assert (third["to"], third["en"]["text"]) == (mine, "Living and fair wage (en)")

    await table.agree_on_text()
    await table.advance(1)
    stored = await fay.post("/contents/texts", BOTH, 201)
    fates = [{"amendment": mine, "status": "accepted", "reason": "it is fair"},
             {"amendment": theirs, "status": "refused", "reason": "it is not"}]  # fmt: skip
    version = {"clause": "wage", "sha256": stored["sha256"], "reason": "taken up"}
    answers = f"/tasks/{table.slug}/drafting-1/facilitator/answers"
    content = {"kind": "drafting", "amendments": [version], "fates": fates, "reason": "the next version"}
    assert (await fay.post(answers, {"content": content}))["counted"] is True
    await table.settle()
    assert [one["id"] for one in await read(fay, table, "?status=accepted")] == [mine]
    again = await union.post(where, first_words, act=mine)
    assert "on record already" in again["words"]["en"], "the same act, though the clause has another version by now"
    assert (await union.post(where, first_words, 409))["error"]["code"] == "old_clause_version"

    await trade.post(f"{where}/answer", {"amendment": theirs, "answer": "maintain", "reason": "no, really"})
    await union.post(f"{where}/answer", {"amendment": mine, "answer": "accept", "reason": "thank you"})
    found = {one["id"]: one for one in await read(fay, table)}
    assert (found[theirs]["status"], found[theirs]["overtaken"], found[theirs]["en"]) == ("open", True, None)
    assert (found[mine]["status"], found[mine]["accepted_by_mover"]) == ("accepted", True)
    await trade.post(f"{where}/withdraw", {"amendment": theirs, "reason": "for peace"})
    assert {one["status"] for one in await read(fay, table) if one["id"] == theirs} == {"withdrawn"}
    refused = await trade.post(f"{where}/withdraw", {"amendment": theirs, "reason": "for peace"}, 422)
    assert refused["error"]["code"] == "amendment_settled"


async def test_the_same_act_counts_once_and_one_language_is_warned_about(talking: Table, program: ProgramOf) -> None:
    guild = await program("guild@example.org")
    where, key = f"/covenants/{talking.slug}/amendments", f"a-{uuid.uuid4()}"
    body = await motion(talking, clause="air", en="Clean air (en)")
    for _ in range(2):
        receipt = await guild.post(where, body, act=key)
        assert receipt["event"] == key
        assert "only the English text changes" in receipt["words"]["en"]
        assert "alleen de Engelse tekst" in receipt["words"]["nl"]
    assert [one["id"] for one in await read(guild, talking, "?clause=air")] == [key]
    other = await guild.post(where, {**body, "en": "Dirty air (en)"}, 409, act=key)
    assert other["error"]["code"] == "act_id_used"
    assert (await read(guild, talking, "?clause=air&limit=1"))[0]["nl"]["edits"] == []


WRONG: list[tuple[str, dict[str, Any], int, str]] = [
    ("old version", {"base_sha": "0" * 64, **BOTH}, 409, "old_clause_version"),
    ("no such clause", {"clause": "none", "base_sha": "0" * 64, **BOTH}, 404, "clause_not_found"),
    ("no such amendment", {"to": "act-unknown", **BOTH}, 422, "unknown_amendment"),
    ("same text", {"nl": "Old wage (nl)", "en": " Old wage (en)\r\n"}, 422, "nothing_changed"),
    ("nothing", {}, 422, "nothing_changed"),
    ("empty", {"nl": ""}, 422, "invalid_value"),
    ("blank", {"en": "  \n "}, 422, "invalid_value"),
    ("control characters", {"en": "Old\x00wage"}, 422, "invalid_value"),
    ("hidden characters", {"en": "Old \u202ewage"}, 422, "invalid_value"),
    ("too long", {"en": "x" * 4001}, 422, "invalid_value"),
    ("a megabyte", {"en": "x " * 500_000}, 422, "invalid_value"),
    ("no reason", {"reason": " ", **BOTH}, 422, "invalid_value"),
    ("an unknown key", {"text": "x", **BOTH}, 422, "invalid_value"),
    ("texts and places", {"edits": {"en": [{"start": 0, "end": 3}]}, **BOTH}, 422, "texts_or_edits"),
    ("outside", {"edits": {"en": [{"start": 0, "end": 99}]}}, 422, "edit_outside"),
    ("twice", {"edits": {"en": [{"start": 0, "end": 3}, {"start": 1, "end": 2, "text": "x"}]}}, 422, "edits_overlap"),
    ("backwards", {"edits": {"en": [{"start": 3, "end": 0}]}}, 422, "invalid_value"),
    ("all of it away", {"edits": {"en": [{"start": 0, "end": 13}]}}, 422, "no_text"),
    ("grown too long", {"edits": {"en": [{"start": 0, "end": 0, "text": "x" * 4000}]}}, 422, "text_too_long"),
    ("not a clause's name", {"clause": "No Name", **BOTH}, 422, "invalid_value"),
    ("an id of control characters", {"to": "a\x00b", **BOTH}, 422, "invalid_value"),
]


@pytest.mark.parametrize(("given", "status", "code"), [one[1:] for one in WRONG], ids=[one[0] for one in WRONG])
async def test_words_that_cannot_be_used_are_refused(
    talking: Table, program: ProgramOf, given: dict[str, Any], status: int, code: str
) -> None:
    union = await program("union@example.org")
    where = f"/covenants/{talking.slug}/amendments"
    body = {"clause": "wage", "base_sha": await sha(talking), "reason": "it reads better", **given}
    error = (await union.post(where, body, status))["error"]
    assert error["code"] == code, error
    assert error["nl"] != error["en"]
    assert await read(union, talking, "?clause=wage") == []


async def test_who_may_not_propose_is_told_who_may(talking: Table, site: Site, program: ProgramOf) -> None:
    where = f"/covenants/{talking.slug}/amendments"
    body = await motion(talking, **BOTH)
    act = {"amendment": "act-unknown", "reason": "for peace"}
    for email in ("fay@example.org", "sec@example.org", "cha@example.org", "ops@example.org", "firm-1@example.org",
                  "lara@example.org"):  # fmt: skip
        by = await program(email)
        for path, sent in ((where, body), (f"{where}/withdraw", act), (f"{where}/answer", {**act, "answer": "accept"})):
            assert (await by.post(path, sent, 403))["error"]["code"] == "not_yours"
    for email in ("firm-1@example.org", "ops@example.org", "lara@example.org"):
        await (await program(email)).get(where, 403)
    reader = await program("union@example.org", Scope.READ)
    assert (await reader.post(where, body, 403))["error"]["code"] == "no_scope"
    await Program(site).post(where, body, 401)
    aide = await program("union-aide@example.org")
    assert (await aide.post(where, body, 422))["error"]["code"] == "no_mandate"
    assert await read(reader, talking, "?clause=wage") == []


async def test_an_amendment_is_its_own_partys(talking: Table, program: ProgramOf) -> None:
    where = f"/covenants/{talking.slug}/amendments"
    shops, trade = [await program(f"{one}@example.org") for one in ("shops", "trade")]
    mine = (await shops.post(where, await motion(talking, clause="air", nl="Veel lucht", en="Much air")))["event"]
    for path, more in (("withdraw", {}), ("answer", {"answer": "maintain"})):
        body = {"amendment": mine, "reason": "not ours", **more}
        assert (await trade.post(f"{where}/{path}", body, 422))["error"]["code"] == "not_your_amendment"
        unknown = await shops.post(f"{where}/{path}", {**body, "amendment": "act/unknown é"}, 422)
        assert unknown["error"]["code"] == "unknown_amendment"
        assert (await shops.post(f"{where}/{path}", {**body, "reason": ""}, 422))["error"]["code"] == "invalid_value"
    early = {"amendment": mine, "answer": "accept", "reason": "thank you"}
    assert (await shops.post(f"{where}/answer", early, 422))["error"]["code"] == "amendment_settled"
    await shops.get(f"{where}?status=nonsense", 422)
    assert (await shops.get(f"{where}?clause=none", 404))["error"]["code"] == "clause_not_found"
    await shops.post(f"{where}/withdraw", {"amendment": mine, "reason": "for peace"})
    assert mine not in [one["id"] for one in await read(shops, talking, "?status=open")]
