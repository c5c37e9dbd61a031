"""Ground rules and editorial fixes: what the parties are asked beside the plan, and how it is put to them."""

from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import ValidationError
from starlette.status import HTTP_303_SEE_OTHER, HTTP_422_UNPROCESSABLE_CONTENT

from acts.carrying import act, new_act
from acts.composing import with_commitments
from acts.proposing import like
from models import contracts as c
from models import ids
from models.base import Contract, Words
from models.enums import Language, Matter, Role, StepStatus
from models.errors import PolderError
from models.ground import GroundRule
from models.questions import FixProposal, GoOnQuestion, QuestionWithdrawal, RuleProposal
from models.scenario import LONGEST
from models.tables import Clause, ClauseVersion, Covenant
from rules import matters
from rules.access import DOES as MAY
from rules.access import Deed, Page, Viewer, does, forbidden
from rules.answering import PROXIES
from rules.ground_rules import rule_in_words
from rules.matters import MATTERS
from store import approving, asked, clauses, contents, ground, standing, views
from web.drafted import plain
from web.forms import Filled, resumed, sent, typed
from web.launching.fields import fill_rule, read_rule
from web.launching.naming import label as field_name
from web.problems import STATUS
from web.rendering import markup, page, words
from web.visiting import V, Visit

router = APIRouter(include_in_schema=False)

FIELDS = {"nothing_changed": "rule.kind", "rule_never_passes": "rule.threshold", "asked_already": "matter"}


async def _carry(visit: Visit, slug: str, update: str, message: Contract, act_id: str) -> None:
    client = await visit.site.client()
    await act(client, ids.covenant_workflow(slug), update, message, act_id=act_id, db=visit.site.db)


def _seat(viewer: Viewer, deed: Deed, roles: set[Role]) -> str:
    seat = viewer.seat(roles=roles)
    if seat is None:
        raise forbidden(MAY[deed])
    return seat.person


# --- ground rules -----------------------------------------------------------------------------------------------------


@router.get("/c/{slug}/ground-rules")
async def ground_rules(visit: V, slug: str, matter: str = "") -> Response:
    """Show which rule holds for which kind of question, what is proposed, and to the facilitator the form."""
    f = await resumed(visit, f"/c/{slug}/ground-rules")
    if matter in set(Matter) and not f.get("matter"):
        held = next(one.rule for one in await ground.rules(visit.site.db, slug) if one.matter == matter)
        f.values |= {"matter": [matter], "days": [str(held.days)], **fill_rule(held.model_dump(mode="json"), "rule.")}
    return await _rules(visit, slug, f)


async def _rules(visit: Visit, slug: str, f: Filled, status: int = 200) -> HTMLResponse:
    viewer = await visit.need(Page.TEXT, slug)
    db = visit.site.db
    found, held = await ground.questions(db, slug), await ground.rules(db, slug)
    changed = {one.matter for one in held if one.since is not None}
    plan = [
        one
        for one in await standing.plan(db, slug)
        if one.status is StepStatus.ACTIVE or matters.matter_of(one.step) not in changed  # else it takes the new rule
    ]
    return page(
        visit, "ruling/rules.html.j2", status=status, f=f, covenant=await views.covenant(db, slug), viewer=viewer,
        held=held, others=matters.exceptions(plan, {one.matter: one.rule for one in held}), names=MATTERS,
        overtaken=await ground.overtaken(db, slug),
        objected={
            one.row.no: await asked.objected(db, slug, f"question-{one.row.no}") for one in found if one.row.ended_at
        },
        adopted=await ground.adopted(db, slug), said=rule_in_words, questions=found, other_act=new_act(),
        q=lambda path: words(field_name("rules", path)), may=does(viewer, Deed.PUT_QUESTION),
        may_fix=does(viewer, Deed.PROPOSE_FIX),
    )  # fmt: skip


@router.post("/c/{slug}/ground-rules")
async def propose_rule(visit: V, slug: str) -> Response:
    """Put a change to the parties, or take a question back."""
    f = await typed(visit.request)
    back = f.get("do") == "withdraw"
    deed, roles = (Deed.PROPOSE_FIX, PROXIES) if back else (Deed.PUT_QUESTION, {Role.FACILITATOR})
    viewer = await visit.need_deed(deed, slug)
    common = {"act": f.act, "actor": {"person": _seat(viewer, deed, set(roles))}}
    reason = f.need("reason", "Schrijf waarom; de partijen lezen dit.", "Write why; the parties read this.")
    try:
        if back and f.fine:
            taken = QuestionWithdrawal.model_validate({**common, "no": f.get("no"), "reason": reason})
            await _carry(visit, slug, "withdraw_question", taken, f.act)
        elif f.get("do") == "go_on" and f.fine:
            await _carry(visit, slug, "ask_to_go_on", GoOnQuestion.model_validate({**common, "reason": reason}), f.act)
        elif not back and f.get("do") != "go_on":
            if f.get("matter") not in set(Matter):
                f.wrong("matter", "Kies voor welke vraag.", "Choose for which question.")
            given = {name: value for name, value in read_rule(f, "rule.").items() if value != ""}
            rule = GroundRule.model_validate({**given, "days": f.get("days") or 10})
            if f.fine:
                asked = {**common, "matter": f.get("matter"), "rule": rule, "reason": reason}
                await _carry(visit, slug, "propose_rule", RuleProposal.model_validate(asked), f.act)
    except ValidationError as error:
        names = ("kind", "unit", "threshold", "more_than", "quorum", "abstentions", "absent")
        f.invalid(error, {name: f"rule.{name}" for name in names})
    except PolderError as error:
        f.values["act"] = [new_act()]
        f.refuse(error, FIELDS)
        return await _rules(visit, slug, f, STATUS.get(error.kind, HTTP_422_UNPROCESSABLE_CONTENT))
    if not f.fine:
        return await _rules(visit, slug, f, HTTP_422_UNPROCESSABLE_CONTENT)
    await sent(visit, f"/c/{slug}/ground-rules")
    return RedirectResponse(f"/c/{slug}/ground-rules?done=1#questions", HTTP_303_SEE_OTHER)


