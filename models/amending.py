"""Words that a party proposes for a place in a clause."""

from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from models.base import Contract, Readable, Reason

LONGEST = 20_000
"""Characters that one edit may put in."""


class Edit(Contract):
    """Replace the characters from `start` up to `end` by a text; insert where they are equal, delete without text."""

    start: Annotated[int, Field(ge=0)]
    end: Annotated[int, Field(ge=0)]
    text: Annotated[str, StringConstraints(max_length=LONGEST), Readable] = ""

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if self.end < self.start:
            raise _bad(
                "een plaats waarvan het einde niet voor het begin ligt", "a place that does not end before it begins"
            )
        if self.end == self.start and not self.text:
            raise _bad("een wijziging die iets wijzigt", "a change that changes something")
        return self


def _bad(nl: str, en: str) -> PydanticCustomError:
    return PydanticCustomError("bad_edit", "{en}", {"nl": nl, "en": en})


class AmendmentText(Contract):
    """What is proposed, as it is stored: edits on exactly one version, in one language or both, and why."""

    nl: list[Edit] = Field(default_factory=list, max_length=200)
    en: list[Edit] = Field(default_factory=list, max_length=200)
    reason: Reason
