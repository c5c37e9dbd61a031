"""The log as a history that people read: one sentence for each entry, in both languages, and what it is about. Pure.

A sentence never tells what somebody answered, only that they did: the outcome of a round or step is an entry of its
own. Decisions of an office are its answer, and are told.
"""

from collections.abc import Sequence
from typing import NamedTuple

from models.base import Words
from models.enums import ClauseStatus, TaskKind
from rules import labels
from rules.asking import asked_beside, clock, outcome
from rules.enduring_words import SENTENCES as SENTENCES_OF_ENDURING
from rules.mediation_words import SENTENCES as SENTENCES_OF_MEDIATION
from rules.meeting_words import SENTENCES as SENTENCES_OF_MEETINGS
from rules.retelling import NOTHING, Both, Change, Known, Make, Two
from rules.retelling import both as _both
from rules.retelling import capital as _capital
from rules.retelling import day as _day
from rules.retelling import listed as _list
from rules.retelling import of_kind as _of
from rules.retelling import of_tasks as _tasks
from rules.retelling import respondent as _respondent
from rules.retelling import said as _words
from rules.retelling import title as _title
from rules.signing_words import SENTENCES as SENTENCES_OF_SIGNING

POLDER = "polder"

SOMEONE = Words(nl="Iemand aan tafel", en="Someone at the table")
HIDDEN = Words(
    nl="Er is iets geplaatst in een kring die u niet leest.",
    en="Something was placed in a lane you do not read.",
)


class About(NamedTuple):
    """What an entry is about: a task, round, clause, step or document, by its id."""

    what: str
    id: str


def sentence(kind: str, actor: str, changes: Sequence[Change], known: Known, *, behalf: str | None = None) -> Words:
    """Say what happened.

    Args:
        kind: of the entry.
        actor: the person who acted, or `polder`.
        changes: what the entry changed, as the log has them.
        known: names of what is held by id.
        behalf: the party for which someone else entered the answer.
    """
    make = SENTENCES.get(kind)
    who = known.people.get(actor, SOMEONE)
    said = make(who, changes, known) if make is not None else None
    if said is None:
        what = labels.EVENTS.get(kind, Two(kind.replace("_", " "), kind.replace("_", " ")))
        said = _capital(what) if actor == POLDER else _both(f"{who.nl}: {what.nl}", f"{who.en}: {what.en}")
    if behalf is not None:
        said = _both(
            f"{said.nl} (ingevuld door {who.nl[:1].lower()}{who.nl[1:]})",
            f"{said.en} (entered by {who.en[:1].lower()}{who.en[1:]})",
        )
    return Words(nl=f"{said.nl.rstrip('. ')}."[:4000], en=f"{said.en.rstrip('. ')}."[:4000])


def about(changes: Sequence[Change]) -> About | None:  # noqa: PLR0911 one return a kind of change
    """Return what an entry is about, for a link to it."""
    for change in changes:
        match change.get("change"):
            case "task_opened" if len(changes) == 1:
                return About("task", str(change["task"]["id"]))
            case "task_answered" | "rung_climbed" | "ladder_held" | "task_undeliverable" | "signed":
                return About("task", str(change["task"]))
            case "round_changed":
                return About("round", str(change["round"]))
            case "clause_changed" | "commented" | "proposed" | "amendment_settled":
                return About("clause", str(change["clause"]))
            case "document_made":
                return About("document", str(change["sha256"]))
            case "meeting_set":
                return About("meeting", str(change["meeting"]["no"]))
            case "step_changed":
                return About("step", str(change["planned"]["key"]))
    return None


def _step(changes: Sequence[Change]) -> tuple[Both, Both | None] | None:
    """Return the title of the step an entry changes, and what it came to."""
    found = _of(changes, "step_changed")
    if not found:
        return None
    said = found[0].get("sentence") or found[0].get("slip")
    return _words(found[0]["planned"]["step"]["title"]), _words(said) if said else None


# --- the plan ---------------------------------------------------------------------------------------------------------


def _stepped(nl: str, en: str) -> Make:
    def make(who: Both, changes: Sequence[Change], known: Known) -> Both | None:  # noqa: ARG001 one shape for all
        found = _step(changes)
        if found is None:
            return None
        step, came_to = found
        tail = came_to or NOTHING
        return _both(
            f"{nl.format(who=who.nl, step=step.nl)}. {tail.nl}".rstrip(". "),
            f"{en.format(who=who.en, step=step.en)}. {tail.en}".rstrip(". "),
        )

    return make


