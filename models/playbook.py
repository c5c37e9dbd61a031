"""The playbook of a sector: `sectors/<sector>/playbook.yaml` (DESIGN section 3)."""

from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from models.base import Line, Slug, Strict, Words
from models.deciding import DecisionRule
from models.enums import Approach, Closing, Matter, Phase, Rung, StepKind
from models.ground import GroundRule
from models.signing import SigningGroup

FactValue = bool | Annotated[int, Field(ge=-(10**9), le=10**9)] | Annotated[str, Field(max_length=300)]
"""What a covenant says about itself: yes or no, a number up to a billion, a line of text."""


class SubTheme(Strict):
    """A sub-theme of an OECD theme, such as living wage."""

    id: Slug
    title: Words


class Theme(Strict):
    """One of the OECD themes on the agenda, with the sub-themes this sector talks about."""

    id: Slug
    title: Words
    sub: list[SubTheme] = Field(default_factory=list, max_length=30)


class Norm(Strict):
    """A norm the parties start from: UNGP pillar, OECD chapter, ILO convention.

    Attributes:
        id: for example ungp-2, oecd-iv, ilo-c87.
        source: the instrument, for people.
        title: what it demands, in a sentence.
    """

    id: Slug
    source: Line
    title: Words


class Constituency(Strict):
    """A constituency group (geleding): business, unions, NGOs, government. It speaks through one delegation.

    Attributes:
        minimum: fewer active parties than this means the balance is broken (P7).
    """

    id: Slug
    title: Words
    minimum: int = Field(default=1, ge=0, le=100)


class Fact(Strict):
    """A fact the covenant declares and that `when:` may ask about."""

    id: Slug
    title: Words
    values: list[FactValue] | None = Field(default=None, max_length=20)
    """The values that are allowed; none given means true or false."""


class Threshold(Strict):
    """Entry thresholds (instapdrempel): textile asked 35 companies and 30 % of sales."""

    participants: int = Field(default=0, ge=0, le=100_000)
    market_share: float = Field(default=0, ge=0, le=100)
    """Percent of the sector's sales that the declaring participants must stand for."""


class EntryIntoForce(Strict):
    """Signature is not entry into force (domain 3.1): how long after the last signature it follows."""

    working_days: int = Field(default=0, ge=0, le=500)
    first_of_month: bool = False
    """Then wait for the first day of the next month."""


class RungAfter(Strict):
    """A rung of the ladder: so many working days after the due date."""

    rung: Rung
    after: int = Field(ge=1, le=500)


class Repeat(Strict):
    """A step that is done more than once: a fixed number of times, or until it passes (at most `times`)."""

    times: int = Field(ge=2, le=20)
    until_passed: bool = False


CategoryId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{0,19}$")]
"""A category of companies, such as A, B, C."""


class Category(Strict):
    """A category of companies, by size or role, and what a company of it takes on (domain 4.1: textile, TruStone).

    Attributes:
        obligations: what it commits to, in words, as it reads them before it declares.
    """

    id: CategoryId
    title: Words
    obligations: Words


class CategoryDuty(Strict):
    """What is different for the yearly duties of a category; what is empty is as for all.

    Attributes:
        from_year: the first year of a company's participation in which anything is asked.
    """

    from_year: int = Field(default=1, ge=1, le=5)
    plan_after_months: int | None = Field(default=None, ge=1, le=12)
    report_after_months: int | None = Field(default=None, ge=1, le=12)


class YearlyDuty(Strict):
    """Plan and report per participant in each year of the term: due so many months after the year began.

    The year is counted from entry into force, so a late signing moves the duties (P9).
    """

    plan_after_months: int = Field(default=3, ge=1, le=12)
    report_after_months: int = Field(default=11, ge=1, le=12)
    by_category: dict[CategoryId, CategoryDuty] = Field(default_factory=dict, max_length=20)


def _unfit(field: str, nl: str, en: str) -> PydanticCustomError:
    """Return an error in both languages about one field of a step; `runtime/explaining.py` reads its context."""
    return PydanticCustomError("polder", "{en}", {"field": field, "nl": nl, "en": en})


Days = Annotated[int, Field(ge=1, le=1500)]


