"""What a covenant asks its parties beside the plan, and what follows: ground rules, editorial fixes, absences."""

from collections.abc import Collection, Sequence
from typing import Literal

from temporalio import workflow
from temporalio.workflow import ParentClosePolicy

from models import contracts as c
from models import ids, lookups
from models.base import Words
from models.enums import CovenantStatus, Matter, Role, StepKind, StepStatus
from models.errors import PolderError, Refusal
from models.ground import GroundRule, GroundRules, GroundRuleSet, PartyQuestion, QuestionEnded, QuestionPut
from models.packaging import PackageLook, PackageProposal, TextMoved
from models.plan import PlannedStep
from models.questions import Absence, FixProposal, GoOnQuestion, QuestionBrief, QuestionWithdrawal, RuleProposal
from rules import absences, answering, ground_rules, mandates, matters, weighing
from rules.calendar import add_working_days, due_moment, local_date
from workflows import calls
from workflows.fixing import make_fix
from workflows.proposing import Proposing
from workflows.questions import QuestionWorkflow
from workflows.refusing import check_looked, to_application_error
from workflows.step import tell

PACKAGE_FALLS = "a-package-falls-with-its-proposal"
"""Patch: before it, a package was decided although a proposal in it had been taken back."""

TAKEN_BACK = "Een voorstel waarop het pakket rust is ingetrokken. / A proposal that the package rests on was withdrawn."

MOVED = (
    "De tekst waarover dit ging is gewijzigd of geparkeerd, of over een voorstel eruit is besloten. / The text that "
    "this was about was changed or parked, or a proposal in it was decided."
)


