"""Declining to sign: everyone is told why, the facilitator decides, and who declined may still sign."""

from email import message_from_bytes, policy

import pytest
from lives import at_signing
from table import Table

from models import signing as sg
from models.enums import TaskKind, TaskStatus
from models.errors import PolderError
from store import views

pytestmark = pytest.mark.asyncio(loop_scope="session")

REASON = "Clause 2 goes further than our members voted for."


def words_of(message: bytes) -> str:
    body = message_from_bytes(message, policy=policy.default).get_body(("plain",))
    return " ".join(str(body.get_content()).split()) if body else ""


async def declines(table: Table, party: str, *, by: str | None = None, reason: str = REASON) -> None:
    task = (await table.waiting())[party]
    await table.give(task, sg.DeclineAnswer(text_sha=task.text_sha or "", reason=reason), by=by)


@pytest.mark.slow(20)
async def test_who_declines_is_heard_by_all_and_may_still_sign(table: Table) -> None:
    await at_signing(table)  # union and guild signed
    for by, code in (("trade-aide", "no_mandate_to_sign"), ("union-lead", "no_mandate"), ("fay", "no_mandate")):
        with pytest.raises(PolderError) as refused:
            await declines(table, "trade", by=by)
        assert refused.value.code == code
    await declines(table, "trade")
    await table.settle()
    asked = (await table.waiting())["facilitator"]
    assert asked.kind is TaskKind.DECISION
    assert asked.title_en == f"trade (en) does not sign. Reason: {REASON} Prolong it or let it lapse?"
    for party in ("union", "trade", "shops"):
        mails = [one for one in await views.mails(table.db, table.slug) if one.person == f"{party}-lead"]
        assert any(REASON in words_of(one.message) for one in mails), f"{party} is told, those who signed too"
    assert (await table.waiting())["trade"].kind is TaskKind.SIGNATURE, "still asked"

    await table.decide("prolong", due_in=20)
    await table.sign(except_=("firm-2",))
    await declines(table, "firm-2", reason="We left the sector.")
    await table.settle()
    firm = await views.task(table.db, f"{table.slug}/signing/firm-2")
    assert (firm.status, firm.ended_en) == (TaskStatus.VOID, "does not take part: We left the sector.")
    await table.advance(1)
    assert (await views.covenant(table.db, table.slug)).signed_at is not None
    assert await views.chain_break(table.db, table.slug) is None


async def test_a_refusal_can_end_in_a_lapse(table: Table) -> None:
    await at_signing(table)
    await declines(table, "shops")
    await table.settle()
    await table.decide("lapse")
    await table.advance(1)
    assert (await table.steps())["signing"] == "failed"
    assert (await views.covenant(table.db, table.slug)).signed_at is None
