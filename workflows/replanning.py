"""How the plan of a covenant changes on the record: by the facilitator, by clauses split off, by going back."""

from collections.abc import Sequence

from temporalio import workflow

from models import contracts as c
from models import ids
from models.base import Words
from models.enums import (
    ClauseStatus,
    Closing,
    Phase,
    Role,
    StepKind,
    StepStatus,
)
from models.errors import PolderError, Refusal
from models.plan import PlannedStep
from models.playbook import Step
from rules import answering, planning
from rules.calendar import local_date
from workflows.filing import Filing
from workflows.refusing import to_application_error
from workflows.step import tell


class Replanning(Filing):
    """The plan, and all that changes it while the covenant runs."""

    @property
    def slug(self) -> str:
        """The covenant's slug."""
        return self.state.launch.slug

    # --- the facilitator's acts ---------------------------------------------------------------------------------

    @workflow.update
    async def change_plan(self, change: c.PlanChange) -> c.Receipt:
        """Insert, skip, repeat or reschedule a step, on the record."""
        if change.act not in self.seen:
            self.seen = [*self.seen[-400:], change.act]
            planned = planning.find(self.opened.plan, change.key)
            if planned.status is StepStatus.ACTIVE and planned.no is not None and change.change != "insert":
                await self.tell_step(
                    planned,
                    c.Notice(
                        kind="stop" if change.change == "skip" else "moved",
                        at=workflow.now(),
                        due=change.due,
                        reason=change.reason,
                    ),
                )
            await self.replan(
                self._changed_plan(change),
                change.act,
                {"insert": "step_inserted", "skip": "step_skipped", "repeat": "step_repeated",
                 "reschedule": "step_rescheduled"}[change.change],
                actor=change.actor.person,
                reason=change.reason,
            )  # fmt: skip
            self.changed = True
        return self.receipt(change.act, "Het plan is gewijzigd.", "The plan was changed.")

    @change_plan.validator
    def validate_change_plan(self, change: c.PlanChange) -> None:
        """Refuse by the planning rules."""
        try:
            self.may_steer(change.actor)
            if change.change == "reschedule":
                answering.check_future(change.due, local_date(workflow.now()))
            self._changed_plan(change)
        except PolderError as error:
            raise to_application_error(error) from error

    def _changed_plan(self, change: c.PlanChange) -> list[PlannedStep]:
        plan = self.opened.plan
        match change.change:
            case "insert":
                if change.step is None:
                    raise Refusal(
                        "no_step",
                        "Welke stap? Verwacht: een stap om in te voegen.",
                        "Which step? Expected: a step to insert.",
                    )
                self._check_respondents(change.step.respondents)
                return planning.insert(plan, change.step, change.key)
            case "repeat":
                return planning.repeat(plan, change.key)
            case "reschedule":
                if change.due is None:
                    raise Refusal(
                        "no_date",
                        "Welke datum? Verwacht: een nieuwe einddatum.",
                        "Which date? Expected: a new end date.",
                    )
                return planning.reschedule(plan, change.key, change.due)
        return planning.skip(plan, change.key, Words(nl=change.reason, en=change.reason))

    def _check_respondents(self, respondents: Sequence[str]) -> None:
        known = ["all", "participants", *(group.id for group in self.opened.roster.constituencies), *Role]
        for name in respondents:
            if name not in known:
                raise Refusal(
                    "unknown_respondent",
                    f"Respondent {name} bestaat niet. Verwacht: {', '.join(known)}.",
                    f"There is no respondent {name}. Expected: {', '.join(known)}.",
                    {"respondent": name},
                )

    async def replan(
        self, plan: list[PlannedStep], event: str, kind: str, *, actor: str = "polder", reason: str
    ) -> None:
        """Put another plan on record: what is new in it and what moved."""
        old = {planned.key: (position, planned) for position, planned in enumerate(self.opened.plan)}
        words = Words(nl=reason, en=reason)
        changes: list[c.Change] = []
        for position, planned in enumerate(plan):
            was = old.get(planned.key)
            if was == (position, planned):
                continue
            moved = was is not None and was[1].planned_end != planned.planned_end
            changes.append(c.StepChanged(position=position, planned=planned, slip=words if moved else None))
        self.opened.plan = plan
        await self.desk.recorder.write(self.desk.entry(event, kind, *changes, actor=actor, reason=reason))

    def step_changed(
        self, planned: PlannedStep, workflow_id: str | None = None, sentence: Words | None = None,
        slip: Words | None = None,
    ) -> c.StepChanged:  # fmt: skip
        """Return the change that puts a step on record as it is."""
        position = [one.key for one in self.opened.plan].index(planned.key)
        return c.StepChanged(position=position, planned=planned, workflow=workflow_id, sentence=sentence, slip=slip)

    # --- what follows from the talks ----------------------------------------------------------------------------

    async def settle_splits(self) -> None:
        """Give clauses that were split off a step of their own, beside the talks."""
        while self.state.splits:
            order = self.state.splits.pop(0)
            step = Step(
                id="split-off", phase=self.state.phase or Phase.DIALOGUE, kind=StepKind.TASK,
                title=Words(nl=f"Afgesplitst: artikel {order.numbers}", en=f"Split off: clause {order.numbers}"),
                purpose=Words(
                    nl=f"Artikel {order.numbers} is uit de tekst gehaald en gaat zijn eigen weg. Lever wat ervan komt: "
                    f"een tekst, of waarom die er niet is. Waarom het is afgesplitst: {order.reason}"[:2000],
                    en=f"Clause {order.numbers} was taken out of the text and goes its own way. Deliver what comes of "
                    f"it: a text, or why there is none. Why it was split off: {order.reason}"[:2000],
                ),
                respondents=order.split.respondents, duration=order.split.days, closes=Closing.ANSWERED,
                reminders=self.opened.schedule.reminders, ladder=self.opened.schedule.ladder,
            )  # fmt: skip
            plan = planning.beside(self.opened.plan, step, order.key, local_date(workflow.now()))
            named = next(one for one in plan if one not in self.opened.plan)
            await self.replan(plan, f"{self.slug}/{named.key}/split", "clauses_split_off", reason=order.reason)
            self.changed = True

    def has_way_back(self, planned: PlannedStep) -> bool:
        """Whether the text can be opened again: normal after a failed accord or ratification."""
        if not planned.step.accord and planned.step.kind is not StepKind.RATIFICATION:
            return False
        try:
            planning.back(self.opened.plan, planned.key)
        except PolderError:
            return False
        return True

    async def back(self, answer: c.Answer, decision: c.DecisionAnswer) -> None:
        """Open the text again: the accord is off, and the talks begin with a next version of these clauses."""
        key = self.state.failed.pop()
        chosen = decision.clauses or [one.id for one in self.opened.clauses if one.status is not ClauseStatus.PARKED]
        changes: list[c.Change] = [c.CovenantChanged(reopened=True)]
        for clause in self.opened.clauses:
            if clause.id in chosen:
                clause.status, clause.still, clause.doubters = ClauseStatus.BRACKETED, 0, None
                changes.append(
                    c.ClauseChanged(
                        clause=clause.id, version=clause.version, sha256=clause.sha256, status=clause.status,
                        reason=decision.reason,
                    )
                )  # fmt: skip
        self.state.moments.accord_at = self.state.moments.text_sha = None
        self.state.redraft = True
        actor = answer.actor.person
        await self.desk.recorder.write(
            self.desk.entry(f"{answer.act}/reopened", "text_reopened", *changes, actor=actor, reason=decision.reason)
        )
        plan = planning.back(self.opened.plan, key)
        await self.replan(plan, f"{answer.act}/back", "step_repeated", actor=actor, reason=decision.reason)

    # --- small change -------------------------------------------------------------------------------------------

    async def tell_step(self, planned: PlannedStep, notice: c.Notice) -> None:
        """Tell one step something."""
        await tell(ids.step_workflow(self.slug, planned.no or 0), "notice", notice)

    def may_steer(self, actor: c.Actor, *others: Role) -> None:
        """Refuse who is not the facilitator or one of these offices, and acts on what is not open."""
        self.is_open()
        answering.require_office(self.opened.roster, actor, {Role.FACILITATOR, *others})
