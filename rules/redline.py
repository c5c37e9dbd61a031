"""What changed between two versions of a text, word by word. One list of operations, several writers."""

import html
import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from diff_match_patch import diff_match_patch

from models.enums import Language

_TOKEN = re.compile(r"\d+(?:[.,]\d+)*(?:\s?%)?|\w+(?:[-'’]\w+)*|\s+|[^\w\s]")  # noqa: RUF001
"""Cuts a text into words without losing a character; keeps '55%', '2.030,50' and 'Noord-Holland' whole."""

_FIRST = 0x10000
"""Each distinct token becomes one character from here on, so that the differ works on words."""

SMALL = 1200
"""Tokens of both texts together that are compared at once: a few hundredths of a second at most."""
GRAMS = (16, 8, 4)
"""Tokens of a run that is looked for, spaces counted; the longest first."""


class OpKind(StrEnum):
    """What happened to a stretch of text."""

    EQUAL = "equal"
    DELETE = "delete"
    INSERT = "insert"


class Op(NamedTuple):
    """One stretch of text. The texts that are not INSERT join to the old text, those not DELETE to the new one."""

    kind: OpKind
    text: str


_KINDS = {-1: OpKind.DELETE, 0: OpKind.EQUAL, 1: OpKind.INSERT}
_SPOKEN = {
    Language.NL: {OpKind.DELETE: "verwijderd", OpKind.INSERT: "toegevoegd"},
    Language.EN: {OpKind.DELETE: "deleted", OpKind.INSERT: "inserted"},
}


def ops(old: str, new: str) -> list[Op]:
    """Compare two texts word by word. The same texts always give the same operations (no time limit is used)."""
    codes: dict[str, str] = {}

    def encoded(text: str) -> str:
        return "".join(codes.setdefault(token, chr(_FIRST + len(codes))) for token in _TOKEN.findall(text))

    differ = _differ()
    diffs = _diffs(encoded(old), encoded(new), _sentence_ends(codes), GRAMS)
    differ.diff_cleanupMerge(diffs)
    differ.diff_cleanupSemantic(diffs)
    tokens = {code: token for token, code in codes.items()}
    return [Op(_KINDS[kind], "".join(tokens[code] for code in text)) for kind, text in diffs if text]


def _differ() -> diff_match_patch:
    differ = diff_match_patch()
    differ.Diff_Timeout = 0
    return differ


def _sentence_ends(codes: Mapping[str, str]) -> re.Pattern[str]:
    ends = "".join(re.escape(code) for token, code in codes.items() if token in {".", ";"} or "\n" in token)
    return re.compile(f"[^{ends}]*[{ends}]|[^{ends}]+") if ends else re.compile(".+", re.DOTALL)


def _diffs(old: str, new: str, sentences: re.Pattern[str] | None, grams: Sequence[int]) -> list[tuple[int, str]]:
    """Compare two encoded texts. The time of the differ grows with length times difference: long ones are cut first.

    Cut at runs of words that stand once in each text, long runs first; where there are none, at sentences that stayed.
    Long stretches that have neither in common are other texts: one goes, one comes.
    """
    if len(old) + len(new) <= SMALL or not old or not new:
        return list(_differ().diff_main(old, new, checklines=False))
    for at, gram in enumerate(grams):
        runs = _runs(old, new, gram)
        if runs:
            return _between(old, new, runs, sentences, grams[at + 1 :])
    if sentences is not None:
        runs = _same_sentences(old, new, sentences)
        if runs:
            return _between(old, new, runs, None, ())
    return [(-1, old), (1, new)]


def _between(
    old: str, new: str, runs: Iterable[tuple[int, int, int]], sentences: re.Pattern[str] | None, grams: Sequence[int]
) -> list[tuple[int, str]]:  # fmt: skip
    """Compare what lies between runs that are the same: where each is in either text, and how long."""
    found: list[tuple[int, str]] = []
    here = there = 0
    for start, other, length in [*runs, (len(old), len(new), 0)]:
        found += _diffs(old[here:start], new[there:other], sentences, grams)
        found.append((0, old[start : start + length]))
        here, there = start + length, other + length
    return [one for one in found if one[1]]


def _runs(old: str, new: str, gram: int) -> list[tuple[int, int, int]]:
    """Return runs of words that stand once in each text, in the order of both, as long as they go on."""
    before, after = _once(old, gram), _once(new, gram)
    pairs = _rising([(at, after[run]) for run, at in before.items() if run in after])
    found: list[tuple[int, int, int]] = []
    for start, other in pairs:
        if found:
            first, second, length = found[-1]
            if start - first == other - second and start <= first + length:
                found[-1] = (first, second, start + gram - first)
                continue
            if start < first + length or other < second + length:
                continue
        found.append((start, other, gram))
    return found


def _once(text: str, gram: int) -> dict[str, int]:
    """Return where each run of so many words stands that stands there once, in order."""
    places: dict[str, int] = {}
    for at in range(len(text) - gram + 1):
        run = text[at : at + gram]
        places[run] = -1 if run in places else at
    return {run: at for run, at in places.items() if at >= 0}


def _rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the longest part of pairs, which rise in the first, that also rises in the second."""
    lasts: list[int] = []
    chain: list[tuple[int, int | None]] = []
    heads: list[int] = []
    for number, (_, other) in enumerate(pairs):
        at = bisect_left(lasts, other)
        chain.append((number, heads[at - 1] if at else None))
        lasts[at : at + 1], heads[at : at + 1] = [other], [number]
    found: list[tuple[int, int]] = []
    number_of: int | None = heads[-1] if heads else None
    while number_of is not None:
        found.append(pairs[number_of])
        number_of = chain[number_of][1]
    return found[::-1]


def _same_sentences(old: str, new: str, sentences: re.Pattern[str]) -> list[tuple[int, int, int]]:
    """Return the sentences that stayed: where in either text, and how long."""
    codes: dict[str, str] = {}
    before, after = (
        "".join(codes.setdefault(one, chr(_FIRST + len(codes))) for one in sentences.findall(text))
        for text in (old, new)
    )
    lengths = {code: len(one) for one, code in codes.items()}
    found: list[tuple[int, int, int]] = []
    here = there = 0
    if len(before) + len(after) > SMALL:
        return found
    for kind, run in _differ().diff_main(before, after, checklines=False):
        length = sum(lengths[code] for code in run)
        if kind == 0:
            found.append((here, there, length))
        here += length if kind <= 0 else 0
        there += length if kind >= 0 else 0
    return found


def to_html(changes: Iterable[Op], language: Language | str) -> str:
    """Write changes as escaped HTML that can also be heard: screen readers mostly pass over a bare `del` or `ins`.

    The class `vh` is for words that are visually hidden; line ends become `<br>`.

    Raises:
        ValueError: an unknown language.
    """
    spoken = _SPOKEN[Language(language)]
    parts: list[str] = []
    for kind, text in changes:
        shown = html.escape(text).replace("\n", "<br>")
        if kind is OpKind.EQUAL:
            parts.append(shown)
        else:
            tag = "del" if kind is OpKind.DELETE else "ins"
            parts.append(
                f'<{tag}><span class="vh">[{spoken[kind]}: </span>{shown}<span class="vh">]</span></{tag}>',
            )
    return "".join(parts)


def to_text(changes: Iterable[Op]) -> str:
    """Write changes for plain mail and terminals: `[-deleted-]{+inserted+}`."""
    marks = {OpKind.EQUAL: ("", ""), OpKind.DELETE: ("[-", "-]"), OpKind.INSERT: ("{+", "+}")}
    return "".join(text.join(marks[kind]) for kind, text in changes)
