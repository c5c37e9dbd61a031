"""Who reads a comment, and who may write where.

`delegation`: only the own party. `constituency`: the parties of that constituency. `table`: all parties at the table,
with the offices that run it (facilitator, secretariat, chair, mediator). `facilitator`: the own party and the
facilitator and secretariat. Who has no mandate of a party today reads nothing for it; an operator reads nothing.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from models import contracts as c
from models.enums import Lane, PartyStatus, Role, Tier
from models.errors import Refusal
from rules.answering import PROXIES, person
from rules.mandates import in_force

CONVENERS = {Role.FACILITATOR, Role.SECRETARIAT, Role.CHAIR, Role.MEDIATOR}
"""Offices that read and write what the whole table reads."""


@dataclass(frozen=True)
class Place:
    """Where a comment stands: its lane, and the party and constituency it belongs to."""

    lane: Lane
    party: str | None
    constituency: str | None


@dataclass(frozen=True)
class Viewer:
    """Someone who reads.

    Attributes:
        party: of which a mandate is held today.
        constituency: of that party, while it is active.
        seated: whether that party sits at the table: active, and no participant.
    """

    party: str | None = None
    constituency: str | None = None
    seated: bool = False
    roles: frozenset[Role] = frozenset()


NOBODY = Viewer()


def viewer(who: c.Person, parties: Iterable[c.Party], today: date) -> Viewer:
    """Return what someone is to comments."""
    roles = frozenset(who.roles)
    party = next((one for one in parties if one.id == who.party), None)
    if party is None or not in_force(who.mandates, today):
        return Viewer(roles=roles)
    active = party.status is PartyStatus.ACTIVE
    return Viewer(
        party=party.id,
        constituency=party.constituency if active else None,
        seated=active and party.tier is Tier.PARTY,
        roles=roles,
    )


def may_read(place: Place, reader: Viewer) -> bool:
    """Whether someone is in the lane of a comment."""
    own = reader.party is not None and reader.party == place.party
    match place.lane:
        case Lane.DELEGATION:
            return own
        case Lane.CONSTITUENCY:
            return reader.constituency is not None and reader.constituency == place.constituency
        case Lane.TABLE:
            return reader.seated or bool(reader.roles & CONVENERS)
        case Lane.FACILITATOR:
            return own or bool(reader.roles & PROXIES)


def lanes_for(writer: Viewer) -> list[Lane]:
    """Return the lanes someone may write in."""
    active = writer.constituency is not None
    return [
        lane
        for lane, allowed in (
            (Lane.DELEGATION, active),
            (Lane.CONSTITUENCY, active),
            (Lane.TABLE, writer.seated or bool(writer.roles & CONVENERS)),
            (Lane.FACILITATOR, active or bool(writer.roles & PROXIES)),
        )
        if allowed
    ]


def place_of(parent: c.Commented) -> Place:
    """Return where a comment on record stands."""
    return Place(lane=parent.lane, party=parent.party, constituency=parent.constituency)


def placed(
    roster: c.Roster, comment: c.Comment, today: date, clauses: Collection[str], parent: c.Commented | None = None
) -> Place:
    """Return where a comment will stand.

    Args:
        roster: everyone around the table.
        comment: what someone wants to say.
        today: the day in Amsterdam.
        clauses: the ids of the clauses there are.
        parent: the comment it replies to, once it was looked up.

    Raises:
        Refusal: no such clause, not the writer's lane, or no such comment to reply to.
    """
    if comment.clause not in clauses:
        raise Refusal(
            "unknown_clause",
            f"Artikel {comment.clause} bestaat niet. Verwacht: {', '.join(clauses)}.",
            f"There is no clause {comment.clause}. Expected: {', '.join(clauses)}.",
            {"clause": comment.clause},
        )
    who = person(roster, comment.actor.person)
    writer = viewer(who, roster.parties, today)
    open_to = lanes_for(writer)
    if comment.lane not in open_to:
        lanes = ", ".join(open_to)
        raise Refusal(
            "not_your_lane",
            f"{who.name} kan niet schrijven in {comment.lane}. Verwacht: "
            f"{lanes or 'iemand met een mandaat van een partij, of een rol aan tafel'}.",
            f"{who.name} cannot write in {comment.lane}. Expected: "
            f"{lanes or 'someone with a mandate of a party, or an office at the table'}.",
            {"person": who.id, "lane": comment.lane, "lanes": lanes},
        )
    if parent is not None:
        return _reply(comment, parent, writer)
    if comment.lane is Lane.FACILITATOR and writer.party is None and comment.reply_to is None:
        return _to_party(roster, comment)
    return Place(lane=comment.lane, party=writer.party, constituency=writer.constituency)


def _to_party(roster: c.Roster, comment: c.Comment) -> Place:
    active = {party.id: party for party in roster.parties if party.status is PartyStatus.ACTIVE}
    party = active.get(comment.party or "")
    if party is None:
        names = ", ".join(list(active)[:20])
        raise Refusal(
            "which_party",
            f"Aan welke partij is dit? Verwacht: {names}.",
            f"To which party is this? Expected: {names}.",
            {"party": comment.party or ""},
        )
    return Place(lane=comment.lane, party=party.id, constituency=party.constituency)


def _reply(comment: c.Comment, parent: c.Commented, writer: Viewer) -> Place:
    place = place_of(parent)
    if not may_read(place, writer):
        raise unknown_comment(comment)
    if (parent.clause, parent.lane) != (comment.clause, comment.lane):
        raise Refusal(
            "other_thread",
            f"Een antwoord staat bij hetzelfde artikel en in dezelfde kring. Verwacht: {parent.clause}, {parent.lane}.",
            f"A reply is on the same clause and in the same lane. Expected: {parent.clause}, {parent.lane}.",
            {"clause": parent.clause, "lane": parent.lane},
        )
    return place


def unknown_comment(comment: c.Comment) -> Refusal:
    """Say that there is no such comment, which is also what those outside its lane are told."""
    return Refusal(
        "unknown_comment",
        f"Er is geen opmerking {comment.reply_to} om op te antwoorden. Verwacht: een id uit `polder comments`.",
        f"There is no comment {comment.reply_to} to reply to. Expected: an id from `polder comments`.",
        {"reply_to": comment.reply_to or ""},
    )
