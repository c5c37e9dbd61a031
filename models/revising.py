"""Revising a signed covenant: the act, what it asks of the record, and what comes of it."""

from datetime import date, datetime

from pydantic import Field

from models.base import Contract, Reason, Sha256, Slug, Strict
from models.contracts import Act, Launch
from models.covenant import ClauseFile
from models.lookups import Looked


class Revision(Act):
    """The facilitator opens talks about another text of a signed covenant (ADR 0020).

    Attributes:
        start: first day of the talks; none means today.
        added: clauses that are new, stored first (`store.revisions.put_clauses`); the others are as in force.
    """

    start: date | None = None
    added: Sha256 | None = None
    reason: Reason


class NewClauses(Strict):
    """A file with clauses that a revision adds."""

    clauses: list[ClauseFile] = Field(min_length=1, max_length=100)


class RevisionQuestion(Contract):
    """What the talks about another text start from is asked of the record.

    Attributes:
        revision: the slug the revision will have.
        no: counted from 1.
    """

    covenant: Slug
    revision: Slug
    no: int
    start: date
    facilitator: Slug
    added: Sha256 | None = None


class RevisionReady(Looked):
    """What starts a revision, or why it cannot start."""

    launch: Launch | None = None


class RevisionEnded(Contract):
    """What a revision tells the covenant it revises.

    Attributes:
        text_sha: of the consolidated text, when it entered into force; none when the talks ended without one.
    """

    covenant: Slug
    at: datetime
    text_sha: Sha256 | None = None
    reason: Reason
