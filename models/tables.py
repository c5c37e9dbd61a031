"""The tables: content and record. No methods, no rules; written by activities through `store`, read by `store.views`.

Times are UTC and aware, enums are not native (a CHECK guards them), what changes has an optimistic lock
(../shared/reference/stack.md section 11).
"""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from models.columns import JSON, enum_column, json_column, time_column
from models.enums import (
    AmendmentStatus,
    ClauseStatus,
    CovenantStatus,
    DocumentKind,
    Lane,
    Language,
    MailStatus,
    ObjectionStatus,
    PartyStatus,
    Phase,
    SigningRole,
    StepKind,
    StepStatus,
    TaskKind,
    TaskStatus,
    Tier,
)

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def _version() -> Any:  # noqa: ANN401 idem
    return sa.Column("row_version", sa.Integer, nullable=False)


_covenant_version, _task_version = _version(), _version()


class Content(SQLModel, table=True):
    """Bytes by their SHA-256: texts, minutes, PDFs, launch packages. Written once, never changed."""

    sha256: str = Field(primary_key=True, max_length=64)
    media_type: str = Field(max_length=300)
    size: int
    data: bytes = Field(sa_column=sa.Column(sa.LargeBinary, nullable=False))


class Covenant(SQLModel, table=True):
    """A covenant and the head of its chain."""

    slug: str = Field(primary_key=True, max_length=63)
    sector: str = Field(max_length=63, index=True)
    title_nl: str
    title_en: str
    authentic: Language = Field(sa_column=enum_column(Language, "language"))
    approaches: list[str] = Field(sa_column=json_column())
    term_years: int
    thresholds: dict[str, Any] = Field(sa_column=json_column())
    package: str = Field(max_length=64)
    revises: str | None = Field(default=None, foreign_key="covenant.slug", max_length=63, index=True)
    """The signed covenant whose text this one is about."""
    status: CovenantStatus = Field(sa_column=enum_column(CovenantStatus, "status"))
    phase: Phase | None = Field(default=None, sa_column=enum_column(Phase, "phase", nullable=True))
    opened_at: datetime = Field(sa_column=time_column(nullable=False))
    moved_at: datetime = Field(sa_column=time_column(nullable=False))
    text_sha: str | None = Field(default=None, max_length=64)
    accord_at: datetime | None = Field(default=None, sa_column=time_column())
    signed_at: datetime | None = Field(default=None, sa_column=time_column())
    in_force_due: datetime | None = Field(default=None, sa_column=time_column())
    in_force_at: datetime | None = Field(default=None, sa_column=time_column())
    term_ends: date | None = None
    ended_at: datetime | None = Field(default=None, sa_column=time_column())
    held_reason: str | None = None
    seq: int = 0
    head: str = Field(max_length=64)
    row_version: int | None = Field(default=None, sa_column=_covenant_version)
    __mapper_args__ = {"version_id_col": _covenant_version}


class Constituency(SQLModel, table=True):
    """A constituency of a covenant."""

    covenant: str = Field(primary_key=True, foreign_key="covenant.slug", max_length=63)
    id: str = Field(primary_key=True, max_length=63)
    position: int
    name_nl: str
    name_en: str
    minimum: int


class Party(SQLModel, table=True):
    """A party, or a participant that joins by declaration."""

    covenant: str = Field(primary_key=True, foreign_key="covenant.slug", max_length=63)
    id: str = Field(primary_key=True, max_length=63)
    position: int
    constituency: str = Field(max_length=63)
    tier: Tier = Field(sa_column=enum_column(Tier, "tier"))
    kind: str = Field(max_length=40)
    name_nl: str
    name_en: str
    market_share: float = 0
    category: str | None = Field(default=None, max_length=300)
    """Of a company, as the playbook names it; of before there were categories, what a file said."""
    status: PartyStatus = Field(sa_column=enum_column(PartyStatus, "status"))
    leaves_at: datetime | None = Field(default=None, sa_column=time_column())
    """When its notice ends; none when it gave none."""
    left_at: datetime | None = Field(default=None, sa_column=time_column())
    left_reason: str | None = None


