"""Meetings: their words, which come in before an act names them, and what a reader may see of them."""

import json
from collections.abc import Sequence
from typing import NamedTuple

import sqlalchemy as sa
from pydantic import ValidationError
from sqlmodel import Session, col, select

from models import contracts as c
from models.around import MeetingRow
from models.convening import MeetingQuestion, MeetingText
from models.enums import TaskKind, TaskStatus
from models.errors import NotFound, Refusal
from models.lookups import Looked
from models.meetings import Meeting, MeetingSet
from models.tables import Answer, Content, Covenant, Event, HumanTask, Person
from rules.formats import DOCX, ODT, PDF, TEXT
from store import contents
from store.engine import Database

MEETING = "application/vnd.polder.meeting+json"
READABLE = {PDF, DOCX, ODT, TEXT}
"""What minutes may be."""


class Said(NamedTuple):
    """A task around a meeting with the latest answer to it."""

    task: HumanTask
    content: dict[str, object]
    """Empty when nobody answered."""


class MeetingView(NamedTuple):
    """A meeting as its readers see it.

    Attributes:
        coming: who was asked for this moment, and what they said.
        minutes: each time minutes were asked for, and delivered.
        corrections: what the parties said about them.
        actions: the action points.
    """

    row: MeetingRow
    text: MeetingText
    coming: list[Said]
    minutes: list[Said]
    corrections: list[Said]
    actions: list[Said]


# --- the record -------------------------------------------------------------------------------------------------------


async def put(db: Database, text: MeetingText, act: str | None = None) -> str:
    """Store the words of a meeting; the hash goes into an act. The same act keeps its hash.

    Raises:
        Refusal: `link_not_safe`, the link of the meeting is not https: whoever follows it may be overheard.
    """
    if text.link is not None and not text.link.lower().startswith("https://"):
        raise Refusal(
            "link_not_safe",
            "De link van de vergadering is niet beveiligd. Verwacht: een adres dat met https:// begint.",
            "The link of the meeting is not secure. Expected: an address that begins with https://.",
            {"link": text.link[:200]},
        )
    if act is not None:
        digest = await _named_by(db, act)
        if digest is not None and await words(db, digest) == text:
            return digest
    return await contents.put_salted(db, text, MEETING)


async def _named_by(db: Database, act: str) -> str | None:
    async with db.read() as session:
        event = (await session.exec(select(Event).where(Event.event == act))).first()
    for change in event.data.get("changes", []) if event else []:
        if change.get("change") == "meeting_set":
            return str(change["meeting"]["text_sha"])
    return None


def _words(content: Content | None) -> MeetingText | None:
    if content is None or content.media_type != MEETING:
        return None
    data = {key: value for key, value in json.loads(content.data).items() if key != "salt"}
    try:
        return MeetingText.model_validate(data)
    except ValidationError:
        return None


async def words(db: Database, digest: str) -> MeetingText | None:
    """Return what is stored under a hash, when it is the text of a meeting."""
    async with db.read() as session:
        return _words(await session.get(Content, digest))


async def look(db: Database, question: MeetingQuestion) -> Looked:
    """Say what is wrong with the contents that an act names."""
    if question.text_sha is not None and await words(db, question.text_sha) is None:
        return Looked(problem=_not_stored(question.text_sha).details())
    if question.file_sha is not None:
        async with db.read() as session:
            found = await session.get(Content, question.file_sha)
        if found is None or found.media_type not in READABLE:
            return Looked(problem=_not_stored(question.file_sha).details())
    return Looked()


def _not_stored(digest: str) -> NotFound:
    return NotFound(
        "content_not_found",
        f"Onder SHA-256 {digest} staat niet wat hier nodig is. Bewaar het eerst; een verslag is PDF, DOCX, ODT of "
        "tekst.",
        f"What is needed here is not stored under SHA-256 {digest}. Store it first; minutes are PDF, DOCX, ODT or "
        "text.",
        {"sha256": digest},
    )


def write(session: Session, slug: str, entry: c.Entry, change: MeetingSet) -> None:
    """Write a meeting as it is from now on."""
    one = change.meeting
    row = session.get(MeetingRow, (slug, one.no)) or MeetingRow(
        covenant=slug, no=one.no, start_at=one.start, minutes=one.minutes, invited=one.invited, text_sha=one.text_sha,
        sequence=one.sequence, silence_days=one.silence_days, status=one.status,
        minutes_version=one.minutes_version, workflow=change.workflow, called_by=entry.actor, called_at=entry.at,
    )  # fmt: skip
    for name, value in one.model_dump(exclude={"no", "start"}).items():
        setattr(row, name, value)
    row.start_at = one.start
    session.add(row)


