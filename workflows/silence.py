"""The clock of a silence procedure: it runs for a party only while its silence would say something."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from temporalio import workflow

from models import contracts as c
from models import errands
from models.base import Words
from models.enums import TaskKind
from models.ground import ClockHeld
from rules import silence
from rules.calendar import add_working_days, due_moment, local_date, working_days_between
from rules.tasks import MORNING

if TYPE_CHECKING:
    from workflows.human_tasks import Desk


class Held(NamedTuple):
    """A clock that stands still: the working days that are left, who had been told by then, and why now."""

    left: int
    told: frozenset[str]
    why: Words


class Silence:
    """Keeps, of the tasks of a desk, who was told and whose clock stands still.

    Attributes:
        kind: of the tasks that silence answers, where a desk has others too.
        told: by task, the people whom its notice reached.
        held: by task whose clock stands still, what it stood still on.
    """

    def __init__(self, desk: "Desk", days: int, kind: TaskKind | None = None) -> None:
        self.desk, self.days, self.kind = desk, days, kind
        self.told: dict[str, set[str]] = {}
        self.held: dict[str, Held] = {}

    def heard(self, delivered: Iterable[errands.Delivered]) -> None:
        """Note whom notice reached."""
        for one in delivered:
            self.told.setdefault(one.task, set()).add(one.person)

    def lost(self, task: str, person: str) -> None:
        """Note that a notice came back: it reached nobody after all."""
        self.told.get(task, set()).discard(person)

    def counts(self, party: str) -> bool:
        """Whether the silence of a party would count: its clock runs, or ran out."""
        mine = [task.id for task in self.desk.tasks.values() if task.respondent == party]
        return bool(mine) and not any(task in self.held for task in mine)

    def wakes(self) -> datetime | None:
        """Return the soonest morning on which an absence or mandate will have ended."""
        today = local_date(workflow.now())
        mine = [task for task in self.desk.open_tasks() if self.kind in {None, task.kind}]
        days = [day for task in mine for day in silence.turns(self.desk.roster, task, today)[:1]]
        return due_moment(min(days)) - MORNING if days else None

    async def look(self) -> None:
        """Stop and start the clocks as things are now, on record."""
        today, changes = local_date(workflow.now()), list[c.Change]()
        for task in self.desk.open_tasks():
            if task.role is not None or (self.kind is not None and task.kind is not self.kind):
                continue
            told = self.told.get(task.id, set())
            why = silence.why_stopped(self.desk.roster, task, told, today)
            was = self.held.get(task.id)
            if why is not None and was is None:
                left = working_days_between(today, local_date(task.due))
                self.held[task.id] = Held(max(left, 1), frozenset(told), why)
                changes.append(ClockHeld(task=task.id, why=why))
            elif why is not None and was is not None and why != was.why:
                self.held[task.id] = was._replace(why=why)
                changes.append(ClockHeld(task=task.id, why=why))
            elif why is None and was is not None:
                del self.held[task.id]
                again = set(silence.reached(self.desk.roster, task, told, today)) & was.told
                task.due = due_moment(add_working_days(today, was.left if again else self.days))
                task.handled = workflow.now()
                changes += [ClockHeld(task=task.id), c.TaskMoved(task=task.id, due=task.due)]
        if changes:
            where = self.desk.step or workflow.info().workflow_id
            key = f"{self.desk.slug}/{where}/clock/{workflow.now().isoformat()}"
            await self.desk.recorder.write(self.desk.entry(key, "clock_held", *changes))