def _said(who: Both, changes: Sequence[Change], known: Known) -> Both | None:  # noqa: ARG001 one shape for all
    found = _of(changes, "said")
    return _words(found[0]["words"]) if found else None


def _in_force(who: Both, changes: Sequence[Change], known: Known) -> Both | None:  # noqa: ARG001 idem
    ends = next((one["term_ends"] for one in _of(changes, "covenant_changed") if one.get("term_ends")), None)
    if ends is None:
        return None
    day = _day(ends)
    return _both(
        f"Het convenant is in werking getreden en loopt tot {day.nl}",
        f"The covenant entered into force and runs until {day.en}",
    )


def _fixed(nl: str, en: str) -> Make:
    return lambda who, _changes, _known: _both(nl.format(who=who.nl), en.format(who=who.en))


# --- rounds and clauses -----------------------------------------------------------------------------------------------


def _round(who: Both, changes: Sequence[Change], known: Known) -> Both | None:  # noqa: ARG001 idem
    found = _of(changes, "round_changed")
    if not found:
        return None
    one = found[0]
    if one.get("sentence"):
        return _words(one["sentence"])
    day, number, count = _day(one["due"]), one["round"], len(one["agenda"])
    return _both(
        f"Ronde {number} is geopend over {count} {'artikel' if count == 1 else 'artikelen'}, tot {day.nl}",
        f"Round {number} was opened on {count} {'clause' if count == 1 else 'clauses'}, until {day.en}",
    )


def _clauses(nl: str, en: str) -> Make:
    def make(who: Both, changes: Sequence[Change], known: Known) -> Both | None:
        numbers = [known.clauses.get(str(one["clause"]), str(one["clause"])) for one in _of(changes, "clause_changed")]
        if not numbers:
            return None
        names = ", ".join(numbers)
        one = len(numbers) == 1
        return _both(
            nl.format(who=who.nl, clauses=f"{'artikel' if one else 'artikelen'} {names}"),
            en.format(who=who.en, clauses=f"{'clause' if one else 'clauses'} {names}"),
        )

    return make


def _revised(who: Both, changes: Sequence[Change], known: Known) -> Both | None:
    """Tell of new versions, and whose approvals they void or restore."""
    every = _of(changes, "clause_changed")
    out = [one for one in every if one.get("status") == ClauseStatus.PARKED]
    told = [
        _clauses("Nieuwe versie van {clauses}", "New version of {clauses}")(
            who, [one for one in every if one not in out], known
        ),
        _clauses("Geparkeerd, uit de tekst: {clauses}", "Parked, out of the text: {clauses}")(who, out, known),
    ]
    nl, en = [one.nl for one in told if one], [one.en for one in told if one]
    if not nl:
        return None
    for one in _of(changes, "approvals_changed"):
        number = known.clauses.get(str(one["clause"]), str(one["clause"]))
        whom = _list([known.parties.get(str(party), Two(str(party), str(party))) for party in one["parties"]])
        nl.append(f"Het akkoord met artikel {number} {MOVED[one['what']].nl}: {whom.nl}")
        en.append(f"The approval of clause {number} {MOVED[one['what']].en}: {whom.en}")
    return _both(". ".join(nl), ". ".join(en))


MOVED = {
    "voided": Two("vervalt", "lapses"),
    "restored": Two(
        "geldt weer, want de tekst is weer de eerdere", "holds again, for the text is the earlier one again"
    ),
    "carried": Two("blijft gelden", "goes on to hold"),
}


def _verdict(who: Both, changes: Sequence[Change], known: Known) -> Both | None:  # noqa: ARG001 idem
    found = _of(changes, "decided")
    return _words(found[0]["verdict"]["sentence"]) if found else None


def _commented(who: Both, changes: Sequence[Change], known: Known) -> Both | None:
    found = _of(changes, "commented")
    if not found:
        return None
    clause, lane = known.clauses.get(str(found[0]["clause"]), str(found[0]["clause"])), str(found[0]["lane"])
    name = labels.LANES.get(lane, Two(lane, lane))  # type: ignore[call-overload]  # a StrEnum is its text
    return _both(
        f"{who.nl} plaatste een opmerking bij artikel {clause} (kring: {name.nl})",
        f"{who.en} commented on clause {clause} (lane: {name.en})",
    )


def _in_lane(nl: str, en: str, kind: str) -> Make:
    def make(who: Both, changes: Sequence[Change], known: Known) -> Both | None:  # noqa: ARG001 one shape for all
        lane = str(_of(changes, kind)[0]["lane"])
        name = labels.LANES.get(lane, Two(lane, lane))  # type: ignore[call-overload]  # a StrEnum is its text
        return _both(nl.format(who=who.nl, lane=name.nl), en.format(who=who.en, lane=name.en))

    return make


