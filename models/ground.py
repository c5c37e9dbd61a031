"""Ground rules: which decision rule holds for which kind of question; and questions put beside the plan."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from models.base import Contract, Reason, Sha256, Slug, Words
from models.deciding import DecisionRule, Verdict
from models.enduring import Applicant
from models.enums import Matter
from models.packages import PackagePick


class GroundRule(DecisionRule):
    """A decision rule, and how many working days the parties have where the plan gives no term."""

    days: Annotated[int, Field(ge=1, le=250)] = 10

    @property
    def rule(self) -> DecisionRule:
        """The decision rule alone, as verdicts carry it."""
        return DecisionRule.model_validate(self.model_dump(exclude={"days"}))


class PartyQuestion(Contract):
    """A question put to the parties beside the plan.

    Attributes:
        no: numbers the questions of a covenant.
        act: the act that put it, by which it is on record.
        matter, rule: for a change of the ground rules, what would change and into what.
        clause, base_sha, text_sha: for an editorial fix, the clause, its text as it is, and as it would be.
        package: for a package deal, which amendment which clause gets; all other clauses stay as they are.
        applicant: for an accession, who wants to join.
        by: the rule it is decided by, which stays even when the ground rules change meanwhile.
    """

    no: int
    act: Annotated[str, Field(min_length=1, max_length=200)]
    kind: Literal["ground_rule", "editorial", "go_on", "package", "accession", "termination"]
    title: Words
    matter: Matter | None = None
    rule: GroundRule | None = None
    clause: Slug | None = None
    base_sha: Sha256 | None = None
    text_sha: Sha256 | None = None
    package: list[PackagePick] = Field(default_factory=list, max_length=300)
    applicant: Applicant | None = None
    reason: Reason
    by: GroundRule

    @property
    def key(self) -> str:
        """How its tasks begin, and under which it is found as one finds a step."""
        return question_key(self.no)


def question_key(no: int) -> str:
    """Return the key of a question: it stands where the key of a step does."""
    return f"question-{no}"


class QuestionEnded(Contract):
    """What came of a question; without a verdict it was taken back, overtaken, or the talks ended."""

    change: Literal["question_ended"] = "question_ended"
    no: int
    passed: bool
    sentence: Words
    verdict: Verdict | None = None


class QuestionPut(Contract):
    """A question was put to the parties."""

    change: Literal["question_put"] = "question_put"
    question: PartyQuestion
    due: datetime


class GroundRules(Contract):
    """The ground rules of a covenant.

    Attributes:
        rules: as they hold now; none for a covenant from before there were any (`rules.matters.complete`).
        since: those that the parties changed: steps that start take them, whatever the playbook says.
    """

    rules: dict[Matter, GroundRule] = Field(default_factory=dict, max_length=20)
    since: list[Matter] = Field(default_factory=list, max_length=20)


class Asking(Contract):
    """The questions of a covenant beside its plan.

    Attributes:
        last: the number of the newest.
        questions: that are open.
        answers: of which the outcome was not carried out yet.
        fixes: editorial fixes that the talks were told to make.
    """

    last: int = 0
    questions: list[PartyQuestion] = Field(default_factory=list, max_length=50)
    answers: list[QuestionEnded] = Field(default_factory=list, max_length=50)
    fixes: list[PartyQuestion] = Field(default_factory=list, max_length=50)


class GroundRuleSet(Contract):
    """A ground rule holds from now on."""

    change: Literal["ground_rule_set"] = "ground_rule_set"
    matter: Matter
    rule: GroundRule


class ClockHeld(Contract):
    """The clock of a silence procedure stands still for who was asked (a reason), or runs on (none)."""

    change: Literal["clock_held"] = "clock_held"
    task: Annotated[str, Field(min_length=1, max_length=200)]
    why: Words | None = None


GroundChange = QuestionPut | QuestionEnded | GroundRuleSet | ClockHeld
"""What is on record about ground rules, and questions beside the plan."""
