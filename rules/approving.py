"""Approvals are bound to a text: what an edit of a clause voids, restores or carries over. Pure (ADR 0011)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Protocol

from models.approving import ApprovalsChanged
from models.base import Words
from models.contracts import Change, ClauseChanged, ClauseRef, Entry, Said
from models.enums import ClauseStatus, Stance
from models.ground import PartyQuestion
from models.packages import Stays
from rules.texts import SUPPORTING


class Make(Protocol):
    """Makes an entry of the log."""

    def __call__(self, event: str, kind: str, *changes: Change, reason: str | None = None) -> Entry:
        """Make it."""


def supporters(clause: ClauseRef) -> list[str]:
    """Return the parties whose approval of exactly this text stands."""
    return [party for party, stance in clause.holds.items() if stance in SUPPORTING]


def revise(
    clause: ClauseRef, sha256: str, earlier: Mapping[str, Stance], seated: Collection[str]
) -> list[ApprovalsChanged]:
    """Give a clause its next text, and say whose approvals that voids and whose it restores.

    No approval is left on changed words. A text that is to the letter one that a party approved before, and did not
    take back, has its approval again: it was given to exactly these words.

    Args:
        clause: changed in place; its version grows and it is bracketed.
        sha256: of the next text.
        earlier: the latest stance of each party on exactly the next text, from when that was the text.
        seated: the parties at the table.
    """
    voided = supporters(clause)
    old, clause.sha256 = clause.sha256, sha256
    clause.version += 1
    clause.status = ClauseStatus.BRACKETED
    clause.conditions = {}
    clause.holds = {party: stance for party, stance in earlier.items() if party in seated and stance in SUPPORTING}
    said = [
        ApprovalsChanged(what="voided", clause=clause.id, sha256=old, becomes=sha256, parties=voided),
        ApprovalsChanged(what="restored", clause=clause.id, sha256=sha256, becomes=sha256, parties=list(clause.holds)),
    ]
    return [one for one in said if one.parties]


def fix(clause: ClauseRef, sha256: str) -> list[ApprovalsChanged]:
    """Give a clause a text that means the same: each position holds for it, and the status stays as it is.

    The one exception to voiding: every party was told and none objected.
    """
    old, clause.sha256 = clause.sha256, sha256
    clause.version += 1
    carried = list(clause.holds)
    if not carried:
        return []
    return [ApprovalsChanged(what="carried", clause=clause.id, sha256=old, becomes=sha256, parties=carried)]


def fixed(make: Make, slug: str, clauses: Sequence[ClauseRef], question: PartyQuestion) -> Entry:
    """Make a fix in the clauses, in place, and return its entry; one that came too late is told, and nothing changes.

    Args:
        make: makes an entry at the workflow's own time.
        slug: the covenant.
        clauses: as the workflow knows them.
        question: the fix that nobody objected to.
    """
    clause = next((one for one in clauses if one.id == question.clause), None)
    base, sha = question.base_sha, question.text_sha
    if clause is None or sha is None or clause.sha256 not in {base, sha}:
        return make(f"{slug}/{question.key}/overtaken", TOO_LATE, Said(words=OVERTAKEN), reason=question.reason)
    carried = fix(clause, sha) if clause.sha256 != sha else []
    _follow(clauses, Stays(clause=clause.id, sha256=base or sha), sha)
    changed = ClauseChanged(
        clause=clause.id, version=clause.version, sha256=clause.sha256, status=clause.status, reason=question.reason
    )
    return make(f"{slug}/{question.key}/fixed", "clause_fixed", changed, *carried, reason=question.reason)


def _follow(clauses: Iterable[ClauseRef], stays: Stays, sha256: str) -> None:
    """Let "if clause 7 stays" hold on: a text that means the same has stayed."""
    for one in clauses:
        one.conditions = {
            party: [stays.model_copy(update={"sha256": sha256}) if asked == stays else asked for asked in wanted]
            for party, wanted in one.conditions.items()
        }


TOO_LATE = "fix_overtaken"
OVERTAKEN = Words(
    nl="De redactionele verbetering is ingehaald: de tekst van het artikel is intussen gewijzigd",
    en="The editorial fix was overtaken: the text of the clause has changed meanwhile",
)


def overtaken_words(question: PartyQuestion) -> tuple[Words, Words]:
    """Return subject and text of the mail that a fix which nobody objected to came too late."""
    title = question.title
    return (
        Words(nl=f"Niet doorgevoerd: {title.nl}"[:300], en=f"Not made: {title.en}"[:300]),
        Words(
            nl=f"{OVERTAKEN.nl}. Niemand maakte bezwaar, maar de verbetering gaat over een eerdere versie en is niet "
            "doorgevoerd. De facilitator kan haar opnieuw voorstellen.",
            en=f"{OVERTAKEN.en}. Nobody objected, but the fix is about an earlier version and was not made. The "
            "facilitator can propose it anew.",
        ),
    )


def restored_words(number: str) -> tuple[Words, Words]:
    """Return subject and text of the mail to a party whose approval holds again."""
    return (
        Words(nl=f"Uw akkoord met artikel {number} geldt weer", en=f"Your approval of clause {number} holds again"),
        Words(
            nl=f"De tekst van artikel {number} is weer, letter voor letter, de tekst waarmee u eerder akkoord was. Uw "
            "akkoord geldt daarom weer; u hoeft niets te doen. Denkt u er nu anders over? Zeg het de facilitator.",
            en=f"The text of clause {number} is again, to the letter, the text that you approved before. So your "
            "approval holds again; you need do nothing. Do you think otherwise now? Tell the facilitator.",
        ),
    )
