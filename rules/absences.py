"""Who of a delegation is away, and who has their mandates meanwhile. Pure."""

from datetime import date

from models import contracts as c
from models.errors import Refusal
from models.questions import Absence
from rules.answering import FURTHEST, PROXIES, person
from rules.calendar import in_words
from rules.mandates import may_give


def noted(roster: c.Roster, absence: Absence, today: date) -> list[c.Person]:
    """Return the people whom an absence changes, as they are from now on: who is away, and the substitute.

    The substitute gets each mandate of who is away, until the last day of the absence at the latest, beside their own.

    Raises:
        Refusal: `not_your_absence`, `not_of_party`, `date_in_the_past`, `date_too_far`, `no_substitute`.
    """
    away = _member(roster, absence.party, absence.person)
    actor = person(roster, absence.actor.person)
    own = actor.id == away.id or may_give(actor, absence.party, today)
    if not own and not set(actor.roles) & PROXIES:
        raise Refusal(
            "not_your_absence",
            f"{actor.name} mag geen afwezigheid van {away.name} noteren. Verwacht: {away.name} zelf, iemand die voor "
            "de partij mag binden of tekenen, de facilitator of het secretariaat.",
            f"{actor.name} may note no absence of {away.name}. Expected: {away.name}, someone who may commit or sign "
            "for the party, the facilitator or the secretariat.",
            {"person": actor.id},
        )
    until = absence.until
    if until is None:
        return [away.model_copy(update={"absent_until": None})]
    if until < today:
        raise Refusal(
            "date_in_the_past",
            f"De afwezigheid zou al voorbij zijn ({until}). Verwacht: een dag vanaf {in_words(today, 'nl')}.",
            f"The absence would be over already ({until}). Expected: a day from {in_words(today, 'en')} on.",
            {"date": str(until), "today": today.isoformat()},
        )
    if until.year > today.year + FURTHEST:
        raise Refusal(
            "date_too_far",
            f"De dag {until} ligt te ver weg. Verwacht: uiterlijk {today.year + FURTHEST}.",
            f"The day {until} is too far away. Expected: {today.year + FURTHEST} at the latest.",
            {"date": str(until)},
        )
    people = [away.model_copy(update={"absent_until": until})]
    if absence.substitute is not None:
        people.append(_substitute(roster, absence, away, until))
    return people


def _member(roster: c.Roster, party: str, who: str) -> c.Person:
    found = next((one for one in roster.people if one.id == who and one.party == party), None)
    if found is None:
        names = ", ".join(one.id for one in roster.people if one.party == party)
        raise Refusal(
            "not_of_party",
            f"{who} zit niet in de delegatie van {party}. Verwacht: {names or 'niemand'}.",
            f"{who} is not in the delegation of {party}. Expected: {names or 'nobody'}.",
            {"person": who, "party": party},
        )
    return found


def _substitute(roster: c.Roster, absence: Absence, away: c.Person, until: date) -> c.Person:
    other = _member(roster, absence.party, absence.substitute or "")
    if other.id == away.id or (other.absent_until is not None and other.absent_until >= until):
        raise Refusal(
            "no_substitute",
            f"{other.name} kan {away.name} niet vervangen: dezelfde persoon, of zelf afwezig. Verwacht: een ander van "
            "de delegatie.",
            f"{other.name} cannot stand in for {away.name}: the same person, or away too. Expected: another of the "
            "delegation.",
            {"person": other.id},
        )
    lent = [mandate.model_copy(update={"until": min(mandate.until or until, until)}) for mandate in away.mandates]
    kept = [*other.mandates, *(one for one in lent if one not in other.mandates)]
    return other.model_copy(update={"mandates": kept[:10]})
