"""What a clause commits to, as data: who does what by when. It is part of what is agreed (ADR 0014)."""

from datetime import date
from typing import Annotated, Self

from pydantic import Field, TypeAdapter, model_validator
from pydantic_core import PydanticCustomError

from models.base import Slug, Strict, Words

MOST = 30
"""Commitments of one clause."""
LONGEST = 600
"""Characters of what is done, in one language."""

TWO_DATES = Words(nl="een dag (due) óf een aantal maanden (months)", en="a day (due) or a number of months (months)")
TOO_LONG = Words(nl=f"hoogstens {LONGEST} tekens", en=f"at most {LONGEST} characters")


class Commitment(Strict):
    """One commitment. With neither a day nor months it holds for the whole term.

    Attributes:
        who: a party, a constituency, an office, `participants`, or `all` parties.
        what: is done.
        due: the last day.
        months: the same, counted from the entry into force.
        norm: that it carries out.
    """

    who: Slug
    what: Words
    due: date | None = None
    months: Annotated[int, Field(ge=1, le=240)] | None = None
    norm: Slug | None = None

    @model_validator(mode="after")
    def _one_date(self) -> Self:
        if self.due is not None and self.months is not None:
            raise PydanticCustomError("two_dates", "{en}", {"nl": TWO_DATES.nl, "en": TWO_DATES.en})
        if max(len(self.what.nl), len(self.what.en)) > LONGEST:
            raise PydanticCustomError("too_long", "{en}", {"nl": TOO_LONG.nl, "en": TOO_LONG.en})
        return self


Commitments = Annotated[list[Commitment], Field(max_length=MOST)]
COMMITMENTS: TypeAdapter[list[Commitment]] = TypeAdapter(list[Commitment])


class ClauseText(Words):
    """The text of a clause with what it commits to: what the SHA-256 of a version is taken of."""

    commitments: Commitments = Field(default_factory=list)
