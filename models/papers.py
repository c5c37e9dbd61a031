"""Papers, and what moves from one lane to a wider one. What is in a paper is content, like the words of a comment."""

from typing import Annotated, Literal

from pydantic import Field

from models.base import Contract, Sha256, Slug
from models.enums import Lane

Id = Annotated[str, Field(max_length=200)]
Kind = Literal["comment", "paper"]


class PaperAdded(Contract):
    """A paper was put in a lane. Its title and words stand nowhere in the log."""

    change: Literal["paper_added"] = "paper_added"
    lane: Lane
    party: Slug | None = None
    constituency: Slug | None = None
    text_sha: Sha256


class LaneWidened(Contract):
    """A comment or paper moved to a wider lane; who read it before reads it still."""

    change: Literal["lane_widened"] = "lane_widened"
    item: Kind
    id: Id
    lane: Lane
    party: Slug | None = None
    constituency: Slug | None = None


class LaneQuestion(Contract):
    """Where a comment or paper stands, and whose it is."""

    covenant: Slug
    item: Kind
    id: Id


class LaneFound(Contract):
    """What the record knows of it; `lane` is none when there is no such thing.

    Attributes:
        was: the lanes it stood in before.
        person: who wrote it.
    """

    lane: Lane | None = None
    was: list[Lane] = Field(default_factory=list, max_length=6)
    party: Slug | None = None
    constituency: Slug | None = None
    person: Slug | None = None
