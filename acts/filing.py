"""Papers as people give them, and what of theirs may move to a wider lane: for pages, command line and API."""

from collections.abc import Iterable
from datetime import date

from acts.composing import stored_document
from models.enums import Lane, Language
from models.errors import Refusal
from models.filing import PaperText
from models.papers import Kind, LaneQuestion
from rules import lanes
from rules.formats import format_of
from store import papers, published, standing, views
from store.engine import Database


async def paper(db: Database, title: str, note: str, file: tuple[bytes, str] | None) -> PaperText:
    """Make a paper of a note, or of a file and its name, which is stored.

    Raises:
        Refusal: `bad_file`, no document that others can open.
        ValidationError: the title or note cannot be used.
    """
    if file is None:
        return PaperText(title=title, note=note)
    data, name = file
    text = PaperText(title=title, note=note, name=name, media_type=format_of(data, name))
    return text.model_copy(update={"file_sha": await stored_document(db, data, name)})


async def accord(db: Database, slug: str, note: str) -> PaperText:
    """Make the paper that makes a negotiators' accord public, when the facilitator files it for everyone.

    Args:
        db: the database.
        slug: the covenant.
        note: what everybody reads with it.

    Raises:
        Refusal: `no_accord`, there is no accord, or it is public.
        ValidationError: the note cannot be used.
    """
    covenant = await views.covenant(db, slug)
    if covenant.text_sha is None or covenant.signed_at is not None or await published.is_public(db, covenant):
        raise Refusal(
            "no_accord",
            "Er is geen onderhandelaarsakkoord dat nog niet openbaar is. Verwacht: eerst een akkoord.",
            "There is no negotiators' accord that is not public yet. Expected: an accord first.",
            {"slug": slug},
        )
    title = "Onderhandelaarsakkoord" if covenant.authentic is Language.NL else "Negotiators' accord"
    return PaperText(title=title, note=note, publishes=covenant.text_sha)


async def wider(
    db: Database, slug: str, item: Kind, person: str, actor: lanes.Viewer, keys: Iterable[str], today: date
) -> dict[str, list[Lane]]:
    """Return to which wider lanes someone may move each of these."""
    people = {one.id: one for one in (await standing.roster(db, slug)).people}
    who = people.get(person)
    if who is None:
        return {}
    made = {}
    for key in keys:
        found = await papers.found(db, LaneQuestion(covenant=slug, item=item, id=key))
        made[key] = lanes.wider(item, found, people.get(found.person or ""), who, actor, today)
    return made
