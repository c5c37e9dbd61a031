"""Timestamps over the heads of the chains: made each night, kept with the dossier, checked with and without Polder."""

import asyncio
import re
import subprocess
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from lives import Engine, table_on
from pyhanko.sign.timestamps import DummyTimeStamper, TimestampRequestError
from table import Table
from temporalio.client import Client
from temporalio.worker import Worker
from test_dossier import made, packed, unpacked
from trust_service import timestamps

from activities.authority import PartyAuthority, certificate_store
from activities.providing import means_of, seal_of
from activities.stamping import Stamps, read
from acts import verifier, verifying
from acts.stamping import HOUR, start_stamps
from acts.verifying import Kind, Outcome
from models import ids
from models.stamping import StampMoment, StampRun
from rules.calendar import AMSTERDAM
from runtime.settings import Settings
from runtime.temporal import workflow_runner
from store import stamps, views
from store.engine import Database
from workflows.stamps import StampWorkflow

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def authority(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[str, Path]]:
    """A timestamp authority at an address, and the file that says to trust it."""
    folder = tmp_path_factory.mktemp("tsa")
    own = PartyAuthority.open(folder)
    stamper = DummyTimeStamper(
        own.timestamps.certificate, own.timestamps.key, certificate_store.from_certs(own.timestamps.above)
    )
    (folder / "tsa.pem").write_text(re.findall(r"-----BEGIN CERT.*?-----END CERT[^-]*-----\n", (folder / "parties.pem").read_text(), re.DOTALL)[0])  # fmt: skip  # noqa: E501
    async with timestamps(stamper) as url:
        yield url, folder / "tsa.pem"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def stamped(engine: Engine, authority: tuple[str, Path]) -> tuple[Table, Settings]:
    """A covenant whose head was stamped by the workflow on the real server, twice, with something between."""
    client, db, settings = engine
    table = table_on(engine)
    await table.launch()
    queue = f"stamps-{table.slug}"
    activity = Stamps(db, authority[0]).stamp_heads
    async with Worker(
        client, task_queue=queue, workflows=[StampWorkflow], activities=[activity], workflow_runner=workflow_runner()
    ):
        for number in range(2):
            count = await client.execute_workflow(
                StampWorkflow.run, StampRun(), id=f"{queue}-{number}", task_queue=queue
            )
            assert count >= 1 - number, "others' covenants may move meanwhile"
    return table, settings.model_copy(update={"tsa_url": authority[0], "trusted": str(authority[1])})


async def test_the_newest_timestamp_is_told_and_proves_the_head(stamped: tuple[Table, Settings]) -> None:
    table, settings = stamped
    every = await stamps.of(table.db, table.slug)
    assert len({one.seq for one in every}) == len(every)
    kept = every[-1]
    assert kept.head == (await views.events(table.db, table.slug, limit=10_000))[kept.seq - 1].sha256
    found = await verifying.verify(table.db, seal_of(settings), await made(table, "fay"))
    assert found.outcome is Outcome.GENUINE, [one.words.en for one in found.findings]
    said = [one.words.en for one in found.findings if one.kind is Kind.PROVEN]
    assert any(re.match(rf"Up to and including entry {kept.seq} the chain was so on 20\d\d-", one) for one in said)

    stranger = await verifying.verify(table.db, seal_of(table.settings), await made(table, "fay"))
    assert stranger.outcome is Outcome.GENUINE
    unknown = [one.words.en for one in stranger.findings if one.kind is Kind.UNKNOWN]
    assert any("is of who is not trusted by this installation" in one for one in unknown)


async def test_openssl_verifies_it_as_the_program_in_the_dossier_says(
    stamped: tuple[Table, Settings], authority: tuple[str, Path], tmp_path: Path
) -> None:
    table, _ = stamped
    kept = (await stamps.of(table.db, table.slug))[-1]
    token = tmp_path / "one.tsr"
    token.write_bytes(kept.token)

    async def verified(digest: str) -> bool:
        process = await asyncio.create_subprocess_exec(
            "openssl", "ts", "-verify", "-token_in", "-in", token, "-digest", digest, "-CAfile", authority[1],
            stdout=PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        await process.communicate()
        return process.returncode == 0

    assert await verified(kept.head)
    assert not await verified("0" * 64)
    report = verifier.check(await made(table, ""))
    assert report.fine
    assert any("openssl ts -verify" in en for _, _, en in report.findings)


async def test_a_forged_timestamp_is_named(stamped: tuple[Table, Settings]) -> None:
    table, settings = stamped
    files = unpacked(await made(table, "fay"))
    name = max(one for one in files if one.startswith("stamps/"))
    broken = bytearray(files[name])
    broken[-1] ^= 1
    forged = {**files, name: bytes(broken)}
    found = await verifying.verify(table.db, seal_of(settings), packed(forged))
    assert found.outcome is Outcome.CHANGED
    assert any("is not valid" in one.words.en for one in found.findings)

    later = name.replace(name[7:13], f"{int(name[7:13]) + 1:06}")
    for other in ({**files, later: files[name]}, {**files, "stamps/x.tsr": b""}):
        told = verifier.check(packed(other))
        assert any("is not over an entry of this chain" in en for _, _, en in told.findings)
        assert not told.fine


@pytest.mark.parametrize("token", [b"", b"0", b"0" * 200_000, bytes(64)])
async def test_what_is_no_timestamp_is_not_valid(stamped: tuple[Table, Settings], token: bytes) -> None:
    assert await read(token, "0" * 64, seal_of(stamped[1]).trust) == (False, False, None)


async def test_an_authority_that_is_away_stamps_nothing(stamped: tuple[Table, Settings]) -> None:
    table, _ = stamped
    other = table_on((table.client, table.db, table.settings))
    await other.launch()
    with pytest.raises(TimestampRequestError):
        await Stamps(table.db, "http://127.0.0.1:9/").stamp_heads(StampMoment(at=await other.now()))
    assert await stamps.of(table.db, other.slug) == []
    without = await Stamps(table.db, "").stamp_heads(StampMoment(at=await other.now()))
    assert (without.stamped, without.after) == (0, None)


async def test_it_is_scheduled_each_night_where_there_is_an_authority(
    engine: tuple[Client, Database, Settings], stamped: tuple[Table, Settings]
) -> None:
    client, _, plain = engine
    assert await start_stamps(client, plain) is None
    handle = await start_stamps(client, stamped[1])
    assert handle is not None
    found = await handle.describe()
    assert found.id == ids.STAMPS
    assert {moment.astimezone(AMSTERDAM).hour for moment in found.info.next_action_times} == {HOUR}
    await handle.delete()
    assert means_of(plain).timestamper is None
