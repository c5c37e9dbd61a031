"""How workflows call activities: every timeout and retry policy in one place."""

from collections.abc import Sequence
from datetime import timedelta
from typing import TypeVar

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, FailureError

from activities import names
from models import contracts as c
from models import errands, lookups
from models.base import Contract
from models.convening import MeetingQuestion
from models.digesting import DigestMoment, DigestReport
from models.hooks import JobOrder, Pace, Swept
from models.objecting import OwnFound, OwnQuestion
from models.packaging import PackageLook, WeighingQuestion
from models.papers import LaneFound, LaneQuestion
from models.revising import RevisionQuestion, RevisionReady
from models.stamping import StampMoment, StampReport

Found = TypeVar("Found", bound=Contract)

FOREVER = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=1))
"""For what must happen in the end: the record, documents, the seal."""

SHORT = RetryPolicy(maximum_attempts=2, initial_interval=timedelta(milliseconds=100))
"""For the quick way of a write; the normal activity takes over."""

MAIL_PATIENCE = timedelta(hours=24)
"""How long a full mailbox is tried before the story goes on without that mail."""


JOB_HEARTBEAT = timedelta(seconds=10)
"""How long long work may be silent before another worker takes it over."""

JOB_ATTEMPTS = 8


async def record(entries: Sequence[c.Entry]) -> c.Written:
    """Write entries: quickly in this worker, or, with the database away, for as long as it takes."""
    batch = c.Batch(entries=list(entries))
    written: c.Written
    try:
        written = await workflow.execute_local_activity(
            names.RECORD,
            batch,
            result_type=c.Written,
            start_to_close_timeout=timedelta(seconds=3),
            schedule_to_close_timeout=timedelta(seconds=4),
            retry_policy=SHORT,
        )
    except FailureError:  # a local activity fails with what it raised, not always as an ActivityError
        written = await workflow.execute_activity(
            names.RECORD,
            batch,
            result_type=c.Written,
            start_to_close_timeout=timedelta(seconds=30),
            retry_policy=FOREVER,
            summary="record",
        )
    return written


async def open_covenant(launch: c.Launch) -> c.Opened:
    """Turn the launch package into a covenant."""
    opened: c.Opened = await workflow.execute_activity(
        names.OPEN_COVENANT,
        args=[launch, workflow.now()],
        result_type=c.Opened,
        start_to_close_timeout=timedelta(minutes=1),
        retry_policy=FOREVER,
        summary="open covenant",
    )
    return opened


async def answers_on_record(task_ids: Sequence[str]) -> list[c.Answer]:
    """Ask the record for answers this workflow was never told of (its worker died between the two)."""
    found: errands.OnRecord = await workflow.execute_activity(
        names.ANSWERS_ON_RECORD,
        errands.TaskIds(tasks=list(task_ids)),
        result_type=errands.OnRecord,
        start_to_close_timeout=timedelta(seconds=30),
        retry_policy=FOREVER,
        summary="answers on record",
    )
    return found.answers


async def look_at_delegation(question: lookups.DelegationQuestion) -> lookups.DelegationFound:
    """Ask the record what is open for a party, and whether an address is stored."""
    summary = f"delegation of {question.party}"
    return await _looked(names.LOOK_AT_DELEGATION, question, lookups.DelegationFound, summary)


async def look_at_comment(question: lookups.CommentQuestion) -> lookups.CommentFound:
    """Ask the record for a comment that someone replies to."""
    return await _looked(names.LOOK_AT_COMMENT, question, lookups.CommentFound, "comment")


async def look_at_proposal(question: lookups.ProposalQuestion) -> lookups.Looked:
    """Ask the record whether proposed words fit the text."""
    return await _looked(names.LOOK_AT_PROPOSAL, question, lookups.Looked, f"words for {question.proposal.clause}")


async def look_at_draft(question: lookups.DraftQuestion) -> lookups.Looked:
    """Ask the record whether the next version has the words of the amendments it accepts."""
    return await _looked(names.LOOK_AT_DRAFT, question, lookups.Looked, "next version")


async def look_at_amendments(question: lookups.AmendmentQuestion) -> lookups.AmendmentsFound:
    """Ask the record for amendments."""
    return await _looked(names.LOOK_AT_AMENDMENTS, question, lookups.AmendmentsFound, "amendments")


async def earlier_approvals(question: lookups.EarlierQuestion) -> lookups.EarlierApprovals:
    """Ask the record who approved, earlier, exactly the texts that clauses are to have."""
    return await _looked(names.EARLIER_APPROVALS, question, lookups.EarlierApprovals, "earlier approvals")


async def look_at_own(question: OwnQuestion) -> OwnFound:
    """Ask the record what a party has open: its objection to a clause, a red line."""
    return await _looked(names.LOOK_AT_OWN, question, OwnFound, f"open for {question.party}")


async def look_at_fix(question: lookups.FixQuestion) -> lookups.Looked:
    """Ask the record whether an editorial fix fits the text."""
    return await _looked(names.LOOK_AT_FIX, question, lookups.Looked, f"fix of {question.fix.clause}")


async def look_at_meeting(question: MeetingQuestion) -> lookups.Looked:
    """Ask the record whether what an act about a meeting names is stored."""
    return await _looked(names.LOOK_AT_MEETING, question, lookups.Looked, "words of a meeting")


async def look_at_paper(text_sha: str) -> lookups.Looked:
    """Ask the record whether a paper is stored."""
    question = lookups.ContentQuestion(sha256=text_sha)
    return await _looked(names.LOOK_AT_PAPER, question, lookups.Looked, "paper")


