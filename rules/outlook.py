"""What still stands between the parties and an agreement, clause by clause and as a whole, in words."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from models.base import Words
from models.enums import ClauseStatus, Stance
from models.outlook import Gap, Support
from rules.labels import GROUNDS
from rules.texts import SUPPORTING

NAMED = 4
"""Parties that a sentence names; the others are counted."""


@dataclass(frozen=True)
class Seat:
    """A party at the table."""

    id: str
    name: Words
    constituency: str


@dataclass(frozen=True)
class Group:
    """A constituency."""

    id: str
    name: Words


@dataclass(frozen=True)
class State:
    """What is known of one clause.

    Attributes:
        stances: of each party on exactly this text; of a hidden round only what may be seen.
        answered: parties that gave a position, also where it may not be seen.
        objections: by party, the ground and what would lift it.
        movers: parties whose words are open.
        conditions: by party, on which its agreement waits.
    """

    clause: str
    number: str
    title: Words
    status: ClauseStatus
    still: int = 0
    stances: Mapping[str, Stance] = field(default_factory=dict)
    answered: Collection[str] = ()
    objections: Mapping[str, tuple[str | None, str | None]] = field(default_factory=dict)
    movers: Sequence[str] = ()
    conditions: Mapping[str, Sequence[Words]] = field(default_factory=dict)


def is_open(status: ClauseStatus, movers: Collection[str]) -> bool:
    """Whether a clause still has to be talked about."""
    if status is ClauseStatus.PARKED:
        return False
    return bool(movers) or status in {ClauseStatus.BRACKETED, ClauseStatus.BLOCKED}


def gap(state: State, seats: Sequence[Seat], groups: Sequence[Group]) -> Gap:
    """Say what a clause still lacks, and from whom."""
    names = {seat.id: seat.name for seat in seats}
    objectors = [seat.id for seat in seats if seat.id in state.objections]
    silent = [seat.id for seat in seats if seat.id not in state.answered and seat.id not in state.objections]
    support = [
        Support(
            constituency=group.id, name=group.name,
            behind=sum(
                1 for seat in seats if seat.constituency == group.id and state.stances.get(seat.id) in SUPPORTING
                and seat.id not in state.conditions
            ),
            seated=sum(1 for seat in seats if seat.constituency == group.id),
        )
        for group in groups
    ]  # fmt: skip
    movers = list(dict.fromkeys(one for one in state.movers if one in names))
    return Gap(
        clause=state.clause, number=state.number, title=state.title, status=state.status, objectors=objectors,
        movers=movers, silent=silent, still=state.still, support=support,
        conditional=[seat.id for seat in seats if seat.id in state.conditions],
        sentence=_sentence(state, names, objectors, movers, silent),
    )  # fmt: skip


def _sentence(
    state: State, names: Mapping[str, Words], objectors: Sequence[str], movers: Sequence[str], silent: Sequence[str]
) -> Words:
    nl, en = [], []
    for party in objectors:
        ground, lift = state.objections[party]
        why = GROUNDS[ground] if ground else Words(nl="zonder grond", en="no ground")
        nl.append(f"bezwaar van {names[party].nl} ({why.nl})" + (f"; weg als: {lift.rstrip('.')}" if lift else ""))
        en.append(f"{names[party].en} objects ({why.en})" + (f"; lifted if: {lift.rstrip('.')}" if lift else ""))
    for party in (one for one in names if one in state.conditions):
        wanted = state.conditions[party]
        nl.append(f"{names[party].nl} is akkoord als {_joined([one.nl for one in wanted], 'en')}")
        en.append(f"{names[party].en} agrees if {_joined([one.en for one in wanted], 'and')}")
    if movers:
        who = listed([names[one] for one in movers])
        nl.append(f"woorden tussen haken van {who.nl}")
        en.append(f"words between brackets from {who.en}")
    if silent:
        who = listed([names[one] for one in silent])
        nl.append(f"nog geen standpunt over deze tekst van {who.nl}")
        en.append(f"no position on this text yet from {who.en}")
    if not nl:
        nl.append("iedereen gaf een standpunt en niemand heeft bezwaar; de ronde loopt nog, of de regel vraagt meer")
        en.append("everyone gave a position and nobody objects; the round is open yet, or the rule asks for more")
    return Words(
        nl=f"Artikel {state.number}: {'; '.join(nl)}."[:4000], en=f"Clause {state.number}: {'; '.join(en)}."[:4000]
    )


def listed(names: Sequence[Words]) -> Words:
    """Name the first few, and count the others."""
    shown, more = names[:NAMED], len(names) - NAMED
    nl, en = [one.nl for one in shown], [one.en for one in shown]
    if more > 0:
        nl.append(f"{more} {'andere' if more == 1 else 'anderen'}")
        en.append(f"{more} {'other' if more == 1 else 'others'}")
    return Words(nl=_joined(nl, "en"), en=_joined(en, "and"))


def _joined(texts: Sequence[str], conjunction: str) -> str:
    return f" {conjunction} ".join(filter(None, [", ".join(texts[:-1]), texts[-1]])) if texts else "-"


def whole(gaps: Sequence[Gap], clauses: int) -> Words:
    """Say in one sentence what still stands between the parties and an agreement."""
    if not gaps:
        return Words(
            nl="Er staat niets meer tussen de partijen en een akkoord over de tekst.",
            en="Nothing stands between the parties and an agreement on the text any more.",
        )
    objections = sum(len(one.objectors) for one in gaps)
    brackets = sum(len(one.movers) for one in gaps)
    silent = len({party for one in gaps for party in one.silent})
    nl = [f"{len(gaps)} van de {clauses} artikelen {'staat' if len(gaps) == 1 else 'staan'} nog open"]
    en = [f"{len(gaps)} of the {clauses} clauses {'is' if len(gaps) == 1 else 'are'} still open"]
    for number, dutch, english in (
        (objections, ("bezwaar", "bezwaren"), ("objection", "objections")),
        (brackets, ("partij met woorden tussen haken", "keer woorden tussen haken"),
         ("party with words between brackets", "sets of words between brackets")),
        (silent, ("partij zonder standpunt", "partijen zonder standpunt"),
         ("party without a position", "parties without a position")),
    ):  # fmt: skip
        if number:
            nl.append(f"{number} {dutch[number != 1]}")
            en.append(f"{number} {english[number != 1]}")
    return Words(nl=f"{': '.join([nl[0], ', '.join(nl[1:])]) if nl[1:] else nl[0]}.",
                 en=f"{': '.join([en[0], ', '.join(en[1:])]) if en[1:] else en[0]}.")  # fmt: skip
