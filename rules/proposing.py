"""Words that a party proposes for a clause travel as a comment; this writes such a comment and reads it again."""

from typing import NamedTuple

from models.enums import Language

MARKS = {
    Language.NL: "Voorgestelde Nederlandse tekst:",
    Language.EN: "Proposed English text:",
}
"""The line before the proposed words. People read it; it also says which text they are for."""


class Proposal(NamedTuple):
    """A comment taken apart.

    Attributes:
        said: the comment without the words.
        wording: the words proposed; none when there are none.
        language: of those words.
    """

    said: str
    wording: str | None = None
    language: Language = Language.NL


def written(said: str, wording: str, language: Language) -> str:
    """Make the text of a comment that proposes words."""
    return "\n\n".join(part for part in (said.strip(), f"{MARKS[language]}\n{wording.strip()}") if part)


def read(text: str) -> Proposal:
    """Take a comment apart."""
    for language, mark in MARKS.items():
        before, found, after = f"\n{text}".partition(f"\n{mark}\n")
        if found:
            return Proposal(before.strip(), after.strip(), language)
    return Proposal(text)