def _amendment(nl: str, en: str) -> Make:
    def make(who: Both, changes: Sequence[Change], known: Known) -> Both | None:
        found = [change for change in changes if change.get("change") in {"proposed", "amendment_settled"}]
        if not found:
            return None
        clause = known.clauses.get(str(found[0]["clause"]), str(found[0]["clause"]))
        return _both(
            nl.format(who=who.nl, clause=f"artikel {clause}"), en.format(who=who.en, clause=f"clause {clause}")
        )

    return make


# --- tasks ------------------------------------------------------------------------------------------------------------


def _asked(who: Both, changes: Sequence[Change], known: Known) -> Both | None:  # noqa: ARG001 idem
    tasks = [one["task"] for one in _of(changes, "task_opened")]
    if not tasks:
        return None
    whom = _list([_respondent(str(one["id"]), known) for one in tasks])
    title, day = _words(tasks[0]["title"]), _day(tasks[0]["due"])
    return _both(
        f"Gevraagd aan {whom.nl}: '{title.nl}', uiterlijk {day.nl}",
        f"Asked of {whom.en}: '{title.en}', due {day.en}",
    )


DONE: dict[str, tuple[str, str]] = {
    TaskKind.DOCUMENT: ("leverde het document", "delivered the document"),
    TaskKind.CONTRIBUTION: ("gaf een bijdrage", "contributed"),
    TaskKind.APPROVAL: ("gaf antwoord", "answered"),
    TaskKind.POSITIONS: ("gaf standpunten", "gave positions"),
    TaskKind.DRAFTING: ("leverde de volgende versie", "delivered the next version"),
    TaskKind.RATIFICATION: ("meldde wat de achterban besloot", "reported what its members decided"),
    TaskKind.SIGNATURE: ("tekende", "signed"),
    TaskKind.DECLARATION: ("verklaarde deel te nemen", "declared to take part"),
    TaskKind.PLAN: ("leverde het plan", "delivered the plan"),
    TaskKind.REPORT: ("leverde de rapportage", "delivered the report"),
    TaskKind.ATTENDANCE: ("antwoordde op de uitnodiging", "answered the invitation"),
    TaskKind.MINUTES: ("leverde het verslag", "delivered the minutes"),
    TaskKind.CORRECTION: ("antwoordde op het verslag", "answered about the minutes"),
    TaskKind.ACTION: ("rondde een actiepunt af", "finished an action point"),
}


def _answered(who: Both, changes: Sequence[Change], known: Known) -> Both | None:
    found = _of(changes, "task_answered")
    if not found:
        return None
    one = found[0]
    name, title = _respondent(str(one["task"]), known), _title(str(one["task"]), known)
    if one["kind"] == TaskKind.DECISION:
        choice = str(one.get("content", {}).get("choice", ""))
        decided = labels.CHOICES.get(choice, Two(choice, choice))
        return _both(f"{who.nl} besloot: {decided.nl}{title.nl}", f"{who.en} decided: {decided.en}{title.en}")
    declined = one.get("content", {}).get("kind") == "declined"
    nl, en = ("doet niet mee", "does not take part") if declined else DONE[one["kind"]]
    part = f" ({one['done']}/{one['total']})" if one.get("total") else ""
    words = _both(f"{name.nl} {nl}{title.nl}{part}", f"{name.en} {en}{title.en}{part}")
    if one.get("counted", True):
        return words
    return _both(
        f"{words.nl}, ad referendum: het telt pas als iemand met mandaat het bevestigt",
        f"{words.en}, ad referendum: it counts once someone with the mandate confirms it",
    )


def _undeliverable(who: Both, changes: Sequence[Change], known: Known) -> Both | None:  # noqa: ARG001 idem
    found = _of(changes, "task_undeliverable")
    if not found:
        return None
    names = [known.names.get(str(one["person"])) for one in found]
    whom = _list(
        [
            Two(name, name) if name else _respondent(str(one["task"]), known)
            for name, one in zip(names, found, strict=True)
        ]
    )
    return _both(f"Mail aan {whom.nl} kon niet worden bezorgd", f"Mail to {whom.en} could not be delivered")


def _document(who: Both, changes: Sequence[Change], known: Known) -> Both | None:  # noqa: ARG001 idem
    found = _of(changes, "document_made")
    if not found:
        return None
    title = _words(found[0]["title"])
    return _both(f"Document gemaakt: {title.nl}", f"Document made: {title.en}")


