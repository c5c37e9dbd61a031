"""Covenants at the moments of their life that pages show, on one engine."""

from typing import Any

from table import Table

from models.enums import Ground, Stance
from models.scenario import PositionReply
from runtime.settings import Settings
from runtime.skipping import SkippedTime
from store.engine import Database

Engine = tuple[Any, Database, Settings]

OBJECTION = PositionReply(
    stance=Stance.OBJECT, ground=Ground.COST, lift="a longer term", comment="too <b>soon</b> & too much"
)


def table_on(engine: Engine) -> Table:
    """A table for a fixture that lasts longer than one test."""
    client, db, settings = engine
    return Table(client, db, settings, SkippedTime(client))


async def in_talks(table: Table) -> Table:
    """Round 2 is open, after an objection and a new version; one party answered, two propose words for one place."""
    await table.launch()
    await table.approve()
    await table.advance(1)
    await table.position("trade", {"wage": OBJECTION})
    for party in ("union", "guild", "shops"):
        await table.position(party)
    await table.advance(1)
    await table.draft({"wage": "New wage <script>alert(1)</script>"})
    await table.advance(1)
    await table.position("union")
    await table.propose("guild", "air", "Old", "Clean")
    await table.propose("trade", "air", "Old air", "Fresh <i>air</i>")
    return table


async def at_signing(table: Table) -> Table:
    """The text is agreed and ratified; two of four parties signed."""
    await table.launch()
    await table.approve()
    await table.advance(1)
    await table.agree_on_text()
    await table.advance(1)
    await table.approve()
    await table.advance(1)
    await table.ratify()
    await table.advance(1)
    await table.sign(except_=("trade", "shops", "firm-2"))
    return table


async def in_force(table: Table) -> Table:
    """Signed by all and in force; the first plans are due."""
    await at_signing(table)
    await table.sign()
    await table.advance(15)
    return table
