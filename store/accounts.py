"""Accounts: who signs in and how, sessions, and what an address is to a covenant.

Secrets come in and are looked up as their SHA-256; the database never holds one.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import col, func, select, update

from models import contracts as c
from models.accounts import Account, Draft, Passkey, SavedView, SignInLink, SiteSession
from models.enums import Language, PartyStatus, Role, Tier
from models.tables import Covenant, Party, Person
from rules.access import Seat
from store.engine import Database
from store.people import OWN_PARTY

TOUCH = timedelta(minutes=10)
"""How stale `seen_at` may be: a write at each page would be one too many."""


# --- who someone is ---------------------------------------------------------------------------------------------------


async def known(db: Database, email: str) -> bool:
    """Whether an address belongs to anyone at any table."""
    async with db.read() as session:
        rows = await session.exec(select(Person.id).where(func.lower(Person.email) == email).limit(1))
        return rows.first() is not None


async def seats(db: Database, email: str, slug: str) -> tuple[Seat, ...]:
    """Return the places of an address at one table."""
    async with db.read() as session:
        rows = await session.exec(
            select(Person, Party)
            .outerjoin(Party, OWN_PARTY)
            .where(Person.covenant == slug, func.lower(Person.email) == email)
            .order_by(col(Person.id))
        )
        return tuple(
            Seat(
                covenant=slug,
                person=person.id,
                name=person.name,
                party=person.party,
                participant=party is not None
                and (party.tier is Tier.PARTICIPANT or party.status is PartyStatus.APPLICANT),
                applicant=party is not None and party.status is PartyStatus.APPLICANT,
                roles=frozenset(Role(role) for role in person.roles),
                mandates=tuple(c.Mandate.model_validate(mandate) for mandate in person.mandates),
            )
            for person, party in rows
        )


async def holds(db: Database, email: str, role: Role) -> bool:
    """Whether an address holds an office in any covenant."""
    async with db.read() as session:
        rows = await session.exec(select(Person.roles).where(func.lower(Person.email) == email))
        return any(role in roles for roles in rows)


async def covenants_of(db: Database, email: str, *, limit: int = 200) -> list[Covenant]:
    """Return the covenants an address has a place in, the last moved first."""
    async with db.read() as session:
        mine = select(Person.covenant).where(func.lower(Person.email) == email)
        rows = await session.exec(
            select(Covenant).where(col(Covenant.slug).in_(mine)).order_by(col(Covenant.moved_at).desc()).limit(limit)
        )
        return list(rows)


async def faces(db: Database, slug: str) -> list[tuple[Person, Party | None]]:
    """Return the people of a covenant with their party, for the page where one becomes one of them."""
    async with db.read() as session:
        rows = await session.exec(
            select(Person, Party)
            .outerjoin(Party, OWN_PARTY)
            .where(Person.covenant == slug)
            .order_by(col(Party.position), col(Person.id))
            .limit(200)
        )
        return [(person, party) for person, party in rows]


async def account(db: Database, email: str) -> Account | None:
    """Return an account."""
    async with db.read() as session:
        return await session.get(Account, email)


async def opened(db: Database, email: str, language: Language, now: datetime) -> Account:
    """Return the account of an address, made if it is new."""
    async with db.write() as session:
        row = await session.get(Account, email)
        if row is None:
            row = Account(email=email, language=language, made_at=now)
            session.add(row)
        return row


async def by_calendar(db: Database, sha256: str) -> Account | None:
    """Return the account whose calendar has this address."""
    async with db.read() as session:
        return (await session.exec(select(Account).where(Account.calendar_sha == sha256))).first()


async def prefer(db: Database, email: str, **values: object) -> None:
    """Change what an account prefers."""
    async with db.write() as session:
        row = await session.get_one(Account, email)
        for name, value in values.items():
            setattr(row, name, value)


# --- magic links ------------------------------------------------------------------------------------------------------


async def keep_link(db: Database, link: SignInLink) -> None:
    """Keep a link that was sent."""
    async with db.write() as session:
        session.add(link)


async def link(db: Database, sha256: str, now: datetime) -> SignInLink | None:
    """Return a link that still works."""
    async with db.read() as session:
        row = await session.get(SignInLink, sha256)
        return row if row is not None and row.used_at is None and row.ends_at > now else None


async def redeem(db: Database, sha256: str, now: datetime) -> SignInLink | None:
    """Use a link up and return it, or None when it no longer works; of two at once one succeeds."""
    async with db.write() as session:
        used = await session.exec(
            update(SignInLink)
            .where(col(SignInLink.sha256) == sha256, col(SignInLink.used_at).is_(None), col(SignInLink.ends_at) > now)
            .values(used_at=now)
        )
        return await session.get(SignInLink, sha256) if used.rowcount else None


# --- sessions ---------------------------------------------------------------------------------------------------------


async def open_session(db: Database, row: SiteSession) -> None:
    """Keep a new session."""
    async with db.write() as session:
        session.add(row)


async def session_of(db: Database, sha256: str, now: datetime) -> SiteSession | None:
    """Return a session that holds, and note now and then that it was seen."""
    async with db.read() as session:
        row = await session.get(SiteSession, sha256)
    if row is None or row.revoked_at is not None or row.ends_at <= now:
        return None
    if now - row.seen_at > TOUCH:
        async with db.write() as session:
            await session.exec(update(SiteSession).where(col(SiteSession.sha256) == sha256).values(seen_at=now))
    return row


async def sessions(db: Database, email: str, now: datetime) -> list[SiteSession]:
    """Return the sessions that hold, the last seen first."""
    async with db.read() as session:
        rows = await session.exec(
            select(SiteSession)
            .where(SiteSession.email == email, col(SiteSession.revoked_at).is_(None), col(SiteSession.ends_at) > now)
            .order_by(col(SiteSession.seen_at).desc())
            .limit(50)
        )
        return list(rows)


async def revoke(db: Database, email: str, now: datetime, *, sha256: str | None = None, but: str | None = None) -> int:
    """End one session of an account, or all but one; return how many ended."""
    query = update(SiteSession).where(col(SiteSession.email) == email, col(SiteSession.revoked_at).is_(None))
    if sha256 is not None:
        query = query.where(col(SiteSession.sha256) == sha256)
    if but is not None:
        query = query.where(col(SiteSession.sha256) != but)
    async with db.write() as session:
        return (await session.exec(query.values(revoked_at=now))).rowcount


# --- passkeys ---------------------------------------------------------------------------------------------------------


async def passkeys(db: Database, email: str) -> list[Passkey]:
    """Return the passkeys of an account."""
    async with db.read() as session:
        return list(await session.exec(select(Passkey).where(Passkey.email == email).order_by(col(Passkey.made_at))))


async def passkey(db: Database, credential: str) -> Passkey | None:
    """Return a passkey by its credential id."""
    async with db.read() as session:
        return await session.get(Passkey, credential)


async def keep_passkey(db: Database, row: Passkey) -> None:
    """Keep a new passkey."""
    async with db.write() as session:
        session.add(row)


async def used_passkey(db: Database, credential: str, count: int, now: datetime) -> None:
    """Note that a passkey was used."""
    async with db.write() as session:
        row = await session.get_one(Passkey, credential)
        row.sign_count, row.used_at = count, now


async def drop_passkey(db: Database, email: str, credential: str) -> None:
    """Forget a passkey of an account."""
    async with db.write() as session:
        row = await session.get(Passkey, credential)
        if row is not None and row.email == email:
            await session.delete(row)


# --- drafts and saved views -------------------------------------------------------------------------------------------


async def draft(db: Database, email: str, form: str) -> Draft | None:
    """Return what someone was typing in a form."""
    async with db.read() as session:
        return await session.get(Draft, (email, form))


async def keep_draft(db: Database, email: str, form: str, content: dict[str, object], now: datetime) -> None:
    """Keep what someone is typing."""
    async with db.write() as session:
        row = await session.get(Draft, (email, form))
        if row is None:
            session.add(Draft(email=email, form=form, content=content, at=now))
        else:
            row.content, row.at = content, now


async def drop_draft(db: Database, email: str, form: str) -> None:
    """Forget a draft: it was sent, or thrown away."""
    async with db.write() as session:
        row = await session.get(Draft, (email, form))
        if row is not None:
            await session.delete(row)


async def move_drafts(db: Database, holder: str, email: str) -> None:
    """Give what someone typed while signed out to the account they signed in to."""
    async with db.write() as session:
        for row in list(await session.exec(select(Draft).where(Draft.email == holder))):
            await session.merge(Draft(email=email, form=row.form, content=row.content, at=row.at))
            await session.delete(row)


async def drafts(db: Database, email: str, prefix: str = "") -> Sequence[Draft]:
    """Return the drafts of someone, the newest first."""
    async with db.read() as session:
        rows = await session.exec(
            select(Draft)
            .where(Draft.email == email, col(Draft.form).startswith(prefix, autoescape=True))
            .order_by(col(Draft.at).desc())
            .limit(100)
        )
        return list(rows)


async def saved_views(db: Database, email: str, page: str) -> list[SavedView]:
    """Return the saved views of a page."""
    async with db.read() as session:
        rows = await session.exec(
            select(SavedView).where(SavedView.email == email, SavedView.page == page).order_by(col(SavedView.name))
        )
        return list(rows)


async def save_view(db: Database, row: SavedView) -> None:
    """Keep a view; the same name replaces it."""
    async with db.write() as session:
        await session.merge(row)


async def drop_view(db: Database, email: str, page: str, name: str) -> None:
    """Forget a saved view."""
    async with db.write() as session:
        row = await session.get(SavedView, (email, page, name))
        if row is not None:
            await session.delete(row)
