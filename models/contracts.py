"""What travels between clients, workflows and activities: one model in, one model out.

Clause texts, minutes and documents never travel: they are stored first and passed by SHA-256. Reasons of at most
2,000 characters do travel (ADR 0003). Fields are only ever added, with a default.
"""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from models import ground as g
from models import meetings as m
from models import signing as sg
from models.approving import ApprovalsChanged
from models.base import Contract, Key, Line, Reason, Sha256, Slug, Words
from models.deciding import Verdict
from models.drafting import Mediation, SplitOff, SplitOrder
from models.enduring import EnduringChange, Leaving, Revisions
from models.enums import (
    AmendmentStatus,
    Approach,
    Choice,
    ClauseStatus,
    CovenantStatus,
    DocumentKind,
    Ground,
    Lane,
    PartyStatus,
    Phase,
    Power,
    Ratified,
    Role,
    Rung,
    SigningRole,
    Stance,
    StepStatus,
    TaskKind,
    TaskStatus,
    Tier,
)
from models.objections import ObjectionChange
from models.packages import Condition
from models.plan import PlannedStep
from models.playbook import Constituency, EntryIntoForce, RungAfter, Step, Threshold

Label = Annotated[str, Field(max_length=300)]
"""The key of a step, and other short text Polder made."""

Note = Annotated[str, Field(max_length=4000)]
"""A reason, or a sentence made of one."""

Shown = Annotated[str, Field(max_length=20_000)]
"""A text for a mail: some sentences at most."""


# --- who sits at the table -------------------------------------------------------------------------------------------


class Mandate(Contract):
    """What a person may do for the party. No themes means all; no date means until withdrawn."""

    powers: list[Power] = Field(max_length=3)
    themes: list[Slug] = Field(default_factory=list, max_length=30)
    until: date | None = None


class Person(Contract):
    """A person as workflows know one: no address, so none stays in a history."""

    id: Slug
    name: Line
    party: Slug | None = None
    roles: list[Role] = Field(default_factory=list, max_length=5)
    mandates: list[Mandate] = Field(default_factory=list, max_length=10)
    absent_until: date | None = None
    """The last day of an absence, of who is away."""


class Party(Contract):
    """A party or participant as workflows know it; `since` is of who joined after the signing."""

    id: Slug
    name: Words
    constituency: Slug
    tier: Tier = Tier.PARTY
    status: PartyStatus = PartyStatus.ACTIVE
    market_share: float = 0
    category: Line | None = None
    since: date | None = None


class Roster(Contract):
    """Everyone around the table."""

    constituencies: list[Constituency] = Field(max_length=10)
    parties: list[Party] = Field(max_length=2300)
    people: list[Person] = Field(max_length=4000)


class ClauseRef(Contract):
    """A clause without its text.

    Attributes:
        sha256: of the current version's text; approvals bind to it.
        holds: parties whose latest position on exactly this version is on record, with the stance.
        brackets: amendments that are open; with one, the clause is not agreed.
        objectors: parties whose objection is open, on whatever version it was raised: only they lift it.
        doubters: parties that did not stand behind it when the last round closed.
        still: rounds in a row after which nobody had come nearer.
        conditions: of parties whose position in `holds` counts only if these hold.
    """

    id: Slug
    number: Line
    theme: Slug
    version: int = 1
    sha256: Sha256
    status: ClauseStatus = ClauseStatus.BRACKETED
    holds: dict[Slug, Stance] = Field(default_factory=dict, max_length=300)
    brackets: list[Key] = Field(default_factory=list, max_length=200)
    objectors: list[Slug] = Field(default_factory=list, max_length=300)
    doubters: list[Slug] | None = Field(default=None, max_length=300)
    still: int = 0
    conditions: dict[Slug, Annotated[list[Condition], Field(max_length=50)]] = Field(
        default_factory=dict, max_length=300
    )


# --- acts of people ---------------------------------------------------------------------------------------------------


class Actor(Contract):
    """Who acts. `on_behalf` is filled when the secretariat enters what a party phoned in."""

    person: Slug
    on_behalf: Reason | None = None


class Act(Contract):
    """What a person does. `act` is made by the caller: the same act counts once."""

    act: Key
    actor: Actor


class DocumentAnswer(Contract):
    """A delivered document, stored before it is named here."""

    kind: Literal["document"] = "document"
    title: Line
    sha256: Sha256


class Item(Contract):
    """One contribution: a risk, a stakeholder, a point for the agenda."""

    theme: Slug | None = None
    text: Reason


