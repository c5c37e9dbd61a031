"""Words that a party proposes for a place in a clause."""

from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from models.base import Contract, Key, Readable, Reason, Sha256, Slug, Words
from models.contracts import Act

LONGEST = 20_000
"""Characters that one edit may put in."""

BACKWARDS = Words(
    nl="een plaats waarvan het einde niet voor het begin ligt", en="a place that does not end before it begins"
)
NOTHING = Words(nl="een wijziging die iets wijzigt", en="a change that changes something")


class Edit(Contract):
    """Replace the characters from `start` up to `end` by a text; insert where they are equal, delete without text."""

    start: Annotated[int, Field(ge=0)]
    end: Annotated[int, Field(ge=0)]
    text: Annotated[str, StringConstraints(max_length=LONGEST), Readable] = ""

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if self.end < self.start:
            raise PydanticCustomError("bad_edit", "{en}", {"nl": BACKWARDS.nl, "en": BACKWARDS.en})
        if self.end == self.start and not self.text:
            raise PydanticCustomError("bad_edit", "{en}", {"nl": NOTHING.nl, "en": NOTHING.en})
        return self


class AmendmentText(Contract):
    """What is proposed, as it is stored: edits on exactly one version, in one language or both, and why."""

    nl: list[Edit] = Field(default_factory=list, max_length=200)
    en: list[Edit] = Field(default_factory=list, max_length=200)
    reason: Reason


class Proposal(Act):
    """Words that a party proposes for a clause; they are stored first (`store.amendments.put`).

    Attributes:
        base_sha: the version of the clause that they are about.
        to: the amendment that this one would change.
    """

    clause: Slug
    base_sha: Sha256
    text_sha: Sha256
    to: Key | None = None


class ProposalWithdrawal(Act):
    """A party takes its amendment back."""

    amendment: Key
    reason: Reason


class FateAnswer(Act):
    """A mover accepts what became of the amendment, or maintains it: then it is open again."""

    amendment: Key
    accept: bool
    reason: Reason
