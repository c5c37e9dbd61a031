"""A whole life: the garments covenant from launch to the end of its five-year term, in skipped time."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from temporalio.client import Client

from acts.launching import launch, prepare
from acts.playing import Player
from models.enums import TaskKind, TaskStatus
from models.scenario import Reply, Scenario
from rules.calendar import add_months, add_working_days, local_date, working_days_between
from runtime.files import find_covenant, load, sectors_folder
from runtime.settings import Settings
from runtime.skipping import SkippedTime
from store import views
from store.engine import Database

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(500), pytest.mark.slow(200)]

SCENARIO = sectors_folder() / "garments-textile" / "scenarios" / "three-rounds.yaml"
LAGGARD = "oost-west-textiel"


async def test_the_garments_covenant_lives_from_launch_to_the_end_of_its_term(
    engine: tuple[Client, Database, Settings],
) -> None:
    client, db, settings = engine
    clock = SkippedTime(client)
    prepared = prepare(find_covenant("garments-textile"), local_date(datetime.now(UTC)), slug="life")
    await launch(clock.client, db, prepared, task_queue=settings.task_queue)
    scenario = load(SCENARIO, Scenario)
    laggard = Reply(step="yearly-cycle", kind=TaskKind.REPORT, by=LAGGARD, silent=True)
    whole = scenario.model_copy(update={"until": "completed", "replies": [laggard, *scenario.replies]})
    covenant = await Player(client, db, clock, whole, "life").play()

    view = await views.view(db, "life")
    steps = {step.key: step for step in view.steps}
    assert covenant.status == "completed"
    assert {step.status for step in view.steps} == {"done"}
    assert covenant.accord_at
    assert covenant.signed_at
    assert covenant.in_force_at
    assert covenant.ended_at
    assert covenant.term_ends is not None
    assert covenant.accord_at < covenant.signed_at < covenant.in_force_at < covenant.ended_at
    assert covenant.term_ends.year == local_date(covenant.in_force_at).year + 5
    assert local_date(covenant.ended_at) == covenant.term_ends
    committee = await views.task(db, "life/steering-committee/secretariat")
    counted = add_working_days(add_months(local_date(covenant.in_force_at), 2), 0)
    assert local_date(committee.due_at) == counted, "from the real entry into force, not the planned one (P9)"
    assert [round_.no for round_ in view.rounds] == [1, 2, 3]
    assert {clause.id: clause.version for clause in view.clauses if clause.version > 1} == {
        "living-wage": 3,
        "production-locations": 2,
    }
    assert {clause.status for clause in view.clauses} == {"clean"}
    assert next(party for party in view.parties if party.id == "four-paws").status == "withdrawn"
    declared = [s for s in view.signatures if s.party not in {p.id for p in view.parties if p.tier == "party"}]
    assert (len(declared), len(view.signatures)) == (35, 45)
    ratified = steps["ratification"]
    assert ratified.actual_start
    assert ratified.actual_end
    assert working_days_between(local_date(ratified.actual_start), local_date(ratified.actual_end)) == 44

    reports = [
        await views.task(db, f"life/yearly-cycle/year-{year}-report/{party.party}")
        for year in range(1, 6)
        for party in declared
    ]
    late = {task.respondent for task in reports if task.status is not TaskStatus.ANSWERED}
    assert late == {LAGGARD}
    assert {task.rung for task in reports if task.respondent == LAGGARD} == {"chair"}
    assert await views.waiting(db, slug="life") == []
    assert await views.chain_break(db, "life") is None
    events = await views.events(db, "life", limit=100_000)
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert all(other.at - one.at > timedelta(minutes=-1) for one, other in pairwise(events)), "in order of time"
