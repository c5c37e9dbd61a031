"""Ways out for clauses that do not come together: mediation, parking, splitting off. Which of them fit together."""

from collections import Counter
from collections.abc import Sequence

from models import contracts as c
from models.base import Words
from models.drafting import Mediation, SplitOff
from models.enums import Choice, ClauseStatus, Role
from models.errors import Refusal
from rules.ground_rules import RESPONDENTS
from rules.naming import named, same
from rules.texts import agenda, unknown_clause


def numbers_of(clauses: Sequence[c.ClauseRef], chosen: Sequence[str]) -> str:
    """Return the numbers of clauses, in the order of the text."""
    return ", ".join(clause.number for clause in clauses if clause.id in chosen)


def check_ways_out(
    task: c.TaskState, content: c.DraftingAnswer, clauses: Sequence[c.ClauseRef], roster: c.Roster | None = None
) -> None:
    """Refuse a next version that asks what cannot be: for clauses that are not there, or two ways for one clause.

    Raises:
        Refusal: `unknown_clause`, `two_ways`, `not_parked`, `no_mediation`, `mediator_cannot`, `unknown_mediator`,
            `unknown_respondent`, `nothing_to_talk_about`.
    """
    _check_known(content, clauses)
    split = [clause for one in content.split for clause in one.clauses]
    mediated = content.mediation.clauses if content.mediation else []
    revised = [one.clause for one in content.amendments]
    ways = Counter([*set(revised), *content.parked, *content.resumed, *split, *mediated])
    twice = [clause for clause, times in ways.items() if times > 1]
    if twice:
        numbers = numbers_of(clauses, twice)
        raise Refusal(
            "two_ways",
            f"Voor artikel {numbers} kiest u meer dan één weg (nieuwe tekst, parkeren, afsplitsen, bemiddelen). "
            "Verwacht: één.",
            f"For clause {numbers} you choose more than one way (a new text, parking, splitting off, mediation). "
            "Expected: one.",
            {"clause": twice[0]},
        )
    _check_parked(content, clauses)
    if not ways and content.choice is not Choice.END and not agenda(clauses):
        raise Refusal(
            "nothing_to_talk_about",
            "Over elk artikel zijn de partijen het eens. Verwacht: wijzig een artikel, of beëindig de gesprekken.",
            "The parties agree on every clause. Expected: change a clause, or end the talks.",
        )
    if (content.choice is Choice.MEDIATE) != (content.mediation is not None):
        raise Refusal(
            "no_mediation",
            "Bemiddelen vraagt welke artikelen, en door wie. Verwacht: de keuze mediate samen met mediation.",
            "Mediation asks which clauses, and by whom. Expected: the choice mediate together with mediation.",
        )
    if task.role is Role.MEDIATOR and (content.choice is not Choice.CONTINUE or split or content.resumed):
        raise Refusal(
            "mediator_cannot",
            "Een bemiddelaar stelt een tekst voor. Verwacht: een nieuwe tekst voor de artikelen van de bemiddeling.",
            "A mediator proposes a text. Expected: a new text for the clauses of the mediation.",
        )
    if roster is not None:
        _check_people(content, roster)


def _check_known(content: c.DraftingAnswer, clauses: Sequence[c.ClauseRef]) -> None:
    known = {clause.id for clause in clauses}
    named = [*content.resumed, *(clause for one in content.split for clause in one.clauses)]
    for clause in [*named, *(content.mediation.clauses if content.mediation else [])]:
        if clause not in known:
            raise unknown_clause(clause, sorted(known))


def _check_parked(content: c.DraftingAnswer, clauses: Sequence[c.ClauseRef]) -> None:
    parked = [clause.id for clause in clauses if clause.status is ClauseStatus.PARKED]
    for clause in content.resumed:
        if clause not in parked:
            expected = ", ".join(parked)
            raise Refusal(
                "not_parked",
                f"Artikel {clause} is niet geparkeerd. Verwacht: {expected or 'geen; er is niets geparkeerd'}.",
                f"Clause {clause} is not parked. Expected: {expected or 'none; nothing is parked'}.",
                {"clause": clause},
            )


