"""An obstacle in a playbook or covenant, named in both languages: what is wrong, where, what would be accepted."""

from collections.abc import Iterable
from difflib import get_close_matches

from models.base import Strict, Words


class Problem(Strict):
    """One obstacle.

    Attributes:
        path: where it is in the file, such as `steps.3.after`.
        words: what is wrong and what would be accepted.
        wanted: only what would be accepted, for who has what is wrong before their eyes, as in a form.
        empty: nothing was given where something is needed.
    """

    path: str
    words: Words
    wanted: Words | None = None
    empty: bool = False


def wrong(nl: str, en: str, wanted_nl: str, wanted_en: str) -> Words:
    """Return what is wrong and what would be accepted, in the shape of every line about a file."""
    return Words(nl=f"{nl}; verwacht: {wanted_nl}"[:4000], en=f"{en}; expected: {wanted_en}"[:4000])


def one_of(value: object, allowed: Iterable[object]) -> tuple[str, str]:
    """Return 'one of: …' in Dutch and English, with a near-match when there is one."""
    names = [_shown(name) for name in allowed]
    if not names:
        return "niets", "nothing"
    near = get_close_matches(str(value), names, n=1)
    listed = ", ".join(names)
    nl = f" (bedoelt u '{near[0]}'?)" if near else ""
    en = f" (did you mean '{near[0]}'?)" if near else ""
    return f"een van: {listed}{nl}", f"one of: {listed}{en}"


def _shown(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def unknown(path: str, what_nl: str, what_en: str, value: object, allowed: Iterable[object]) -> Problem:
    """Return that a name or value is not one of those there are."""
    nl, en = one_of(value, allowed)
    shown = _shown(value)
    return Problem(path=path, words=wrong(f"onbekende {what_nl} '{shown}'", f"unknown {what_en} '{shown}'", nl, en))


def problem(path: str, nl: str, en: str, wanted_nl: str, wanted_en: str) -> Problem:
    """Return an obstacle: what is wrong, and what would be accepted."""
    return Problem(path=path, words=wrong(nl, en, wanted_nl, wanted_en))


def doubles(ids: Iterable[tuple[str, str]]) -> list[Problem]:
    """Find ids given twice among (path, id) pairs of one kind."""
    first: dict[str, str] = {}
    found = []
    for path, name in ids:
        if name in first:
            says = wrong(
                f"'{name}' bestaat al bij {first[name]}",
                f"'{name}' is already used at {first[name]}",
                "een andere, unieke naam",
                "another, unique name",
            )
            wanted = Words(nl=f"een ander; '{name}' is al in gebruik", en=f"another; '{name}' is already used")
            found.append(Problem(path=path, words=says, wanted=wanted))
        first.setdefault(name, path)
    return found
