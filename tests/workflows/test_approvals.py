"""Approvals are bound to a text: an edit says whose it voids, and asks them alone; identical words restore them."""

import pytest
from table import Table

from models.enums import Ground, Stance
from models.scenario import PositionReply
from store import clauses, views

pytestmark = pytest.mark.asyncio(loop_scope="session")

OBJECTION = PositionReply(stance=Stance.OBJECT, ground=Ground.COST, lift="half")


async def moved(table: Table) -> list[tuple[str, list[str]]]:
    changes = (await table.event("clauses_revised")).data["changes"]
    return [(one["what"], sorted(one["parties"])) for one in changes if one["change"] == "approvals_changed"]


async def test_an_edit_asks_only_those_whose_approval_it_voids_and_going_back_restores_it(table: Table) -> None:
    await table.launch()
    await table.approve()
    await table.position("trade", {"wage": OBJECTION, "air": OBJECTION})
    await table.agree_on_text(except_=("trade",))
    await table.advance(12)
    await table.draft({"wage": "New wage"})
    assert await moved(table) == [("voided", ["guild", "shops", "union"])]
    tasks = await table.waiting()
    assert {party: task.total for party, task in tasks.items()} == {"union": 1, "guild": 1, "shops": 1, "trade": 2}
    letter = next(
        m for m in await views.mails(table.db, table.slug) if (m.person, m.template) == ("union-lead", "draft")
    )
    words = " ".join(letter.message.decode().split())
    assert "Your approval of the earlier text no longer holds" in words
    assert "Your approval of article 2 stands" in words
    await table.position("union", {"wage": OBJECTION}, partial=True)
    await table.advance(12)
    await table.draft({"wage": "Old wage"}, reason="back to where we were")
    assert await moved(table) == [("restored", ["guild", "shops", "union"])]
    assert set(await table.waiting()) == {"trade"}, "whose approvals all stand is asked nothing"
    assert any(one.startswith("Your approval of clause 1 holds again") for one in await table.mails_to("union-lead"))
    (line, _) = await clauses.clauses(table.db, table.slug, "union")
    assert line.unchanged, "and the pages say so too"
    await table.position("trade")
    await table.advance(1)
    assert {one.status.value for one in (await views.view(table.db, table.slug)).clauses} == {"agreed_ad_referendum"}
    assert await views.chain_break(table.db, table.slug) is None
