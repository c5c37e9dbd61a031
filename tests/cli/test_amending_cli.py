"""Amendments from the command line, against one real engine."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from bouncing import failed

from cli.exits import Exit

SLUG = "proef"
Polder = Callable[..., Any]

pytestmark = pytest.mark.usefixtures("underway")

URSULA, SASKIA = ("--as", "ursula-brouwers"), ("--as", "saskia-lindeman")
WHY = ("--reason", "It reads better.")


def texts(at: Polder, clause: str = "scope") -> dict[str, str]:
    (found,) = json.loads(at("text", SLUG, clause, "--json").out)
    return {"nl": found["text_nl"], "en": found["text_en"], "sha": found["sha256"]}


def amendments(at: Polder, *args: str) -> list[dict[str, Any]]:
    said = at("amendments", SLUG, *args, *URSULA, "--json")
    assert said.code == 0, said
    found: list[dict[str, Any]] = json.loads(said.out)
    return found


def test_words_are_proposed_as_a_whole_text_and_shown_as_a_redline(at: Polder, tmp_path: Path) -> None:
    now = texts(at)
    nl, en = tmp_path / "nl.txt", tmp_path / "en.txt"
    nl.write_text(now["nl"].replace("zonne-energie", "zonnewarmte") + "\n")
    en.write_bytes((now["en"].replace("solar energy", "solar heat") + "\r\n").encode())
    amend = ("amend", SLUG, "scope", *URSULA, "--nl-file", nl, "--en-file", en, "--sha", now["sha"], *WHY)
    said = at(*amend, "--act", "mine?/&", "--json")
    assert said.code == 0, said
    assert "Note:" not in said.out
    again = at(*amend, "--act", "mine?/&")
    assert again.code == 0, again
    assert "on record already" in " ".join(again.out.split())

    one_language = ("amend", SLUG, "scope", "--en", now["en"].replace("solar energy", "the sun"))
    said = at(*one_language, *SASKIA, *WHY, "--act", "theirs")
    assert said.code == 0, said
    assert "only the English text changes; the Dutch stays" in " ".join(said.out.split())
    child = ("amend", SLUG, "scope", "--en", en.read_text().replace("wind energy", "wind"), "--to", "mine?/&")
    assert at(*child, *SASKIA, *WHY, "--act", "child").code == 0

    mine, theirs, _ = amendments(at, "scope")
    assert (mine["id"], mine["party"], mine["collides"]) == ("mine?/&", "fnv", ["theirs"])
    assert "[-energy-]{+heat+}" in mine["en"]["redline"]
    assert (theirs["nl"]["edits"], theirs["collides"]) == ([], ["child", "mine?/&"])
    shown = at("amendments", SLUG, *SASKIA, "--lang", "nl").out
    assert "tussen haken" in shown
    assert "Botst met: child, mine?/&" in " ".join(shown.split())
    assert "artikel 1" in " ".join(shown.split()), "the place is cited"
    ahead = " ".join(at("outlook", SLUG, *SASKIA).out.split())
    assert "Least supported by:" in ahead
    assert "in all 3 proposals" in ahead
    assert "Geen wijzigingsvoorstellen" in at("amendments", SLUG, "due-diligence", *SASKIA, "--lang", "nl").out


def test_an_amendment_is_taken_back_by_its_own_party(at: Polder) -> None:
    withdraw = ("amendment", "withdraw", SLUG, "theirs", *WHY)
    said = at(*withdraw, *URSULA)
    assert said.code == Exit.REFUSED
    assert "is of CNV, not of" in " ".join(said.err.split())
    assert at(*withdraw, *SASKIA).code == 0
    assert "theirs" not in [one["id"] for one in amendments(at)]
    assert {one["status"] for one in amendments(at, "--all") if one["id"] == "theirs"} == {"withdrawn"}
    assert "withdrawn" in at("amendments", SLUG, "--all", *URSULA).out
    for do in ("accept", "maintain"):
        said = at("amendment", do, SLUG, "mine?/&", *URSULA, *WHY, "--json")
        assert (said.code, json.loads(said.out)["code"]) == (Exit.REFUSED, "amendment_settled")
        assert "unknown_amendment" in at("amendment", do, SLUG, "none", *URSULA, *WHY, "--json").out
        assert "--reason" in at("amendment", do, SLUG, "mine?/&", *URSULA).err
    assert at("amendment", "withdraw", SLUG, "theirs", "--as", "nobody", *WHY).code == Exit.NOT_FOUND


def test_what_is_wrong_with_words_is_said_in_words(at: Polder, tmp_path: Path) -> None:
    now, before = texts(at), amendments(at)
    big, odd, empty = tmp_path / "big.txt", tmp_path / "odd.txt", tmp_path / "empty.txt"
    big.write_text("word " * 200_000)
    odd.write_bytes(b"Old \xff wage")
    empty.write_bytes(b"")
    amend = ("amend", SLUG, "scope", *URSULA)
    for args, code, words in (
        ((*amend, "--en", "New.", "--nl", now["nl"], "--sha", "0" * 64, *WHY), Exit.CONFLICT, now["sha"]),
        ((*amend, "--en", now["en"], "--nl", now["nl"] + "\n", *WHY), Exit.REFUSED, "changes nothing"),
        ((*amend, *WHY), Exit.REFUSED, "changes nothing"),
        ((*amend, "--en", "", *WHY), Exit.REFUSED, "--en '': expected: at least 1 characters"),
        ((*amend, "--en", "a\x07b", *WHY), Exit.REFUSED, "found U+0007"),
        ((*amend, "--en-file", big, *WHY), Exit.REFUSED, "at most 4000 characters"),
        ((*amend, "--en-file", odd, *WHY), Exit.INVALID_FILE, "no text in UTF-8 (byte 4)"),
        ((*amend, "--en-file", empty, *WHY), Exit.INVALID_FILE, "is 0 bytes"),
        ((*amend, "--en-file", tmp_path / "none.txt", *WHY), Exit.INVALID_FILE, "cannot be read"),
        ((*amend, "--en-file", big, "--en", "x", *WHY), Exit.REFUSED, "do not go together"),
        ((*amend, "--en", "New."), Exit.REFUSED, "--reason"),
        ((*amend, "--en", "New.", "--sha", "abc", *WHY), Exit.REFUSED, "--sha 'abc'"),
        ((*amend, "--en", "New.", "--to", "none", *WHY), Exit.REFUSED, "Amendment none is not open on this clause"),
        (("amend", SLUG, "none", *URSULA, "--en", "New.", *WHY), Exit.NOT_FOUND, "There is no clause none"),
        (("amend", SLUG, "scope", "--as", "anna-jansma", "--en", "New.", *WHY), Exit.REFUSED, "sits at the table for"),
        (("amend", SLUG, "scope", "--as", "nobody", "--en", "New.", *WHY), Exit.NOT_FOUND, "nobody is not known"),
        (("amend", "none", "scope", *URSULA, "--en", "New.", *WHY), Exit.NOT_FOUND, "none"),
        ((*amend, "--en", "New.", *WHY, "--act", "mine?/&"), Exit.CONFLICT, "was used already for an amendment"),
        (("amendments", SLUG, "none", *URSULA), Exit.NOT_FOUND, "There is no clause none"),
        (("amendments", SLUG, "--as", "nobody"), Exit.NOT_FOUND, "nobody is not known"),
    ):  # fmt: skip
        said = at(*args)
        assert (said.code, words) == (code, words), said
        assert words in " ".join(said.err.split()), (words, said)
    assert amendments(at) == before


def test_companies_read_no_amendments(at: Polder) -> None:
    with_people = json.loads(at("status", SLUG, "--json").out)
    company = next(one["id"] for one in with_people["parties"] if one["tier"] == "participant")
    said = at("amendments", SLUG, "--as", f"{company}-contact")
    assert said.code == Exit.REFUSED
    assert "This is not for you" in said.err


def test_what_the_parties_are_asked_beside_the_plan(at: Polder, tmp_path: Path) -> None:
    rules = json.loads(at("ground-rules", "show", SLUG, "--json").out)["rules"]
    assert {one["matter"]: one["rule"]["kind"] for one in rules}["editorial"] == "silence"
    propose = ("ground-rules", "propose", SLUG, "minutes", "--rule", "consent", "--days", "4", *WHY, "--act", "rule-1")
    for said in (at(*propose), at(*propose)):
        assert said.code == 0, said
    assert at(*propose[:-2], *URSULA).code == Exit.REFUSED, "a party puts no question"
    task = next(one for one in json.loads(at("waiting", SLUG, "--json").out) if one["step"] == "question-1")
    assert at("notify", task["id"], *WHY).code == 0
    report = tmp_path / "report.eml"
    report.write_bytes(failed(b"Message-ID: <never-sent@polder.example>\r\n\r\n", "ann@union.example"))
    said = at("bounce", str(report))
    assert (said.code, "No mail with id <never-sent@polder.example>" in said.err) == (Exit.NOT_FOUND, True)
    report.write_bytes(report.read_bytes().replace(b"Action: failed", b"Action: delayed"))
    assert "still on its way or arrived" in at("bounce", str(report)).out
    shown = " ".join(at("ground-rules", "show", SLUG).out.split())
    assert "1. Change the ground rule for the minutes of a meeting: no reasoned objection, 4 working days" in shown
    assert at("ground-rules", "withdraw", SLUG, "1", *WHY).code == 0
    said = at("fix", SLUG, "scope", "--en", "Another text of it.", *WHY)
    assert (said.code, "not being negotiated now" in said.err) == (Exit.REFUSED, True)
    away = ("absence", SLUG, "ursula-brouwers", *URSULA, *WHY)
    assert at(*away, "--until", "2020-01-01").code == Exit.REFUSED
    assert at(*away, "--until", "2029-01-01").code == 0
    assert at(*away).code == 0, "and back"
    file = tmp_path / "text.xml"
    assert at("export", SLUG, *URSULA, "--format", "akn", "--out", file).code == 0
    assert file.read_text().startswith("<?xml")
    made = json.loads(at("export", SLUG, *URSULA, "--format", "json", "--out", tmp_path / "all.json", "--json").out)
    assert made["media_type"] == "application/json"
    file = tmp_path / "redline.html"
    assert at("redline", SLUG, *URSULA, "--form", "html", "--out", file).code == 0
    assert "Never approved, so shown without changes" in file.read_text()


def test_weights_are_for_the_own_delegation_and_packages_for_the_facilitator(at: Polder) -> None:
    weigh = ("package", "weigh", SLUG, "--matters", "scope=decisive", "--now", "scope=unwelcome")
    mine = ("--worth", "mine?/&=wanted", "--worth", "child=bearable")
    for _ in range(2):
        said = at(*weigh, *mine, *URSULA, "--act", "weights-1", "--json")
        assert said.code == 0, said
    (kept,) = json.loads(at("package", "weights", SLUG, *URSULA, "--json").out)["clauses"]
    assert (kept["matters"], kept["worth"]) == ("decisive", {"mine?/&": "wanted", "child": "bearable"})
    assert "this we must have" in " ".join(at("package", "weights", SLUG, *URSULA).out.split())
    assert "has not weighed anything" in at("package", "weights", SLUG, *SASKIA).out
    assert at("package", "weights", SLUG, "--as", "anna-jansma").code == Exit.REFUSED
    assert at("package", "propose", SLUG, *URSULA).code == Exit.REFUSED
    shown = " ".join(at("package", "propose", SLUG).out.split())
    assert "Nothing is looked for" in shown
    for person in ("saskia-lindeman", "wendy-nieuwland"):
        assert at(*weigh, "--worth", "mine?/&=good", "--as", person).code == 0
    shown = " ".join(at("package", "propose", SLUG).out.split())
    assert "1. No other package leaves the party that gains least better off. One clause gets another text" in shown
    assert "Gains much: CNV, FNV, ActionAid" in shown
    assert "Weighed last" not in shown
    found = json.loads(at("package", "propose", SLUG, "--json").out)
    assert found["packages"][0]["picks"][0]["amendment"] == "mine?/&"
    said = at("package", "put", SLUG, "--take", "mine?/&", *WHY)
    assert (said.code, "not being negotiated now" in said.err) == (Exit.REFUSED, True)
    for args, words in (
        ((*weigh, "--worth", "none=good", *URSULA), "Amendment none is not open"),
        ((*weigh, "--worth", "child=best", *URSULA), "Expected: ID=STEP, with a step of wanted, good"),
        (("package", "weigh", SLUG, "--now", "scope=good", *URSULA), "Not all of clause scope was said"),
        (("package", "weigh", SLUG, "--now", "x=good", "--matters", "x=much", *URSULA), "There is no clause x"),
        (("package", "weigh", SLUG, *URSULA), "or --back alone"),
        (("package", "put", SLUG, "--take", "none", *WHY), "Amendment none is not open"),
    ):
        said = at(*args)
        assert (said.code, words in " ".join(said.err.split())) == (Exit.REFUSED, True), said
    assert at("package", "weigh", SLUG, "--back", *URSULA).code == 0
    assert "has not weighed anything" in at("package", "weights", SLUG, *URSULA).out
