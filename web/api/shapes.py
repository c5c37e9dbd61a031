"""What the API answers: typed, and never a row with a secret or an address in it."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from models.base import Slug
from models.commitments import Commitment
from models.enums import (
    ClauseStatus,
    CovenantStatus,
    DocumentKind,
    Language,
    PartyStatus,
    Phase,
    StepKind,
    StepStatus,
    TaskKind,
    TaskStatus,
    Tier,
)
from models.packages import Condition
from models.tables import (
    Answer,
    ClauseVersion,
    Covenant,
    Decision,
    HumanTask,
    Party,
    Person,
    Round,
    Step,
)
from store.feeds import Current, Held, Paper, Part
from store.happenings import Happening

Row = TypeVar("Row")
Shape = TypeVar("Shape")

SlugPath = Annotated[Slug, Path(description="the covenant's slug")]
WherePath = Annotated[
    str, Path(pattern=r"^[a-z0-9][a-z0-9-]{0,79}$", description="the step or round of the task, as in its id")
]
RespondentPath = Annotated[Slug, Path(description="the party or office that is asked, as in the task's id")]
TaskId = Annotated[
    str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,62}/[a-z0-9][a-z0-9-]{0,79}/[a-z0-9][a-z0-9-]{0,62}$")
]


class Text(BaseModel):
    """One text in both languages."""

    nl: str
    en: str

    @classmethod
    def of(cls, row: object, stem: str) -> "Text":
        """Read the text of a row."""
        return cls(nl=getattr(row, f"{stem}_nl") or "", en=getattr(row, f"{stem}_en") or "")

    @classmethod
    def maybe(cls, row: object, stem: str) -> "Text | None":
        """Read the text of a row, if it has one."""
        return cls.of(row, stem) if getattr(row, f"{stem}_nl") else None


class Problem(BaseModel):
    """What was refused: `code` is stable, `nl` and `en` say what was wrong and what would be accepted."""

    kind: str
    code: str
    audience: str = ""
    nl: str
    en: str
    evidence: dict[str, str] = Field(default_factory=dict)


class Refused(BaseModel):
    """An error."""

    error: Problem


class Paged(BaseModel, Generic[Shape]):
    """A part of a list; `next` is the address of the next part, or none."""

    items: list[Shape]
    page: int
    next: str | None


class Paging(BaseModel):
    """Which part of a list is asked for."""

    model_config = ConfigDict(frozen=True)

    page: int
    limit: int
    address: str

    @property
    def part(self) -> Part:
        """One more than is shown tells whether there is a next part."""
        return Part(self.limit + 1, (self.page - 1) * self.limit)

    def of(self, rows: Sequence[Row], shape: Callable[[Row], Shape]) -> "Paged[Shape]":
        """Make the answer of the rows that were found."""
        more = len(rows) > self.limit
        return Paged(
            items=[shape(one) for one in rows[: self.limit]], page=self.page, next=self.address if more else None
        )


def paging(
    request: Request,
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Paging:
    """Read which part of a list is asked for."""
    after = request.url.include_query_params(page=page + 1)
    return Paging(page=page, limit=limit, address=f"{after.path}?{after.query}")


class Me(BaseModel):
    """In whose name the program acts."""

    email: str
    scopes: list[str]
    operates: bool
    launches: bool


class CovenantShape(BaseModel):
    """A covenant; its accord, signature and entry into force are three moments."""

    slug: str
    sector: str
    title: Text
    authentic: Language
    status: CovenantStatus
    phase: Phase | None
    approaches: list[str]
    term_years: int
    opened_at: datetime
    moved_at: datetime
    accord_at: datetime | None
    signed_at: datetime | None
    in_force_at: datetime | None
    term_ends: date | None
    ended_at: datetime | None
    held_reason: str | None
    revises: str | None
    text_sha256: str | None
    seq: int
    head: str

    @classmethod
    def of(cls, row: Covenant) -> "CovenantShape":
        """Read a row."""
        return cls(**_same(cls, row), title=Text.of(row, "title"), text_sha256=row.text_sha)


class RevisionShape(BaseModel):
    """A revision of a signed covenant; the last that is in force has the text that holds."""

    slug: str
    title: Text
    status: CovenantStatus
    opened_at: datetime
    signed_at: datetime | None
    in_force_at: datetime | None
    ended_at: datetime | None
    text_sha256: str | None

    @classmethod
    def of(cls, row: Covenant) -> "RevisionShape":
        """Read a row; before the signature the text is the parties' own."""
        text = row.text_sha if row.signed_at is not None else None
        return cls(**_same(cls, row), title=Text.of(row, "title"), text_sha256=text)


