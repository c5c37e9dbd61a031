"""Whether every constituency is still carried by enough parties (domain P7: support questioned after an exit)."""

from collections import Counter
from collections.abc import Iterable, Sequence

from models.base import Words
from models.contracts import Party, Roster
from models.enums import PartyStatus, Role, Tier
from models.playbook import Constituency


def seated(roster: Roster) -> list[Party]:
    """Return the parties that count: active, and party rather than participant."""
    return [party for party in roster.parties if party.tier is Tier.PARTY and party.status is PartyStatus.ACTIVE]


def participants(roster: Roster) -> list[Party]:
    """Return the companies that may still join by declaration."""
    return [p for p in roster.parties if p.tier is Tier.PARTICIPANT and p.status is PartyStatus.ACTIVE]


def asked(roster: Roster, names: Iterable[str]) -> list[str]:
    """Return who is asked when a step names its respondents: parties, participants, or offices."""
    chosen: dict[str, None] = {}
    parties = seated(roster)
    offices = {role.value for role in Role}
    for name in names:
        if name == "all":
            chosen |= dict.fromkeys(party.id for party in parties)
        elif name == "participants":
            chosen |= dict.fromkeys(party.id for party in participants(roster))
        elif name in offices:
            chosen[name] = None
        else:
            chosen |= dict.fromkeys(party.id for party in parties if party.constituency == name)
    return list(chosen)


def balance(roster: Roster) -> tuple[bool, Words]:
    """Say whether each constituency still has its minimum, and in words how many parties each has."""
    counts = Counter(party.constituency for party in seated(roster))
    nl = "; ".join(f"{g.title.nl}: {counts[g.id]} (minimaal {g.minimum})" for g in roster.constituencies)
    en = "; ".join(f"{g.title.en}: {counts[g.id]} (at least {g.minimum})" for g in roster.constituencies)
    if not _short(roster):
        return True, Words(nl=f"Het evenwicht blijft: {nl}.", en=f"The balance holds: {en}.")
    broken = broken_at(roster)
    return False, Words(nl=f"{broken.nl}: {nl}.", en=f"{broken.en}: {en}.")


def _short(roster: Roster) -> list[Constituency]:
    """Return the constituencies with fewer parties than they need."""
    counts = Counter(party.constituency for party in seated(roster))
    return [group for group in roster.constituencies if counts[group.id] < group.minimum]


def broken_at(roster: Roster) -> Words:
    """Name the constituencies with too few parties, short enough for a title."""
    short = _short(roster)
    return Words(
        nl=f"Het evenwicht is verbroken bij {_list([g.title.nl for g in short], 'en')}",
        en=f"The balance is broken at {_list([g.title.en for g in short], 'and')}",
    )


def _list(names: Sequence[str], conjunction: str) -> str:
    return f" {conjunction} ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def thresholds_met(declared: Sequence[Party], participants_needed: int, share_needed: float) -> tuple[bool, Words]:
    """Say whether the entry thresholds are met (textile: 35 companies, 30 % of sales); what is 0 is not asked."""
    share = round(sum(party.market_share for party in declared), 4)
    met = len(declared) >= participants_needed and share >= share_needed
    one = len(declared) == 1
    nl = f"{len(declared)} {'bedrijf' if one else 'bedrijven'}"
    en = f"{len(declared)} {'company' if one else 'companies'}"
    if participants_needed:
        nl = f"{len(declared)} van de benodigde {participants_needed} bedrijven"
        en = f"{len(declared)} of the {participants_needed} companies needed"
    if share or share_needed:
        nl, en = f"{nl}, samen {share:g} % van de markt".replace(".", ","), f"{en}, together {share:g} % of the market"
    if share_needed:
        nl, en = f"{nl}, nodig is {f'{share_needed:g}'.replace('.', ',')} %", f"{en}, {share_needed:g} % is needed"
    if not participants_needed and not share_needed:
        return met, Words(nl=f"{nl}; er is geen instapdrempel.", en=f"{en}; there is no entry threshold.")
    return met, Words(
        nl=f"{nl}: de instapdrempel is {'gehaald' if met else 'niet gehaald'}.",
        en=f"{en}: the entry threshold is {'met' if met else 'not met'}.",
    )
