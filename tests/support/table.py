"""A small negotiating table for tests: two constituencies, real server, real worker, real database, skipped time."""

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from typing import Any

from temporalio.client import Client

from acts import composing
from acts.carrying import act
from acts.launching import Prepared, launch
from models import contracts as c
from models import ids
from models import signing as sg
from models.amending import AmendmentText, Proposal
from models.contracts import Receipt
from models.covenant import CovenantFile
from models.enums import Ratified, Stance, TaskKind
from models.packaging import Weighing
from models.playbook import Playbook
from models.scenario import AmendmentReply, PositionReply
from models.tables import Event, HumanTask
from models.weighing import Matters, WeighedClause, Weights, Worth
from rules import amending
from rules.calendar import add_working_days, due_moment, local_date
from runtime.settings import Settings
from runtime.skipping import SkippedTime
from store import amendments, views, weighing
from store.engine import Database
from store.opening import Package

STEPS: list[dict[str, Any]] = [
    {"id": "principles", "phase": "exploration", "kind": "approval", "norms": ["ungp-1"]},
    {"id": "talks", "phase": "dialogue", "kind": "dialogue"},
    {"id": "accord", "phase": "dialogue", "kind": "approval", "accord": True},
    {"id": "ratification", "phase": "dialogue", "kind": "ratification", "rule": {"kind": "unanimity", "unit": "party"}},
    {"id": "signing", "phase": "dialogue", "kind": "signing", "respondents": ["all", "participants"]},
    {"id": "cycle", "phase": "implementation", "kind": "implementation", "respondents": ["participants"]},
]
PARTIES = {"union": "unions", "guild": "unions", "trade": "business", "shops": "business"}


def both(text: str) -> dict[str, str]:
    return {"nl": f"{text} (nl)", "en": f"{text} (en)"}


def package(
    slug: str, steps: Sequence[dict[str, Any]] = STEPS, *, companies: int = 2,
    thresholds: dict[str, float] | None = None, facts: dict[str, Any] | None = None,
    people: Sequence[dict[str, Any]] = (), company_categories: Sequence[str] = (), **playbook: Any,
) -> Package:  # fmt: skip
    """A package of a small covenant: four parties in two constituencies, two clauses, some companies."""
    book = Playbook.model_validate(
        {
            "sector": "test",
            "title": both("Test sector"),
            "approaches": ["due_diligence"],
            "term_years": 3,
            "constituencies": [
                {"id": "unions", "title": both("Unions"), "minimum": 1},
                {"id": "business", "title": both("Business"), "minimum": 2},
            ],
            "themes": [
                {"id": "human-rights", "title": both("Human rights")},
                {"id": "climate", "title": both("Climate")},
            ],
            "norms": [
                {"id": "ungp-1", "source": "UNGP", "title": both("The state protects")},
                {"id": "ilo-c131", "source": "ILO C131", "title": both("Minimum wage fixing")},
            ],
            "thresholds": thresholds or {},
            "defaults": {"rule": {"kind": "consensus"}},
            **playbook,
            "steps": [{"title": both(str(step["id"])), "duration": 10, **step} for step in steps],
        }
    )
    everyone: list[dict[str, Any]] = [
        *people,
        {"id": "fay", "name": "Fay", "email": "fay@example.org", "language": "en", "roles": ["facilitator"]},
        {"id": "sec", "name": "Sec", "email": "sec@example.org", "language": "en", "roles": ["secretariat"]},
        {"id": "cha", "name": "Cha", "email": "cha@example.org", "language": "nl", "roles": ["chair", "mediator"]},
        {"id": "ops", "name": "Ops", "email": "ops@example.org", "language": "en", "roles": ["operator"]},
    ]
    for party in PARTIES:
        everyone += [
            {
                "id": f"{party}-lead", "name": f"{party} lead", "email": f"{party}@example.org", "language": "en",
                "party": party, "mandates": [{"powers": ["speak", "commit", "sign"]}],
            },
            {
                "id": f"{party}-aide", "name": f"{party} aide", "email": f"{party}-aide@example.org", "party": party,
                "mandates": [{"powers": ["speak"], "themes": ["climate"]}],
            },
        ]  # fmt: skip
    covenant = CovenantFile.model_validate(
        {
            "slug": slug,
            "playbook": "test",
            "title": both("Test covenant"),
            "facts": facts or {},
            "parties": [
                {"id": party, "name": both(party), "kind": "union", "constituency": group}
                for party, group in PARTIES.items()
            ],
            "people": everyone,
            "participants": [
                {
                    "id": f"firm-{n}", "name": f"Firm {n}", "market_share": 10, "contact": f"Boss {n}",
                    "email": f"firm-{n}@example.org", "language": "en",
                    "category": company_categories[n - 1] if company_categories else None,
                }
                for n in range(1, companies + 1)
            ],
            "clauses": [
                {
                    "id": "wage", "number": "1", "theme": "human-rights", "title": both("Wage"), "norms": ["ilo-c131"],
                    "text": both("Old wage"),
                },
                {"id": "air", "number": "2", "theme": "climate", "title": both("Air"), "text": both("Old air")},
            ],
        }
    )  # fmt: skip
    return Package(covenant=covenant, playbook=book)


