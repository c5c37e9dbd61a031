"""Invitations as calendar programs read them: iTIP (RFC 5546) in an iMIP mail (RFC 6047).

The UID of a meeting never changes and SEQUENCE grows with every change, so a calendar moves the entry it has.
"""

from collections.abc import Mapping
from datetime import datetime

from icalendar import Calendar, Event, vCalAddress, vText

from models.convening import MeetingText
from rules.calendar import AMSTERDAM


def uid(slug: str, no: int | str) -> str:
    """Return the one UID of a meeting, in mails and calendar feeds alike."""
    return f"{slug}/meeting:{no}@polder"


def event(text: MeetingText, start: datetime, end: datetime, *, key: str, sequence: int) -> Event:
    """Write a meeting as a calendar entry, in Amsterdam time.

    Args:
        text: its words.
        start: when it begins.
        end: when it ends.
        key: its UID.
        sequence: how often it was changed.
    """
    made = Event()
    made.add("uid", key)
    made.add("sequence", sequence)
    made.add("dtstart", start.astimezone(AMSTERDAM))
    made.add("dtend", end.astimezone(AMSTERDAM))
    made.add("summary", text.title)
    if text.place or text.link:
        made.add("location", text.place or text.link)
    points = [f"{n}. {one}" for n, one in enumerate(text.agenda, 1)]
    agenda = ["Agenda:", *points] if points else []
    online = [f"Online: {text.link}"] if text.link else []
    made.add("description", "\n".join([*([text.description] if text.description else []), *online, *agenda]))
    if text.link:
        made.add("url", text.link)
    return made


def invitation(
    text: MeetingText, values: Mapping[str, object], *, slug: str, at: datetime, sender: str,
    sender_name: str, recipient: str, recipient_name: str,
) -> tuple[str, bytes]:  # fmt: skip
    """Return the method (REQUEST or CANCEL) and the calendar part of a mail about a meeting.

    Args:
        text: the words of the meeting.
        values: of the mail: no, start, until, sequence, meeting (what happened).
        slug: the covenant.
        at: when it was said; the same on every retry.
        sender: who sends it: the organizer, to whom calendar programs answer.
        sender_name: how that is called.
        recipient: who is invited.
        recipient_name: how they are called.
    """
    method = "CANCEL" if values["meeting"] == "cancelled" else "REQUEST"
    made = Calendar()
    made.add("prodid", "-//Polder//Polder//EN")
    made.add("version", "2.0")
    made.add("method", method)
    start, end = values["start"], values["until"]
    if not isinstance(start, datetime) or not isinstance(end, datetime):
        raise TypeError(start)
    one = event(text, start, end, key=uid(slug, str(values["no"])), sequence=int(str(values["sequence"])))
    one.add("dtstamp", at)
    one.add("status", "CANCELLED" if method == "CANCEL" else "CONFIRMED")
    organizer = vCalAddress(f"mailto:{sender}")
    organizer.params["cn"] = vText(sender_name)
    one.add("organizer", organizer, encode=False)
    attendee = vCalAddress(f"mailto:{recipient}")
    attendee.params["cn"] = vText(recipient_name)
    attendee.params["role"] = vText("REQ-PARTICIPANT")
    attendee.params["partstat"] = vText("NEEDS-ACTION")
    attendee.params["rsvp"] = vText("FALSE")
    one.add("attendee", attendee, encode=False)
    made.add_component(one)
    made.add_missing_timezones()
    written: bytes = made.to_ical()
    return method, written
