"""The conditions that an agreement can be given on, in the words they are chosen by."""

from collections.abc import Iterable, Mapping

from models.base import Words
from models.enums import ClauseStatus, Language
from models.packages import AllAgreed, Condition, IsAccepted, IsAgreed, Stays
from store import amendments, clauses
from store.clauses import ClauseLine
from store.conditions import Wording, wording
from store.engine import Database
from web.forms import Filled

MOST_CONDITIONS = 3
"""On one agreement, in the form."""


async def offered_conditions(
    db: Database, slug: str, proposed: Iterable[amendments.AmendmentView]
) -> tuple[Wording, list[tuple[Words, Condition]]]:
    """Return how conditions are said, and those that an agreement can be given on, in the words they are chosen by.

    Args:
        db: the database.
        slug: the covenant.
        proposed: the open amendments of it.
    """
    lines = [one for one in await clauses.clauses(db, slug, None) if one.clause.status is not ClauseStatus.PARKED]
    found: list[Condition] = [AllAgreed()]
    for one in lines:
        found += [Stays(clause=one.clause.id, sha256=one.current.sha256), IsAgreed(clause=one.clause.id)]
    found += [IsAccepted(amendment=bracket.row.id) for bracket in proposed]
    named = await wording(db, slug)
    return named, list(zip(named.of(found), found, strict=True))


def own_in_words(lines: Iterable[ClauseLine], named: Wording, language: Language) -> dict[str, list[str]]:
    """Return, by clause, the conditions of a party's own last agreement."""
    return {
        line.clause.id: [words.pick(language) for words in named.in_row(line.own.position)] if line.own else []
        for line in lines
    }


def chosen(f: Filled, clause: str, asked_of: Mapping[str, Condition]) -> list[Condition]:
    """Return the conditions that were chosen from the list; what is not on it is noted at its field."""
    wanted = []
    for number in range(MOST_CONDITIONS):
        name = f"if-{clause}-{number}"
        text = " ".join(f.get(name).split())
        if not text:
            continue
        if text.casefold() not in asked_of:
            f.wrong(name, "Kies een voorwaarde uit de lijst.", "Choose a condition from the list.")
            continue
        chosen = asked_of[text.casefold()]
        if isinstance(chosen, Stays | IsAgreed) and chosen.clause == clause:
            f.wrong(name, "Deze voorwaarde gaat over dit artikel zelf. Kies er een over een ander artikel.",
                    "This condition is about this very clause. Choose one about another clause.")  # fmt: skip
            continue
        wanted.append(chosen)
    return wanted