@dataclass
class Table:
    """One covenant, and everything a test does to it."""

    client: Client
    db: Database
    settings: Settings
    clock: SkippedTime
    slug: str = field(default_factory=lambda: f"t-{uuid.uuid4().hex[:12]}")

    async def launch(self, *args: Any, **kwargs: Any) -> None:
        made = package(self.slug, *args, **kwargs)
        today = local_date(datetime.now().astimezone())
        await launch(self.clock.client, self.db, Prepared(made, today), task_queue=self.settings.task_queue)
        await self.clock.settle(self._open)
        await self.advance(4)  # past a weekend, so that the first step has begun

    async def launched(self) -> bool:
        return await views.exists(self.db, self.slug)

    async def _open(self) -> list[str]:
        return [*await views.open_workflows(self.db, self.slug), ids.covenant_workflow(self.slug)]

    async def now(self) -> datetime:
        for workflow_id in reversed(await self._open()):
            now = await self.clock.now(workflow_id)
            if now is not None:
                return now
        return (await views.covenant(self.db, self.slug)).moved_at

    async def advance(self, working_days: int, hours: int = 0) -> None:
        """Go on to the evening of so many working days later."""
        day = add_working_days(local_date(await self.now()), working_days)
        await self.clock.advance(due_moment(day) + timedelta(hours=hours), self._open)

    async def settle(self) -> None:
        await self.clock.settle(self._open)

    # --- looking ---

    async def waiting(self) -> dict[str, HumanTask]:
        """Open tasks by respondent, of the plan; one each is expected."""
        found = await views.waiting(self.db, slug=self.slug)
        return {task.respondent: task for task in found if not (task.step or "").startswith("question-")}

    async def task(self, task_id: str) -> HumanTask:
        return await views.task(self.db, f"{self.slug}/{task_id}")

    async def kinds(self) -> list[str]:
        return [event.kind for event in await views.events(self.db, self.slug)]

    async def event(self, kind: str) -> Event:
        """The last event of a kind."""
        return [event for event in await views.events(self.db, self.slug) if event.kind == kind][-1]

    async def history(self, workflow: str) -> bytes:
        """Everything that Temporal holds of the runs of a workflow."""
        found, run = b"", ""
        while True:
            history = await self.client.get_workflow_handle(workflow, run_id=run or None).fetch_history()
            found += b"".join(one.SerializeToString() for one in history.events)
            run = history.events[0].workflow_execution_started_event_attributes.continued_execution_run_id
            if not run:
                return found

    async def steps(self) -> dict[str, str]:
        return {step.key: step.status.value for step in (await views.view(self.db, self.slug)).steps}

    async def mails_to(self, person: str) -> list[str]:
        """Subjects, oldest first."""
        return [mail.subject for mail in reversed(await views.mails(self.db, self.slug)) if mail.person == person]

    # --- acting ---

    async def carry(self, workflow_id: str, update: str, message: Any) -> Receipt:
        receipt = await act(self.client, workflow_id, update, message, act_id=message.act)
        await self.settle()
        return receipt

    async def steer(self, update: str, message: Any) -> Receipt:
        return await self.carry(ids.covenant_workflow(self.slug), update, message)

    async def give(
        self, task: HumanTask, content: c.Content, *, by: str | None = None, on_behalf: str | None = None,
        act_id: str | None = None,
    ) -> Receipt:  # fmt: skip
        if by is None:
            by = {"facilitator": "fay", "secretariat": "sec"}.get(task.respondent, f"{task.respondent}-lead")
            by = f"{task.respondent}-contact" if task.respondent.startswith("firm-") else by
        answer = c.Answer(
            act=act_id or f"a-{uuid.uuid4()}", task=task.id, actor=c.Actor(person=by, on_behalf=on_behalf),
            content=content,
        )  # fmt: skip
        return await self.carry(task.workflow, "answer", answer)

    async def approve(self, *, except_: Sequence[str] = (), stance: Stance = Stance.AGREE) -> None:
        """Everyone who is asked for an approval gives it."""
        for respondent, task in (await self.waiting()).items():
            if task.kind is TaskKind.APPROVAL and respondent not in except_:
                still = await views.task(self.db, task.id)
                if still.status == "open":
                    await self.give(task, c.ApprovalAnswer(stance=stance, text_sha=task.text_sha))

    async def position(self, party: str, given: dict[str, PositionReply] | None = None, *, partial: bool = False,
                       by: str | None = None) -> Receipt:  # fmt: skip
        task = (await self.waiting()).get(party)
        others = None if partial else PositionReply(stance=Stance.AGREE)
        content = await composing.positions(self.db, self.slug, given or {}, others=others)
        if task is None:
            round_row = await views.open_round(self.db, self.slug)
            assert round_row is not None
            task = await self.task(f"round-{round_row.no}/{party}")
        return await self.give(task, content, by=by)

    async def agree_on_text(self, *, except_: Sequence[str] = ()) -> None:
        for respondent, task in (await self.waiting()).items():
            if task.kind is TaskKind.POSITIONS and respondent not in except_:
                await self.position(respondent)

    async def draft(self, texts: dict[str, str], *, reason: str = "a compromise", fates: Sequence[c.Fate] = ()) -> None:
        amend = {
            clause: AmendmentReply.model_validate({"text": both(text), "reason": reason})
            for clause, text in texts.items()
        }
        content = await composing.next_version(self.db, self.slug, amend, park=[], reason=reason, fates=fates)
        await self.give((await self.waiting())["facilitator"], content)

    async def propose(
        self, party: str, clause: str, old: str, new: str, *, by: str | None = None, to: str | None = None,
        base: str | None = None,
    ) -> str:  # fmt: skip
        """Propose other words for some words of a clause, in both languages; returns the amendment's id."""
        current = (await views.current_texts(self.db, self.slug)).get(clause)
        nl, en, sha = (current.text_nl, current.text_en, current.sha256) if current else (old, old, "0" * 64)
        if to is not None:
            known = {one.row.id: one for one in await amendments.amendments(self.db, self.slug, clause)}
            nl, en = (known[to].text_nl or "", known[to].text_en or "") if to in known else (nl, en)
        words = AmendmentText(
            nl=amending.edits_between(nl, nl.replace(old, new)), en=amending.edits_between(en, en.replace(old, new)),
            reason="it reads better",
        )  # fmt: skip
        act_id = f"p-{uuid.uuid4()}"
        proposal = Proposal(
            act=act_id, actor=c.Actor(person=by or f"{party}-lead"), clause=clause, base_sha=base or sha,
            text_sha=await amendments.put(self.db, words), to=to,
        )  # fmt: skip
        await self.steer("propose", proposal)
        return act_id

    async def weigh(
        self, party: str, said: dict[str, tuple[Matters, Worth, dict[str, Worth]]], *, by: str | None = None
    ) -> str:
        """A party weighs: per clause how much it matters, what the text of now is worth, and each proposal."""
        texts = await views.current_texts(self.db, self.slug)
        weights = Weights(
            clauses=[
                WeighedClause(
                    clause=clause, sha256=texts[clause].sha256 if clause in texts else "0" * 64, matters=matters,
                    now=now, worth=worth,
                )
                for clause, (matters, now, worth) in said.items()
            ]
        )  # fmt: skip
        act_id = f"w-{uuid.uuid4()}"
        digest = await weighing.put(self.db, self.slug, party, weights, act_id)
        actor = c.Actor(person=by or f"{party}-lead")
        await self.steer("weigh", Weighing(act=act_id, actor=actor, text_sha=digest))
        return act_id

    async def ratify(self, *, except_: Sequence[str] = (), result: Ratified = Ratified.RATIFIED) -> None:
        for respondent, task in (await self.waiting()).items():
            if task.kind is TaskKind.RATIFICATION and respondent not in except_:
                await self.give(task, c.RatificationAnswer(result=result, text_sha=task.text_sha or ""))

    async def sign(self, *, except_: Sequence[str] = ()) -> None:
        for respondent, task in (await self.waiting()).items():
            if task.kind in {TaskKind.SIGNATURE, TaskKind.DECLARATION} and respondent not in except_:
                await self.sign_one(task)

    async def sign_one(self, task: HumanTask, *, by: str | None = None, code: str | None = None) -> Receipt:
        who = by or (f"{task.respondent}-contact" if task.respondent.startswith("firm-") else f"{task.respondent}-lead")
        if code is None:
            code = await self.code(task, who)
        name = next(one.name for one in await views.people(self.db, self.slug) if one.id == who)
        content = sg.SignatureAnswer(text_sha=task.text_sha or "", code=code, name=name)
        return await self.give(task, content, by=who)

    async def code(self, task: HumanTask, who: str) -> str:
        request = c.CodeRequest(act=f"c-{uuid.uuid4()}", task=task.id, actor=c.Actor(person=who))
        await self.carry(task.workflow, "request_code", request)
        return await self.mailed_code(task)

    async def mailed_code(self, task: HumanTask) -> str:
        """The code in the newest mail about it."""
        mail = next(m for m in await views.mails(self.db, self.slug, task_id=task.id) if m.template == "code")
        body = message_from_bytes(mail.message, policy=policy.default).get_body(("plain",))
        assert body is not None
        found = re.search(r"^\s*([A-Z2-9]{4}-?[A-Z2-9]{4})\s*$", str(body.get_content()), re.MULTILINE)
        assert found is not None
        return found.group(1)

    async def decide(self, choice: str, *, due_in: int | None = None) -> None:
        due = add_working_days(local_date(await self.now()), due_in) if due_in else None
        content = c.DecisionAnswer.model_validate({"choice": choice, "reason": "decided on the record", "due": due})
        await self.give((await self.waiting())["facilitator"], content)
