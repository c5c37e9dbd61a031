"""What a facilitator can do with clauses that do not come together, beside a next version of them."""

from typing import Annotated

from pydantic import Field

from models.base import Contract, Line, Sha256, Slug

Chosen = Annotated[list[Slug], Field(min_length=1, max_length=300)]
Days = Annotated[int, Field(ge=1, le=500)]


class Mediation(Contract):
    """A mediator, whom the parties have yet to accept, proposes the next version of some clauses.

    Attributes:
        mediator: someone at the table who sits for no party, or a new id.
        name, contact: of who is new; the address is stored first (`store.people.put_contact`).
        days: working days for the proposal.
    """

    clauses: Chosen
    mediator: Slug
    name: Line | None = None
    contact: Sha256 | None = None
    days: Days = 20


class SplitOff(Contract):
    """Clauses that leave the text and go their own way: a step of their own, beside the talks.

    Attributes:
        respondents: who carries it: 'all', a constituency, or an office.
        days: working days until it is due.
    """

    clauses: Chosen
    respondents: Annotated[list[Slug], Field(min_length=1, max_length=30)]
    days: Days = 60


class SplitOrder(Contract):
    """What a dialogue asks its covenant: a step of its own for clauses that were split off.

    Attributes:
        key: of the step that split them off.
        numbers: of the clauses, as people call them.
    """

    key: Annotated[str, Field(max_length=300)]
    split: SplitOff
    numbers: Line
    reason: Annotated[str, Field(max_length=4000)]