# --- what people see --------------------------------------------------------------------------------------------------


def meeting_of(row: MeetingRow) -> Meeting:
    """Return a meeting as the rules know one."""
    return Meeting.model_validate({**row.model_dump(), "start": row.start_at})


async def meeting(db: Database, slug: str, no: int) -> MeetingView:
    """Return a meeting with all that was said around it.

    Raises:
        NotFound: there is none of that number.
    """
    async with db.read() as session:
        row = await session.get(MeetingRow, (slug, no))
        if row is None:
            raise NotFound(
                "meeting_not_found", f"Er is geen overleg {no}. Verwacht: een nummer uit de lijst.",
                f"There is no meeting {no}. Expected: a number from the list.", {"meeting": str(no)},
            )  # fmt: skip
        text = _words(await session.get(Content, row.text_sha)) or MeetingText(title=f"{no}")
        found = await session.exec(
            select(HumanTask, Answer)
            .outerjoin(Answer, col(Answer.event) == col(HumanTask.answered_event))
            .where(HumanTask.workflow == row.workflow)
            .order_by(col(HumanTask.opened_at), col(HumanTask.id))
        )
        said = [Said(task, answer.content if answer else {}) for task, answer in found]
    by = {kind: [one for one in said if one.task.kind is kind] for kind in TaskKind}
    newest = {one.task.respondent: one for one in by[TaskKind.ATTENDANCE]}
    return MeetingView(
        row, text, [newest[who] for who in row.invited if who in newest], by[TaskKind.MINUTES],
        by[TaskKind.CORRECTION], by[TaskKind.ACTION],
    )  # fmt: skip


async def meetings(db: Database, slug: str) -> list[tuple[MeetingRow, MeetingText]]:
    """Return the meetings of a covenant, the last to begin first, with their words: for who may see them."""
    query = (
        select(MeetingRow, Content)
        .outerjoin(Content, col(Content.sha256) == col(MeetingRow.text_sha))
        .where(MeetingRow.covenant == slug)
        .order_by(col(MeetingRow.start_at).desc(), col(MeetingRow.no).desc())
    )
    async with db.read() as session:
        return [(row, _words(text) or MeetingText(title=f"{row.no}")) for row, text in await session.exec(query)]


async def open_actions(db: Database, slug: str) -> list[HumanTask]:
    """Return the action points that are open, soonest due first."""
    query = (
        select(HumanTask)
        .where(
            HumanTask.covenant == slug, HumanTask.kind == TaskKind.ACTION, HumanTask.status == TaskStatus.OPEN
        )
        .order_by(col(HumanTask.due_at), col(HumanTask.id))
    )  # fmt: skip
    async with db.read() as session:
        return list(await session.exec(query))


class Invitation(NamedTuple):
    """A meeting in somebody's calendar."""

    row: MeetingRow
    text: MeetingText
    covenant: Covenant


async def invitations(db: Database, email: str, *, limit: int) -> list[Invitation]:
    """Return the meetings that an address is invited to, the last to begin first; cancelled ones too."""
    query = (
        select(MeetingRow, Content, Covenant, Person)
        .join(Covenant, col(Covenant.slug) == col(MeetingRow.covenant))
        .join(Person, col(Person.covenant) == col(MeetingRow.covenant))
        .outerjoin(Content, col(Content.sha256) == col(MeetingRow.text_sha))
        .where(sa.func.lower(col(Person.email)) == email)
        .order_by(col(MeetingRow.start_at).desc(), col(MeetingRow.covenant), col(MeetingRow.no))
        .limit(limit)
    )
    async with db.read() as session:
        found = {
            (row.covenant, row.no): Invitation(row, _words(text) or MeetingText(title=f"{row.no}"), covenant)
            for row, text, covenant, person in await session.exec(query)
            if _is_invited(row.invited, person)
        }
    return list(found.values())


def _is_invited(invited: Sequence[str], person: Person) -> bool:
    return (person.party in invited and bool(person.mandates)) or bool(set(person.roles) & set(invited))
