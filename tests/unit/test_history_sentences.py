"""Every kind of entry as a sentence, and never what somebody answered."""

import ast
from pathlib import Path
from typing import Any

import pytest

from models.base import Words
from rules import history
from rules.history import About
from rules.retelling import Known

ROOT = Path(history.__file__).parents[1]


def both(text: str) -> dict[str, str]:
    return {"nl": f"{text} nl", "en": f"{text} en"}


KNOWN = Known(
    parties={"union": Words(nl="Bond", en="Union"), "trade": Words(nl="Handel", en="Trade")},
    people={"fay": Words(nl="De facilitator", en="The facilitator"), "una": Words(nl="Bond", en="Union")},
    names={"una": "Una"},
    tasks={"t/talks/union": Words(nl="Standpunten", en="Positions")},
    clauses={"wage": "3"},
)
TASK = "t/talks/union"
STEP = {"change": "step_changed", "planned": {"key": "talks", "step": {"title": both("Talks")}}}
OPENED: dict[str, Any] = {
    "change": "task_opened",
    "task": {"id": TASK, "title": both("Talks"), "due": "2027-03-01T16:00:00Z"},
}
ROUND = {"change": "round_changed", "round": 2, "due": "2027-03-01T16:00:00Z", "agenda": ["wage", "air"]}
MOVED = {"change": "task_moved", "task": TASK, "due": "2027-03-01T16:00:00Z"}
PERSON = {"change": "person_changed", "person": {"id": "una", "party": "union"}}
DECIDED = {"change": "decided", "verdict": {"sentence": both("Adopted")}}

MEETING = {
    "change": "meeting_set",
    "meeting": {"no": 2, "start": "2027-03-01T13:00:00Z", "minutes_version": 1, "text_sha": "SECRET"},
}

