"""A draft that goes out as a Word file, and what is found in the file that comes back."""

from pydantic import AwareDatetime, Field

from models.amending import Edit
from models.base import Contract, Sha256, Slug, Words
from models.documents import DocumentClause
from models.enums import Language


class WordClause(DocumentClause):
    """One clause; with `old_text`, what changed since then is written as tracked changes."""

    id: Slug


class WordDraft(Contract):
    """A draft as it is sent out; read a file with the draft as it is now, in both languages.

    Attributes:
        slug: of the covenant; a file of another covenant is not taken for one of this.
        text_sha256: of the whole text, printed in the page header.
        printed_at: makes the same draft give the same bytes; the date of tracked changes.
    """

    slug: Slug
    title: Words
    text_sha256: Sha256
    printed_at: AwareDatetime
    clauses: list[WordClause] = Field(max_length=300)


class WordEdit(Contract):
    """One change that was made in Word.

    Attributes:
        edit: the change, in the current text of the clause.
        tracked: whether Word recorded all of it; the rest was found by comparing texts.
        names: whom Word names as author: what someone typed in the options of Word, so a remark and never a proof.
    """

    edit: Edit
    tracked: bool
    names: list[str] = Field(default_factory=list)


class WordChanges(Contract):
    """The changes in one language of a clause; together they give exactly the text as it was left in Word.

    Attributes:
        version: of the clause, that the edits are about.
    """

    clause: Slug
    language: Language
    version: int = Field(ge=1)
    edits: list[WordEdit]


class WordComment(Contract):
    """A comment made in Word.

    Attributes:
        clause: none when it stands outside the clauses, or nowhere.
        words: that it is about, as they read with the changes; empty when it is about a place.
        name: as typed in Word; a remark.
        at: as Word wrote it; a remark.
    """

    clause: Slug | None = None
    language: Language | None = None
    words: str = ""
    text: str
    name: str = ""
    at: str = ""


class WordReview(Contract):
    """Something in the file that is no change in a clause's text, for a person to look at.

    Attributes:
        code: stable, for programs.
        reason: what was found and what was done with it.
        clause: that it is about, or stands after; none before the first.
        words: the text it is about.
    """

    code: str
    reason: Words
    clause: Slug | None = None
    language: Language | None = None
    words: str = ""
    names: list[str] = Field(default_factory=list)


class WordReturn(Contract):
    """All that is found in a Word file: changes that can be proposed, comments, and what people must look at."""

    changes: list[WordChanges] = Field(default_factory=list)
    comments: list[WordComment] = Field(default_factory=list)
    reviews: list[WordReview] = Field(default_factory=list)
