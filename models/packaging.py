"""Acts about packages: a party weighs, the facilitator puts a package to the parties; and what workflows look up."""

from pydantic import Field

from models.base import Contract, Key, Reason, Sha256, Slug
from models.contracts import Act
from models.packages import PackagePick


class Weighing(Act):
    """A party tells Polder alone what clauses weigh for it; it is stored first (`store.weighing.put`).

    A later one replaces it.
    """

    text_sha: Sha256


class PackageProposal(Act):
    """The facilitator puts a package to the parties: these amendments in, all other clauses as they are."""

    picks: list[PackagePick] = Field(min_length=1, max_length=300)
    reason: Reason


class TextMoved(Contract):
    """What a next version did to the text: a package that rests on it is no longer what was put to the parties.

    Attributes:
        clauses: that have another text, or are parked.
        amendments: that were decided.
    """

    clauses: list[Slug] = Field(default_factory=list, max_length=300)
    amendments: list[Key] = Field(default_factory=list, max_length=1000)


class WeighingQuestion(Contract):
    """Whether what a party weighs is stored, and fits the text."""

    covenant: Slug
    text_sha: Sha256


class PackageLook(Contract):
    """Whether the amendments of a package are open, and fit the text as it is."""

    covenant: Slug
    picks: list[PackagePick] = Field(max_length=300)
