"""What a command ends with, decided in one place."""

from enum import IntEnum

from models.errors import PolderError


class Exit(IntEnum):
    """The exit codes; `polder --help` prints them."""

    OK = 0
    CHECK_FAILED = 1
    REFUSED = 2
    INVALID_FILE = 3
    NOT_FOUND = 4
    CONFLICT = 5
    UNAVAILABLE = 6
    UNEXPECTED = 70
    INTERRUPTED = 130


BY_KIND = {
    "refusal": Exit.REFUSED,
    "forbidden": Exit.REFUSED,
    "invalid_file": Exit.INVALID_FILE,
    "not_found": Exit.NOT_FOUND,
    "conflict": Exit.CONFLICT,
    "unavailable": Exit.UNAVAILABLE,
}

MEANINGS = (
    (Exit.OK, "done"),
    (Exit.CHECK_FAILED, "a check failed (events --verify, document --check)"),
    (Exit.REFUSED, "refused by the rules, or wrong usage"),
    (Exit.INVALID_FILE, "a file or setting does not say what it should"),
    (Exit.NOT_FOUND, "not there"),
    (Exit.CONFLICT, "exists already, has moved on, or a port is taken"),
    (Exit.UNAVAILABLE, "Temporal or the database is out of reach; nothing was lost"),
    (Exit.UNEXPECTED, "a bug"),
    (Exit.INTERRUPTED, "interrupted"),
)

EPILOG = "\n".join(["Exit codes:", *(f"{code.value:>3}  {meaning}" for code, meaning in MEANINGS)])


def exit_code(error: PolderError) -> Exit:
    """Return the exit code of an error."""
    return BY_KIND.get(error.kind, Exit.UNEXPECTED)
