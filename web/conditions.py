"""The conditions that an agreement can be given on, in the words they are chosen by."""

from collections.abc import Iterable

from pydantic import TypeAdapter

from models.base import Words
from models.enums import ClauseStatus, Language
from models.packages import AllAgreed, Condition, IsAccepted, IsAgreed, Stays
from rules import conditions_text
from store import amendments, clauses
from store.clauses import ClauseLine
from store.engine import Database

LONGEST_EXCERPT = 40
ONE: TypeAdapter[Condition] = TypeAdapter(Condition)


async def offered_conditions(
    db: Database, slug: str, proposed: Iterable[amendments.AmendmentView]
) -> list[tuple[Words, Condition]]:
    """Return the conditions that an agreement can be given on, in the words they are chosen by.

    Args:
        db: the database.
        slug: the covenant.
        proposed: the open amendments of it.
    """
    lines = [one for one in await clauses.clauses(db, slug, None) if one.clause.status is not ClauseStatus.PARKED]
    numbers = {one.clause.id: one.clause.number for one in lines}
    found: list[Condition] = [AllAgreed()]
    for one in lines:
        found += [Stays(clause=one.clause.id, sha256=one.current.sha256), IsAgreed(clause=one.clause.id)]
    movers: dict[str, Words] = {}
    for bracket in proposed:
        number = numbers.get(bracket.row.clause, bracket.row.clause)
        words = _excerpt(bracket)  # of two proposals of one party on one clause each must be another choice
        movers[bracket.row.id] = Words(
            nl=f"{bracket.party.name_nl} bij artikel {number}{words.nl}",
            en=f"{bracket.party.name_en} on clause {number}{words.en}",
        )
        found.append(IsAccepted(amendment=bracket.row.id))
    return [(conditions_text.said(one, numbers, movers), one) for one in found]


def own_in_words(
    lines: Iterable[ClauseLine], offers: Iterable[tuple[Words, Condition]], language: Language
) -> dict[str, list[str]]:
    """Return, by clause, the conditions of a party's own last agreement, in the words they are chosen by."""
    known = {conditions_text.short(one): words for words, one in offers}
    numbers = {one.clause.id: one.clause.number for one in lines}
    found = {}
    for line in lines:
        given = [ONE.validate_python(raw) for raw in line.own.position.conditions] if line.own else []
        said = [known.get(conditions_text.short(one)) or conditions_text.said(one, numbers, {}) for one in given]
        found[line.clause.id] = [words.pick(language) for words in said]
    return found


def _excerpt(one: amendments.AmendmentView) -> Words:
    """Return the first words that a proposal puts in, in quotes; nothing for one without a place."""
    edits = {Language.NL: one.nl or [], Language.EN: one.en or []}
    said = {language: next((edit.text for edit in found), "") for language, found in edits.items()}
    nl, en = (" ".join(text.split())[:LONGEST_EXCERPT] for text in said.values())
    return Words(nl=f" ('{nl}')" if nl else " (schrappen)", en=f" ('{en}')" if en else " (delete)")
