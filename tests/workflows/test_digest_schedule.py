"""The schedule of the digests on the real server, and what it starts."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from table import Table
from temporalio.client import Client

from acts.digesting import HOUR, start_digests
from models import ids
from models.accounts import Digest
from models.digesting import DigestRun
from models.enums import Language
from rules.calendar import AMSTERDAM
from runtime.settings import Settings
from store import accounts
from store.engine import Database
from workflows.digests import DigestWorkflow

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_starting_twice_is_one_schedule_at_eight_on_weekdays_in_amsterdam(
    engine: tuple[Client, Database, Settings],
) -> None:
    client, _, settings = engine
    for _ in range(2):
        handle = await start_digests(client, settings.task_queue)
    found = await handle.describe()
    assert found.id == ids.DIGESTS
    for moment in found.info.next_action_times:
        local = moment.astimezone(AMSTERDAM)
        assert (local.hour, local.minute, local.weekday() < 5) == (HOUR, 0, True)
    assert len({moment.date() for moment in found.info.next_action_times}) > 1

    await handle.pause(note="no mail today")
    await start_digests(client, settings.task_queue)
    assert (await handle.describe()).schedule.state.paused, "an operator's pause stays"
    await handle.unpause()


async def test_what_it_starts_sends_what_is_asked_for(table: Table) -> None:
    await table.launch()
    address = "union@example.org"
    await accounts.opened(table.db, address, Language.EN, datetime.now(UTC))
    await accounts.prefer(table.db, address, digest=Digest.WEEKLY)

    async def on(day: date) -> int:
        at = datetime.combine(day, time(HOUR), AMSTERDAM)
        sent: int = await table.client.execute_workflow(
            DigestWorkflow.run, DigestRun(at=at), id=f"{ids.DIGESTS}-{table.slug}-{day}",
            task_queue=table.settings.task_queue,
        )  # fmt: skip
        return sent

    monday = date(2030, 1, 7)
    assert await on(date(2030, 1, 6)) == await on(date(2030, 1, 1)) == 0
    assert (await on(monday), await on(monday + timedelta(days=1))) == (1, 0), "weekly, on the first working day"

    kept = await accounts.account(table.db, address)
    assert kept is not None
    assert kept.digest_at == datetime.combine(monday, time(HOUR), AMSTERDAM)
    (mail,) = table.settings.outbox.glob(f"20300107T080000-polder-*-{address}-*.eml")
    assert f"{table.settings.public_url}/tasks/{table.slug}/principles/union" in mail.read_text()
