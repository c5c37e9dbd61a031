"""What commands stand on: the settings, the database, the Temporal client, and the loop they run in."""

import asyncio
import os
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from acts.explaining import expected
from models.errors import InvalidFile, Refusal, Unavailable, oddity
from runtime.settings import Settings
from runtime.settings import settings as read_settings
from store.engine import Database

Result = TypeVar("Result")


def run(work: Coroutine[Any, Any, Result]) -> Result:
    """Run a command's work."""
    return asyncio.run(work)


# --- settings ---------------------------------------------------------------------------------------------------------


def settings(**overrides: object) -> Settings:
    """Return the settings, with what the command line says instead.

    Raises:
        InvalidFile: a variable has a value that cannot be used; it names every such variable and what would do.
    """
    try:
        found = read_settings()
    except ValidationError as error:
        raise invalid_settings(error) from None
    given = {name: value for name, value in overrides.items() if value is not None}
    return found.model_copy(update=given)


def invalid_settings(error: ValidationError) -> InvalidFile:
    """Say in words which variables cannot be used."""
    nl, en, names = [], [], []
    for one in error.errors(include_url=False):
        name = _variable(one)
        wanted = expected(one)
        secret = "secret" in name.lower() or "password" in name.lower() or not name
        odd = oddity(one["input"])
        given = ("", "") if secret else tuple(f": {word}" for word in odd) if odd else (f"={one['input']}",) * 2
        nl.append(f"{name or 'instellingen'}{given[0]}: verwacht: {wanted.nl}.")
        en.append(f"{name or 'settings'}{given[1]}: expected: {wanted.en}.")
        names.append(name)
    where = ("Zie ook .env in deze map.", "See also .env in this folder.") if Path(".env").exists() else ("", "")
    return InvalidFile(
        "invalid_settings",
        "\n".join([*nl, *filter(None, [where[0]])]),
        "\n".join([*en, *filter(None, [where[1]])]),
        {"variables": ", ".join(filter(None, names))},
    )


def _variable(one: ErrorDetails) -> str:
    if not one["loc"]:
        return ""
    name = str(one["loc"][0])
    return name if name.isupper() else f"POLDER_{name.upper()}"


OPTIONS = {
    "act": "--act",
    "amendment": "AMENDMENT",
    "base_sha": "--sha",
    "clause": "CLAUSE",
    "code": "--code",
    "comment": "--comment",
    "ground": "--ground",
    "lift": "--lift",
    "name": "--name",
    "nl": "--nl",
    "en": "--en",
    "on_behalf": "--reason (with/bij --on-behalf)",
    "party": "--party",
    "person": "--as",
    "reason": "--reason",
    "stance": "--stance",
    "email": "--email",
    "powers": "--power",
    "text": "--item, --text",
    "themes": "--theme",
    "theme": "--theme",
    "title": "--title",
    "to": "--to",
}
"""How a person typed what a field holds."""


def invalid_values(error: ValidationError) -> Refusal:
    """Say in words which values of an act cannot be used."""
    nl, en = [], []
    for one in error.errors(include_url=False)[:20]:
        name = ".".join(str(part) for part in one["loc"]) or error.title
        name = OPTIONS.get(name.rpartition(".")[2], name)
        given = oddity(one["input"]) or (f"'{str(one['input'])[:60]}'",) * 2
        wanted = expected(one)
        nl.append(f"{name} {given[0]}: verwacht: {wanted.nl}.")
        en.append(f"{name} {given[1]}: expected: {wanted.en}.")
    return Refusal("invalid_value", "\n".join(nl), "\n".join(en))


# --- the database -----------------------------------------------------------------------------------------------------


@asynccontextmanager
async def database(found: Settings) -> AsyncIterator[Database]:
    """Open the database for a command.

    Raises:
        Unavailable: there is none yet, or it cannot be used.
    """
    path = sa.make_url(found.database).database if found.database.startswith("sqlite") else None
    if path:
        _check_file(path)
    db = Database(found.database)
    try:
        yield db
    finally:
        await db.close()


def _check_file(path: str) -> None:
    if not Path(path).exists():
        raise Unavailable(
            "no_database",
            f"Er is nog geen database {path}. Verwacht: start Polder met `polder up`, of zet POLDER_STATE op de map "
            "waar hij staat.",
            f"There is no database {path} yet. Expected: start Polder with `polder up`, or set POLDER_STATE to the "
            "folder it is in.",
            {"database": path},
        )
    if not os.access(path, os.R_OK | os.W_OK):
        raise Unavailable(
            "database_not_yours",
            f"De database {path} is niet te lezen of te schrijven. Verwacht: rechten op dit bestand.",
            f"The database {path} cannot be read or written. Expected: permission on this file.",
            {"database": path},
        )
