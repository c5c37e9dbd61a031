"""A mail that came back: what the mail server's report says (RFC 3464), whoever wrote it. Pure."""

from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from typing import NamedTuple

from models import contracts as c
from models.errors import Refusal
from rules.answering import is_asked
from rules.naming import named

MOST_PROBLEM = 300
"""Characters of what a server said that are kept."""


class Bounce(NamedTuple):
    """A report that a mail never arrived.

    Attributes:
        recipient: the address it was for, in small letters; empty when the report does not say.
        message_id: of the mail that came back, with its brackets.
        problem: what the server said.
    """

    recipient: str
    message_id: str
    problem: str


def read(message: bytes) -> Bounce | None:
    """Read a report of a mail server; None when it says that the mail is late, relayed or delivered.

    Raises:
        Refusal: `no_bounce`, when it is no such report or does not say which mail came back.
    """
    opened = message_from_bytes(message, policy=policy.default)
    recipient = problem = message_id = ""
    report = failed = False
    for part in opened.walk():
        match part.get_content_type():
            case "message/delivery-status":
                report = True
                for fields in part.get_payload() if part.is_multipart() else []:
                    if isinstance(fields, Message) and _said(fields, "action").lower() == "failed":
                        failed = True
                        recipient = _address(fields)
                        problem = _said(fields, "diagnostic-code") or _said(fields, "status")
            case "message/rfc822" if part.is_multipart():
                message_id = message_id or _said(part.get_payload(0), "message-id")
            case "text/rfc822-headers":
                raw = part.get_payload(decode=True)
                headers = message_from_bytes(raw if isinstance(raw, bytes) else b"", policy=policy.default)
                message_id = message_id or _said(headers, "message-id")
    if report and not failed:
        return None
    if not report or not message_id:
        raise Refusal(
            "no_bounce",
            "Dit is geen bericht van een mailserver over een mail van Polder die terugkwam. Verwacht: een "
            "multipart/report met delivery-status (RFC 3464) en de kopregels van de mail.",
            "This is no report of a mail server about a mail of Polder that came back. Expected: a multipart/report "
            "with a delivery-status (RFC 3464) and the headers of the mail.",
            {"type": opened.get_content_type()},
        )
    return Bounce(recipient, message_id, " ".join(problem.split())[:MOST_PROBLEM] or "?")


def _address(fields: Message) -> str:
    said = _said(fields, "original-recipient") or _said(fields, "final-recipient")
    return said.rpartition(";")[2].strip().strip("<>").lower()


def _said(part: object, name: str) -> str:
    """Return a header as one line; what cannot be decoded is left out."""
    found = part.get(name, "") if isinstance(part, (EmailMessage, Message)) else ""
    return str(found).encode("ascii", "replace").decode().strip()


def check_asked(roster: c.Roster, task: c.TaskState, who: str) -> None:
    """Refuse someone whom a task is not asked of, for mail about it (`not_asked`)."""
    able = [one for one in roster.people if is_asked(task.respondent, task.role, one.party, one.roles)]
    if who not in {one.id for one in able}:
        raise Refusal(
            "not_asked",
            f"Over deze taak ging geen mail naar {who}. Verwacht: {named(able) or 'niemand'}.",
            f"No mail about this task went to {who}. Expected: {named(able) or 'nobody'}.",
            {"person": who, "task": task.id},
        )