EXPECTED: dict[str, tuple[str, list[dict[str, Any]], str]] = {
    "covenant_launched": ("polder", [{"change": "said", "words": both("Launched")}], "Launched en."),
    "covenant_ended": ("fay", [], "The facilitator ended the covenant."),
    "covenant_completed": ("polder", [], "The term is over: the covenant is completed."),
    "entered_into_force": (
        "polder", [{"change": "covenant_changed", "term_ends": "2032-11-01"}],
        "The covenant entered into force and runs until Monday 1 November 2032.",
    ),
    "paused": ("fay", [], "The facilitator paused the talks."),
    "resumed": ("fay", [], "The facilitator resumed the talks."),
    "step_started": ("polder", [STEP], "The step 'Talks en' began."),
    "step_done": ("polder", [{**STEP, "sentence": both("All agree")}], "The step 'Talks en' is done. All agree en."),
    "step_failed": ("polder", [STEP], "The step 'Talks en' did not succeed."),
    "step_skipped": ("fay", [STEP], "The step 'Talks en' was skipped."),
    "step_inserted": ("fay", [STEP], "The facilitator inserted the step 'Talks en'."),
    "step_repeated": ("polder", [STEP], "The step 'Talks en' is repeated."),
    "plan_moved": ("polder", [STEP], "The terms of the implementation are counted from the entry into force."),
    "step_rescheduled": ("fay", [STEP], "The facilitator moved the step 'Talks en'."),
    "round_opened": ("polder", [ROUND], "Round 2 was opened on 2 clauses, until Monday 1 March 2027."),
    "round_closed": ("polder", [{**ROUND, "sentence": both("Closed")}], "Closed en."),
    "clauses_revised": (
        "fay",
        [{"change": "clause_changed", "clause": "wage"},
         {"change": "approvals_changed", "what": "voided", "clause": "wage", "parties": ["union", "trade"]}],
        "New version of clause 3. The approval of clause 3 lapses: Union and Trade.",
    ),
    "ground_rule_proposed": (
        "fay", [{"change": "question_put", "question": {"title": both("Majority")}}],
        "The facilitator proposes: Majority en.",
    ),
    "editorial_proposed": (
        "fay", [{"change": "question_put", "question": {"title": both("A comma")}}],
        "The facilitator proposes: A comma en.",
    ),
    "clause_unblocked": (
        "polder", [{"change": "clause_changed", "clause": "wage"}], "Nobody objects to clause 3 any more.",
    ),
    "accession_proposed": (
        "fay", [{"change": "question_put", "question": {"title": both("Accession of C&A")}}],
        "The facilitator proposes: Accession of C&A en.",
    ),
    "applicant_admitted": (
        "polder", [{"change": "applicant_admitted", "applicant": {"name": both("C&A")}}],
        "No party objects to C&A en; asked to sign.",
    ),
    "revision_opened": (
        "fay", [{"change": "revision_opened", "covenant": "food-revision-1"}],
        "The facilitator opens a revision (food-revision-1).",
    ),
    "covenant_revised": (
        "polder", [{"change": "revised", "covenant": "food-revision-1", "text_sha": "0" * 64}],
        "The revised text (food-revision-1) is in force.",
    ),
    "revision_failed": ("polder", [{"change": "said", "words": both("The revision ended")}], "The revision ended en."),
    "also_joined": (
        "polder", [{"change": "also_joined", "covenant": "food", "party": "union"}],
        "Union joined the covenant and takes part here too.",
    ),
    "acceded": ("polder", [{"change": "said", "words": both("C&A has joined")}], "C&A has joined en."),
    "accession_lapsed": ("polder", [{"change": "said", "words": both("C&A has not joined")}], "C&A has not joined en."),
    "notice_given": ("fay", [{"change": "said", "words": both("FNV has given notice")}], "FNV has given notice en."),
    "notice_taken_back": ("fay", [{"change": "said", "words": both("FNV stays")}], "FNV stays en."),
    "termination_proposed": (
        "fay", [{"change": "question_put", "question": {"title": both("Does the covenant end")}}],
        "The facilitator proposes: Does the covenant end en.",
    ),
    "go_on_proposed": (
        "fay", [{"change": "question_put", "question": {"title": both("Go on?")}}],
        "The facilitator proposes: Go on? en.",
    ),
    "question_withdrawn": (
        "fay", [{"change": "said", "words": both("A comma")}], "The facilitator takes back: A comma en.",
    ),
    "question_carried": ("polder", [{"change": "question_ended", "sentence": both("Nobody")}], "Nobody en."),
    "question_not_carried": ("polder", [{"change": "question_ended", "sentence": both("One")}], "One en."),
    "ground_rule_set": ("polder", [], "The parties changed a ground rule."),
    "clause_fixed": (
        "polder", [{"change": "clause_changed", "clause": "wage"}],
        "Editorial fix in clause 3; who approved still does.",
    ),
    "fix_overtaken": ("polder", [{"change": "said", "words": both("Overtaken")}], "Overtaken en."),
    "clock_held": (
        "polder",
        [{"change": "clock_held", "task": TASK, "why": both("away")}, {"change": "clock_held", "task": "t/x/trade"}],
        "Silence does not count yet of Union. The clock runs again for Trade.",
    ),
    "notice_sent_again": (
        "fay", [{"change": "task_reminded", "task": TASK}], "The facilitator sent Union notice again ('Positions').",
    ),
    "absence_noted": ("una", [PERSON], "Union noted an absence of Una."),
    "clauses_ratified": (
        "polder", [{"change": "clause_changed", "clause": "wage"}, {"change": "clause_changed", "clause": "air"}],
        "Adopted after ratification: clauses 3, air.",
    ),
    "clauses_split_off": ("polder", [STEP], "Clauses go their own way: the step 'Talks en'."),
    "text_reopened": (
        "fay", [{"change": "covenant_changed"}, {"change": "clause_changed", "clause": "wage"}],
        "The facilitator reopened the text: clause 3 will be talked about again.",
    ),
    "mediator_named": (
        "polder", [{"change": "person_changed", "person": {"id": "med", "name": "Mees"}}],
        "Mees mediates, accepted by the parties.",
    ),
    "mediator_relieved": (
        "polder", [{"change": "person_changed", "person": {"id": "med", "name": "Mees"}}], "Mees mediates no longer.",
    ),
    "objection_lifted": (
        "una", [{"change": "objection_ended", "clause": "wage"}], "Union lifted the objection to clause 3.",
    ),
    "paper_added": (
        "una", [{"change": "paper_added", "lane": "table", "text_sha": "SECRET"}],
        "Union placed a paper (lane: table).",
    ),
    "lane_widened": (
        "una", [{"change": "lane_widened", "item": "paper", "id": "p", "lane": "public"}],
        "Union let a wider lane read something (public).",
    ),
    "meeting_called": ("fay", [MEETING], "The facilitator called meeting 2, on Monday 1 March 2027, 14:00."),
    "meeting_moved": ("fay", [MEETING], "The facilitator moved meeting 2 to Monday 1 March 2027, 14:00."),
    "meeting_changed": ("fay", [MEETING], "Meeting 2 of Monday 1 March 2027, 14:00 was changed."),
    "meeting_cancelled": ("fay", [MEETING], "Meeting 2 of Monday 1 March 2027, 14:00 was cancelled."),
    "meeting_held": ("polder", [MEETING], "Meeting 2 began."),
    "meeting_reported": ("fay", [MEETING], "The facilitator wrote down what came of meeting 2."),
    "minutes_approved": ("polder", [MEETING], "The minutes of meeting 2 stand (version 1)."),
    "minutes_objected": ("polder", [MEETING], "The minutes of meeting 2 (version 1) will be corrected."),
    "meeting_closed": ("polder", [MEETING], "Meeting 2 is closed."),
    "red_line_told": (
        "una", [{"change": "red_line_told", "party": "union"}], "Union told the facilitator something in confidence.",
    ),
    "red_line_dropped": (
        "una", [{"change": "red_line_dropped", "party": "union"}], "Union took back what was told in confidence.",
    ),
    "weighed": (
        "una", [{"change": "weighed", "party": "union", "text_sha": "SECRET"}], "Union weighed clauses, in confidence.",
    ),
    "package_proposed": (
        "fay", [{"change": "question_put", "question": {"title": both("Package")}}],
        "The facilitator proposes: Package en.",
    ),
    "passed": ("polder", [DECIDED], "Adopted en."),
    "pending": ("polder", [DECIDED], "Adopted en."),
    "failed": ("polder", [DECIDED], "Adopted en."),
    "commented": (
        "una", [{"change": "commented", "clause": "wage", "lane": "table"}],
        "Union commented on clause 3 (lane: table).",
    ),
    "amendment_proposed": ("una", [{"change": "proposed", "clause": "wage"}], "Union proposed words in clause 3."),
    "amendment_withdrawn": (
        "una", [{"change": "amendment_settled", "clause": "wage"}], "Union withdrew an amendment to clause 3.",
    ),
    "amendment_maintained": (
        "una", [{"change": "amendment_settled", "clause": "wage"}], "Union maintains an amendment to clause 3.",
    ),
    "fate_accepted": (
        "una", [{"change": "amendment_settled", "clause": "wage"}],
        "Union accepts what became of an amendment to clause 3.",
    ),
    "tasks_opened": ("polder", [OPENED], "Asked of Union: 'Talks en', due Monday 1 March 2027."),
    "answered": (
        "una",
        [{"change": "task_answered", "task": TASK, "kind": "positions", "done": 1, "total": 3,
          "content": {"positions": [{"stance": "object", "comment": "SECRET"}]}}],
        "Union gave positions ('Positions') (1/3).",
    ),
    "answered_ad_referendum": (
        "una", [{"change": "task_answered", "task": TASK, "kind": "approval", "counted": False}],
        "Union answered ('Positions'), ad referendum: it counts once someone with the mandate confirms it.",
    ),
    "reminded": ("polder", [{"change": "task_reminded", "task": TASK}], "Reminded: Union ('Positions')."),
    "rung_climbed": (
        "polder", [{"change": "rung_climbed", "task": TASK, "rung": "call"}],
        "Union does not answer ('Positions'): next rung of the ladder, call.",
    ),
    "ladder_paused": (
        "fay", [{"change": "ladder_held", "task": TASK, "reason": "ill"}],
        "The facilitator paused the ladder for Union ('Positions').",
    ),
    "ladder_resumed": (
        "fay", [{"change": "ladder_held", "task": TASK}], "The facilitator resumed the ladder for Union ('Positions').",
    ),
    "due_extended": ("fay", [MOVED], "The facilitator gave Union until Monday 1 March 2027 ('Positions')."),
    "due_moved": ("polder", [MOVED], "Due date moved to Monday 1 March 2027: Union ('Positions')."),
    "due_moved_by_pause": (
        "polder", [MOVED], "Because of the pause the term now runs until Monday 1 March 2027: Union ('Positions').",
    ),
    "signing_prolonged": ("polder", [MOVED], "Signing was prolonged until Monday 1 March 2027: Union."),
    "signature_asked_again": (
        "polder", [{"change": "asked_again", "task": TASK, "due": "2027-03-01T16:00:00Z"}],
        "Asked to sign again, until Monday 1 March 2027: Union.",
    ),
    "signature_passed_on": (
        "una", [{"change": "passed_on", "task": TASK, "person": "x", "to": "una"}],
        "Union passed signing for Union on to Una.",
    ),
    "signature_cancelled": (
        "fay", [{"change": "task_ended", "task": TASK}],
        "The facilitator cancelled the request to sign to Union.",
    ),
    "signing_day_set": (
        "fay",
        [{"change": "signing_day_set", "step": "signing", "start": "2027-03-01T09:00:00Z",
          "until": "2027-03-01T12:30:00Z"}],
        "The facilitator set a signing day. Signing is on Monday 1 March 2027 from 10:00 to 13:30 (Dutch time).",
    ),
    "signing_cancelled": (
        "fay", [{"change": "task_ended", "task": TASK}],
        "The facilitator cancelled the signing; still asked were Union.",
    ),
    "tasks_expired": (
        "polder", [{"change": "task_ended", "task": TASK, "reason": both("late")}],
        "Not answered in time: Union ('Positions').",
    ),
    "tasks_void": (
        "polder", [{"change": "task_ended", "task": TASK, "reason": both("over")}],
        "Void: Union ('Positions'); over en.",
    ),
    "tasks_answered": (
        "polder", [{"change": "task_ended", "task": TASK, "reason": both("lifted")}],
        "Answered: Union ('Positions'); lifted en.",
    ),
    "mail_undeliverable": (
        "polder", [{"change": "task_undeliverable", "task": TASK, "person": "una", "problem": "550 una@example.org"}],
        "Mail to Una could not be delivered.",
    ),
    "document_made": ("polder", [{"change": "document_made", "title": both("Final")}], "Document made: Final en."),
    "party_withdrew": ("una", [{"change": "party_changed", "party": "union"}], "Union withdrew."),
    "person_added": ("fay", [PERSON], "Una joined the delegation of Union."),
    "mandates_changed": ("fay", [PERSON], "Union changed the mandate of Una."),
    "mandates_ended": ("fay", [PERSON], "Union ended the mandate of Una."),
    "year_closed": ("polder", [{"change": "said", "words": both("Year 1")}], "Year 1 en."),
}  # fmt: skip


