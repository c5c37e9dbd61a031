"""A scenario: how each party answers each task, for demonstrations, rehearsals and tests."""

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from models.base import Line, Plain, Reason, Slug, Strict, Words
from models.commitments import Commitments
from models.covenant import PartyFile
from models.drafting import Mediation, SplitOff
from models.enums import AmendmentStatus, Choice, Ground, Ratified, Stance, TaskKind
from models.weighing import Matters, Worth

LONGEST = 4000
"""Characters of a clause in one language; a next version has no more (`models.base.Words`)."""

WholeText = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST), Plain]


class PositionReply(Strict):
    """A position on one clause. `conditions` are as `rules.conditions_text.read` reads them: "stays:wage"."""

    stance: Stance
    ground: Ground | None = None
    lift: Reason | None = None
    comment: Reason | None = None
    conditions: list[Line] = Field(default_factory=list, max_length=50)


class AmendmentReply(Strict):
    """The facilitator's next version of one clause; with the commitments of the version before when none are given."""

    text: Words
    reason: Reason
    commitments: Commitments | None = None


class ProposalReply(Strict):
    """Words that a party proposes before it answers: the whole clause in one language or both."""

    clause: Slug
    nl: WholeText | None = None
    en: WholeText | None = None
    reason: Reason


class FateReply(Strict):
    """What the facilitator makes of the open amendments of a party to a clause."""

    party: Slug
    clause: Slug
    status: Literal[AmendmentStatus.ACCEPTED, AmendmentStatus.COMPROMISE, AmendmentStatus.REFUSED]
    reason: Reason


class RedLineReply(Strict):
    """What a party tells the facilitator alone before it answers; no clause means the covenant as a whole."""

    clause: Slug | None = None
    text: Reason


class WeighReply(Strict):
    """What one clause weighs for a party, in private; `worth` is of the open proposals of other parties, by party."""

    clause: Slug
    matters: Matters
    now: Worth
    worth: dict[Slug, Worth] = Field(default_factory=dict, max_length=30)


class Reply(Strict):
    """How tasks are answered. The first reply that fits a task is used; nothing said means: any.

    Attributes:
        step, round, kind, by: which tasks; `by` is a party, participant, constituency or office.
        after: working days after the task was opened.
        silent: no answer at all.
        on_behalf: the secretariat answers, with this reason.
        stance, ground, lift, comment: of an approval, or of every clause `positions` does not name.
        positions: per clause.
        propose: words that a party proposes before it gives its positions.
        red_lines: what a party tells the facilitator alone before it gives its positions.
        weigh: what clauses weigh for a party, told to Polder alone before it gives its positions.
        take_package: the facilitator takes up the package that the parties carried.
        amend, park, fates: the facilitator's next version; accepted words make it where `amend` has no text.
        mediation, split, unpark: ways out for clauses that do not come together.
        choice, prolong: a decision; `prolong` is in working days. With `back`, `clauses` are opened again.
    """

    step: Slug | None = None
    round: int | None = Field(default=None, ge=1)
    kind: TaskKind | None = None
    by: Slug | None = None
    after: int = Field(default=3, ge=0, le=1000)
    silent: bool = False
    on_behalf: Reason | None = None
    stance: Stance = Stance.AGREE
    ground: Ground | None = None
    lift: Reason | None = None
    comment: Reason | None = None
    positions: dict[Slug, PositionReply] = Field(default_factory=dict, max_length=300)
    amend: dict[Slug, AmendmentReply] = Field(default_factory=dict, max_length=300)
    park: list[Slug] = Field(default_factory=list, max_length=300)
    propose: list[ProposalReply] = Field(default_factory=list, max_length=50)
    fates: list[FateReply] = Field(default_factory=list, max_length=300)
    red_lines: list[RedLineReply] = Field(default_factory=list, max_length=20)
    weigh: list[WeighReply] = Field(default_factory=list, max_length=300)
    take_package: bool = False
    mediation: Mediation | None = None
    split: list[SplitOff] = Field(default_factory=list, max_length=50)
    unpark: list[Slug] = Field(default_factory=list, max_length=300)
    clauses: list[Slug] = Field(default_factory=list, max_length=300)
    choice: Choice | None = None
    prolong: int | None = Field(default=None, ge=1, le=500)
    result: Ratified = Ratified.RATIFIED
    items: list[Line] = Field(default_factory=list, max_length=20)
    reason: Reason | None = None


class Happening(Strict):
    """Something that happens so many working days after a step started or a round opened."""

    step: Slug | None = None
    round: int | None = Field(default=None, ge=1)
    after: int = Field(default=1, ge=0, le=1000)
    withdraw: Slug | list[Slug] | None = None
    """A party, or several that leave together."""
    pause: int | None = Field(default=None, ge=1, le=500)
    """Working days the covenant is paused."""
    package: bool = False
    """The facilitator puts the package to the parties that Polder finds, of which who gains least gains most."""
    reason: Reason

    @model_validator(mode="after")
    def _says_when_and_what(self) -> Self:
        if (self.step is None) == (self.round is None):
            msg = "a happening names either a step or a round it follows on"
            raise ValueError(msg)
        if sum([self.withdraw is not None, self.pause is not None, self.package]) != 1:
            msg = "a happening is a withdrawal (withdraw: party), a pause (pause: days) or a package (package: true)"
            raise ValueError(msg)
        return self

    @property
    def leaving(self) -> list[str]:
        """Return the parties that leave."""
        if self.withdraw is None:
            return []
        return [self.withdraw] if isinstance(self.withdraw, str) else list(self.withdraw)


class Guests(Strict):
    """Parties that sit at the table in this scenario beside those of the sample, each with one delegate.

    Attributes:
        minimum: per constituency, how many parties the balance asks here.
    """

    parties: list[PartyFile] = Field(min_length=1, max_length=30)
    minimum: dict[Slug, int] = Field(default_factory=dict, max_length=10)


class Scenario(Strict):
    """One run of a covenant.

    Attributes:
        covenant: the sector whose covenant.yaml is launched.
        guests: who else sits at the table here.
        until: where the play ends.
        after: working days any task takes that no reply says otherwise about.
    """

    title: Words
    covenant: Slug
    until: Literal["accord", "signed", "in_force", "completed", "ended"]
    after: int = Field(default=3, ge=0, le=100)
    guests: Guests | None = None
    replies: list[Reply] = Field(default_factory=list, max_length=500)
    happenings: list[Happening] = Field(default_factory=list, max_length=50)
