"""What people around the table do beside the plan: change a delegation, and talk about clauses."""

from temporalio import workflow

from models import contracts as c
from models import lookups
from models.base import Words
from models.enums import CovenantStatus
from models.errors import PolderError, Refusal
from rules import answering, lanes, mandates
from rules.calendar import local_date
from workflows import calls
from workflows.conversation import Conversation
from workflows.notices import notice
from workflows.refusing import to_application_error

OVER = {CovenantStatus.ENDED, CovenantStatus.COMPLETED}
NOT_OPEN = Refusal(
    "not_open_yet",
    "Het convenant wordt nog geopend. Verwacht: probeer het over een ogenblik weer.",
    "The covenant is still being opened. Expected: try again in a moment.",
)
MOST_COMMENTS = 200
"""In one run of the covenant's workflow, which continues as new after them: replay takes long when a run is long."""


class AroundTheTable(Conversation):
    """Updates of a covenant that change nothing in its plan.

    Attributes:
        starting: a step is being started, with the people as they were when it was asked for.
        comments: and amendments, taken in this run.
        adding: by act, who is being added to a delegation: not on record yet, so their address is not found there.
    """

    state: c.CovenantState
    changed: bool
    starting: bool
    comments: int
    adding: dict[str, c.MandateChange]

    # --- what they stand on -------------------------------------------------------------------------------------

    @property
    def opened(self) -> c.Opened:
        """What the launch package became."""
        if self.state.opened is None:
            raise to_application_error(NOT_OPEN)
        return self.state.opened

    async def tell_steps(self, notice: c.Notice) -> None:
        """Tell every step under way."""
        raise NotImplementedError

    def is_open(self) -> None:
        """Refuse acts before the covenant is open and after it is over."""
        if self.state.opened is None:
            raise NOT_OPEN
        if self.state.status in OVER:
            raise Refusal(
                "covenant_over",
                f"Het convenant is afgelopen ({self.state.status}); er kan niets meer gewijzigd worden.",
                f"The covenant is over ({self.state.status}); nothing can be changed any more.",
            )

    def held_because(self) -> str | None:
        """Return why nothing can be done now; none when the covenant is not paused."""
        paused = self.state.status is CovenantStatus.PAUSED
        return "pauze van de facilitator / pause by the facilitator" if paused else None

    # --- delegations --------------------------------------------------------------------------------------------

    @workflow.update
    async def change_mandates(self, change: c.MandateChange) -> c.Receipt:
        """Add a person to a delegation, change what a person may do, or end it; steps under way learn of it."""
        if change.act not in self.seen:
            if change.change == "add":
                self.adding[change.act] = change
            try:
                await self._change(change)
            finally:
                self.adding.pop(change.act, None)
        return self.receipt(change.act, "De delegatie is gewijzigd.", "The delegation was changed.")

    @change_mandates.validator
    def validate_change_mandates(self, change: c.MandateChange) -> None:
        """Refuse by the rules of delegations."""
        if change.act not in self.seen:
            self._changed(change)

    async def _change(self, change: c.MandateChange) -> None:
        await self._look_at_delegation(change)
        person = self._changed(change)
        self.seen = [*self.seen[-400:], change.act]
        self.opened.roster.people = mandates.with_person(self.opened.roster.people, person)
        self.desk.roster = self.opened.roster
        contact = change.contact if change.change == "add" else None
        await self.desk.recorder.write(
            self.desk.entry(
                change.act,
                {"add": "person_added", "change": "mandates_changed", "end": "mandates_ended"}[change.change],
                c.PersonChanged(person=person, contact=contact),
                actor=change.actor.person,
                reason=change.reason,
            )
        )
        await workflow.wait_condition(lambda: not self.starting)
        await self.tell_steps(c.Notice(kind="roster", at=workflow.now(), person=person, reason=change.reason))
        await self._tell_party(change, person)

    def _changed(self, change: c.MandateChange) -> c.Person:
        try:
            self.is_open()
            themes = self.opened.themes
            return mandates.changed(self.opened.roster, change, local_date(workflow.now()), themes)
        except PolderError as error:
            raise to_application_error(error) from error

    async def _look_at_delegation(self, change: c.MandateChange) -> None:
        """Refuse what only the record can tell: an address that is not stored or taken, open tasks and nobody left."""
        roster, today = self.opened.roster, local_date(workflow.now())
        kinds = mandates.lost(roster, self._changed(change), today)
        if not mandates.needs_somebody_left(roster, change.actor):
            kinds = set()
        if change.change != "add" and not kinds:
            return
        found = await calls.look_at_delegation(
            lookups.DelegationQuestion(
                covenant=self.desk.slug, party=change.party, contact=change.contact,
                beside={
                    one.person: one.contact for act, one in self.adding.items() if act != change.act and one.contact
                },
            )
        )  # fmt: skip
        try:
            if not found.contact:
                raise Refusal(
                    "contact_not_found",
                    f"Er is geen adres bewaard onder SHA-256 {change.contact}. Bewaar het eerst.",
                    f"No address is stored under SHA-256 {change.contact}. Store it first.",
                    {"sha256": change.contact or ""},
                )
            if change.change == "add":
                mandates.check_address(roster, change, found.holder)
            party = next(one for one in roster.parties if one.id == change.party)
            mandates.check_left(party, kinds, [(task.id, task.kind) for task in found.open_tasks])
        except PolderError as error:
            raise to_application_error(error) from error

    async def _tell_party(self, change: c.MandateChange, person: c.Person) -> None:
        by = answering.person(self.opened.roster, change.actor.person).name
        may = mandates.in_words(person)
        await self.desk.post(
            [
                notice(
                    f"{self.desk.slug}/{change.act}/{change.party}",
                    change.party,
                    Words(nl=f"Uw delegatie is gewijzigd: {person.name}"[:300],
                          en=f"Your delegation has changed: {person.name}"[:300]),
                    Words(
                        nl=f"{person.name} {may.nl}. Gewijzigd door {by}. Reden: {change.reason}",
                        en=f"{person.name} {may.en}. Changed by {by}. Reason: {change.reason}",
                    ),
                )
            ]
        )  # fmt: skip

    # --- comments -----------------------------------------------------------------------------------------------

    @workflow.update
    async def comment(self, comment: c.Comment) -> c.Receipt:
        """Put a comment on record, in its lane."""
        if comment.act not in self.seen:
            parent = await self._parent(comment)
            place = self._placed(comment, parent)
            self.seen = [*self.seen[-400:], comment.act]
            await self.desk.recorder.write(
                self.desk.entry(
                    comment.act,
                    "commented",
                    c.Commented(
                        clause=comment.clause, lane=place.lane, party=place.party, constituency=place.constituency,
                        reply_to=comment.reply_to, text_sha=comment.text_sha,
                    ),
                    actor=comment.actor.person,
                )
            )  # fmt: skip
            self.count()
        return self.receipt(comment.act, "Uw opmerking is geplaatst.", "Your comment was placed.")

    @comment.validator
    def validate_comment(self, comment: c.Comment) -> None:
        """Refuse by the rules of lanes; whether there is a comment to reply to is looked up after."""
        if comment.act not in self.seen:
            self._placed(comment, None)

    def _placed(self, comment: c.Comment, parent: c.Commented | None) -> lanes.Place:
        try:
            self.is_open()
            clauses = [clause.id for clause in self.opened.clauses]
            return lanes.placed(self.opened.roster, comment, local_date(workflow.now()), clauses, parent)
        except PolderError as error:
            raise to_application_error(error) from error

    async def _parent(self, comment: c.Comment) -> c.Commented | None:
        if comment.reply_to is None:
            return None
        found = await calls.look_at_comment(lookups.CommentQuestion(covenant=self.desk.slug, comment=comment.reply_to))
        if found.comment is None:
            raise to_application_error(lanes.unknown_comment(comment))
        return found.comment

    def count(self) -> None:
        """Count something said; the story goes on when it is time to continue as new."""
        self.comments += 1
        if self.is_full():
            self.changed = True

    def is_full(self) -> bool:
        """Whether this run has taken so much that it is time to continue as new."""
        return self.comments >= MOST_COMMENTS
