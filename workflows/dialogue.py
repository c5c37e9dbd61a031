"""Kind `dialogue`: negotiation rounds on the clauses until the text is clean or the talks end on the record."""

from collections.abc import Collection, Mapping, Sequence

from temporalio import workflow
from temporalio.workflow import ParentClosePolicy

from models import contracts as c
from models import ids, lookups
from models.approving import ApprovalsChanged
from models.base import Words
from models.drafting import SplitOrder
from models.enums import (
    AmendmentStatus,
    Choice,
    ClauseStatus,
    Closing,
    Role,
    Stance,
    StepStatus,
    TaskKind,
)
from models.ground import PartyQuestion
from models.packaging import TextMoved
from rules import approving, balance, fates, objecting, settling, texts
from rules.calendar import add_working_days, due_moment, local_date
from rules.drafting import numbers_of, split_words
from workflows import calls, clock
from workflows.fixing import make_fix
from workflows.mediation import Mediating
from workflows.notices import notice
from workflows.proposing import BUILDING_TOLD
from workflows.refusing import check_looked
from workflows.round import DialogueRoundWorkflow, outcome
from workflows.step import STOPPED, tell

DRAFTING_DAYS = 20
"""Working days the facilitator has for the next version."""

RESTORED = "identical-text-restores-approvals"
"""Patch: before it, a text that went back to earlier words had to be approved anew."""


