"""Comments on clauses: texts that come in before they are named, and what a reader may see of them."""

import json
from datetime import date, datetime
from typing import Annotated

from pydantic import Field, StringConstraints
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models import contracts as c
from models.base import Contract, Plain
from models.enums import Lane, PartyStatus
from models.errors import NotFound
from models.tables import Comment, Content, Event, Party, Person
from rules import lanes
from store import contents
from store.engine import Database

COMMENT = "application/vnd.polder.comment+json"
LONGEST = 10_000
"""Characters in a comment."""


class CommentText(Contract):
    """What someone says, as it is stored."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST, strip_whitespace=True), Plain]


class CommentView(Contract):
    """A comment as its readers see it.

    Attributes:
        id: its event; `reply_to` names another's.
        version: of the clause, when the comment was made.
        name: of who wrote it.
        text: none when it is no longer kept.
        widened_by: who let more people read it, last.
        to_party: whether `party` is whom an office wrote to, and not for whom the writer sits.
    """

    id: str
    clause: str
    version: int
    lane: Lane
    party: str | None
    constituency: str | None
    person: str
    name: str
    text: str | None
    reply_to: str | None
    at: datetime
    was: list[Lane] = Field(default_factory=list)
    to_party: bool = False
    widened_by: str | None = None


async def put(db: Database, text: str, act: str | None = None) -> str:
    """Store what someone says; the hash goes into `Comment.text_sha`.

    Args:
        db: the database.
        text: the words; refused by Pydantic when empty or too long.
        act: the id of the act, when it may be on record already: the same words then have the same hash.
    """
    said = CommentText(text=text)
    if act is not None:
        async with db.read() as session:
            row = await session.get(Comment, act)
            if row is not None and _text(await session.get(Content, row.text_sha)) == said.text:
                return row.text_sha
    return await contents.put_salted(db, said, COMMENT)


def _text(content: Content | None) -> str | None:
    return None if content is None else CommentText.model_validate(json.loads(content.data)).text


async def viewer(db: Database, slug: str, person: str, today: date) -> lanes.Viewer:
    """Return what a person of a covenant is to comments.

    Raises:
        NotFound: no such person there.
    """
    async with db.read() as session:
        who = await session.get(Person, (slug, person))
        if who is None:
            raise NotFound(
                "person_not_found",
                f"Persoon {person} is niet bij dit convenant bekend. Verwacht: iemand aan tafel.",
                f"Person {person} is not known in this covenant. Expected: someone at the table.",
                {"person": person},
            )
        party = await session.get(Party, (slug, who.party)) if who.party else None
    return lanes.viewer(person_of(who), [party_of(party)] if party else [], today)


def person_of(row: Person) -> c.Person:
    """Return a person as the rules know one."""
    return c.Person.model_validate(row.model_dump(include={"id", "name", "party", "roles", "mandates"}))


def party_of(row: Party) -> c.Party:
    """Return a party as the rules know one."""
    return c.Party.model_validate(
        {
            **row.model_dump(include={"id", "constituency", "tier", "market_share"}),
            "status": PartyStatus(row.status),
            "name": {"nl": row.name_nl, "en": row.name_en},
        }
    )


async def comments(db: Database, slug: str, clause: str | None, reader: lanes.Viewer) -> list[CommentView]:
    """Return the comments on a clause, or on all, that a reader may see, in the order they were made."""
    query = select(Comment).where(Comment.covenant == slug).order_by(col(Comment.at), col(Comment.id))
    if clause is not None:
        query = query.where(Comment.clause == clause)
    async with db.read() as session:
        rows = [row for row in await session.exec(query) if lanes.may_read(_place(row), reader)]
        texts = {
            content.sha256: content
            for content in await session.exec(
                select(Content).where(col(Content.sha256).in_({row.text_sha for row in rows}))
            )
        }
        wider = await wideners(session, slug)
        people = await session.exec(select(Person).where(Person.covenant == slug))
        writers = {one.id: (one.name, one.party) for one in people}
    return [
        CommentView(
            **row.model_dump(exclude={"covenant", "text_sha"}),
            name=writers.get(row.person, (row.person, None))[0],
            text=_text(texts.get(row.text_sha)),
            widened_by=wider.get(row.id),
            to_party=row.party is not None and writers.get(row.person, ("", row.party))[1] is None,
        )
        for row in rows
    ]


async def wideners(session: AsyncSession, slug: str) -> dict[str, str]:
    """Return the name of who last let more people read a comment or paper, by its id."""
    rows = await session.exec(
        select(Event.data, Person.name)
        .join(Person, (col(Person.covenant) == Event.covenant) & (col(Person.id) == Event.actor))
        .where(Event.covenant == slug, Event.kind == "lane_widened")
        .order_by(col(Event.seq))
    )
    return {change["id"]: name for data, name in rows for change in data["changes"]}


def _place(row: Comment) -> lanes.Place:
    return lanes.Place(row.lane, row.party, row.constituency, tuple(Lane(one) for one in row.was))


async def on_record(db: Database, slug: str, comment: str) -> c.Commented | None:
    """Return a comment as the log has it, or None when this covenant has none of that id."""
    async with db.read() as session:
        row = await session.get(Comment, comment)
    if row is None or row.covenant != slug:
        return None
    return c.Commented.model_validate(
        row.model_dump(include={"clause", "lane", "party", "constituency", "reply_to", "text_sha"})
    )
