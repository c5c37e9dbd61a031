"""Playing a scenario: people who answer as the scenario says, a clock that skips the waiting."""

import re
import uuid
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

from temporalio.client import Client

from acts import composing, packaging, proposing
from acts.carrying import act
from acts.launching import Prepared
from models import contracts as c
from models import ids
from models import signing as sg
from models.base import Contract
from models.covenant import MandateFile, PersonFile
from models.enums import AmendmentStatus, Choice, CovenantStatus, Power, Role, TaskKind
from models.errors import InvalidFile
from models.objecting import RedLineTelling, RedLineText
from models.packaging import PackageProposal, Weighing
from models.scenario import Happening, PositionReply, Reply, Scenario
from models.tables import Covenant, HumanTask, Party, Person
from rules.answering import POWERS
from rules.calendar import add_working_days, due_moment, local_date
from runtime.skipping import SkippedTime
from store import amendments, ground, red_lines, views, weighing
from store.engine import Database

MORNING = timedelta(hours=6)
"""People act six hours before the close of business, a minute after one another."""

STRIDE = 5
"""Working days to go on when nothing is planned."""

OVER = {CovenantStatus.ENDED, CovenantStatus.COMPLETED}
CODE = re.compile(r"^\s*([A-Z2-9]{4}-?[A-Z2-9]{4})\s*$", re.MULTILINE)


def with_guests(prepared: Prepared, scenario: Scenario) -> Prepared:
    """Return what is launched with the parties that a scenario adds to the table, each with one delegate."""
    guests = scenario.guests
    if guests is None:
        return prepared
    covenant, book = prepared.package.covenant, prepared.package.playbook
    delegates = [
        PersonFile(
            id=f"{party.id}-delegate", name=f"Delegate {party.name.en}"[:200], email=f"{party.id}@example.org",
            party=party.id, mandates=[MandateFile(powers=list(Power))],
        )
        for party in guests.parties
    ]  # fmt: skip
    groups = [
        group.model_copy(update={"minimum": guests.minimum.get(group.id, group.minimum)})
        for group in book.constituencies
    ]
    package = prepared.package.model_copy(
        update={
            "covenant": covenant.model_copy(
                update={"parties": [*covenant.parties, *guests.parties], "people": [*covenant.people, *delegates]}
            ),
            "playbook": book.model_copy(update={"constituencies": groups}),
        }
    )
    return Prepared(package, prepared.start)


