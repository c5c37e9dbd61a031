"""What an answer names by its hash must be stored, and be what it is named as, before the answer goes on record."""

from acts.composing import check_commitments
from models import contracts as c
from models.commitments import ClauseText
from models.errors import Refusal
from models.tables import Content
from store import contents
from store.engine import Database

OWN = "application/vnd.polder."
"""Media types of what Polder itself stores: texts, addresses, comments, packages."""


async def check_named(db: Database, slug: str, content: c.Content) -> None:
    """Refuse an answer that names something that is not stored, or is something else.

    A hash is in the log for all at the table, and what it names may not be for them: an address, or a comment.

    Raises:
        Refusal: `content_not_stored`, or `unknown_committed`.
    """
    match content:
        case c.DocumentAnswer():
            await _file(db, content.sha256)
        case c.RatificationAnswer() if content.minutes is not None:
            await _file(db, content.minutes)
        case c.DraftingAnswer():
            texts = {one.clause: await _text(db, one.sha256) for one in content.amendments}
            await check_commitments(db, slug, {clause: text.commitments for clause, text in texts.items()})
        case _:
            return


async def _file(db: Database, digest: str) -> None:
    row = await _row(db, digest)
    if row is None or row.media_type.startswith(OWN):
        raise _not_stored(digest, "een document", "a document")


async def _text(db: Database, digest: str) -> ClauseText:
    row = await _row(db, digest)
    try:
        found: ClauseText | None = contents.text_of(row, digest) if row else None
    except ValueError:
        found = None
    if found is None or contents.canonical_text(found) != (row.data if row else b""):
        raise _not_stored(digest, "een tekst in beide talen", "a text in both languages")
    return found


async def _row(db: Database, digest: str) -> Content | None:
    async with db.read() as session:
        return await session.get(Content, digest)


def _not_stored(digest: str, nl: str, en: str) -> Refusal:
    return Refusal(
        "content_not_stored",
        f"Onder SHA-256 {digest} is {nl} niet bewaard. Verwacht: bewaar de inhoud eerst.",
        f"No {en.removeprefix('a ')} is stored under SHA-256 {digest}. Expected: store the content first.",
        {"sha256": digest},
    )
