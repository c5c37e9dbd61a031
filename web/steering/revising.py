"""Opening talks about another text of a signed covenant; what they would begin with is shown first."""

from datetime import date

from pydantic import ValidationError

from acts import revising as acts
from models import ids
from models.base import Words
from models.covenant import ClauseFile
from models.enduring import Revisions
from models.errors import PolderError
from models.revising import Revision
from rules import naming, revising
from rules.naming import slugged
from store import clauses, revisions
from web.forms import Filled
from web.steering.base import At, Prepared, Send, act_of, made, reason_of

MOST = 3
"""New clauses in one form; more come by the command line or the API."""

PARTS = ("number", "theme", "title-nl", "title-en", "text-nl", "text-en")
FIELDS = {
    "number": "number", "theme": "theme", "title.nl": "title-nl", "title.en": "title-en", "text.nl": "text-nl",
    "text.en": "text-en",
}  # fmt: skip


async def revise(at: At, f: Filled) -> Prepared | None:
    """Say what the revision would begin with."""
    db, reason, act = at.visit.site.db, reason_of(f), act_of(f)
    found = await revisions.lineage(db, at.covenant)
    start = _day(f)
    try:
        state = Revisions(open=found.open.slug if found.open else None)
        revising.check_opens(state, at.covenant.signed_at, start, at.today)
        revising.check_first(at.covenant.revises)
        text = await revisions.text_of(db, at.slug)
        added = _added(f, {one.clause.id for one in await clauses.clauses(db, text, None)})
        digest = await acts.stored(db, at.slug, added) if f.fine else None
        begins = await acts.beginning(db, at.covenant, digest, start or at.today, at.actor.person)
    except PolderError as error:
        f.refuse(error, {"in_the_past": "start", "date_too_far": "start", **_place(error, f)})
        return None
    message = made(f, lambda: Revision(act=act, actor=at.actor, start=start, added=digest, reason=reason))
    if message is None:
        return None
    steps = naming.listed(begins.steps)
    who = f"{begins.parties} partijen" + (f" en {begins.companies} bedrijven" if begins.companies else "")
    who_en = f"{begins.parties} parties" + (f" and {begins.companies} companies" if begins.companies else "")
    said = [
        Words(
            nl=f"Er begint een herziening: een convenant met eigen pagina's en dezelfde {who}. De stappen: {steps.nl}.",
            en=f"A revision begins: a covenant with pages of its own and the same {who_en}. The steps: {steps.en}.",
        ),
        Words(
            nl=f"Over de {begins.kept} artikelen die van kracht zijn bestaat akkoord tot u ze wijzigt; {begins.added} "
            "zijn nieuw. U maakt daarna de eerste versie van de wijzigingen.",
            en=f"On the {begins.kept} clauses in force there is agreement until you change them; {begins.added} are "
            "new. After this you make the first version of the changes.",
        ),
        Words(
            nl="Iedereen die meedoet krijgt bericht. Wat ondertekend is geldt tot de nieuwe tekst van kracht is.",
            en="Everyone who takes part is told. What was signed holds until the new text is in force.",
        ),
    ]
    return Prepared(said, [Send(ids.covenant_workflow(at.slug), "open_revision", message, act)])


def _day(f: Filled) -> date | None:
    given = f.get("start").strip()
    try:
        return date.fromisoformat(given) if given else None
    except ValueError:
        f.wrong("start", "Geef een dag als 2027-01-31, of niets.", "Give a day such as 2027-01-31, or nothing.")
        return None


def _added(f: Filled, taken: set[str]) -> list[ClauseFile]:
    """Return the new clauses; what is wrong with one is noted at its field."""
    found: list[ClauseFile] = []
    for n in range(1, MOST + 1):
        given = {part: f.get(f"new-{n}-{part}").strip() for part in PARTS}
        if not any(value for part, value in given.items() if part != "theme"):
            continue
        clause_id = slugged(given["title-nl"] or f"new-{n}", taken | {one.id for one in found})
        raw = {
            "id": clause_id, "number": given["number"], "theme": given["theme"],
            "title": {"nl": given["title-nl"], "en": given["title-en"]},
            "text": {"nl": given["text-nl"], "en": given["text-en"]},
        }  # fmt: skip
        try:
            found.append(ClauseFile.model_validate(raw))
        except ValidationError as error:
            f.invalid(error, {path: f"new-{n}-{part}" for path, part in FIELDS.items()})
    return found


def _place(error: PolderError, f: Filled) -> dict[str, str]:
    """Return at which field a clause that does not fit is told."""
    if error.code != "clause_does_not_fit":
        return {}
    wanted = error.evidence.get("number")
    n = next((n for n in range(1, MOST + 1) if f.get(f"new-{n}-number").strip() == wanted), 1)
    return {error.code: f"new-{n}-{FIELDS.get(error.evidence['field'], 'number')}"}
