"""The conditions that an agreement can be given on, in the words they are chosen by."""

import re
from collections.abc import Iterable, Mapping, Sequence

from models.base import Words
from models.enums import ClauseStatus, Language
from models.packages import AllAgreed, Condition, IsAccepted, IsAgreed, Stays
from store import amendments, clauses
from store.clauses import ClauseLine
from store.conditions import Wording, given, wording
from store.engine import Database
from web.forms import Filled

LEAST_FIELDS = 3
"""Fields for conditions on one agreement, in a form; more when it has more."""


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
    for name in [one for one in f.values if re.fullmatch(rf"if-{re.escape(clause)}-\d+", one)]:
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


def preset(
    one: ClauseLine, f: Filled, offers: Sequence[tuple[Words, Condition]], language: Language, open_round: int | None
) -> bool:
    """Fill in the party's position on exactly this text; on another version nothing is assumed, it is given anew.

    False for an agreement on conditions that did not hold in an earlier round, or cannot be chosen any more: leaving it
    out, or in without its conditions, would say what the party never said.
    """
    name = one.clause.id
    f.values.setdefault(f"sha-{name}", [one.current.sha256])
    if one.holds is None or f"stance-{name}" in f.values:
        return True
    row = one.holds.position
    wanted = [next((both for both, offered in offers if offered == asked), None) for asked in given(row)]
    if wanted and (row.round != open_round or None in wanted):
        return False
    for number, words in enumerate(wanted):
        if words is not None:
            f.values.setdefault(f"if-{name}-{number}", [words.pick(language)])
    for field, value in (("stance", row.stance), ("ground", row.ground), ("lift", row.lift), ("comment", row.comment)):
        if value:
            f.values.setdefault(f"{field}-{name}", [value])
    return True


def fields(one: ClauseLine) -> range:
    """Return the numbers of the fields for conditions on a clause: three, or more where the party gave more."""
    return range(max(LEAST_FIELDS, len(given(one.holds.position)) if one.holds is not None else 0))
