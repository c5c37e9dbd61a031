"""The two base models every contract and file model stands on, and the bilingual text."""

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from models.enums import Language

UNFIT = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"  # control characters but tab and line ends: PostgreSQL keeps no NUL
    r"\u200b\ufeff\u202a-\u202e\u2066-\u2069]"  # what is read would differ from what is hashed
)
"""Characters that have no place in a text. One search in C: every text is checked each time it is decoded."""


def unfit(character: str) -> bool:
    """Whether a character has no place in a text: nobody can read it."""
    return UNFIT.match(character) is not None


def _readable(text: str) -> str:
    """Refuse text that holds characters nobody can see."""
    found = UNFIT.search(text)
    if found:
        nl = f"tekst zonder stuur- of verborgen tekens; gevonden: U+{ord(found[0]):04X}"
        raise _unfit_text(nl, f"text without control or hidden characters; found U+{ord(found[0]):04X}")
    return text


def _plain(text: str) -> str:
    """Refuse text that is empty to the eye, or holds characters nobody can see."""
    _readable(text)
    if text and not text.strip():
        raise _unfit_text(nl="tekst die meer is dan spaties", en="text that is more than spaces")
    return text


def _unfit_text(nl: str, en: str) -> PydanticCustomError:
    """Return an error in both languages; `runtime/explaining.py` and `cli/context.py` read its context."""
    return PydanticCustomError("unfit_text", "{en}", {"nl": nl, "en": en})


Plain = AfterValidator(_plain)
Readable = AfterValidator(_readable)

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
"""An id a person types: lower-case letters, digits and hyphens, at most 63."""

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
"""A SHA-256 in lower-case hexadecimal."""

Key = Annotated[str, Field(min_length=1, max_length=200)]
"""An id made by Polder: of a task, an act, an event, a workflow."""

Line = Annotated[str, StringConstraints(min_length=1, max_length=300), Plain]
"""One line of text: a title, a name."""

Reason = Annotated[str, StringConstraints(min_length=3, max_length=2000, strip_whitespace=True), Plain]
"""A reason in words. Short enough to travel through workflow history (ADR 0003)."""


class Contract(BaseModel):
    """What travels between workflow, activity and client. New fields come with a default, none is removed."""

    model_config = ConfigDict(frozen=False, extra="ignore")


class Strict(BaseModel):
    """What a person writes in a file: an unknown key is an error, not a silence."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Words(BaseModel):
    """One text in both languages.

    Attributes:
        nl: the Dutch text.
        en: the English text.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    nl: Annotated[str, Plain] = Field(min_length=1, max_length=4000)
    en: Annotated[str, Plain] = Field(min_length=1, max_length=4000)

    def pick(self, language: Language | str) -> str:
        """Return the text in one language."""
        return self.nl if language == Language.NL else self.en