@workflow.defn
class DialogueStepWorkflow(Mediating):
    """Rounds, and between them the facilitator's next version.

    It continues as new when a round starts and when one has ended, so no run grows with the years.
    """

    @workflow.init
    def __init__(self, brief: c.StepBrief) -> None:
        self.reports: list[c.RoundReport] = list(brief.reports)
        self.drafting: c.DraftingAnswer | None = None
        self.starting = False
        self.unheard: list[c.Notice] = []
        self.lifts: list[c.Notice] = []
        self.drafts = 0
        self.accepted = list(brief.accepted)
        self.begin_mediating()
        self.fixes: list[PartyQuestion] = []
        self.between = False
        self.sit(brief, round_no=brief.round or None)

    @workflow.run
    async def run(self, brief: c.StepBrief) -> None:
        """Go from round to round."""
        if brief.redraft and not brief.in_round:
            await self._go_on(await self._next_version())
            return
        if not brief.in_round:
            await self._start_round()
        await workflow.wait_condition(lambda: bool(self.reports))
        report = self.reports.pop(0)
        self.between = True
        await clock.catch_up(report.at)
        brackets = {clause.id: clause.brackets for clause in self.clauses}  # the round may not have heard the last
        self.clauses = report.clauses
        for clause in self.clauses:
            clause.brackets = brackets.get(clause.id, [])
        for lift in self.lifts:
            if lift.at > report.at:
                texts.lifted(self.clauses, lift.clause or "", lift.party or "", lift.stance or Stance.ABSTAIN)
        for fix in self.fixes:
            await self._fix(fix)
        if self.desk.stopped or report.stopped:
            self.desk.stopped = True
            await self.report(StepStatus.SKIPPED, STOPPED)
            return
        if not texts.agenda(self.clauses):
            await self.report(StepStatus.DONE, outcome(brief.round, self.clauses))
            return
        await self._go_on(await self._next_version())

    async def _go_on(self, choice: c.DraftingAnswer | None) -> None:
        """Mediate if that was chosen, until there is a text to go on with; then the next round, or the end."""
        while choice is not None and choice.mediation is not None and not self.desk.stopped:
            proposal = await self.mediate(choice.mediation)
            if proposal is not None:
                await self._revise(proposal, "mediation")
                break
            choice = await self._next_version()
        if choice is None:
            await self.report(StepStatus.FAILED, NO_DRAFT)
        elif choice.choice is Choice.END:
            await self.report(
                StepStatus.FAILED,
                Words(
                    nl=f"De gesprekken zijn beëindigd: {choice.reason}",
                    en=f"The talks were ended: {choice.reason}",
                ),
                ended=True,
            )
        elif self.desk.stopped:
            await self.report(StepStatus.SKIPPED, STOPPED)
        elif not texts.agenda(self.clauses):
            await self.report(StepStatus.DONE, outcome(self.brief.round, self.clauses))
        else:
            await self._start_round()

    @workflow.signal
    def round_ended(self, report: c.RoundReport) -> None:
        """Take the report of a round."""
        self.reports.append(report)

    @workflow.signal
    async def notice(self, notice: c.Notice) -> None:
        """Heed it, and pass it on to the running round."""
        await self.heed(notice)
        if notice.kind == "lifted":
            self.lifts.append(notice)  # its round may have ended without hearing of it
            await self._unblock(notice)
        if self.starting:
            self.unheard.append(notice)  # the round that is starting was given everything as it was before
        elif self.brief.in_round:
            await tell(ids.round_workflow(self.brief.slug, self.brief.round), "notice", notice)

    async def _unblock(self, lift: c.Notice) -> None:
        """Between two rounds a clause to which nobody objects any more is blocked no longer; the facilitator hears."""
        clause = next((one for one in self.clauses if one.id == lift.clause), None)
        if not self.between or clause is None or clause.status is not ClauseStatus.BLOCKED or clause.objectors:
            return
        if not workflow.patched(UNBLOCKED):
            return
        clause.status = ClauseStatus.BRACKETED
        changed = c.ClauseChanged(
            clause=clause.id, version=clause.version, sha256=clause.sha256, status=clause.status, still=clause.still
        )
        key = f"{self.brief.slug}/unblocked/{clause.id}/{self.brief.round}/{lift.at.isoformat()}"
        await self.desk.recorder.write(self.desk.entry(key, "clause_unblocked", changed))
        told = objecting.unblocked_words(clause.number, self.desk.name(lift.party or ""), lift.reason)
        await self.desk.post([notice(key, Role.FACILITATOR, *told, role=Role.FACILITATOR)])

    async def heed(self, notice: c.Notice) -> None:
        """Take another rule for the rounds to come; make a fix now, or leave it to the round that runs."""
        if notice.rule is not None:
            self.brief.planned.step = self.brief.planned.step.model_copy(update={"rule": notice.rule.rule})
        elif notice.fix is None:
            await super().heed(notice)
        elif self.starting or (self.brief.in_round and not (self.between and workflow.patched(BETWEEN_ROUNDS))):
            self.fixes.append(notice.fix)
        else:
            await self._fix(notice.fix)

    async def _fix(self, question: PartyQuestion) -> None:
        await make_fix(self.desk, self.clauses, question)

    def take(self, task: c.TaskState, answer: c.Answer) -> None:
        """Keep the facilitator's next version, or what a mediation asked for."""
        if isinstance(answer.content, c.DraftingAnswer) and task.role is Role.FACILITATOR:
            self.drafting = answer.content
        else:
            self.keep(task, answer)
        self.finish(task)

    async def look(self, answer: c.Answer) -> None:
        """Refuse a next version that lacks words it calls accepted, and a mediator who sits there for a party."""
        content = answer.content
        if not isinstance(content, c.DraftingAnswer):
            return
        named = content.mediation is not None and content.mediation.contact is not None
        if content.fates or (named and workflow.patched(MEDIATOR_LOOKED_AT)):
            question = lookups.DraftQuestion(covenant=self.brief.slug, drafting=answer.content)
            check_looked(await calls.look_at_draft(question))

    async def _start_round(self) -> None:
        brief = self.brief.model_copy(
            update={
                "round": self.brief.round + 1,
                "accepted": self.accepted[-1000:],
                "in_round": True,
                "clauses": self.clauses,
                "roster": self.desk.roster,
                "held": self.desk.held,
                "seen": [],
                "reports": [],
            }
        )
        self.starting = True
        await workflow.start_child_workflow(
            DialogueRoundWorkflow.run,
            brief,
            id=ids.round_workflow(brief.slug, brief.round),
            parent_close_policy=ParentClosePolicy.ABANDON,
            static_summary=f"round {brief.round}",
        )
        while self.unheard or not workflow.all_handlers_finished():
            for missed in self._missed():
                await tell(ids.round_workflow(brief.slug, brief.round), "notice", missed)
            await workflow.wait_condition(workflow.all_handlers_finished)
        workflow.continue_as_new(
            brief.model_copy(
                update={"held": self.desk.held, "reports": self.reports, "roster": self.desk.roster, "seen": self.seen}
            )
        )

    def _missed(self) -> list[c.Notice]:
        missed, self.unheard = self.unheard, []
        return missed

    async def _next_version(self) -> c.DraftingAnswer | None:
        due = due_moment(add_working_days(local_date(workflow.now()), DRAFTING_DAYS))
        open_ones = ", ".join(clause.number for clause in texts.agenda(self.clauses))
        number, most = self.brief.round, self.brief.planned.step.max_rounds
        nl = f"Volgende versie na ronde {number} (open: {open_ones})"
        en = f"Next version after round {number} (open: {open_ones})"
        if number == 0:
            nl, en = "De wijzigingen waarover het overleg begint", "The changes that the talks begin with"
        elif number >= most:
            nl, en = f"Ronde {number} van hoogstens {most}: {nl}", f"Round {number} of at most {most}: {en}"
        self.drafts += 1
        again = f"-{self.drafts}" if self.drafts > 1 else ""
        where = f"redraft-{self.key}" if self.brief.redraft and not self.brief.in_round else f"drafting-{number}"
        self.drafting = None
        await self.ask_facilitator(TaskKind.DRAFTING, Words(nl=nl[:300], en=en[:300]), due, where=f"{where}{again}")
        await self.desk.collect(Closing.ANSWERED)
        if self.drafting is not None:
            await self._revise(self.drafting, f"{where}{again}")
        return self.drafting

    async def _revise(self, drafting: c.DraftingAnswer, where: str) -> None:
        new = {amendment.clause: amendment for amendment in drafting.amendments}
        earlier = await self._earlier({one.clause: one.sha256 for one in drafting.amendments})
        seated = {party.id for party in balance.seated(self.desk.roster)}
        parked = {*drafting.parked, *(clause for one in drafting.split for clause in one.clauses)}
        changes: list[c.Change] = []
        restored: list[ApprovalsChanged] = []
        movers = await self._movers([fate.amendment for fate in drafting.fates])
        for fate in drafting.fates:
            settled = movers[fate.amendment]
            texts.with_bracket(self.clauses, settled.clause, fate.amendment, is_open=False)
            if fate.status is AmendmentStatus.ACCEPTED:
                self.accepted.append(fate.amendment)
            changes.append(
                c.AmendmentSettled(
                    amendment=fate.amendment, clause=settled.clause, status=fate.status, reason=fate.reason
                )
            )
        for clause in self.clauses:
            reason = drafting.reason
            said: list[ApprovalsChanged] = []
            if clause.id in new:
                said = approving.revise(clause, new[clause.id].sha256, earlier.get(clause.id, {}), seated)
                restored += [one for one in said if one.what == "restored"]
                changes += objecting.content(clause)
                reason = new[clause.id].reason
            elif clause.id in parked:
                clause.status = ClauseStatus.PARKED
            elif clause.id in drafting.resumed:
                clause.status = ClauseStatus.BRACKETED
            else:
                continue
            changes.append(
                c.ClauseChanged(
                    clause=clause.id,
                    version=clause.version,
                    sha256=clause.sha256,
                    status=clause.status,
                    reason=reason,
                    still=clause.still,
                )
            )
            changes += said
        changes += self._broken()
        if changes:
            await self.desk.recorder.write(
                self.desk.entry(
                    f"{self.brief.slug}/{where}/revised",
                    "clauses_revised",
                    *changes,
                    reason=drafting.reason,
                )
            )
            await self._move_packages({*new, *parked}, list(movers))
        await self._tell_movers(drafting, movers)
        await self._tell_carried(set(new))
        await self._tell_let_go(drafting, set(new))
        await self._tell_restored(restored)
        await self._tell_parked(drafting)
        await self._tell_split(drafting)
        for split in drafting.split:
            order = SplitOrder(
                key=self.key, split=split, numbers=numbers_of(self.clauses, split.clauses), reason=drafting.reason
            )
            await tell(ids.covenant_workflow(self.brief.slug), "split_off", order)

    async def _move_packages(self, clauses: Collection[str], decided: Collection[str]) -> None:
        """Tell the covenant what moved: a package before the parties is about the text as it was."""
        if (clauses or decided) and workflow.patched(PACKAGES_MOVE):
            moved = TextMoved(clauses=sorted(clauses), amendments=sorted(decided))
            await tell(ids.covenant_workflow(self.brief.slug), "text_moved", moved)

    async def _earlier(self, texts_: dict[str, str]) -> Mapping[str, Mapping[str, Stance]]:
        """Ask who approved, earlier, exactly the texts that clauses are to have."""
        if not texts_ or not workflow.patched(RESTORED):
            return {}
        return (await calls.earlier_approvals(lookups.EarlierQuestion(covenant=self.brief.slug, texts=texts_))).approved

    async def _tell_restored(self, restored: Sequence[ApprovalsChanged]) -> None:
        """Tell a party that an approval of its own holds again: it counts without the party doing anything."""
        numbers = {clause.id: clause.number for clause in self.clauses}
        await self.desk.post(
            [
                notice(f"{self.brief.slug}/restored/{one.clause}/{self.brief.round}/{party}", party,
                       *approving.restored_words(numbers[one.clause]))
                for one in restored
                for party in one.parties
            ]
        )  # fmt: skip

    def _broken(self) -> list[c.Change]:
        """Open clauses again that were agreed on a condition which this version breaks: who gave it is asked anew."""
        changes: list[c.Change] = []
        asked = any(settling.asks_everything(one, party) for one in self.clauses for party in one.conditions)
        everything = asked and workflow.patched(EVERYTHING)
        while (found := settling.broken(self.clauses, everything=everything)) and workflow.patched(BROKEN):
            for clause, parties in found:  # one that opens again can break the condition of another
                clause.status = ClauseStatus.BRACKETED
                nl = ", ".join(self.desk.name(party).nl for party in parties)
                en = ", ".join(self.desk.name(party).en for party in parties)
                reason = f"De voorwaarde van {nl} geldt niet meer. / The condition of {en} no longer holds."
                changes.append(
                    c.ClauseChanged(
                        clause=clause.id, version=clause.version, sha256=clause.sha256, status=clause.status,
                        reason=reason[:2000], still=clause.still,
                    )
                )  # fmt: skip
        return changes

    async def _tell_parked(self, drafting: c.DraftingAnswer) -> None:
        """Tell every party which clauses leave the text, and why: nothing goes missing in silence."""
        if not drafting.parked or not workflow.patched(PARKING_TOLD):
            return
        numbers = numbers_of(self.clauses, drafting.parked)
        subject = Words(nl=f"Geparkeerd: artikel {numbers}", en=f"Parked: clause {numbers}")
        words = Words(
            nl=f"Artikel {numbers} gaat uit de tekst; wat erover voorgesteld of bezwaard is blijft in het dossier. "
            f"Waarom: {drafting.reason}",
            en=f"Clause {numbers} leaves the text; what was proposed or objected about it stays on record. Why: "
            f"{drafting.reason}",
        )
        await self.desk.post(
            [
                notice(f"{self.brief.slug}/parked/{self.brief.round}/{party.id}", party.id, subject, words)
                for party in balance.seated(self.desk.roster)
            ]
        )

    async def _tell_split(self, drafting: c.DraftingAnswer) -> None:
        """Tell every party which clauses go their own way, who carries them, and why."""
        if not drafting.split or not workflow.patched(SPLIT_TOLD):
            return
        await self.desk.post(
            [
                notice(
                    f"{self.brief.slug}/split/{self.brief.round}/{nr}/{party.id}", party.id,
                    *split_words(one, self.desk.roster, self.clauses, drafting.reason),
                )
                for nr, one in enumerate(drafting.split)
                for party in balance.seated(self.desk.roster)
            ]
        )  # fmt: skip

    async def _movers(self, keys: list[str]) -> dict[str, lookups.KnownAmendment]:
        if not keys:
            return {}
        found = await calls.look_at_amendments(lookups.AmendmentQuestion(covenant=self.brief.slug, amendments=keys))
        return {one.id: one for one in found.amendments}

    async def _tell_movers(self, drafting: c.DraftingAnswer, movers: Mapping[str, lookups.KnownAmendment]) -> None:
        """Tell each party what became of its amendments: none is dropped in silence."""
        numbers = {clause.id: clause.number for clause in self.clauses}
        await self.desk.post(
            [
                notice(
                    f"{fate.amendment}/{fate.status}/{self.brief.round}",
                    movers[fate.amendment].party,
                    fates.told(fate, numbers[movers[fate.amendment].clause]),
                    fates.why(fate),
                    amendment=fate.amendment,
                )
                for fate in drafting.fates
            ]
        )

    async def _tell_carried(self, changed: Collection[str]) -> None:
        """Tell the movers of proposals that stay open that the words around them are others now."""
        keys = [key for clause in self.clauses if clause.id in changed for key in clause.brackets]
        if not keys or not workflow.patched(CARRYING_TOLD):
            return
        numbers = {clause.id: clause.number for clause in self.clauses}
        await self.desk.post(
            [
                notice(
                    f"{one.id}/carried/{self.brief.round}", one.party, *fates.carried(numbers[one.clause]),
                    amendment=one.id,
                )
                for one in (await self._movers(keys)).values()
            ]
        )  # fmt: skip

    async def _tell_let_go(self, drafting: c.DraftingAnswer, changed: Collection[str]) -> None:
        """Tell whoever would change a proposal that was not taken up; of a changed clause they hear already."""
        refused = [fate.amendment for fate in drafting.fates if fate.status is AmendmentStatus.REFUSED]
        if not refused or not workflow.patched(BUILDING_TOLD):
            return
        question = lookups.AmendmentQuestion(covenant=self.brief.slug, changing=refused)
        numbers = {clause.id: clause.number for clause in self.clauses}
        await self.desk.post(
            [
                notice(
                    f"{one.id}/let-go/{self.brief.round}", one.party, *fates.let_go(numbers[one.clause]),
                    amendment=one.id,
                )
                for one in (await calls.look_at_amendments(question)).amendments
                if one.clause not in changed
            ]
        )  # fmt: skip


