"""Who may change a delegation, and to what: mandates, substitutes, and who is written to for a party."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date

from models import contracts as c
from models.base import Words
from models.enums import PartyStatus, Power, Role, TaskKind
from models.errors import Refusal
from rules.answering import POWERS, PROXIES, WHOLE, covers, person
from rules.calendar import in_words as day_in_words
from rules.labels import POWERS as POWERS_IN_WORDS

GIVING = (Power.COMMIT, Power.SIGN)
"""Who holds one of these, for every theme, may change the delegation of the party."""


def in_force(mandates: Iterable[c.Mandate], today: date) -> bool:
    """Whether any of these mandates holds today."""
    return any(mandate.until is None or today <= mandate.until for mandate in mandates)


def with_person(people: Sequence[c.Person], changed: c.Person) -> list[c.Person]:
    """Return the people of a table with one of them changed, or added at the end."""
    if any(one.id == changed.id for one in people):
        return [changed if one.id == changed.id else one for one in people]
    return [*people, changed]


def changed(roster: c.Roster, change: c.MandateChange, today: date, themes: Collection[str]) -> c.Person:
    """Return the person as he or she is from now on.

    Args:
        roster: everyone around the table.
        change: what is asked.
        today: the day in Amsterdam.
        themes: that a mandate may be limited to.

    Raises:
        Refusal: who asks may not, or what is asked cannot be.
    """
    party = _party(roster, change.party)
    _may_give(roster, change.actor, party, today)
    if change.change == "add":
        _check_new(roster, change)
        who = c.Person(id=change.person, name=change.name or change.person, party=party.id)
    else:
        who = person(roster, change.person)
        _check_theirs(roster, who, party)
    if change.change == "end":
        if not who.mandates:
            raise Refusal(
                "no_mandate_to_end",
                f"{who.name} heeft geen mandaat van {party.name.nl}. Verwacht: iemand met een mandaat.",
                f"{who.name} has no mandate of {party.name.en}. Expected: someone with a mandate.",
                {"person": who.id},
            )
        return who.model_copy(update={"mandates": []})
    _check_mandates(change.mandates, today, themes)
    return who.model_copy(update={"mandates": list(change.mandates)})


def _party(roster: c.Roster, party_id: str) -> c.Party:
    for party in roster.parties:
        if party.id == party_id and party.status is PartyStatus.ACTIVE:
            return party
    names = ", ".join([one.id for one in roster.parties if one.status is PartyStatus.ACTIVE][:20])
    raise Refusal(
        "unknown_party",
        f"Partij {party_id} zit niet (meer) aan tafel. Verwacht: {names}.",
        f"Party {party_id} is not at the table (any more). Expected: {names}.",
        {"party": party_id},
    )


def may_give(who: c.Person, party: str, today: date) -> bool:
    """Whether someone may change the delegation of a party."""
    if set(who.roles) & PROXIES:
        return True
    return who.party == party and any(
        covers(mandate, power, today, None, whole=True) for mandate in who.mandates for power in GIVING
    )


def _may_give(roster: c.Roster, actor: c.Actor, party: c.Party, today: date) -> None:
    who = person(roster, actor.person)
    if may_give(who, party.id, today):
        return
    able = ", ".join([one.id for one in roster.people if may_give(one, party.id, today)][:20])
    raise Refusal(
        "not_your_delegation",
        f"{who.name} mag de delegatie van {party.name.nl} niet wijzigen. Verwacht: iemand van die partij met de "
        f"bevoegdheid commit of sign voor alle thema's, de facilitator of het secretariaat: {able}.",
        f"{who.name} may not change the delegation of {party.name.en}. Expected: someone of that party with the power "
        f"commit or sign for all themes, the facilitator or the secretariat: {able}.",
        {"person": who.id, "party": party.id},
    )


def _check_new(roster: c.Roster, change: c.MandateChange) -> None:
    if any(one.id == change.person for one in roster.people):
        raise Refusal(
            "person_exists",
            f"Er is al iemand met de id {change.person}. Verwacht: een nieuwe id, of `change` voor wie er al is.",
            f"There is someone with the id {change.person} already. Expected: a new id, or `change` for who is there.",
            {"person": change.person},
        )
    if change.name is None or change.contact is None:
        raise Refusal(
            "no_contact",
            "Van wie nieuw is ontbreekt de naam of het adres. Verwacht: naam, e-mailadres en taal.",
            "The name or address of who is new is missing. Expected: name, e-mail address and language.",
            {"person": change.person},
        )


def check_address(roster: c.Roster, change: c.MandateChange, holder: str | None) -> None:
    """Refuse to add someone with the address of another person of the covenant (`address_taken`).

    The address itself is not in the words: they are kept in a history.
    """
    if holder is None or holder == change.person:
        return
    name = next((one.name for one in roster.people if one.id == holder), holder)
    raise Refusal(
        "address_taken",
        f"Dit adres is al van {name} ({holder}). Verwacht: een eigen e-mailadres voor wie nieuw is; is het dezelfde "
        "mens, wijzig dan diens mandaat.",
        f"This address belongs to {name} ({holder}) already. Expected: an e-mail address of their own for who is new; "
        "if it is the same person, change their mandate.",
        {"person": change.person, "holder": holder},
    )


def _check_theirs(roster: c.Roster, who: c.Person, party: c.Party) -> None:
    if who.party != party.id:
        theirs = ", ".join([one.id for one in roster.people if one.party == party.id][:20])
        raise Refusal(
            "other_delegation",
            f"{who.name} hoort niet bij {party.name.nl}. Verwacht: {theirs or 'niemand; voeg iemand toe'}.",
            f"{who.name} does not belong to {party.name.en}. Expected: {theirs or 'nobody; add someone'}.",
            {"person": who.id, "party": party.id},
        )


def _check_mandates(mandates: Sequence[c.Mandate], today: date, themes: Collection[str]) -> None:
    if not mandates or not all(mandate.powers for mandate in mandates):
        raise Refusal(
            "no_powers",
            "Een mandaat zonder bevoegdheid is er geen. Verwacht: speak, commit of sign; of beëindig het mandaat.",
            "A mandate without a power is none. Expected: speak, commit or sign; or end the mandate.",
        )
    for mandate in mandates:
        for theme in mandate.themes:
            if theme not in themes:
                raise Refusal(
                    "unknown_theme",
                    f"Thema {theme} bestaat niet. Verwacht: {', '.join(themes)}.",
                    f"There is no theme {theme}. Expected: {', '.join(themes)}.",
                    {"theme": theme},
                )
        if mandate.until is not None and mandate.until < today:
            raise Refusal(
                "date_in_the_past",
                f"Het mandaat liep al tot {day_in_words(mandate.until, 'nl')}. Verwacht: vandaag of later.",
                f"The mandate ran until {day_in_words(mandate.until, 'en')} already. Expected: today or later.",
                {"date": mandate.until.isoformat(), "today": today.isoformat()},
            )


# --- who is left ------------------------------------------------------------------------------------------------------


def answerable(people: Iterable[c.Person], party: str, today: date) -> set[TaskKind]:
    """Return the kinds of tasks that someone of a party can answer today so that it counts, on some theme at least."""
    held = [mandate for one in people if one.party == party for mandate in one.mandates]
    return {
        kind
        for kind in TaskKind
        if any(covers(mandate, POWERS.get(kind), today, None, whole=kind in WHOLE) for mandate in held)
    }


def lost(roster: c.Roster, after: c.Person, today: date) -> set[TaskKind]:
    """Return the kinds of tasks that a party can no longer answer once one of its people has changed."""
    party = after.party or ""
    return answerable(roster.people, party, today) - answerable(with_person(roster.people, after), party, today)


def needs_somebody_left(roster: c.Roster, actor: c.Actor) -> bool:
    """Whether it must be looked at if someone is left: not for the facilitator."""
    return Role.FACILITATOR not in person(roster, actor.person).roles


def check_left(party: c.Party, kinds: Collection[TaskKind], open_tasks: Iterable[tuple[str, TaskKind]]) -> None:
    """Refuse to leave open tasks of a party without anyone who may answer them (`nobody_left`)."""
    stranded = [task for task, kind in open_tasks if kind in kinds]
    if stranded:
        tasks = ", ".join(stranded[:5])
        raise Refusal(
            "nobody_left",
            f"Dan kan niemand van {party.name.nl} meer antwoorden op wat openstaat: {tasks}. Verwacht: geef eerst "
            "iemand anders een mandaat, antwoord eerst, of vraag de facilitator.",
            f"Nobody of {party.name.en} could then answer what is open: {tasks}. Expected: give someone else a mandate "
            "first, answer first, or ask the facilitator.",
            {"party": party.id, "tasks": tasks},
        )


# --- in words ---------------------------------------------------------------------------------------------------------


def in_words(who: c.Person) -> Words:
    """Say what someone may do for the party from now on."""
    if not who.mandates:
        return Words(nl="heeft geen mandaat meer", en="has no mandate any more")
    nl, en = [], []
    for mandate in who.mandates:
        powers = [POWERS_IN_WORDS[power] for power in mandate.powers]
        themes = ", ".join(mandate.themes)
        last = mandate.until
        nl.append(
            ", ".join(power.nl for power in powers)
            + (f" over {themes}" if themes else "")
            + (f" tot en met {day_in_words(last, 'nl')}" if last else "")
        )
        en.append(
            ", ".join(power.en for power in powers)
            + (f" on {themes}" if themes else "")
            + (f" until {day_in_words(last, 'en')}" if last else "")
        )
    return Words(nl=f"mag voor de partij: {'; '.join(nl)}"[:4000], en=f"may for the party: {'; '.join(en)}"[:4000])


# --- who is written to ------------------------------------------------------------------------------------------------


def written_to(held: Sequence[Sequence[c.Mandate]], today: date) -> list[int]:
    """Return which of the people of a party get its mail, by their place in the list.

    Those whose mandate holds today; where none does, those who have one at all, since it may have lapsed unnoticed.
    Whose mandates were ended gets nothing.
    """
    valid = [place for place, mandates in enumerate(held) if in_force(mandates, today)]
    return valid or [place for place, mandates in enumerate(held) if mandates]
