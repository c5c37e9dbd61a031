"""Food: six organisations leave after the last offer, the balance breaks, the talks go on by a recorded decision."""

from datetime import UTC, datetime

import pytest
from temporalio.client import Client

from acts.launching import launch, prepare
from acts.playing import Player, with_guests
from models.enums import ClauseStatus, ObjectionStatus
from models.scenario import Scenario
from rules.calendar import local_date
from runtime.files import find_covenant, load, sectors_folder
from runtime.settings import Settings
from runtime.skipping import SkippedTime
from store import objections, red_lines, views
from store.engine import Database

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(300), pytest.mark.slow(30)]

SCENARIO = sectors_folder() / "food" / "scenarios" / "last-offer.yaml"


async def test_six_leave_after_the_last_offer_and_the_talks_go_on(engine: tuple[Client, Database, Settings]) -> None:
    client, db, settings = engine
    clock = SkippedTime(client)
    scenario = load(SCENARIO, Scenario)
    prepared = with_guests(prepare(find_covenant("food"), local_date(datetime.now(UTC)), slug="food"), scenario)
    await launch(clock.client, db, prepared, task_queue=settings.task_queue)
    short = scenario.model_copy(update={"until": "accord"})
    covenant = await Player(client, db, clock, short, "food").play()
    assert covenant.accord_at is not None

    log = await views.events(db, "food", limit=100_000)
    kinds = [one.kind for one in log]
    assert scenario.guests is not None
    six = [party.id for party in scenario.guests.parties]
    view = await views.view(db, "food")
    assert [party.id for party in view.parties if party.status == "withdrawn"] == six
    said = [one.data["changes"][1]["words"]["en"] for one in log if one.kind == "party_withdrew"]
    assert [words.startswith("The balance is broken at Civil society organisations") for words in said] == [
        False, False, False, False, False, True,
    ]  # fmt: skip
    decided = next(one for one in log if one.data["changes"][0].get("kind") == "decision")
    assert decided.data["changes"][0]["content"]["choice"] == "continue"
    assert kinds.index("red_line_told") < kinds.index("mediator_named") < kinds.index("party_withdrew")
    assert kinds.index("party_withdrew") < log.index(decided)
    told = await red_lines.red_lines(db, "food", of=None)
    assert [(one.party.id, one.row.clause) for one in told] == [
        ("eerlijk-oogsten", None), ("landrecht-nu", "transparency"),
    ]  # fmt: skip
    ended = await objections.objections(db, "food", open_only=False)
    assert {one.row.status for one in ended} == {ObjectionStatus.VOID}
    versions = {clause.id: clause.version for clause in view.clauses if clause.version > 1}
    assert versions == {"due-diligence": 2, "transparency": 3}
    assert {clause.status for clause in view.clauses} == {ClauseStatus.AGREED}
    assert [row.no for row in view.rounds] == [1, 2, 3]
    assert await views.chain_break(db, "food") is None
