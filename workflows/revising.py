"""A covenant in force, and the revisions of its text: each a covenant of its own, with its own talks and signing."""

from datetime import date

from temporalio import workflow
from temporalio.workflow import ParentClosePolicy

from models import contracts as c
from models import ids
from models.base import Words
from models.enduring import AlsoJoined, Applicant, Revised, RevisionOpened
from models.enums import CovenantStatus, PartyStatus
from models.errors import PolderError
from models.revising import Revision, RevisionEnded, RevisionQuestion
from rules import enduring, planning, revising
from rules.calendar import add_months, in_words, local_date
from workflows import calls
from workflows.around import OVER
from workflows.enduring import Enduring
from workflows.refusing import check_looked, to_application_error
from workflows.step import tell

COUNTED_FROM_ENTRY = "terms-are-counted-from-the-real-entry"
"""Patch: before it, what is due months after entry into force was due by the entry that was planned at the launch."""

FROM_ENTRY = "gerekend vanaf de inwerkingtreding / counted from the entry into force"


class Revising(Enduring):
    """Entry into force, and talks about another text: the signed covenant and its revision tell each other (ADR 0020).

    The covenant stays as it was signed, with its parties and its yearly duties; a revision that is in force says what
    its text is from then on.
    """

    # --- entry into force ---------------------------------------------------------------------------------------

    async def enter_into_force(self) -> None:
        """Enter into force when it is time; a revision takes the place of the text it revises."""
        moments = self.state.moments
        due = moments.in_force_due
        if due is None or moments.in_force_at is not None or workflow.now() < due:
            return
        if self.state.status is CovenantStatus.PAUSED:
            return
        moments.in_force_at = workflow.now()
        self.state.status = CovenantStatus.IN_FORCE
        today, revises = local_date(moments.in_force_at), self.opened.revises
        term_ends = None if revises else add_months(today, 12 * self.opened.term_years)
        await self.desk.recorder.write(
            self.desk.entry(
                f"{self.slug}/in-force",
                "entered_into_force",
                c.CovenantChanged(status=CovenantStatus.IN_FORCE, in_force_at=moments.in_force_at, term_ends=term_ends),
            )
        )
        self.show()
        plan = planning.entered(self.opened.plan, today, self.opened.term_years)
        if plan != self.opened.plan and workflow.patched(COUNTED_FROM_ENTRY):
            await self.replan(plan, f"{self.slug}/in-force/plan", "plan_moved", reason=FROM_ENTRY)
        if revises is not None:
            await self._tell_revised(revises, "in force")
        elif term_ends is not None:
            await self.notify("in-force", *in_force_words(today, term_ends))

    async def _tell_revised(self, revises: str, reason: str) -> None:
        text = self.state.moments.text_sha if self.state.moments.in_force_at is not None else None
        ended = RevisionEnded(covenant=self.slug, at=workflow.now(), text_sha=text, reason=reason)
        await tell(ids.covenant_workflow(revises), "revision_ended", ended)

    async def when_over(self, reason: str) -> None:
        """Tell the covenant that its revision ended without a text; a revision, that its covenant is over."""
        if self.opened.revises is not None and self.state.moments.in_force_at is None:
            await self._tell_revised(self.opened.revises, reason)
        if self.state.revisions.open is not None:
            end = c.EndTalks(
                act=f"{self.state.revisions.open}/covenant-over", actor=c.Actor(person="polder"), reason=reason
            )
            await tell(ids.covenant_workflow(self.state.revisions.open), "covenant_over", end)

    # --- opening a revision -------------------------------------------------------------------------------------

    @workflow.update
    async def open_revision(self, revision: Revision) -> c.Receipt:
        """Start the talks about another text, as a covenant that begins with the text in force."""
        if revision.act not in self.seen:
            launch = await self._prepared(revision)
            self.seen = [*self.seen[-400:], revision.act]
            await workflow.start_child_workflow(
                "CovenantWorkflow",
                c.CovenantState(launch=launch, redraft=True),
                id=ids.covenant_workflow(launch.slug),
                parent_close_policy=ParentClosePolicy.ABANDON,
                static_summary=launch.slug,
            )
            await self.desk.recorder.write(
                self.desk.entry(
                    revision.act, "revision_opened", RevisionOpened(covenant=launch.slug),
                    actor=revision.actor.person, reason=revision.reason,
                )
            )  # fmt: skip
            await self.notify(revision.act, *revising.opened_words(revision.reason))
            self.changed = True
        if revision.start is not None and revision.start > local_date(workflow.now()):
            nl, en = (in_words(revision.start, language) for language in ("nl", "en"))
            return self.receipt(
                revision.act,
                f"De herziening staat klaar, als {self.state.revisions.open}; het overleg begint op {nl}.",
                f"The revision is ready, as {self.state.revisions.open}; its talks begin on {en}.",
            )
        return self.receipt(
            revision.act,
            f"De herziening is begonnen, als {self.state.revisions.open}. Maak daar de eerste versie van de nieuwe "
            "tekst.",
            f"The revision has begun, as {self.state.revisions.open}. Make the first version of the new text there.",
        )

    @open_revision.validator
    def validate_open_revision(self, revision: Revision) -> None:
        """Only the facilitator, of a signed covenant, one at a time."""
        if revision.act in self.seen:
            return
        try:
            self.may_steer(revision.actor)
            moments, today = self.state.moments, local_date(workflow.now())
            revising.check_opens(self.state.revisions, moments.signed_at, revision.start, today)
            revising.check_first(self.opened.revises)
        except PolderError as error:
            raise to_application_error(error) from error

    async def _prepared(self, revision: Revision) -> c.Launch:
        """Have everything made of the record that the revision starts from; a number that somebody has is left out."""
        revisions = self.state.revisions
        revisions.last += 1
        revisions.open = revising.slug_of(self.slug, revisions.last)
        ready = await calls.prepare_revision(
            RevisionQuestion(
                covenant=self.slug, revision=revisions.open, no=revisions.last, added=revision.added,
                start=revision.start or local_date(workflow.now()), facilitator=revision.actor.person,
            )
        )  # fmt: skip
        if ready.launch is None:
            revisions.open = None
            if (ready.problem or {}).get("code") != "slug_taken":
                revisions.last -= 1
            check_looked(ready)
            raise ValueError(ready)
        return ready.launch

    # --- what covenant and revision tell each other --------------------------------------------------------------

    @workflow.signal
    async def revision_ended(self, ended: RevisionEnded) -> None:
        """Take the text that is in force from now on, or that there is none; tell everyone who takes part."""
        revisions = self.state.revisions
        if revisions.open != ended.covenant:
            return
        revisions.open = None
        if self.state.status in OVER:  # it ended with the covenant, which was told
            return
        if ended.text_sha is None:
            words = revising.not_revised_words(ended.reason)
            entry = self.desk.entry(
                f"{ended.covenant}/not-revised", "revision_failed", c.Said(words=words[1]), reason=ended.reason
            )
        else:
            revisions.text_sha = ended.text_sha
            words = revising.revised_words(local_date(ended.at))
            entry = self.desk.entry(
                f"{ended.covenant}/revised", "covenant_revised",
                Revised(covenant=ended.covenant, text_sha=ended.text_sha),
            )  # fmt: skip
        await self.desk.recorder.write(entry)
        await self.notify(f"{ended.covenant}-over", *words)
        self.changed = True

    @workflow.signal
    async def covenant_over(self, end: c.EndTalks) -> None:
        """End with the covenant that was to be revised."""
        if self.state.status not in OVER:
            await self.end(end.actor.person, end.reason, end.act)

    @workflow.signal
    async def also_left(self, withdrawal: c.Withdrawal) -> None:
        """Let a party go that left the covenant that is being revised."""
        party = next((one for one in self.opened.roster.parties if one.id == withdrawal.party), None)
        if self.state.status not in OVER and party is not None and party.status is not PartyStatus.WITHDRAWN:
            await self.leave(withdrawal)

    @workflow.signal
    async def also_joined(self, applicant: Applicant) -> None:
        """Take in who joined the covenant that is being revised: it is at this table too."""
        if self.state.status in OVER or self.opened.revises is None:
            return
        self.opened.roster = enduring.with_newcomer(self.opened.roster, applicant, local_date(workflow.now()))
        self.desk.roster = self.opened.roster
        await self.desk.recorder.write(
            self.desk.entry(
                f"{self.slug}/also-joined/{applicant.id}", "also_joined",
                AlsoJoined(covenant=self.opened.revises, party=applicant.id),
            )
        )  # fmt: skip
        await self.tell_joined(applicant)
        self.changed = True


def in_force_words(today: date, term_ends: date) -> tuple[Words, Words]:
    """Tell everyone who takes part that the covenant is in force: subject and text."""
    return (
        Words(nl="Het convenant is in werking getreden", en="The covenant has entered into force"),
        Words(
            nl=f"Het convenant is op {in_words(today, 'nl')} in werking getreden en loopt tot "
            f"{in_words(term_ends, 'nl')}.",
            en=f"The covenant entered into force on {in_words(today, 'en')} and runs until "
            f"{in_words(term_ends, 'en')}.",
        ),
    )
