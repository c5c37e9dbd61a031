"""Acts with papers and lanes: put a paper in a lane, and move what is one's own to a wider one."""

from typing import Annotated

from pydantic import StringConstraints

from models.base import Contract, Line, Plain, Reason, Sha256, Slug
from models.contracts import Act
from models.enums import Lane
from models.papers import Id, Kind

LONGEST = 20_000


class PaperText(Contract):
    """A paper as it is stored: a note, a file, or both.

    Attributes:
        file_sha, name, media_type: of the file, which is stored by its hash.
        publishes: the SHA-256 of a negotiators' accord that this makes public, when the facilitator files it for
            everyone.
    """

    title: Line
    note: Annotated[str, StringConstraints(max_length=LONGEST, strip_whitespace=True), Plain] = ""
    file_sha: Sha256 | None = None
    name: Line | None = None
    media_type: Line | None = None
    publishes: Sha256 | None = None


class PaperAdding(Act):
    """Put a paper in a lane; it is stored first (`store.papers.put`).

    Attributes:
        party: whom an office writes to in the lanes `facilitator` and `mediator`; else the writer's own.
    """

    lane: Lane
    party: Slug | None = None
    text_sha: Sha256


class Widening(Act):
    """Move a comment or paper of one's own to a wider lane. There is no way back: what was read stays read."""

    item: Kind
    id: Id
    lane: Lane
    reason: Reason