class Player:
    """Plays one scenario on one covenant."""

    def __init__(
        self, client: Client, db: Database, clock: SkippedTime, scenario: Scenario, slug: str,
        told: Callable[[str], None] = lambda _line: None,
    ) -> None:  # fmt: skip
        self.client, self.db, self.clock, self.scenario, self.slug, self.told = (
            client, db, clock, scenario, slug, told,
        )  # fmt: skip
        self.happened: set[int] = set()
        self.paused_until: datetime | None = None
        self.answered: set[str] = set()
        self.parties: dict[str, Party] = {}
        self.people: Sequence[Person] = ()

    async def play(self) -> Covenant:
        """Play until the scenario's end and return the covenant as it then is.

        Raises:
            InvalidFile: the scenario cannot reach its end: nothing moves any more.
        """
        await self.clock.settle(self.open_workflows)
        view = await views.view(self.db, self.slug)
        self.parties = {party.id: party for party in view.parties}
        self.people = await views.people(self.db, self.slug)
        idle = 0
        while not self._reached(row := await views.covenant(self.db, self.slug)):
            before = row.seq
            await self._one_day(row)
            idle = idle + 1 if (await views.covenant(self.db, self.slug)).seq == before else 0
            if idle > 400:  # noqa: PLR2004 two thousand working days in which nothing happened
                raise self._stuck()
        return row

    def _stuck(self) -> InvalidFile:
        return InvalidFile(
            "scenario_stuck",
            f"Het scenario komt niet bij {self.scenario.until}: er gebeurt niets meer. Verwacht: antwoorden die "
            "verder helpen.",
            f"The scenario does not reach {self.scenario.until}: nothing happens any more. Expected: replies that "
            "lead on.",
        )

    def _reached(self, row: Covenant) -> bool:
        moments = {"accord": row.accord_at, "signed": row.signed_at, "in_force": row.in_force_at}
        if row.status in OVER:
            return True
        return moments.get(self.scenario.until) is not None

    async def open_workflows(self) -> list[str]:
        """Return the open workflows, innermost first."""
        return [*await views.open_workflows(self.db, self.slug), ids.covenant_workflow(self.slug)]

    # --- a day --------------------------------------------------------------------------------------------------

    async def _one_day(self, row: Covenant) -> None:
        now = await self._now(row)
        tasks = await views.waiting(self.db, slug=self.slug, limit=5000)
        planned = [(moment, task, reply) for task in tasks if (found := self._plan(task)) for moment, reply in [found]]
        happenings = [(self._moment(day, now), nr, one) for nr, one, day in await self._happenings()]
        moments = [moment for moment, _, _ in planned] + [moment for moment, _, _ in happenings]
        moments += [task.due_at for task in tasks if task.due_at > now]
        moments += [due for due in [row.in_force_due] if due is not None and row.in_force_at is None and due > now]
        moments += [self.paused_until] if self.paused_until else []
        stride = due_moment(add_working_days(local_date(now), STRIDE))
        target = max(min([*moments, stride]), now)
        await self.clock.advance(target, self.open_workflows)
        for moment, number, happening in happenings:
            if moment <= target:
                self.happened.add(number)
                await self._let_happen(happening, target)
        if self.paused_until is not None and self.paused_until <= target:
            await self._resume()
        if self.paused_until is None:
            for moment, task, reply in planned:
                if moment <= target and (await views.task(self.db, task.id)).status == "open":
                    await self._answer(task, reply, target)
        await self.clock.settle(self.open_workflows)

    async def _now(self, row: Covenant) -> datetime:
        now = await self.clock.now(ids.covenant_workflow(self.slug))
        return max(row.moved_at, now) if now else row.moved_at

    def _moment(self, day: datetime, now: datetime) -> datetime:
        return max(day, now)

    def _plan(self, task: HumanTask) -> tuple[datetime, Reply] | None:
        reply = self._reply(task)
        if reply.silent or task.id in self.answered:
            return None
        return due_moment(add_working_days(local_date(task.opened_at), reply.after)) - MORNING, reply

    def _reply(self, task: HumanTask) -> Reply:
        party = self.parties.get(task.respondent)
        who = {task.respondent, party.constituency if party else task.respondent}
        for reply in self.scenario.replies:
            if (
                (reply.step is None or reply.step == task.step)
                and (reply.round is None or reply.round == task.round)
                and (reply.kind is None or reply.kind == task.kind)
                and (reply.by is None or reply.by in who)
            ):
                return reply
        return Reply(after=self.scenario.after)

    # --- happenings ---------------------------------------------------------------------------------------------

    async def _happenings(self) -> list[tuple[int, Happening, datetime]]:
        left = [(nr, one) for nr, one in enumerate(self.scenario.happenings) if nr not in self.happened]
        if not left:
            return []
        view = await views.view(self.db, self.slug)
        started = {step.key: step.actual_start for step in view.steps}
        opened = {row.no: row.opened_at for row in view.rounds}
        found = []
        for number, one in left:
            since = opened.get(one.round) if one.round is not None else started.get(one.step or "")
            if since is not None:
                found.append((number, one, due_moment(add_working_days(local_date(since), one.after)) - MORNING))
        return found

    async def _let_happen(self, happening: Happening, now: datetime) -> None:
        covenant = ids.covenant_workflow(self.slug)
        key = self._act("happening", str(self.scenario.happenings.index(happening)))
        for party in happening.leaving:
            self.told(f"{party} withdraws: {happening.reason}")
            actor, one = c.Actor(person=self._person(party, Power.COMMIT)), f"{key}-{party}"
            leaves = c.Withdrawal(act=one, actor=actor, party=party, reason=happening.reason)
            await act(self.client, covenant, "withdraw", leaves, act_id=one)
        if happening.package:
            await self._put_package(key, happening.reason)
        if happening.pause is not None:
            self.told(f"paused: {happening.reason}")
            actor = c.Actor(person=self._office(Role.FACILITATOR))
            await act(self.client, covenant, "hold", c.Hold(act=key, actor=actor, reason=happening.reason), act_id=key)
            self.paused_until = due_moment(add_working_days(local_date(now), happening.pause)) - MORNING

    async def _resume(self) -> None:
        self.paused_until = None
        key = self._act("resume", str(len(self.happened)))
        actor = c.Actor(person=self._office(Role.FACILITATOR))
        hold = c.Hold(act=key, actor=actor, resume=True, reason="the scenario resumes")
        await act(self.client, ids.covenant_workflow(self.slug), "hold", hold, act_id=key)

    # --- answering ----------------------------------------------------------------------------------------------

    async def _answer(self, task: HumanTask, reply: Reply, now: datetime) -> None:
        self.answered.add(task.id)
        if task.role is not None:
            actor = c.Actor(person=self._office(Role(task.role)))
        elif reply.on_behalf is not None:
            actor = c.Actor(person=self._office(Role.SECRETARIAT), on_behalf=reply.on_behalf)
        else:
            actor = c.Actor(person=self._person(task.respondent, POWERS.get(task.kind)))
        if task.kind is TaskKind.POSITIONS:
            await self._propose(task, reply)
            await self._confide(task, reply)
            await self._weigh(task, reply)
        if task.total and task.kind is TaskKind.SIGNATURE:
            await self._sign_together(task)
            return
        content = await self._content(task, reply, actor, now)
        key = self._act("answer", task.id)
        await self._carry(task, c.Answer(act=key, task=task.id, actor=actor, content=content), key)

    async def _propose(self, task: HumanTask, reply: Reply) -> None:
        actor = c.Actor(person=self._person(task.respondent, None))  # nobody proposes on behalf of a party
        for number, one in enumerate(reply.propose):
            key = self._act("propose", f"{task.id}/{number}")
            motion = proposing.Motion(clause=one.clause, nl=one.nl, en=one.en, reason=one.reason)
            made = await proposing.proposal(self.db, self.slug, motion, actor, key)
            self.told(f"{task.respondent} proposes words for {one.clause}: {one.reason}")
            await act(self.client, ids.covenant_workflow(self.slug), "propose", made.proposal, act_id=key)

    async def _confide(self, task: HumanTask, reply: Reply) -> None:
        """Tell the facilitator the party's red lines."""
        actor = c.Actor(person=self._person(task.respondent, None))
        for number, one in enumerate(reply.red_lines):
            key = self._act("confide", f"{task.id}/{number}")
            digest = await red_lines.put(self.db, RedLineText(clause=one.clause, text=one.text), key)
            telling = RedLineTelling(act=key, actor=actor, text_sha=digest)
            await act(self.client, ids.covenant_workflow(self.slug), "tell_red_line", telling, act_id=key)

    async def _weigh(self, task: HumanTask, reply: Reply) -> None:
        """Tell Polder alone what clauses weigh for the party."""
        if not reply.weigh:
            return
        key, covenant = self._act("weigh", task.id), ids.covenant_workflow(self.slug)
        proposed = await amendments.amendments(self.db, self.slug, only=[AmendmentStatus.OPEN])
        weights = await packaging.weights(
            self.db, self.slug, {one.clause: one.matters for one in reply.weigh},
            {one.clause: one.now for one in reply.weigh},
            {
                found.row.id: one.worth[found.row.party]
                for one in reply.weigh
                for found in proposed
                if found.row.clause == one.clause and found.row.party in one.worth
            },
        )  # fmt: skip
        digest = await weighing.put(self.db, self.slug, task.respondent, weights, key)
        actor = c.Actor(person=self._person(task.respondent, None))
        self.told(f"{task.respondent} weighs clauses, in confidence")
        await act(self.client, covenant, "weigh", Weighing(act=key, actor=actor, text_sha=digest), act_id=key)

    async def _put_package(self, key: str, reason: str) -> None:
        """Put the first package that is found to the parties.

        Raises:
            InvalidFile: `no_package`.
        """
        weighed, found = await packaging.find(self.db, self.slug)
        if not found or not found[0].swaps:
            raise InvalidFile(
                "no_package",
                "Er is geen pakket te vinden. Verwacht: open voorstellen, en drie partijen of meer die ze wogen.",
                "There is no package to be found. Expected: open proposals, and three parties that weighed them.",
            )
        self.told(f"Polder finds a package: {found[0].sentence.en}")
        put = PackageProposal(
            act=key, actor=c.Actor(person=self._office(Role.FACILITATOR)), picks=weighed.picks(found[0]), reason=reason
        )
        await act(self.client, ids.covenant_workflow(self.slug), "put_package", put, act_id=key)

    async def _fates(self, reply: Reply, reason: str) -> list[c.Fate]:
        """Return what becomes of the open amendments that a reply names by party and clause, or a package has."""
        carried = await ground.carried_package(self.db, self.slug) if reply.take_package else None
        if carried is not None:
            taken = [pick.amendment for pick in carried.asked.package]
            return [c.Fate(amendment=key, status=AmendmentStatus.ACCEPTED, reason=reason) for key in taken]
        found = await amendments.amendments(self.db, self.slug, only=[AmendmentStatus.OPEN]) if reply.fates else []
        return [
            c.Fate(amendment=open_one.row.id, status=one.status, reason=one.reason)
            for one in reply.fates
            for open_one in found
            if (open_one.row.party, open_one.row.clause) == (one.party, one.clause)
        ]

    async def _carry(self, task: HumanTask, message: Contract, key: str, update: str = "answer") -> None:
        await act(self.client, task.workflow, update, message, act_id=key)

    async def _content(self, task: HumanTask, reply: Reply, actor: c.Actor, now: datetime) -> c.Content:  # noqa: PLR0911 one return a kind
        reason = reply.reason or "as the scenario says"
        match task.kind:
            case TaskKind.POSITIONS:
                others = PositionReply(stance=reply.stance, ground=reply.ground, lift=reply.lift, comment=reply.comment)
                agenda = await composing.positions(self.db, self.slug, {}, others=others)
                on_agenda = {position.clause for position in agenda.positions}
                given = {clause: one for clause, one in reply.positions.items() if clause in on_agenda}
                return await composing.positions(self.db, self.slug, given, others=others)
            case TaskKind.DRAFTING:
                fates, key = await self._fates(reply, reason), self._act("answer", task.id)
                texts = await composing.taken_up(self.db, self.slug, reply.amend, fates, reason=reason, act_id=key)
                end = reply.choice is Choice.END
                made = await composing.next_version(
                    self.db, self.slug, texts, park=reply.park, reason=reason, end=end, fates=fates
                )
                ways = {"split": reply.split, "resumed": reply.unpark}
                if reply.mediation is not None and task.role == Role.FACILITATOR:
                    ways |= {"choice": Choice.MEDIATE, "mediation": reply.mediation}
                return made.model_copy(update=ways)
            case TaskKind.APPROVAL:
                return c.ApprovalAnswer(
                    stance=reply.stance, ground=reply.ground, lift=reply.lift, comment=reply.comment,
                    text_sha=task.text_sha,
                )  # fmt: skip
            case TaskKind.CONTRIBUTION:
                items = reply.items or [f"{task.title_en}: contribution of {task.respondent}"]
                return c.ContributionAnswer(items=[c.Item(text=text) for text in items])
            case TaskKind.RATIFICATION:
                return c.RatificationAnswer(result=reply.result, text_sha=task.text_sha or "", comment=reply.comment)
            case TaskKind.SIGNATURE | TaskKind.DECLARATION:
                return await self._sign(task, actor)
            case TaskKind.DECISION:
                choice = self._decision(task, reply)
                due = add_working_days(local_date(now), reply.prolong) if reply.prolong else None
                return c.DecisionAnswer(choice=choice, reason=reason, due=due, clauses=reply.clauses)
            case _:
                text = f"{task.title_en}\n{task.respondent}\n{task.id}\n".encode()
                return await composing.document(self.db, task.title_en, text, "played.txt")

    def _decision(self, task: HumanTask, reply: Reply) -> Choice:
        """Return what the scenario decides; what it leaves open is never guessed.

        Raises:
            InvalidFile: `scenario_undecided`.
        """
        if reply.choice is None or (reply.choice is Choice.PROLONG and reply.prolong is None):
            where = f", step: {task.step}" if task.step else ""
            wanted = f"replies: - {{kind: decision{where}, choice: {' | '.join(task.choices)}}}"
            raise InvalidFile(
                "scenario_undecided",
                f"Het scenario zegt niet wat de facilitator besluit: {task.title_nl} Verwacht: {wanted}; bij prolong "
                "ook prolong: werkdagen.",
                f"The scenario does not say what the facilitator decides: {task.title_en} Expected: {wanted}; with "
                "prolong also prolong: working days.",
                {"task": task.id},
            )
        return reply.choice

    async def _sign_together(self, task: HumanTask) -> None:
        """Sign with as many people of a party as its plan asks for."""
        able = [
            person.id
            for person in self.people
            if person.party == task.respondent and any(Power.SIGN in one["powers"] for one in person.mandates)
        ]
        for person in able[: task.total]:
            actor, key = c.Actor(person=person), self._act("answer", f"{task.id}/{person}")
            content = await self._sign(task, actor)
            await self._carry(task, c.Answer(act=key, task=task.id, actor=actor, content=content), key)

    async def _sign(self, task: HumanTask, actor: c.Actor) -> sg.SignatureAnswer:
        key = self._act("code", f"{task.id}/{actor.person}")
        await self._carry(task, c.CodeRequest(act=key, task=task.id, actor=actor), key, "request_code")
        person = next(one for one in self.people if one.id == actor.person)
        return sg.SignatureAnswer(text_sha=task.text_sha or "", code=await self._read_code(task), name=person.name)

    async def _read_code(self, task: HumanTask) -> str:
        """Read the code in the signatory's own mail, as a person would."""
        for mail in await views.mails(self.db, self.slug, task_id=task.id):
            if mail.template == "code":
                message = message_from_bytes(mail.message, policy=policy.default)
                body = message.get_body(("plain",)) if isinstance(message, EmailMessage) else None
                found = CODE.search(str(body.get_content())) if body else None
                if found:
                    return found.group(1)
        return "no code in the mail"

    def _person(self, party: str, power: Power | None) -> str:
        able = [
            (len(mandate["themes"]), person.id)
            for person in self.people
            if person.party == party
            for mandate in person.mandates
            if power is None or power in mandate["powers"]
        ]
        return min(able)[1]  # who may speak on every theme goes first

    def _office(self, role: Role) -> str:
        able = [person.id for person in self.people if role in person.roles]
        return able[0] if able else self._office(Role.FACILITATOR)

    def _act(self, what: str, which: str) -> str:
        return f"play-{uuid.uuid5(uuid.NAMESPACE_URL, f'{self.slug}/{what}/{which}')}"
