"""The fields of the wizard by name: what each is called, and what is said where one is left empty."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from models.base import Words
from models.playbook import Playbook

ANSWER = Words(nl="Kies een antwoord.", en="Choose an answer.")
"""What is said of a question of the playbook: it does not name it."""


@dataclass(frozen=True)
class Field:
    """One field of a form.

    Attributes:
        label: what stands above it.
        ask: what is said when it is empty and may not be; none where it may.
    """

    label: Words
    ask: Words | None = None


def _may(nl: str, en: str) -> Field:
    return Field(Words(nl=nl, en=en))


def _must(nl: str, en: str, ask_nl: str, ask_en: str) -> Field:
    return Field(Words(nl=nl, en=en), Words(nl=ask_nl, en=ask_en))


_LANGUAGE = _must("Taal van de mails", "Language of the mails", "Kies een taal.", "Choose a language.")
_EMAIL = _must("E-mailadres", "E-mail address", "Geef een e-mailadres.", "Give an e-mail address.")
_ID = _must("Kenmerk", "Id", "Geef een kenmerk.", "Give an id.")
_RULE = {
    "rule.kind": _must("Beslisregel", "Decision rule", "Kies een beslisregel.", "Choose a decision rule."),
    "rule.unit": _must("Wie heeft een stem?", "Who has a vote?", "Kies wie een stem heeft.", "Choose who has a vote."),
    "rule.threshold": _must(
        "Deel dat voor moet zijn (alleen bij een meerderheid)", "Share that must agree (majorities only)",
        "Geef het deel dat voor moet zijn.", "Give the share that must agree.",
    ),
    "rule.more_than": _may("Bij een meerderheid", "For a majority"),
    "rule.quorum": _may("Quorum: deel dat geantwoord moet hebben", "Quorum: share that must have answered"),
    "rule.abstentions": _must(
        "Een onthouding", "An abstention", "Kies hoe een onthouding telt.", "Choose how an abstention counts."
    ),
    "rule.absent": _must(
        "Geen antwoord", "No answer", "Kies hoe geen antwoord telt.", "Choose how no answer counts."
    ),
}  # fmt: skip
_TERM = {
    "days": _must(
        "Termijn in werkdagen", "Term in working days",
        "Geef de termijn in werkdagen.", "Give the term in working days.",
    ),
}  # fmt: skip
_LADDER = {
    "ladder": _may("Ladder", "Ladder"),
    "ladder.reminder": _may("Extra herinnering", "Extra reminder"),
    "ladder.call": _may("Het secretariaat belt", "The secretariat calls"),
    "ladder.chair": _may("De voorzitter voert een gesprek", "The chair talks to the party"),
    "ladder.mediator": _may("De bemiddelaar helpt", "The mediator helps"),
    "ladder.end": _may("Einde: de taak verloopt", "End: the task expires"),
}

FIELDS: dict[str, dict[str, Field]] = {
    "covenant": {
        "title.nl": _must(
            "Titel in het Nederlands", "Title in Dutch", "Geef de titel in het Nederlands.", "Give the title in Dutch."
        ),
        "title.en": _must(
            "Titel in het Engels", "Title in English", "Geef de titel in het Engels.", "Give the title in English."
        ),
        "slug": _must("Korte naam", "Short name", "Geef een korte naam.", "Give a short name."),
        "start": _may("Eerste dag", "First day"),
        "authentic": _must(
            "Welke taal geeft de doorslag?", "Which language prevails?",
            "Kies welke taal de doorslag geeft.", "Choose which language prevails.",
        ),
        "include": _may("Facultatieve stappen die wel gedaan worden", "Optional steps that are done"),
        "book.term_years": _must(
            "Looptijd in jaren", "Term in years", "Geef de looptijd in jaren.", "Give the term in years."
        ),
        "book.entry_into_force.working_days": _must(
            "Werkdagen tussen de laatste handtekening en inwerkingtreding",
            "Working days between the last signature and entry into force",
            "Geef de werkdagen tussen de laatste handtekening en inwerkingtreding.",
            "Give the working days between the last signature and entry into force.",
        ),
        "book.entry_into_force.first_of_month": _may("Daarna wachten", "Then wait"),
        "book.thresholds.participants": _must(
            "Minstens zoveel bedrijven", "At least so many companies",
            "Geef hoeveel bedrijven er minstens moeten zijn; 0 is geen drempel.",
            "Give how many companies there must be at least; 0 is no threshold.",
        ),
        "book.thresholds.market_share": _must(
            "Samen minstens zoveel van de markt", "Together at least so much of the market",
            "Geef hoeveel van de markt zij samen minstens moeten hebben; 0 is geen drempel.",
            "Give how much of the market they must have together; 0 is no threshold.",
        ),
        "book.title.nl": _must(
            "Naam van het draaiboek in het Nederlands", "Name of the playbook in Dutch",
            "Geef de naam van het draaiboek in het Nederlands.", "Give the name of the playbook in Dutch.",
        ),
        "book.title.en": _must(
            "Naam van het draaiboek in het Engels", "Name of the playbook in English",
            "Geef de naam van het draaiboek in het Engels.", "Give the name of the playbook in English.",
        ),
    },
    "rules": {
        **_RULE,
        "reminders": _may("Werkdagen ten opzichte van de uiterste dag", "Working days relative to the due date"),
        **_LADDER,
        **_TERM,
    },
    "matter": {"own": _may("Zo wordt besloten", "How is decided"), **_RULE, **_TERM},
    "constituencies": {
        "title.nl": _must(
            "Naam in het Nederlands", "Name in Dutch", "Geef de naam in het Nederlands.", "Give the name in Dutch."
        ),
        "title.en": _must(
            "Naam in het Engels", "Name in English", "Geef de naam in het Engels.", "Give the name in English."
        ),
        "minimum": _must(
            "Minstens zoveel partijen", "At least so many parties",
            "Geef hoeveel partijen er minstens moeten zijn.", "Give how many parties there must be at least.",
        ),
        "id": _ID,
    },
    "steps": {
        "title.nl": _must(
            "Titel in het Nederlands", "Title in Dutch", "Geef de titel in het Nederlands.", "Give the title in Dutch."
        ),
        "title.en": _must(
            "Titel in het Engels", "Title in English", "Geef de titel in het Engels.", "Give the title in English."
        ),
        "purpose.nl": _must(
            "Bedoeling in het Nederlands", "Purpose in Dutch",
            "Geef de bedoeling ook in het Nederlands.", "Give the purpose in Dutch too.",
        ),
        "purpose.en": _must(
            "Bedoeling in het Engels", "Purpose in English",
            "Geef de bedoeling ook in het Engels.", "Give the purpose in English too.",
        ),
        "phase": _must("Fase", "Phase", "Kies een fase.", "Choose a phase."),
        "kind": _must("Soort", "Kind", "Kies een soort.", "Choose a kind."),
        "respondents": _must(
            "Wie wordt gevraagd?", "Who is asked?", "Kies wie er gevraagd wordt.", "Choose who is asked."
        ),
        "duration": _must(
            "Werkdagen tot het antwoord er moet zijn", "Working days until the answer is due",
            "Geef de werkdagen tot het antwoord er moet zijn.", "Give the working days until the answer is due.",
        ),
        "after_kind": _may("Wanneer begint deze stap?", "When does this step begin?"),
        "after": _may("Na deze stappen", "After these steps"),
        "rule_own": _may("Beslissen", "Deciding"),
        **_RULE,
        "reminders_own": _may("Herinneren", "Reminding"),
        "reminders": _may("Herinneringen voor deze stap", "Reminders for this step"),
        "ladder_own": _may("Ladder", "Ladder"),
        **_LADDER,
        "closes": _may("Wanneer sluit de stap?", "When does the step close?"),
        "plan": _may("Wie tekent na wie?", "Who signs after whom?"),
        "accord": _may("Onderhandelaarsakkoord", "Negotiators' accord"),
        "optional": _may("Facultatief", "Optional"),
        "months_after_entry": _may(
            "Klaar zoveel maanden na inwerkingtreding", "Due so many months after entry into force"
        ),
        "adopts_ground_rules": _may("Procesafspraken", "Ground rules"),
        "max_rounds": _may("Hoogstens zoveel rondes", "At most so many rounds"),
        "deadlock_after": _may(
            "Vast na zoveel rondes zonder beweging", "In deadlock after so many rounds without movement"
        ),
        "repeat.times": _must(
            "Zo vaak herhalen", "Repeat so many times", "Geef hoe vaak er herhaald wordt.", "Give how often it repeats."
        ),
        "repeat.until_passed": _may("Bij herhalen", "When repeated"),
        "yearly.plan_after_months": _must(
            "Jaarplan: zoveel maanden na het begin van het jaar", "Yearly plan: so many months into the year",
            "Geef na hoeveel maanden het jaarplan er is.", "Give after how many months the yearly plan is due.",
        ),
        "yearly.report_after_months": _must(
            "Jaarverslag: zoveel maanden na het begin van het jaar", "Yearly report: so many months into the year",
            "Geef na hoeveel maanden het jaarverslag er is.", "Give after how many months the yearly report is due.",
        ),
        "norms": _may("Normen die worden voorgelegd", "Norms put before the parties"),
        "id": _ID,
    },
    "parties": {
        "name.nl": _must(
            "Naam in het Nederlands", "Name in Dutch", "Geef de naam in het Nederlands.", "Give the name in Dutch."
        ),
        "name.en": _must(
            "Naam in het Engels", "Name in English", "Geef de naam in het Engels.", "Give the name in English."
        ),
        "kind": _must(
            "Soort organisatie", "Kind of organisation",
            "Kies een soort organisatie.", "Choose a kind of organisation.",
        ),
        "constituency": _must("Geleding", "Constituency", "Kies een geleding.", "Choose a constituency."),
        "id": _ID,
    },
    "people": {
        "name": _must("Naam", "Name", "Geef een naam.", "Give a name."),
        "email": _EMAIL,
        "language": _LANGUAGE,
        "party": _may("Partij", "Party"),
        "roles": _may("Functies aan tafel", "Offices at the table"),
        "mandates.powers": _must(
            "Mag namens de partij", "May for the party",
            "Kies wat deze persoon namens de partij mag.", "Choose what this person may do for the party.",
        ),
        "mandates.until": _may("Geldig tot en met", "Holds until and including"),
        "mandates.evidence": _may("Waar dat staat", "Where that is written"),
        "mandates.themes": _may("Thema's", "Themes"),
        "id": _ID,
    },
    "participants": {
        "name": _must(
            "Naam van het bedrijf", "Name of the company",
            "Geef de naam van het bedrijf.", "Give the name of the company.",
        ),
        "market_share": _must(
            "Deel van de omzet van de sector", "Share of the sector's sales",
            "Geef het deel van de omzet van de sector.", "Give the share of the sector's sales.",
        ),
        "category": _may("Categorie", "Category"),
        "contact": _must(
            "Contactpersoon die de verklaring tekent", "Contact who signs the declaration",
            "Geef de naam van wie de verklaring tekent.", "Give the name of who signs the declaration.",
        ),
        "email": _EMAIL,
        "language": _LANGUAGE,
        "id": _ID,
    },
    "clauses": {
        "number": _must("Nummer", "Number", "Geef een nummer.", "Give a number."),
        "theme": _must("Thema", "Theme", "Kies een thema.", "Choose a theme."),
        "title.nl": _must(
            "Kop in het Nederlands", "Heading in Dutch", "Geef de kop in het Nederlands.", "Give the heading in Dutch."
        ),
        "title.en": _must(
            "Kop in het Engels", "Heading in English", "Geef de kop in het Engels.", "Give the heading in English."
        ),
        "text.nl": _must(
            "Tekst in het Nederlands", "Text in Dutch", "Geef de tekst in het Nederlands.", "Give the text in Dutch."
        ),
        "text.en": _must(
            "Tekst in het Engels", "Text in English", "Geef de tekst in het Engels.", "Give the text in English."
        ),
        "norms": _may("Normen waarop het steunt", "Norms it rests on"),
        "commitments": _may("Toezeggingen die het bevat", "Commitments it holds"),
        "id": _ID,
    },
}  # fmt: skip
"""The fields by page and by path, without places in lists and without `defaults`."""


def nearest(path: str, names: Sequence[str]) -> str:
    """Return the field a path is about: itself, what it is in, else the first in it."""
    parts = path.split(".")
    for cut in range(len(parts), 0, -1):
        outer = ".".join(parts[:cut])
        if outer in names:
            return outer
    return next((name for name in names if path and name.startswith(f"{path}.")), "")


def field_of(page: str, path: str, book: Playbook) -> Field | None:
    """Return the field a path is about; none when it is about something else than a field."""
    if page == "covenant" and path.startswith("facts."):
        title = next((fact.title for fact in book.facts if f"facts.{fact.id}" == path), None)
        return Field(title, ANSWER) if title else None
    known = FIELDS.get(page, {})
    found = nearest(re.sub(r"\.\d+(?=\.|$)", "", path).removeprefix("defaults."), list(known))
    return known.get(found)


def label(page: str, path: str) -> Words:
    """Return what stands above a field, for its page."""
    return FIELDS[page][re.sub(r"\.\d+(?=\.|$)", "", path).removeprefix("defaults.")].label


def of(field: Field, said: Words) -> Words:
    """Say something of a field, away from it: its label first."""
    return _joined(field.label, said)


def _joined(first: Words, then: Words) -> Words:
    # a question keeps its mark; what is joined may be longer than what anyone wrote
    nl, en = (one if one.endswith("?") else f"{one}:" for one in (first.nl, first.en))
    return Words.model_construct(nl=f"{nl} {then.nl}", en=f"{en} {then.en}")


def called(raw: Mapping[str, Any]) -> str:
    """Return the name or title of an item, from which its id is made."""
    name, title = raw.get("name"), raw.get("title")
    for one in (name, title):
        if isinstance(one, dict):
            return str(one.get("en") or one.get("nl") or "")
        if one:
            return str(one)
    return ""


def get(raw: Mapping[str, Any], path: str) -> object:
    """Return the value at a path, or none."""
    found: object = raw
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def of_rung(path: str, raw: Mapping[str, Any]) -> str:
    """Return the path of a rung by its name, as the form has it."""
    before, ladder, place = path.rpartition("ladder.")
    rungs = get(raw, f"{before}ladder")
    number = place.partition(".")[0]
    if not ladder or not isinstance(rungs, list) or not number.isdigit() or int(number) >= len(rungs):
        return path
    return f"{before}ladder.{rungs[int(number)].get('rung')}"