# --- editorial fixes --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Fixing:
    """A clause to fix, and who proposes it."""

    covenant: Covenant
    viewer: Viewer
    person: str
    clause: Clause
    current: ClauseVersion

    @property
    def path(self) -> str:
        """Where the form is."""
        return f"/c/{self.covenant.slug}/clauses/{self.clause.id}/fix"

    def base(self, language: Language) -> str:
        """Return the text as it is."""
        return self.current.text_en if language is Language.EN else self.current.text_nl


async def _fixing(visit: Visit, slug: str, clause: str) -> Fixing:
    viewer = await visit.need_deed(Deed.PROPOSE_FIX, slug)
    db = visit.site.db
    row = await clauses.clause(db, slug, clause)
    current = (await views.current_texts(db, slug))[clause]
    person = _seat(viewer, Deed.PROPOSE_FIX, set(PROXIES))
    return Fixing(await views.covenant(db, slug), viewer, person, row, current)


@router.get("/c/{slug}/clauses/{clause}/fix")
async def begin_fix(visit: V, slug: str, clause: str) -> Response:
    """Show the text to fix, or what was typed before."""
    about = await _fixing(visit, slug, clause)
    return await _fix(visit, about, await resumed(visit, about.path))


async def _fix(visit: Visit, about: Fixing, f: Filled, status: int = 200) -> HTMLResponse:
    slug, key = about.covenant.slug, (about.clause.id, about.current.sha256)
    by = next(one.rule for one in await ground.rules(visit.site.db, slug) if one.matter is Matter.EDITORIAL)
    return page(
        visit, "ruling/fix.html.j2", status=status, about=about, covenant=about.covenant, viewer=about.viewer, f=f,
        nl=plain(f.get("nl", about.current.text_nl)), en=plain(f.get("en", about.current.text_en)), by=by,
        said=rule_in_words, keeps=(await approving.approvers(visit.site.db, slug, [key])).get(key, []),
    )  # fmt: skip


@router.post("/c/{slug}/clauses/{clause}/fix")
async def propose_fix(visit: V, slug: str, clause: str) -> Response:
    """Show what would change, or put the fix to the parties."""
    about = await _fixing(visit, slug, clause)
    f = await typed(visit.request)
    texts = {language: plain(f.get(language.value, about.base(language))) for language in Language}
    if visit.request.headers.get("hx-request") == "true":
        both = {"nl": texts[Language.NL], "en": texts[Language.EN]}
        return HTMLResponse(markup(visit, "ruling/preview.html.j2", about=about, **both))
    if f.get("preview"):
        return await _fix(visit, about, f)
    f.need(
        "reason", "Schrijf wat er verbeterd wordt; de partijen lezen dit.", "Write what is fixed; the parties read it."
    )
    for language, text in texts.items():
        if not text or len(text) > LONGEST:
            f.wrong(language.value, f"Verwacht: 1 tot {LONGEST} tekens.", f"Expected: 1 to {LONGEST} characters.")
    try:
        if f.fine:
            await _put(visit, about, f, texts)
    except ValidationError as error:
        f.invalid(error)
    except PolderError as error:
        f.values["act"] = [new_act()]
        f.refuse(error, {"nothing_changed": "nl"})
        return await _fix(visit, about, f, STATUS.get(error.kind, HTTP_422_UNPROCESSABLE_CONTENT))
    if not f.fine:
        return await _fix(visit, about, f, HTTP_422_UNPROCESSABLE_CONTENT)
    await sent(visit, about.path)
    return RedirectResponse(f"/c/{slug}/ground-rules?done=1#questions", HTTP_303_SEE_OTHER)


async def _put(visit: Visit, about: Fixing, f: Filled, texts: dict[Language, str]) -> None:
    whole = {one.value: like(about.base(one), text) for one, text in texts.items()}
    (digest,) = await contents.put_texts(
        visit.site.db, [with_commitments(Words(nl=whole["nl"], en=whole["en"]), about.current)]
    )
    message = FixProposal(
        act=f.act, actor=c.Actor(person=about.person), clause=about.clause.id,
        base_sha=f.get("sha") or about.current.sha256, text_sha=digest, reason=f.get("reason"),
    )  # fmt: skip
    await _carry(visit, about.covenant.slug, "propose_fix", message, f.act)
