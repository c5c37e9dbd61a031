"""The people and mandates of a party: who speaks, commits and signs, substitutes, and until when."""

import hashlib
import re
import unicodedata

from email_validator import EmailNotValidError, validate_email
from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response
from pydantic import ValidationError
from starlette.status import HTTP_303_SEE_OTHER, HTTP_409_CONFLICT, HTTP_422_UNPROCESSABLE_CONTENT

from acts.carrying import act, new_act
from models import contracts as c
from models import ids
from models.enums import Language, Power
from models.errors import Conflict, Forbidden, PolderError
from models.questions import Absence
from models.tables import Covenant, Party, Person
from rules import mandates
from rules.access import PROXIES, Deed, Page, Viewer, does
from rules.calendar import local_date
from store import asked, clauses, views
from store.comments import person_of
from store.people import Contact, put_contact
from web.forms import Filled, resumed, sent, typed
from web.problems import STATUS
from web.rendering import page
from web.visiting import V, Visit

router = APIRouter(include_in_schema=False)

DOES = {"add", "change", "end", "absence"}
FIELDS = {
    "no_powers": "powers",
    "unknown_theme": "themes",
    "date_in_the_past": "until",
    "person_exists": "name",
    "no_contact": "email",
    "address_taken": "email",
    "date_too_far": "until",
    "no_substitute": "substitute",
}


class Seen:
    """A delegation and who looks at it.

    Attributes:
        party: whose people are shown.
        parties: that may be chosen; more than one for the offices.
        acts_as: the person who would change something, if they may.
    """

    def __init__(self, covenant: Covenant, viewer: Viewer, party: Party, parties: list[Party], people: list[Person],
                 acts_as: str | None) -> None:  # fmt: skip
        self.covenant, self.viewer, self.party, self.parties = covenant, viewer, party, parties
        self.people, self.acts_as = people, acts_as

    def person(self, person_id: str) -> Person | None:
        """Return one of the people of the delegation."""
        return next((one for one in self.people if one.id == person_id), None)


async def _seen(visit: Visit, slug: str, wanted: str) -> Seen:
    """Find the delegation that is asked for.

    Raises:
        Forbidden: it is another party's.
    """
    viewer = await visit.need(Page.DELEGATION, slug)
    db = visit.site.db
    covenant = await views.covenant(db, slug)
    own = [seat.party for seat in viewer.seats if seat.party is not None]
    every = await clauses.names(db, slug)
    parties = every if viewer.relations & PROXIES else [one for one in every if one.id in own]
    first = own[0] if own else parties[0].id if parties else ""
    party = next((one for one in parties if one.id == (wanted or first)), None)
    if party is None:
        raise Forbidden(
            "other_delegation",
            "Deze delegatie is van een andere partij. Verwacht: die van uw eigen partij.",
            "This delegation is another party's. Expected: that of your own party.",
            {"party": wanted},
        )
    people = await clauses.delegation(db, slug, party.id)
    return Seen(covenant, viewer, party, parties, people, await _acts_as(visit, covenant, viewer, party, people))


async def _acts_as(visit: Visit, covenant: Covenant, viewer: Viewer, party: Party, people: list[Person]) -> str | None:
    """Return the person as whom the visitor may change this delegation; the engine checks it again."""
    if not does(viewer, Deed.CHANGE_MANDATES):
        return None
    today = local_date(visit.clock(covenant))
    for seat in viewer.seats:
        row = next((one for one in people if one.id == seat.person), None)
        if seat.roles & PROXIES or (row is not None and mandates.may_give(person_of(row), party.id, today)):
            return seat.person
    return None


@router.get("/c/{slug}/delegation")
async def delegation(visit: V, slug: str) -> Response:
    """Show a delegation, and the form to change it if one was asked for."""
    query = visit.request.query_params
    seen = await _seen(visit, slug, query.get("party", ""))
    do, who = query.get("do", ""), seen.person(query.get("person", ""))
    f = await resumed(visit, _key(seen, do, who), _initial(who) if do == "change" else {"language": "nl"})
    return await _shown(visit, seen, f, do, who)


def _key(seen: Seen, do: str, who: Person | None) -> str:
    return f"/c/{seen.covenant.slug}/delegation?party={seen.party.id}&do={do}&person={who.id if who else ''}"


def _initial(who: Person | None) -> dict[str, str | list[str]]:
    """Return what someone holds: the first mandate fills the form."""
    if who is None or not who.mandates:
        return {}
    first = c.Mandate.model_validate(who.mandates[0])
    until = {"until": first.until.isoformat()} if first.until else {}
    return {"powers": [one.value for one in first.powers], "themes": list(first.themes), **until}


async def _shown(visit: Visit, seen: Seen, f: Filled, do: str, who: Person | None, status: int = 200) -> Response:
    today = local_date(visit.clock(seen.covenant))
    held = {one.id: [c.Mandate.model_validate(mandate) for mandate in one.mandates] for one in seen.people}
    offered = seen.acts_as is not None and do in DOES and (do == "add" or who is not None)
    return page(
        visit, "delegation.html.j2", status=status, f=f, seen=seen, covenant=seen.covenant, viewer=seen.viewer,
        held=held, current={one.id: mandates.in_force(held[one.id], today) for one in seen.people},
        do=do if offered else "", who=who, key=_key(seen, do, who), today=today,
        themes=asked.themes(await asked.playbook(visit.site.db, seen.covenant.slug)),
        able=[one for one in seen.people if mandates.may_give(person_of(one), seen.party.id, today)],
    )  # fmt: skip


# --- changing ---------------------------------------------------------------------------------------------------------