class StepShape(BaseModel):
    """A step of the plan, with what was planned and what happened."""

    key: str
    position: int
    kind: StepKind
    phase: Phase
    title: Text
    status: StepStatus
    planned_start: date
    planned_end: date
    first_planned_end: date
    actual_start: datetime | None
    actual_end: datetime | None
    sentence: Text | None

    @classmethod
    def of(cls, row: Step) -> "StepShape":
        """Read a row."""
        return cls(**_same(cls, row), title=Text.of(row, "title"), sentence=Text.maybe(row, "sentence"))


class PartyShape(BaseModel):
    """A party, or a participant that joins by declaration."""

    id: str
    name: Text
    constituency: str
    tier: Tier
    kind: str
    market_share: float
    status: PartyStatus
    left_at: datetime | None
    left_reason: str | None

    @classmethod
    def of(cls, row: Party) -> "PartyShape":
        """Read a row."""
        return cls(**_same(cls, row), name=Text.of(row, "name"))


class VersionShape(BaseModel):
    """One version of a clause's text; positions bind to its SHA-256."""

    version: int
    sha256: str
    text: Text
    commitments: list[Commitment]
    reason: str | None
    made_at: datetime
    author: str | None = None

    @classmethod
    def of(cls, row: ClauseVersion, author: str | None = None) -> "VersionShape":
        """Read a row; who made it is only looked up for a list of versions."""
        return cls.model_validate({**_same(cls, row), "text": Text.of(row, "text"), "author": author})


class ClauseShape(BaseModel):
    """A clause as it stands."""

    id: str
    number: str
    theme: str
    norms: list[str]
    title: Text
    status: ClauseStatus
    current: VersionShape

    @classmethod
    def of(cls, row: Current) -> "ClauseShape":
        """Read a row."""
        return cls(**_same(cls, row.clause), title=Text.of(row.clause, "title"), current=VersionShape.of(row.version))


class RoundShape(BaseModel):
    """A dialogue round."""

    no: int
    step: str
    opened_at: datetime
    due_at: datetime
    closed_at: datetime | None
    agenda: list[str]
    sentence: Text | None

    @classmethod
    def of(cls, row: Round) -> "RoundShape":
        """Read a row."""
        return cls(**_same(cls, row), sentence=Text.maybe(row, "sentence"))


class PositionShape(BaseModel):
    """A position of a party on one version of a clause; an agreement counts once its conditions hold."""

    clause: str
    version: int
    sha256: str
    party: str
    round: int | None
    stance: str
    ground: str | None
    lift: str | None
    comment: str | None
    conditions: list[Condition]
    given_at: datetime

    @classmethod
    def of(cls, row: Held) -> "PositionShape":
        """Read a row."""
        return cls(**_same(cls, row.position), version=row.version)


class TaskShape(BaseModel):
    """A human task: who owes which answer by when; `clock_held` says why silence does not count yet."""

    id: str
    covenant: str
    step: str | None
    round: int | None
    kind: TaskKind
    respondent: str
    role: str | None
    power: str | None
    title: Text
    text_sha256: str | None
    choices: list[str]
    opened_at: datetime
    due_at: datetime
    first_due_at: datetime
    reminders: int
    rung: str | None
    status: TaskStatus
    done: int
    total: int
    ended_at: datetime | None
    ended_because: Text | None
    clock_held: Text | None = None

    @classmethod
    def of(cls, row: HumanTask) -> "TaskShape":
        """Read a row."""
        return cls(
            **_same(cls, row), title=Text.of(row, "title"), text_sha256=row.text_sha,
            ended_because=Text.maybe(row, "ended"), clock_held=Text.maybe(row, "clock"),
        )  # fmt: skip


