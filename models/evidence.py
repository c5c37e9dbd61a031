"""The evidence report of a signing: who signed what, when, how identified, under which mandate, by which entry."""

from pydantic import AwareDatetime, Field

from models.base import Contract, Line, Sha256, Slug, Words


class EvidenceRow(Contract):
    """One signature or declaration.

    Attributes:
        person: the name as it was typed; `known_as`, as it is on record.
        certificate: on the sealed PDF, what it says of itself; none where the code is all.
        mandate: what the person may do for the party.
        origin: the address of the request and the browser; none where it did not come by the site.
        mails: the codes that were mailed, and whether they were delivered.
        entry: its number in the record, with the hash of that entry.
    """

    party: Words
    person: Line
    known_as: Line
    at: AwareDatetime
    method: Words
    text_sha256: Sha256
    certificate: Words | None = None
    mandate: Words
    origin: Line | None = None
    mails: list[Words] = Field(max_length=50)
    entry: int
    entry_sha256: Sha256


class EvidenceEntry(Contract):
    """An entry of the record of the signing: what happened in a sentence, and its hash."""

    no: int
    at: AwareDatetime
    words: Words
    sha256: Sha256


class EvidenceReport(Contract):
    """The evidence of a signing, ready to be laid out.

    Attributes:
        level: what these signatures are worth (eIDAS), said plainly.
        sealed_sha256: of the sealed PDF of the covenant; none when there is none.
        chain_head: the hash of the last entry when this was made.
        entries: every entry of the record from the opening of the signing on.
    """

    title: Words
    slug: Slug
    level: Words
    printed_at: AwareDatetime
    text_sha256: Sha256
    sealed_sha256: Sha256 | None
    chain_head: Sha256
    rows: list[EvidenceRow] = Field(max_length=2300)
    entries: list[EvidenceEntry] = Field(max_length=20_000)