class ContributionAnswer(Contract):
    """Contributions of one respondent."""

    kind: Literal["contribution"] = "contribution"
    items: list[Item] = Field(min_length=1, max_length=50)


class ApprovalAnswer(Contract):
    """A position on one question. `text_sha` is needed where a text is approved."""

    kind: Literal["approval"] = "approval"
    stance: Stance
    ground: Ground | None = None
    lift: Reason | None = None
    comment: Reason | None = None
    text_sha: Sha256 | None = None


class Position(Contract):
    """A position on one version of one clause; an objection names its ground and what would lift it.

    Agreement may be given on conditions: it counts only when they hold.
    """

    clause: Slug
    sha256: Sha256
    stance: Stance
    ground: Ground | None = None
    lift: Reason | None = None
    comment: Reason | None = None
    conditions: list[Condition] = Field(default_factory=list, max_length=50)


class PositionsAnswer(Contract):
    """One submission of positions, for any number of clauses."""

    kind: Literal["positions"] = "positions"
    positions: list[Position] = Field(min_length=1, max_length=300)


class Amendment(Contract):
    """A next version of a clause; its text is stored under `sha256`."""

    clause: Slug
    sha256: Sha256
    reason: Reason


class Fate(Contract):
    """What the facilitator makes of an amendment in the next version; those without one are carried over."""

    amendment: Key
    status: Literal[AmendmentStatus.ACCEPTED, AmendmentStatus.COMPROMISE, AmendmentStatus.REFUSED]
    reason: Reason


class DraftingAnswer(Contract):
    """How the facilitator goes on after a round: the next version, a mediator, or the end of the talks.

    `parked` clauses leave the agenda and the text; `resumed` ones come back. A mediator answers with this too.
    """

    kind: Literal["drafting"] = "drafting"
    choice: Literal[Choice.CONTINUE, Choice.MEDIATE, Choice.END] = Choice.CONTINUE
    mediation: Mediation | None = None
    split: list[SplitOff] = Field(default_factory=list, max_length=50)
    resumed: list[Slug] = Field(default_factory=list, max_length=300)
    amendments: list[Amendment] = Field(default_factory=list, max_length=300)
    parked: list[Slug] = Field(default_factory=list, max_length=300)
    fates: list[Fate] = Field(default_factory=list, max_length=1000)
    reason: Reason


class RatificationAnswer(Contract):
    """What a party's members or board decided about exactly this text, with the minutes if they may be kept."""

    kind: Literal["ratification"] = "ratification"
    result: Ratified
    text_sha: Sha256
    minutes: Sha256 | None = None
    comment: Reason | None = None


class DecisionAnswer(Contract):
    """A decision on the record where the plan leaves it to the facilitator.

    `clauses` are those to talk about again when it is to go back to the text; none named means all.
    """

    kind: Literal["decision"] = "decision"
    choice: Choice
    reason: Reason
    due: date | None = None
    clauses: list[Slug] = Field(default_factory=list, max_length=300)


Content = Annotated[
    DocumentAnswer
    | ContributionAnswer
    | ApprovalAnswer
    | PositionsAnswer
    | DraftingAnswer
    | RatificationAnswer
    | sg.Signing
    | DecisionAnswer
    | m.MeetingAnswer,
    Field(discriminator="kind"),
]


class Answer(Act):
    """An answer to a human task; `seen` is the newest the person knew of, empty for none, unsaid for no comparing."""

    task: Key
    content: Content
    seen: str | None = Field(default=None, max_length=200)


class CodeRequest(Act):
    """A signatory asks for a one-time code."""

    task: Key


class Extension(Act):
    """A later due date for tasks, on the record. No tasks named means all open ones."""

    tasks: list[Key] = Field(default_factory=list, max_length=2300)
    due: date
    reason: Reason


class LadderPause(Act):
    """Stop or restart climbing the ladder of one task."""

    task: Key
    resume: bool = False
    reason: Reason


class PlanChange(Act):
    """Insert, skip, repeat or reschedule a step.

    Attributes:
        key: the step to skip, repeat or reschedule; for insert the step it comes after.
        step: the step to insert.
        due: the new planned end, to reschedule.
    """

    change: Literal["insert", "skip", "repeat", "reschedule"]
    key: Line
    step: Step | None = None
    due: date | None = None
    reason: Reason


class Hold(Act):
    """Pause or resume the covenant."""

    resume: bool = False
    reason: Reason


class Withdrawal(Act):
    """A party leaves, now."""

    party: Slug
    reason: Reason


class EndTalks(Act):
    """The end of the talks, or of a covenant in force by joint decision."""

    reason: Reason


