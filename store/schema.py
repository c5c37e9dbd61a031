"""The schema's versions: Alembic, driven from code so that the embedded engine and `polder db upgrade` share it."""

import asyncio
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy.exc import SQLAlchemyError

from store.engine import folder_for, unavailable


def config(url: str) -> Config:
    """Return Alembic's configuration for a database."""
    made = Config()
    made.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    made.attributes["url"] = url
    return made


async def upgrade(url: str) -> None:
    """Bring a database to this version's schema; a database that has it is left alone.

    Of processes that do so at once one migrates, in one transaction, and the others wait for it
    (`store/migrations/env.py`).

    Raises:
        Unavailable: the database is out of reach, corrupt, or no database at all.
    """
    folder_for(url)
    try:
        await asyncio.to_thread(command.upgrade, config(url), "head")
    except (SQLAlchemyError, CommandError, OSError) as error:  # CommandError: the schema of a newer Polder
        raise unavailable(url, error) from error


def head() -> str:
    """Return the newest schema version this code knows."""
    return str(ScriptDirectory.from_config(config("")).get_current_head())
