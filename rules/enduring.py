"""Joining and leaving a signed covenant, and its end by joint decision: who may, from when, and in which words."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from models import contracts as c
from models.base import Words
from models.enduring import Applicant, Leaving
from models.enums import PartyStatus, Power, Tier
from models.errors import Conflict, Refusal
from models.ground import PartyQuestion
from rules import balance
from rules.calendar import add_months, in_words, local_date

SIGNING_DAYS = 40
"""Working days an applicant has to sign once nobody objected."""


def check_signed(signed_at: datetime | None) -> None:
    """Refuse what only a signed covenant knows (`not_signed_yet`)."""
    if signed_at is None:
        raise Refusal(
            "not_signed_yet",
            "Het convenant is nog niet ondertekend. Verwacht: toetreden, opzeggen en beëindigen door de partijen kan "
            "na de ondertekening.",
            "The covenant has not been signed yet. Expected: joining, giving notice and an end by the parties come "
            "after the signature.",
        )


def check_application(roster: c.Roster, open_ones: Iterable[PartyQuestion], applicant: Applicant) -> None:
    """Refuse an applicant who is at the table already, whose request is open already, or of no constituency.

    Args:
        roster: everyone around the table.
        open_ones: the questions before the parties.
        applicant: who wants to join.

    Raises:
        Conflict: `at_the_table`, `asked_already`.
        Refusal: `unknown_constituency`, `person_taken`.
    """
    there = next((one for one in roster.parties if one.id == applicant.id), None)
    if there is not None and there.status is not PartyStatus.WITHDRAWN:
        raise Conflict(
            "at_the_table",
            f"{there.name.nl} doet al mee. Verwacht: een organisatie die nog niet meedoet.",
            f"{there.name.en} takes part already. Expected: an organisation that does not take part yet.",
            {"party": there.id},
        )
    if any(one.applicant is not None and one.applicant.id == applicant.id for one in open_ones):
        raise Conflict(
            "asked_already",
            f"Het verzoek van {applicant.name.nl} ligt al voor. Verwacht: wacht op de uitkomst.",
            f"The request of {applicant.name.en} is before the parties already. Expected: wait for the outcome.",
            {"party": applicant.id},
        )
    groups = [one.id for one in roster.constituencies]
    if applicant.tier is Tier.PARTY and applicant.constituency not in groups:
        raise Refusal(
            "unknown_constituency",
            f"Een partij hoort bij een geleding. Verwacht: {', '.join(groups)}.",
            f"A party belongs to a constituency. Expected: {', '.join(groups)}.",
            {"constituency": applicant.constituency or ""},
        )
    holder = next((one for one in roster.people if one.id == applicant.person), None)
    if holder is not None and holder.party != applicant.id:
        raise Refusal(
            "person_taken",
            f"{applicant.person} is al iemand anders in dit convenant. Verwacht: een nieuwe naam voor wie tekent.",
            f"{applicant.person} is somebody else in this covenant already. Expected: a new name for who signs.",
            {"person": applicant.person},
        )


def application_title(roster: c.Roster, applicant: Applicant) -> Words:
    """Say what the parties decide on: who joins, as what, and who signs for it."""
    group = next((one.title for one in roster.constituencies if one.id == applicant.constituency), None)
    name, person = applicant.name, applicant.person_name[:60]
    if group is not None:
        return Words(
            nl=f"Toetreding van {name.nl[:120]} als partij aan tafel, geleding {group.nl[:60]}; {person} tekent",
            en=f"Accession of {name.en[:120]} as a party at the table, constituency {group.en[:60]}; {person} signs",
        )
    share = f"{applicant.market_share:g}%"
    nl, en = (f", {word} {applicant.category}" if applicant.category else "" for word in ("categorie", "category"))
    return Words(
        nl=f"Toetreding van {name.nl[:120]} als deelnemend bedrijf ({share} van de markt{nl}); {person} tekent",
        en=f"Accession of {name.en[:120]} as a participating company ({share} of the market{en}); {person} signs",
    )


def check_termination(open_ones: Iterable[PartyQuestion]) -> None:
    """Refuse to ask twice at once whether the covenant ends (`asked_already`)."""
    if any(one.kind == "termination" for one in open_ones):
        raise Conflict(
            "asked_already",
            "Of het convenant eindigt ligt al voor. Verwacht: wacht op de uitkomst, of trek de vraag eerst in.",
            "Whether the covenant ends is before the parties already. Expected: wait for it, or take it back first.",
        )


def check_ends_alone(signed_at: datetime | None) -> None:
    """Refuse that the facilitator alone ends what the parties signed (`needs_the_parties`)."""
    if signed_at is not None:
        raise Refusal(
            "needs_the_parties",
            "Dit convenant is ondertekend: alleen de partijen samen kunnen het beëindigen. Verwacht: leg het einde aan "
            "de partijen voor.",
            "This covenant has been signed: only the parties together can end it. Expected: put its end to the "
            "parties.",
        )


def check_stays(leaving: Sequence[Leaving], party: str) -> Leaving:
    """Return the notice of a party.

    Raises:
        Refusal: `no_notice`, it gave none.
    """
    found = next((one for one in leaving if one.party == party), None)
    if found is None:
        raise Refusal(
            "no_notice",
            f"{party} heeft niet opgezegd. Verwacht: {', '.join(one.party for one in leaving) or 'niemand nu'}.",
            f"{party} gave no notice. Expected: {', '.join(one.party for one in leaving) or 'nobody now'}.",
            {"party": party},
        )
    return found


def leaves_on(today: date, months: int) -> date:
    """Return the day on which notice that is given today ends."""
    return add_months(today, months)


def notice_words(party: Words, leaves: datetime) -> Words:
    """Say that a party gave notice."""
    day = local_date(leaves)
    return Words(
        nl=f"{party.nl} heeft opgezegd en vertrekt op {in_words(day, 'nl')}; tot dan blijft zij gebonden.",
        en=f"{party.en} has given notice and leaves on {in_words(day, 'en')}; until then it stays bound.",
    )


def joining(applicant: Applicant, since: date | None = None) -> c.Party:
    """Return the applicant as a party that takes part, from a day on."""
    return c.Party(
        id=applicant.id, name=applicant.name, tier=applicant.tier, market_share=applicant.market_share,
        category=applicant.category, since=since,
        constituency=applicant.constituency or "participants",
    )  # fmt: skip


def signatory(applicant: Applicant) -> c.Person:
    """Return who signs for an applicant, with every power: who applies is bound by this person."""
    return c.Person(
        id=applicant.person, name=applicant.person_name, party=applicant.id, mandates=[c.Mandate(powers=list(Power))]
    )


def with_newcomer(roster: c.Roster, applicant: Applicant, since: date | None = None) -> c.Roster:
    """Return everyone around the table with the applicant among them."""
    return roster.model_copy(
        update={
            "parties": [*(one for one in roster.parties if one.id != applicant.id), joining(applicant, since)],
            "people": [*(one for one in roster.people if one.id != applicant.person), signatory(applicant)],
        }
    )


def told(roster: c.Roster) -> list[str]:
    """Return who hears of it when somebody joins or leaves."""
    return [one.id for one in [*balance.seated(roster), *balance.participants(roster)]]
