"""Objections, red lines and the outlook by the JSON API: read by who may, changed by their owner."""

import uuid
from collections.abc import Awaitable, Callable

import pytest
from lives import Engine, table_on
from program import Program, token_for
from table import STEPS

from models.accounts import Scope
from models.enums import Ground, Stance, TaskKind
from models.scenario import PositionReply
from store import views
from web.site import Site

pytestmark = pytest.mark.asyncio(loop_scope="session")
OBJECTS = PositionReply(stance=Stance.OBJECT, ground=Ground.COST, lift="Pay for it.")
CONFIDED = "Never without a floor."


@pytest.fixture
def program(site: Site) -> Callable[[str], Awaitable[Program]]:
    async def made(email: str) -> Program:
        return Program(site, await token_for(site.db, email, tuple(Scope)))

    return made


async def test_objections_and_red_lines(engine: Engine, program: Callable[[str], Awaitable[Program]]) -> None:
    table = table_on(engine)
    await table.launch([STEPS[1]])
    union, trade, fay = [await program(f"{one}@example.org") for one in ("union", "trade", "fay")]
    where = f"/covenants/{table.slug}"
    key = {"idempotency-key": f"r-{uuid.uuid4()}"}

    told = await union.http.post(f"{where}/red-lines", json={"clause": "wage", "text": CONFIDED}, headers=key)
    assert told.status_code == 200, told.text
    again = await union.http.post(f"{where}/red-lines", json={"clause": "wage", "text": CONFIDED}, headers=key)
    assert again.json()["event"] == told.json()["event"]
    assert [one["text"] for one in await union.every(f"{where}/red-lines")] == [CONFIDED]
    assert [one["party"] for one in await fay.every(f"{where}/red-lines")] == ["union"]
    assert await trade.every(f"{where}/red-lines") == []
    for path in ("/events", "/amendments", "/positions", "/documents", "/outlook", "/objections"):
        assert CONFIDED not in (await trade.http.get(f"{where}{path}")).text
    refused = await union.http.post(f"{where}/red-lines", json={"clause": "nowhere", "text": CONFIDED})
    assert refused.json()["error"]["code"] == "unknown_clause"

    await table.position("union", {"wage": OBJECTS})
    assert await trade.every(f"{where}/objections") == []
    assert [one["clause"] for one in await union.every(f"{where}/objections")] == ["wage"]
    before = (await trade.http.get(f"{where}/outlook")).json()
    assert [one["objectors"] for one in before["gaps"]] == [[], []]
    for party, task in (await table.waiting()).items():
        if task.kind is TaskKind.POSITIONS:
            await table.position(party)
    await table.advance(11)
    (one,) = await trade.every(f"{where}/objections?status=open")
    assert (one["party"], one["ground"], one["lift"]) == ("union", "cost", "Pay for it.")
    outlook = (await trade.http.get(f"{where}/outlook")).json()
    assert outlook["gaps"][0]["sentence"]["en"] == "Clause 1: union (en) objects (cost); lifted if: Pay for it."
    assert outlook["least"]["en"] == "Least supported by: Unions (en) (1 of 2)."
    counts = {"brackets": 0, "objections": 1}
    assert [(one["round"], one["total"], one["parties"]) for one in outlook["rounds"]] == [
        (1, counts, {"union": counts}), (None, counts, {"union": counts}),
    ]  # fmt: skip
    assert (outlook["forecast"], outlook["forecast_words"]["en"][:23]) == (None, "There is too little to ")
    sha = (await views.current_texts(table.db, table.slug))["wage"].sha256
    body = {"clause": "wage", "sha256": sha, "stance": "agree", "reason": "we can live with it"}
    assert (await trade.http.post(f"{where}/objections/lift", json=body)).json()["error"]["code"] == "no_objection"
    assert (await fay.http.post(f"{where}/objections/lift", json=body)).status_code == 403
    assert (await union.http.post(f"{where}/objections/lift", json=body)).status_code == 200
    assert [one["status"] for one in await trade.every(f"{where}/objections")] == ["lifted"]
    (line,) = await union.every(f"{where}/red-lines")
    assert (await trade.http.post(f"{where}/red-lines/drop", json={"red_line": line["id"]})).status_code == 422
    assert (await union.http.post(f"{where}/red-lines/drop", json={"red_line": line["id"]})).status_code == 200
    assert await fay.every(f"{where}/red-lines") == []


@pytest.mark.slow(10)
async def test_weights_and_packages(engine: Engine, program: Callable[[str], Awaitable[Program]]) -> None:
    table = table_on(engine)
    await table.launch([STEPS[1]])
    union, trade, shops, fay = [await program(f"{one}@example.org") for one in ("union", "trade", "shops", "fay")]
    where, key = f"/covenants/{table.slug}", await table.propose("union", "wage", "Old", "Living")
    sha = (await views.current_texts(table.db, table.slug))["wage"].sha256
    clause = {"clause": "wage", "sha256": sha, "matters": "decisive", "now": "unwelcome", "worth": {key: "wanted"}}
    again = f"w-{uuid.uuid4()}"
    for _ in range(2):
        await union.post(f"{where}/weights", {"clauses": [clause]}, act=again)
    assert (await union.get(f"{where}/weights"))["clauses"] == [clause]
    assert (await trade.get(f"{where}/weights")) == {"at": None, "clauses": []}
    assert (await fay.http.get(f"{where}/weights")).status_code == 403
    assert (await trade.http.get(f"{where}/packages")).status_code == 403
    few = await fay.get(f"{where}/packages")
    assert (few["enough"], few["packages"], few["silent"]) == (False, [], ["guild", "trade", "shops"])
    for one in (trade, shops):
        await one.post(f"{where}/weights", {"clauses": [{**clause, "worth": {key: "good"}}]})
    found = await fay.get(f"{where}/packages")
    assert found["packages"][0]["bands"]["union"] == "gains_much"
    assert [one for one in ("unwelcome", "decisive", "wanted") if one in str(found)] == []
    picks = found["packages"][0]["picks"]
    assert [one["amendment"] for one in picks] == [key]
    await fay.post(f"{where}/packages", {"picks": picks, "reason": "all gain"})
    (question,) = await trade.get(f"{where}/questions")
    assert (question["kind"], question["package"]) == ("package", picks)
