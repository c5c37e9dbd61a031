"""The commands against one real engine, in the order in which things happen to one covenant."""

import json
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from cli.exits import Exit
from cli.playbooks import today
from rules.calendar import add_working_days

SLUG = "proef"
ROOT = Path(__file__).resolve().parents[2]
Polder = Callable[..., Any]
Served = Any
Said = Any
Until = Callable[[Callable[[], bool]], None]

pytestmark = pytest.mark.usefixtures("underway")


def test_up_says_where_it_is(served: Served) -> None:
    assert f"127.0.0.1:{served.port}" in served.ready
    assert str(served.state) in served.ready


def test_launch_opens_the_covenant_and_names_the_next_action(at: Polder) -> None:
    said = at("launch", "food", "--slug", "eten", "--json")
    assert said.code == 0, said
    made = json.loads(said.out)
    assert (made["slug"], made["status"]) == ("eten", "talks")
    assert made["steps"][0]["key"] == "principles"
    assert made["next"]["en"]
    said = at("launch", "food", "--slug", "eten2")
    assert "Covenant eten2 is open" in said.out
    assert "Next:" in said.out


def test_the_same_slug_twice_is_a_conflict(at: Polder) -> None:
    said = at("launch", "food", "--slug", "eten")
    assert said.code == Exit.CONFLICT
    assert "polder status eten" in said.err


def test_list_status_waiting_and_tasks_read_the_same(at: Polder) -> None:
    assert {row["slug"]: row["waiting"] for row in json.loads(at("list", "--json").out)}[SLUG] == 13
    assert len(json.loads(at("waiting", SLUG, "--json").out)) == 13
    assert json.loads(at("waiting", "--overdue", "--json").out) == []
    mine = json.loads(at("tasks", "--party", "fnv", "--json").out)
    assert f"{SLUG}/principles/fnv" in {task["id"] for task in mine}
    assert {task["respondent"] for task in mine} == {"fnv"}  # of other tests' covenants too
    assert "13 open, 0 late." in at("waiting", SLUG).out
    status = at("status", SLUG).out
    assert "Endorse the basic principles" in status
    assert "Next: wait for 13 answers" in " ".join(status.split())
    dutch = at("status", SLUG, "--lang", "nl").out
    assert "Op wie we wachten (13)" in dutch
    assert "Nu te doen:" in dutch
    assert at("status", "other").code == Exit.NOT_FOUND


def answered(at: Polder, task: str, *args: str | Path) -> Said:
    return at("answer", f"{SLUG}/principles/{task}", *args)


def test_an_answer_of_the_wrong_kind_names_the_right_options(at: Polder) -> None:
    said = answered(at, "fnv", "--as", "ursula-brouwers", "--item", "x")
    assert said.code == Exit.REFUSED
    assert "--item does not fit" in said.err
    assert "--stance, --ground, --lift, --comment" in said.err
    assert "--stance is missing" in answered(at, "fnv", "--as", "ursula-brouwers").err
    assert "--reason is missing" in answered(at, "fnv", "--as", "bram-quist", "--stance", "agree", "--on-behalf").err


def test_who_may_not_answer_is_refused_with_who_may(at: Polder) -> None:
    said = answered(at, "fnv", "--as", "nobody", "--stance", "agree")
    assert said.code == Exit.NOT_FOUND
    assert "ursula-brouwers" in said.err
    said = answered(at, "fnv", "--as", "tarik-tromp", "--stance", "agree")
    assert said.code == Exit.REFUSED
    assert "ursula-brouwers" in said.err
    said = answered(at, "fnv", "--as", "ursula-brouwers", "--stance", "object")
    assert "what would lift it" in " ".join(said.err.split())


def test_another_text_than_the_person_saw_is_a_conflict(at: Polder) -> None:
    said = answered(at, "fnv", "--as", "ursula-brouwers", "--stance", "agree", "--sha", "0" * 64)
    assert said.code == Exit.CONFLICT


def test_an_act_repeated_counts_once(at: Polder) -> None:
    args = ("--as", "ursula-brouwers", "--stance", "agree", "--act", "once", "--comment", "With pleasure.", "--json")
    first = answered(at, "fnv", *args)
    assert first.code == 0, first
    again = answered(at, "fnv", *args)
    assert again.code == 0
    assert json.loads(first.out)["event"] == json.loads(again.out)["event"] == "once"
    history = json.loads(at("history", f"{SLUG}/principles/fnv", "--json").out)
    assert [one["event"] for one in history["answers"]] == ["once"]
    assert "With pleasure." in at("history", f"{SLUG}/principles/fnv").out
    assert answered(at, "fnv", "--as", "vincent-groot", "--stance", "abstain").code == 0
    history = json.loads(at("history", f"{SLUG}/principles/fnv", "--json").out)
    assert [one["person"] for one in history["answers"]] == ["ursula-brouwers", "vincent-groot"]