class Person(SQLModel, table=True):
    """A person with the address that no workflow history holds."""

    __table_args__ = (sa.Index("ix_person_address", sa.text("lower(email)")),)
    covenant: str = Field(primary_key=True, foreign_key="covenant.slug", max_length=63)
    id: str = Field(primary_key=True, max_length=63)
    party: str | None = Field(default=None, max_length=63, index=True)
    name: str
    email: str
    language: Language = Field(sa_column=enum_column(Language, "language"))
    roles: list[str] = Field(sa_column=json_column())
    mandates: list[dict[str, Any]] = Field(sa_column=json_column())
    absent_until: date | None = None


class Clause(SQLModel, table=True):
    """A clause as it stands."""

    covenant: str = Field(primary_key=True, foreign_key="covenant.slug", max_length=63)
    id: str = Field(primary_key=True, max_length=63)
    position: int
    number: str
    theme: str = Field(max_length=63)
    norms: list[str] = Field(sa_column=json_column())
    title_nl: str
    title_en: str
    version: int
    status: ClauseStatus = Field(sa_column=enum_column(ClauseStatus, "status"))
    still: int = 0
    """Rounds in a row in which nobody came nearer."""


class ClauseVersion(SQLModel, table=True):
    """One version of a clause's text with what it commits to; approvals bind to its SHA-256."""

    covenant: str = Field(primary_key=True, foreign_key="covenant.slug", max_length=63)
    clause: str = Field(primary_key=True, max_length=63)
    version: int = Field(primary_key=True)
    sha256: str = Field(max_length=64, index=True)
    text_nl: str
    text_en: str
    commitments: list[dict[str, Any]] = Field(
        default_factory=list, sa_column=sa.Column(JSON, nullable=False, server_default="[]")
    )
    reason: str | None = None
    made_at: datetime = Field(sa_column=time_column(nullable=False))


class Step(SQLModel, table=True):
    """A step of the plan, with what was planned and what happened."""

    __table_args__ = (sa.Index("ix_step_covenant_status", "covenant", "status"),)
    covenant: str = Field(primary_key=True, foreign_key="covenant.slug", max_length=63)
    key: str = Field(primary_key=True, max_length=80)
    position: int
    no: int | None = None
    kind: StepKind = Field(sa_column=enum_column(StepKind, "kind"))
    phase: Phase = Field(sa_column=enum_column(Phase, "phase"))
    title_nl: str
    title_en: str
    planned_start: date
    planned_end: date
    first_planned_end: date
    status: StepStatus = Field(sa_column=enum_column(StepStatus, "status"))
    actual_start: datetime | None = Field(default=None, sa_column=time_column())
    actual_end: datetime | None = Field(default=None, sa_column=time_column())
    workflow: str | None = Field(default=None, max_length=255)
    signs_from: datetime | None = Field(default=None, sa_column=time_column())
    """Of a signing day: signatures are taken from then on, until `signs_until`."""
    signs_until: datetime | None = Field(default=None, sa_column=time_column())
    sentence_nl: str | None = None
    sentence_en: str | None = None
    slips: list[dict[str, Any]] = Field(sa_column=json_column())


class Round(SQLModel, table=True):
    """A dialogue round."""

    covenant: str = Field(primary_key=True, foreign_key="covenant.slug", max_length=63)
    no: int = Field(primary_key=True)
    step: str = Field(max_length=80)
    opened_at: datetime = Field(sa_column=time_column(nullable=False))
    due_at: datetime = Field(sa_column=time_column(nullable=False))
    closed_at: datetime | None = Field(default=None, sa_column=time_column())
    agenda: list[str] = Field(sa_column=json_column())
    workflow: str = Field(max_length=255)
    sentence_nl: str | None = None
    sentence_en: str | None = None


