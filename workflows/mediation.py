"""Mediation within the talks: the parties accept a mediator, who proposes the next version of some clauses."""

from temporalio import workflow

from models import contracts as c
from models import ids
from models.base import Words
from models.deciding import Ballot, DecisionRule, Verdict
from models.drafting import Mediation
from models.enums import Closing, Outcome, Role, RuleKind, TaskKind, Unit
from rules import balance, drafting
from rules.calendar import add_working_days, due_moment, in_words, local_date
from rules.mandates import with_person
from workflows.notices import notice
from workflows.step import StepWorkflow, tally, tell

NAMING_DAYS = 10
"""Working days in which a party can object to a mediator."""

NAMING = DecisionRule(kind=RuleKind.CONSENT, unit=Unit.PARTY)
"""A mediator works only for who did not object to them: one party's reasoned objection is enough to look further."""

ONE_MEDIATOR = "one-mediator-at-a-time"
"""Patch: before it, who once mediated kept the office, also when the parties refused them later."""


class Mediating(StepWorkflow):
    """What a dialogue does when it is left to a mediator to propose."""

    def begin_mediating(self) -> None:
        """Set up, in `@workflow.init`."""
        self.ballots: dict[str, Ballot] = {}
        self.proposal: c.DraftingAnswer | None = None
        self.mediations = 0

    def keep(self, task: c.TaskState, answer: c.Answer) -> None:
        """Keep what was said to a mediator, or by one."""
        if isinstance(answer.content, c.ApprovalAnswer):
            self.ballots[task.respondent] = Ballot(seat=task.respondent, stance=answer.content.stance)
        elif isinstance(answer.content, c.DraftingAnswer):
            self.proposal = answer.content

    async def mediate(self, wish: Mediation) -> c.DraftingAnswer | None:
        """Return what the mediator proposes; none when the parties refused one, or no proposal came."""
        self.mediations += 1
        self.ballots, self.proposal = {}, None
        where = f"{self.brief.round}-{self.mediations}"
        verdict = await self._name(wish, f"mediator-{where}")
        if self.desk.stopped:
            return None
        accepted = verdict.outcome is Outcome.PASSED
        await self._relieve(f"mediator-{where}", keeps=wish.mediator if accepted else "")
        if not accepted:
            return None
        await self._install(wish, f"mediator-{where}")
        await self._ask_proposal(wish, f"mediation-{where}")
        return self.proposal

    async def _name(self, wish: Mediation, where: str) -> Verdict:
        due = due_moment(add_working_days(local_date(workflow.now()), NAMING_DAYS))
        title = drafting.asked_of_parties(wish, self.desk.roster, self.clauses)
        asked = [party.id for party in balance.seated(self.desk.roster)]
        await self.desk.open([self.desk.task(TaskKind.APPROVAL, party, due, title, where=where) for party in asked])
        await self.desk.collect(Closing.DEADLINE)
        verdict = tally(self.desk, NAMING, self.ballots, closed=True, asked=set(asked))
        if self.desk.stopped:
            await self.close_open()
            return verdict
        await self.desk.recorder.write(
            self.desk.entry(
                f"{self.brief.slug}/{where}/verdict",
                "passed" if verdict.outcome is Outcome.PASSED else "failed",
                c.Decided(question=where, step=self.key, round=self.brief.round or None, verdict=verdict),
            )
        )
        await self.announce(verdict.sentence, title=title, where=where)
        return verdict

    async def _relieve(self, where: str, *, keeps: str) -> None:
        """Take the office from who had it: who was refused, or whose mediation is over, reads that lane no more."""
        gone = drafting.relieved(self.desk.roster, keeps=keeps)
        if not gone or not workflow.patched(ONE_MEDIATOR):
            return
        for person in gone:
            self.desk.roster.people = with_person(self.desk.roster.people, person)
        await self.desk.recorder.write(
            self.desk.entry(
                f"{self.brief.slug}/{where}/relieved",
                "mediator_relieved",
                *(c.PersonChanged(person=person) for person in gone),
            )
        )
        for person in gone:
            await tell(ids.covenant_workflow(self.brief.slug), "person_joined", person)

    async def _install(self, wish: Mediation, where: str) -> None:
        person = drafting.mediator(wish, self.desk.roster)
        known = any(one.id == person.id for one in self.desk.roster.people)
        self.desk.roster.people = with_person(self.desk.roster.people, person)
        await self.desk.recorder.write(
            self.desk.entry(
                f"{self.brief.slug}/{where}/named",
                "mediator_named",
                c.PersonChanged(person=person, contact=None if known else wish.contact),
            )
        )
        await tell(ids.covenant_workflow(self.brief.slug), "person_joined", person)

    async def _ask_proposal(self, wish: Mediation, where: str) -> None:
        due = due_moment(add_working_days(local_date(workflow.now()), wish.days))
        numbers = drafting.numbers_of(self.clauses, wish.clauses)
        title = Words(
            nl=f"Bemiddelingsvoorstel voor artikel {numbers}"[:300],
            en=f"Mediator's proposal for clause {numbers}"[:300],
        )
        task = self.desk.task(TaskKind.DRAFTING, Role.MEDIATOR, due, title, where=where, about=wish.clauses)
        await self.desk.open([task])
        await self.desk.collect(Closing.DEADLINE)
        if self.desk.stopped:
            await self.close_open()
            return
        day = local_date(due)
        sentence = (
            Words(
                nl=f"De bemiddelaar heeft een tekst voorgesteld: {self.proposal.reason} Die gaat als nieuwe versie "
                "naar de volgende ronde.",
                en=f"The mediator has proposed a text: {self.proposal.reason} It goes to the next round as a new "
                "version.",
            )
            if self.proposal
            else Words(
                nl=f"Er kwam geen bemiddelingsvoorstel vóór {in_words(day, 'nl')}; de facilitator zegt hoe het verder "
                "gaat.",
                en=f"No mediator's proposal came before {in_words(day, 'en')}; the facilitator says how to go on.",
            )
        )
        await self.desk.post(
            [
                *(
                    notice(f"{self.brief.slug}/{where}/{party.id}", party.id, title, sentence)
                    for party in balance.seated(self.desk.roster)
                ),
                notice(
                    f"{self.brief.slug}/{where}/{Role.FACILITATOR}",
                    Role.FACILITATOR,
                    title,
                    sentence,
                    role=Role.FACILITATOR,
                ),
            ]
        )