@router.post("/c/{slug}/delegation")
async def change(visit: V, slug: str) -> Response:
    """Add a person, change what one may do, or end it; with a reason."""
    f = await typed(visit.request)
    seen = await _seen(visit, slug, f.get("party"))
    await visit.need_deed(Deed.CHANGE_MANDATES, slug)
    do, who = f.get("do"), seen.person(f.get("person"))
    if seen.acts_as is None or do not in DOES or (do != "add" and who is None):
        raise Forbidden(
            "not_your_delegation",
            "U mag deze delegatie niet wijzigen. Verwacht: iemand van de partij die voor alle thema's mag binden of "
            "tekenen, de facilitator of het secretariaat.",
            "You may not change this delegation. Expected: someone of the party who may commit or sign for all "
            "themes, the facilitator or the secretariat.",
        )
    try:
        away = do == "absence"
        message = _absence(seen, f, who) if away else await _message(visit, seen, f, do, who)
        if message is None:
            return await _shown(visit, seen, f, do, who, HTTP_422_UNPROCESSABLE_CONTENT)
        client, update = await visit.site.client(), "absence" if away else "change_mandates"
        await act(client, ids.covenant_workflow(slug), update, message, act_id=f.act, db=visit.site.db)
    except ValidationError as error:
        f.invalid(error)
        return await _shown(visit, seen, f, do, who, HTTP_422_UNPROCESSABLE_CONTENT)
    except PolderError as error:
        return await _refused(visit, seen, f, error, do, who)
    await sent(visit, _key(seen, do, who))
    return RedirectResponse(f"/c/{slug}/delegation?party={seen.party.id}&done=1", HTTP_303_SEE_OTHER)


async def _refused(visit: Visit, seen: Seen, f: Filled, error: PolderError, do: str, who: Person | None) -> Response:
    status = STATUS.get(error.kind, HTTP_422_UNPROCESSABLE_CONTENT)
    if error.code == "act_id_used":
        error = Conflict(
            "sent_before",
            "Dit formulier is al verstuurd, met een andere inhoud. Verstuur het nog eens als dit een nieuwe is.",
            "This form was sent before, with other content. Send it again if this is a new one.",
        )
    if status in {HTTP_409_CONFLICT, HTTP_422_UNPROCESSABLE_CONTENT}:
        f.values["act"] = [new_act()]
    f.refuse(error, FIELDS)
    return await _shown(visit, seen, f, do, who, status)


async def _message(visit: Visit, seen: Seen, f: Filled, do: str, who: Person | None) -> c.MandateChange | None:
    """Make the act of a form, or None when something is wrong with a field."""
    reason = f.need("reason", "Schrijf waarom.", "Write why.")
    held: list[c.Mandate] = [] if do == "end" else _mandates(visit, seen, f, do, who)
    name, email = "", ""
    if do == "add":
        name = f.need("name", "Vul de naam in.", "Fill in the name.")
        email = _address(f)
    if not f.fine or seen.acts_as is None:
        return None
    contact = None
    if do == "add":
        language = Language.EN if f.get("language") == "en" else Language.NL
        contact = await put_contact(visit.site.db, Contact(email=email, language=language))
    return c.MandateChange.model_validate(
        {
            "act": f.act, "actor": {"person": seen.acts_as}, "party": seen.party.id, "change": do,
            "person": who.id if who is not None and do != "add" else await _new_id(visit, seen, f, name),
            "name": name or None, "contact": contact, "mandates": held, "reason": reason,
        }
    )  # fmt: skip


def _absence(seen: Seen, f: Filled, who: Person | None) -> Absence | None:
    """Make the act that notes an absence, or its end, or None when something is wrong with a field."""
    reason = f.need("reason", "Schrijf waarom.", "Write why.")
    until = None if f.get("back") == "yes" else f.date("until")
    if not f.fine or who is None or seen.acts_as is None:
        return None
    return Absence.model_validate(
        {
            "act": f.act, "actor": {"person": seen.acts_as}, "party": seen.party.id, "person": who.id, "until": until,
            "substitute": f.get("substitute") or None, "reason": reason,
        }
    )  # fmt: skip


def _address(f: Filled) -> str:
    email = f.get("email").strip()
    try:
        return validate_email(email, check_deliverability=False).normalized
    except EmailNotValidError:
        f.wrong("email", "Vul een e-mailadres in, zoals naam@voorbeeld.nl.", "Fill in an address, as name@example.org.")
        return ""


def _mandates(visit: Visit, seen: Seen, f: Filled, do: str, who: Person | None) -> list[c.Mandate]:
    """Return all that the person holds from now on."""
    powers = [Power(one) for one in f.all("powers") if one in set(Power)]
    if not powers:
        f.wrong("powers", "Kies minstens één bevoegdheid.", "Choose at least one power.")
        return []
    until = f.date("until", required=False)
    if f.get("until").strip() and until is None:
        return []
    mandate = c.Mandate(powers=powers, themes=f.all("themes"), until=until)
    if do != "change" or who is None or f.get("also") != "yes":
        return [mandate]
    today = local_date(visit.clock(seen.covenant))
    kept = [c.Mandate.model_validate(one) for one in who.mandates]
    return [*(one for one in kept if (one.until is None or one.until >= today) and one != mandate), mandate]


async def _new_id(visit: Visit, seen: Seen, f: Filled, name: str) -> str:
    """Make an id of a name; sent twice it is the same one, of a namesake another."""
    known = await views.event(visit.site.db, f.act)
    if known is not None:
        return str(known.data["changes"][0].get("person", {}).get("id", ""))
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:50] or "person"
    taken = {one.id for one in await views.people(visit.site.db, seen.covenant.slug)}
    return slug if slug not in taken else f"{slug}-{hashlib.sha256(f.act.encode()).hexdigest()[:6]}"
