"""The parts of a clause that can be pointed at, and a whole covenant text as it leaves in another format."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import ConfigDict, Field, StringConstraints

from models.base import Contract, Line, Sha256, Slug, Words
from models.enums import Language
from models.playbook import Norm


class Level(StrEnum):
    """How deep a part lies: artikel, lid, onderdeel, subonderdeel."""

    ARTICLE = "article"
    PARAGRAPH = "paragraph"
    POINT = "point"
    SUBPOINT = "subpoint"


class Address(Contract):
    """A place in a covenant's text. Points may stand in a paragraph, or right in the article.

    Attributes:
        article: the number of the clause.
        paragraph: `2`, or `2a` for one that was put in later.
        point: one or two lower-case letters.
        subpoint: its number, however it is written (`1°`, `(i)`).
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    article: Line
    paragraph: Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{0,2}[a-z]?$")] | None = None
    point: Annotated[str, StringConstraints(pattern=r"^[a-z]{1,2}$")] | None = None
    subpoint: Annotated[int, Field(ge=1, le=99)] | None = None


class ArticleText(Contract):
    """One clause of a text that is exported.

    Attributes:
        clause: the id that stays when the number changes.
        sha256: of this version, both languages.
        norms: ids of norms.
        commitments: what this version commits to, each in a sentence.
    """

    clause: Slug
    number: Line
    title: Words
    text: Words
    version: int = Field(ge=1)
    sha256: Sha256
    norms: list[Slug] = Field(default_factory=list, max_length=20)
    commitments: list[Words] = Field(default_factory=list, max_length=30)


class TextParty(Contract):
    """A party as the text names it."""

    id: Slug
    name: Words
    constituency: Words


class CovenantText(Contract):
    """The whole text of a covenant at one moment, with everything an export tells about it.

    Attributes:
        authentic: the language that prevails.
        version: of the whole text; grows with each new version of a clause.
        begun: when work on the covenant began; its year is in the identifier, so it never changes.
        dated: the day of this version.
        made: the day the file is made.
        text_sha256: of the whole text (`rules.texts.covenant_sha`).
        norms: those the articles name, and no others are needed.
    """

    slug: Slug
    title: Words
    authentic: Language
    version: int = Field(ge=1)
    begun: date
    dated: date
    made: date
    text_sha256: Sha256
    parties: list[TextParty] = Field(default_factory=list, max_length=300)
    articles: list[ArticleText] = Field(min_length=1, max_length=300)
    norms: list[Norm] = Field(default_factory=list, max_length=100)