# --- people -----------------------------------------------------------------------------------------------------------


def _withdrew(who: Both, changes: Sequence[Change], known: Known) -> Both | None:  # noqa: ARG001 idem
    found = _of(changes, "party_changed")
    if not found:
        return None
    party = str(found[0]["party"])
    name = known.parties.get(party, Two(party, party))
    return _both(f"{name.nl} heeft zich teruggetrokken", f"{name.en} withdrew")


def _lifted(who: Both, changes: Sequence[Change], known: Known) -> Both | None:
    found = _of(changes, "objection_ended")
    if not found:
        return None
    number = known.clauses.get(str(found[0]["clause"]), str(found[0]["clause"]))
    return _both(
        f"{who.nl} hief het bezwaar op artikel {number} op", f"{who.en} lifted the objection to clause {number}"
    )


def _delegation(nl: str, en: str) -> Make:
    """Tell of a change in a delegation; of whom, only to those who may know its people."""

    def make(who: Both, changes: Sequence[Change], known: Known) -> Both | None:
        found = _of(changes, "person_changed")
        if not found:
            return None
        person = found[0]["person"]
        party = str(person.get("party") or "")
        name = known.parties.get(party, who)
        whom = known.names.get(str(person["id"]))
        one = Two(whom, whom) if whom else Two("iemand", "someone")
        return _both(nl.format(party=name.nl, whom=one.nl), en.format(party=name.en, whom=one.en))

    return make


