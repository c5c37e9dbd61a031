"""What the workflows of webhooks and of long work tell their activities, and hear back."""

from pydantic import Field

from models.base import Contract, Key, Line, Slug
from models.enums import Language

HOUR = 3600.0


class Pace(Contract):
    """How quickly webhooks are told, in seconds.

    Attributes:
        look: between two looks at the log.
        first: before the first retry; each next one waits twice as long, at most `most`.
        patience: after which an event that was never taken has failed.
    """

    look: float = Field(default=5.0, gt=0)
    first: float = Field(default=10.0, gt=0)
    most: float = Field(default=3 * HOUR, gt=0)
    patience: float = Field(default=24 * HOUR, gt=0)


class Swept(Contract):
    """What a look at the log did; `idle` when there is no webhook to tell anything, now or later."""

    delivered: int = 0
    idle: bool = False


class JobOrder(Contract):
    """Long work that someone asked for.

    Attributes:
        id: of the row that shows how far it is.
        kind: one of `models.enums.JobKind`'s values.
    """

    id: Key
    kind: Line
    covenant: Slug
    language: Language
