"""What still stands between the parties and an agreement, and an indication of how many rounds that may take."""

from pydantic import Field

from models.base import Contract, Line, Slug, Words
from models.enums import ClauseStatus


class Support(Contract):
    """How many parties of a constituency stand behind a clause as it is."""

    constituency: Slug
    name: Words
    behind: int
    seated: int


class Gap(Contract):
    """What an open clause still lacks.

    Attributes:
        objectors, movers, silent: parties that object, whose words are open, and that have no position on this text.
        conditional: parties that agree on conditions that do not hold yet.
        support: per constituency, in their order; `lowest` is the one with the smallest share.
        sentence: all of it in words.
    """

    clause: Slug
    number: Line
    title: Words
    status: ClauseStatus
    objectors: list[Slug] = Field(default_factory=list, max_length=300)
    movers: list[Slug] = Field(default_factory=list, max_length=300)
    silent: list[Slug] = Field(default_factory=list, max_length=300)
    conditional: list[Slug] = Field(default_factory=list, max_length=300)
    still: int = 0
    support: list[Support] = Field(default_factory=list, max_length=10)
    sentence: Words

    @property
    def lowest(self) -> Support | None:
        """Return the constituency that stands least behind the clause."""
        return min((one for one in self.support if one.seated), key=lambda one: one.behind / one.seated, default=None)


class Forecast(Contract):
    """An indication, never a promise: rounds still needed, with the interval that holds four times out of five.

    Attributes:
        low, middle, high: rounds; `high` is `rules.forecasting.MOST` when it may be that or more.
        sentence: the indication in words.
        assumptions: what it rests on.
    """

    low: int
    middle: int
    high: int
    sentence: Words
    assumptions: list[Words] = Field(max_length=10)


class Count(Contract):
    """Words between brackets, and objections."""

    brackets: int = 0
    objections: int = 0


class RoundLeft(Contract):
    """What a round left open; `round` is none for what is open now.

    Attributes:
        clauses, parties: the same by clause, and by the party whose they are; those with nothing are left out.
    """

    round: int | None
    total: Count
    clauses: dict[Slug, Count] = Field(default_factory=dict, max_length=300)
    parties: dict[Slug, Count] = Field(default_factory=dict, max_length=300)


class Outlook(Contract):
    """All of it for one covenant.

    Attributes:
        support: of each constituency, how many parties stand behind the whole text as it is; the lowest first.
        least: in words, who stands behind it least.
        rounds: what each closed round left open, then what is open now.
        names: of parties by id; `numbers`, of clauses.
        gaps: the open clauses in the order of the text.
        sentence: the whole in one sentence.
        forecast: none while there is too little to go on, which `forecast_words` then says.
    """

    gaps: list[Gap] = Field(max_length=300)
    sentence: Words
    forecast: Forecast | None = None
    forecast_words: Words
    support: list[Support] = Field(default_factory=list, max_length=10)
    least: Words | None = None
    rounds: list[RoundLeft] = Field(default_factory=list, max_length=1000)
    names: dict[Slug, Words] = Field(default_factory=dict, max_length=300)
    numbers: dict[Slug, Line] = Field(default_factory=dict, max_length=300)
