"""Covenants at the moments of their life that pages show, on one engine."""

from typing import Any

from table import STEPS, Table

from models.contracts import Actor
from models.convening import MeetingCall, MeetingReport, MeetingText, NewAction
from models.enums import Ground, Lane, Stance
from models.filing import PaperAdding, PaperText
from models.meetings import MinutesAnswer
from models.scenario import PositionReply
from models.weighing import Matters, Worth
from rules.calendar import add_working_days, due_moment, local_date
from runtime.settings import Settings
from runtime.skipping import SkippedTime
from store import amendments, contents, meetings, papers, views
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


async def in_meetings(table: Table) -> Table:
    """In talks, weighed, with one meeting behind, of which the minutes lie before the parties, and one to come."""
    await in_talks(table)
    clean = (await amendments.amendments(table.db, table.slug, "air"))[0].row.id
    for party in ("union", "trade", "shops"):
        await table.weigh(party, {"air": (Matters.MUCH, Worth.UNWELCOME, {clean: Worth.GOOD})})
    words = MeetingText(
        title="Wages <b>now</b>", place="Utrecht", link="https://meet.example.org/x", agenda=["Clause 1"]
    )
    paper = await papers.put(table.db, PaperText(title="On <b>wages", note="What we found."))
    for who in ("fay", "trade-lead"):
        adding = PaperAdding(act=f"{table.slug}-{who}", actor=Actor(person=who), lane=Lane.TABLE, text_sha=paper)
        await table.steer("add_paper", adding)
    for no, days in ((1, 1), (2, 30)):
        start = due_moment(add_working_days(local_date(await table.now()), days))
        await table.steer(
            "call_meeting",
            MeetingCall(
                act=f"{table.slug}-m{no}", actor=Actor(person="fay"), start=start, minutes=60,
                called=["all", "secretariat"], text_sha=await meetings.put(table.db, words),
            ),
        )  # fmt: skip
        if no == 1:
            await table.advance(1, hours=2)
    owed = await views.task(table.db, f"{table.slug}/meeting:1.minutes-1/secretariat")
    minutes = await contents.put(table.db, b"We agreed.", "text/plain")
    await table.give(owed, MinutesAnswer(sha256=minutes))
    due = add_working_days(local_date(await table.now()), 60)
    report = MeetingReport(
        act=f"{table.slug}-r1", actor=Actor(person="sec"), present=["trade"],
        actions=[NewAction(text="Count the wages", owner="trade", due=due)],
    )  # fmt: skip
    await table.carry(owed.workflow, "report_meeting", report)
    return table


async def between_rounds(table: Table) -> Table:
    """The round is over, with an objection and words of two parties for one place: the next version is due."""
    await in_talks(table)
    await table.position("trade", {"wage": OBJECTION})
    for party in ("guild", "shops"):
        await table.position(party)
    await table.advance(1)
    return table


async def agreed(table: Table) -> Table:
    """The round ends with everybody in agreement, and the accord is given."""
    await table.agree_on_text()
    await table.advance(1)
    await table.approve()
    await table.advance(1)
    return table


async def signed_short(table: Table, **more: Any) -> Table:
    """Nothing but talks, an accord and a signing; it is in force."""
    await table.launch([STEPS[1], STEPS[2], STEPS[4], STEPS[5]], **more)
    await agreed(table)
    await table.sign()
    await table.advance(3)
    return table


async def at_signing(table: Table) -> Table:
    """The text is agreed and ratified; two of four parties signed."""
    await table.launch()
    await table.approve()
    await table.advance(1)
    await agreed(table)
    await table.ratify()
    await table.advance(1)
    await table.sign(except_=("trade", "shops", "firm-2"))
    return table


DIRECTOR = {
    "id": "union-director", "name": "union director", "email": "director@example.org", "party": "union",
    "language": "en", "mandates": [{"powers": ["sign"]}],
}  # fmt: skip
"""A second person who may sign for the union."""


async def to_signing(table: Table, plan: list[dict[str, Any]] | None = None, **more: Any) -> Table:
    """The text is agreed and ratified, and is signed now; by a plan, where there is one."""
    more_of_signing = {"duration": 40, "reminders": [-2, 0], **({"plan": plan} if plan else {})}
    steps = [{**step, **more_of_signing} if step["id"] == "signing" else step for step in STEPS]
    await table.launch(steps, people=[DIRECTOR], **more)
    await table.approve()
    await table.advance(1)
    await agreed(table)
    await table.ratify()
    await table.advance(1)
    return table


async def in_force(table: Table) -> Table:
    """Signed by all and in force; the first plans are due."""
    await at_signing(table)
    await table.sign()
    await table.advance(15)
    return table


LIVES = (between_rounds, in_meetings, at_signing, in_force)
"""The moments that the walks through every page go to."""