def test_an_act_id_used_for_another_act_is_a_conflict(at: Polder) -> None:
    for args in (
        ("fnv", "--as", "ursula-brouwers", "--stance", "agree", "--comment", "Not at all."),
        ("fnv", "--as", "ursula-brouwers", "--stance", "abstain", "--comment", "With pleasure."),
        ("cnv", "--as", "saskia-lindeman", "--stance", "agree"),
    ):
        said = answered(at, *args, "--act", "once")
        assert said.code == Exit.CONFLICT
        words = " ".join(said.err.split())
        assert f"act id once was used already for an answer ({SLUG}, {SLUG}/principles/fnv) by ursula-brouwers" in words
        assert "Expected: leave out --act, or choose a new id" in words
    said = at("pause", SLUG, "--reason", "Once more.", "--act", "once", "--json")
    assert json.loads(said.out)["code"] == "act_id_used"
    assert json.loads(at("history", f"{SLUG}/principles/cnv", "--json").out)["answers"] == []


def test_a_reason_that_is_too_short_is_named_as_it_was_typed(at: Polder) -> None:
    said = answered(at, "cnv", "--as", "bram-quist", "--stance", "agree", "--on-behalf", "--reason", "ab")
    assert said.code == Exit.REFUSED
    words = " ".join(said.err.split())
    assert "--reason (with/bij --on-behalf) 'ab': expected: at least 3 characters" in words
    assert "on_behalf" not in words
    said = answered(at, "cnv", "--as", "saskia-lindeman", "--stance", "object", "--lift", "x", "--ground", "cost")
    assert "--lift 'x': expected" in said.err


def test_a_party_that_is_unknown_is_not_found_with_those_that_are(at: Polder) -> None:
    said = at("tasks", "--party", "fvn", "--covenant", SLUG)
    assert said.code == Exit.NOT_FOUND
    words = " ".join(said.err.split())
    assert f"Party fvn is unknown in {SLUG}. Expected: fnv, " in words
    assert "or an office: facilitator" in words
    assert at("tasks", "--party", "nobody").code == Exit.NOT_FOUND
    assert "Nobody: nothing is open." in at("tasks", "--party", "mediator").out


def test_on_behalf_and_ad_referendum_show_in_the_history(at: Polder) -> None:
    said = answered(at, "holland-solar", "--as", "lars-meijering", "--stance", "agree", "--json")
    assert json.loads(said.out)["counted"] is False
    phoned = ("--as", "bram-quist", "--stance", "agree", "--on-behalf", "--reason", "Phoned this morning.")
    assert answered(at, "holland-solar", *phoned).code == 0
    shown = at("history", f"{SLUG}/principles/holland-solar").out
    assert "no, ad referendum" in shown
    assert "on behalf: Phoned this morning." in " ".join(shown.split())


def test_terms_and_ladders_move_on_record(at: Polder) -> None:
    due = add_working_days(today(), 40).isoformat()
    said = at("extend", SLUG, "--due", due, "--reason", "The holidays.", "--json")
    assert said.code == 0, said
    assert {task["due_at"][:10] for task in json.loads(at("waiting", SLUG, "--json").out)} == {due}
    past = (today() - timedelta(days=3)).isoformat()
    assert at("extend", f"{SLUG}/principles/cnv", "--due", past, "--reason", "Too late.").code == Exit.REFUSED
    assert at("ladder", "pause", f"{SLUG}/principles/cnv", "--reason", "They merge.").code == 0
    assert "paused" in at("tasks", "--party", "cnv").out
    assert at("ladder", "resume", f"{SLUG}/principles/cnv", "--reason", "They merged.").code == 0
    said = at("ladder", "pause", f"{SLUG}/principles/cnv", "--reason", "Me too.", "--as", "ursula-brouwers")
    assert said.code == Exit.REFUSED


