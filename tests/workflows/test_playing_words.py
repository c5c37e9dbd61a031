"""A scenario in which a party proposes words, and the facilitator takes them up."""

import pytest
from table import Table

from acts.playing import Player
from models.enums import AmendmentStatus
from models.scenario import Scenario
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
