"""What a workflow asks of the record while it takes an act, and what it is told."""

from pydantic import Field

from models.base import Contract, Sha256, Slug
from models.contracts import Commented, Key
from models.enums import TaskKind


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
