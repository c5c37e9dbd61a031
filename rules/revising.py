"""Revising a signed covenant: when, by which steps, and in which words. Pure (ADR 0020)."""

from collections.abc import Collection, Mapping
from datetime import date, datetime

from models.base import Words
from models.covenant import LAST_START
from models.enduring import Revisions
from models.enums import StepKind
from models.errors import Conflict, Refusal
from models.playbook import FactValue, Playbook, Step, Threshold
from rules.calendar import in_words
from rules.playbooks import holds

SLUG = 63
"""Characters of a slug."""


def slug_of(covenant: str, no: int) -> str:
    """Return the slug that the n-th revision of a covenant has."""
    end = f"-revision-{no}"
    return f"{covenant[: SLUG - len(end)].rstrip('-')}{end}"


def titled(title: Words, no: int) -> Words:
    """Return the title of the n-th revision of a covenant."""
    return Words(nl=f"{title.nl[:270]} (herziening {no})", en=f"{title.en[:270]} (revision {no})")


def check_opens(revisions: Revisions, signed_at: datetime | None, start: date | None, today: date) -> None:
    """Refuse to open a revision of what is not signed, a second one at once, or one in the past.

    Raises:
        Refusal: `not_signed_yet`, `in_the_past`, `date_too_far`.
        Conflict: `revised_already`.
    """
    if signed_at is None:
        raise Refusal(
            "not_signed_yet",
            "Het convenant is nog niet ondertekend. Verwacht: wijzig de tekst in de dialoog; herzien kan na de "
            "ondertekening.",
            "The covenant has not been signed yet. Expected: change the text in the dialogue; a revision comes after "
            "the signature.",
        )
    if revisions.open is not None:
        raise Conflict(
            "revised_already",
            f"Er loopt al een herziening ({revisions.open}). Verwacht: wacht tot die van kracht is, of beëindig haar.",
            f"A revision is under way already ({revisions.open}). Expected: wait until it is in force, or end it.",
            {"covenant": revisions.open},
        )
    if start is not None and start > LAST_START:
        raise Refusal(
            "date_too_far",
            f"{in_words(start, 'nl')} ligt te ver weg. Verwacht: uiterlijk {in_words(LAST_START, 'nl')}.",
            f"{in_words(start, 'en')} is too far away. Expected: {in_words(LAST_START, 'en')} at the latest.",
            {"start": start.isoformat()},
        )
    if start is not None and start < today:
        raise Refusal(
            "in_the_past",
            f"{in_words(start, 'nl')} is al voorbij. Verwacht: {in_words(today, 'nl')} of later, of geen dag (dan "
            "vandaag).",
            f"{in_words(start, 'en')} is in the past. Expected: {in_words(today, 'en')} or later, or no day (then "
            "today).",
            {"start": start.isoformat()},
        )


def check_first(revises: str | None) -> None:
    """Refuse to revise a revision: what comes after it revises the covenant itself (`revises_another`)."""
    if revises is not None:
        raise Refusal(
            "revises_another",
            f"Dit is zelf een herziening, van {revises}. Verwacht: open een herziening van {revises}.",
            f"This is a revision itself, of {revises}. Expected: open a revision of {revises}.",
            {"covenant": revises},
        )


def check_own(revises: str | None) -> None:
    """Refuse to leave or join the talks of a revision alone: one is party to the covenant, or not (`revises_another`).

    Who does not want the new text objects, or does not sign it.
    """
    if revises is not None:
        raise Refusal(
            "revises_another",
            f"Dit is een herziening van {revises}: wie partij is bij het convenant is dat ook hier. Verwacht: doe dit "
            f"bij {revises}; hier kunt u bezwaar maken, niet instemmen of niet tekenen.",
            f"This is a revision of {revises}: who is party to the covenant is party here too. Expected: do it at "
            f"{revises}; here you can object, not ratify, or not sign.",
            {"covenant": revises},
        )


def does_not_fit(field: str, said: str) -> Refusal:
    """Say that what a revision would start from cannot be a covenant (`revision_does_not_fit`)."""
    return Refusal(
        "revision_does_not_fit",
        f"De herziening kan zo niet beginnen: {field}: {said}. Verwacht: andere invoer, of verbeter dit eerst in het "
        "convenant.",
        f"The revision cannot begin like this: {field}: {said}. Expected: other input, or mend this in the covenant "
        "first.",
        {"field": field},
    )


def book_of(book: Playbook, facts: Mapping[str, FactValue], include: Collection[str]) -> Playbook:
    """Return the playbook of a revision: the talks, the accord, the ratification and the signing of the covenant's own.

    One follows the other. There are no entry thresholds: the covenant is in force.

    Raises:
        Refusal: `no_dialogue`, the plan of the covenant had no dialogue, so nothing tells how its text is talked about.
    """
    steps = [
        step.model_copy(update={"after": None, "when": {}, "optional": False})
        for step in book.steps
        if _belongs(step) and holds(step, facts, set(include))
    ]
    if not any(step.kind is StepKind.DIALOGUE for step in steps):
        raise Refusal(
            "no_dialogue",
            "In het plan van dit convenant staat geen dialoog. Verwacht: een convenant met een stap van soort "
            "dialogue.",
            "There is no dialogue in the plan of this covenant. Expected: a covenant with a step of kind dialogue.",
        )
    return book.model_copy(update={"steps": steps, "thresholds": Threshold()})


def _belongs(step: Step) -> bool:
    return step.accord or step.kind in {StepKind.DIALOGUE, StepKind.RATIFICATION, StepKind.SIGNING}


def opened_words(reason: str) -> tuple[Words, Words]:
    """Tell everyone who takes part that a revision begins: subject and text."""
    return (
        Words(nl="Een herziening van het convenant begint", en="A revision of the covenant begins"),
        Words(
            nl=f"Er komt overleg over een andere tekst. Wat ondertekend is geldt tot een nieuwe tekst van kracht is. "
            f"Waarom: {reason}",
            en=f"There will be talks about another text. What was signed holds until a new text is in force. "
            f"Why: {reason}",
        ),
    )


def revised_words(day: date) -> tuple[Words, Words]:
    """Tell everyone who takes part that another text is in force: subject and text."""
    return (
        Words(nl="Het convenant is herzien", en="The covenant was revised"),
        Words(
            nl=f"De herziene tekst is op {in_words(day, 'nl')} van kracht geworden. Wat eerder ondertekend is blijft "
            "ongewijzigd bewaard.",
            en=f"The revised text came into force on {in_words(day, 'en')}. What was signed before is kept as it was.",
        ),
    )


def not_revised_words(reason: str) -> tuple[Words, Words]:
    """Tell everyone who takes part that a revision ended without another text: subject and text."""
    return (
        Words(nl="De herziening is beëindigd", en="The revision was ended"),
        Words(
            nl=f"Het convenant geldt zoals het was. Reden: {reason}",
            en=f"The covenant holds as it was. Reason: {reason}",
        ),
    )
