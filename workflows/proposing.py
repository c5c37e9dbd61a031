"""What parties do with words of their own: propose them, take them back, answer what became of them."""

from typing import Literal

from temporalio import workflow

from models import contracts as c
from models import lookups
from models.amending import FateAnswer, Proposal, ProposalWithdrawal
from models.enums import AmendmentStatus, StepKind, StepStatus
from models.errors import PolderError
from rules import fates, planning, proposing, texts
from rules.calendar import local_date
from workflows import calls
from workflows.around import AroundTheTable
from workflows.notices import notice
from workflows.refusing import check_looked, to_application_error

BUILDING_TOLD = "who-builds-on-a-withdrawn-proposal-is-told"
"""Patch: before it, the mover of a change to a proposal was not told that this was withdrawn."""


class Proposing(AroundTheTable):
    """Updates of a covenant about amendments; the steps under way learn which brackets are open."""

    @workflow.update
    async def propose(self, proposal: Proposal) -> c.Receipt:
        """Put words that a party proposes on record: a bracket in the clause."""
        if proposal.act not in self.seen:
            check_looked(
                await calls.look_at_proposal(lookups.ProposalQuestion(covenant=self.desk.slug, proposal=proposal))
            )
            party = self._mover(proposal)
            self.seen = [*self.seen[-400:], proposal.act]
            await self.desk.recorder.write(
                self.desk.entry(
                    proposal.act,
                    "amendment_proposed",
                    c.Proposed(
                        clause=proposal.clause, base_sha=proposal.base_sha, text_sha=proposal.text_sha,
                        party=party.id, to=proposal.to,
                    ),
                    actor=proposal.actor.person,
                )
            )  # fmt: skip
            await self._bracket("bracket", proposal.clause, proposal.act)
        return self.receipt(
            proposal.act,
            "Uw wijzigingsvoorstel staat in de tekst, tussen haken. U hoort wat ervan wordt.",
            "Your amendment stands in the text, between brackets. You will hear what becomes of it.",
        )

    @propose.validator
    def validate_propose(self, proposal: Proposal) -> None:
        """Refuse by the rules; whether the words fit the text is looked up after.

        That the talks are over is looked at here alone: what was taken before this was refused replays as it was.
        """
        if proposal.act not in self.seen:
            self._mover(proposal)
            self._check_talks()

    @workflow.update
    async def withdraw_proposal(self, withdrawal: ProposalWithdrawal) -> c.Receipt:
        """Take an amendment back."""
        if withdrawal.act not in self.seen:
            own = await self._own(withdrawal, withdrawal.amendment, {AmendmentStatus.OPEN})
            self.seen = [*self.seen[-400:], withdrawal.act]
            await self._put_fate(withdrawal, own, AmendmentStatus.WITHDRAWN, withdrawal.reason)
            await self._bracket("unbracket", own.clause, own.id)
            await self._tell_building_on(own)
        return self.receipt(withdrawal.act, "Uw wijzigingsvoorstel is ingetrokken.", "Your amendment was withdrawn.")

    @withdraw_proposal.validator
    def validate_withdraw_proposal(self, withdrawal: ProposalWithdrawal) -> None:
        """Refuse who sits at the table for no party; whose amendment it is is looked up after."""
        if withdrawal.act not in self.seen:
            self._at_table(withdrawal)

    @workflow.update
    async def answer_fate(self, answer: FateAnswer) -> c.Receipt:
        """Accept what became of an amendment, or maintain it: then its bracket is open again."""
        if answer.act not in self.seen:
            wanted = proposing.SETTLED if answer.accept else proposing.MAINTAINABLE
            own = await self._own(answer, answer.amendment, wanted)
            self.seen = [*self.seen[-400:], answer.act]
            status = own.status if answer.accept else AmendmentStatus.OPEN
            await self._put_fate(answer, own, status, answer.reason, accepted=answer.accept)
            if not answer.accept:
                await self._bracket("bracket", own.clause, own.id)
        if answer.accept:
            return self.receipt(answer.act, "U aanvaardt wat ervan werd.", "You accept what became of it.")
        return self.receipt(
            answer.act,
            "U handhaaft uw voorstel; het staat weer tussen haken.",
            "You maintain your amendment; it stands between brackets again.",
        )

    @answer_fate.validator
    def validate_answer_fate(self, answer: FateAnswer) -> None:
        """Refuse who sits at the table for no party, and to maintain words once the talks about the text are over."""
        if answer.act not in self.seen:
            self._at_table(answer)
            if not answer.accept:
                self._check_talks()

    async def _tell_building_on(self, gone: lookups.KnownAmendment) -> None:
        """Tell whoever would change an amendment that it is withdrawn: theirs stands with its words in it."""
        if not workflow.patched(BUILDING_TOLD):
            return
        question = lookups.AmendmentQuestion(covenant=self.desk.slug, changing=[gone.id])
        number = next(one.number for one in self.opened.clauses if one.id == gone.clause)
        await self.desk.post(
            [
                notice(f"{one.id}/let-go", one.party, *fates.let_go(number), amendment=one.id)
                for one in (await calls.look_at_amendments(question)).amendments
                if one.party != gone.party
            ]
        )

    def _mover(self, proposal: Proposal) -> c.Party:
        try:
            self.is_open()
            return proposing.check_proposal(
                self.opened.roster, proposal, self.opened.clauses, local_date(workflow.now()),
                frozen=self.state.moments.accord_at is not None,
            )  # fmt: skip
        except PolderError as error:
            raise to_application_error(error) from error

    def _check_talks(self) -> None:
        """Refuse words that nothing would deal with: the accord is asked, or no rounds are left."""
        plan = self.opened.plan
        asked = any(one.step.accord and one.status is StepStatus.ACTIVE for one in plan)
        if asked or all(one.status in planning.OVER for one in plan if one.step.kind is StepKind.DIALOGUE):
            raise to_application_error(proposing.over())

    def _at_table(self, act: c.Act) -> None:
        try:
            self.is_open()
            proposing.mover(self.opened.roster, act.actor, local_date(workflow.now()))
        except PolderError as error:
            raise to_application_error(error) from error

    async def _own(self, act: c.Act, key: str, wanted: set[AmendmentStatus]) -> lookups.KnownAmendment:
        found = await calls.look_at_amendments(lookups.AmendmentQuestion(covenant=self.desk.slug, amendments=[key]))
        amendment = found.amendments[0] if found.amendments else None
        try:
            return proposing.own(self.opened.roster, act.actor, amendment, wanted, key, local_date(workflow.now()))
        except PolderError as error:
            raise to_application_error(error) from error

    async def _put_fate(
        self, act: c.Act, own: lookups.KnownAmendment, status: AmendmentStatus, reason: str, *,
        accepted: bool | None = None,
    ) -> None:  # fmt: skip
        kind = "amendment_withdrawn" if accepted is None else "fate_accepted" if accepted else "amendment_maintained"
        await self.desk.recorder.write(
            self.desk.entry(
                act.act,
                kind,
                c.AmendmentSettled(
                    amendment=own.id, clause=own.clause, status=status, reason=reason, accepted_by_mover=accepted
                ),
                actor=act.actor.person,
                reason=reason,
            )
        )

    async def _bracket(self, kind: Literal["bracket", "unbracket"], clause: str, amendment: str) -> None:
        texts.with_bracket(self.opened.clauses, clause, amendment, is_open=kind == "bracket")
        self.count()
        await workflow.wait_condition(lambda: not self.starting)
        await self.tell_steps(c.Notice(kind=kind, at=workflow.now(), clause=clause, amendment=amendment, reason=kind))
