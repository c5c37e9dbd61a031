"""Making an editorial fix that nobody objected to, or telling that it came too late."""

from collections.abc import Sequence

from temporalio import workflow

from models.contracts import ClauseRef
from models.enums import Role
from models.ground import PartyQuestion
from rules import approving, balance
from workflows.human_tasks import Desk
from workflows.notices import notice

OVERTAKEN_TOLD = "an-overtaken-fix-is-told"
"""Patch: before it, who had heard that a fix was carried did not hear that it came too late."""


async def make_fix(desk: Desk, clauses: Sequence[ClauseRef], question: PartyQuestion) -> None:
    """Make a fix in the clauses, in place; of one that the text has overtaken everybody who was asked is told."""
    entry = approving.fixed(desk.entry, desk.slug, clauses, question)
    await desk.recorder.write(entry)
    if entry.kind != approving.TOO_LATE or not workflow.patched(OVERTAKEN_TOLD):
        return
    told = approving.overtaken_words(question)
    asked = [(party.id, None) for party in balance.seated(desk.roster)]
    await desk.post(
        [
            notice(f"{desk.slug}/{question.key}/overtaken/{who}", who, *told, role=role)
            for who, role in [*asked, (Role.FACILITATOR.value, Role.FACILITATOR)]
        ]
    )
