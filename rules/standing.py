"""Where a covenant stands: what is still needed, and the one thing to do next, in words that fit page and terminal."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol, TypeVar

from models.base import Words
from models.enums import ClauseStatus, CovenantStatus, Language, Outcome, Role, Rung, StepStatus
from models.outlook import Gap
from models.tables import Clause, Covenant, HumanTask, Step
from rules import access, wording
from rules.access import Deed, Relation, Viewer
from rules.calendar import in_words, local_date, working_days_between
from rules.labels import OFFICES, label

OVER = {CovenantStatus.ENDED, CovenantStatus.COMPLETED}
"""Nothing happens any more in these."""

SETTLED = {ClauseStatus.CLEAN, ClauseStatus.PARKED}

Names = Mapping[str, tuple[str, str]]
"""The Dutch and English name of a party, by its id."""


class Judged(Protocol):
    """A verdict as far as it matters here."""

    @property
    def step(self) -> str:
        """The step that asked."""

    @property
    def clause(self) -> str | None:
        """The clause it is about, if one."""

    @property
    def outcome(self) -> str:
        """What came of it."""


Verdict = TypeVar("Verdict", bound=Judged)


def missing(decisions: Iterable[Verdict], clauses: Iterable[Clause]) -> list[Verdict]:
    """Return the latest verdict on each question that did not pass, and whose clause is not settled since."""
    latest: dict[tuple[str, str | None], Verdict] = {}
    for one in decisions:
        latest[one.step if one.clause is None else "", one.clause] = one
    settled = {clause.id for clause in clauses if clause.status in SETTLED}
    return [one for one in latest.values() if one.outcome != Outcome.PASSED and one.clause not in settled]


def needed(verdicts: Iterable[Verdict], gaps: Iterable[Gap]) -> tuple[list[Verdict], list[Gap]]:
    """Split what is still needed: verdicts, and the clauses of which open words say more than their verdict does.

    Args:
        verdicts: what did not pass (`missing`).
        gaps: of the open clauses (`rules.outlook`).
    """
    between = [one for one in gaps if one.movers]
    told = {one.clause for one in between}
    return [one for one in verdicts if one.clause is None or one.clause not in told], between


# --- what to do next --------------------------------------------------------------------------------------------------


class NextKind(StrEnum):
    """What sort of thing comes next."""

    NOTHING = "nothing"
    """The covenant is over."""
    RESUME = "resume"
    OFFICE = "office"
    """An office must answer `task`."""
    ANSWER = "answer"
    """The viewer must answer `task`."""
    LATE = "late"
    """The party of `task` is late: someone should act on it."""
    WAIT = "wait"
    PLAN = "plan"
    """Nobody is asked anything: the plan itself goes on."""


@dataclass(frozen=True)
class Next:
    """The one thing to do next."""

    kind: NextKind
    words: Words
    task: HumanTask | None = None


@dataclass(frozen=True)
class Waiting:
    """Who is waited on, as far as it matters for what comes next; each the soonest due.

    Attributes:
        office: the first that is asked of an office.
        late: the first that is late and asked of a party.
    """

    count: int = 0
    first: HumanTask | None = None
    office: HumanTask | None = None
    late: HumanTask | None = None

    @classmethod
    def of(cls, tasks: Collection[HumanTask], now: datetime) -> "Waiting":
        """Look through open tasks, soonest due first."""
        return cls(
            count=len(tasks),
            first=next(iter(tasks), None),
            office=next((task for task in tasks if task.role is not None), None),
            late=next((task for task in tasks if task.role is None and task.due_at < now), None),
        )


def who(task: HumanTask, names: Names) -> Words:
    """Return the name of who is asked."""
    if task.role is not None:
        return Words(nl=label(OFFICES, task.role, Language.NL), en=label(OFFICES, task.role, Language.EN))
    nl, en = names.get(task.respondent, (task.respondent, task.respondent))
    return Words(nl=nl, en=en)


def _over(covenant: Covenant) -> Words:
    """Say that nothing comes any more; what a revision came to goes on at the covenant."""
    if covenant.revises is not None and covenant.in_force_at is not None:
        return Words(
            nl=f"niets meer in deze herziening: zij is van kracht geworden; het gaat verder bij {covenant.revises}.",
            en=f"nothing any more in this revision: it came into force; things go on at {covenant.revises}.",
        )
    return Words(nl="niets meer: het convenant is afgesloten.", en="nothing any more: the covenant is over.")


def next_step(covenant: Covenant, steps: Iterable[Step], waiting: Waiting, names: Names, now: datetime) -> Next:
    """Say what comes next, whoever looks."""
    if covenant.status in OVER:
        return Next(
            NextKind.NOTHING,
            _over(covenant),
        )
    if covenant.status is CovenantStatus.PAUSED:
        return Next(
            NextKind.RESUME,
            Words(nl="hervat het convenant zodra het weer kan.", en="resume the covenant once it can go on."),
        )
    return _on_tasks(waiting, names, now) or _on_plan(covenant, list(steps))


def _on_tasks(waiting: Waiting, names: Names, now: datetime) -> Next | None:
    if waiting.office is not None:
        task = waiting.office
        holder, due = who(task, names), local_date(task.due_at)
        return Next(
            NextKind.OFFICE,
            Words(
                nl=f"{holder.nl}: {task.title_nl}, uiterlijk {in_words(due, 'nl')}.",
                en=f"{holder.en}: {task.title_en}, due {in_words(due, 'en')}.",
            ),
            task,
        )
    if waiting.late is not None:
        task = waiting.late
        party, days = who(task, names), working_days_between(local_date(task.due_at), local_date(now))
        advice = wording.RUNGS.get(Rung(task.rung)) if task.rung else None
        advice = advice or Words(nl="vraag de partij wat haar ophoudt.", en="ask the party what holds it up.")
        return Next(
            NextKind.LATE,
            Words(
                nl=f"{party.nl} is {_late(days, 'werkdag', 'werkdagen')} te laat: {advice.nl}",
                en=f"{party.en} is {_late(days, 'working day', 'working days')} late: {advice.en}",
            ),
            task,
        )
    if waiting.first is None:
        return None
    task = waiting.first
    due = local_date(task.due_at)
    then = wording.ACCEDES if (task.step or "").startswith("accession-") else wording.NEXT[task.kind]
    if waiting.count == 1:
        party = who(task, names)
        words = Words(
            nl=f"wacht op {party.nl}, tot {in_words(due, 'nl')}; {then.nl}",
            en=f"wait for {party.en}, until {in_words(due, 'en')}; {then.en}",
        )
    else:
        words = Words(
            nl=f"wacht op {waiting.count} antwoorden, het eerste uiterlijk {in_words(due, 'nl')}; {then.nl}",
            en=f"wait for {waiting.count} answers, the first due {in_words(due, 'en')}; {then.en}",
        )
    return Next(NextKind.WAIT, words, task)


def _late(days: int, one: str, many: str) -> str:
    return f"{days} {one if days == 1 else many}"


def _on_plan(covenant: Covenant, steps: list[Step]) -> Next:
    if covenant.in_force_due is not None and covenant.in_force_at is None:
        due = local_date(covenant.in_force_due)
        words = Words(
            nl=f"het convenant treedt {in_words(due, 'nl')} in werking.",
            en=f"the covenant enters into force on {in_words(due, 'en')}.",
        )
        return Next(NextKind.PLAN, words)
    active = next((step for step in steps if step.status is StepStatus.ACTIVE), None)
    planned = next((step for step in steps if step.status is StepStatus.PLANNED), None)
    if active is not None:
        words = Words(
            nl=f"'{active.title_nl}' loopt en vraagt nu niemand iets.",
            en=f"'{active.title_en}' is under way and asks nobody anything now.",
        )
    elif planned is not None:
        words = Words(
            nl=f"'{planned.title_nl}' begint {in_words(planned.planned_start, 'nl')}.",
            en=f"'{planned.title_en}' begins on {in_words(planned.planned_start, 'en')}.",
        )
    else:
        words = Words(nl="niets; alle stappen zijn geweest.", en="nothing; all steps are over.")
    return Next(NextKind.PLAN, words)


# --- for who looks ----------------------------------------------------------------------------------------------------

CLIMBING = {Rung.CHAIR: Relation.CHAIR, Rung.MEDIATOR: Relation.MEDIATOR}
"""Whose turn it is on a rung of the ladder, besides the facilitator and secretariat."""

IDLE = Words(nl="u hoeft nu niets te doen", en="you need do nothing now")
PAUSED = Words(
    nl="het convenant is gepauzeerd tot de facilitator het hervat.",
    en="the covenant is paused until the facilitator resumes it.",
)
UNASKED = Words(
    nl="u krijgt bericht zodra uw bedrijf iets gevraagd wordt.",
    en="you hear from us once your company is asked something.",
)
FOLLOWED_UP = Words(
    nl="een andere partij is te laat; de facilitator volgt dat op.",
    en="another party is late; the facilitator follows that up.",
)


def next_for(viewer: Viewer, general: Next, own: HumanTask | None) -> Next:
    """Say what comes next for this viewer.

    Args:
        viewer: who looks.
        general: what comes next, whoever looks.
        own: the soonest due task that the viewer can answer with a seat of their own.
    """
    if general.kind is NextKind.NOTHING:
        return general
    if general.kind is NextKind.RESUME:
        return general if access.does(viewer, Deed.HOLD) else _idle(PAUSED)
    if own is not None:
        due = local_date(own.due_at)
        words = Words(
            nl=f"{own.title_nl}, uiterlijk {in_words(due, 'nl')}.",
            en=f"{own.title_en}, due {in_words(due, 'en')}.",
        )
        return Next(NextKind.ANSWER, words, own)
    if viewer.relations <= {Relation.PUBLIC, Relation.ACCOUNT, Relation.PARTICIPANT}:
        return _idle(UNASKED)
    if general.kind is NextKind.OFFICE:
        return _idle(general.words)
    late = general.kind is NextKind.LATE
    return _idle(FOLLOWED_UP) if late and not _acts_on(viewer, general.task) else general


def _acts_on(viewer: Viewer, task: HumanTask | None) -> bool:
    if access.does(viewer, Deed.EXTEND):
        return True
    climbed = CLIMBING.get(Rung(task.rung)) if task is not None and task.rung else None
    return climbed in viewer.relations


def _idle(words: Words) -> Next:
    return Next(NextKind.WAIT, Words(nl=f"{IDLE.nl}: {words.nl}", en=f"{IDLE.en}: {words.en}"))


def own_respondents(viewer: Viewer) -> tuple[set[str], set[Role]]:
    """Return the parties and offices whose tasks someone answers with a seat of their own.

    The facilitator may answer for every office (`rules.access.own_task`).
    """
    parties = {seat.party for seat in viewer.seats if seat.party is not None}
    roles = {role for seat in viewer.seats for role in seat.roles}
    return parties, set(Role) if Role.FACILITATOR in roles else roles
