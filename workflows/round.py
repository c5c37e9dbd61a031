"""One negotiation round: the draft goes out, positions come in, every clause is decided by its rule."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from temporalio import workflow

from models import contracts as c
from models import errands, ids
from models.base import Words
from models.deciding import Ballot, DecisionRule, Verdict
from models.enums import (
    ClauseStatus,
    Closing,
    DocumentKind,
    Outcome,
    Stance,
    TaskKind,
    TaskStatus,
)
from rules import approving, balance, deadlock, objecting, settling, texts
from workflows import calls
from workflows.step import StepWorkflow, tally, tell


@workflow.defn
class DialogueRoundWorkflow(StepWorkflow):
    """One round: sends the draft, collects positions, tallies every clause by its rule, reports."""

    @workflow.init
    def __init__(self, brief: c.StepBrief) -> None:
        self.owed = {
            party.id: set(texts.owes_position(party.id, brief.clauses)) for party in balance.seated(brief.roster)
        }
        self.given: dict[str, set[str]] = {}
        self.sit(brief, round_no=brief.round)

    @workflow.run
    async def run(self, brief: c.StepBrief) -> None:
        """The round, from draft to outcome."""
        opened, due = workflow.now(), self.due()
        agenda = texts.agenda(self.clauses)
        await self._open(opened, due, agenda)
        await self.desk.collect(Closing.DEADLINE)
        if self.desk.stopped:
            await self.close_open()
        else:
            await self._close(opened, due, agenda)
        await workflow.wait_condition(workflow.all_handlers_finished)
        await tell(
            ids.step_workflow(brief.slug, brief.planned.no or 0),
            "round_ended",
            c.RoundReport(round=brief.round, at=workflow.now(), clauses=self.clauses, stopped=self.desk.stopped),
        )

    def agenda(self) -> list[c.ClauseRef]:
        """Only what is not settled is talked about."""
        return texts.agenda(self.clauses)

    def amendments(self) -> list[str]:
        """Conditions can name what is open, and what was accepted."""
        return [*self.brief.accepted, *(key for clause in self.clauses for key in clause.brackets)]

    async def heed(self, notice: c.Notice) -> None:
        """Make an editorial fix in the round's text: positions hold on. Another rule is for the rounds after this."""
        if notice.fix is not None:
            await self.desk.recorder.write(approving.fixed(self.desk.entry, self.brief.slug, self.clauses, notice.fix))
        elif notice.kind != "rule":
            await super().heed(notice)
            if notice.kind == "lifted" and workflow.patched(LIFTING_ANSWERS):
                await self._answered_by_lifting(notice)

    async def _answered_by_lifting(self, notice: c.Notice) -> None:
        """Who lifts its objection says where it stands on the clause: nothing more is asked about that."""
        party, clause = notice.party or "", notice.clause or ""
        if clause not in self.owed.get(party, set()):
            return
        for task in self.desk.open_tasks():
            if task.respondent == party and self._is_complete(task, {clause}):
                await self.desk.end([task], TaskStatus.ANSWERED, LIFTED, key="lifted")

    def _is_complete(self, task: c.TaskState, clauses: Collection[str]) -> bool:
        """Note that a party spoke about clauses; say whether it has now about all that it owed."""
        self.given[task.respondent] = self.given.get(task.respondent, set()) | set(clauses)
        task.done = len(self.owed[task.respondent] & self.given[task.respondent])
        return task.done >= task.total

    @property
    def where(self) -> str:
        """How task ids of this round begin."""
        return f"round-{self.brief.round}"

    async def _open(self, opened: datetime, due: datetime, agenda: list[c.ClauseRef]) -> None:
        brief = self.brief
        await self.desk.recorder.write(
            self.desk.entry(f"{brief.slug}/{self.where}/started", "round_opened", self._changed(opened, due, agenda))
        )
        draft = await calls.make_document(
            errands.DocumentRequest(
                covenant=brief.slug,
                kind=DocumentKind.DRAFT if brief.round == 1 else DocumentKind.REDLINE,
                at=workflow.now(),
                key=f"{brief.slug}/{self.where}/draft",
                round=brief.round,
            )
        )
        await self.desk.recorder.write(self.desk.entry(f"{draft.id}/made", "document_made", draft))
        step = brief.planned.step.title
        title = Words(nl=f"{step.nl}, ronde {brief.round}", en=f"{step.en}, round {brief.round}")
        tasks = [
            self.desk.task(TaskKind.POSITIONS, party.id, due, title, where=self.where, total=len(owed))
            for party in balance.seated(self.desk.roster)
            if (owed := self.owed[party.id])
        ]
        await self.desk.open(tasks, template="draft", document=draft.sha256)

    def _changed(
        self, opened: datetime, due: datetime, agenda: list[c.ClauseRef], sentence: Words | None = None
    ) -> c.RoundChanged:
        return c.RoundChanged(
            round=self.brief.round,
            step=self.key,
            due=due,
            opened=opened,
            closed=workflow.now() if sentence else None,
            agenda=[clause.id for clause in agenda],
            workflow=workflow.info().workflow_id,
            sentence=sentence,
        )

    def follows(self, task: c.TaskState, answer: c.Answer) -> list[c.Change]:
        """Objections are raised and lifted with positions."""
        if not isinstance(answer.content, c.PositionsAnswer):
            return []
        return objecting.said(self.clauses, task.respondent, answer.content.positions, self.brief.round)

    def take(self, task: c.TaskState, answer: c.Answer) -> None:
        """Keep the positions; the task ends when no clause it asked for is without one."""
        if not isinstance(answer.content, c.PositionsAnswer):
            return
        given = {position.clause: position for position in answer.content.positions}
        for clause in self.clauses:
            if clause.id in given:
                stance = given[clause.id].stance
                clause.holds[task.respondent] = stance
                texts.on_conditions(clause, task.respondent, given[clause.id].conditions)
                texts.with_objector([clause], clause.id, task.respondent, objects=stance is Stance.OBJECT)
        if self._is_complete(task, given):
            self.finish(task)

    def may_change(self, task: c.TaskState) -> bool:
        """A party may change its positions until the round closes."""
        return task.status is TaskStatus.ANSWERED

    async def _close(self, opened: datetime, due: datetime, agenda: list[c.ClauseRef]) -> None:
        changes: list[c.Change] = []
        seated = balance.seated(self.desk.roster)
        names = {party.id: party.name for party in self.desk.roster.parties}
        settled = settling.settle(self.clauses, agenda, self.brief.accepted, names, self._verdict)
        for clause in agenda:
            question = f"{self.where}/{clause.id}"
            verdict = settled.verdicts[clause.id]
            clause.status = status_of(verdict, clause)
            overruled = objecting.overruled(clause, verdict, question)
            for ended in overruled:
                texts.with_objector([clause], clause.id, ended.party, objects=False)
            deadlock.note(clause, [party.id for party in seated])
            changes += [
                c.Decided(
                    question=question,
                    step=self.key,
                    round=self.brief.round,
                    clause=clause.id,
                    verdict=settling.with_lacks(
                        objecting.with_overruled(verdict, overruled, names), settled.lacks[clause.id]
                    ),
                ),
                *overruled,
                c.ClauseChanged(
                    clause=clause.id, version=clause.version, sha256=clause.sha256, status=clause.status,
                    still=clause.still,
                ),
            ]  # fmt: skip
        stuck = deadlock.stuck(agenda, self.brief.planned.step.deadlock_after)
        waiting = settling.circles_in_words(settled.circles)
        asked = {clause.id for clause in agenda}
        between = [one.number for one in texts.agenda(self.clauses) if one.id not in asked]
        sentence = outcome(self.brief.round, agenda, [deadlock.in_words(stuck), waiting], between)
        changes.append(self._changed(opened, due, agenda, sentence))
        await self.desk.recorder.write(
            self.desk.entry(f"{self.brief.slug}/{self.where}/closed", "round_closed", *changes)
        )
        step, number = self.brief.planned.step.title, self.brief.round
        title = Words(nl=f"{step.nl}, ronde {number}", en=f"{step.en}, round {number}")
        await self.announce(sentence, title=title, where=self.where)

    def _verdict(self, clause: c.ClauseRef, stances: Mapping[str, Stance]) -> Verdict:
        del clause  # one rule for all of them
        ballots = {party: Ballot(seat=party, stance=stance) for party, stance in stances.items()}
        return tally(self.desk, self.brief.planned.step.rule or DecisionRule(), ballots, closed=True)


