"""What goes into a digest: own open tasks, and what was decided since, in every covenant of an address."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.accounts import Account, Digest
from models.base import Words
from models.enums import TaskStatus
from models.tables import Covenant, Decision, Event, HumanTask, Party, Person
from rules import digests
from rules.calendar import local_date
from rules.labels import EVENTS
from rules.lanes import viewer
from store.comments import party_of, person_of
from store.engine import Database
from store.people import OWN_PARTY

MOST = 50
"""Decisions of one covenant in one digest; the page has the rest."""


@dataclass(frozen=True)
class OwnTask:
    """A task that this address may answer."""

    id: str
    covenant: Words
    what: Words
    due: datetime
    person: str


@dataclass(frozen=True)
class News:
    """What happened in one covenant."""

    covenant: Words
    sentences: list[Words]


@dataclass(frozen=True)
class Contents:
    """A digest."""

    name: str
    tasks: list[OwnTask] = field(default_factory=list)
    news: list[News] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to tell."""
        return not self.tasks and not self.news


async def wanted(db: Database, *, weekly: bool, after: str, limit: int) -> list[Account]:
    """Return the accounts that want a digest today, by address."""
    often = [Digest.DAILY, Digest.WEEKLY] if weekly else [Digest.DAILY]
    async with db.read() as session:
        rows = await session.exec(
            select(Account)
            .where(col(Account.digest).in_(often), Account.email > after)
            .order_by(col(Account.email))
            .limit(limit)
        )
        return list(rows)


async def sent(db: Database, email: str, at: datetime) -> None:
    """Note when an account got its last digest."""
    async with db.write() as session:
        (await session.get_one(Account, email)).digest_at = at


async def unreminded(db: Database, addresses: Iterable[str]) -> set[str]:
    """Return which of these addresses, in lower case, want no reminder before something is due."""
    asked = {address.lower() for address in addresses}
    async with db.read() as session:
        rows = await session.exec(
            select(Account.email).where(col(Account.email).in_(asked), col(Account.reminders).is_(False))
        )
        return set(rows)


async def contents(db: Database, email: str, at: datetime, since: datetime) -> Contents | None:
    """Return what an address should hear, or None when it has no place at any table."""
    async with db.read() as session:
        found = await session.exec(
            select(Person, Party, Covenant)
            .join(Covenant, col(Covenant.slug) == Person.covenant)
            .outerjoin(Party, OWN_PARTY)
            .where(func.lower(Person.email) == email)
            .order_by(col(Person.covenant), col(Person.id))
        )
        rows = list(found)
        if not rows:
            return None
        tasks: dict[str, OwnTask] = {}
        news: dict[str, set[bool]] = {}
        titles = {covenant.slug: Words(nl=covenant.title_nl, en=covenant.title_en) for _, _, covenant in rows}
        for person, party, covenant in rows:
            who = viewer(person_of(person), [party_of(party)] if party else [], local_date(at))
            if who.party is None and not who.roles:
                continue  # whose mandates ended hears nothing
            news.setdefault(covenant.slug, set()).add(who.seated or bool(who.roles - digests.WATCHING))
            for task in await _open(session, covenant.slug, [*([who.party] if who.party else []), *who.roles]):
                tasks[task.id] = OwnTask(
                    task.id, titles[covenant.slug], Words(nl=task.title_nl, en=task.title_en), task.due_at, person.id
                )
        told = [
            News(titles[slug], sentences)
            for slug, seats in news.items()
            if (sentences := await _news(session, slug, since, at, decisions=any(seats)))
        ]
    return Contents(rows[0][0].name, sorted(tasks.values(), key=lambda task: (task.due, task.id)), told)


async def _open(session: AsyncSession, slug: str, respondents: Iterable[str]) -> list[HumanTask]:
    rows = await session.exec(
        select(HumanTask).where(
            HumanTask.covenant == slug,
            HumanTask.status == TaskStatus.OPEN,
            col(HumanTask.respondent).in_(list(respondents)),
        )
    )
    return list(rows)


async def _news(session: AsyncSession, slug: str, since: datetime, at: datetime, *, decisions: bool) -> list[Words]:
    """Decisions for who sits at the table; for who does not only what moved the covenant itself."""
    found: list[tuple[datetime, Words]] = []
    events = await session.exec(
        select(Event.at, Event.kind)
        .where(Event.covenant == slug, col(Event.at) > since, col(Event.at) <= at)
        .where(col(Event.kind).in_(digests.NOTABLE))
        .order_by(col(Event.seq))
        .limit(MOST)
    )
    for moment, kind in events:
        words = EVENTS[kind]
        found.append((moment, Words(nl=_sentence(words.nl), en=_sentence(words.en))))
    if decisions:
        rows = await session.exec(
            select(Decision)
            .where(Decision.covenant == slug, col(Decision.decided_at) > since, col(Decision.decided_at) <= at)
            .order_by(col(Decision.decided_at), col(Decision.question))
            .limit(MOST)
        )
        found += [(row.decided_at, Words(nl=row.sentence_nl, en=row.sentence_en)) for row in rows]
    return [words for _, words in sorted(found, key=lambda one: one[0])]


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
