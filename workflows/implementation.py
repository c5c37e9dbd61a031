"""Kind `implementation`: yearly plan and report per participant until the term ends (domain 4.1)."""

from datetime import date

from temporalio import workflow

from models import contracts as c
from models.base import Words
from models.enums import Closing, StepStatus, TaskKind, TaskStatus
from models.playbook import YearlyDuty
from rules import categories
from rules.calendar import add_months, add_working_days, due_moment, local_date
from workflows.step import StepWorkflow

REPORT_DAYS = 40
"""Working days before it is due that the report is asked for."""


@workflow.defn
class ImplementationStepWorkflow(StepWorkflow):
    """One run a year: what was missed climbs the ladder and expires when the year ends."""

    @workflow.init
    def __init__(self, brief: c.StepBrief) -> None:
        self.sit(brief)

    @workflow.run
    async def run(self, brief: c.StepBrief) -> None:
        """A year: plan, report, and on to the next or the end of the term."""
        end = self.year(brief.year + 1)
        await self._ask(TaskKind.PLAN)
        first = min((self._due(TaskKind.REPORT, who) for who in self._asked()), default=self._due(TaskKind.REPORT, ""))
        ask_report = due_moment(add_working_days(first, -REPORT_DAYS))
        await self.desk.collect(Closing.ANSWERED, until=ask_report)
        await self.until(ask_report)
        await self._ask(TaskKind.REPORT)
        await self.desk.collect(Closing.ANSWERED, until=due_moment(end))
        await self.until(due_moment(end))
        await self._close_year()
        if self.desk.stopped or brief.year >= brief.term_years:
            await self.report(
                StepStatus.DONE,
                Words(
                    nl=f"De looptijd van {brief.term_years} jaar is voorbij.",
                    en=f"The term of {brief.term_years} years is over.",
                ),
            )
            return
        await workflow.wait_condition(workflow.all_handlers_finished)
        workflow.continue_as_new(
            brief.model_copy(
                update={
                    "year": brief.year + 1,
                    "roster": self.desk.roster,
                    "held": self.desk.held,
                    "seen": self.seen,
                }
            )
        )

    def year(self, number: int) -> date:
        """Return the first day of a year of the term, counted from entry into force (P9)."""
        start = self.brief.moments.in_force_at
        first = local_date(start) if start else self.brief.planned.planned_start
        return add_months(first, 12 * (number - 1))

    @property
    def duty(self) -> YearlyDuty:
        """What each company delivers in a year."""
        return self.brief.planned.step.yearly or YearlyDuty()

    def _party(self, who: str) -> c.Party | None:
        return next((party for party in self.desk.roster.parties if party.id == who), None)

    def _asked(self) -> list[str]:
        """Return who is asked something this year: companies of some categories begin in a later one of their own."""
        return [who for who in self.respondents() if self._begun(self._party(who))]

    def _begun(self, party: c.Party | None) -> bool:
        own = categories.own_year(self.brief.year, self.year(1), party.since if party else None)
        return own >= categories.first_year(self.duty, party.category if party else None)

    def _due(self, kind: TaskKind, who: str) -> date:
        party = self._party(who)
        own = categories.duty_of(self.duty, party.category if party else None)
        months = own.plan_after_months if kind is TaskKind.PLAN else own.report_after_months
        return add_months(self.year(self.brief.year), months)

    async def _ask(self, kind: TaskKind) -> None:
        if self.desk.stopped:
            return
        number, what = (
            self.brief.year,
            {TaskKind.PLAN: ("plan van aanpak", "action plan")}.get(kind, ("jaarrapportage", "annual report")),
        )
        title = Words(nl=f"{what[0].capitalize()} jaar {number}", en=f"{what[1].capitalize()} year {number}")
        await self.desk.open(
            [
                self.desk.task(
                    kind, who, due_moment(self._due(kind, who)), title, where=f"{self.key}/year-{number}-{kind}"
                )
                for who in self._asked()
            ]
        )

    async def _close_year(self) -> None:
        await self.close_open()
        tasks = list(self.desk.tasks.values())
        done = len([task for task in tasks if task.status is TaskStatus.ANSWERED])
        await self.desk.recorder.write(
            self.desk.entry(
                f"{self.brief.slug}/{self.key}/year-{self.brief.year}/closed",
                "year_closed",
                c.Said(
                    words=Words(
                        nl=f"Jaar {self.brief.year}: {done} van de {len(tasks)} plannen en rapportages geleverd.",
                        en=f"Year {self.brief.year}: {done} of the {len(tasks)} plans and reports delivered.",
                    )
                ),
            )
        )
