"""Textile's entry threshold: missed, prolonged once on the record and met; and missed, so that the signing lapses."""

from datetime import UTC, datetime

import pytest
from temporalio.client import Client

from acts.launching import launch, prepare
from acts.playing import Player
from models.enums import CovenantStatus, TaskKind
from models.scenario import Scenario
from models.tables import Covenant
from rules.calendar import local_date
from runtime.files import find_covenant, load, sectors_folder
from runtime.settings import Settings
from runtime.skipping import SkippedTime
from store import register, signing, views
from store.engine import Database

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(300), pytest.mark.slow(40)]
Engine = tuple[Client, Database, Settings]


async def played(engine: Engine, name: str) -> Covenant:
    client, db, settings = engine
    clock = SkippedTime(client)
    scenario = load(sectors_folder() / "garments-textile" / "scenarios" / f"{name}.yaml", Scenario)
    prepared = prepare(find_covenant("garments-textile"), local_date(datetime.now(UTC)), slug=name)
    await launch(clock.client, db, prepared, task_queue=settings.task_queue)
    return await Player(client, db, clock, scenario, name).play()


async def test_a_missed_threshold_is_prolonged_once_and_then_met(engine: Engine) -> None:
    slug = "threshold-prolonged"
    covenant = await played(engine, slug)
    db = engine[1]
    assert covenant.signed_at is not None
    log = await views.events(db, slug, limit=100_000)
    (prolonged,) = [one for one in log if one.kind == "signing_prolonged"]
    assert prolonged.data["reason"] == "Eight boards decide this month; one more window, once."
    decisions = [
        change["task"]["title"]["en"]
        for one in log
        for change in one.data.get("changes", [])
        if change.get("change") == "task_opened" and change["task"]["kind"] == TaskKind.DECISION
    ]
    (asked,) = decisions
    assert "32 of the 35 companies needed" in asked
    assert "the entry threshold is not met" in asked
    signed = [one for one in log if any(x.get("change") == "signed" for x in one.data.get("changes", []))]
    late = [one for one in signed if one.seq > prolonged.seq]
    assert len(late) == 8
    board = await signing.board(db, slug)
    assert (board.meter.companies, board.meter.met, board.signed) == (40, True, board.parties)
    assert (await register.entry(db, slug)).clauses, "its text is public"
    assert await views.chain_break(db, slug) is None


async def test_a_missed_threshold_can_end_the_talks(engine: Engine) -> None:
    slug = "threshold-lapsed"
    covenant = await played(engine, slug)
    db = engine[1]
    assert (covenant.status, covenant.signed_at) == (CovenantStatus.ENDED, None)
    view = await views.view(db, slug)
    (step,) = [one for one in view.steps if one.key == "signing"]
    assert step.status == "failed"
    assert step.sentence_en is not None
    assert step.sentence_en.startswith("The signing lapsed")
    board = await signing.board(db, slug)
    assert (board.state, board.meter.companies, board.meter.met) == ("over", 32, False)
    assert not (await register.entry(db, slug)).clauses, "a text that was never signed stays closed"
    assert "signing_prolonged" not in [one.kind for one in await views.events(db, slug, limit=100_000)]
    assert await views.chain_break(db, slug) is None
