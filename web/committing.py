"""The commitments of a clause as fields of a form: a row each, and one more to add another."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from pydantic import ValidationError

from models.commitments import MOST, Commitment
from web.forms import Filled

FIELDS = ("who", "nl", "en", "due", "months", "norm")


class Row(NamedTuple):
    """One commitment as it stands in the form."""

    who: str
    nl: str
    en: str
    due: str
    months: str
    norm: str


EMPTY = Row("", "", "", "", "", "")


def rows(f: Filled, clause: str, now: Sequence[Commitment]) -> list[Row]:
    """Return the rows as they were typed, else as the current version has them; the last is empty."""
    shown = [one for one in _typed(f, clause) if _meant(one)] if f.get(f"commits-{clause}") else _kept(now)
    return [*shown, EMPTY][:MOST]


def begin(f: Filled, clause: str, now: Sequence[Commitment]) -> None:
    """Put the commitments of the current version in the form, to be changed there."""
    if f.get(f"commits-{clause}"):
        return
    kept = _kept(now)
    f.values[f"commits-{clause}"] = [str(len(kept) + 1)]
    for at, row in enumerate(kept):
        f.values |= {f"commit-{clause}-{at}-{name}": [value] for name, value in row._asdict().items()}


def _typed(f: Filled, clause: str) -> list[Row]:
    count = f.get(f"commits-{clause}")
    many = int(count) if count.isascii() and count.isdigit() and len(count) <= len(str(MOST)) else 0
    return [Row(*(f.get(f"commit-{clause}-{at}-{name}").strip() for name in FIELDS)) for at in range(min(many, MOST))]


def _meant(row: Row) -> bool:
    """Whether a row says something; who empties what is done takes the commitment out."""
    return bool(row.nl or row.en)


def _kept(now: Sequence[Commitment]) -> list[Row]:
    return [
        Row(one.who, one.what.nl, one.what.en, one.due.isoformat() if one.due else "", str(one.months or ""),
            one.norm or "")
        for one in now
    ]  # fmt: skip


def read(f: Filled, clause: str, now: Sequence[Commitment], *, note: bool = False) -> list[Commitment]:
    """Return the commitments as they were typed; a row that cannot be is left out, and noted at its field if asked."""
    if not f.get(f"commits-{clause}"):
        return list(now)
    found: list[Commitment] = []
    for at, row in enumerate(one for one in _typed(f, clause) if _meant(one)):
        given: Mapping[str, object] = {
            "who": row.who, "what": {"nl": row.nl, "en": row.en}, "due": row.due or None, "months": row.months or None,
            "norm": row.norm or None,
        }  # fmt: skip
        try:
            found.append(Commitment.model_validate(given))
        except ValidationError as error:
            if note:
                name = f"commit-{clause}-{at}-"
                places = {"what.nl": f"{name}nl", "what.en": f"{name}en", "": f"{name}nl", "what": f"{name}nl"}
                f.invalid(error, places | {one: f"{name}{one}" for one in ("who", "due", "months", "norm")})
    return found