@pytest.mark.parametrize("kind", EXPECTED)
def test_each_kind_has_its_sentence(kind: str) -> None:
    actor, changes, expected = EXPECTED[kind]
    said = history.sentence(kind, actor, changes, KNOWN)
    assert said.en == expected
    assert said.nl != said.en
    assert "SECRET" not in said.nl
    assert "@" not in said.en


def test_every_kind_that_is_told_is_tested() -> None:
    assert set(EXPECTED) == set(history.SENTENCES)


def written_kinds() -> set[str]:
    """The kinds of entries that workflows and store write, as far as they stand there as text."""
    found = set()
    for path in [*(ROOT / "workflows").glob("*.py"), ROOT / "store" / "opening.py"]:
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            kinds = node.args[1:2] if name == "entry" else node.args[2:3] if name == "_replan" else []
            kinds += [one.value for one in node.keywords if name == "Entry" and one.arg == "kind"]
            for kind in kinds:
                texts = [
                    one.value for one in ast.walk(kind) if isinstance(one, ast.Constant) and "{" not in str(one.value)
                ]
                found |= {str(one) for one in texts if isinstance(one, str)}
    return found


def test_no_kind_is_written_that_has_no_sentence() -> None:
    kinds = {one for one in written_kinds() if not one.endswith("_")}
    assert len(kinds) > 25
    assert kinds - set(history.SENTENCES) <= {"add", "change", "end", "insert", "skip", "repeat", "reschedule"}


