"""Ground rules, editorial fixes and absences: what holds, what is put to the parties, and each act about it."""

from datetime import date, datetime

from fastapi import APIRouter
from pydantic import Field

from acts.composing import with_commitments
from models import contracts as c
from models import ids
from models.base import Contract, Reason, Sha256, Slug, Strict, Words
from models.enums import Matter
from models.ground import GroundRule
from models.packages import PackagePick
from models.questions import Absence, FixProposal, GoOnQuestion, QuestionWithdrawal, RuleProposal
from models.scenario import WholeText
from rules.access import Deed, Page
from rules.ground_rules import rule_in_words
from store import contents, ground, views
from web.api import shapes as s
from web.api.acts import actor_of, carry
from web.api.auth import ActId, Answering, Caller, Reading, Steering

router = APIRouter()


class RuleShape(Contract):
    """A ground rule; `since` is filled when the parties changed it."""

    matter: Matter
    rule: GroundRule
    words: Words
    since: datetime | None


class QuestionShape(Contract):
    """A question put to the parties beside the plan; `passed` is empty while it is open."""

    no: int
    kind: str
    title: Words
    matter: Matter | None
    rule: GroundRule | None
    clause: Slug | None
    base_sha: Sha256 | None
    text_sha: Sha256 | None
    package: list[PackagePick]
    reason: Reason
    by: GroundRule
    opened_at: datetime
    due_at: datetime
    ended_at: datetime | None
    passed: bool | None
    sentence: Words | None


class RuleRequest(Strict):
    """Another decision rule for a kind of question, to be put to the parties."""

    matter: Matter
    rule: GroundRule
    reason: Reason


class FixRequest(Strict):
    """The whole text of a clause with what is fixed in it, in both languages."""

    clause: Slug
    base_sha: Sha256
    nl: WholeText
    en: WholeText
    reason: Reason


class GoOnRequest(Strict):
    """Whether the talks go on: what happened, and what is asked."""

    reason: Reason


class QuestionBack(Strict):
    """A question that is taken back."""

    no: int = Field(ge=1)
    reason: Reason


class AbsenceRequest(Strict):
    """Someone is away until a day, or back (no day); a substitute has their mandates until then."""

    party: Slug
    person: Slug
    until: date | None = None
    substitute: Slug | None = None
    reason: Reason


@router.get("/covenants/{slug}/ground-rules", tags=["covenants"])
async def ground_rules(caller: Reading, slug: s.SlugPath) -> list[RuleShape]:
    """List which rule holds for which kind of question."""
    await caller.need(Page.TEXT, slug)
    found = await ground.rules(caller.site.db, slug)
    return [RuleShape(matter=m, rule=rule, words=rule_in_words(rule), since=since) for m, rule, since in found]


@router.get("/covenants/{slug}/questions", tags=["covenants"])
async def questions(caller: Reading, slug: s.SlugPath) -> list[QuestionShape]:
    """List what was put to the parties beside the plan, the newest first."""
    await caller.need(Page.TEXT, slug)
    return [_question(one) for one in await ground.questions(caller.site.db, slug)]


def _question(one: ground.Question) -> QuestionShape:
    row = one.row
    return QuestionShape(
        **one.asked.model_dump(exclude={"act"}), opened_at=row.opened_at, due_at=row.due_at, ended_at=row.ended_at,
        passed=row.passed,
        sentence=Words(nl=row.sentence_nl, en=row.sentence_en) if row.sentence_nl and row.sentence_en else None,
    )  # fmt: skip


async def _office(caller: Caller, slug: str, deed: Deed) -> c.Actor:
    return actor_of(await caller.need_deed(deed, slug), deed)


@router.post("/covenants/{slug}/ground-rules", tags=["steering"])
async def propose_rule(caller: Steering, slug: s.SlugPath, body: RuleRequest, act_id: ActId) -> s.ReceiptShape:
    """Put a change of the ground rules to the parties."""
    actor = await _office(caller, slug, Deed.PUT_QUESTION)
    message = RuleProposal(act=act_id, actor=actor, matter=body.matter, rule=body.rule, reason=body.reason)
    return await carry(caller, ids.covenant_workflow(slug), "propose_rule", message, act_id)


@router.post("/covenants/{slug}/questions/go-on", tags=["steering"])
async def ask_to_go_on(caller: Steering, slug: s.SlugPath, body: GoOnRequest, act_id: ActId) -> s.ReceiptShape:
    """Ask the parties whether the talks go on."""
    message = GoOnQuestion(act=act_id, actor=await _office(caller, slug, Deed.PUT_QUESTION), reason=body.reason)
    return await carry(caller, ids.covenant_workflow(slug), "ask_to_go_on", message, act_id)


@router.post("/covenants/{slug}/fixes", tags=["text"])
async def propose_fix(caller: Steering, slug: s.SlugPath, body: FixRequest, act_id: ActId) -> s.ReceiptShape:
    """Put an editorial fix of a clause to the parties."""
    actor = await _office(caller, slug, Deed.PROPOSE_FIX)
    current = (await views.current_texts(caller.site.db, slug)).get(body.clause)
    text = with_commitments(Words(nl=body.nl, en=body.en), current)
    (digest,) = await contents.put_texts(caller.site.db, [text])
    message = FixProposal(
        act=act_id, actor=actor, clause=body.clause, base_sha=body.base_sha, text_sha=digest, reason=body.reason
    )
    return await carry(caller, ids.covenant_workflow(slug), "propose_fix", message, act_id)


@router.post("/covenants/{slug}/questions/withdraw", tags=["steering"])
async def withdraw_question(caller: Steering, slug: s.SlugPath, body: QuestionBack, act_id: ActId) -> s.ReceiptShape:
    """Take a question back before it is decided."""
    actor = await _office(caller, slug, Deed.PROPOSE_FIX)
    message = QuestionWithdrawal(act=act_id, actor=actor, no=body.no, reason=body.reason)
    return await carry(caller, ids.covenant_workflow(slug), "withdraw_question", message, act_id)


@router.post("/covenants/{slug}/absences", tags=["steering"])
async def note_absence(caller: Answering, slug: s.SlugPath, body: AbsenceRequest, act_id: ActId) -> s.ReceiptShape:
    """Note that someone of a delegation is away until a day, or back."""
    viewer = await caller.need_deed(Deed.CHANGE_MANDATES, slug)
    actor = actor_of(viewer, Deed.CHANGE_MANDATES, party=body.party)
    message = Absence(act=act_id, actor=actor, **body.model_dump())
    return await carry(caller, ids.covenant_workflow(slug), "absence", message, act_id)
