"""Delegations and comments from the command line, against one real engine."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from cli.exits import Exit
from cli.playbooks import today

SLUG = "proef"
Polder = Callable[..., Any]

pytestmark = pytest.mark.usefixtures("underway")


def test_a_delegation_gets_a_substitute_who_answers(at: Polder) -> None:
    until = (today() + timedelta(days=30)).isoformat()
    add = (
        "mandate",
        "add",
        SLUG,
        "femke-bos",
        "--name",
        "Femke Bos",
        "--email",
        "femke@example.org",
        "--power",
        "commit",
    )
    said = at(*add, "--power", "speak", "--until", until, "--as", "ursula-brouwers", "--reason", "On leave.", "--json")
    assert said.code == 0, said
    said = at("answer", f"{SLUG}/principles/fnv", "--as", "femke-bos", "--stance", "agree", "--json")
    assert json.loads(said.out)["counted"] is True
    assert at(*add, "--as", "ursula-brouwers", "--reason", "On leave.").code == Exit.REFUSED
    assert "person_exists" in at(*add, "--as", "ursula-brouwers", "--reason", "On leave.", "--json").out

    said = at("mandate", "change", SLUG, "femke-bos", "--power", "sign", "--also", "--reason", "She signs too.")
    assert said.code == 0, said
    assert at("mandate", "end", SLUG, "femke-bos", "--reason", "Back again.", "--lang", "nl").out.startswith(
        "De delegatie"
    )
    kinds = [row["kind"] for row in json.loads(at("events", SLUG, "--json").out)]
    assert [kind for kind in kinds if "mandate" in kind or kind == "person_added"] == [
        "person_added", "mandates_changed", "mandates_ended",
    ]  # fmt: skip
    assert "femke@example.org" not in at("events", SLUG, "--json").out


def test_what_is_wrong_with_a_mandate_is_said_in_words(at: Polder) -> None:
    change = ("mandate", "change", SLUG, "ursula-brouwers", "--reason", "Just so.")
    for args, words in (
        (change, "--power speak"),
        ((*change, "--power", "sign", "--until", "2020-01-31"), "today or later"),
        ((*change, "--power", "sign", "--theme", "space"), "There is no theme space"),
        ((*change, "--power", "sign", "--as", "saskia-lindeman"), "may not change the delegation"),
        (("mandate", "end", SLUG, "ursula-brouwers"), "--reason"),
        (("mandate", "add", SLUG, "x", "--name", "X", "--email", "nowhere", "--power", "sign", "--party", "fnv",
          "--reason", "Just so."), "--email"),
    ):  # fmt: skip
        said = at(*args)
        assert said.code == Exit.REFUSED
        assert words in " ".join(said.err.split()), words
    assert at("mandate", "end", SLUG, "nobody", "--reason", "Just so.").code == Exit.NOT_FOUND
    add = ("mandate", "add", SLUG, "x", "--name", "X", "--email", "x@example.org", "--power", "sign")
    assert "--party" in at(*add, "--reason", "Just so.").err


def test_a_comment_is_read_in_its_lane_only(at: Polder) -> None:
    give = ("comment", SLUG, "scope", "--as", "ursula-brouwers", "--lane", "delegation", "--text", "We could give in.")
    said = at(*give, "--act", "said-once", "--json")
    assert said.code == 0, said
    again = at(*give, "--act", "said-once")
    assert again.code == 0, again
    assert "on record already" in again.out
    reply = at("comment", SLUG, "scope", "--as", "vincent-groot", "--lane", "delegation", "--text", "Not yet.",
               "--reply-to", "said-once")  # fmt: skip
    assert reply.code == 0, reply

    assert [one["text"] for one in json.loads(at("comments", SLUG, "--as", "vincent-groot", "--json").out)] == [
        "We could give in.", "Not yet.",
    ]  # fmt: skip
    assert "We could give in." in at("comments", SLUG, "scope", "--as", "ursula-brouwers").out
    for other in ("saskia-lindeman", "anna-jansma"):
        assert json.loads(at("comments", SLUG, "--as", other, "--json").out) == []
    assert "Geen opmerkingen" in at("comments", SLUG, "--as", "anna-jansma", "--lang", "nl").out
    assert "give in" not in at("events", SLUG, "--json").out
    assert at("comments", SLUG, "none", "--as", "anna-jansma").code == Exit.NOT_FOUND
    assert at("comments", SLUG, "--as", "nobody").code == Exit.NOT_FOUND
    refused = at("comment", SLUG, "scope", "--as", "anna-jansma", "--lane", "delegation", "--text", "Psst.")
    assert refused.code == Exit.REFUSED
    assert "table, facilitator" in refused.err


def test_a_meeting_is_called_seen_moved_and_cancelled(at: Polder) -> None:
    first, second = (f"{date.today() + timedelta(days=days)}T14:00" for days in (30, 40))  # noqa: DTZ011 the server's
    call = ("meeting", "call", SLUG, "--title", "Preparing", "--invite", "fnv", "--point", "Wages")
    assert "after now" in at(*call, "--start", "2020-01-10T14:00").err
    assert "2027-03-31T14:00" in at(*call, "--start", "soon").err
    said = at(*call, "--start", first, "--act", "meeting-once")
    assert said.code == 0, said
    assert "on record already" in at(*call, "--start", first, "--act", "meeting-once").out
    (seen,) = json.loads(at("meetings", SLUG, "--as", "ursula-brouwers", "--json").out)
    assert (seen["text"]["title"], seen["text"]["agenda"], seen["invited"]) == ("Preparing", ["Wages"], ["fnv"])
    assert json.loads(at("meetings", SLUG, "--as", "saskia-lindeman", "--json").out) == []
    assert at("meeting", "show", SLUG, "1", "--as", "saskia-lindeman").code == Exit.REFUSED
    assert "1. Wages" in at("meeting", "show", SLUG, "1", "--as", "ursula-brouwers").out
    answer = ("answer", f"{SLUG}/meeting:1.0/fnv", "--as", "ursula-brouwers")
    assert at(*answer, "--attends", "substitute").code == Exit.REFUSED
    assert at(*answer, "--attends", "substitute", "--name", "Una").code == 0
    moved = at("meeting", "change", SLUG, "1", "--start", second, "--reason", "The room is taken.")
    assert moved.code == 0, moved
    assert "not_held" in at("meeting", "report", SLUG, "1", "--present", "fnv", "--json").out
    gone = at("meeting", "cancel", SLUG, "1", "--reason", "Nothing to prepare.", "--lang", "nl")
    assert gone.out.startswith("Het overleg is afgezegd")
    assert "Preparing" not in at("events", SLUG, "--json").out


def test_a_paper_is_read_in_its_lane_and_moves_wider(at: Polder, tmp_path: Path) -> None:
    none = at("paper", "publish", SLUG, "--as", "anna-jansma", "--note", "As agreed.")
    assert (none.code, "an accord first" in " ".join(none.out.split() + none.err.split())) == (Exit.REFUSED, True), none
    put = ("paper", "add", SLUG, "--as", "ursula-brouwers", "--lane", "delegation", "--title", "Wages")
    assert "--note or --file" in at(*put).err
    (tmp_path / "wages.txt").write_text("What we earn.")
    said = at(*put, "--file", str(tmp_path / "wages.txt"), "--act", "paper-once")
    assert said.code == 0, said
    assert "on record already" in at(*put, "--file", str(tmp_path / "wages.txt"), "--act", "paper-once").out
    assert "Wages" in at("papers", SLUG, "--as", "vincent-groot").out
    got = ("paper", "get", SLUG, "paper-once", str(tmp_path / "got.txt"), "--as")
    assert at(*got, "anna-jansma").code == Exit.NOT_FOUND
    assert at(*got, "vincent-groot").code == 0
    assert (tmp_path / "got.txt").read_text() == "What we earn."
    wider = ("widen", SLUG, "paper-once", "--lane", "table", "--reason", "All may know.", "--as")
    assert at(*wider, "anna-jansma").code == Exit.REFUSED
    assert at(*wider, "vincent-groot").code == 0
    assert "Wages" in at("papers", SLUG, "--as", "anna-jansma").out
    assert "Wages" not in at("events", SLUG, "--json").out
