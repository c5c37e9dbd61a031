"""A scenario in which a party proposes words, and the facilitator takes them up."""

import pytest
from pydantic import ValidationError
from table import STEPS, Table

from acts.playing import Player
from models.enums import AmendmentStatus
from models.errors import InvalidFile
from models.scenario import Happening, Scenario
from store import amendments, views

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_words_are_proposed_and_make_the_next_version(table: Table) -> None:
    await table.launch()
    scenario = Scenario.model_validate(
        {
            "title": {"nl": "Woorden", "en": "Words"},
            "covenant": "test",
            "until": "accord",
            "replies": [
                {
                    "round": 1, "by": "union", "kind": "positions", "on_behalf": "It phoned.",
                    "propose": [
                        {"clause": "wage", "nl": "Goed loon", "en": "Living wage (en)", "reason": "It reads better."},
                        {"clause": "air", "en": "New air (en)", "reason": "It was old."},
                    ],
                },
                {
                    "round": 1, "kind": "drafting",
                    "fates": [
                        {"party": "union", "clause": "wage", "status": "accepted", "reason": "It is fair."},
                        {"party": "union", "clause": "air", "status": "refused", "reason": "Air is not new."},
                    ],
                },
            ],
        }
    )  # fmt: skip
    told: list[str] = []
    covenant = await Player(table.client, table.db, table.clock, scenario, table.slug, told.append).play()
    assert covenant.accord_at is not None
    found = {one.row.clause: one.row for one in await amendments.amendments(table.db, table.slug)}
    assert {clause: (row.status, row.person, row.reason) for clause, row in found.items()} == {
        "wage": (AmendmentStatus.ACCEPTED, "union-lead", "It is fair."),
        "air": (AmendmentStatus.REFUSED, "union-lead", "Air is not new."),
    }
    texts = await views.current_texts(table.db, table.slug)
    assert (texts["wage"].text_nl, texts["wage"].text_en, texts["air"].version) == ("Goed loon", "Living wage (en)", 1)
    assert "union proposes words for wage: It reads better." in told


async def test_a_package_that_cannot_be_found_stops_the_play(table: Table) -> None:
    await table.launch([STEPS[1]])
    scenario = Scenario.model_validate(
        {
            "title": {"nl": "Pakket", "en": "Package"}, "covenant": "test", "until": "accord",
            "replies": [{"kind": "positions", "after": 9}],
            "happenings": [{"round": 1, "after": 2, "package": True, "reason": "together"}],
        }
    )  # fmt: skip
    with pytest.raises(InvalidFile) as error:
        await Player(table.client, table.db, table.clock, scenario, table.slug).play()
    assert error.value.code == "no_package"
    with pytest.raises(ValidationError, match=r"a pause \(pause: days\) or a package"):
        Happening.model_validate({"round": 1, "package": True, "pause": 3, "reason": "both"})
