"""What the parties are shown of each other, and until when an answer may be given anew: for pages and API alike."""

from models.enums import StepStatus, TaskKind, TaskStatus
from rules.access import OFFICES, PROXIES, Viewer

REPLACEABLE = {TaskKind.CONTRIBUTION, TaskKind.APPROVAL, TaskKind.POSITIONS, TaskKind.RATIFICATION}
"""What may be answered otherwise until the step or round is over (`may_change` of the workflows)."""

IN_CONFIDENCE = {TaskKind.PLAN, TaskKind.REPORT, TaskKind.RATIFICATION}
"""What is delivered to the secretariat, not to the table: of a company, or the minutes of a party's own members."""


def hidden_round(viewer: Viewer, open_round: int | None) -> int | None:
    """Return the round of which someone sees only that others answered, not what.

    While a round is open nobody's position should lean on another's. The offices at the table see each as it comes.
    """
    return None if viewer.relations & OFFICES else open_round


def may_replace(kind: TaskKind, status: TaskStatus, *, round_open: bool | None, step: StepStatus | None) -> bool:
    """Whether a page offers to answer a task that was answered: its round is open, or its step still runs."""
    if status is not TaskStatus.ANSWERED or kind not in REPLACEABLE:
        return False
    return round_open if round_open is not None else step is StepStatus.ACTIVE


def shows_document(viewer: Viewer, kind: TaskKind | None, respondent: str | None, *, reads_text: bool) -> bool:
    """Whether someone may download a document of the covenant.

    Args:
        viewer: who asks.
        kind: of the task it was delivered for; none for what Polder made.
        respondent: who delivered it.
        reads_text: whether they may see the covenant's text.
    """
    if respondent is not None and any(seat.party == respondent for seat in viewer.seats):
        return True
    if kind in IN_CONFIDENCE:
        return bool(viewer.relations & PROXIES)
    return reads_text
