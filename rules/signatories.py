"""Signatories: whether a name they type is the name on record, and the fields of the PDF in which they sign."""

import re
import unicodedata

from models import contracts as c
from models.errors import Refusal
from rules.answering import person

WORDS = re.compile(r"[^\W_]+")
FIELD_NAME = re.compile(r"Party_([a-z0-9][a-z0-9-]{0,62})_[1-9][0-9]{0,3}")
BARRED = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe", "þ": "th"})
"""Letters that Unicode does not take apart into a letter and an accent, as keyboards without them write them."""


def _words(name: str) -> list[str]:
    plain = "".join(one for one in unicodedata.normalize("NFKD", name) if not unicodedata.combining(one))
    return WORDS.findall(plain.casefold().translate(BARRED))


def same_name(typed: str, recorded: str) -> bool:
    """Whether two names are of one person: as people write names, or with initials for given names.

    Case, accents, dots, hyphens and spaces are nothing. The last word must be there in full, and no word may be another
    one: "A. Jansen" and "Anna M. Jansen" sign for "Anna Maria Jansen", "Piet Jansen" does not.
    """
    given, known = _words(typed), _words(recorded)
    if given and "".join(given) == "".join(known):
        return True
    if not given or not known or given[-1] != known[-1]:
        return False
    rest = iter(known[:-1])
    return all(any(other == word or (len(word) == 1 and other[0] == word) for other in rest) for word in given[:-1])


def check_name(roster: c.Roster, actor: c.Actor, typed: str) -> None:
    """Refuse a signature under another name than the signatory's (`other_name`)."""
    who = person(roster, actor.person)
    if not same_name(typed, who.name):
        raise Refusal(
            "other_name",
            f"U tekent als {who.name}, maar typte een andere naam. Verwacht: {who.name}; hoofdletters, accenten en "
            "voorletters maken niet uit.",
            f"You sign as {who.name}, but typed another name. Expected: {who.name}; capitals, accents and initials "
            "do not matter.",
            {"expected": who.name},
        )


def field_of(party: str, number: int) -> str:
    """Name the field of the PDF in which a party signs for the so-many-th time; PDF wants a name without a dot."""
    return f"Party_{party}_{number}"


def party_of(field: str) -> str | None:
    """Return the party that signs in a field; none when it is no field of a party."""
    found = FIELD_NAME.fullmatch(field)
    return found[1] if found else None