class MandateChange(Act):
    """Add a person to a delegation, change what a person may do from now on, or end it.

    Attributes:
        name, contact: of who is added; the address is stored first (`store.people.put_contact`).
        mandates: all that the person holds from now on; a substitute's has a last day.
    """

    party: Slug
    change: Literal["add", "change", "end"]
    person: Slug
    name: Line | None = None
    contact: Sha256 | None = None
    mandates: list[Mandate] = Field(default_factory=list, max_length=10)
    reason: Reason


class Comment(Act):
    """A comment on a clause; the text is stored first (`store.comments.put`).

    Attributes:
        party: whom an office writes to in the lane `facilitator`; else the writer's own.
        reply_to: the comment (its event) answered, whose lane and party this one then has.
    """

    clause: Slug
    lane: Lane
    party: Slug | None = None
    reply_to: Key | None = None
    text_sha: Sha256


class Receipt(Contract):
    """What an act became: the event that recorded it.

    Attributes:
        counted: false when kept ad referendum.
        words: what happens next, for the person.
    """

    event: Key
    at: datetime
    counted: bool = True
    words: Words


# --- tasks ------------------------------------------------------------------------------------------------------------


class TaskState(Contract):
    """A human task as its workflow knows it; the row in the database follows it.

    Attributes:
        respondent: party id, or role.
        role: set when an office, not a party, is asked.
        power: what the mandate of who answers must allow.
        handled: moments of the reminder schedule up to here have been acted on.
        shift_days: working days by which pauses have moved the ladder.
        choices: the answers a decision allows.
        about: the clauses it is about, where it is about some only.
        newest: the last answer to it.
        signs_as: in a signing.
        signed_by: who signed, where more than one person must.
        passed_on: who passed signing on to a colleague.
        codes_of: per signatory which code is theirs, and how often they gave a wrong one.
    """

    id: Key
    kind: TaskKind
    respondent: Slug
    role: Role | None = None
    power: Power | None = None
    title: Words
    text_sha: Sha256 | None = None
    opened: datetime
    due: datetime
    handled: datetime
    rung: Rung | None = None
    reminders: int = 0
    ladder_paused_at: datetime | None = None
    shift_days: int = 0
    status: TaskStatus = TaskStatus.OPEN
    choices: list[Choice] = Field(default_factory=list, max_length=6)
    done: int = 0
    total: int = 0
    codes: int = 0
    about: list[Slug] = Field(default_factory=list, max_length=300)
    newest: Key | None = None
    signs_as: SigningRole = SigningRole.SIGNATORY
    signed_by: list[Slug] = Field(default_factory=list, max_length=10)
    passed_on: list[Slug] = Field(default_factory=list, max_length=200)
    codes_of: dict[Slug, sg.CodeOf] = Field(default_factory=dict, max_length=200)


class Schedule(Contract):
    """When to remind and how to climb, in working days relative to the due date."""

    reminders: list[int] = Field(default_factory=list, max_length=10)
    ladder: list[RungAfter] = Field(default_factory=list, max_length=10)


# --- the record: an entry of the log and the changes it makes ---------------------------------------------------------


class TaskOpened(Contract):
    """A task was opened."""

    change: Literal["task_opened"] = "task_opened"
    task: TaskState
    workflow: Key
    step: Label | None = None
    round: int | None = None


class TaskAnswered(Contract):
    """An answer was given. `complete` ends the task; `counted` is false for ad referendum."""

    change: Literal["task_answered"] = "task_answered"
    task: Key
    kind: TaskKind
    respondent: Slug
    content: Content
    complete: bool = True
    counted: bool = True
    done: int = 0
    total: int = 0
    round: int | None = None


class TaskEnded(Contract):
    """A task ended unanswered."""

    change: Literal["task_ended"] = "task_ended"
    task: Key
    status: TaskStatus
    reason: Words


class TaskReminded(Contract):
    """A reminder went to who has not acted."""

    change: Literal["task_reminded"] = "task_reminded"
    task: Key
    reminders: int


class RungClimbed(Contract):
    """The ladder was climbed."""

    change: Literal["rung_climbed"] = "rung_climbed"
    task: Key
    rung: Rung


class TaskMoved(Contract):
    """A due date changed."""

    change: Literal["task_moved"] = "task_moved"
    task: Key
    due: datetime


class LadderHeld(Contract):
    """The ladder of a task was paused (a reason) or released (none)."""

    change: Literal["ladder_held"] = "ladder_held"
    task: Key
    reason: Note | None = None


