"""The agenda that Polder proposes for a meeting: what is open. Whoever calls the meeting changes it as they like."""

from datetime import datetime

from models.enums import AmendmentStatus, ClauseStatus, Language
from models.ids import meeting_of
from models.tables import Party
from rules.calendar import in_words, local_date
from rules.labels import CLAUSES
from store import amendments, clauses, meetings, objections, views
from store.engine import Database

MOST = 40
LONGEST = 300
STUCK = {ClauseStatus.BLOCKED, ClauseStatus.BRACKETED}


async def proposed(db: Database, slug: str, now: datetime, language: Language) -> list[str]:
    """Return the points that are open: clauses with what stands in their way, what is late, open action points.

    All who are invited read them: what parties answered in an open round is in them for nobody, whoever calls.
    """
    nl = language is Language.NL
    running = await views.open_round(db, slug)
    raised = await objections.objections(db, slug, hidden=running.no if running else None)
    proposed_words = await amendments.amendments(db, slug, only=[AmendmentStatus.OPEN])
    brackets = {one.row.clause for one in proposed_words}
    points: list[str] = []
    for line in await clauses.clauses(db, slug, None):
        one = line.clause
        names = [_name(known.party, language) for known in raised if known.row.clause == one.id]
        if one.status not in STUCK and one.id not in brackets and not names:
            continue
        why = [CLAUSES[one.status].pick(language)]
        if names:
            why.append(("bezwaar van " if nl else "objection of ") + ", ".join(names))
        if one.id in brackets:
            places = [cited.pick(language) for told in proposed_words
                      if told.row.clause == one.id and (cited := told.cited)]  # fmt: skip
            where = ", ".join(dict.fromkeys(places))
            why.append(f"wijzigingsvoorstellen ({where})" if nl else f"amendments ({where})")
        title = one.title_nl if nl else one.title_en
        points.append(f"{'Artikel' if nl else 'Clause'} {one.number}, {title}: {'; '.join(why)}")
    points += [
        f"{'Actiepunt' if nl else 'Action point'} ({one.respondent}): {one.title_nl if nl else one.title_en}"
        for one in await meetings.open_actions(db, slug)
    ]
    points += [
        f"{'Te laat sinds' if nl else 'Late since'} {in_words(local_date(one.due_at), language)} ({one.respondent}): "
        f"{one.title_nl if nl else one.title_en}"
        for one in await views.waiting(db, slug=slug, overdue_at=now)
        if meeting_of(one.workflow) is None
    ]
    return [point[:LONGEST] for point in points[:MOST]]


def _name(party: Party, language: Language) -> str:
    return party.name_nl if language is Language.NL else party.name_en
