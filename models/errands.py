"""What workflows ask of activities, and what they are told: mails, documents, codes, answers on record."""

from datetime import datetime

from pydantic import Field

from models.base import Contract, Key, Line, Sha256, Slug
from models.contracts import Answer, Label, Shown
from models.enums import DocumentKind, Role


class MailItem(Contract):
    """One mail to everyone who may answer for a respondent.

    Attributes:
        key: unique; the Message-ID follows from it and the person.
        respondent: party id, or role.
        person: the only one of them who is written to.
        values: what the template shows; texts only.
    """

    key: Key
    template: Line
    respondent: Slug
    role: Role | None = None
    person: Slug | None = None
    task: Key | None = None
    values: dict[Label, Shown] = Field(default_factory=dict, max_length=30)


class MailBatch(Contract):
    """Mails to send at a moment of the covenant's own time. With `receipts` it is told whom each reached."""

    covenant: Slug
    at: datetime
    items: list[MailItem] = Field(min_length=1, max_length=2300)
    document: Sha256 | None = None
    round: int | None = None
    receipts: bool = False


class Delivered(Contract):
    """A mail about a task that a mail server took."""

    task: Key
    person: Slug


class Undelivered(Contract):
    """A mail refused for good."""

    task: Key | None
    person: Slug
    problem: Line


class MailReport(Contract):
    """What became of a batch."""

    sent: int
    undelivered: list[Undelivered] = Field(default_factory=list, max_length=5000)
    delivered: list[Delivered] = Field(default_factory=list, max_length=5000)


class DocumentRequest(Contract):
    """Make a document of the covenant's text as it is."""

    covenant: Slug
    kind: DocumentKind
    at: datetime
    key: Key
    round: int | None = None
    seal: bool = False


class CodeIssue(Contract):
    """Make and mail a one-time code."""

    covenant: Slug
    at: datetime
    task: Key
    issue: int
    person: Slug
    text_sha: Sha256


class CodeCheck(Contract):
    """Compare a one-time code."""

    task: Key
    issue: int
    code: Label


class PasskeyCheck(Contract):
    """Check a signature that was made with a passkey; the proof is stored first."""

    covenant: Slug
    task: Key
    person: Slug
    text_sha: Sha256
    proof_sha: Sha256


class TaskIds(Contract):
    """Tasks to look up."""

    tasks: list[Key] = Field(max_length=2300)


class OnRecord(Contract):
    """Answers that are on record for tasks a workflow believes open (its worker died between writing and telling)."""

    answers: list[Answer] = Field(default_factory=list, max_length=2300)