class TaskUndeliverable(Contract):
    """Mail about a task could not be delivered to a person; `mail` is the one that came back after it had been sent."""

    change: Literal["task_undeliverable"] = "task_undeliverable"
    task: Key
    person: Slug
    problem: Line
    mail: str | None = Field(default=None, max_length=300)


class StepChanged(Contract):
    """A step of the plan, as it is from now on."""

    change: Literal["step_changed"] = "step_changed"
    position: int
    planned: PlannedStep
    workflow: Key | None = None
    sentence: Words | None = None
    slip: Words | None = None


class RoundChanged(Contract):
    """A dialogue round opened or closed."""

    change: Literal["round_changed"] = "round_changed"
    round: int
    step: Label
    due: datetime
    opened: datetime
    closed: datetime | None = None
    agenda: list[Slug] = Field(max_length=300)
    workflow: Key
    sentence: Words | None = None


class ClauseChanged(Contract):
    """A clause got a version or a status. `still` counts the rounds in which it did not move."""

    change: Literal["clause_changed"] = "clause_changed"
    clause: Slug
    version: int
    sha256: Sha256
    status: ClauseStatus
    reason: Note | None = None
    still: int = 0


class Decided(Contract):
    """A verdict on a question."""

    change: Literal["decided"] = "decided"
    question: Key
    step: Label
    round: int | None = None
    clause: Slug | None = None
    verdict: Verdict


class PartyChanged(Contract):
    """A party's standing changed."""

    change: Literal["party_changed"] = "party_changed"
    party: Slug
    status: PartyStatus
    reason: Note


class CovenantChanged(Contract):
    """The covenant's own standing changed; only what is given changes. `reopened` takes the accord back."""

    change: Literal["covenant_changed"] = "covenant_changed"
    status: CovenantStatus | None = None
    phase: Phase | None = None
    text_sha: Sha256 | None = None
    accord_at: datetime | None = None
    signed_at: datetime | None = None
    in_force_due: datetime | None = None
    in_force_at: datetime | None = None
    ended_at: datetime | None = None
    term_ends: date | None = None
    held_reason: Note | None = None
    reopened: bool = False


class DocumentMade(Contract):
    """A document was made and stored."""

    change: Literal["document_made"] = "document_made"
    id: Key
    kind: DocumentKind
    title: Words
    sha256: Sha256
    media_type: Line


class PersonChanged(Contract):
    """Someone's mandates changed. `contact` names the stored address of who is new."""

    change: Literal["person_changed"] = "person_changed"
    person: Person
    contact: Sha256 | None = None


class Commented(Contract):
    """A comment was made. The text itself is for the readers of its lane and stands nowhere in the log."""

    change: Literal["commented"] = "commented"
    clause: Slug
    lane: Lane
    party: Slug | None = None
    constituency: Slug | None = None
    reply_to: Key | None = None
    text_sha: Sha256


class Proposed(Contract):
    """A party proposed words for a clause: an amendment, known by its event."""

    change: Literal["proposed"] = "proposed"
    clause: Slug
    base_sha: Sha256
    text_sha: Sha256
    party: Slug
    to: Key | None = None


class AmendmentSettled(Contract):
    """What became of an amendment; open again when its mover maintains it. The entry's reason says why."""

    change: Literal["amendment_settled"] = "amendment_settled"
    amendment: Key
    clause: Slug
    status: AmendmentStatus
    reason: Note
    accepted_by_mover: bool | None = None


class Said(Contract):
    """Words for the record: the reason of an act."""

    change: Literal["said"] = "said"
    words: Words


Change = Annotated[
    TaskOpened
    | TaskAnswered
    | TaskEnded
    | TaskReminded
    | RungClimbed
    | TaskMoved
    | LadderHeld
    | TaskUndeliverable
    | StepChanged
    | RoundChanged
    | ClauseChanged
    | Decided
    | PartyChanged
    | CovenantChanged
    | DocumentMade
    | sg.SigningChange
    | PersonChanged
    | Commented
    | Proposed
    | AmendmentSettled
    | ApprovalsChanged
    | ObjectionChange
    | g.GroundChange
    | m.AroundChange
    | EnduringChange
    | Said,
    Field(discriminator="change"),
]


class Entry(Contract):
    """One entry of the covenant's log: who did what when, and the changes that belong to it, written as one."""

    event: Key
    covenant: Slug
    at: datetime
    kind: Line
    actor: Line = "polder"
    on_behalf_of: Slug | None = None
    reason: str | None = Field(default=None, max_length=2000)
    changes: list[Change] = Field(default_factory=list, max_length=2400)


