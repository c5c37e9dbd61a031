"""A covenant to launch: `sectors/<sector>/covenant.yaml`."""

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, EmailStr, Field

from models.base import Line, Slug, Strict, Words
from models.commitments import Commitments
from models.enums import Language, PartyKind, Power, Role
from models.playbook import FactValue

LAST_START = date(2080, 12, 31)
"""A term of years after this day would run out of the calendar of working days."""


class MandateFile(Strict):
    """What a person may do for the party, on which themes, until when, and where that is written.

    Attributes:
        themes: theme ids; empty means every theme.
        until: the last day it holds; none means until withdrawn.
    """

    powers: list[Power] = Field(min_length=1, max_length=3)
    themes: list[Slug] = Field(default_factory=list, max_length=30)
    until: date | None = None
    evidence: Line | None = None


class PersonFile(Strict):
    """A person: the delegate of a party, or the holder of an office."""

    id: Slug
    name: Line
    email: EmailStr
    language: Language = Language.NL
    party: Slug | None = None
    roles: list[Role] = Field(default_factory=list, max_length=5)
    mandates: list[MandateFile] = Field(default_factory=list, max_length=10)


class PartyFile(Strict):
    """A party: it sits in a constituency and signs the covenant."""

    id: Slug
    name: Words
    kind: PartyKind
    constituency: Slug


class ParticipantFile(Strict):
    """A company that may join by declaration.

    Attributes:
        market_share: percent of the sector's sales, for the entry threshold.
        category: one of the playbook's, where it has any; what the company takes on depends on it.
        contact: the person who signs the declaration; becomes a person with a mandate to sign.
    """

    id: Slug
    name: Line
    market_share: float = Field(ge=0, le=100)
    category: Line | None = None
    contact: Line
    email: EmailStr
    language: Language = Language.NL


def _bare(text: Words) -> Words:
    return Words(nl=text.nl.strip(), en=text.en.strip())


class ClauseFile(Strict):
    """A clause of the first draft. The line end that closes a block in a YAML file is no part of its text."""

    id: Slug
    number: Line
    theme: Slug
    title: Words
    text: Annotated[Words, AfterValidator(_bare)]
    norms: list[Slug] = Field(default_factory=list, max_length=20)
    commitments: Commitments = Field(default_factory=list)


class CovenantFile(Strict):
    """Everything a facilitator needs to launch.

    Attributes:
        playbook: the sector whose playbook to use.
        start: first day of the first step; none means the day of launch.
        authentic: the language that prevails.
        include: optional steps to switch on.
    """

    slug: Slug
    playbook: Slug
    title: Words
    start: date | None = Field(default=None, le=LAST_START)
    authentic: Language = Language.NL
    facts: dict[Slug, FactValue] = Field(default_factory=dict, max_length=20)
    include: list[Slug] = Field(default_factory=list, max_length=20)
    parties: list[PartyFile] = Field(min_length=2, max_length=300)
    people: list[PersonFile] = Field(min_length=1, max_length=2000)
    participants: list[ParticipantFile] = Field(default_factory=list, max_length=2000)
    clauses: list[ClauseFile] = Field(min_length=1, max_length=300)
