"""Who may propose words for a clause, take them back, or say what they think of their fate."""

from collections.abc import Collection, Sequence
from datetime import date

from models import contracts as c
from models.amending import Proposal
from models.enums import AmendmentStatus, PartyStatus, Tier
from models.errors import Refusal
from models.lookups import KnownAmendment
from rules.answering import covers, person
from rules.naming import named, same
from rules.texts import clause_of

MAINTAINABLE = {AmendmentStatus.COMPROMISE, AmendmentStatus.REFUSED}
"""What its mover can hold on to: words that were accepted are the text."""
SETTLED = MAINTAINABLE | {AmendmentStatus.ACCEPTED}


def mover(roster: c.Roster, actor: c.Actor, today: date, theme: str | None = None) -> c.Party:
    """Return the party for which somebody proposes words.

    Raises:
        Refusal: `no_seat`, no party at the table; `no_mandate`, no mandate today that covers the theme.
    """
    who = person(roster, actor.person)
    party = next((one for one in roster.parties if one.id == who.party and one.tier is Tier.PARTY), None)
    if party is None or party.status is not PartyStatus.ACTIVE:
        raise Refusal(
            "no_seat",
            f"{who.name} zit voor geen partij aan tafel. Verwacht: iemand van een partij die onderhandelt.",
            f"{who.name} sits at the table for no party. Expected: someone of a party that negotiates.",
            {"person": who.id},
        )
    if not any(covers(mandate, None, today, theme, whole=False) for mandate in who.mandates):
        able = named(
            one
            for one in roster.people
            if one.party == party.id and any(covers(held, None, today, theme, whole=False) for held in one.mandates)
        )
        raise Refusal(
            "no_mandate",
            f"{who.name} heeft vandaag geen mandaat van {party.name.nl} over dit thema. Verwacht: "
            f"{able or 'niemand nu'}.",
            f"{who.name} has no mandate of {party.name.en} today on this theme. Expected: {able or 'nobody now'}.",
            {"person": who.id, "theme": theme or ""},
        )
    return party


def check_proposal(
    roster: c.Roster, proposal: Proposal, clauses: Sequence[c.ClauseRef], today: date, *, frozen: bool
) -> c.Party:
    """Return the party that proposes words for a clause; `frozen` once the talks about the text are over.

    Raises:
        Refusal: no such clause, the text is agreed, or the person may not.
    """
    clause = clause_of(clauses, proposal.clause)
    if frozen:
        raise over()
    return mover(roster, proposal.actor, today, clause.theme)


def over() -> Refusal:
    """Say that words come too late: no round and no next version would deal with them."""
    return Refusal(
        "text_agreed",
        "De gesprekken over de tekst zijn voorbij, of het akkoord ligt voor; woorden komen niet meer in de tekst. "
        "Verwacht: een voorstel zolang er rondes zijn, of zeg bij het akkoord wat u niet wilt.",
        "The talks about the text are over, or the accord on it is asked; words come into it no more. Expected: a "
        "proposal while there are rounds, or say at the accord what you do not want.",
    )


def own(
    roster: c.Roster, actor: c.Actor, amendment: KnownAmendment | None, wanted: Collection[AmendmentStatus],
    key: str, today: date,
) -> KnownAmendment:  # fmt: skip
    """Return the amendment when it is of the actor's party and in one of these states.

    Raises:
        Refusal: `unknown_amendment`, `not_your_amendment`, `amendment_settled`.
    """
    party = mover(roster, actor, today)
    if amendment is None:
        raise Refusal(
            "unknown_amendment",
            f"Er is geen wijzigingsvoorstel {key}. Verwacht: een voorstel dat bij een artikel staat.",
            f"There is no amendment {key}. Expected: a proposal that stands with a clause.",
            {"amendment": key},
        )
    if amendment.party != party.id:
        owner = next((one.name for one in roster.parties if one.id == amendment.party), same(amendment.party))
        raise Refusal(
            "not_your_amendment",
            f"Dit wijzigingsvoorstel is van {owner.nl}, niet van {party.name.nl}. Verwacht: een eigen voorstel.",
            f"This amendment is of {owner.en}, not of {party.name.en}. Expected: one of your own.",
            {"amendment": key, "party": amendment.party},
        )
    if amendment.status not in wanted:
        expected = ", ".join(sorted(wanted))
        raise Refusal(
            "amendment_settled",
            f"Dit wijzigingsvoorstel is {amendment.status}. Verwacht: {expected}.",
            f"This amendment is {amendment.status}. Expected: {expected}.",
            {"amendment": key, "status": amendment.status},
        )
    return amendment