def _check_people(content: c.DraftingAnswer, roster: c.Roster) -> None:
    if content.mediation is not None:
        check_mediator(content.mediation, roster)
    known = ["all", *(group.id for group in roster.constituencies), *Role]
    for name in (name for one in content.split for name in one.respondents):
        if name not in known:
            raise Refusal(
                "unknown_respondent",
                f"Respondent {name} bestaat niet. Verwacht: {', '.join(known)}.",
                f"There is no respondent {name}. Expected: {', '.join(known)}.",
                {"respondent": name},
            )


def check_mediator(mediation: Mediation, roster: c.Roster) -> None:
    """Refuse a mediator who sits for a party, or of whom nothing is known."""
    who = next((one for one in roster.people if one.id == mediation.mediator), None)
    new = mediation.name is not None and mediation.contact is not None
    if who is None and new:
        return
    if who is None or who.party is not None:
        able = named(one for one in roster.people if one.party is None and Role.FACILITATOR not in one.roles)
        raise Refusal(
            "unknown_mediator",
            f"{mediation.mediator} kan hier niet bemiddelen. Verwacht: iemand die voor geen partij zit "
            f"({able or 'niemand nu'}), of een nieuw iemand met naam en adres.",
            f"{mediation.mediator} cannot mediate here. Expected: someone who sits for no party "
            f"({able or 'nobody now'}), or someone new with a name and an address.",
            {"person": mediation.mediator},
        )


def mediator(mediation: Mediation, roster: c.Roster) -> c.Person:
    """Return the mediator with the office, as it will be once the parties accepted."""
    who = next((one for one in roster.people if one.id == mediation.mediator), None)
    if who is None:
        return c.Person(id=mediation.mediator, name=mediation.name or mediation.mediator, roles=[Role.MEDIATOR])
    roles = who.roles if Role.MEDIATOR in who.roles else [*who.roles, Role.MEDIATOR]
    return who.model_copy(update={"roles": roles})


def relieved(roster: c.Roster, *, keeps: str) -> list[c.Person]:
    """Return those who mediate and no longer do, without the office: one mediates at a time."""
    return [
        one.model_copy(update={"roles": [role for role in one.roles if role is not Role.MEDIATOR]})
        for one in roster.people
        if Role.MEDIATOR in one.roles and one.id != keeps
    ]


def split_words(split: SplitOff, roster: c.Roster, clauses: Sequence[c.ClauseRef], reason: str) -> tuple[Words, Words]:
    """Return subject and text of the mail that clauses go their own way, and who delivers what comes of them."""
    numbers = numbers_of(clauses, split.clauses)
    groups = {one.id: one.title for one in roster.constituencies}
    whom = [groups.get(one) or RESPONDENTS.get(one) or same(one) for one in split.respondents]
    nl, en = ", ".join(one.nl for one in whom), ", ".join(one.en for one in whom)
    return (
        Words(nl=f"Afgesplitst: artikel {numbers}"[:300], en=f"Split off: clause {numbers}"[:300]),
        Words(
            nl=f"Artikel {numbers} gaat uit de tekst en krijgt een eigen stap naast de gesprekken. De uitkomst levert: "
            f"{nl}. Waarom: {reason}",
            en=f"Clause {numbers} leaves the text and gets a step of its own beside the talks. What comes of it is "
            f"delivered by: {en}. Why: {reason}",
        ),
    )


def asked_of_parties(mediation: Mediation, roster: c.Roster, clauses: Sequence[c.ClauseRef]) -> Words:
    """Return the question whether the parties accept a mediator."""
    name, numbers = mediator(mediation, roster).name, numbers_of(clauses, mediation.clauses)
    return Words(
        nl=f"Aanvaardt u {name} als bemiddelaar voor artikel {numbers}?"[:300],
        en=f"Do you accept {name} as mediator for clause {numbers}?"[:300],
    )
