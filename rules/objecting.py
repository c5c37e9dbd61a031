"""Objections and red lines: whose they are, what a round makes of them, and who reads a red line."""

from collections.abc import Mapping, Sequence
from datetime import date

from models import contracts as c
from models.base import Words
from models.deciding import Verdict
from models.enums import ObjectionStatus, Outcome, Role, Stance
from models.errors import Refusal
from models.objecting import ObjectionLift, OwnFound, RedLineDrop, RedLineTelling
from models.objections import ObjectionEnded, ObjectionRaised
from rules import proposing
from rules.access import Viewer
from rules.mandates import in_force
from rules.texts import SUPPORTING, clause_of, with_objector


def said(clauses: Sequence[c.ClauseRef], party: str, positions: Sequence[c.Position], round_no: int) -> list[c.Change]:
    """Return what positions of a party do to its objections: raise them, say them anew, lift them."""
    open_ones = {clause.id for clause in clauses if party in clause.objectors}
    found: list[c.Change] = []
    for one in positions:
        if one.stance is Stance.OBJECT:
            found.append(
                ObjectionRaised(
                    clause=one.clause, party=party, sha256=one.sha256, round=round_no, ground=one.ground,
                    lift=one.lift, comment=one.comment,
                )
            )  # fmt: skip
        elif one.clause in open_ones:
            found.append(ObjectionEnded(clause=one.clause, party=party, status=ObjectionStatus.LIFTED))
    return found


def content(clause: c.ClauseRef) -> list[c.Change]:
    """Return the objections that end since the text went back to words their owners approved."""
    found: list[c.Change] = []
    for party in [one for one in clause.objectors if clause.holds.get(one) in SUPPORTING]:
        with_objector([clause], clause.id, party, objects=False)
        found.append(ObjectionEnded(clause=clause.id, party=party, status=ObjectionStatus.LIFTED))
    return found


def overruled(clause: c.ClauseRef, verdict: Verdict, question: str) -> list[ObjectionEnded]:
    """Return the objections that the rule overruled: those open on a clause that passed all the same."""
    if verdict.outcome is not Outcome.PASSED:
        return []
    return [
        ObjectionEnded(clause=clause.id, party=party, status=ObjectionStatus.OVERRULED, question=question)
        for party in clause.objectors
    ]


def with_overruled(verdict: Verdict, ended: Sequence[ObjectionEnded], names: Mapping[str, Words]) -> Verdict:
    """Let the verdict say whose objections the rule overruled."""
    if not ended:
        return verdict
    nl = ", ".join(names[one.party].nl for one in ended)
    en = ", ".join(names[one.party].en for one in ended)
    sentence = Words(
        nl=f"{verdict.sentence.nl} De regel overstemt het bezwaar van {nl}.",
        en=f"{verdict.sentence.en} The rule overrules the objection of {en}.",
    )
    return verdict.model_copy(update={"sentence": sentence})


# --- acts of a party --------------------------------------------------------------------------------------------------


def check_lift(
    roster: c.Roster, lift: ObjectionLift, clauses: Sequence[c.ClauseRef], today: date, found: OwnFound | None = None
) -> c.Party:
    """Return the party that lifts its objection; what the record says is checked once it was looked up.

    Raises:
        Refusal: `unknown_clause`, `no_seat`, `no_mandate`, `no_objection`, `other_text`.
    """
    clause = clause_of(clauses, lift.clause)
    party = proposing.mover(roster, lift.actor, today, clause.theme)
    if found is None:
        return party
    if not found.objects:
        raise Refusal(
            "no_objection",
            f"{party.name.nl} heeft geen open bezwaar op artikel {clause.number}. Verwacht: een artikel waar uw "
            "bezwaar nog openstaat.",
            f"{party.name.en} has no open objection to clause {clause.number}. Expected: a clause to which your "
            "objection is open.",
            {"clause": clause.id, "party": party.id},
        )
    if found.sha256 != lift.sha256:
        raise Refusal(
            "other_text",
            f"Artikel {clause.number} is intussen gewijzigd. Verwacht: lees de tekst van nu en zeg het opnieuw.",
            f"Clause {clause.number} was changed meanwhile. Expected: read the text of now and say it again.",
            {"clause": clause.id},
        )
    return party


def check_red_line(
    roster: c.Roster, act: RedLineTelling | RedLineDrop, clauses: Sequence[c.ClauseRef], today: date,
    found: OwnFound | None = None,
) -> c.Party:  # fmt: skip
    """Return the party that tells a red line or drops one; what the record says is checked once it was looked up.

    Raises:
        Refusal: `no_seat`, `no_mandate`, `unknown_clause`, `content_not_found`, `unknown_red_line`.
    """
    party = proposing.mover(roster, act.actor, today)
    if found is None:
        return party
    if isinstance(act, RedLineDrop):
        if not found.red_line:
            raise Refusal(
                "unknown_red_line",
                f"{party.name.nl} heeft geen breekpunt {act.red_line} (meer). Verwacht: een eigen breekpunt dat geldt.",
                f"{party.name.en} has no red line {act.red_line} (any more). Expected: a red line of your own that "
                "holds.",
                {"red_line": act.red_line},
            )
        return party
    if not found.told and found.telling is None:
        raise Refusal(
            "content_not_found",
            f"Er is geen breekpunt bewaard onder SHA-256 {act.text_sha}. Bewaar het eerst.",
            f"No red line is stored under SHA-256 {act.text_sha}. Store it first.",
            {"sha256": act.text_sha},
        )
    about = found.telling.clause if found.telling is not None else found.about
    if about is not None:
        clause_of(clauses, about)
    return party


def reads_red_lines(viewer: Viewer, today: date) -> set[str] | None:
    """Return the parties whose red lines someone reads: all for the facilitator (none), else those of a mandate."""
    return None if viewer.seat(roles={Role.FACILITATOR}) is not None else own_in_confidence(viewer, today)


def own_in_confidence(viewer: Viewer, today: date) -> set[str]:
    """Return the parties for which someone holds a mandate: whose own confidences they read, whatever their office."""
    return {
        seat.party
        for seat in viewer.seats
        if seat.party is not None and not seat.participant and in_force(list(seat.mandates), today)
    }


def unblocked_words(number: str, party: Words, reason: str) -> tuple[Words, Words]:
    """Return subject and text of the mail to the facilitator that nobody objects to a clause any more."""
    return (
        Words(nl=f"Geen bezwaar meer tegen artikel {number}", en=f"No objection to clause {number} any more"),
        Words(
            nl=f"{party.nl} heeft haar bezwaar opgeheven. Reden: {reason} Het artikel is niet langer geblokkeerd; u "
            "kunt het opnieuw voorleggen.",
            en=f"{party.en} has lifted its objection. Reason: {reason} The clause is no longer blocked; you can put "
            "it again.",
        ),
    )
