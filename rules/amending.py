"""Words proposed for a place in a text: brackets with owners, what collides, and merging what was accepted.

An amendment is a list of edits on one exact version of a clause. Whether two amendments can stand together depends on
their places only, never on the order in which they came in: the same accepted amendments always give the same text.
What cannot stand together is named and left to people (Antragsgrün's merge is the model; ../shared/reference/peers.md).
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations, pairwise
from typing import NamedTuple

from models.amending import Edit
from models.errors import Refusal
from rules.redline import OpKind, ops


class Collision(NamedTuple):
    """Two amendments that want different words in one place.

    Attributes:
        one, other: ids, in alphabetical order.
        words: what the text says in that place now; empty between two words.
    """

    one: str
    other: str
    words: str


class Alternative(NamedTuple):
    """What an owner proposes for a place."""

    owner: str
    words: str


class Place(NamedTuple):
    """A stretch of text as it is negotiated: plain text, or brackets with what each owner wants there.

    Attributes:
        text: as it stands.
        alternatives: none for text that nobody wants to change; in order of the owners' ids.
    """

    text: str
    alternatives: tuple[Alternative, ...] = ()


def edits_between(old: str, new: str) -> list[Edit]:
    """Return the edits that turn one text into another, word by word; neighbouring changes are one edit."""
    found: list[Edit] = []
    at = 0
    for kind, text in ops(old, new):
        if kind is OpKind.EQUAL:
            at += len(text)
            continue
        removed = len(text) if kind is OpKind.DELETE else 0
        added = "" if kind is OpKind.DELETE else text
        if found and found[-1].end == at:
            last = found[-1]
            found[-1] = Edit(start=last.start, end=last.end + removed, text=last.text + added)
        else:
            found.append(Edit(start=at, end=at + removed, text=added))
        at += removed
    return found


def applied(text: str, edits: Iterable[Edit]) -> str:
    """Return a text with edits made in it, in whatever order they are given.

    Raises:
        Refusal: `edit_outside`, `edits_overlap`; nothing is guessed.
    """
    ordered = checked(text, edits)
    parts, at = list[str](), 0
    for edit in ordered:
        parts += [text[at : edit.start], edit.text]
        at = edit.end
    return "".join([*parts, text[at:]])


def checked(text: str, edits: Iterable[Edit]) -> list[Edit]:
    """Return the edits in the order of the text.

    Raises:
        Refusal: `edit_outside` the text, or `edits_overlap` one another.
    """
    ordered = sorted(edits, key=lambda edit: (edit.start, edit.end, edit.text))
    for edit in ordered:
        if edit.end > len(text):
            raise Refusal(
                "edit_outside",
                f"De wijziging op teken {edit.start} tot {edit.end} valt buiten de tekst, die {len(text)} tekens telt. "
                "Verwacht: een plaats in de huidige versie.",
                f"The change at character {edit.start} to {edit.end} lies outside the text of {len(text)} characters. "
                "Expected: a place in the current version.",
                {"start": str(edit.start), "end": str(edit.end), "length": str(len(text))},
            )
    for one, other in pairwise(ordered):
        if touching(one, other):
            raise Refusal(
                "edits_overlap",
                f"Twee wijzigingen gaan over dezelfde plaats (tekens {one.start} tot {one.end} en {other.start} tot "
                f"{other.end}). Verwacht: één wijziging per plaats.",
                f"Two changes are about the same place (characters {one.start} to {one.end} and {other.start} to "
                f"{other.end}). Expected: one change for each place.",
                {"one": f"{one.start}-{one.end}", "other": f"{other.start}-{other.end}"},
            )
    return ordered


def touching(one: Edit, other: Edit) -> bool:
    """Whether two edits are about the same place; words put in at the edge of a change belong to it."""
    return _meet((one.start, one.end), (other.start, other.end))


def _meet(one: tuple[int, int], other: tuple[int, int]) -> bool:
    if one[0] == one[1] or other[0] == other[1]:
        return one[0] <= other[1] and other[0] <= one[1]
    return one[0] < other[1] and other[0] < one[1]


def collisions(text: str, proposals: Mapping[str, Sequence[Edit]]) -> list[Collision]:
    """Return every pair of amendments that cannot both be made in a text; the same edit twice is no collision.

    Args:
        text: the version they are all about.
        proposals: edits by the amendment's id.
    """
    found: list[Collision] = []
    for one, other in combinations(sorted(proposals), 2):
        met = _met(proposals[one], proposals[other])
        if met:
            start = min(min(mine.start, theirs.start) for mine, theirs in met)
            end = max(max(mine.end, theirs.end) for mine, theirs in met)
            found.append(Collision(one, other, text[start:end]))
    return found


def collide(one: Iterable[Edit], other: Sequence[Edit]) -> bool:
    """Whether two amendments want different words in one place."""
    return bool(_met(one, other))


def _met(one: Iterable[Edit], other: Sequence[Edit]) -> list[tuple[Edit, Edit]]:
    return [(mine, theirs) for mine in one for theirs in other if touching(mine, theirs) and mine != theirs]


def merged(text: str, proposals: Mapping[str, Sequence[Edit]]) -> str:
    """Return a text with all of some amendments made in it.

    Raises:
        Refusal: `amendments_collide`, with the pairs.
    """
    found = collisions(text, proposals)
    if found:
        pairs = ", ".join(f"{one.one} / {one.other}" for one in found)
        raise Refusal(
            "amendments_collide",
            f"Deze wijzigingsvoorstellen gaan over dezelfde plaats: {pairs}. Verwacht: één ervan, of een compromis.",
            f"These amendments are about the same place: {pairs}. Expected: one of them, or a compromise.",
            {"pairs": pairs},
        )
    once = {(edit.start, edit.end, edit.text): edit for edits in proposals.values() for edit in edits}
    return applied(text, once.values())


def rebased(old: str, new: str, edits: Iterable[Edit]) -> list[Edit] | None:
    """Carry edits over to the next version of a text; None where their place itself was changed.

    An edit moves along when the words it replaces, and those right beside a bare insertion, are still there, and no
    comparison could have put the change there just as well.
    """
    shifts = edits_between(old, new)
    moved: list[Edit] = []
    for edit in checked(old, edits):
        if any(_meet((edit.start, edit.end), _anywhere(old, shift)) for shift in shifts):
            return None
        by = sum(len(shift.text) - (shift.end - shift.start) for shift in shifts if shift.end <= edit.start)
        moved.append(Edit(start=edit.start + by, end=edit.end + by, text=edit.text))
    return moved


def _anywhere(text: str, shift: Edit) -> tuple[int, int]:
    """Return the stretch of a text in which a change may have been made: of words that stand twice, either can be gone.

    A comparison names one of the places; a reader of the two texts cannot tell which it was.
    """
    words = shift.text if shift.start == shift.end else text[shift.start : shift.end]
    if shift.start < shift.end and shift.text:
        return shift.start, shift.end
    left = right = 0
    while left < shift.start and text[shift.start - 1 - left] == words[-1 - left % len(words)]:
        left += 1
    while shift.end + right < len(text) and text[shift.end + right] == words[right % len(words)]:
        right += 1
    return shift.start - left, shift.end + right


def bracketed(text: str, proposals: Mapping[str, Sequence[Edit]]) -> list[Place]:
    """Cut a text into plain stretches and brackets, with what each owner would read in every bracket.

    Amendments that touch one another share a bracket, so that alternatives stand side by side.
    """
    spans: list[tuple[int, int]] = []
    for edit in sorted((edit for edits in proposals.values() for edit in edits), key=lambda one: (one.start, one.end)):
        if spans and _meet(spans[-1], (edit.start, edit.end)):
            spans[-1] = (spans[-1][0], max(spans[-1][1], edit.end))
        else:
            spans.append((edit.start, edit.end))
    places: list[Place] = []
    at = 0
    for start, end in spans:
        if text[at:start]:
            places.append(Place(text[at:start]))
        here = {
            owner: [
                Edit(start=edit.start - start, end=edit.end - start, text=edit.text)
                for edit in edits
                if start <= edit.start and edit.end <= end
            ]
            for owner, edits in sorted(proposals.items())
        }
        places.append(
            Place(
                text[start:end],
                tuple(Alternative(owner, applied(text[start:end], mine)) for owner, mine in here.items() if mine),
            )
        )
        at = end
    if text[at:]:
        places.append(Place(text[at:]))
    return places
