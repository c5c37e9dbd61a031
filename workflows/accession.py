"""Joining a signed covenant: the applicant signs the text as it was signed, and is at the table from then on."""

from temporalio import workflow

from models import contracts as c
from models import errands, ids
from models import signing as sg
from models.base import Words
from models.enums import Closing, DocumentKind, PartyStatus, TaskKind, TaskStatus, Tier
from models.questions import AccessionBrief, AccessionEnded
from rules import enduring
from rules.calendar import add_working_days, due_moment, local_date
from workflows import calls
from workflows.conversation import Conversation
from workflows.human_tasks import Desk
from workflows.notices import notice
from workflows.step import tell

KINDS = {Tier.PARTY: TaskKind.SIGNATURE, Tier.PARTICIPANT: TaskKind.DECLARATION}
NOT_SIGNED = Words(nl="niet getekend binnen de termijn", en="not signed in time")


@workflow.defn
class AccessionWorkflow(Conversation):
    """Ends when the applicant signed, declined, or its time is over. The sealed text of the signing stays untouched."""

    @workflow.init
    def __init__(self, brief: AccessionBrief) -> None:
        self.brief = brief
        self.declined = ""
        desk = Desk(
            brief.slug, brief.title, brief.roster, brief.schedule, step=f"accession-{brief.no}", held=brief.held
        )
        self.converse(desk)

    @workflow.run
    async def run(self, brief: AccessionBrief) -> None:
        """Ask for the signature, wait, tell."""
        due = due_moment(add_working_days(local_date(workflow.now()), enduring.SIGNING_DAYS))
        applicant = brief.applicant
        title = Words(nl=f"Toetreden tot {brief.title.nl}"[:300], en=f"Join {brief.title.en}"[:300])
        task = self.desk.task(
            KINDS[applicant.tier], applicant.id, due, title, where=f"accession-{brief.no}", text_sha=brief.text_sha
        )
        await self.desk.open([task])
        await self.desk.collect(Closing.ANSWERED, lambda: bool(self.declined), until=due)
        joined = task.status is TaskStatus.ANSWERED
        if not joined:
            said = Words(nl=f"heeft afgezien: {self.declined}"[:300], en=f"declined: {self.declined}"[:300])
            status, why = (TaskStatus.VOID, said) if self.declined else (TaskStatus.EXPIRED, NOT_SIGNED)
            await self.desk.end(self.desk.open_tasks(), status, why, key="over")
        await self._settle(joined=joined)
        await workflow.wait_condition(workflow.all_handlers_finished)
        ended = AccessionEnded(no=brief.no, applicant=applicant, joined=joined)
        await tell(ids.covenant_workflow(brief.slug), "accession_ended", ended)

    @workflow.signal
    async def notice(self, notice: c.Notice) -> None:
        """Heed what the covenant announces."""
        await self.desk.heed(notice)

    def take(self, task: c.TaskState, answer: c.Answer) -> None:
        """A signature ends the task; who declines has said so."""
        if isinstance(answer.content, sg.DeclineAnswer):
            self.declined = answer.content.reason
        else:
            self.finish(task)

    def _becomes(self, *, joined: bool) -> list[c.Change]:
        """Who did not sign stays what it was: somebody who applied."""
        who = self.brief.applicant.id
        return [c.PartyChanged(party=who, status=PartyStatus.ACTIVE, reason="accession")] if joined else []

    async def _settle(self, *, joined: bool) -> None:
        """Put on record who joined, or that the applicant did not; and tell everyone who takes part."""
        brief, name = self.brief, self.brief.applicant.name
        words = (
            Words(nl=f"{name.nl} is toegetreden.", en=f"{name.en} has joined.")
            if joined
            else Words(
                nl=f"{name.nl} is niet toegetreden: {self.declined or NOT_SIGNED.nl}.",
                en=f"{name.en} has not joined: {self.declined or NOT_SIGNED.en}.",
            )
        )
        await self.desk.recorder.write(
            self.desk.entry(
                f"{brief.slug}/accession-{brief.no}/ended",
                "acceded" if joined else "accession_lapsed",
                *self._becomes(joined=joined),
                c.Said(words=words),
            )
        )
        if joined:
            made = await calls.make_document(
                errands.DocumentRequest(
                    covenant=brief.slug, kind=DocumentKind.EVIDENCE, at=workflow.now(), seal=True,
                    key=f"{brief.slug}/accession-{brief.no}/evidence",
                )
            )  # fmt: skip
            await self.desk.recorder.write(self.desk.entry(f"{made.id}/made", "document_made", made))
        everyone = [who for who in enduring.told(self.desk.roster) if joined or who != brief.applicant.id]
        await self.desk.post(
            [notice(f"{brief.slug}/accession-{brief.no}/ended/{who}", who, words, words) for who in everyone]
        )
