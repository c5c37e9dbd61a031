"""A covenant once it is signed: who joins, who leaves with notice, and its end by joint decision."""

from datetime import datetime

from temporalio import workflow
from temporalio.workflow import ParentClosePolicy

from models import contracts as c
from models import ids
from models.base import Contract, Words
from models.enduring import Applicant, ApplicantAdmitted, Leaving, NoticeGiven
from models.enums import (
    Choice,
    CovenantStatus,
    Matter,
    PartyStatus,
    Power,
    Role,
    TaskKind,
    TaskStatus,
)
from models.errors import Conflict, PolderError, Refusal
from models.ground import PartyQuestion, QuestionEnded
from models.questions import AccessionBrief, AccessionEnded, Application, NoticeRetraction, TerminationProposal
from rules import answering, balance, enduring, revising, texts
from rules.calendar import due_moment, local_date
from rules.tasks import MORNING
from workflows.accession import AccessionWorkflow
from workflows.notices import notice
from workflows.refusing import to_application_error
from workflows.replanning import Replanning
from workflows.step import tell


class Enduring(Replanning):
    """Joining, leaving and ending. Before the signature a party leaves at once and the facilitator ends the talks.

    Attributes:
        deciding: decisions that are being carried out: nothing new starts meanwhile.
    """

    deciding: int

    async def ask(self, where: str, title: Words, choices: list[Choice]) -> None:
        """Ask the facilitator to decide."""
        raise NotImplementedError

    def show(self) -> None:
        """Show operators where this covenant stands."""
        raise NotImplementedError

    # --- leaving --------------------------------------------------------------------------------------------------

    @workflow.update
    async def withdraw(self, withdrawal: c.Withdrawal) -> c.Receipt:
        """Let a party leave: denominators change from then on, earlier decisions stay as counted (P6, P7).

        What is signed binds until the notice ends; before the signature a party leaves at once.
        """
        if withdrawal.act not in self.seen:
            self.seen = [*self.seen[-400:], withdrawal.act]
            if self._by_notice():
                await self._give_notice(withdrawal)
            else:
                await self.leave(withdrawal)
        given = next((one for one in self.state.leaving if one.act == withdrawal.act), None)
        if given is not None:
            name = next(party.name for party in self.opened.roster.parties if party.id == withdrawal.party)
            words = enduring.notice_words(name, given.at)
            return self.receipt(withdrawal.act, words.nl, words.en)
        return self.receipt(withdrawal.act, "De terugtrekking staat op de lijst.", "The withdrawal is on record.")

    @withdraw.validator
    def validate_withdraw(self, withdrawal: c.Withdrawal) -> None:
        """Only the party itself, with a mandate to commit, or the secretariat that was told."""
        try:
            self._may_withdraw(withdrawal)
        except PolderError as error:
            raise to_application_error(error) from error

    def _by_notice(self) -> bool:
        return self.state.moments.signed_at is not None and self.opened.notice_months > 0

    def _may_withdraw(self, withdrawal: c.Withdrawal) -> None:
        self.is_open()
        revising.check_own(self.opened.revises)
        parties = {party.id: party for party in self.opened.roster.parties}
        party = parties.get(withdrawal.party)
        if party is None or party.status is PartyStatus.WITHDRAWN:
            names = ", ".join(p.id for p in balance.seated(self.opened.roster))
            raise Refusal(
                "unknown_party",
                f"Partij {withdrawal.party} zit niet (meer) aan tafel. Verwacht: {names}.",
                f"Party {withdrawal.party} is not at the table (any more). Expected: {names}.",
                {"party": withdrawal.party},
            )
        if any(one.party == party.id for one in self.state.leaving):
            raise Conflict(
                "notice_given_already",
                f"{party.name.nl} heeft al opgezegd. Verwacht: wacht tot de opzegtermijn om is.",
                f"{party.name.en} has given notice already. Expected: wait until the notice ends.",
                {"party": party.id},
            )
        self._speaks_for(withdrawal.actor, party)

    def _speaks_for(self, actor: c.Actor, party: c.Party) -> None:
        """Refuse who may not bind a party: someone of it with a mandate to commit, or an office that was told."""
        who = answering.person(self.opened.roster, actor.person)
        if who.party == party.id:
            probe = c.TaskState(
                id="withdrawal", kind=TaskKind.APPROVAL, respondent=party.id, power=Power.COMMIT,
                title=party.name, opened=workflow.now(), due=workflow.now(), handled=workflow.now(),
            )  # fmt: skip
            if answering.standing(self.opened.roster, probe, actor, local_date(workflow.now())):
                return
        answering.require_office(self.opened.roster, actor, answering.PROXIES)

    async def _give_notice(self, withdrawal: c.Withdrawal) -> None:
        today = local_date(workflow.now())
        at = due_moment(enduring.leaves_on(today, self.opened.notice_months)) - MORNING
        self.state.leaving.append(
            Leaving(
                party=withdrawal.party, at=at, act=withdrawal.act, person=withdrawal.actor.person,
                reason=withdrawal.reason,
            )
        )  # fmt: skip
        party = next(one for one in self.opened.roster.parties if one.id == withdrawal.party)
        words = enduring.notice_words(party.name, at)
        await self.desk.recorder.write(
            self.desk.entry(
                withdrawal.act, "notice_given", NoticeGiven(party=party.id, leaves=at), c.Said(words=words),
                actor=withdrawal.actor.person, reason=withdrawal.reason,
            )
        )  # fmt: skip
        reason = Words(nl=f"{words.nl} Reden: {withdrawal.reason}", en=f"{words.en} Reason: {withdrawal.reason}")
        await self.notify(withdrawal.act, Words(nl=f"{party.name.nl} zegt op"[:300],
                                                en=f"{party.name.en} gives notice"[:300]), reason)  # fmt: skip
        self.changed = True

    def next_leaving(self) -> datetime | None:
        """Return when the first notice ends."""
        return min((one.at for one in self.state.leaving), default=None)

    async def let_leave(self) -> None:
        """Let the parties go whose notice has ended."""
        for one in [one for one in self.state.leaving if one.at <= workflow.now()]:
            self.state.leaving.remove(one)
            actor = c.Actor(person=one.person)
            await self.leave(c.Withdrawal(act=f"{one.act}/left", actor=actor, party=one.party, reason=one.reason))

    @workflow.update
    async def retract_notice(self, retraction: NoticeRetraction) -> c.Receipt:
        """Let a party that gave notice stay."""
        if retraction.act not in self.seen:
            given = enduring.check_stays(self.state.leaving, retraction.party)
            self.seen = [*self.seen[-400:], retraction.act]
            self.state.leaving.remove(given)
            party = next(one for one in self.opened.roster.parties if one.id == retraction.party)
            words = Words(nl=f"{party.name.nl} trekt de opzegging in en blijft.",
                          en=f"{party.name.en} takes its notice back and stays.")  # fmt: skip
            await self.desk.recorder.write(
                self.desk.entry(
                    retraction.act, "notice_taken_back", NoticeGiven(party=party.id), c.Said(words=words),
                    actor=retraction.actor.person, reason=retraction.reason,
                )
            )  # fmt: skip
            reason = Words(nl=f"Reden: {retraction.reason}", en=f"Reason: {retraction.reason}")
            await self.notify(retraction.act, words, reason)
            self.changed = True
        return self.receipt(retraction.act, "De opzegging is ingetrokken.", "The notice was taken back.")

    @retract_notice.validator
    def validate_retract_notice(self, retraction: NoticeRetraction) -> None:
        """Only who may bind the party, and while its notice runs."""
        if retraction.act in self.seen:
            return
        try:
            self.is_open()
            enduring.check_stays(self.state.leaving, retraction.party)
            party = next(one for one in self.opened.roster.parties if one.id == retraction.party)
            self._speaks_for(retraction.actor, party)
        except PolderError as error:
            raise to_application_error(error) from error

    async def leave(self, withdrawal: c.Withdrawal) -> None:
        """Let a party go, now; where its covenant is being revised it leaves those talks too."""
        self.deciding += 1
        for party in self.opened.roster.parties:
            if party.id == withdrawal.party:
                party.status = PartyStatus.WITHDRAWN
        holds, words = balance.balance(self.opened.roster)
        texts.without(self.opened.clauses, withdrawal.party)
        await self.desk.recorder.write(
            self.desk.entry(
                withdrawal.act,
                "party_withdrew",
                c.PartyChanged(party=withdrawal.party, status=PartyStatus.WITHDRAWN, reason=withdrawal.reason),
                c.Said(words=words),
                actor=withdrawal.actor.person,
                reason=withdrawal.reason,
            )
        )
        await self.tell_steps(
            c.Notice(kind="withdrawn", at=workflow.now(), party=withdrawal.party, reason=withdrawal.reason)
        )
        left = next(party.name for party in self.opened.roster.parties if party.id == withdrawal.party)
        await self.notify(
            withdrawal.act,
            Words(nl=f"{left.nl} trekt zich terug"[:300], en=f"{left.en} withdraws"[:300]),
            Words(nl=f"Reden: {withdrawal.reason} {words.nl}", en=f"Reason: {withdrawal.reason} {words.en}"),
        )
        if not holds:
            short = balance.broken_at(self.opened.roster)
            question = Words(nl=f"{short.nl[:270]}: hoe gaat het verder?", en=f"{short.en[:270]}: how to go on?")
            await self.ask(f"balance-{withdrawal.party}", question, [Choice.CONTINUE, Choice.PAUSE, Choice.END])
        await self.tell_revision("also_left", withdrawal.model_copy(update={"act": f"{withdrawal.act}/revision"}))
        self.deciding -= 1
        self.changed = True

    # --- the end ------------------------------------------------------------------------------------------------

    @workflow.update
    async def end_talks(self, end: c.EndTalks) -> c.Receipt:
        """End the talks."""
        if end.act not in self.seen:
            self.seen = [*self.seen[-400:], end.act]
            await self.end(end.actor.person, end.reason, end.act)
        return self.receipt(end.act, "Het convenant is beëindigd.", "The covenant was ended.")

    @end_talks.validator
    def validate_end_talks(self, end: c.EndTalks) -> None:
        """Only the facilitator, and only what was not signed: that the parties end together."""
        try:
            self.may_steer(end.actor)
            enduring.check_ends_alone(self.state.moments.signed_at)
        except PolderError as error:
            raise to_application_error(error) from error

    async def end(self, actor: str, reason: str, event: str) -> None:
        """End the covenant for good: what is open lapses, and every step under way stops."""
        self.state.status = CovenantStatus.ENDED
        now = workflow.now()
        await self.desk.recorder.write(
            self.desk.entry(
                event,
                "covenant_ended",
                c.CovenantChanged(status=CovenantStatus.ENDED, ended_at=now),
                actor=actor,
                reason=reason,
            )
        )
        over = Words(nl="het convenant is beëindigd", en="the covenant was ended")
        await self.desk.end(self.desk.open_tasks(), TaskStatus.VOID, over, key="ended")
        await self.tell_steps(c.Notice(kind="stop", at=now, reason=reason))
        await self.when_over(reason)
        self.show()
        self.changed = True

    @workflow.update
    async def propose_termination(self, proposal: TerminationProposal) -> c.Receipt:
        """Ask the parties to end the signed covenant before its term; if they carry it, it ends."""
        if proposal.act not in self.seen:
            await self.put_question(
                proposal,
                PartyQuestion(
                    no=self.state.asking.last + 1, act=proposal.act, kind="termination", reason=proposal.reason,
                    by=self.rules_now()[Matter.TERMINATION],
                    title=Words(nl="Eindigt het convenant vóór de looptijd om is?",
                                en="Does the covenant end before its term is over?"),
                ),
            )  # fmt: skip
        return self.receipt(
            proposal.act,
            "De vraag is aan de partijen voorgelegd. Nemen zij haar aan, dan eindigt het convenant.",
            "The question was put to the parties. If they carry it, the covenant ends.",
        )

    @propose_termination.validator
    def validate_propose_termination(self, proposal: TerminationProposal) -> None:
        """Only the facilitator, of a signed covenant, and once at a time."""
        if proposal.act in self.seen:
            return
        try:
            self.may_ask(proposal.actor, Role.FACILITATOR)
            revising.check_own(self.opened.revises)
            enduring.check_signed(self.state.moments.signed_at)
            enduring.check_termination(self.state.asking.questions)
        except PolderError as error:
            raise to_application_error(error) from error

    # --- joining ------------------------------------------------------------------------------------------------

    @workflow.update
    async def apply(self, application: Application) -> c.Receipt:
        """Put to the parties that somebody wants to join; if nobody objects the applicant is asked to sign."""
        if application.act not in self.seen:
            applicant = application.applicant
            await self.put_question(
                application,
                PartyQuestion(
                    no=self.state.asking.last + 1, act=application.act, kind="accession", reason=application.reason,
                    by=self.rules_now()[Matter.ACCESSION], applicant=applicant,
                    title=enduring.application_title(self.opened.roster, applicant),
                ),
            )  # fmt: skip
        return self.receipt(
            application.act,
            "Het verzoek is aan de partijen gemeld. Maakt niemand bezwaar, dan wordt de aanvrager gevraagd te tekenen.",
            "The parties were told of the request. If nobody objects the applicant is asked to sign.",
        )

    @apply.validator
    def validate_apply(self, application: Application) -> None:
        """Facilitator or secretariat, for a signed covenant, of who does not take part yet."""
        if application.act in self.seen:
            return
        try:
            self.may_ask(application.actor, Role.FACILITATOR, Role.SECRETARIAT)
            revising.check_own(self.opened.revises)
            enduring.check_signed(self.state.moments.signed_at)
            enduring.check_application(self.opened.roster, self.state.asking.questions, application.applicant)
        except PolderError as error:
            raise to_application_error(error) from error

    async def carry_out(self, question: PartyQuestion, ended: QuestionEnded) -> None:
        """End the covenant, or admit an applicant: it is asked to sign the text as it was signed."""
        if question.kind == "termination":
            await self.end("polder", ended.sentence.en, f"{self.slug}/{question.key}/terminated")
        elif question.applicant is not None:
            await self._admit(question, question.applicant)

    async def _admit(self, question: PartyQuestion, applicant: Applicant) -> None:
        person = enduring.signatory(applicant)
        changes: list[c.Change] = [ApplicantAdmitted(applicant=applicant)]
        if applicant.contact is not None:
            changes.append(c.PersonChanged(person=person, contact=applicant.contact))
        await self.desk.recorder.write(
            self.desk.entry(
                f"{self.slug}/{question.key}/admitted", "applicant_admitted", *changes, reason=question.reason
            )
        )
        await workflow.start_child_workflow(
            AccessionWorkflow.run,
            AccessionBrief(
                slug=self.slug, title=self.opened.title, no=question.no, applicant=applicant,
                text_sha=self.state.revisions.text_sha or self.state.moments.text_sha or "", held=self.held_now(),
                schedule=self.opened.schedule,
                roster=enduring.with_newcomer(self.opened.roster, applicant),
            ),
            id=ids.accession_workflow(self.slug, question.no),
            parent_close_policy=ParentClosePolicy.ABANDON,
            static_summary=question.title.en[:200],
        )  # fmt: skip
        self.state.acceding.append(question.no)
        self.asking = self.changed = True

    @workflow.signal
    async def accession_ended(self, ended: AccessionEnded) -> None:
        """Take who signed into the table; its first yearly plan is asked with the others'."""
        self.state.acceding = [no for no in self.state.acceding if no != ended.no]
        if ended.joined:
            today = local_date(workflow.now())
            self.opened.roster = enduring.with_newcomer(self.opened.roster, ended.applicant, today)
            self.desk.roster = self.opened.roster
            await self.tell_joined(ended.applicant)
            await self.tell_revision("also_joined", ended.applicant)
        self.changed = True

    async def tell_joined(self, applicant: Applicant) -> None:
        """Tell the steps under way who joined."""
        await self.tell_steps(
            c.Notice(
                kind="joined", at=workflow.now(), joined=enduring.joining(applicant, local_date(workflow.now())),
                person=enduring.signatory(applicant), reason="accession",
            )
        )  # fmt: skip

    async def tell_accessions(self, notice: c.Notice) -> None:
        """Tell every accession under way what changed around the table."""
        for no in self.state.acceding:
            await tell(ids.accession_workflow(self.slug, no), "notice", notice)

    # --- telling ------------------------------------------------------------------------------------------------

    async def tell_revision(self, name: str, what: Contract) -> None:
        """Tell the talks about another text, if there are any, what changed around this covenant."""
        if self.state.revisions.open is not None:
            await tell(ids.covenant_workflow(self.state.revisions.open), name, what)

    async def when_over(self, reason: str) -> None:
        """Tell whoever depends on this covenant that it is over."""
        raise NotImplementedError

    async def notify(self, key: str, subject: Words, paragraph: Words) -> None:
        """Mail every party and company."""
        await self.desk.post(
            [notice(f"{self.slug}/{key}/{who}", who, subject, paragraph) for who in enduring.told(self.opened.roster)]
        )