class HumanTask(SQLModel, table=True):
    """The one source of who is due."""

    __tablename__ = "human_task"
    __table_args__ = (
        sa.Index("ix_human_task_status_due_at", "status", "due_at"),
        sa.Index("ix_human_task_covenant_status_due_at", "covenant", "status", "due_at"),
    )
    id: str = Field(primary_key=True, max_length=200)
    covenant: str = Field(foreign_key="covenant.slug", max_length=63)
    step: str | None = Field(default=None, max_length=80)
    round: int | None = None
    kind: TaskKind = Field(sa_column=enum_column(TaskKind, "kind"))
    respondent: str = Field(max_length=63, index=True)
    role: str | None = Field(default=None, max_length=40)
    power: str | None = Field(default=None, max_length=40)
    title_nl: str
    title_en: str
    text_sha: str | None = Field(default=None, max_length=64)
    choices: list[str] = Field(sa_column=json_column())
    workflow: str = Field(max_length=255)
    opened_at: datetime = Field(sa_column=time_column(nullable=False))
    due_at: datetime = Field(sa_column=time_column(nullable=False))
    first_due_at: datetime = Field(sa_column=time_column(nullable=False))
    reminders: int = 0
    reminded_at: datetime | None = Field(default=None, sa_column=time_column())
    rung: str | None = Field(default=None, max_length=40)
    ladder_held: str | None = None
    status: TaskStatus = Field(sa_column=enum_column(TaskStatus, "status"))
    done: int = 0
    total: int = 0
    ended_at: datetime | None = Field(default=None, sa_column=time_column())
    answered_event: str | None = Field(default=None, max_length=200)
    ended_nl: str | None = None
    ended_en: str | None = None
    about: list[str] = Field(sa_column=sa.Column(JSON, nullable=False, server_default="[]"))
    undeliverable: list[dict[str, Any]] = Field(sa_column=json_column())
    passed_on: list[str] = Field(default_factory=list, sa_column=json_column())
    """Who passed signing on to a colleague."""
    clock_nl: str | None = None  # why the clock of a silence procedure stands still for who is asked
    clock_en: str | None = None
    row_version: int | None = Field(default=None, sa_column=_task_version)
    __mapper_args__ = {"version_id_col": _task_version}


class Answer(SQLModel, table=True):
    """An answer as given; a later one by the same respondent replaces it for the count, never in the record."""

    event: str = Field(primary_key=True, max_length=200)
    covenant: str = Field(foreign_key="covenant.slug", max_length=63, index=True)
    task: str = Field(foreign_key="human_task.id", max_length=200, index=True)
    respondent: str = Field(max_length=63)
    person: str = Field(max_length=63)
    on_behalf: str | None = None
    content: dict[str, Any] = Field(sa_column=json_column())
    counted: bool
    complete: bool
    given_at: datetime = Field(sa_column=time_column(nullable=False))


class Position(SQLModel, table=True):
    """The latest position of a party on one version of a clause."""

    covenant: str = Field(primary_key=True, foreign_key="covenant.slug", max_length=63)
    clause: str = Field(primary_key=True, max_length=63)
    sha256: str = Field(primary_key=True, max_length=64)
    party: str = Field(primary_key=True, max_length=63)
    round: int | None = None
    stance: str = Field(max_length=40)
    ground: str | None = Field(default=None, max_length=40)
    lift: str | None = None
    comment: str | None = None
    conditions: list[dict[str, Any]] = Field(sa_column=sa.Column(JSON, nullable=False, server_default="[]"))
    event: str = Field(max_length=200)
    given_at: datetime = Field(sa_column=time_column(nullable=False))


class Comment(SQLModel, table=True):
    """A comment on a clause, in a lane, known by its event; the text is content. `rules.lanes` says who reads it."""

    id: str = Field(primary_key=True, max_length=200)
    covenant: str = Field(foreign_key="covenant.slug", max_length=63, index=True)
    clause: str = Field(max_length=63)
    version: int
    lane: Lane = Field(sa_column=enum_column(Lane, "lane"))
    was: list[str] = Field(default_factory=list, sa_column=json_column())
    party: str | None = Field(default=None, max_length=63)
    constituency: str | None = Field(default=None, max_length=63)
    person: str = Field(max_length=63)
    text_sha: str = Field(max_length=64)
    reply_to: str | None = Field(default=None, max_length=200)
    at: datetime = Field(sa_column=time_column(nullable=False))


