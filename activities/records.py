"""Activities that read and write the record."""

from datetime import datetime

from temporalio import activity

from activities import names
from activities.together import Together
from models import contracts as c
from models import errands, lookups
from models.convening import MeetingQuestion
from models.objecting import OwnFound, OwnQuestion
from models.packaging import PackageLook, WeighingQuestion
from models.papers import LaneFound, LaneQuestion
from models.revising import RevisionQuestion, RevisionReady
from store import (
    amendments,
    approving,
    comments,
    ground,
    meetings,
    objections,
    opening,
    papers,
    people,
    records,
    revisions,
    weighing,
)
from store.engine import Database


class Records:
    """Writes what workflows decided; idempotent by event id."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.together = Together(db)

    @activity.defn(name=names.OPEN_COVENANT)
    async def open_covenant(self, launch: c.Launch, at: datetime) -> c.Opened:
        """Turn the launch package into rows and a plan."""
        return await opening.open_covenant(self.db, launch, at)

    @activity.defn(name=names.RECORD)
    async def record(self, batch: c.Batch) -> c.Written:
        """Write a batch of entries in one transaction."""
        return await self.together.append(batch.entries)

    @activity.defn(name=names.ANSWERS_ON_RECORD)
    async def answers_on_record(self, tasks: errands.TaskIds) -> errands.OnRecord:
        """Return the answers on record to these tasks."""
        return errands.OnRecord(answers=await records.given(self.db, tasks.tasks))

    @activity.defn(name=names.LOOK_AT_DELEGATION)
    async def look_at_delegation(self, question: lookups.DelegationQuestion) -> lookups.DelegationFound:
        """Return what is open for a party."""
        return await people.delegation(self.db, question)

    @activity.defn(name=names.LOOK_AT_COMMENT)
    async def look_at_comment(self, question: lookups.CommentQuestion) -> lookups.CommentFound:
        """Return a comment that someone replies to."""
        return lookups.CommentFound(comment=await comments.on_record(self.db, question.covenant, question.comment))

    @activity.defn(name=names.LOOK_AT_PROPOSAL)
    async def look_at_proposal(self, question: lookups.ProposalQuestion) -> lookups.Looked:
        """Say what is wrong with words that a party proposes."""
        return await amendments.look_at_proposal(self.db, question)

    @activity.defn(name=names.LOOK_AT_DRAFT)
    async def look_at_draft(self, question: lookups.DraftQuestion) -> lookups.Looked:
        """Say what is wrong with what a next version does with amendments."""
        return await amendments.look_at_draft(self.db, question)

    @activity.defn(name=names.LOOK_AT_AMENDMENTS)
    async def look_at_amendments(self, question: lookups.AmendmentQuestion) -> lookups.AmendmentsFound:
        """Return amendments on record."""
        return await amendments.known(self.db, question)

    @activity.defn(name=names.EARLIER_APPROVALS)
    async def earlier_approvals(self, question: lookups.EarlierQuestion) -> lookups.EarlierApprovals:
        """Return who approved, earlier, exactly the texts that clauses are to have."""
        return await approving.earlier(self.db, question)

    @activity.defn(name=names.LOOK_AT_PAPER)
    async def look_at_paper(self, question: lookups.ContentQuestion) -> lookups.Looked:
        """Say what is wrong with the content that a paper names."""
        return await papers.look(self.db, question.sha256)

    @activity.defn(name=names.LOOK_AT_LANE)
    async def look_at_lane(self, question: LaneQuestion) -> LaneFound:
        """Return where a comment or paper stands."""
        return await papers.found(self.db, question)

    @activity.defn(name=names.LOOK_AT_MEETING)
    async def look_at_meeting(self, question: MeetingQuestion) -> lookups.Looked:
        """Say what is wrong with the contents that an act about a meeting names."""
        return await meetings.look(self.db, question)

    @activity.defn(name=names.LOOK_AT_OWN)
    async def look_at_own(self, question: OwnQuestion) -> OwnFound:
        """Return what a party has open."""
        return await objections.look_at_own(self.db, question)

    @activity.defn(name=names.LOOK_AT_FIX)
    async def look_at_fix(self, question: lookups.FixQuestion) -> lookups.Looked:
        """Say what is wrong with an editorial fix."""
        return await ground.look_at_fix(self.db, question)

    @activity.defn(name=names.LOOK_AT_WEIGHING)
    async def look_at_weighing(self, question: WeighingQuestion) -> lookups.Looked:
        """Say what is wrong with what a party weighs, and nothing of what it says."""
        return await weighing.look(self.db, question)

    @activity.defn(name=names.LOOK_AT_PACKAGE)
    async def look_at_package(self, question: PackageLook) -> lookups.Looked:
        """Say what is wrong with the amendments of a package."""
        return await amendments.look_at_package(self.db, question)

    @activity.defn(name=names.PREPARE_REVISION)
    async def prepare_revision(self, question: RevisionQuestion) -> RevisionReady:
        """Store what a revision of a signed covenant starts from."""
        return await revisions.prepare(self.db, question)
