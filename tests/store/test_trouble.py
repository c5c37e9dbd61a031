"""A database that cannot be used says so in words, and nothing is half written."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from models.errors import Unavailable
from models.tables import Covenant
from store import records, schema, views
from store.engine import Database
from tests.conftest import Postgres
from tests.store.samples import NOW, SLUG, asks, entry, opened, said, write

NOWHERE = "postgresql+asyncpg://polder:geheim@127.0.0.1:1/polder"


def in_words(error: Unavailable, where: str) -> None:
    assert error.code == "database_unavailable"
    assert where in error.words.nl
    assert where in error.words.en
    assert "Er is niets verloren" in error.words.nl
    assert "geheim" not in str(error.details())


async def refused(url: str) -> Unavailable:
    database = Database(url)
    try:
        with pytest.raises(Unavailable) as reading:
            await views.covenants(database)
        with pytest.raises(Unavailable) as writing:
            await records.append(database, [said("e1")])
        assert reading.value.evidence == writing.value.evidence
        return writing.value
    finally:
        await database.close()


@pytest.mark.parametrize("content", [b"this is no database " * 500, b"SQLite format 3\0" + b"\xff" * 8000])
async def test_a_file_that_is_no_database(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.db"
    path.write_bytes(content)
    url = f"sqlite+aiosqlite:///{path}"

    in_words(await refused(url), "broken.db")
    with pytest.raises(Unavailable) as upgrading:
        await schema.upgrade(url)

    in_words(upgrading.value, "broken.db")
    assert path.read_bytes() == content


async def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    url = f"sqlite+aiosqlite:///{tmp_path}/file/polder.db"

    with pytest.raises(Unavailable) as opening:
        Database(url)
    with pytest.raises(Unavailable) as upgrading:
        await schema.upgrade(url)

    in_words(opening.value, "file/polder.db")
    in_words(upgrading.value, "file/polder.db")


async def test_a_server_that_does_not_answer() -> None:
    in_words(await refused(NOWHERE), "127.0.0.1:1")
    with pytest.raises(Unavailable) as upgrading:
        await schema.upgrade(NOWHERE)
    in_words(upgrading.value, "127.0.0.1:1")


async def test_a_database_the_server_does_not_have(postgres: Postgres) -> None:
    in_words(await refused(postgres.url("nobody_made_this")), "nobody_made_this")


async def test_a_database_without_the_schema(empty_url: str) -> None:
    in_words(await refused(empty_url), "polder db upgrade")


async def test_a_server_that_goes_away_while_it_is_written_to(postgres: Postgres) -> None:
    database = Database(postgres.create("migrated"))
    await opened(database)

    with pytest.raises(Unavailable) as lost:  # noqa: PT012 the end of the block raises too
        async with database.write() as session:
            await records.append_in(session, [entry("e1", asks("fnv"))], lock=True)
            await (await session.connection()).execute(sa.text("SELECT pg_terminate_backend(pg_backend_pid())"))

    in_words(lost.value, "postgresql")
    assert len(await views.events(database, SLUG)) == 1
    assert await views.waiting(database) == []
    assert (await write(database, said("e2"))).seq == 2
    assert await views.chain_break(database, SLUG) is None
    await database.close()


async def test_a_file_damaged_while_it_is_in_use(sqlite_url: str, tmp_path: Path) -> None:
    database = Database(sqlite_url)
    await opened(database)
    await database.close()
    path = tmp_path / "polder.db"
    whole = path.read_bytes()
    damaged = whole[:4096] + b"\xa5" * (len(whole) - 4096)
    path.write_bytes(damaged)

    in_words(await refused(sqlite_url), "polder.db")

    assert path.read_bytes() == damaged
    path.write_bytes(whole)
    assert await views.chain_break(database, SLUG) is None
    assert len(await views.events(database, SLUG)) == 1
    await database.close()


async def test_a_value_that_does_not_fit_is_no_reason_to_blame_the_server(postgres: Postgres) -> None:
    database = Database(postgres.create("migrated"))
    await opened(database)

    with pytest.raises(DBAPIError, match="too long"):
        async with database.write() as session:
            (await session.get_one(Covenant, SLUG)).text_sha = "f" * 65

    assert (await views.covenant(database, SLUG)).text_sha is None
    assert (await views.covenant(database, SLUG)).opened_at == NOW
    await database.close()