class Ruling(Proposing):
    """Updates of a covenant that put a question to the parties. What they decide is carried out by the story.

    Attributes:
        asking: a question was put in this run: it continues as new, since time does not skip over an open child.
    """

    asking: bool

    # --- what holds ---------------------------------------------------------------------------------------------

    def rules_now(self) -> dict[Matter, GroundRule]:
        """Return the ground rules as they hold."""
        opened = self.opened
        default = next((one.step.rule for one in opened.plan if one.step.rule is not None), None)
        usual = default or matters.OWN[Matter.GROUND_RULES].rule
        return matters.complete(opened.ground_rules.rules, [one.step for one in opened.plan], usual)

    def take_rule(self, planned: PlannedStep) -> None:
        """Let a step that starts take the rule that the parties have set for its kind of question since the launch."""
        matter, rule = matters.matter_of(planned.step), planned.step.rule
        if matter is not None and matter in self.opened.ground_rules.since:
            rule = self.opened.ground_rules.rules[matter].rule
        planned.step = matters.with_rule(planned.step, rule)

    def in_talks(self) -> bool:
        """Whether the parties are negotiating the text."""
        return any(one.status is StepStatus.ACTIVE and one.step.kind is StepKind.DIALOGUE for one in self.opened.plan)

    def fixing(self) -> bool:
        """Whether a fix of the text is before the parties: nothing new starts on a text that may change."""
        return any(one.kind == "editorial" for one in self.state.asking.questions) or bool(self.state.asking.answers)

    # --- putting a question -------------------------------------------------------------------------------------

    @workflow.update
    async def propose_rule(self, proposal: RuleProposal) -> c.Receipt:
        """Put a change of the ground rules to the parties."""
        if proposal.act not in self.seen:
            name = matters.MATTERS[proposal.matter]
            new = ground_rules.rule_in_words(proposal.rule)
            await self.put_question(
                proposal,
                PartyQuestion(
                    no=self.state.asking.last + 1, act=proposal.act, kind="ground_rule", matter=proposal.matter,
                    rule=proposal.rule, reason=proposal.reason, by=self.rules_now()[Matter.GROUND_RULES],
                    title=Words(nl=f"Procesafspraak wijzigen voor {name.nl}: {new.nl}"[:300],
                                en=f"Change the ground rule for {name.en}: {new.en}"[:300]),
                ),
            )  # fmt: skip
        return self.receipt(
            proposal.act,
            "De wijziging is aan de partijen voorgelegd. Zij geldt pas als de partijen haar aannemen.",
            "The change was put to the parties. It holds only once they adopt it.",
        )

    @propose_rule.validator
    def validate_propose_rule(self, proposal: RuleProposal) -> None:
        """Only the facilitator; a change, and one at a time for each kind of question."""
        if proposal.act in self.seen:
            return
        try:
            self.may_ask(proposal.actor, Role.FACILITATOR)
            matters.check_rule(self.rules_now(), self.state.asking.questions, proposal)
        except PolderError as error:
            raise to_application_error(error) from error

    @workflow.update
    async def ask_to_go_on(self, question: GoOnQuestion) -> c.Receipt:
        """Ask the parties whether the talks go on; the facilitator decides with the verdict on the record."""
        if question.act not in self.seen:
            await self.put_question(
                question,
                PartyQuestion(
                    no=self.state.asking.last + 1, act=question.act, kind="go_on", reason=question.reason,
                    by=self.rules_now()[Matter.GO_ON],
                    title=Words(nl="Gaan de gesprekken door?", en="Do the talks go on?"),
                ),
            )  # fmt: skip
        return self.receipt(
            question.act,
            "De vraag is aan de partijen voorgelegd. U hoort de uitkomst.",
            "The question was put to the parties. You will hear the outcome.",
        )

    @ask_to_go_on.validator
    def validate_ask_to_go_on(self, question: GoOnQuestion) -> None:
        """Only the facilitator, and once at a time."""
        if question.act in self.seen:
            return
        try:
            self.may_ask(question.actor, Role.FACILITATOR)
            matters.check_go_on(self.state.asking.questions)
        except PolderError as error:
            raise to_application_error(error) from error

    @workflow.update
    async def propose_fix(self, proposal: FixProposal) -> c.Receipt:
        """Put an editorial fix to the parties, by the rule for those."""
        if proposal.act not in self.seen:
            check_looked(await calls.look_at_fix(lookups.FixQuestion(covenant=self.desk.slug, fix=proposal)))
            clause = self._fixable(proposal)
            await self.put_question(
                proposal,
                PartyQuestion(
                    no=self.state.asking.last + 1, act=proposal.act, kind="editorial", clause=clause.id,
                    base_sha=proposal.base_sha, text_sha=proposal.text_sha, reason=proposal.reason,
                    by=self.rules_now()[Matter.EDITORIAL],
                    title=Words(nl=f"Redactionele verbetering van artikel {clause.number}",
                                en=f"Editorial fix of clause {clause.number}"),
                ),
            )  # fmt: skip
        return self.receipt(
            proposal.act,
            "De verbetering is aan alle partijen gemeld. Maakt niemand bezwaar, dan komt zij in de tekst.",
            "All parties were told of the fix. If nobody objects it goes into the text.",
        )

    @propose_fix.validator
    def validate_propose_fix(self, proposal: FixProposal) -> None:
        """Refuse by the rules; whether the words fit the text is looked up after."""
        if proposal.act not in self.seen:
            self._fixable(proposal)

    def _fixable(self, proposal: FixProposal) -> c.ClauseRef:
        try:
            self.may_ask(proposal.actor, Role.FACILITATOR, Role.SECRETARIAT)
            return matters.check_fix(
                self.opened.clauses, self.state.asking.questions, proposal, talks=self.in_talks(),
                frozen=self.state.moments.accord_at is not None,
            )  # fmt: skip
        except PolderError as error:
            raise to_application_error(error) from error

    @workflow.update
    async def put_package(self, proposal: PackageProposal) -> c.Receipt:
        """Put a package to the parties, decided as a clause is: it is many of them at once."""
        if proposal.act not in self.seen:
            look = PackageLook(covenant=self.desk.slug, picks=proposal.picks)
            check_looked(await calls.look_at_package(look))
            clauses = self._package(proposal)
            await self.put_question(
                proposal,
                PartyQuestion(
                    no=self.state.asking.last + 1, act=proposal.act, kind="package", package=proposal.picks,
                    reason=proposal.reason, by=self.rules_now()[Matter.CLAUSE],
                    title=weighing.package_title([one.number for one in clauses]),
                ),
            )  # fmt: skip
        return self.receipt(
            proposal.act,
            "Het pakket is aan de partijen voorgelegd. U hoort de uitkomst.",
            "The package was put to the parties. You will hear the outcome.",
        )

    @put_package.validator
    def validate_put_package(self, proposal: PackageProposal) -> None:
        """Only the facilitator; whether the amendments are open is looked up after."""
        if proposal.act not in self.seen:
            self._package(proposal)

    def _package(self, proposal: PackageProposal) -> list[c.ClauseRef]:
        try:
            self.may_ask(proposal.actor, Role.FACILITATOR)
            return weighing.check_package(
                self.opened.clauses, self.state.asking.questions, proposal, talks=self.in_talks(),
                frozen=self.state.moments.accord_at is not None,
            )  # fmt: skip
        except PolderError as error:
            raise to_application_error(error) from error

    @workflow.update
    async def withdraw_question(self, withdrawal: QuestionWithdrawal) -> c.Receipt:
        """Take a question back before it is decided."""
        if withdrawal.act not in self.seen:
            self.seen = [*self.seen[-400:], withdrawal.act]
            await self.desk.recorder.write(
                self.desk.entry(
                    withdrawal.act, "question_withdrawn", c.Said(words=self._asked(withdrawal.no).title),
                    actor=withdrawal.actor.person, reason=withdrawal.reason,
                )
            )  # fmt: skip
            await self._stop(withdrawal.no, withdrawal.reason)
        return self.receipt(withdrawal.act, "De vraag is ingetrokken.", "The question was taken back.")

    @withdraw_question.validator
    def validate_withdraw_question(self, withdrawal: QuestionWithdrawal) -> None:
        """Only an office that may ask, and a question that is open."""
        if withdrawal.act in self.seen:
            return
        try:
            self.may_ask(withdrawal.actor, Role.FACILITATOR, Role.SECRETARIAT)
            self._asked(withdrawal.no)
        except PolderError as error:
            raise to_application_error(error) from error

    async def _bracket(self, kind: Literal["bracket", "unbracket"], clause: str, amendment: str) -> None:
        """A package before the parties falls with a proposal it rests on: nobody decides on words taken back."""
        await super()._bracket(kind, clause, amendment)
        resting = self._resting(amendments=[amendment])
        if kind == "bracket" or not resting or not workflow.patched(PACKAGE_FALLS):
            return
        await self._let_fall(resting, TAKEN_BACK)

    @workflow.signal
    async def text_moved(self, moved: TextMoved) -> None:
        """A package or a fix before the parties falls with the text it was made on."""
        await self._let_fall(self._resting(clauses=moved.clauses, amendments=moved.amendments), MOVED)

    def _resting(self, *, clauses: Collection[str] = (), amendments: Collection[str] = ()) -> list[PartyQuestion]:
        """Return the packages and fixes before the parties, not decided yet, that rest on one of these."""
        over = {one.no for one in self.state.asking.answers}
        return [
            one
            for one in self.state.asking.questions
            if one.no not in over
            and (
                one.clause in clauses
                or (one.package and clauses)  # it says that all other clauses stay as they are
                or any(pick.amendment in amendments for pick in one.package)
            )
        ]

    async def _let_fall(self, questions: Sequence[PartyQuestion], why: str) -> None:
        for question in questions:
            await self.desk.recorder.write(
                self.desk.entry(
                    f"{self.desk.slug}/{question.key}/fell", "question_withdrawn", c.Said(words=question.title),
                    reason=why,
                )
            )  # fmt: skip
            await self._stop(question.no, why)

    async def _stop(self, no: int, reason: str) -> None:
        stop = c.Notice(kind="stop", at=workflow.now(), reason=reason)
        await tell(ids.question_workflow(self.desk.slug, no), "notice", stop)

    def may_ask(self, actor: c.Actor, *offices: Role) -> None:
        """Refuse who holds none of these offices, and acts on what is not open."""
        self.is_open()
        answering.require_office(self.opened.roster, actor, set(offices))

    def _asked(self, no: int) -> PartyQuestion:
        found = next((one for one in self.state.asking.questions if one.no == no), None)
        if found is None:
            known = ", ".join(str(one.no) for one in self.state.asking.questions)
            raise Refusal(
                "unknown_question",
                f"Vraag {no} staat niet (meer) open. Verwacht: {known or 'er staat er geen open'}.",
                f"Question {no} is not open (any more). Expected: {known or 'none is open'}.",
                {"no": str(no)},
            )
        return found

    async def put_question(self, act: c.Act, question: PartyQuestion) -> None:
        """Put a question to the parties, on record."""
        self.seen = [*self.seen[-400:], act.act]
        self.state.asking.last = question.no
        self.state.asking.questions.append(question)
        due = due_moment(add_working_days(local_date(workflow.now()), question.by.days))
        kind = f"{question.kind}_proposed"
        await self.desk.recorder.write(
            self.desk.entry(
                act.act, kind, QuestionPut(question=question, due=due), actor=act.actor.person,
                reason=question.reason,
            )
        )  # fmt: skip
        await workflow.start_child_workflow(
            QuestionWorkflow.run,
            QuestionBrief(
                slug=self.desk.slug, title=self.opened.title, question=question, roster=self.opened.roster,
                schedule=self.opened.schedule, held=self.held_now(),
            ),
            id=ids.question_workflow(self.desk.slug, question.no),
            parent_close_policy=ParentClosePolicy.ABANDON,
            static_summary=question.title.en[:200],
        )  # fmt: skip
        self.asking = self.changed = True

    def held_now(self) -> str | None:
        """Return why nobody can answer now; none when the covenant is not paused."""
        return "gepauzeerd / paused" if self.state.status is CovenantStatus.PAUSED else None

    # --- what the parties decided -------------------------------------------------------------------------------

    @workflow.signal
    def question_ended(self, ended: QuestionEnded) -> None:
        """Take what came of a question."""
        self.state.asking.answers.append(ended)

    async def settle_answers(self) -> None:
        """Carry out what the parties decided."""
        while self.state.asking.answers:
            ended = self.state.asking.answers.pop(0)
            question = next(one for one in self.state.asking.questions if one.no == ended.no)
            self.state.asking.questions.remove(question)
            if ended.passed and question.kind == "ground_rule":
                await self._set(question)
            elif ended.passed and question.kind == "editorial" and self.in_talks():
                self.state.asking.fixes.append(question)
                notice = c.Notice(kind="fix", at=workflow.now(), fix=question, reason=question.reason)
                await self.tell_steps(notice)
            elif ended.passed and question.kind == "editorial":
                await self._fix(question)
            elif ended.passed:
                await self.carry_out(question, ended)

    async def carry_out(self, question: PartyQuestion, ended: QuestionEnded) -> None:
        """Do what follows from another question that was carried; a package and "do the talks go on" ask nothing."""

    async def settle_fixes(self) -> None:
        """Make the fixes that the talks, which are over, did not hear of."""
        now = {clause.id: clause.sha256 for clause in self.opened.clauses}
        while self.state.asking.fixes:
            question = self.state.asking.fixes.pop(0)
            if now.get(question.clause or "") == question.base_sha:
                await self._fix(question)

    async def _fix(self, question: PartyQuestion) -> None:
        await make_fix(self.desk, self.opened.clauses, question)

    async def _set(self, question: PartyQuestion) -> None:
        matter, rule = question.matter, question.rule
        if matter is None or rule is None:
            return
        since = [one for one in self.opened.ground_rules.since if one is not matter]
        self.opened.ground_rules = GroundRules(rules=self.rules_now() | {matter: rule}, since=[*since, matter])
        await self.desk.recorder.write(
            self.desk.entry(
                f"{self.desk.slug}/{question.key}/set", "ground_rule_set", GroundRuleSet(matter=matter, rule=rule),
                reason=question.reason,
            )
        )  # fmt: skip
        if matter is Matter.CLAUSE:
            await self.tell_steps(c.Notice(kind="rule", at=workflow.now(), rule=rule, reason=question.reason))

    # --- who is away --------------------------------------------------------------------------------------------

    @workflow.update
    async def absence(self, absence: Absence) -> c.Receipt:
        """Note that someone is away until a day, or back; a substitute has their mandates meanwhile."""
        if absence.act not in self.seen:
            people = self._absent(absence)
            self.seen = [*self.seen[-400:], absence.act]
            for person in people:
                self.opened.roster.people = mandates.with_person(self.opened.roster.people, person)
            self.desk.roster = self.opened.roster
            await self.desk.recorder.write(
                self.desk.entry(
                    absence.act, "absence_noted", *(c.PersonChanged(person=person) for person in people),
                    actor=absence.actor.person, reason=absence.reason,
                )
            )  # fmt: skip
            await workflow.wait_condition(lambda: not self.starting)
            for person in people:
                await self.tell_steps(c.Notice(kind="roster", at=workflow.now(), person=person, reason=absence.reason))
        return self.receipt(absence.act, "De afwezigheid is genoteerd.", "The absence was noted.")

    @absence.validator
    def validate_absence(self, absence: Absence) -> None:
        """Refuse by the rules of absences."""
        if absence.act not in self.seen:
            self._absent(absence)

    def _absent(self, absence: Absence) -> list[c.Person]:
        try:
            self.is_open()
            return absences.noted(self.opened.roster, absence, local_date(workflow.now()))
        except PolderError as error:
            raise to_application_error(error) from error
