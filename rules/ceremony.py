"""What the board of a signing shows, from the plan and what is on record. Pure."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Literal, NamedTuple

from models.base import Words
from models.ceremony import Ceremony, GroupBoard, Meter, Place, SignedBy, State
from models.contracts import Party, Roster
from models.enums import Role, SigningRole, TaskStatus, Tier
from models.playbook import Step, Threshold
from rules import balance, signing_plan
from rules.signing_plan import Member
from rules.wording import OFFICES

STATES: Mapping[TaskStatus, State] = {
    TaskStatus.OPEN: "asked", TaskStatus.ANSWERED: "done", TaskStatus.EXPIRED: "expired", TaskStatus.VOID: "cancelled",
}  # fmt: skip


NEXT: Mapping[str, Words] = {
    "planned": Words(
        nl="zodra het tekenen begint, krijgt wie aan de beurt is een mail.",
        en="once the signing begins, whose turn it is gets a mail.",
    ),
    "open": Words(
        nl="wie aan de beurt is tekent onder Mijn taken; is iedereen geweest, dan wordt de tekst verzegeld en komt "
        "hij in het register.",
        en="whose turn it is signs under My tasks; once all have signed, the text is sealed and comes into the "
        "register.",
    ),
    "signed": Words(
        nl="de ondertekende tekst staat in het register, met een verzegelde PDF.",
        en="the signed text is in the register, with a sealed PDF.",
    ),
    "over": Words(
        nl="er wordt niet meer getekend; het verloop staat op de pagina van het convenant.",
        en="nothing is signed any more; the page of the covenant says how it went on.",
    ),
}


class Request(NamedTuple):
    """A task of the signing, as far as the board needs it."""

    status: TaskStatus
    due: datetime
    ended: datetime | None
    declined: datetime | None = None


class Happened(NamedTuple):
    """What is on record of a signing.

    Attributes:
        key: the step's key in the plan.
        requests: by task id.
        signed: by task id, the first first.
    """

    key: str
    requests: Mapping[str, Request]
    signed: Mapping[str, Sequence[SignedBy]]


def groups(step: Step, roster: Roster, slug: str, found: Happened) -> list[GroupBoard]:
    """Return the groups in order: who has acted, who is asked, who comes later."""
    companies = {party.id for party in roster.parties if party.tier is Tier.PARTICIPANT}
    rows = [
        [
            _place(member, roster, f"{slug}/{signing_plan.where(found.key, member.role)}", found)
            for member in signing_plan.members(group, roster)
        ]
        for group in signing_plan.groups(step)
    ]
    begun = [any(one.state not in {"later", "copy"} for one in places) for places in rows]
    return [
        GroupBoard(
            number=n + 1,
            state=_state(places, companies, begun=begun[n] or any(begun[n:]), next_begun=any(begun[n + 1 :])),
            places=[one for one in places if one.who not in companies],
            declared=sum(one.state == "done" for one in places if one.who in companies),
            companies=sum(one.who in companies for one in places),
        )
        for n, places in enumerate(rows)
    ]


def _state(
    places: Sequence[Place], companies: Collection[str], *, begun: bool, next_begun: bool
) -> Literal["done", "now", "later"]:
    """Return whether a group is complete, has its turn, or waits; companies owe nothing once the next has begun."""
    if not begun:
        return "later"
    owed = [one.who for one in places if one.state in {"asked", "expired"}]
    return "now" if any(not next_begun or who not in companies for who in owed) else "done"


def _place(member: Member, roster: Roster, where: str, found: Happened) -> Place:
    task = f"{where}/{member.respondent}"
    request = found.requests.get(task)
    state: State = STATES[request.status] if request is not None else "later"
    if member.role is SigningRole.COPY:
        state = "copy"
    return Place(
        who=member.respondent, name=_name(member.respondent, roster.parties), role=member.role, state=state,
        needed=member.needed, signed=list(found.signed.get(task, ())),
        at=request.ended if request is not None and state == "done" else None,
        due=request.due if request is not None and state == "asked" else None,
        declined=request.declined if request is not None and state == "asked" else None,
    )  # fmt: skip


def _name(respondent: str, parties: Sequence[Party]) -> Words:
    return next((one.name for one in parties if one.id == respondent), None) or OFFICES[Role(respondent)]


def meter(roster: Roster, declared: Sequence[str], wanted: Threshold) -> Meter:
    """Return how far the entry thresholds are met by the companies that declared."""
    joined = [party for party in balance.participants(roster) if party.id in declared]
    met, words = balance.thresholds_met(joined, wanted.participants, wanted.market_share)
    return Meter(
        companies=len(joined), companies_needed=wanted.participants,
        share=round(sum(party.market_share for party in joined), 4), share_needed=wanted.market_share, met=met,
        words=words,
    )  # fmt: skip


def unnamed(ceremony: Ceremony) -> Ceremony:
    """Return the board without names of people and refusals that may change, for who does not sit at the table."""
    hidden: Mapping[str, object] = {"signed": [], "declined": None}
    boards = [
        board.model_copy(update={"places": [one.model_copy(update=hidden) for one in board.places]})
        for board in ceremony.groups
    ]
    return ceremony.model_copy(update={"groups": boards})


def counted(boards: Sequence[GroupBoard], *, over: bool) -> tuple[int, int]:
    """Return how many parties signed, of how many; once it is over without a covenant, of all that were to sign."""
    parties = [
        one
        for board in boards
        for one in board.places
        if one.role is SigningRole.SIGNATORY and (over or one.state != "cancelled")
    ]
    return sum(one.state == "done" for one in parties), len(parties)


def title_of(ceremony: Ceremony) -> Words:
    """Say in one line how the signing stands."""
    if ceremony.state == "over":
        return Words(
            nl=f"De ondertekening eindigde zonder convenant: {ceremony.signed} van de {ceremony.parties} partijen "
            "hadden getekend.",
            en=f"The signing ended without a covenant: {ceremony.signed} of the {ceremony.parties} parties had signed.",
        )
    signed = "tekende" if ceremony.signed == 1 else "tekenden"
    return Words(
        nl=f"{ceremony.signed} van de {ceremony.parties} partijen {signed}. {ceremony.meter.words.nl}",
        en=f"{ceremony.signed} of the {ceremony.parties} parties signed. {ceremony.meter.words.en}",
    )


def next_of(ceremony: Ceremony) -> Words:
    """Say what happens next."""
    return NEXT[ceremony.state]