class Amendment(SQLModel, table=True):
    """Words that a party proposed for one version of a clause; the words are content (`models.amending`)."""

    id: str = Field(primary_key=True, max_length=200)
    """Its event."""
    covenant: str = Field(foreign_key="covenant.slug", max_length=63, index=True)
    clause: str = Field(max_length=63)
    version: int
    base_sha: str = Field(max_length=64)
    text_sha: str = Field(max_length=64)
    party: str = Field(max_length=63)
    person: str = Field(max_length=63)
    to: str | None = Field(default=None, max_length=200)
    status: AmendmentStatus = Field(sa_column=enum_column(AmendmentStatus, "amendment_status"))
    accepted_by_mover: bool | None = None
    reason: str | None = None
    """Why it became what it is."""
    settled_at: datetime | None = Field(default=None, sa_column=time_column())
    at: datetime = Field(sa_column=time_column(nullable=False))


class Objection(SQLModel, table=True):
    """An objection of a party to a clause; on whatever version it was raised, only its owner lifts it."""

    __table_args__ = (sa.Index("ix_objection_covenant_status", "covenant", "status"),)
    id: str = Field(primary_key=True, max_length=300)
    """Its event and clause."""
    covenant: str = Field(foreign_key="covenant.slug", max_length=63)
    clause: str = Field(max_length=63)
    party: str = Field(max_length=63)
    person: str = Field(max_length=63)
    sha256: str = Field(max_length=64)
    """Of the version it was last said about."""
    round: int | None = None
    ground: str | None = Field(default=None, max_length=40)
    lift: str | None = None
    comment: str | None = None
    status: ObjectionStatus = Field(sa_column=enum_column(ObjectionStatus, "objection_status"))
    question: str | None = Field(default=None, max_length=200)  # the decision that overruled it
    reason: str | None = None
    """Why it was lifted."""
    ended_at: datetime | None = Field(default=None, sa_column=time_column())
    at: datetime = Field(sa_column=time_column(nullable=False))


class RedLine(SQLModel, table=True):
    """What a party cannot accept, told to the facilitator alone; the words are content."""

    __tablename__ = "red_line"
    id: str = Field(primary_key=True, max_length=200)
    """Its event."""
    covenant: str = Field(foreign_key="covenant.slug", max_length=63, index=True)
    party: str = Field(max_length=63)
    clause: str | None = Field(default=None, max_length=63)
    person: str = Field(max_length=63)
    text_sha: str = Field(max_length=64)
    dropped_at: datetime | None = Field(default=None, sa_column=time_column())
    at: datetime = Field(sa_column=time_column(nullable=False))


class WeighingRow(SQLModel, table=True):
    """What clauses weigh for a party, as it last told; the words are content that nobody but the party reads."""

    __tablename__ = "weighing"
    covenant: str = Field(primary_key=True, foreign_key="covenant.slug", max_length=63)
    party: str = Field(primary_key=True, max_length=63)
    event: str = Field(max_length=200)
    person: str = Field(max_length=63)
    text_sha: str = Field(max_length=64)
    at: datetime = Field(sa_column=time_column(nullable=False))


class GroundRuleRow(SQLModel, table=True):
    """A ground rule that the parties changed since the launch; the others follow from the playbook."""

    __tablename__ = "ground_rule"
    covenant: str = Field(primary_key=True, foreign_key="covenant.slug", max_length=63)
    matter: str = Field(primary_key=True, max_length=40)
    rule: dict[str, Any] = Field(sa_column=json_column())
    since: datetime = Field(sa_column=time_column(nullable=False))


