"""Names in a sentence: the first few, cut where they are long, and the number of others."""

import re
import unicodedata
from collections.abc import Iterable, Sequence

from models.base import Words
from models.contracts import Person


def short(text: str, most: int = 60) -> str:
    """Return a text of at most `most` characters."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def brief(words: Words, most: int = 60) -> Words:
    """Return both languages in at most `most` characters each."""
    return Words(nl=short(words.nl, most), en=short(words.en, most))


def same(text: str) -> Words:
    """Return a text that reads alike in both languages, such as the number of a clause."""
    return Words(nl=text, en=text)


def listed(names: Sequence[Words], shown: int = 8) -> Words:
    """Name the first `shown` of some names and count the others; there is at least one.

    Each is cut to 60 characters, so that a sentence keeps within what `Words` may hold.
    """
    more = len(names) - shown
    rest = [Words(nl=f"{more} andere", en=f"{more} other{'s' if more > 1 else ''}")] if more > 0 else []
    cut = [*(brief(name) for name in names[:shown]), *rest]
    return Words(nl=_joined([name.nl for name in cut], "en"), en=_joined([name.en for name in cut], "and"))


def _joined(texts: Sequence[str], conjunction: str) -> str:
    return f" {conjunction} ".join(filter(None, [", ".join(texts[:-1]), texts[-1]]))


def named(people: Iterable[Person]) -> str:
    """Return people by name, each with the id that the command line and the API know them by."""
    return ", ".join(f"{one.name} ({one.id})" for one in people)


def slugged(text: str, taken: Iterable[str], most: int = 60) -> str:
    """Make an id of a name, that no other has."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    stem = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[: most - 4].strip("-") or "x"
    others, number, found = set(taken), 2, stem
    while found in others:
        found, number = f"{stem}-{number}", number + 1
    return found
