"""Which entries of the record a dossier shows whole, and of which only the hash.

An entry that is shown whole can be verified; of one that is not, hashes keep the chain whole and say nothing: what they
are taken of holds a salt, so that few possible words cannot be tried one by one (ADR 0017).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from models.enums import DocumentKind, PartyStatus
from rules import lanes, telling

PUBLIC_DOCUMENTS = {DocumentKind.FINAL, DocumentKind.SEALED}
MAILS = {"task_undeliverable"}
"""What says who could not be reached: for the offices only."""

Change = Mapping[str, Any]


def is_public(changes: Sequence[Change], reason: str | None) -> bool:
    """Whether everybody may read an entry: as the register shows it, signatures and the covenant's own standing."""
    told = [one for one in changes if one.get("change") != "said"]  # words about a public change are public
    return bool(told) and reason is None and all(_public(one) for one in told)


def _public(change: Change) -> bool:
    match change.get("change"):
        case "signed" | "revised":
            return True
        case "task_answered":
            return bool(change["content"].get("kind") == "signature")
        case "document_made":
            return change["kind"] in PUBLIC_DOCUMENTS
        case "covenant_changed":
            return "held_reason" not in change
        case "party_changed":
            return bool(change["status"] == PartyStatus.ACTIVE)  # who joined; why somebody left is the table's
    return False


def shows(
    changes: Sequence[Change], reads: lanes.Reads, *, office: bool, hidden: int | None, own: str | None
) -> bool:  # fmt: skip
    """Whether somebody at the table may read an entry.

    Args:
        changes: of the entry.
        reads: whether the reader is in a lane.
        office: whether they hold an office there.
        hidden: the round of which others' answers are not shown (`rules.showing.hidden_round`).
        own: the party they sit there for.
    """
    place = telling.lane(changes)
    if place is not None and not reads(lanes.Place(*place)):
        return False
    if not office and any(one.get("change") in MAILS for one in changes):
        return False
    return hidden is None or not any(
        one.get("change") == "task_answered" and one.get("round") == hidden and one.get("respondent") != own
        for one in changes
    )
