"""A question put to the parties beside the plan: a change of the ground rules, an editorial fix."""

from temporalio import workflow

from models import contracts as c
from models import errands, ids
from models.base import Words
from models.deciding import Ballot
from models.enums import Closing, Outcome, Role, RuleKind, TaskKind, TaskStatus
from models.ground import QuestionEnded
from models.questions import QuestionBrief
from rules import balance
from rules.calendar import add_working_days, due_moment, local_date
from rules.deciding import ended_early
from workflows.conversation import Conversation
from workflows.human_tasks import Desk
from workflows.silence import Silence
from workflows.step import tally, tell

OVER = Words(nl="De vraag is ingetrokken of niet meer nodig.", en="The question was taken back or is no longer needed.")


@workflow.defn
class QuestionWorkflow(Conversation):
    """Asks every party at the table, decides by the rule that held when it was put, and tells the covenant."""

    @workflow.init
    def __init__(self, brief: QuestionBrief) -> None:
        self.brief, self.question = brief, brief.question
        self.ballots: dict[str, Ballot] = {}
        self.why = ""
        desk = Desk(brief.slug, brief.title, brief.roster, brief.schedule, step=self.question.key, held=brief.held)
        if self.by_silence:
            desk.silence = Silence(desk, self.question.by.days)
        self.converse(desk)

    @property
    def by_silence(self) -> bool:
        """Whether who says nothing agrees."""
        return self.question.by.kind is RuleKind.SILENCE

    @workflow.run
    async def run(self, brief: QuestionBrief) -> None:
        """Ask, wait, decide, report."""
        question = brief.question
        due = due_moment(add_working_days(local_date(workflow.now()), question.by.days))
        await self.desk.open(
            [
                self.desk.task(TaskKind.APPROVAL, party.id, due, question.title, where=question.key)
                for party in balance.seated(self.desk.roster)
            ],
            template="question",
            extra={"no": str(question.no)},
        )
        await self.desk.collect(Closing.DEADLINE, self.enough)
        ended = self._ended()
        over = Words(nl="niet meer nodig: de vraag is beslist", en="no longer needed: the question is decided")
        await self.desk.end(self.desk.open_tasks(), TaskStatus.VOID, over, key="over")
        kind = "question_carried" if ended.passed else "question_not_carried"
        await self.desk.recorder.write(self.desk.entry(f"{brief.slug}/{question.key}/ended", kind, ended))
        await self._announce(ended)
        await workflow.wait_condition(workflow.all_handlers_finished)
        await tell(ids.covenant_workflow(brief.slug), "question_ended", ended)

    @workflow.signal
    async def notice(self, notice: c.Notice) -> None:
        """Heed what the covenant announces."""
        if notice.kind == "stop":
            self.why = notice.reason
        await self.desk.heed(notice)

    def enough(self) -> bool:
        """Whether waiting longer changes nothing: it passed, or silence was broken."""
        outcome = tally(self.desk, self.question.by.rule, self.ballots, closed=False).outcome
        return outcome is Outcome.PASSED or (self.by_silence and outcome is Outcome.FAILED)

    def take(self, task: c.TaskState, answer: c.Answer) -> None:
        """Count the position."""
        if isinstance(answer.content, c.ApprovalAnswer):
            self.ballots[task.respondent] = Ballot(seat=task.respondent, stance=answer.content.stance)
        self.finish(task)

    def may_change(self, task: c.TaskState) -> bool:
        """A party may change its answer until the question is decided."""
        return task.status is TaskStatus.ANSWERED

    def _ended(self) -> QuestionEnded:
        if self.desk.stopped:
            nl, _, en = self.why.partition(" / ")  # what Polder itself says comes in both languages
            sentence = Words(nl=f"{OVER.nl} Reden: {nl}", en=f"{OVER.en} Reason: {en or nl}")
            return QuestionEnded(no=self.question.no, passed=False, sentence=sentence if self.why else OVER)
        over = not self.desk.open_tasks()  # decided before the term, who said nothing was not silent yet
        verdict = tally(self.desk, self.question.by.rule, self.ballots, closed=over)
        passed = verdict.outcome is Outcome.PASSED
        verdict = verdict.model_copy(update={"sentence": ended_early(verdict)})
        return QuestionEnded(no=self.question.no, passed=passed, sentence=verdict.sentence, verdict=verdict)

    async def _announce(self, ended: QuestionEnded) -> None:
        """Mail what came of it to the parties and to the facilitator, who goes on with it."""
        slug, key, title = self.brief.slug, self.question.key, self.question.title
        told = [(party.id, None, {"task": ids.task(slug, key, party.id)}) for party in balance.seated(self.desk.roster)]
        await self.desk.post(
            [
                errands.MailItem(
                    key=f"{slug}/{key}/outcome/{who}",
                    template="outcome",
                    respondent=who,
                    role=role,
                    values={
                        "what_nl": title.nl,
                        "what_en": title.en,
                        "sentence_nl": ended.sentence.nl,
                        "sentence_en": ended.sentence.en,
                        **more,
                    },
                )
                for who, role, more in [*told, (Role.FACILITATOR.value, Role.FACILITATOR, dict[str, str]())]
            ]
        )
