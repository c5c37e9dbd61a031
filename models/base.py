"""The two base models every contract and file model stands on, and the bilingual text."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from models.enums import Language


def _plain(text: str) -> str:
    """Refuse control characters: PostgreSQL keeps no NUL, and no one can read the others."""
    for character in text:
        if (character < " " and character not in "\n\t\r") or character == "\x7f":
            msg = f"text without control characters; found U+{ord(character):04X}"
            raise ValueError(msg)
    return text


Plain = AfterValidator(_plain)

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
"""An id a person types: lower-case letters, digits and hyphens, at most 63."""

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
"""A SHA-256 in lower-case hexadecimal."""

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