class QuestionRow(SQLModel, table=True):
    """A question put to the parties beside the plan; its tasks have `question-<no>` for a step."""

    __tablename__ = "question"
    covenant: str = Field(primary_key=True, foreign_key="covenant.slug", max_length=63)
    no: int = Field(primary_key=True)
    kind: str = Field(max_length=40)
    matter: str | None = Field(default=None, max_length=40)
    clause: str | None = Field(default=None, max_length=63)
    person: str = Field(max_length=63)
    question: dict[str, Any] = Field(sa_column=json_column())
    opened_at: datetime = Field(sa_column=time_column(nullable=False))
    due_at: datetime = Field(sa_column=time_column(nullable=False))
    passed: bool | None = None
    sentence_nl: str | None = None
    sentence_en: str | None = None
    ended_at: datetime | None = Field(default=None, sa_column=time_column())


class Decision(SQLModel, table=True):
    """A verdict with its sentence."""

    covenant: str = Field(primary_key=True, foreign_key="covenant.slug", max_length=63)
    question: str = Field(primary_key=True, max_length=200)
    step: str = Field(max_length=80)
    round: int | None = None
    clause: str | None = Field(default=None, max_length=63)
    outcome: str = Field(max_length=40)
    sentence_nl: str
    sentence_en: str
    verdict: dict[str, Any] = Field(sa_column=json_column())
    decided_at: datetime = Field(sa_column=time_column(nullable=False))


class Signature(SQLModel, table=True):
    """A signature or declaration: who confirmed which exact hash, when, as what and how."""

    task: str = Field(primary_key=True, foreign_key="human_task.id", max_length=200)
    covenant: str = Field(foreign_key="covenant.slug", max_length=63, index=True)
    party: str = Field(max_length=63)
    """Whose signature; an office where a witness signs."""
    person: str = Field(primary_key=True, max_length=63)
    role: SigningRole = Field(sa_column=enum_column(SigningRole, "signing_role"))
    method: str = Field(max_length=40)
    name: str
    text_sha: str = Field(max_length=64)
    signed_at: datetime = Field(sa_column=time_column(nullable=False))


class Document(SQLModel, table=True):
    """A document that was made or delivered; the bytes are content."""

    id: str = Field(primary_key=True, max_length=300)
    covenant: str = Field(foreign_key="covenant.slug", max_length=63, index=True)
    kind: DocumentKind = Field(sa_column=enum_column(DocumentKind, "kind"))
    title_nl: str
    title_en: str
    sha256: str = Field(max_length=64, index=True)
    media_type: str = Field(max_length=300)
    made_at: datetime = Field(sa_column=time_column(nullable=False))


class Mail(SQLModel, table=True):
    """A message, kept before it is sent so that a retry sends the same one, once."""

    __table_args__ = (sa.Index("ix_mail_status_covenant", "status", "covenant"),)
    id: str = Field(primary_key=True, max_length=300)
    covenant: str = Field(foreign_key="covenant.slug", max_length=63, index=True)
    task: str | None = Field(default=None, max_length=200, index=True)
    person: str = Field(max_length=63)
    recipient: str
    subject: str
    template: str = Field(max_length=40)
    document: str | None = Field(default=None, max_length=64)
    """SHA-256 of the PDF that goes with it: kept once as content, attached when the mail is sent."""
    message: bytes = Field(sa_column=sa.Column(sa.LargeBinary, nullable=False))
    status: MailStatus = Field(sa_column=enum_column(MailStatus, "status"))
    problem: str | None = None
    at: datetime = Field(sa_column=time_column(nullable=False))


class Event(SQLModel, table=True):
    """The append-only log of a covenant: each entry holds the SHA-256 of the one before."""

    __table_args__ = (sa.UniqueConstraint("event"),)
    covenant: str = Field(primary_key=True, foreign_key="covenant.slug", max_length=63)
    seq: int = Field(primary_key=True)
    event: str = Field(max_length=200)
    at: datetime = Field(sa_column=time_column(nullable=False))
    kind: str = Field(max_length=300)
    actor: str
    on_behalf_of: str | None = Field(default=None, max_length=63)
    data: dict[str, Any] = Field(sa_column=json_column())
    data_sha256: str = Field(max_length=64)
    prev: str = Field(max_length=64)
    sha256: str = Field(max_length=64)
