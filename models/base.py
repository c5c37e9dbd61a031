"""The two base models every contract and file model stands on, and the bilingual text."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from models.enums import Language

DECEPTIVE = frozenset("\u200b\ufeff\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that make what is read differ from what is hashed: bidirectional overrides, empty spaces."""


def unfit(character: str) -> bool:
    """Whether a character has no place in a text: PostgreSQL keeps no NUL, nobody can read the others."""
    code = ord(character)
    control = code < 0x20 or 0x7F <= code <= 0x9F  # noqa: PLR2004 the two blocks of control characters
    return (control and character not in "\n\t\r") or character in DECEPTIVE


def _plain(text: str) -> str:
    """Refuse text that is empty to the eye, or holds characters nobody can see."""
    for character in text:
        if unfit(character):
            msg = f"text without control or hidden characters; found U+{ord(character):04X}"
            raise ValueError(msg)
    if text and not text.strip():
        msg = "text that is more than spaces"
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
