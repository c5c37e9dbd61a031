"""What happens to a covenant once it is signed: who joins, who leaves with notice, what is revised."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from models.base import Contract, Key, Line, Reason, Sha256, Slug, Words
from models.enums import PartyKind, Tier


class Applicant(Contract):
    """Who wants to join a signed covenant: a company by declaration, or an organisation as a party.

    Attributes:
        constituency: of a party; a company has none.
        market_share: percent, of a company.
        category: of a company, where the playbook has any.
        person: who signs for it and is written to.
        contact: where they are reached, stored first (`store.people.put_contact`); none for who is on record already,
            such as a company that did not declare at signing.
    """

    id: Slug
    name: Words
    tier: Tier = Tier.PARTICIPANT
    kind: PartyKind = PartyKind.COMPANY
    constituency: Slug | None = None
    market_share: Annotated[float, Field(ge=0, le=100)] = 0
    category: str | None = Field(default=None, max_length=300)
    person: Slug
    person_name: Line
    contact: Key | None = None


class Leaving(Contract):
    """A party that gave notice and leaves on a day.

    Attributes:
        act, person: of the notice.
    """

    party: Slug
    at: datetime
    act: Key
    person: Slug
    reason: Reason


class ApplicantAdmitted(Contract):
    """Nobody objects to an applicant: it is asked to sign, and is at the table once it did."""

    change: Literal["applicant_admitted"] = "applicant_admitted"
    applicant: Applicant


class NoticeGiven(Contract):
    """A party leaves on a day; none when it took its notice back."""

    change: Literal["notice_given"] = "notice_given"
    party: Slug
    leaves: datetime | None = None


class RevisionOpened(Contract):
    """Talks about another text of a signed covenant were opened: a covenant of their own."""

    change: Literal["revision_opened"] = "revision_opened"
    covenant: Slug


class Revised(Contract):
    """A revision entered into force: its text, which is consolidated, holds from now on."""

    change: Literal["revised"] = "revised"
    covenant: Slug
    text_sha: Sha256


class AlsoJoined(Contract):
    """Who joined a signed covenant is also at the table where that covenant is being revised."""

    change: Literal["also_joined"] = "also_joined"
    covenant: Slug
    party: Slug


class Revisions(Contract):
    """The revisions of a covenant, as its workflow knows them.

    Attributes:
        last: how many were opened.
        open: the one under way; there is one at a time.
        text_sha: of the text that is in force since the last one that succeeded; none before.
    """

    last: int = 0
    open: Slug | None = None
    text_sha: Sha256 | None = None


EnduringChange = ApplicantAdmitted | NoticeGiven | RevisionOpened | Revised | AlsoJoined
"""What is on record about joining, leaving and revising a signed covenant."""
