"""Meetings: who may call one and see one, and what may still be done to it. The same for validators, pages, CLI."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from models import contracts as c
from models.base import Words
from models.convening import MeetingCall, MeetingChange, MeetingReport
from models.enums import MeetingStatus, Role
from models.errors import Refusal
from models.meetings import Meeting
from rules import answering, balance
from rules.access import Relation, Viewer
from rules.calendar import AMSTERDAM, in_words, local_date

CALLERS = answering.PROXIES
"""Offices that call and change meetings."""

FURTHEST = timedelta(days=730)
MINUTES_DAYS = 10
"""Working days after a meeting in which its minutes are due."""

OVER = {MeetingStatus.CANCELLED, MeetingStatus.CLOSED}


def invited(roster: c.Roster, called: Collection[str]) -> list[str]:
    """Return the parties and offices that are meant: `all`, constituencies, offices, parties.

    Raises:
        Refusal: `unknown_invited`; nobody, or someone who is not at the table.
    """
    parties = [party.id for party in balance.seated(roster)]
    held = {role for one in roster.people for role in one.roles}
    offices = [role.value for role in Role if role is not Role.OPERATOR and role in held]
    groups = [group.id for group in roster.constituencies]
    known = ["all", *groups, *offices, *parties]
    unknown = [name for name in called if name not in known]
    found = dict.fromkeys(party for name in called for party in ([name] if name in parties else []))
    found = dict.fromkeys([*balance.asked(roster, [name for name in called if name not in parties]), *found])
    if unknown or not found:
        given = ", ".join(unknown) or "-"
        raise Refusal(
            "unknown_invited",
            f"{given}: niet aan tafel. Verwacht: {', '.join(known)}.",
            f"{given}: not at the table. Expected: {', '.join(known)}.",
            {"given": given},
        )
    return list(found)


def check_call(roster: c.Roster, call: MeetingCall, now: datetime) -> list[str]:
    """Return who is invited.

    Raises:
        Refusal: not by this person, not at that time, or nobody is invited.
    """
    answering.require_office(roster, call.actor, CALLERS)
    _check_start(call.start, now)
    return invited(roster, call.called)


def _check_start(start: datetime, now: datetime) -> None:
    if not now < start <= now + FURTHEST:
        raise Refusal(
            "bad_start",
            f"{moment(start).nl} kan niet. Verwacht: een moment na nu, binnen twee jaar.",
            f"{moment(start).en} cannot be. Expected: a moment after now, within two years.",
            {"start": start.isoformat()},
        )


def check_change(roster: c.Roster, meeting: Meeting, change: MeetingChange, now: datetime) -> Meeting:
    """Return the meeting as it will be.

    Raises:
        Refusal: not by this person, too late, or nothing changes.
    """
    answering.require_office(roster, change.actor, CALLERS)
    if meeting.status is not MeetingStatus.CALLED or meeting.start <= now:
        raise Refusal(
            "meeting_begun",
            f"Overleg {meeting.no} is al begonnen of afgezegd. Verwacht: een overleg dat nog komt.",
            f"Meeting {meeting.no} has begun or was cancelled. Expected: a meeting that is still to come.",
            {"meeting": str(meeting.no)},
        )
    given = change.model_dump(include={"start", "minutes", "text_sha"}, exclude_none=True)
    after = meeting.model_copy(update={**given, "sequence": meeting.sequence + 1})
    if change.cancel:
        return meeting.model_copy(update={"status": MeetingStatus.CANCELLED, "sequence": meeting.sequence + 1})
    if after.start != meeting.start:
        _check_start(after.start, now)
    if after == meeting.model_copy(update={"sequence": after.sequence}):
        raise Refusal(
            "nothing_changed",
            "Er verandert niets. Verwacht: een ander moment, een andere duur of andere woorden.",
            "Nothing changes. Expected: another moment, another length or other words.",
        )
    return after


def moved(before: Meeting, after: Meeting) -> bool:
    """Whether the invited must say anew whether they come."""
    return (before.start, before.minutes) != (after.start, after.minutes)


def check_report(roster: c.Roster, meeting: Meeting, report: MeetingReport, now: datetime) -> None:
    """Refuse a report before the meeting, of who was not invited, or with an owner who is not at the table."""
    answering.require_office(roster, report.actor, CALLERS)
    if meeting.status in OVER or meeting.start > now:
        raise Refusal(
            "not_held",
            f"Overleg {meeting.no} is niet gehouden of al afgerond. Verwacht: een overleg dat begonnen is.",
            f"Meeting {meeting.no} was not held, or is closed already. Expected: a meeting that has begun.",
            {"meeting": str(meeting.no)},
        )
    for one in report.present or []:
        if one not in meeting.invited:
            raise Refusal(
                "not_invited",
                f"{one} was niet uitgenodigd. Verwacht: {', '.join(meeting.invited)}.",
                f"{one} was not invited. Expected: {', '.join(meeting.invited)}.",
                {"given": one},
            )
    for action in report.actions:
        if len(invited(roster, [action.owner])) != 1 or action.owner == "all":
            raise Refusal(
                "no_single_owner",
                f"{action.owner} is niet één partij of rol. Verwacht: één die het doet.",
                f"{action.owner} is not one party or office. Expected: one that will do it.",
                {"owner": action.owner},
            )
        answering.check_future(action.due, local_date(now))
    if report.present is None and not report.actions:
        raise Refusal(
            "nothing_reported",
            "Er is niets ingevuld. Verwacht: wie er was, of een actiepunt.",
            "Nothing was filled in. Expected: who was there, or an action point.",
        )


def may_see(invited_ids: Collection[str], viewer: Viewer) -> bool:
    """Whether someone reads what a meeting is about: whoever is invited, and the offices that run the table."""
    offices = {Relation.FACILITATOR, Relation.SECRETARIAT}
    if viewer.relations & offices:
        return True
    return any(seat.party in invited_ids and seat.mandated for seat in viewer.seats) or any(
        role.value in invited_ids for seat in viewer.seats for role in seat.roles
    )


# --- words ------------------------------------------------------------------------------------------------------------


def moment(at: datetime) -> Words:
    """Write a moment as in a letter, Amsterdam time."""
    day, clock = local_date(at), at.astimezone(AMSTERDAM)
    return Words(nl=f"{in_words(day, 'nl')}, {clock:%H.%M} uur", en=f"{in_words(day, 'en')}, {clock:%H:%M}")


def asked(meeting: Meeting) -> Words:
    """Return how someone is asked whether they come."""
    at = moment(meeting.start)
    return Words(
        nl=f"Komt u naar overleg {meeting.no} op {at.nl}?", en=f"Will you come to meeting {meeting.no} on {at.en}?"
    )


def minutes_title(meeting: Meeting, version: int) -> Words:
    """Return how minutes are asked for."""
    nl, en = (f", versie {version}", f", version {version}") if version > 1 else ("", "")
    return Words(nl=f"Verslag van overleg {meeting.no}{nl}", en=f"Minutes of meeting {meeting.no}{en}")


def correction_title(meeting: Meeting) -> Words:
    """Return how the invited are asked about minutes."""
    version = meeting.minutes_version
    return Words(
        nl=f"Klopt het verslag van overleg {meeting.no} (versie {version})? Wie zwijgt, is akkoord",
        en=f"Are the minutes of meeting {meeting.no} (version {version}) right? Who is silent agrees",
    )


def corrections(given: Sequence[tuple[Words, str]], otherwise: Words) -> Words:
    """Say whose corrections go into the next version of minutes; without any, why they do not stand."""
    if not given:
        return otherwise
    return Words(
        nl=("Te corrigeren: " + " ".join(f"{name.nl}: {text}" for name, text in given))[:4000],
        en=("To be corrected: " + " ".join(f"{name.en}: {text}" for name, text in given))[:4000],
    )