class Step(Strict):
    """One step of the process.

    Attributes:
        id: unique in the playbook.
        after: steps that must be over before this one starts; default the step above it.
        respondents: constituency ids, roles, 'all' (every party) or 'participants' (companies).
        duration: working days until its tasks are due (for dialogue: of one round).
        when: facts with the value they must have; else the step is skipped.
        optional: skipped unless the covenant includes it.
        rule: decision rule, for approval, dialogue and ratification.
        reminders: working days relative to the due date.
        accord: passing this step is the negotiators' accord: the text is frozen.
        adopts_ground_rules: passing this step is the adoption of the ground rules.
        norms: norm ids put before the parties.
        months_after_entry: due so many months after entry into force instead of `duration` (P9).
        max_rounds: dialogue only; after it the facilitator must decide how to go on.
        plan: signing only; who signs after whom. None: all at the same time, one person for each party.
        deadlock_after: dialogue only; a clause to which nobody came nearer in so many rounds is in deadlock.
    """

    id: Slug
    phase: Phase
    kind: StepKind
    title: Words
    purpose: Words | None = None
    after: list[Slug] | None = Field(default=None, max_length=20)
    respondents: list[Slug] = Field(default_factory=lambda: ["all"], min_length=1, max_length=30)
    duration: Days = 20
    months_after_entry: int | None = Field(default=None, ge=1, le=60)
    when: dict[Slug, FactValue] = Field(default_factory=dict, max_length=10)
    optional: bool = False
    repeat: Repeat | None = None
    closes: Closing | None = None
    rule: DecisionRule | None = None
    reminders: list[int] | None = Field(default=None, max_length=10)
    ladder: list[RungAfter] | None = Field(default=None, max_length=10)
    accord: bool = False
    adopts_ground_rules: bool = False
    norms: list[Slug] = Field(default_factory=list, max_length=30)
    max_rounds: int = Field(default=12, ge=1, le=60)
    deadlock_after: int = Field(default=2, ge=1, le=20)
    yearly: YearlyDuty | None = None
    plan: list[SigningGroup] | None = Field(default=None, min_length=1, max_length=20)

    @model_validator(mode="after")
    def _fields_fit_the_kind(self) -> Self:
        deciding = {StepKind.APPROVAL, StepKind.DIALOGUE, StepKind.RATIFICATION}
        if self.rule is not None and self.kind not in deciding:
            raise _unfit(
                field="rule",
                nl=(
                    f"een stap van soort {self.kind} beslist niets; "
                    "verwacht: geen regel, of soort approval, dialogue of ratification"
                ),
                en=f"a {self.kind} step decides nothing; expected: no rule, or kind approval, dialogue or ratification",
            )
        if self.yearly is not None and self.kind is not StepKind.IMPLEMENTATION:
            raise _unfit(
                field="yearly",
                nl=f"jaarlijkse plichten horen niet bij een stap van soort {self.kind}; verwacht: soort implementation",
                en=f"yearly duties do not belong to a {self.kind} step; expected: kind implementation",
            )
        if self.plan is not None and self.kind is not StepKind.SIGNING:
            raise _unfit(
                field="plan",
                nl=f"een tekenplan hoort niet bij een stap van soort {self.kind}; verwacht: soort signing",
                en=f"a signing plan does not belong to a {self.kind} step; expected: kind signing",
            )
        if self.adopts_ground_rules and self.kind is not StepKind.APPROVAL:
            raise _unfit(
                field="adopts_ground_rules",
                nl=f"een stap van soort {self.kind} stelt geen procesafspraken vast; verwacht: soort approval",
                en=f"a {self.kind} step adopts no ground rules; expected: kind approval",
            )
        if self.accord and self.kind is not StepKind.APPROVAL:
            raise _unfit(
                field="accord",
                nl=f"een stap van soort {self.kind} is geen onderhandelaarsakkoord; verwacht: soort approval",
                en=f"a {self.kind} step is no negotiators' accord; expected: kind approval",
            )
        return self


class Defaults(Strict):
    """What holds for each step that does not say otherwise."""

    rule: DecisionRule = DecisionRule()
    reminders: list[int] = Field(default_factory=lambda: [-5, 0, 5], max_length=10)
    ladder: list[RungAfter] = Field(
        default_factory=lambda: [
            RungAfter(rung=Rung.REMINDER, after=3),
            RungAfter(rung=Rung.CALL, after=10),
            RungAfter(rung=Rung.CHAIR, after=20),
            RungAfter(rung=Rung.MEDIATOR, after=35),
            RungAfter(rung=Rung.END, after=60),
        ],
        max_length=10,
    )


class Playbook(Strict):
    """A sector's process, frozen into a covenant at launch.

    Attributes:
        term_years: results are due in 3 to 5 years (source document, step 5).
        ground_rules: by kind of question its decision rule; the others follow from the steps
            (`rules.ground_rules.complete`).
        notice_months: how long before it leaves a party to the signed covenant says so; before the signature it leaves
            at once.
        categories: of companies; with some, every company is of one of them.
        approaches: which of the three approaches this covenant takes, at least one.
    """

    sector: Slug
    title: Words
    approaches: list[Approach] = Field(min_length=1, max_length=3)
    term_years: int = Field(ge=3, le=5)
    notice_months: int = Field(default=3, ge=0, le=24)
    constituencies: list[Constituency] = Field(min_length=1, max_length=10)
    themes: list[Theme] = Field(min_length=1, max_length=20)
    norms: list[Norm] = Field(min_length=1, max_length=60)
    facts: list[Fact] = Field(default_factory=list, max_length=20)
    categories: list[Category] = Field(default_factory=list, max_length=20)
    thresholds: Threshold = Threshold()
    entry_into_force: EntryIntoForce = EntryIntoForce()
    defaults: Defaults = Defaults()
    ground_rules: dict[Matter, GroundRule] = Field(default_factory=dict, max_length=20)
    steps: list[Step] = Field(min_length=1, max_length=60)
