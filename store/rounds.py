"""A round as it was: the versions it was about, who said what in it, and what came of it."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import col, func, select

from models.enums import ClauseStatus, PartyStatus, Stance, TaskKind, Tier
from models.errors import NotFound
from models.packages import Condition
from models.tables import (
    Answer,
    Clause,
    ClauseVersion,
    Decision,
    Document,
    Event,
    HumanTask,
    Party,
    Position,
    Round,
)
from rules.access import Viewer
from rules.converging import convergence
from rules.showing import hidden_round
from store import views
from store.conditions import GIVEN
from store.engine import Database


class Opinion(NamedTuple):
    """What a party said about a clause in or before a round, on the version the round was about."""

    party: str
    clause: str
    round: int
    stance: Stance
    ground: str | None
    lift: str | None
    comment: str | None
    conditions: list[Condition]
    counted: bool


class Item(NamedTuple):
    """A clause on the agenda, the version it had, and the verdict on it."""

    clause: Clause
    version: ClauseVersion
    before: ClauseVersion | None
    verdict: Decision | None


async def hidden_from(db: Database, slug: str, viewer: Viewer) -> int | None:
    """Return the number of the open round of which a viewer sees only that others answered (`rules.showing`)."""
    running = await views.open_round(db, slug)
    return hidden_round(viewer, running.no if running else None)


@dataclass(frozen=True)
class RoundView:
    """A round with a part of its agenda.

    Attributes:
        answered: how many parties gave all their positions, of how many that were asked.
        opinions: on the items, each party's latest by the end of the round.
    """

    round: Round
    items: list[Item]
    parties: list[Party]
    opinions: list[Opinion]
    draft: Document | None
    answered: tuple[int, int]


async def rounds(db: Database, slug: str) -> list[Round]:
    """Return the rounds, the last one first."""
    async with db.read() as session:
        rows = await session.exec(select(Round).where(Round.covenant == slug).order_by(col(Round.no).desc()))
        return list(rows)


async def converged(db: Database, slug: str) -> list[tuple[int, Counter[ClauseStatus]]]:
    """Return how many clauses stood where after each closed round."""
    async with db.read() as session:
        clauses = list(await session.exec(select(Clause.id).where(Clause.covenant == slug)))
        rows = await session.exec(
            select(Event.kind, Event.data)
            .where(Event.covenant == slug, col(Event.kind).in_(["round_closed", "clauses_revised"]))
            .order_by(col(Event.seq))
        )
        changed: list[tuple[int, dict[str, ClauseStatus]]] = []
        pending: dict[str, ClauseStatus] = {}
        for kind, data in rows:
            for change in data["changes"]:
                if change["change"] == "clause_changed":
                    pending[change["clause"]] = ClauseStatus(change["status"])
                elif change["change"] == "round_changed" and kind == "round_closed":
                    changed.append((change["round"], pending))
            if kind == "round_closed":
                pending = {}
    return convergence(clauses, changed)


async def round_of(db: Database, slug: str, no: int, *, limit: int, offset: int = 0) -> RoundView:
    """Return a round with a part of its agenda.

    Raises:
        NotFound: there is no such round.
    """
    async with db.read() as session:
        row = await session.get(Round, (slug, no))
        if row is None:
            raise NotFound(
                "round_not_found",
                f"Ronde {no} is er niet in dit convenant. Verwacht: een ronde van de lijst met rondes.",
                f"There is no round {no} in this covenant. Expected: a round from the list of rounds.",
                {"round": str(no)},
            )
        chosen = row.agenda[offset : offset + limit]
        asked = await session.exec(
            select(HumanTask.status, func.count())
            .where(HumanTask.covenant == slug, HumanTask.round == no, HumanTask.kind == TaskKind.POSITIONS)
            .group_by(col(HumanTask.status))
        )
        counts = dict(asked.all())
        clauses = {
            clause.id: clause
            for clause in await session.exec(select(Clause).where(Clause.covenant == slug, col(Clause.id).in_(chosen)))
        }
        versions: dict[str, list[ClauseVersion]] = {}
        for version in await session.exec(
            select(ClauseVersion)
            .where(
                ClauseVersion.covenant == slug,
                col(ClauseVersion.clause).in_(chosen),
                ClauseVersion.made_at <= row.opened_at,
            )
            .order_by(col(ClauseVersion.version))
        ):
            versions.setdefault(version.clause, []).append(version)
        until = ClauseVersion.made_at <= row.closed_at if row.closed_at else sa.true()
        later = list(
            await session.exec(
                select(ClauseVersion).where(
                    ClauseVersion.covenant == slug, col(ClauseVersion.clause).in_(chosen),
                    ClauseVersion.made_at > row.opened_at, until,
                )
            )
        )  # fmt: skip
        verdicts = {
            one.clause: one
            for one in await session.exec(
                select(Decision).where(
                    Decision.covenant == slug, Decision.round == no, col(Decision.clause).in_(chosen)
                )
            )
        }
        items = [
            Item(
                clauses[clause], versions[clause][-1],
                versions[clause][-2] if len(versions[clause]) > 1 else None, verdicts.get(clause),
            )
            for clause in chosen
            if clause in clauses and clause in versions
        ]  # fmt: skip
        answers = await session.exec(
            select(Answer.respondent, Answer.content, Answer.counted, HumanTask.round)
            .join(HumanTask, col(HumanTask.id) == col(Answer.task))
            .join(Event, col(Event.event) == col(Answer.event))
            .where(Answer.covenant == slug, HumanTask.kind == TaskKind.POSITIONS, col(HumanTask.round) <= no)
            .order_by(col(Event.seq))
        )
        given = [(party, content["positions"], counted, at or 0) for party, content, counted, at in answers]
        parties = await session.exec(
            select(Party)
            .where(
                Party.covenant == slug,
                Party.tier == Tier.PARTY,
                sa.or_(col(Party.status) == PartyStatus.ACTIVE, col(Party.left_at) > row.opened_at),
            )
            .order_by(col(Party.position))
        )
        return RoundView(
            round=row, items=items, parties=list(parties), opinions=_opinions(_texts(items, later), given),
            draft=await session.get(Document, f"{slug}/round-{no}/draft"),
            answered=(counts.get("answered", 0), sum(n for one, n in counts.items() if one != "void")),
        )  # fmt: skip


def _texts(items: Sequence[Item], later: Iterable[ClauseVersion]) -> dict[str, set[str]]:
    """Return, by clause, the texts that a round was about: the version it began with, and its editorial fixes."""
    texts = {item.clause.id: {item.version.sha256} for item in items}
    for version in later:
        if version.clause in texts:
            texts[version.clause].add(version.sha256)
    return texts


def _opinions(
    texts: Mapping[str, Collection[str]], given: Iterable[tuple[str, list[dict[str, Any]], bool, int]]
) -> list[Opinion]:
    """Return the latest that each party said about exactly these texts, by clause."""
    found: dict[tuple[str, str], Opinion] = {}
    for party, positions, counted, number in given:
        for one in positions:
            clause = one["clause"] or ""
            if one["sha256"] in texts.get(clause, ()):
                earlier = found.get((clause, party))
                if earlier is not None and earlier.counted and not counted:
                    continue  # what is kept ad referendum replaces nothing that counts
                found[clause, party] = Opinion(
                    party, clause, number, Stance(one["stance"] or ""), one.get("ground"), one.get("lift"),
                    one.get("comment"), GIVEN.validate_python(one.get("conditions") or []), counted,
                )  # fmt: skip
    return list(found.values())


async def objections(db: Database, slug: str, texts: Iterable[str]) -> dict[str, list[tuple[Position, Party]]]:
    """Return, by clause, what was said about current texts other than plain agreement; for who drafts the next ones."""
    found: dict[str, list[tuple[Position, Party]]] = {}
    async with db.read() as session:
        rows = await session.exec(
            select(Position, Party)
            .join(Party, (col(Party.covenant) == col(Position.covenant)) & (col(Party.id) == col(Position.party)))
            .where(
                Position.covenant == slug,
                col(Position.sha256).in_(list(texts)),
                Party.status == PartyStatus.ACTIVE,
            )
            .order_by(col(Party.position))
        )
        for position, party in rows:
            if position.stance != Stance.AGREE or position.comment or position.conditions:
                found.setdefault(position.clause, []).append((position, party))
    return found


async def last_closed(db: Database, slug: str) -> Round | None:
    """Return the round that closed last: the one a next version is made after."""
    async with db.read() as session:
        rows = await session.exec(
            select(Round)
            .where(Round.covenant == slug, col(Round.closed_at).is_not(None))
            .order_by(col(Round.no).desc())
            .limit(1)
        )
        return rows.first()


async def asks(db: Database, slug: str, no: int | None, clause: str) -> bool:
    """Whether a round is about a clause."""
    async with db.read() as session:
        row = await session.get(Round, (slug, no))
        return row is not None and clause in row.agenda
