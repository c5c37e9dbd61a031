"""Conditions as people write them: short in files and on the command line, a sentence on a page."""

from collections.abc import Mapping

from models.base import Words
from models.errors import Refusal
from models.packages import AllAgreed, Condition, IsAccepted, IsAgreed, Stays

EXPECTED = "everything, agreed:CLAUSE, stays:CLAUSE, accepted:AMENDMENT"


def read(text: str, hashes: Mapping[str, str]) -> Condition:
    """Return the condition that a short text means: "stays:wage", "agreed:wage", "accepted:act-1", "everything".

    Args:
        text: as it was written.
        hashes: of the current text of each clause, which `stays` is about.

    Raises:
        Refusal: `bad_condition`, it is none of these.
    """
    kind, _, what = text.strip().partition(":")
    match kind, what:
        case "everything", "":
            return AllAgreed()
        case "agreed", clause if clause:
            return IsAgreed(clause=clause)
        case "stays", clause if clause:
            return Stays(clause=clause, sha256=hashes.get(clause, "0" * 64))
        case "accepted", amendment if amendment:
            return IsAccepted(amendment=amendment)
    raise Refusal(
        "bad_condition",
        f"'{text[:100]}' is geen voorwaarde. Verwacht: {EXPECTED}.",
        f"'{text[:100]}' is no condition. Expected: {EXPECTED}.",
        {"condition": text[:100]},
    )


def short(condition: Condition) -> str:
    """Return the short text of a condition."""
    match condition:
        case AllAgreed():
            return "everything"
        case IsAgreed(clause=clause):
            return f"agreed:{clause}"
        case Stays(clause=clause):
            return f"stays:{clause}"
        case IsAccepted(amendment=amendment):
            return f"accepted:{amendment}"


def said(
    condition: Condition, numbers: Mapping[str, str], movers: Mapping[str, Words], now: Mapping[str, str]
) -> Words:
    """Say a condition: "clause 7 stays as it is", or "stays as it was" when it has another text by now.

    Args:
        condition: to be said.
        numbers: of the clauses, by id.
        movers: the parties of amendments, by id.
        now: the hashes of the texts that clauses have.
    """
    match condition:
        case AllAgreed():
            return Words(nl="alles akkoord is", en="everything is agreed")
        case IsAgreed(clause=clause):
            number = numbers.get(clause, clause)
            return Words(nl=f"artikel {number} akkoord is", en=f"clause {number} is agreed")
        case Stays(clause=clause, sha256=sha256) if now.get(clause, sha256) != sha256:
            number = numbers.get(clause, clause)
            return Words(nl=f"artikel {number} zo blijft als het was", en=f"clause {number} stays as it was")
        case Stays(clause=clause):
            number = numbers.get(clause, clause)
            return Words(nl=f"artikel {number} blijft zoals het is", en=f"clause {number} stays as it is")
        case IsAccepted(amendment=amendment):
            who = movers.get(amendment, Words(nl=amendment, en=amendment))
            return Words(nl=f"het voorstel van {who.nl} wordt overgenomen", en=f"the proposal of {who.en} is accepted")
