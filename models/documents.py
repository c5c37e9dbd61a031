"""What a document shows: the draft, redline, final or sealed text of a covenant, ready to be laid out.

One model feeds the PDF and the page (`activities/rendering.py`). It is built and used inside one activity and stays
out of workflow history.
"""

from pydantic import AwareDatetime, Field

from models.base import Contract, Line, Reason, Sha256, Slug, Words
from models.enums import DocumentKind, Language


class DocumentParty(Contract):
    """A party as the document names it."""

    name: Words
    constituency: Words


class DocumentClause(Contract):
    """One clause.

    Attributes:
        sha256: of this version of the clause.
        old_text: the text it is compared with; none means no comparison.
        reason: why it was changed, in the words of whoever changed it.
    """

    number: Line
    title: Words
    text: Words
    version: int = Field(ge=1)
    sha256: Sha256
    old_text: Words | None = None
    reason: Reason | None = None


class DocumentSignature(Contract):
    """Who signed or declared, when, to exactly which text, and how that was established.

    Attributes:
        party: the party, or the company that declared.
    """

    party: Words
    person: Line
    at: AwareDatetime
    text_sha256: Sha256
    method: Words


class CovenantDocument(Contract):
    """A covenant as a document.

    Attributes:
        sector: the name of the sector.
        authentic: the language that prevails.
        status: one line: what this document is and what it is not.
        printed_at: makes the same document give the same bytes.
        text_sha256: of the whole text; what people agree to, ratify and sign.
        chain_head: hash of the last event in the record when this was made.
        participants: companies that declared.
    """

    kind: DocumentKind
    title: Words
    sector: Line
    slug: Slug
    authentic: Language
    status: Words
    printed_at: AwareDatetime
    text_sha256: Sha256
    chain_head: Sha256 | None = None
    parties: list[DocumentParty] = Field(default_factory=list, max_length=300)
    clauses: list[DocumentClause] = Field(default_factory=list, max_length=300)
    signatures: list[DocumentSignature] = Field(default_factory=list, max_length=300)
    participants: list[DocumentSignature] = Field(default_factory=list, max_length=2000)
    notes: list[Words] = Field(default_factory=list, max_length=50)
