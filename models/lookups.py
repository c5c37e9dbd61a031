"""What a workflow asks of the record while it takes an act, and what it is told."""

from typing import Any

from pydantic import Field

from models.amending import Proposal
from models.base import Contract, Sha256, Slug
from models.contracts import Commented, DraftingAnswer, Key
from models.enums import AmendmentStatus, TaskKind


class DelegationQuestion(Contract):
    """What is open for a party, and whether an address is stored."""

    covenant: Slug
    party: Slug
    contact: Sha256 | None = None


class OpenTask(Contract):
    """A task that someone of the party must answer."""

    id: Key
    kind: TaskKind


class DelegationFound(Contract):
    """`contact` is true when no address was asked for, too."""

    contact: bool
    open_tasks: list[OpenTask] = Field(default_factory=list, max_length=1000)


class CommentQuestion(Contract):
    """Which comment a reply is to."""

    covenant: Slug
    comment: Key


class CommentFound(Contract):
    """The comment, or none."""

    comment: Commented | None = None


class ProposalQuestion(Contract):
    """Whether words that a party proposes fit the text they are about."""

    covenant: Slug
    proposal: Proposal


class DraftQuestion(Contract):
    """Whether the next version does what it says with the amendments."""

    covenant: Slug
    drafting: DraftingAnswer


class Looked(Contract):
    """What is wrong, as `PolderError.details`; nothing when it is right."""

    problem: dict[str, Any] | None = None


class AmendmentQuestion(Contract):
    """Which amendments an act is about."""

    covenant: Slug
    amendments: list[Key] = Field(max_length=1000)


class KnownAmendment(Contract):
    """An amendment on record."""

    id: Key
    clause: Slug
    party: Slug
    status: AmendmentStatus


class AmendmentsFound(Contract):
    """Those that are on record."""

    amendments: list[KnownAmendment] = Field(default_factory=list, max_length=1000)
