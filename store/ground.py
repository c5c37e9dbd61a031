"""Ground rules as they hold, and questions put to the parties beside the plan."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from sqlmodel import Session, col, select

from models.base import Words
from models.contracts import Entry
from models.enums import AmendmentStatus, Matter, StepStatus
from models.errors import Conflict, PolderError, Refusal
from models.ground import ClockHeld, GroundRule, GroundRuleSet, PartyQuestion, QuestionEnded, QuestionPut
from models.lookups import FixQuestion, Looked
from models.tables import Amendment, Clause, ClauseVersion, Content, Event, GroundRuleRow, HumanTask, QuestionRow, Step
from rules import matters
from rules.approving import TOO_LATE
from store import asked, commitments
from store.contents import text_of
from store.engine import Database

Change = QuestionPut | QuestionEnded | GroundRuleSet | ClockHeld


def write(session: Session, entry: Entry, change: Change) -> None:
    """Write what became of a question, a ground rule, or the clock of a task."""
    slug = entry.covenant
    match change:
        case QuestionPut(question=question):
            session.merge(
                QuestionRow(
                    covenant=slug, no=question.no, kind=question.kind, matter=question.matter, clause=question.clause,
                    person=entry.actor, question=question.model_dump(mode="json"), opened_at=entry.at,
                    due_at=change.due,
                )
            )  # fmt: skip
        case QuestionEnded():
            row = session.get_one(QuestionRow, (slug, change.no))
            row.passed, row.ended_at = change.passed, entry.at
            row.sentence_nl, row.sentence_en = change.sentence.nl, change.sentence.en
        case GroundRuleSet():
            rule = change.rule.model_dump(mode="json")
            session.merge(GroundRuleRow(covenant=slug, matter=change.matter, rule=rule, since=entry.at))
        case ClockHeld():
            task = session.get_one(HumanTask, change.task)
            task.clock_nl = change.why.nl if change.why else None
            task.clock_en = change.why.en if change.why else None


# --- reading ----------------------------------------------------------------------------------------------------------


class Question(NamedTuple):
    """A question as it was put, and what came of it."""

    row: QuestionRow
    asked: PartyQuestion


class Rule(NamedTuple):
    """A ground rule, and since when the parties have it so; none when it is as at the launch."""

    matter: Matter
    rule: GroundRule
    since: datetime | None


async def rules(db: Database, slug: str) -> list[Rule]:
    """Return the ground rules as they hold now."""
    start = matters.of_book(await asked.playbook(db, slug))
    async with db.read() as session:
        rows = {
            row.matter: row for row in await session.exec(select(GroundRuleRow).where(GroundRuleRow.covenant == slug))
        }
    return [
        Rule(matter, GroundRule.model_validate(rows[matter].rule), rows[matter].since)
        if matter in rows
        else Rule(matter, start[matter], None)
        for matter in Matter
    ]


async def adopted(db: Database, slug: str) -> tuple[Words, datetime | None] | None:
    """Return the step that adopts the ground rules, and when it passed; None when the plan has no such step."""
    ids = [step.id for step in (await asked.playbook(db, slug)).steps if step.adopts_ground_rules]
    async with db.read() as session:
        rows = [
            row
            for row in await session.exec(
                select(Step).where(Step.covenant == slug, col(Step.status) != StepStatus.SKIPPED)
            )
            if any(row.key == one or row.key.startswith(f"{one}-") for one in ids)
        ]
    if not rows:
        return None
    done = next((row for row in rows if row.status is StepStatus.DONE), None)
    row = done or rows[-1]
    return Words(nl=row.title_nl, en=row.title_en), done.actual_end if done else None


async def questions(db: Database, slug: str, *, clause: str | None = None, is_open: bool = False) -> list[Question]:
    """Return questions, the newest first: all, those on a clause, or those that are open."""
    query = select(QuestionRow).where(QuestionRow.covenant == slug).order_by(col(QuestionRow.no).desc()).limit(200)
    if clause is not None:
        query = query.where(QuestionRow.clause == clause)
    if is_open:
        query = query.where(col(QuestionRow.ended_at).is_(None))
    async with db.read() as session:
        return [Question(row, PartyQuestion.model_validate(row.question)) for row in await session.exec(query)]


async def overtaken(db: Database, slug: str) -> set[int]:
    """Return the numbers of the editorial fixes that were carried and came too late."""
    query = select(Event.event).where(Event.covenant == slug, Event.kind == TOO_LATE)
    async with db.read() as session:
        found = list(await session.exec(query))
    return {int(event.split("/")[1].rpartition("-")[2]) for event in found}


async def question(db: Database, slug: str, no: int) -> Question | None:
    """Return a question by its number."""
    async with db.read() as session:
        row = await session.get(QuestionRow, (slug, no))
    return Question(row, PartyQuestion.model_validate(row.question)) if row is not None else None


async def carried_package(db: Database, slug: str) -> Question | None:
    """Return the newest package that the parties carried and of which a proposal is still to be taken up."""
    carried = [one for one in await questions(db, slug) if one.asked.package and one.row.passed]
    if not carried:
        return None
    keys = {pick.amendment for one in carried for pick in one.asked.package}
    query = select(Amendment.id).where(
        Amendment.covenant == slug, col(Amendment.id).in_(keys), Amendment.status == AmendmentStatus.OPEN
    )
    async with db.read() as session:
        left = set(await session.exec(query))
    return next((one for one in carried if any(pick.amendment in left for pick in one.asked.package)), None)


async def text_before_and_after(db: Database, slug: str, asked_: PartyQuestion) -> Mapping[str, Words]:
    """Return the text a fix is about and the text it would become; nothing for another question."""
    if asked_.text_sha is None:
        return {}
    async with db.read() as session:
        old = (
            await session.exec(
                select(ClauseVersion)
                .where(
                    ClauseVersion.covenant == slug,
                    ClauseVersion.clause == asked_.clause,
                    ClauseVersion.sha256 == asked_.base_sha,
                )
                .limit(1)
            )
        ).one()
        new = text_of(await session.get(Content, asked_.text_sha), asked_.text_sha)
    return {"old": Words(nl=old.text_nl, en=old.text_en), "new": new}


async def look_at_fix(db: Database, question: FixQuestion) -> Looked:
    """Say what is wrong with an editorial fix: its text is not stored, or it is about another version."""
    fix = question.fix
    try:
        async with db.read() as session:
            row = await session.get_one(Clause, (question.covenant, fix.clause))
            current = await session.get_one(ClauseVersion, (question.covenant, fix.clause, row.version))
            if current.sha256 != fix.base_sha:
                raise Conflict(
                    "old_clause_version",
                    f"Artikel {row.number} is intussen gewijzigd. Verwacht: een verbetering van "
                    "de tekst zoals die nu is.",
                    f"Clause {row.number} has changed meanwhile. Expected: a fix of the text as it is now.",
                    {"clause": fix.clause},
                )
            fixed = text_of(await session.get(Content, fix.text_sha), fix.text_sha)
            if fixed.commitments != commitments.of(current):
                raise Refusal(
                    "not_editorial",
                    "Een redactionele verbetering wijzigt geen toezegging. Verwacht: dezelfde toezeggingen; maak hier "
                    "een volgende versie van.",
                    "An editorial fix changes no commitment. Expected: the same commitments; make this a next version.",
                    {"clause": fix.clause},
                )
        if fix.text_sha == fix.base_sha:
            raise Refusal(
                "nothing_changed",
                "De tekst is dezelfde. Verwacht: een verbetering.",
                "The text is the same. Expected: a fix.",
                {"clause": fix.clause},
            )
    except PolderError as error:
        return Looked(problem=error.details())
    return Looked()