async def look_at_lane(question: LaneQuestion) -> LaneFound:
    """Ask the record where a comment or paper stands, and whose it is."""
    return await _looked(names.LOOK_AT_LANE, question, LaneFound, question.item)


async def look_at_weighing(question: WeighingQuestion) -> lookups.Looked:
    """Ask the record whether what a party weighs fits the text; what it says does not come back."""
    return await _looked(names.LOOK_AT_WEIGHING, question, lookups.Looked, "weights")


async def look_at_package(question: PackageLook) -> lookups.Looked:
    """Ask the record whether the amendments of a package are open and fit the text."""
    return await _looked(names.LOOK_AT_PACKAGE, question, lookups.Looked, "package")


async def prepare_revision(question: RevisionQuestion) -> RevisionReady:
    """Have what a revision starts from made of the record and stored."""
    return await _looked(names.PREPARE_REVISION, question, RevisionReady, question.revision)


async def _looked(name: str, question: Contract, result: type[Found], summary: str) -> Found:
    found: Found = await workflow.execute_activity(
        name,
        question,
        result_type=result,
        start_to_close_timeout=timedelta(seconds=30),
        retry_policy=FOREVER,
        summary=summary,
    )
    return found


async def send_mail(batch: errands.MailBatch) -> errands.MailReport:
    """Send mails; what cannot be delivered in a day is reported, not waited for."""
    try:
        report: errands.MailReport = await workflow.execute_activity(
            names.SEND_MAIL,
            batch,
            result_type=errands.MailReport,
            start_to_close_timeout=timedelta(minutes=5),
            schedule_to_close_timeout=MAIL_PATIENCE,
            retry_policy=FOREVER,
            summary=f"mail: {batch.items[0].template} to {len(batch.items)}",
        )
    except ActivityError:
        workflow.logger.warning("mail could not be sent in time: %s", batch.items[0].key)
        return errands.MailReport(sent=0)
    return report


async def send_digests(moment: DigestMoment) -> DigestReport:
    """Send digests to some accounts; a mail server that stays away all morning ends it for the day."""
    report: DigestReport = await workflow.execute_activity(
        names.SEND_DIGESTS,
        moment,
        result_type=DigestReport,
        start_to_close_timeout=timedelta(minutes=10),
        schedule_to_close_timeout=timedelta(hours=6),
        retry_policy=FOREVER,
        summary="digests",
    )
    return report


async def stamp_heads(moment: StampMoment) -> StampReport:
    """Timestamp heads of chains; an authority that stays away all day ends it until the next night."""
    report: StampReport = await workflow.execute_activity(
        names.STAMP_HEADS,
        moment,
        result_type=StampReport,
        start_to_close_timeout=timedelta(minutes=20),
        schedule_to_close_timeout=timedelta(hours=18),
        retry_policy=FOREVER,
        summary="timestamps",
    )
    return report


async def make_document(request: errands.DocumentRequest) -> c.DocumentMade:
    """Render a document (and seal it when asked) and store it."""
    made: c.DocumentMade = await workflow.execute_activity(
        names.MAKE_DOCUMENT,
        request,
        result_type=c.DocumentMade,
        start_to_close_timeout=timedelta(minutes=5),
        retry_policy=FOREVER,
        summary=f"document: {request.kind}",
    )
    return made


async def tell_webhooks(pace: Pace) -> Swept:
    """Queue what happened for each webhook, and send what is due; what is refused is due again later."""
    swept: Swept = await workflow.execute_activity(
        names.TELL_WEBHOOKS,
        pace,
        result_type=Swept,
        start_to_close_timeout=timedelta(minutes=3),
        retry_policy=FOREVER,
        summary="webhooks",
    )
    return swept


async def work_on_job(order: JobOrder) -> None:
    """Do long work; a worker that died is missed within seconds, and another goes on.

    Raises:
        ActivityError: it failed each time.
    """
    await workflow.execute_activity(
        names.WORK_ON_JOB,
        order,
        start_to_close_timeout=timedelta(hours=2),
        heartbeat_timeout=JOB_HEARTBEAT,
        retry_policy=RetryPolicy(initial_interval=timedelta(seconds=1), maximum_attempts=JOB_ATTEMPTS),
        summary=f"{order.kind} of {order.covenant}",
    )


async def give_up_job(order: JobOrder) -> None:
    """Say on its page that long work failed."""
    await workflow.execute_activity(
        names.GIVE_UP_JOB,
        order,
        start_to_close_timeout=timedelta(seconds=30),
        retry_policy=FOREVER,
        summary="gave up",
    )


async def issue_code(issue: errands.CodeIssue) -> None:
    """Make a one-time code and mail it."""
    await workflow.execute_activity(
        names.ISSUE_CODE,
        issue,
        start_to_close_timeout=timedelta(minutes=1),
        schedule_to_close_timeout=MAIL_PATIENCE,
        retry_policy=FOREVER,
        summary="one-time code",
    )


async def check_code(check: errands.CodeCheck) -> bool:
    """Compare a one-time code with the one that was mailed."""
    right: bool = await workflow.execute_local_activity(
        names.CHECK_CODE,
        check,
        result_type=bool,
        start_to_close_timeout=timedelta(seconds=5),
        retry_policy=FOREVER,
    )
    return right


async def check_passkey(check: errands.PasskeyCheck) -> bool:
    """Check a signature made with a passkey against the key that its person registered."""
    right: bool = await workflow.execute_activity(
        names.CHECK_PASSKEY,
        check,
        result_type=bool,
        start_to_close_timeout=timedelta(seconds=10),
        retry_policy=FOREVER,
        summary="passkey",
    )
    return right