def test_the_plan_changes_on_record(at: Polder, tmp_path: Path) -> None:
    step = tmp_path / "step.yaml"
    step.write_text(
        "id: site-visit\nphase: exploration\nkind: task\ntitle: {nl: Werkbezoek, en: Site visit}\n"
        "respondents: [secretariat]\nduration: 10\n"
    )
    assert at("step", "insert", SLUG, "--after", "principles", "--file", step, "--reason", "Asked for.").code == 0
    assert "Site visit" in at("status", SLUG).out
    assert at("step", "skip", SLUG, "site-visit", "--reason", "No travel.").code == 0
    said = at("step", "skip", SLUG, "site-visit", "--reason", "Once more.")
    assert said.code == Exit.REFUSED
    due = add_working_days(today(), 60).isoformat()
    assert at("step", "reschedule", SLUG, "principles", "--due", due, "--reason", "Elections.").code == 0
    assert at("step", "skip", SLUG, "none", "--reason", "No such step.").code in {Exit.REFUSED, Exit.NOT_FOUND}
    step.write_text("id: x\ncolour: red\n")
    said = at("step", "insert", SLUG, "--after", "principles", "--file", step, "--reason", "Wrong.")
    assert said.code == Exit.INVALID_FILE


def test_a_paused_covenant_takes_no_answers_until_it_is_resumed(at: Polder, until: Until) -> None:
    assert at("pause", SLUG, "--reason", "A new cabinet.").code == 0
    assert "paused: A new cabinet." in at("status", SLUG).out
    assert "polder resume" in " ".join(at("status", SLUG).out.split())
    again = at("pause", SLUG, "--reason", "Once more.", "--json")
    assert json.loads(again.out)["code"] == "already_paused"
    task = ("--as", "saskia-lindeman", "--stance", "agree")
    until(lambda: "paused" in answered(at, "cnv", *task).err)
    assert at("resume", SLUG, "--reason", "The cabinet agrees.").code == 0
    until(lambda: answered(at, "cnv", *task).code == 0)


def test_a_party_leaves_by_its_own_word(at: Polder) -> None:
    said = at("withdraw", SLUG, "--as", "anna-jansma", "--reason", "They said so.")
    assert said.code == Exit.REFUSED
    said = at("withdraw", SLUG, "--as", "wendy-nieuwland", "--reason", "Our members decided so.")
    assert said.code == 0, said
    assert "ActionAid withdrew" in at("status", SLUG).out


def test_the_text_and_its_page(at: Polder, tmp_path: Path) -> None:
    texts = json.loads(at("text", SLUG, "--json").out)
    assert len(texts) == 8
    assert texts[0]["sha256"] in at("text", SLUG, "scope").out
    assert "- The secretariat, for the whole term: publish aggregated data only" in at("text", SLUG, "2").out
    assert at("text", SLUG, "none").code == Exit.NOT_FOUND
    page = tmp_path / "page.html"
    assert at("document", SLUG, "--html", "--out", page, "--lang", "nl").code == 0
    assert "Reikwijdte" in page.read_text()
    for args in (("--kind", "sealed"), ("--check",)):
        said = at("document", SLUG, *args)
        assert said.code == Exit.NOT_FOUND
        assert f"{SLUG} has no 'sealed' document yet. Expected: --html" in " ".join(said.err.split())
    said = at("document", "other", "--html")
    assert (said.code, SLUG in said.err) == (Exit.NOT_FOUND, True)
    said = at("document", SLUG, "--html", "--out", page / "below.html")
    assert said.code == Exit.INVALID_FILE
    assert "Expected: a file in a folder you may write in (--out)" in " ".join(said.err.split())
    assert at("mail", SLUG).out.count("@example.org") > 10


def test_the_record_is_whole_and_a_change_shows(at: Polder, served: Served, tmp_path: Path) -> None:
    said = at("events", SLUG, "--verify")
    assert said.code == 0
    assert "is whole" in said.out
    rows = json.loads(at("events", SLUG, "--json").out)
    assert [row["seq"] for row in rows] == list(range(1, len(rows) + 1))
    assert "covenant launched" in at("events", SLUG).out
    copy = tmp_path / "copy"
    copy.mkdir()
    for path in served.state.glob("polder.db*"):
        shutil.copy(path, copy)
    with sqlite3.connect(copy / "polder.db") as db:
        db.execute("update event set actor = 'someone-else' where seq = 3")
    db.close()
    said = at("events", SLUG, "--verify", "--state", copy, "--json")
    assert said.code == Exit.CHECK_FAILED
    assert json.loads(said.out)["broken_at"] == 3


