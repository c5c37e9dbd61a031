"""What clauses and their alternatives weigh for a party: told to Polder alone, to find packages with.

The words travel as content by hash (ADR 0007), with salt. Nothing of them is on record, in a workflow or in an export.
"""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from models.base import Contract, Sha256, Slug
from models.packages import AmendmentKey


class Matters(StrEnum):
    """How much a clause matters to a party."""

    DECISIVE = "decisive"
    MUCH = "much"
    SOME = "some"
    NOTHING = "nothing"


class Worth(StrEnum):
    """What one text of a clause is worth to a party."""

    WANTED = "wanted"
    GOOD = "good"
    BEARABLE = "bearable"
    UNWELCOME = "unwelcome"
    NEVER = "never"
    """The party cannot live with it: no package has it."""


class WeighedClause(Contract):
    """What one clause weighs.

    Attributes:
        sha256: of the current text that was judged as `now`; on another text that judgement says nothing.
        worth: of the proposals, by amendment; one that is not named is as good to the party as the current text.
    """

    clause: Slug
    sha256: Sha256
    matters: Matters = Field(repr=False)
    now: Worth = Field(repr=False)
    worth: Annotated[dict[AmendmentKey, Worth], Field(max_length=1000)] = Field(default_factory=dict, repr=False)


class Weights(Contract):
    """What all clauses weigh for a party, as it is stored; no clause takes back what was told before."""

    clauses: list[WeighedClause] = Field(default_factory=list, max_length=300, repr=False)


class Weighed(Contract):
    """A party told what clauses weigh for it. What, and of which clauses, stands nowhere in the log."""

    change: Literal["weighed"] = "weighed"
    party: Slug
    text_sha: Sha256
