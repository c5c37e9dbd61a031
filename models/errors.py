"""The one error hierarchy: code, audience, words in both languages, and evidence.

PolderError
├── Refusal        a person's act that the rules do not allow   (exit 2, HTTP 422, Temporal non-retryable)
│   └── Forbidden  a page or act that is somebody else's        (exit 2, HTTP 403)
├── InvalidFile    a file that does not say what it should      (exit 3)
├── NotFound       a covenant, task or person that is not there (exit 4)
├── Conflict       it exists already, or has moved on           (exit 5)
└── Unavailable    a server or database out of reach            (exit 6)

Mapped once to Temporal in `workflows/refusing.py`, to exit codes in `cli/exits.py`, to HTTP in `web/problems.py`.
"""

import math
from collections.abc import Mapping
from typing import Any

from models.base import Words, unfit
from models.enums import Audience


def _shown(text: str) -> str:
    """Make text that may echo what someone typed fit to be shown: control characters as their escape."""
    return "".join(f"\\u{ord(c):04x}" if unfit(c) else c for c in text)[:4000]


def oddity(value: object) -> tuple[str, str] | None:
    """Say in both languages what is odd about a value that shows badly: blank text, or a float that is no number."""
    if isinstance(value, str) and value and not value.strip():
        return "alleen spaties", "only spaces"
    if isinstance(value, float) and math.isnan(value):
        return "'nan', dat is geen getal", "'nan', which is no number"
    if isinstance(value, float) and math.isinf(value):
        return "oneindig ('inf')", "infinity ('inf')"
    return None


class PolderError(Exception):
    """Something Polder can explain.

    Attributes:
        code: stable, for programs; never branch on the text.
        words: what was wrong, where, and what would be accepted, in both languages.
        evidence: the values that were looked at.
    """

    audience = Audience.USER
    kind = "error"

    def __init__(self, code: str, nl: str, en: str, evidence: Mapping[str, str] | None = None) -> None:
        super().__init__(en)
        self.code = code
        self.words = Words(nl=_shown(nl), en=_shown(en))
        self.evidence: dict[str, str] = dict(evidence or {})

    def details(self) -> dict[str, Any]:
        """Return what travels with the error through Temporal, HTTP and `--json`."""
        return {
            "kind": self.kind,
            "code": self.code,
            "audience": self.audience.value,
            "nl": self.words.nl,
            "en": self.words.en,
            "evidence": self.evidence,
        }


class Refusal(PolderError):
    """An act the rules do not allow."""

    kind = "refusal"


class Forbidden(Refusal):
    """A page or act that is somebody else's."""

    kind = "forbidden"


class InvalidFile(PolderError):
    """A playbook, covenant or scenario file that cannot be used."""

    kind = "invalid_file"


class NotFound(PolderError):
    """Something that is not there."""

    kind = "not_found"


class Conflict(PolderError):
    """Something that exists already or has changed meanwhile."""

    kind = "conflict"


class Unavailable(PolderError):
    """Temporal, the database or the mail server cannot be reached. Nothing was lost: try again."""

    audience = Audience.OPERATOR
    kind = "unavailable"


KINDS: dict[str, type[PolderError]] = {
    cls.kind: cls for cls in (PolderError, Refusal, Forbidden, InvalidFile, NotFound, Conflict, Unavailable)
}


def from_details(details: Mapping[str, Any]) -> PolderError | None:
    """Return the error that `PolderError.details` described, or None when it is something else."""
    if not {"kind", "code", "nl", "en"} <= set(details):
        return None
    cls = KINDS.get(details["kind"], PolderError)
    return cls(details["code"], details["nl"], details["en"], details.get("evidence"))