class Batch(Contract):
    """What one group commit writes, in order."""

    entries: list[Entry] = Field(min_length=1, max_length=500)


class Written(Contract):
    """The head of the chain after a write."""

    seq: int
    sha256: Sha256


# --- workflow inputs and messages -------------------------------------------------------------------------------------


class Launch(Contract):
    """What starts a covenant: the stored launch package."""

    slug: Slug
    package: Sha256
    start: date
    facilitator: Slug


class Opened(Contract):
    """What the launch package became."""

    sector: Slug
    title: Words
    approaches: list[Approach] = Field(max_length=10)
    term_years: int
    thresholds: Threshold
    entry_into_force: EntryIntoForce
    roster: Roster
    themes: list[Slug] = Field(max_length=300)
    clauses: list[ClauseRef] = Field(max_length=300)
    plan: list[PlannedStep] = Field(max_length=200)
    schedule: Schedule = Field(default_factory=Schedule)
    """For the facilitator's own decisions; each step carries its own."""
    ground_rules: g.GroundRules = Field(default_factory=g.GroundRules)
    notice_months: int = 0
    revises: Slug | None = None


class Moments(Contract):
    """Accord, signature and entry into force are three moments."""

    text_sha: Sha256 | None = None
    accord_at: datetime | None = None
    signed_at: datetime | None = None
    in_force_due: datetime | None = None
    in_force_at: datetime | None = None


class Notice(Contract):
    """What the covenant tells its open steps and rounds."""

    kind: Literal[
        "hold", "release", "withdrawn", "stop", "moved", "roster", "bracket", "unbracket", "lifted", "rule", "fix",
        "joined",
    ]  # fmt: skip
    at: datetime
    party: Slug | None = None
    person: Person | None = None
    key: Label | None = None
    due: date | None = None
    clause: Slug | None = None
    amendment: Key | None = None
    stance: Stance | None = None
    rule: g.GroundRule | None = None
    fix: g.PartyQuestion | None = None
    joined: Party | None = None
    reason: Note


class StepBrief(Contract):
    """What a step workflow starts from."""

    slug: Slug
    planned: PlannedStep
    title: Words
    roster: Roster
    themes: list[Slug] = Field(max_length=300)
    clauses: list[ClauseRef] = Field(max_length=300)
    moments: Moments
    thresholds: Threshold
    term_years: int
    round: int = 0
    in_round: bool = False
    redraft: bool = False
    accepted: list[Key] = Field(default_factory=list, max_length=1000)
    year: int = 1
    held: Note | None = None
    reports: list["RoundReport"] = Field(default_factory=list, max_length=10)
    seen: list[Key] = Field(default_factory=list, max_length=500)


class RoundReport(Contract):
    """What a round tells its dialogue."""

    round: int
    at: datetime
    clauses: list[ClauseRef] = Field(max_length=300)
    stopped: bool = False


class StepReport(Contract):
    """What a step tells its covenant.

    Attributes:
        ended: the talks were ended in this step.
        late: what the step was waiting for when it ran past its planned end.
    """

    key: Label
    at: datetime
    status: StepStatus
    sentence: Words
    clauses: list[ClauseRef] = Field(default_factory=list, max_length=300)
    text_sha: Sha256 | None = None
    ended: bool = False
    late: Words | None = None
    declared: list[Slug] | None = Field(default=None, max_length=2300)
    round: int = 0


class CovenantState(Contract):
    """All that a covenant carries from run to run."""

    launch: Launch
    opened: Opened | None = None
    status: CovenantStatus = CovenantStatus.TALKS
    before_pause: CovenantStatus = CovenantStatus.TALKS
    phase: Phase | None = None
    moments: Moments = Field(default_factory=Moments)
    started: int = 0
    round: int = 0
    tasks: list[TaskState] = Field(default_factory=list, max_length=50)
    reports: list[StepReport] = Field(default_factory=list, max_length=50)
    failed: list[Label] = Field(default_factory=list, max_length=50)
    seen: list[Key] = Field(default_factory=list, max_length=500)
    decisions: int = 0
    splits: list[SplitOrder] = Field(default_factory=list, max_length=50)
    redraft: bool = False
    asking: g.Asking = Field(default_factory=g.Asking)
    meetings: m.Called = Field(default_factory=m.Called)
    leaving: list[Leaving] = Field(default_factory=list, max_length=300)
    acceding: list[int] = Field(default_factory=list, max_length=300)
    revisions: Revisions = Field(default_factory=Revisions)


StepBrief.model_rebuild()