PACKAGES_MOVE = "a-package-falls-when-its-text-moves"
"""Patch: before it, a package stayed before the parties although its clauses were changed or parked meanwhile."""

MEDIATOR_LOOKED_AT = "a-mediator-has-an-address-of-their-own"
"""Patch: before it, a mediator could be given the address of somebody of a party."""

BETWEEN_ROUNDS = "a-fix-between-rounds-is-made"
"""Patch: before it, a fix that was carried while the next version was being made never came into the text."""

CARRYING_TOLD = "carried-proposals-are-told"
"""Patch: before it, the mover of a proposal that stayed open was not told that the text around it changed."""

BROKEN = "a-broken-condition-opens-its-clause"
"""Patch: before it, a clause stayed agreed when a later version broke the condition it was agreed on."""

UNBLOCKED = "lifting-the-last-objection-unblocks"
"""Patch: before it, a clause stayed blocked until the next round though nobody objected any more."""

EVERYTHING = "if-everything-is-agreed-can-break"
"""Patch: before it, who agreed if everything was agreed was not asked anew when a clause was opened again."""

SPLIT_TOLD = "splitting-off-is-told"
"""Patch: before it, only who delivers what was split off heard of it."""

PARKING_TOLD = "parking-is-told"
"""Patch: before it, a clause was parked without a mail to the parties."""

NO_DRAFT = Words(nl="Er kwam geen volgende versie.", en="No next version came.")
