"""What a next version makes of amendments: which fates fit, and how the movers are told."""

from collections.abc import Sequence

from models import contracts as c
from models.base import Words
from models.enums import AmendmentStatus
from models.errors import Refusal
from rules.labels import AMENDMENTS


def check_fates(content: c.DraftingAnswer, clauses: Sequence[c.ClauseRef]) -> None:
    """Refuse fates of amendments that are not open, twice the same, or taken up without a next version.

    Raises:
        Refusal: `unknown_amendment`, `fate_twice`, `fate_without_version`.
    """
    where = {key: clause for clause in clauses for key in clause.brackets}
    changed = {one.clause for one in content.amendments}
    seen: set[str] = set()
    for fate in content.fates:
        clause = where.get(fate.amendment)
        if clause is None:
            raise Refusal(
                "unknown_amendment",
                f"Wijzigingsvoorstel {fate.amendment} staat niet open. Verwacht: {', '.join(where) or 'geen'}.",
                f"Amendment {fate.amendment} is not open. Expected: {', '.join(where) or 'none'}.",
                {"amendment": fate.amendment},
            )
        if fate.amendment in seen:
            raise Refusal(
                "fate_twice",
                f"Over wijzigingsvoorstel {fate.amendment} wordt twee keer beslist. Verwacht: één keer.",
                f"Amendment {fate.amendment} is decided twice. Expected: once.",
                {"amendment": fate.amendment},
            )
        seen.add(fate.amendment)
        if fate.status is not AmendmentStatus.REFUSED and clause.id not in changed:
            raise Refusal(
                "fate_without_version",
                f"Wijzigingsvoorstel {fate.amendment} wordt overgenomen, maar artikel {clause.number} krijgt geen "
                "nieuwe versie. Verwacht: de tekst waarin het is overgenomen.",
                f"Amendment {fate.amendment} is taken up, but clause {clause.number} gets no next version. Expected: "
                "the text in which it is taken up.",
                {"amendment": fate.amendment, "clause": clause.id},
            )


def told(fate: c.Fate, number: str) -> Words:
    """Say to the mover in one line what became of an amendment."""
    what = AMENDMENTS[fate.status]
    return Words(
        nl=f"Uw wijzigingsvoorstel op artikel {number}: {what.nl}", en=f"Your amendment to clause {number}: {what.en}"
    )


def why(fate: c.Fate) -> Words:
    """Say why, and what the mover can do."""
    reason = fate.reason if fate.reason[-1:] in ".!?" else f"{fate.reason}."
    nl, en = f"De reden: {reason}", f"The reason: {reason}"
    if fate.status is AmendmentStatus.ACCEPTED:
        return Words(nl=nl, en=en)
    return Words(
        nl=f"{nl} U kunt dit aanvaarden, of uw voorstel handhaven: dan staat het weer tussen haken.",
        en=f"{en} You can accept this, or maintain your amendment: then it stands between brackets again.",
    )


def let_go(number: str) -> tuple[Words, Words]:
    """Return the subject and the words that tell a mover that the proposal which its own changes stands no more."""
    subject = Words(
        nl=f"Artikel {number}: het voorstel dat u wijzigt staat niet meer",
        en=f"Clause {number}: the proposal that you change stands no more",
    )
    words = Words(
        nl="Het voorstel waarop het uwe voortbouwt is ingetrokken of niet overgenomen. Uw voorstel blijft tussen "
        "haken, met de woorden van dat voorstel erin. Wilt u die niet, trek het dan in en doe een eigen voorstel.",
        en="The proposal that yours builds on was withdrawn or not taken up. Your proposal stays between brackets, "
        "with the words of that proposal in it. If you do not want those, withdraw it and propose anew.",
    )
    return subject, words


def carried(number: str) -> tuple[Words, Words]:
    """Return the subject and the words that tell a mover that the text around its open proposal changed."""
    subject = Words(
        nl=f"Artikel {number} is gewijzigd; uw voorstel staat nog", en=f"Clause {number} changed; your proposal stands"
    )
    words = Words(
        nl="Er ligt een nieuwe versie van dit artikel, en over uw voorstel is nog niet besloten: het blijft tussen "
        "haken. Past het niet meer bij de nieuwe woorden, doe dan een nieuw voorstel of trek dit in.",
        en="There is a new version of this clause, and your proposal was not decided on: it stays between brackets. If "
        "it no longer fits the new words, propose anew or withdraw it.",
    )
    return subject, words