SENTENCES: dict[str, Make] = {
    "covenant_launched": _said,
    "covenant_ended": _fixed("{who} heeft het convenant beëindigd", "{who} ended the covenant"),
    "covenant_completed": _fixed(
        "De looptijd is voorbij: het convenant is voltooid", "The term is over: the covenant is completed"
    ),
    "entered_into_force": _in_force,
    "paused": _fixed("{who} heeft de gesprekken gepauzeerd", "{who} paused the talks"),
    "resumed": _fixed("{who} heeft de gesprekken hervat", "{who} resumed the talks"),
    "step_started": _stepped("De stap '{step}' is begonnen", "The step '{step}' began"),
    "step_done": _stepped("De stap '{step}' is klaar", "The step '{step}' is done"),
    "step_failed": _stepped("De stap '{step}' is niet geslaagd", "The step '{step}' did not succeed"),
    "step_skipped": _stepped("De stap '{step}' is overgeslagen", "The step '{step}' was skipped"),
    "step_inserted": _stepped("{who} voegde de stap '{step}' in", "{who} inserted the step '{step}'"),
    "step_repeated": _stepped("De stap '{step}' wordt herhaald", "The step '{step}' is repeated"),
    "plan_moved": _fixed(
        "De termijnen van de uitvoering tellen vanaf de inwerkingtreding",
        "The terms of the implementation are counted from the entry into force",
    ),
    "step_rescheduled": _stepped("{who} verplaatste de stap '{step}'", "{who} moved the step '{step}'"),
    "round_opened": _round,
    "round_closed": _round,
    "clauses_revised": _revised,
    "clauses_split_off": _stepped(
        "Artikelen gaan hun eigen weg: de stap '{step}'", "Clauses go their own way: the step '{step}'"
    ),
    "clause_unblocked": _clauses(
        "Niemand heeft nog bezwaar tegen {clauses}", "Nobody objects to {clauses} any more"
    ),
    "text_reopened": _clauses(
        "{who} heropende de tekst: er wordt weer gesproken over {clauses}",
        "{who} reopened the text: {clauses} will be talked about again",
    ),
    "objection_lifted": _lifted,
    "red_line_told": _fixed(
        "{who} vertelde de facilitator iets in vertrouwen", "{who} told the facilitator something in confidence"
    ),
    "red_line_dropped": _fixed(
        "{who} nam terug wat in vertrouwen verteld was", "{who} took back what was told in confidence"
    ),
    "weighed": _fixed(
        "{who} heeft artikelen gewogen, in vertrouwen", "{who} weighed clauses, in confidence"
    ),
    **SENTENCES_OF_MEETINGS,
    **SENTENCES_OF_MEDIATION,
    **SENTENCES_OF_ENDURING,
    **SENTENCES_OF_SIGNING,
    "clauses_ratified": _clauses("Vastgesteld na ratificatie: {clauses}", "Adopted after ratification: {clauses}"),
    "passed": _verdict,
    "pending": _verdict,
    "failed": _verdict,
    "commented": _commented,
    "paper_added": _in_lane(
        "{who} plaatste een stuk (kring: {lane})", "{who} placed a paper (lane: {lane})", "paper_added"
    ),
    "lane_widened": _in_lane(
        "{who} maakte iets leesbaar in een ruimere kring ({lane})", "{who} let a wider lane read something ({lane})",
        "lane_widened",
    ),
    "amendment_proposed": _amendment("{who} stelde woorden voor in {clause}", "{who} proposed words in {clause}"),
    "amendment_withdrawn": _amendment(
        "{who} trok een wijzigingsvoorstel op {clause} in", "{who} withdrew an amendment to {clause}"
    ),
    "amendment_maintained": _amendment(
        "{who} handhaaft een wijzigingsvoorstel op {clause}", "{who} maintains an amendment to {clause}"
    ),
    "fate_accepted": _amendment(
        "{who} aanvaardt wat er van een wijzigingsvoorstel op {clause} werd",
        "{who} accepts what became of an amendment to {clause}",
    ),
    "ground_rule_proposed": asked_beside("{who} legt voor: {title}", "{who} proposes: {title}"),
    "editorial_proposed": asked_beside("{who} legt voor: {title}", "{who} proposes: {title}"),
    "go_on_proposed": asked_beside("{who} legt voor: {title}", "{who} proposes: {title}"),
    "package_proposed": asked_beside("{who} legt voor: {title}", "{who} proposes: {title}"),
    "question_withdrawn": asked_beside("{who} trekt in: {title}", "{who} takes back: {title}"),
    "question_carried": outcome,
    "question_not_carried": outcome,
    "ground_rule_set": _fixed("De partijen hebben een procesafspraak gewijzigd", "The parties changed a ground rule"),
    "clause_fixed": _clauses(
        "Redactionele verbetering in {clauses}; wie akkoord was, blijft dat",
        "Editorial fix in {clauses}; who approved still does",
    ),
    "fix_overtaken": _said,
    "clock_held": clock,
    "absence_noted": _delegation(
        "{party} noteerde een afwezigheid van {whom}", "{party} noted an absence of {whom}"
    ),
    "tasks_opened": _asked,
    "answered": _answered,
    "answered_ad_referendum": _answered,
    "reminded": _tasks("task_reminded", "Herinnerd: {whom}{title}", "Reminded: {whom}{title}"),
    "notice_sent_again": _tasks(
        "task_reminded", "{who} stuurde {whom} opnieuw bericht{title}", "{who} sent {whom} notice again{title}"
    ),
    "rung_climbed": _tasks(
        "rung_climbed", "{whom} antwoordt niet{title}: volgende trede van de ladder, {rung}",
        "{whom} does not answer{title}: next rung of the ladder, {rung}",
    ),
    "ladder_paused": _tasks(
        "ladder_held", "{who} zette de ladder stil voor {whom}{title}", "{who} paused the ladder for {whom}{title}"
    ),
    "ladder_resumed": _tasks(
        "ladder_held", "{who} zette de ladder weer aan voor {whom}{title}", "{who} resumed the ladder for {whom}{title}"
    ),
    "due_extended": _tasks(
        "task_moved", "{who} gaf {whom} uitstel tot {due}{title}", "{who} gave {whom} until {due}{title}"
    ),
    "due_moved": _tasks(
        "task_moved", "Termijn verplaatst naar {due}: {whom}{title}", "Due date moved to {due}: {whom}{title}"
    ),
    "due_moved_by_pause": _tasks(
        "task_moved", "Door de pauze loopt de termijn nu tot {due}: {whom}{title}",
        "Because of the pause the term now runs until {due}: {whom}{title}",
    ),
    "tasks_expired": _tasks(
        "task_ended", "Niet op tijd beantwoord: {whom}{title}", "Not answered in time: {whom}{title}"
    ),
    "tasks_void": _tasks("task_ended", "Vervallen: {whom}{title}; {because}", "Void: {whom}{title}; {because}"),
    "tasks_answered": _tasks(
        "task_ended", "Beantwoord: {whom}{title}; {because}", "Answered: {whom}{title}; {because}"
    ),
    "mail_undeliverable": _undeliverable,
    "document_made": _document,
    "party_withdrew": _withdrew,
    "person_added": _delegation("{whom} kwam in de delegatie van {party}", "{whom} joined the delegation of {party}"),
    "mandates_changed": _delegation("{party} wijzigde het mandaat van {whom}", "{party} changed the mandate of {whom}"),
    "mandates_ended": _delegation("{party} beëindigde het mandaat van {whom}", "{party} ended the mandate of {whom}"),
    "year_closed": _said,
}  # fmt: skip
"""How each kind of entry is told. A kind that is not here is told by its label."""
