"""Acts that put a question to the parties beside the plan, and what its workflow starts from."""

from datetime import date

from pydantic import Field

from models.base import Contract, Reason, Sha256, Slug, Words
from models.contracts import Act, Key, Note, Roster, Schedule
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


class QuestionWithdrawal(Act):
    """A question is taken back before it is decided."""

    no: int = Field(ge=1)
    reason: Reason


class NoticeAgain(Act):
    """An office has the notice of an open task sent once more: an address was mended, or a mail never came."""

    task: Key
    reason: Reason


class Absence(Act):
    """Someone of a delegation is away until a day, or back; a substitute has their mandates until then."""

    party: Slug
    person: Slug
    until: date | None = None
    substitute: Slug | None = None
    reason: Reason


class QuestionBrief(Contract):
    """What the workflow of a question starts from."""

    slug: Slug
    title: Words
    question: PartyQuestion
    roster: Roster
    schedule: Schedule
    held: Note | None = None