class AnswerShape(BaseModel):
    """An answer as it was given; a later one replaces it for the count, never in the record."""

    event: str
    respondent: str
    person: str
    on_behalf: str | None
    content: dict[str, Any]
    counted: bool
    complete: bool
    given_at: datetime

    @classmethod
    def of(cls, row: Answer) -> "AnswerShape":
        """Read a row."""
        return cls(**_same(cls, row))


class TaskDetail(TaskShape):
    """A task with every answer that was given to it."""

    answers: list[AnswerShape]

    @classmethod
    def with_answers(cls, row: HumanTask, answers: Iterable[Answer]) -> "TaskDetail":
        """Read rows."""
        return cls(**TaskShape.of(row).model_dump(), answers=[AnswerShape.of(one) for one in answers])


class EventShape(BaseModel):
    """An entry of the log, chained by SHA-256; `actor` is none where a lane hides who spoke."""

    seq: int
    event: str
    kind: str
    at: datetime
    actor: str | None
    who: Text
    on_behalf_of: str | None
    sentence: Text
    data_sha256: str
    prev: str
    sha256: str

    @classmethod
    def of(cls, row: Happening) -> "EventShape":
        """Read a row."""
        entry = row.event
        return cls(
            seq=entry.seq, event=entry.event, kind=entry.kind, at=entry.at, actor=row.actor,
            who=Text(nl=row.who.nl, en=row.who.en), on_behalf_of=entry.on_behalf_of,
            sentence=Text(nl=row.sentence.nl, en=row.sentence.en), data_sha256=entry.data_sha256, prev=entry.prev,
            sha256=entry.sha256,
        )  # fmt: skip


class DecisionShape(BaseModel):
    """A verdict with its sentence."""

    question: str
    step: str
    round: int | None
    clause: str | None
    outcome: str
    sentence: Text
    decided_at: datetime

    @classmethod
    def of(cls, row: Decision) -> "DecisionShape":
        """Read a row."""
        return cls(**_same(cls, row), sentence=Text.of(row, "sentence"))


class DocumentShape(BaseModel):
    """A document; its bytes are at `content`."""

    id: str
    kind: DocumentKind
    title: Text
    sha256: str
    media_type: str
    made_at: datetime
    delivered_by: str | None
    content: str

    @classmethod
    def of(cls, row: Paper) -> "DocumentShape":
        """Read a row."""
        document = row.document
        return cls(
            **_same(cls, document), title=Text.of(document, "title"),
            delivered_by=row.task.respondent if row.task else None,
            content=f"/api/v1/covenants/{document.covenant}/documents/{document.sha256}",
        )  # fmt: skip


class PersonShape(BaseModel):
    """A person with the address; only for who sees the people of the covenant."""

    id: str
    name: str
    email: str
    language: Language
    party: str | None
    roles: list[str]
    mandates: list[dict[str, Any]]

    @classmethod
    def of(cls, row: Person) -> "PersonShape":
        """Read a row."""
        return cls(**_same(cls, row))


class Stored(BaseModel):
    """What was stored, by the hash that an answer names it with."""

    sha256: str
    size: int


class ReceiptShape(BaseModel):
    """What an act became: the entry of the log, whether it counts, and what happens next."""

    event: str
    at: datetime
    counted: bool
    words: Text


class Launched(BaseModel):
    """A covenant that was launched."""

    slug: str
    package: str
    covenant: str


def _same(shape: type[BaseModel], row: BaseModel) -> dict[str, Any]:
    """Return the fields that a shape and a row share by name."""
    own = set(type(row).model_fields)
    return {name: getattr(row, name) for name in shape.model_fields if name in own}