def test_a_taken_port_and_a_held_folder_are_conflicts(at: Polder, served: Served, tmp_path: Path) -> None:
    said = at("up", "--no-ui", "--state", tmp_path / "other", "--json")
    assert json.loads(said.out)["code"] == "port_taken"
    assert said.code == Exit.CONFLICT
    assert json.loads(at("play", "garments-textile", "--json").out)["code"] == "state_in_use"
    said = at("up", "--no-ui", "--port", "1", "--state", served.state)
    assert said.code == Exit.CONFLICT
    assert "in use by another Polder" in said.err


def test_what_only_a_signed_covenant_knows_is_refused_in_words(at: Polder, tmp_path: Path) -> None:
    why = ("--reason", "The world changed.", "--json")
    for command in (("revise", SLUG), ("terminate", SLUG)):
        said = at(*command, *why)
        assert (said.code, json.loads(said.out)["code"]) == (Exit.REFUSED, "not_signed_yet")
    said = at("accede", SLUG, "Nieuw", "--contact", "Nina", "--email", "nina@example.org", *why)
    assert (said.code, json.loads(said.out)["code"]) == (Exit.REFUSED, "not_signed_yet")
    file = tmp_path / "new.yaml"
    file.write_text("clauses:\n  - id: pay\n    number: 9\n    theme: wages\n")
    said = at("revise", SLUG, "--clauses", file, "--reason", "Wages rose.")
    assert said.code == Exit.INVALID_FILE
    assert "new.yaml" in said.err
    assert "title" in said.err
    assert at("revise", SLUG, "--start", "soon", "--reason", "Wages rose.").code == Exit.REFUSED


def test_the_end_is_the_end(at: Polder, until: Until) -> None:
    assert at("end", SLUG, "--reason", "No mandate left.", "--as", "ursula-brouwers").code == Exit.REFUSED
    assert at("end", SLUG, "--reason", "No mandate left.").code == 0
    until(lambda: json.loads(at("waiting", SLUG, "--json").out) == [])
    assert "nothing any more" in " ".join(at("status", SLUG).out.split())
    said = answered(at, "eneco", "--as", "olga-hofman", "--stance", "agree")
    assert said.code in {Exit.REFUSED, Exit.CONFLICT}
    assert at("pause", SLUG, "--reason", "Too late.").code in {Exit.REFUSED, Exit.CONFLICT}


def test_a_dossier_is_written_and_verified(at: Polder, tmp_path: Path) -> None:
    file = tmp_path / "d.zip"
    said = at("dossier", SLUG, "--out", file)
    assert said.code == 0
    assert f"Written: {file}" in said.out.replace("\n", "")
    checked = at("verify", file, "--json")
    assert (checked.code, json.loads(checked.out)["outcome"]) == (0, "genuine")
    assert "[+] The chain of" in at("verify", file).out
    assert at("verify", file, "--head", "f" * 64).code == Exit.CHECK_FAILED
    file.write_bytes(file.read_bytes()[:-40])
    assert at("verify", file).code == Exit.REFUSED
    assert at("verify", tmp_path / "nothing.zip").code == Exit.INVALID_FILE
    assert at("dossier", SLUG, "--as", "nobody", "--out", file).code in {Exit.REFUSED, Exit.NOT_FOUND}


def test_it_stops_cleanly_and_keeps_everything(at: Polder, served: Served) -> None:
    served.process.send_signal(signal.SIGINT)
    assert served.process.wait(20) == 0
    assert served.process.stdout is not None
    assert "everything is kept" in served.process.stdout.read()
    assert {row["slug"]: row["status"] for row in json.loads(at("list", "--json").out)}[SLUG] == "ended"
    assert at("events", SLUG, "--verify").code == 0
    assert at("launch", "food").code == Exit.UNAVAILABLE


def test_what_is_killed_starts_again_with_everything(at: Polder, served: Served) -> None:
    for number in (signal.SIGKILL, signal.SIGTERM):
        process = subprocess.Popen(
            [sys.executable, "-m", "cli.main", "up", "--no-ui"], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        assert f"127.0.0.1:{served.port}" in process.stdout.readline()
        assert {row["slug"] for row in json.loads(at("list", "--json").out)} >= {SLUG, "eten"}
        process.send_signal(number)
        assert process.wait(20) == (-signal.SIGKILL if number is signal.SIGKILL else 0)
