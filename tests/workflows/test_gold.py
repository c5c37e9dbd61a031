"""Gold: mining against recycled gold, unlocked by a package that Polder finds from private weights (domain P4, P5)."""

from datetime import UTC, datetime

import pytest
from temporalio.client import Client

from acts.launching import launch, prepare
from acts.playing import Player
from models.enums import AmendmentStatus, ClauseStatus
from models.scenario import Scenario
from rules.calendar import local_date
from runtime.files import find_covenant, load, sectors_folder
from runtime.settings import Settings
from runtime.skipping import SkippedTime
from store import amendments, ground, views, weighing
from store.engine import Database

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(300), pytest.mark.slow(30)]

SCENARIO = sectors_folder() / "gold" / "scenarios" / "package.yaml"


async def test_a_package_unlocks_mining_and_recycled_gold(engine: tuple[Client, Database, Settings]) -> None:
    client, db, settings = engine
    clock, told = SkippedTime(client), list[str]()
    scenario = load(SCENARIO, Scenario)
    prepared = prepare(find_covenant("gold"), local_date(datetime.now(UTC)), slug="gold")
    await launch(clock.client, db, prepared, task_queue=settings.task_queue)
    short = scenario.model_copy(update={"until": "accord"})
    covenant = await Player(client, db, clock, short, "gold", told.append).play()
    assert covenant.accord_at is not None

    # nobody moved for two rounds, then a package was found, put and carried, before the next version was made of it
    log = await views.events(db, "gold", limit=100_000)
    kinds = [one.kind for one in log]
    ends = [one.data["changes"][-1]["sentence"]["en"] for one in log if one.kind == "round_closed"]
    assert ["no party came nearer to clauses 2, 3" in one for one in ends] == [False, False, True, False], ends
    carried, put = kinds.index("question_carried"), kinds.index("package_proposed")
    assert kinds.count("weighed") == 8
    assert max(nr for nr, kind in enumerate(kinds) if kind == "weighed") < put < carried
    assert carried < max(nr for nr, kind in enumerate(kinds) if kind == "clauses_revised")
    (said,) = [one for one in told if one.startswith("Polder finds a package")]
    assert "4 clauses get another text" in said
    assert "Loses" not in said

    (question,) = await ground.questions(db, "gold")
    assert [one.clause for one in question.asked.package] == ["mining", "recycled", "outreach", "projects"]
    found = await amendments.amendments(db, "gold")
    assert {one.row.status for one in found} == {AmendmentStatus.ACCEPTED}
    view = await views.view(db, "gold")
    assert {clause.status for clause in view.clauses} == {ClauseStatus.AGREED}
    assert [row.no for row in view.rounds] == [1, 2, 3, 4]

    # what each weighed stayed with it
    assert await weighing.own(db, "gold", "mijnstem") is not None
    assert [one for one in ("unwelcome", "decisive") if one in str([one.data for one in log])] == []
    assert await views.chain_break(db, "gold") is None
