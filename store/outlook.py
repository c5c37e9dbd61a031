"""What still stands between the parties and an agreement, as the record has it."""

from sqlmodel import col, select

from models.base import Words
from models.enums import AmendmentStatus, ClauseStatus, ObjectionStatus, PartyStatus, Stance, Tier
from models.outlook import Outlook
from models.packages import Condition
from models.tables import Amendment, Clause, ClauseVersion, Constituency, Party, Position, Round
from rules import forecasting, movement, outlook
from rules.conditions_text import said
from rules.movement import Stood
from rules.outlook import Group, Seat, State
from rules.texts import SUPPORTING
from store import conditions, objections, rounds
from store.current import AS_IT_STANDS
from store.engine import Database


async def look_ahead(db: Database, slug: str, *, hidden: int | None = None, own: str = "") -> Outlook:
    """Return what is open, from whom, and an indication of the rounds that takes.

    Args:
        db: the database.
        slug: the covenant.
        hidden: the round of which others' positions are not shown (`rules.showing.hidden_round`).
        own: the party whose positions the reader sees all the same.
    """
    async with db.read() as session:
        groups = await session.exec(
            select(Constituency).where(Constituency.covenant == slug).order_by(col(Constituency.position))
        )
        named = [Group(one.id, Words(nl=one.name_nl, en=one.name_en)) for one in groups]
        parties = list(
            await session.exec(
                select(Party).where(Party.covenant == slug, Party.tier == Tier.PARTY).order_by(col(Party.position))
            )
        )
        names = {one.id: Words(nl=one.name_nl, en=one.name_en) for one in parties}
        seats = [Seat(one.id, names[one.id], one.constituency) for one in parties if one.status is PartyStatus.ACTIVE]
        rows = list(
            await session.exec(
                select(Clause, ClauseVersion.sha256)
                .join(ClauseVersion, AS_IT_STANDS)
                .where(Clause.covenant == slug)
                .order_by(col(Clause.position))
            )
        )
        given = await session.exec(
            select(Position).where(Position.covenant == slug, col(Position.sha256).in_([sha for _, sha in rows]))
        )
        held: dict[str, dict[str, tuple[str, bool]]] = {}
        asked: dict[str, dict[str, list[Condition]]] = {}
        for one in given:
            seen = hidden is None or one.round != hidden or one.party == own
            held.setdefault(one.clause, {})[one.party] = (one.stance, seen)
            if one.conditions and seen:
                asked.setdefault(one.clause, {})[one.party] = conditions.given(one)
        proposed = await session.exec(select(Amendment).where(Amendment.covenant == slug).order_by(col(Amendment.at)))
        closed = await session.exec(
            select(Round.no, Round.closed_at)
            .where(Round.covenant == slug, col(Round.closed_at).is_not(None))
            .order_by(col(Round.no))
        )
        moments = [(no, at) for no, at in closed if at is not None]
        movers: dict[str, list[str]] = {}
        proposers: dict[str, Words] = {}
        called = {seat.id: seat.name for seat in seats}
        brackets: list[Stood] = []
        for row in proposed:
            is_open = row.status is AmendmentStatus.OPEN
            brackets.append(Stood(row.clause, row.party, row.at, None if is_open else row.settled_at))
            if is_open:
                movers.setdefault(row.clause, []).append(row.party)
                if row.party in called:
                    proposers[row.id] = called[row.party]
    objected = [one.row for one in await objections.objections(db, slug, open_only=False, hidden=hidden, own=[own])]
    stood = [Stood(one.clause, one.party, one.at, one.ended_at) for one in objected]
    history = movement.left(moments, brackets, stood)
    raised: dict[str, dict[str, tuple[str | None, str | None]]] = {}
    for objection in objected:
        if objection.status is ObjectionStatus.OPEN:
            raised.setdefault(objection.clause, {})[objection.party] = (objection.ground, objection.lift)
    numbers = {clause.id: clause.number for clause, _ in rows}
    now = {clause.id: sha for clause, sha in rows}
    gaps = [
        outlook.gap(
            State(
                clause.id, clause.number, Words(nl=clause.title_nl, en=clause.title_en), clause.status, clause.still,
                {party: Stance(stance) for party, (stance, seen) in held.get(clause.id, {}).items() if seen},
                set(held.get(clause.id, {})), raised.get(clause.id, {}), movers.get(clause.id, ()),
                {
                    party: [said(one, numbers, proposers, now) for one in wanted]
                    for party, wanted in asked.get(clause.id, {}).items()
                },
            ),
            seats, named,
        )
        for clause, _ in rows
        if outlook.is_open(clause.status, movers.get(clause.id, ()))
    ]  # fmt: skip
    forecast = forecasting.forecast(await rounds.converged(db, slug), len(gaps))
    told = forecast.sentence if forecast else forecasting.TOO_LITTLE if gaps else forecasting.DONE
    text = [clause.id for clause, _ in rows if clause.status is not ClauseStatus.PARKED]
    behind = {
        clause: {
            party for party, (stance, seen) in held.get(clause, {}).items()
            if seen and Stance(stance) in SUPPORTING and party not in asked.get(clause, {})
        }
        for clause in text
    }  # fmt: skip
    support = movement.support(text, behind, seats, named)
    return Outlook(
        gaps=gaps, sentence=outlook.whole(gaps, len(rows)), forecast=forecast, forecast_words=told, support=support,
        least=movement.least(support), rounds=history, names=names, numbers=numbers,
    )  # fmt: skip
