"""What a workflow asks of the record while it takes an act, and what it is told."""

from typing import Any

from pydantic import Field

from models.amending import Proposal
from models.base import Contract, Key, Sha256, Slug
from models.contracts import Commented, DraftingAnswer
from models.enums import AmendmentStatus, Stance, TaskKind
from models.questions import FixProposal


class DelegationQuestion(Contract):
    """What is open for a party, and whether an address is stored and free.

    Attributes:
        beside: who else is being added at this moment, with their stored addresses.
    """

    covenant: Slug
    party: Slug
    contact: Sha256 | None = None
    beside: dict[Slug, Sha256] = Field(default_factory=dict, max_length=1000)


class OpenTask(Contract):
    """A task that someone of the party must answer."""

    id: Key
    kind: TaskKind


class DelegationFound(Contract):
    """What is open for a party, and what there is to say about the address that was asked for.

    Attributes:
        contact: whether it is stored; true when none was asked for, too.
        holder: the person of the covenant whose address it is already.
    """

    contact: bool
    holder: Slug | None = None
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


class ContentQuestion(Contract):
    """Which content an act names."""

    sha256: Sha256


class AmendmentQuestion(Contract):
    """Which amendments an act is about, and those open ones that would change one of some others."""

    covenant: Slug
    amendments: list[Key] = Field(default_factory=list, max_length=1000)
    changing: list[Key] = Field(default_factory=list, max_length=1000)


class KnownAmendment(Contract):
    """An amendment on record."""

    id: Key
    clause: Slug
    party: Slug
    status: AmendmentStatus


class AmendmentsFound(Contract):
    """Those that are on record."""

    amendments: list[KnownAmendment] = Field(default_factory=list, max_length=1000)


class EarlierQuestion(Contract):
    """Who approved, earlier, exactly the texts that clauses are to have: by clause the hash."""

    covenant: Slug
    texts: dict[Slug, Sha256] = Field(max_length=300)


class EarlierApprovals(Contract):
    """By clause, the parties that approved that text, and how."""

    approved: dict[Slug, dict[Slug, Stance]] = Field(default_factory=dict, max_length=300)


class FixQuestion(Contract):
    """Whether an editorial fix fits the text it is about."""

    covenant: Slug
    fix: FixProposal
