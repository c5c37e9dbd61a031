"""Papers in a lane: stored before an act names them, and shown only to who may read them (`rules.lanes.may_read`)."""

import json
from datetime import datetime

from pydantic import ValidationError
from sqlmodel import Session, col, select

from models import contracts as c
from models.around import PaperRow
from models.base import Contract
from models.enums import Lane
from models.errors import NotFound
from models.filing import PaperText
from models.lookups import Looked
from models.papers import LaneFound, LaneQuestion, LaneWidened, PaperAdded
from models.tables import Comment, Content, Person
from rules import lanes
from store import contents
from store.comments import wideners
from store.engine import Database

PAPER = "application/vnd.polder.paper+json"


class PaperView(Contract):
    """A paper as its readers see it."""

    id: str
    lane: Lane
    was: list[Lane]
    party: str | None
    constituency: str | None
    person: str
    name: str
    at: datetime
    text: PaperText
    widened_by: str | None = None
    to_party: bool = False

    @property
    def place(self) -> lanes.Place:
        """Where it stands."""
        return lanes.Place(self.lane, self.party, self.constituency, tuple(self.was))

    @property
    def found(self) -> LaneFound:
        """What the rule about wider lanes looks at."""
        return LaneFound.model_validate(self.model_dump(include={"lane", "was", "party", "constituency", "person"}))


async def put(db: Database, text: PaperText, act: str | None = None) -> str:
    """Store a paper; the hash goes into `PaperAdding.text_sha`. The same act keeps its hash."""
    if act is not None:
        async with db.read() as session:
            row = await session.get(PaperRow, act)
            if row is not None and _text(await session.get(Content, row.text_sha)) == text:
                return row.text_sha
    return await contents.put_salted(db, text, PAPER)


def _text(content: Content | None) -> PaperText | None:
    if content is None or content.media_type != PAPER:
        return None
    data = {key: value for key, value in json.loads(content.data).items() if key != "salt"}
    try:
        return PaperText.model_validate(data)
    except ValidationError:
        return None


async def look(db: Database, digest: str) -> Looked:
    """Say what is wrong with what a paper names: not stored, empty, or a file that is not there."""
    async with db.read() as session:
        text = _text(await session.get(Content, digest))
        there = text is not None and (text.file_sha is None or await session.get(Content, text.file_sha) is not None)
    if text is None or not there or not (text.note or text.file_sha):
        error = NotFound(
            "content_not_found",
            f"Onder SHA-256 {digest} staat geen stuk met een notitie of bestand. Bewaar het eerst.",
            f"There is no paper with a note or file under SHA-256 {digest}. Store it first.",
            {"sha256": digest},
        )
        return Looked(problem=error.details())
    return Looked()


def write(session: Session, slug: str, entry: c.Entry, change: PaperAdded | LaneWidened) -> None:
    """Write a paper, or that something moved to a wider lane."""
    if isinstance(change, PaperAdded):
        row = PaperRow(
            id=entry.event, covenant=slug, person=entry.actor, at=entry.at, **change.model_dump(exclude={"change"})
        )
        session.merge(row)
        return
    found: PaperRow | Comment = (
        session.get_one(PaperRow, change.id) if change.item == "paper" else session.get_one(Comment, change.id)
    )
    if found.lane is not change.lane:
        found.was, found.lane = [*found.was, found.lane.value], change.lane


async def found(db: Database, question: LaneQuestion) -> LaneFound:
    """Return where a comment or paper of this covenant stands."""
    async with db.read() as session:
        row: PaperRow | Comment | None = (
            await session.get(PaperRow, question.id)
            if question.item == "paper"
            else await session.get(Comment, question.id)
        )
    if row is None or row.covenant != question.covenant:
        return LaneFound()
    return LaneFound.model_validate(row.model_dump(include={"lane", "was", "party", "constituency", "person"}))


async def papers(db: Database, slug: str, reader: lanes.Viewer) -> list[PaperView]:
    """Return the papers that a reader may see, the newest first."""
    query = (
        select(PaperRow, Content, Person.name, Person.party)
        .join(Content, col(Content.sha256) == col(PaperRow.text_sha))
        .outerjoin(Person, (col(Person.covenant) == col(PaperRow.covenant)) & (col(Person.id) == col(PaperRow.person)))
        .where(PaperRow.covenant == slug)
        .order_by(col(PaperRow.at).desc(), col(PaperRow.id))
    )
    async with db.read() as session:
        wider = await wideners(session, slug)
        made = [
            PaperView(
                to_party=row.party is not None and seat is None,
                **row.model_dump(exclude={"covenant", "text_sha"}), name=name or row.person,
                widened_by=wider.get(row.id), text=_text(content) or PaperText(title="-"),
            )
            for row, content, name, seat in await session.exec(query)
        ]  # fmt: skip
    return [one for one in made if lanes.may_read(one.place, reader)]


async def paper(db: Database, slug: str, key: str, reader: lanes.Viewer) -> PaperView:
    """Return a paper.

    Raises:
        NotFound: there is none of that id that this reader may see.
    """
    for one in await papers(db, slug, reader):
        if one.id == key:
            return one
    raise NotFound("paper_not_found", "Dit stuk is er niet, of niet voor u.", "There is no such paper, or not for you.")
