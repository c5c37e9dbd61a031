"""Why a covenant does not move: somebody does not answer, something does not work, or nothing is wrong. Pure.

A covenant stands still when nothing moved for longer than the step's own reminders foresee. Technical faults come
first: while Polder's own mail or workflow fails, nobody can be blamed for not answering.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from models.base import Words
from models.contracts import Schedule
from models.enums import CovenantStatus, Rung
from models.playbook import RungAfter
from rules.calendar import add_working_days, in_words, local_date, working_days_between
from rules.labels import RUNGS


class Cause(StrEnum):
    """Why it does not move."""

    HEALTHY = "healthy"
    POLITICAL = "political"
    """Somebody does not answer, or the table paused."""
    TECHNICAL = "technical"
    """Something of Polder's own does not work."""


CAUSES = {
    Cause.HEALTHY: Words(nl="op koers", en="on course"),
    Cause.POLITICAL: Words(nl="wacht op mensen", en="waits for people"),
    Cause.TECHNICAL: Words(nl="technische storing", en="technical fault"),
}

PLAYBOOK = Schedule(
    reminders=[-5, 0, 5],
    ladder=[
        RungAfter(rung=Rung.REMINDER, after=3),
        RungAfter(rung=Rung.CALL, after=10),
        RungAfter(rung=Rung.CHAIR, after=20),
        RungAfter(rung=Rung.MEDIATOR, after=35),
        RungAfter(rung=Rung.END, after=60),
    ],
)
"""The schedule of a playbook that says nothing else; what a list goes by, which does not read every plan."""


@dataclass(frozen=True)
class Late:
    """Someone whose answer stays away.

    Attributes:
        who: the party or office.
        rung: the last that was climbed; none before the first.
        held: why the ladder is paused for them.
    """

    who: Words
    due: datetime
    rung: Rung | None = None
    held: str | None = None


@dataclass(frozen=True)
class Standstill:
    """The verdict with its sentence.

    Attributes:
        next_rung, next_at: what is climbed next for who is longest late, and on which day.
    """

    cause: Cause
    words: Words
    next_rung: Rung | None = None
    next_at: date | None = None


def patience(schedule: Schedule) -> int:
    """Return for how many working days after its due date a step itself reminds, before it climbs to a person."""
    reminders = [offset for offset in schedule.reminders if offset > 0]
    reminders += [one.after for one in schedule.ladder if one.rung is Rung.REMINDER]
    return max(reminders, default=0)


def next_rung(late: Late, schedule: Schedule, now: datetime) -> tuple[Rung, date] | None:
    """Return the rung that is climbed next for someone, and the day; none while the ladder is paused, or at its end."""
    if late.held is not None:
        return None
    due, today = local_date(late.due), local_date(now)
    for step in sorted(schedule.ladder, key=lambda one: one.after):
        day = add_working_days(due, step.after)
        if step.rung is not Rung.REMINDER and day >= today and step.rung != late.rung:
            return step.rung, day
    return None


def judge(
    now: datetime, *, status: CovenantStatus, held: str | None = None, faults: Sequence[Words] = (),
    late: Sequence[Late] = (), schedule: Schedule = PLAYBOOK,
) -> Standstill:  # fmt: skip
    """Say why a covenant stands still, if it does.

    Args:
        now: what time it is in the covenant.
        status: of the covenant.
        held: why it is paused.
        faults: what of Polder's own does not work, each in a few words.
        late: whose answers stay away, the longest first.
        schedule: reminders and ladder of the step.
    """
    if faults:
        return Standstill(
            Cause.TECHNICAL,
            Words(
                nl=f"Polder zelf hapert: {'; '.join(one.nl for one in faults)}.",
                en=f"Polder itself fails: {'; '.join(one.en for one in faults)}.",
            ),
        )
    if status in {CovenantStatus.COMPLETED, CovenantStatus.ENDED}:
        return Standstill(Cause.HEALTHY, Words(nl="Het convenant is afgelopen.", en="The covenant is over."))
    if status is CovenantStatus.PAUSED:
        why = (held or "-").rstrip(".")
        return Standstill(
            Cause.POLITICAL,
            Words(
                nl=f"De gesprekken zijn gepauzeerd: {why}. Niemand wordt herinnerd.",
                en=f"The talks are paused: {why}. Nobody is reminded.",
            ),
        )
    if not late:
        return Standstill(Cause.HEALTHY, Words(nl="Niemand is te laat.", en="Nobody is late."))
    return _waiting(now, late, schedule)


def _waiting(now: datetime, late: Sequence[Late], schedule: Schedule) -> Standstill:
    first = late[0]
    days = max(working_days_between(local_date(first.due), local_date(now)), 0)
    others = len(late) - 1
    since = local_date(first.due)
    nl = f"{first.who.nl} is sinds {in_words(since, 'nl')} te laat ({_days(days, 'werkdag', 'werkdagen')})"
    en = f"{first.who.en} is late since {in_words(since, 'en')} ({_days(days, 'working day', 'working days')})"
    if others:
        nl += f", en {others} {'ander' if others == 1 else 'anderen'}"
        en += f", and {others} {'other' if others == 1 else 'others'}"
    coming = next_rung(first, schedule, now)
    if days <= patience(schedule) and (first.rung is None or first.rung is Rung.REMINDER):
        return Standstill(
            Cause.HEALTHY,
            Words(
                nl=f"{nl}; de herinneringen van de stap lopen nog.",
                en=f"{en}; the reminders of the step still run.",
            ),
            *(coming or ()),
        )
    if first.rung is not None:
        nl += f"; trede: {RUNGS[first.rung].nl}"
        en += f"; rung: {RUNGS[first.rung].en}"
    if first.held is not None:
        why = first.held.rstrip(".")
        nl, en = f"{nl}; de ladder is gepauzeerd: {why}", f"{en}; the ladder is paused: {why}"
    elif coming is not None:
        rung, day = coming
        nl += f". Volgende trede: {RUNGS[rung].nl}, {in_words(day, 'nl')}"
        en += f". Next rung: {RUNGS[rung].en}, {in_words(day, 'en')}"
    else:
        nl = f"{nl}. De ladder is ten einde: beslis hoe het verder gaat"
        en = f"{en}. The ladder is at its end: decide how to go on"
    return Standstill(Cause.POLITICAL, Words(nl=f"{nl}.", en=f"{en}."), *(coming or ()))


def _days(days: int, one: str, many: str) -> str:
    return f"{days} {one if days == 1 else many}"
