"""What changed between two versions of a text, word by word. One list of operations, several writers."""

import html
import re
from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from diff_match_patch import diff_match_patch

from models.enums import Language

_TOKEN = re.compile(r"\d+(?:[.,]\d+)*(?:\s?%)?|\w+(?:[-'’]\w+)*|\s+|[^\w\s]")  # noqa: RUF001
"""Cuts a text into words without losing a character; keeps '55%', '2.030,50' and 'Noord-Holland' whole."""

_FIRST = 0x10000
"""Each distinct token becomes one character from here on, so that the differ works on words."""


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

    differ = diff_match_patch()
    differ.Diff_Timeout = 0
    diffs = differ.diff_main(encoded(old), encoded(new), checklines=False)
    differ.diff_cleanupSemantic(diffs)
    tokens = {code: token for token, code in codes.items()}
    return [Op(_KINDS[kind], "".join(tokens[code] for code in text)) for kind, text in diffs if text]


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
