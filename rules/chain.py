"""The hash chain that shows when a record was changed afterwards."""

import hashlib
import json
import math
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from enum import Enum

from pydantic import BaseModel

from models.commitments import Commitment

GENESIS = "0" * 64
"""What the first entry of a chain links to."""

_LINKS = frozenset({"prev", "sha256"})


def _plain(value: object) -> object:  # noqa: PLR0911
    match value:
        case Enum():
            return _plain(value.value)
        case None | bool() | int() | str():
            return value
        case float() if math.isfinite(value):
            return value
        case datetime() if value.tzinfo is not None:
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case float() | datetime():
            msg = f"has no canonical form: {value!r}"
            raise ValueError(msg)
        case date():
            return value.isoformat()
        case BaseModel():
            return _plain(value.model_dump())
        case Mapping():
            return {_key(key): _plain(item) for key, item in value.items()}
        case list() | tuple():
            return [_plain(item) for item in value]
    msg = f"has no canonical form: {type(value).__name__}"
    raise TypeError(msg)


def _key(key: object) -> str:
    plain = _plain(key)
    if not isinstance(plain, str):
        msg = f"a key must be text: {key!r}"
        raise TypeError(msg)
    return plain


def canonical(value: object) -> bytes:
    """Write a value in the one form its hash is taken of.

    JSON with sorted keys, no spaces, UTF-8; moments as ISO 8601 in UTC with Z, enums by their value.

    Raises:
        ValueError: NaN, an infinite number, a moment without time zone, or text that is not valid Unicode.
        TypeError: a kind of value that has no such form.
    """
    text = json.dumps(_plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode()


def sha256(data: bytes) -> str:
    """Give the SHA-256 in lower-case hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def text_sha(nl: str, en: str, commitments: Sequence[Commitment] = ()) -> str:
    """Identify a clause text in both languages, with what it commits to.

    The same letters typed in another way (NFC) are the same text.
    """
    return sha256(text_bytes(nl, en, commitments))


def text_bytes(nl: str, en: str, commitments: Sequence[Commitment] = ()) -> bytes:
    """Write a text in the form its hash is taken of; one without commitments as before there were any (ADR 0014)."""
    both: dict[str, object] = {"en": unicodedata.normalize("NFC", en), "nl": unicodedata.normalize("NFC", nl)}
    if commitments:
        both["commitments"] = [
            one.model_dump(exclude_none=True, exclude={"what"})
            | {
                "what": {
                    "en": unicodedata.normalize("NFC", one.what.en),
                    "nl": unicodedata.normalize("NFC", one.what.nl),
                }
            }
            for one in commitments
        ]
    return canonical(both)


def link(header: Mapping[str, object], prev: str) -> str:
    """Give the hash of an entry, which also seals everything before it.

    It is taken of the header's hash, so that who may not read the header can follow the chain all the same (ADR 0017).

    Args:
        header: what the entry says, without `prev` and `sha256`.
        prev: the hash of the entry before, or GENESIS.

    Raises:
        ValueError, TypeError: the header has no canonical form.
    """
    return sha256(canonical({"header_sha256": sha256(canonical(header)), "prev": prev}))


def first_link(header: Mapping[str, object], prev: str) -> str:
    """Give the hash of an entry as it was taken before ADR 0017: of the header itself."""
    return sha256(canonical({**header, "prev": prev}))


def verify(entries: Iterable[Mapping[str, object]]) -> int | None:
    """Find the first broken link.

    Args:
        entries: from the first on, each a header with its `prev` and `sha256`.

    Returns:
        The index of the first entry that is not what was sealed, or None when the chain is whole.
    """
    prev = GENESIS
    for index, entry in enumerate(entries):
        header = {key: value for key, value in entry.items() if key not in _LINKS}
        if entry.get("prev") != prev or entry.get("sha256") not in {link(header, prev), first_link(header, prev)}:
            return index
        prev = str(entry["sha256"])
    return None