def test_an_unknown_kind_is_still_told() -> None:
    assert history.sentence("something_new", "una", [], KNOWN).en == "Union: something new."
    assert history.sentence("something_new", "polder", [], KNOWN).en == "Something new."
    assert history.sentence("answered", "x", [], Known()).en == "Someone at the table: answer."


def test_an_answer_on_behalf_says_who_entered_it() -> None:
    changes = [{"change": "task_answered", "task": TASK, "kind": "approval"}]
    said = history.sentence("answered", "fay", changes, KNOWN, behalf="union")
    assert said.en == "Union answered ('Positions') (entered by the facilitator)."


def test_many_are_counted_and_people_who_may_not_be_known_stay_unnamed() -> None:
    tasks = [
        {**OPENED, "task": {**OPENED["task"], "id": f"t/talks/{one}"}} for one in ("union", "trade", "a", "b", "c")
    ]
    assert "Union, Trade, a and 2 others" in history.sentence("tasks_opened", "polder", tasks, KNOWN).en
    unnamed = Known(parties=KNOWN.parties, people=KNOWN.people)
    assert history.sentence("mandates_changed", "una", [PERSON], unnamed).en == "Union changed the mandate of someone."


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ([OPENED], About("task", TASK)),
        ([OPENED, OPENED], None),
        ([ROUND], About("round", "2")),
        ([{"change": "clause_changed", "clause": "wage"}], About("clause", "wage")),
        ([STEP], About("step", "talks")),
        ([], None),
    ],
)
def test_what_an_entry_is_about(changes: list[dict[str, Any]], found: About | None) -> None:
    assert history.about(changes) == found
