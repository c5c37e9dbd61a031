"""What still stands between the parties and an agreement, as the record has it."""

from sqlmodel import col, select

from models.base import Words
from models.enums import AmendmentStatus, PartyStatus, Stance, Tier
from models.outlook import Outlook
from models.tables import Amendment, Clause, ClauseVersion, Constituency, Party, Position
from rules import forecasting, outlook
from rules.outlook import Group, Seat, State
from store import objections, rounds
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
        parties = await session.exec(
            select(Party)
            .where(Party.covenant == slug, Party.tier == Tier.PARTY, Party.status == PartyStatus.ACTIVE)
            .order_by(col(Party.position))
        )
        seats = [Seat(one.id, Words(nl=one.name_nl, en=one.name_en), one.constituency) for one in parties]
        rows = list(
            await session.exec(
                select(Clause, ClauseVersion.sha256)
                .join(
                    ClauseVersion,
                    (col(ClauseVersion.covenant) == col(Clause.covenant))
                    & (col(ClauseVersion.clause) == col(Clause.id))
                    & (col(ClauseVersion.version) == col(Clause.version)),
                )
                .where(Clause.covenant == slug)
                .order_by(col(Clause.position))
            )
        )
        given = await session.exec(
            select(Position.clause, Position.party, Position.stance, Position.round).where(
                Position.covenant == slug, col(Position.sha256).in_([sha for _, sha in rows])
            )
        )
        held: dict[str, dict[str, tuple[str, bool]]] = {}
        for clause, party, stance, number in given:
            seen = hidden is None or number != hidden or party == own
            held.setdefault(clause, {})[party] = (stance, seen)
        proposed = await session.exec(
            select(Amendment.clause, Amendment.party)
            .where(Amendment.covenant == slug, Amendment.status == AmendmentStatus.OPEN)
            .order_by(col(Amendment.at))
        )
        movers: dict[str, list[str]] = {}
        for clause, party in proposed:
            movers.setdefault(clause, []).append(party)
    raised: dict[str, dict[str, tuple[str | None, str | None]]] = {}
    for one in await objections.objections(db, slug):
        if hidden is None or one.row.round != hidden or one.row.party == own:
            raised.setdefault(one.row.clause, {})[one.row.party] = (one.row.ground, one.row.lift)
    gaps = [
        outlook.gap(
            State(
                clause.id, clause.number, Words(nl=clause.title_nl, en=clause.title_en), clause.status, clause.still,
                {party: Stance(stance) for party, (stance, seen) in held.get(clause.id, {}).items() if seen},
                set(held.get(clause.id, {})), raised.get(clause.id, {}), movers.get(clause.id, ()),
            ),
            seats, named,
        )
        for clause, _ in rows
        if outlook.is_open(clause.status, movers.get(clause.id, ()))
    ]  # fmt: skip
    forecast = forecasting.forecast(await rounds.converged(db, slug), len(gaps))
    said = forecast.sentence if forecast else forecasting.TOO_LITTLE if gaps else forecasting.DONE
    return Outlook(gaps=gaps, sentence=outlook.whole(gaps, len(rows)), forecast=forecast, forecast_words=said)
