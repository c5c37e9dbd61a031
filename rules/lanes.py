"""Who reads a comment, and who may write where.

`delegation`: only the own party. `constituency`: the parties of that constituency. `table`: all parties at the table,
with the offices that run it (facilitator, secretariat, chair, mediator). `facilitator`: the own party and the
facilitator and secretariat. `mediator`: the own party and the mediator alone. `public`: everyone; for papers only.
What moved to a wider lane is also read by who read it before. Who has no mandate of a party today reads nothing for it;
an operator reads only what is public.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date

from models import contracts as c
from models.enums import Lane, PartyStatus, Role, Tier
from models.errors import Refusal
from models.filing import PaperAdding, Widening
from models.papers import LaneFound
from rules.answering import PROXIES, person
from rules.mandates import in_force, may_give
from rules.texts import unknown_clause

CONVENERS = {Role.FACILITATOR, Role.SECRETARIAT, Role.CHAIR, Role.MEDIATOR}
"""Offices that read and write what the whole table reads."""


@dataclass(frozen=True)
class Place:
    """Where a comment stands: its lane, and the party and constituency it belongs to."""

    lane: Lane
    party: str | None
    constituency: str | None
    was: tuple[Lane, ...] = ()
    """The lanes it stood in before: a wider lane takes it from nobody."""


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

TO_OFFICE = {Lane.FACILITATOR, Lane.MEDIATOR}
"""Lanes between one party and an office."""

WIDER: dict[Lane, tuple[Lane, ...]] = {
    Lane.DELEGATION: (Lane.CONSTITUENCY, Lane.FACILITATOR, Lane.MEDIATOR, Lane.TABLE, Lane.PUBLIC),
    Lane.CONSTITUENCY: (Lane.TABLE, Lane.PUBLIC),
    Lane.FACILITATOR: (Lane.TABLE, Lane.PUBLIC),
    Lane.MEDIATOR: (Lane.TABLE, Lane.PUBLIC),
    Lane.TABLE: (Lane.PUBLIC,),
    Lane.PUBLIC: (),
}
"""From each lane, the lanes that are wider."""


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


Reads = Callable[[Place], bool]
"""Whether a reader is in the lane of something."""


def may_read(place: Place, reader: Viewer) -> bool:
    """Whether someone may read what stands there: the one rule behind every read of comments and papers."""
    return any(_in_lane(lane, place, reader) for lane in (place.lane, *place.was))


def _in_lane(lane: Lane, place: Place, reader: Viewer) -> bool:
    own = reader.party is not None and reader.party == place.party
    match lane:
        case Lane.PUBLIC:
            return True
        case Lane.MEDIATOR:
            return own or Role.MEDIATOR in reader.roles
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
            (Lane.MEDIATOR, active or Role.MEDIATOR in writer.roles),
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
        raise unknown_clause(comment.clause, clauses)
    who = person(roster, comment.actor.person)
    writer = viewer(who, roster.parties, today)
    open_to = lanes_for(writer)
    if comment.lane not in open_to:
        raise _not_your_lane(who, comment.lane, open_to)
    if parent is not None:
        return _reply(comment, parent, writer)
    if comment.lane in TO_OFFICE and writer.party is None and comment.reply_to is None:
        return _to_party(roster, comment)
    return Place(lane=comment.lane, party=writer.party, constituency=writer.constituency)


def _not_your_lane(who: c.Person, lane: Lane, open_to: Collection[Lane]) -> Refusal:
    lanes = ", ".join(open_to)
    return Refusal(
        "not_your_lane",
        f"{who.name} kan niet schrijven in {lane}. Verwacht: "
        f"{lanes or 'iemand met een mandaat van een partij, of een rol aan tafel'}.",
        f"{who.name} cannot write in {lane}. Expected: "
        f"{lanes or 'someone with a mandate of a party, or an office at the table'}.",
        {"person": who.id, "lane": lane, "lanes": lanes},
    )


def _to_party(roster: c.Roster, comment: c.Comment | PaperAdding) -> Place:
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


# --- papers, and moving wider -----------------------------------------------------------------------------------------


def lanes_for_papers(writer: Viewer) -> list[Lane]:
    """Return the lanes someone may put a paper in; a party's own, and the facilitator's, may be public at once."""
    may_publish = writer.seated or Role.FACILITATOR in writer.roles
    return [*lanes_for(writer), *([Lane.PUBLIC] if may_publish else [])]


def placed_paper(roster: c.Roster, adding: PaperAdding, today: date) -> Place:
    """Return where a paper will stand.

    Raises:
        Refusal: not the writer's lane, or not said to which party.
    """
    who = person(roster, adding.actor.person)
    writer = viewer(who, roster.parties, today)
    open_to = lanes_for_papers(writer)
    if adding.lane not in open_to:
        raise _not_your_lane(who, adding.lane, open_to)
    if adding.lane in TO_OFFICE and writer.party is None:
        return _to_party(roster, adding)
    return Place(lane=adding.lane, party=writer.party, constituency=writer.constituency)


def place_found(found: LaneFound) -> Place | None:
    """Return where something on record stands; none when there is no such thing."""
    if found.lane is None:
        return None
    return Place(found.lane, found.party, found.constituency, tuple(found.was))


def wider(
    item: str, found: LaneFound, author: c.Person | None, who: c.Person, actor: Viewer, today: date
) -> list[Lane]:
    """Return the wider lanes to which someone may move a comment or paper: one's own, and no other party's.

    What another of the delegation wrote is moved only by who speaks for the whole of it: who may change it.

    Args:
        item: `comment` or `paper`; a comment is never public.
        found: where it stands.
        author: who wrote it.
        who: who would move it.
        actor: what they are today.
        today: the day in Amsterdam.
    """
    place = place_found(found)
    if place is None or author is None or not may_read(place, actor):
        return []
    if author.party is not None:
        own = actor.party is not None and actor.party == author.party
        owns = own and (who.id == author.id or may_give(who, author.party, today))
    else:
        owns = who.id == author.id or (Role.FACILITATOR in actor.roles and place.party is None)
    if not owns:
        return []
    offices = author.party is None
    return [
        lane
        for lane in WIDER[place.lane]
        if (lane is not Lane.PUBLIC or (item == "paper" and (not offices or Role.FACILITATOR in actor.roles)))
    ]


def check_widening(roster: c.Roster, act: Widening, found: LaneFound | None, today: date) -> Place | None:
    """Return where it will stand; none while it was not looked up.

    Raises:
        Refusal: there is no such thing for this person, it is not theirs, or the lane is not wider.
    """
    who = person(roster, act.actor.person)
    actor = viewer(who, roster.parties, today)
    if found is None:
        return None
    place = place_found(found)
    if place is None or not may_read(place, actor):
        raise Refusal(
            "unknown_item",
            f"Er is geen opmerking of stuk {act.id}. Verwacht: een id uit uw lijst.",
            f"There is no comment or paper {act.id}. Expected: an id from your list.",
            {"id": act.id},
        )
    author = next((one for one in roster.people if one.id == found.person), None)
    open_to = wider(act.item, found, author, who, actor, today)
    if act.lane not in open_to:
        lanes = ", ".join(open_to)
        raise Refusal(
            "not_wider",
            f"Van {place.lane} naar {act.lane} kan {who.name} dit niet verplaatsen. Verwacht: "
            f"{lanes or 'iets van uzelf of, met een mandaat voor het geheel, van uw delegatie; en een ruimere kring'}.",
            f"{who.name} cannot move this from {place.lane} to {act.lane}. Expected: "
            f"{lanes or 'something of your own or, with a mandate for the whole, your delegation; and a wider lane'}.",
            {"id": act.id, "lanes": lanes},
        )
    return Place(act.lane, place.party, place.constituency, (*place.was, place.lane))
