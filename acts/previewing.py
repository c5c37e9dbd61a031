"""What a launch will bring: every date, and every mail as it will be sent, before anything is started."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import quote

from activities.mail import mail_values, rung_values
from activities.mailing import RenderedMail, render_mail
from acts.launching import Prepared
from models import contracts as c
from models import errands, ids
from models.base import Words
from models.enums import Role, StepKind, StepStatus, TaskKind
from models.plan import PlannedStep
from rules import balance
from rules.answering import POWERS
from rules.calendar import add_months, add_working_days, due_moment
from rules.mandates import written_to
from rules.tasks import MORNING, Act, Nudge, closing_of, nudges
from rules.wording import LADDER, OFFICES, task_values
from store.documents import matter
from store.opening import contact_of, laid_out

KINDS = {
    StepKind.TASK: TaskKind.DOCUMENT,
    StepKind.CONTRIBUTION: TaskKind.CONTRIBUTION,
    StepKind.APPROVAL: TaskKind.APPROVAL,
    StepKind.DIALOGUE: TaskKind.POSITIONS,
    StepKind.RATIFICATION: TaskKind.RATIFICATION,
    StepKind.SIGNING: TaskKind.SIGNATURE,
    StepKind.IMPLEMENTATION: TaskKind.PLAN,
}
"""What a step asks for first."""


@dataclass(frozen=True)
class Ahead:
    """One mail that will be sent, if the plan is kept and nobody answers sooner."""

    at: datetime
    step: str
    title: Words
    template: str
    item: errands.MailItem


@dataclass(frozen=True)
class Preview:
    """A launch that is ready, played forward on paper."""

    prepared: Prepared
    opened: c.Opened
    base_url: str

    @classmethod
    def of(cls, prepared: Prepared, base_url: str) -> "Preview":
        """Lay out a launch that is ready."""
        launch = c.Launch(slug=prepared.slug, package="0" * 64, start=prepared.start, facilitator="facilitator")
        return cls(prepared, laid_out(prepared.package, launch), base_url.rstrip("/"))

    @property
    def plan(self) -> list[PlannedStep]:
        """The steps with their dates."""
        return self.opened.plan

    def respondents(self, planned: PlannedStep) -> list[str]:
        """Return who a step asks."""
        return balance.asked(self.opened.roster, planned.step.respondents)

    def task(self, planned: PlannedStep, respondent: str) -> c.TaskState:
        """Return what a step asks of a respondent: of a dialogue the first round, of the years the first plan."""
        step, kind, title = planned.step, KINDS[planned.step.kind], planned.step.title
        where = "round-1" if step.kind is StepKind.DIALOGUE else planned.key
        due = planned.planned_end
        if step.kind is StepKind.DIALOGUE:
            due = add_working_days(planned.planned_start, step.duration)
        if step.kind is StepKind.IMPLEMENTATION:
            due = add_months(planned.planned_start, step.yearly.plan_after_months if step.yearly else 3)
            title = Words(nl="Plan van aanpak jaar 1", en="Action plan year 1")
            where = f"{planned.key}/year-1-plan"
        if step.kind is StepKind.SIGNING and respondent in {
            one.id for one in self.prepared.package.covenant.participants
        }:
            kind = TaskKind.DECLARATION
        begun = due_moment(planned.planned_start) - MORNING
        roles = {role.value for role in Role}
        return c.TaskState(
            id=ids.task(self.prepared.slug, where, respondent), kind=kind, respondent=respondent,
            role=Role(respondent) if respondent in roles else None, power=POWERS.get(kind), title=title, opened=begun,
            due=due_moment(due), handled=begun,
        )  # fmt: skip

    def nudges(self, planned: PlannedStep, task: c.TaskState) -> list[Nudge]:
        """Return every reminder and rung of a task that stays unanswered."""
        step = planned.step
        schedule = c.Schedule(reminders=step.reminders or [], ladder=step.ladder or [])
        return nudges(task, schedule, closing_of(step))

    def running(self) -> list[PlannedStep]:
        """Return the steps that are done at all."""
        return [one for one in self.plan if one.status is not StepStatus.SKIPPED]

    # --- mail ---

    def person(self, person: str) -> c.Person | None:
        """Return someone at the table, or the contact of a company."""
        return next((one for one in self.opened.roster.people if one.id == person), None)

    def mails(self, person: c.Person) -> list[Ahead]:
        """Return every mail someone will get if the plan is kept and nobody answers, in order."""
        found = [mail for planned in self.running() for mail in self._of(planned, person)]
        return sorted(found, key=lambda one: one.at)

    def _of(self, planned: PlannedStep, person: c.Person) -> Iterator[Ahead]:
        asked = self.respondents(planned)
        own = [who for who in asked if who == person.party or who in {role.value for role in person.roles}]
        for who in own:
            if who == person.party and not self._written(person, planned.planned_start):
                continue
            task = self.task(planned, who)
            template = "draft" if planned.step.kind is StepKind.DIALOGUE else "asked"
            yield self._ahead(task.opened, planned, template, task)
            for nudge in self.nudges(planned, task):
                if nudge.act is Act.REMIND and nudge.at > task.opened:
                    yield self._ahead(nudge.at, planned, "reminder", task, now=nudge.at.isoformat())
        for who in asked[:1]:
            task = self.task(planned, who)
            for nudge in self.nudges(planned, task):
                if nudge.act is Act.CLIMB and nudge.rung and LADDER.get(nudge.rung) in person.roles:
                    yield self._ahead(nudge.at, planned, "rung", task, rung=nudge.rung.value)

    def _written(self, person: c.Person, today: date) -> bool:
        people = [one for one in self.opened.roster.people if one.party == person.party]
        return person in [people[place] for place in written_to([one.mandates for one in people], today)]

    def _ahead(self, at: datetime, planned: PlannedStep, template: str, task: c.TaskState, **extra: str) -> Ahead:
        round_no = 1 if planned.step.kind is StepKind.DIALOGUE else None
        item = errands.MailItem(
            key=f"{task.id}/{template}", template=template, respondent=task.respondent, role=task.role, task=task.id,
            values={**task_values(task, self.name(task.respondent), round_no), **extra},
        )  # fmt: skip
        return Ahead(at, planned.key, task.title, template, item)

    def name(self, respondent: str) -> Words:
        """Return how a respondent is called."""
        party = next((one for one in self.opened.roster.parties if one.id == respondent), None)
        return party.name if party is not None else OFFICES[Role(respondent)]

    def render(self, mail: Ahead, person: c.Person) -> RenderedMail:
        """Write a mail as it will be sent."""
        package = self.prepared.package
        contacts = {contact_of(one.id): one.language for one in package.covenant.participants}
        language = next((one.language for one in package.covenant.people if one.id == person.id), None)
        language = language or contacts[person.id]
        values = mail_values(mail.item, language)
        if mail.template == "asked":
            values["matter"] = matter(package.playbook, mail.step, language)
        if mail.template == "draft":
            values["stands"] = ""  # nobody has approved anything yet
            values["changes"] = [
                {
                    "unmet": False, "number": one.number, "title": one.title.pick(language), "old": None,
                    "new": one.text.pick(language), "reason": None,
                }
                for one in package.covenant.clauses
            ]  # fmt: skip
        if mail.template == "rung":
            names = [one.name for one in self.opened.roster.people if one.party == mail.item.respondent]
            values |= rung_values(values, names, language)
        link = f"{self.base_url}/tasks/{quote(mail.item.task or '')}" if self.base_url else ""
        known = {"covenant": self.opened.title.pick(language), "recipient": person.name, "person": person.id}
        return render_mail(mail.template, language, {**values, **known, "link": link})
