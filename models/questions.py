"""Acts that put a question to the parties beside the plan, and what its workflow starts from."""

from datetime import date
from typing import Annotated

from pydantic import Field

from models.base import Contract, Key, Line, Reason, Sha256, Slug, Words
from models.contracts import Act, Actor, Note, Roster, Schedule
from models.enduring import Applicant
from models.enums import Matter
from models.ground import GroundRule, PartyQuestion


class RuleProposal(Act):
    """The facilitator proposes another decision rule for a kind of question."""

    matter: Matter
    rule: GroundRule
    reason: Reason


class GoOnQuestion(Act):
    """The facilitator asks the parties whether the talks go on, such as after a party left; the reason says why."""

    reason: Reason


class FixProposal(Act):
    """An editorial fix of a clause, which changes no meaning; its text is stored first, under `text_sha`."""

    clause: Slug
    base_sha: Sha256
    text_sha: Sha256
    reason: Reason


class Application(Act):
    """The facilitator or secretariat puts to the parties that somebody wants to join; the reason is its motivation."""

    applicant: Applicant
    reason: Reason


class TerminationProposal(Act):
    """The facilitator asks the parties to end the signed covenant before its term."""

    reason: Reason


class NoticeRetraction(Act):
    """A party that gave notice stays after all."""

    party: Slug
    reason: Reason


class QuestionWithdrawal(Act):
    """A question is taken back before it is decided."""

    no: int = Field(ge=1)
    reason: Reason


class NoticeAgain(Act):
    """An office has the notice of an open task sent once more: an address was mended, or a mail never came."""

    task: Key
    reason: Reason


class MailBounce(Contract):
    """A mail about an open task came back after a server had taken it.

    Attributes:
        actor: who says so; none when the mail server reports it itself.
        mail: which one, when that is known.
        problem: what the server said.
    """

    act: Key
    actor: Actor | None = None
    task: Key
    person: Slug
    mail: Annotated[str, Field(max_length=300)] | None = None
    problem: Line


class Absence(Act):
    """Someone of a delegation is away until a day, or back; a substitute has their mandates until then."""

    party: Slug
    person: Slug
    until: date | None = None
    substitute: Slug | None = None
    reason: Reason


class AccessionBrief(Contract):
    """What the workflow of an accession starts from: the applicant is in its roster, to sign exactly this text."""

    slug: Slug
    title: Words
    no: int
    applicant: Applicant
    text_sha: Sha256
    roster: Roster
    schedule: Schedule
    held: Note | None = None


class AccessionEnded(Contract):
    """What came of an accession: whether the applicant signed."""

    no: int
    applicant: Applicant
    joined: bool


class QuestionBrief(Contract):
    """What the workflow of a question starts from."""

    slug: Slug
    title: Words
    question: PartyQuestion
    roster: Roster
    schedule: Schedule
    held: Note | None = None