LIFTING_ANSWERS = "lifting-an-objection-answers-its-round"
"""Patch: before it, who lifted the objection in a round still had to send the same position."""

LIFTED = Words(nl="het bezwaar is opgeheven", en="the objection was lifted")


def status_of(verdict: Verdict, clause: c.ClauseRef) -> ClauseStatus:
    """A clause follows its verdict and its brackets: agreed, blocked by an objection, or still in brackets."""
    if verdict.outcome is Outcome.PASSED:
        return ClauseStatus.BRACKETED if clause.brackets else ClauseStatus.AGREED
    return ClauseStatus.BLOCKED if verdict.object else ClauseStatus.BRACKETED


def outcome(
    number: int, agenda: list[c.ClauseRef], more: Sequence[Words | None] = (), between: Sequence[str] = ()
) -> Words:
    """Say how a round ended, and what there is to say about what stays open.

    Args:
        number: of the round.
        agenda: the clauses it was about.
        more: about what stays open.
        between: numbers of other clauses that are open, such as for words proposed during the round.
    """
    parked = [clause.number for clause in agenda if clause.status is ClauseStatus.PARKED]
    settled = [
        clause for clause in agenda if clause.status in texts.SETTLED and clause.status is not ClauseStatus.PARKED
    ]
    still = [clause.number for clause in agenda if clause.status not in texts.SETTLED]
    nl = f"Ronde {number}: {len(settled)} van de {len(agenda)} artikelen akkoord (ad referendum)"
    en = f"Round {number}: {len(settled)} of the {len(agenda)} clauses agreed (ad referendum)"
    if parked:
        nl += f"; geparkeerd: {', '.join(parked)}"
        en += f"; parked: {', '.join(parked)}"
    if not still and between:
        numbers = ", ".join(between)
        return Words(
            nl=f"{nl}; de tekst is nog niet schoon: over artikel {numbers} staan woorden tussen haken.",
            en=f"{en}; the text is not clean yet: about clause {numbers} words stand between brackets.",
        )
    if not still:
        return Words(nl=nl + "; de tekst is schoon.", en=en + "; the text is clean.")
    said = [one for one in more if one is not None]
    return Words(
        nl=" ".join([f"{nl}; nog open: {', '.join(still)}. Die gaan mee naar de volgende ronde.",
                     *(one.nl for one in said)])[:4000],
        en=" ".join([f"{en}; still open: {', '.join(still)}. They go to the next round.",
                     *(one.en for one in said)])[:4000],
    )  # fmt: skip
