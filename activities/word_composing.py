"""From what Word recorded, and what it did not, to edits on the text that was sent out."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from activities.word_walking import Kept, Piece
from models.amending import Edit
from models.word import WordEdit
from rules.redline import OpKind, ops

LONGEST_TEXT = 10_000
"""Characters of a clause that are compared; a clause's own text holds at most 4,000."""

MOST_EDITS = 200
"""Edits in one clause; with more, they are taken together (`models.amending.AmendmentText`)."""


class _Step(NamedTuple):
    """What became of a stretch: both texts for what stayed, one of them for what was changed."""

    old: str
    new: str
    tracked: bool = True
    name: str = ""


def edits_of(base: str, pieces: Sequence[Piece]) -> list[WordEdit] | None:
    """Return the edits that turn the text that was sent out into the one that came back.

    What Word recorded stays as it was recorded. Where the text before the recorded changes is not the one that was
    sent out, the two are compared word by word: that is what was changed with recording switched off.

    Args:
        base: the text that was sent out.
        pieces: what came back.

    Returns:
        Edits that do not touch one another, or None when the text is too long to compare.
    """
    if sum(len(piece.text) for piece in pieces) > LONGEST_TEXT:
        return None
    edits: list[WordEdit] = []
    at, changes = 0, list[_Step]()
    for step in [*_steps(base, pieces), _Step(" ", " ")]:
        if step.old != step.new:
            changes.append(step)
            continue
        removed = "".join(change.old for change in changes)
        edits += _edit(at, removed, changes)
        at += len(removed) + len(step.old)
        changes = []
    return _fewer(base, edits)


def _edit(at: int, removed: str, changes: Sequence[_Step]) -> list[WordEdit]:
    added = "".join(change.new for change in changes)
    if removed == added:
        return []
    return [
        WordEdit(
            edit=Edit(start=at, end=at + len(removed), text=added),
            tracked=all(change.tracked for change in changes),
            names=sorted({change.name for change in changes if change.name}),
        )
    ]


def _steps(base: str, pieces: Sequence[Piece]) -> Iterable[_Step]:
    """Walk along both comparisons at once: sent out to before the changes, and before to after them."""
    before = "".join(piece.text for piece in pieces if piece.kept.before)
    unrecorded = [(OpKind.EQUAL, base)] if before == base else ops(base, before)
    left = _Left(pieces)
    for kind, text in unrecorded:
        if kind is OpKind.DELETE:
            yield _Step(text, "", tracked=False)
            continue
        wanted = len(text)
        while wanted:
            piece = left.next(wanted)
            wanted -= len(piece.text) if piece.kept.before else 0
            yield from _step(piece, sent_out=kind is OpKind.EQUAL)
    while left:
        yield from _step(left.next(0), sent_out=True)


def _step(piece: Piece, *, sent_out: bool) -> list[_Step]:
    text, kept = piece
    if not kept.before:
        return [_Step("", text, name=kept.name)] if kept.after else []
    if sent_out:
        return [_Step(text, text if kept.after else "", name=kept.name)]
    return [_Step("", text, tracked=False)] if kept.after else []


class _Left:
    """Pieces that are still to come, handed out in parts."""

    def __init__(self, pieces: Iterable[Piece]) -> None:
        self._pieces = [piece for piece in reversed(list(pieces)) if piece.text]

    def __bool__(self) -> bool:
        return bool(self._pieces)

    def next(self, most: int) -> Piece:
        """Return the next piece; of one that was there before, no more than some characters."""
        text, kept = self._pieces.pop()
        if kept.before and len(text) > most:
            self._pieces.append(Piece(text[most:], kept))
            text = text[:most]
        return Piece(text, kept)


def _fewer(base: str, edits: list[WordEdit]) -> list[WordEdit]:
    """Take edits together when there are more than an amendment holds."""
    if len(edits) <= MOST_EDITS:
        return edits
    kept, rest = edits[: MOST_EDITS - 1], edits[MOST_EDITS - 1 :]
    start, end = rest[0].edit.start, rest[-1].edit.end
    text, at = "", start
    for one in rest:
        text += base[at : one.edit.start] + one.edit.text
        at = one.edit.end
    whole = WordEdit(
        edit=Edit(start=start, end=end, text=text),
        tracked=all(one.tracked for one in rest),
        names=sorted({name for one in rest for name in one.names}),
    )
    return [*kept, whole]


def joined(paragraphs: Sequence[tuple[Sequence[Piece], Kept]]) -> tuple[list[Piece], bool]:
    """Join the paragraphs of a clause with line ends; the mark of the last one ends the clause and is no text.

    When the last paragraphs were put in (or taken out) as a whole, Word says so on their own marks, while in the text
    it is the line end *before* them that comes (or goes) with them.

    Returns:
        The text, and whether the end of the clause itself was taken out.
    """
    marks = [mark for _, mark in paragraphs]
    cut = False
    if marks and not (marks[-1].before and marks[-1].after):
        stays = [number for number, mark in enumerate(marks[:-1]) if mark.before and mark.after]
        first = stays[-1] + 1 if stays else 0
        tail = [piece.kept for pieces, _ in paragraphs[first:] for piece in pieces]
        if marks[-1].put_in or marks[-1].taken_out:
            whole = all(kept[:2] == marks[-1][:2] for kept in tail)
            if whole and stays:
                marks[first - 1] = marks[-1]
            cut = marks[-1].taken_out and not whole
    found: list[Piece] = []
    for number, (pieces, _) in enumerate(paragraphs):
        found += pieces
        if number + 1 < len(paragraphs):
            found.append(Piece("\n", marks[number]))
    return found, cut


def in_order(ranks: Sequence[tuple[int, int]]) -> set[int]:
    """Return which places of a row keep its order, as many as there can be; the others were moved."""
    tops: list[tuple[int, int]] = []
    ends: list[int] = []
    back: list[int] = []
    for number, rank in enumerate(ranks):
        at = bisect_left(tops, rank)
        back.append(ends[at - 1] if at else -1)
        tops[at : at + 1] = [rank]
        ends[at : at + 1] = [number]
    kept: set[int] = set()
    number = ends[-1] if ends else -1
    while number >= 0:
        kept.add(number)
        number = back[number]
    return kept
