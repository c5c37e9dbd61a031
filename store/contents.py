"""Bytes by their SHA-256. Writing the same bytes twice is one content, so anyone may write before an act names it."""

import json
import secrets
from collections.abc import Iterable

from sqlmodel.ext.asyncio.session import AsyncSession

from models.base import Contract, Words
from models.commitments import ClauseText
from models.errors import NotFound
from models.tables import Content
from rules.chain import canonical, sha256, text_bytes
from store.engine import Database

TEXT = "application/vnd.polder.text+json"
"""A bilingual text, stored in the canonical form its hash is taken of."""

SALT = 16
"""Bytes that keep something short from being guessed by its hash."""


async def put_in(session: AsyncSession, data: bytes, media_type: str) -> str:
    """Store bytes within a transaction and return their SHA-256."""
    digest = sha256(data)
    if await session.get(Content, digest) is None:
        session.add(Content(sha256=digest, media_type=media_type, size=len(data), data=data))
        await session.flush()
    return digest


async def put(db: Database, data: bytes, media_type: str) -> str:
    """Store bytes and return their SHA-256."""
    async with db.write() as session:
        return await put_in(session, data, media_type)


async def put_salted(db: Database, content: Contract, media_type: str) -> str:
    """Store what must not be guessed from its hash, which everyone at the table reads in the log, and outlives it."""
    data = {**content.model_dump(mode="json"), "salt": secrets.token_hex(SALT)}
    return await put(db, canonical(data), media_type)


async def put_texts(db: Database, texts: Iterable[Words]) -> list[str]:
    """Store bilingual texts; each digest is the `text_sha` that approvals bind to."""
    async with db.write() as session:
        return [await put_in(session, canonical_text(text), TEXT) for text in texts]


def canonical_text(text: Words) -> bytes:
    """The bytes whose SHA-256 is the text's hash (`rules.chain.text_sha`)."""
    return text_bytes(text.nl, text.en, text.commitments if isinstance(text, ClauseText) else ())


async def get_in(session: AsyncSession, digest: str) -> Content:
    """Return a content within a session.

    Raises:
        NotFound: nothing is stored under that hash.
    """
    return _found(await session.get(Content, digest), digest)


def _found(content: Content | None, digest: str) -> Content:
    if content is None:
        raise NotFound(
            "content_not_found",
            f"Er is niets bewaard onder SHA-256 {digest}. Bewaar eerst de inhoud.",
            f"Nothing is stored under SHA-256 {digest}. Store the content first.",
            {"sha256": digest},
        )
    return content


async def get(db: Database, digest: str) -> bytes:
    """Return stored bytes; NotFound when there are none."""
    async with db.read() as session:
        return (await get_in(session, digest)).data


async def text_in(session: AsyncSession, digest: str) -> ClauseText:
    """Return a stored bilingual text."""
    return text_of(await session.get(Content, digest), digest)


def text_of(content: Content | None, digest: str) -> ClauseText:
    """Read the bilingual text that was looked for under a hash; NotFound when there is none."""
    return ClauseText.model_validate(json.loads(_found(content, digest).data))
