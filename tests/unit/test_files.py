"""Every problem of a file is one line with file, line, key, what is wrong and what is accepted."""

import re
import time
from datetime import date
from pathlib import Path

import pytest
from pydantic import BaseModel

from models.covenant import ClauseFile
from models.errors import InvalidFile, NotFound
from runtime.files import (
    checked_covenant,
    checked_playbook,
    find_covenant,
    find_playbook,
    list_sectors,
    load,
    load_covenant,
    load_playbook,
    read,
)

TODAY = date(2026, 11, 22)
GARMENTS = find_playbook("garments-textile").read_text(encoding="utf-8")
COVENANT = find_covenant("banking").read_text(encoding="utf-8")


def broken(tmp_path: Path, text: str, old: str, new: str) -> tuple[Path, int]:
    """Write a shipped file with one thing changed; return it and the line of the change."""
    assert old in text
    path = tmp_path / "broken.yaml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    common = 0
    while common < min(len(old), len(new)) and old[common] == new[common]:
        common += 1
    return path, text[: text.index(old) + common].count("\n") + 1


def test_the_line_end_that_closes_a_block_is_no_part_of_a_clause() -> None:
    made = ClauseFile.model_validate(
        {"id": "a", "number": "1", "theme": "t", "title": {"nl": "A", "en": "A"}, "text": {"nl": "x\n", "en": "y\n"}}
    )
    assert (made.text.nl, made.text.en) == ("x", "y")


@pytest.mark.parametrize(
    ("old", "new", "key", "wrong", "accepted"),
    [
        ("term_years: 5", "term_years: many", "term_years", "got 'many'", "a whole number"),
        ("term_years: 5", "term_years: 9", "term_years", "got 9", "at most 5"),
        ("term_years: 5", "term_years: 2.5", "term_years", "got 2.5", "a whole number"),
        ("term_years: 5", "term_year: 5", "term_year", "unknown key", "did you mean 'term_years'?"),
        ("kind: dialogue", "kind: dialog", "steps.6.kind", "got 'dialog'", "did you mean 'dialogue'?"),
        ("phase: dialogue", "phase: later", "steps.5.phase", "got 'later'", "exploration, dialogue, implementation"),
        ("market_share: 30", "market_share: 130", "thresholds.market_share", "got 130", "at most 100"),
        ("market_share: 30", "market_share: lots", "thresholds.market_share", "got 'lots'", "a number"),
        (
            "first_of_month: true",
            "first_of_month: maybe",
            "entry_into_force.first_of_month",
            "'maybe'",
            "true or false",
        ),
        ("id: principles", "id: Principles!", "steps.0.id", "'Principles!'", "lower-case letters, digits and hyphens"),
        ("duration: 40", "duration: 0", "steps.1.duration", "got 0", "at least 1"),
        ("duration: 40", "duration: 40\n    durations: 3", "steps.1.durations", "unknown key", "'duration'"),
        ("duration: 40", "duration: 40\n    duration: 3", "steps.1.duration", "twice", "each key once"),
        ("respondents: [secretariat]", "respondents: []", "steps.1.respondents", "has 0", "at least 1 in the list"),
        ("respondents: [secretariat]", "respondents: all", "steps.1.respondents", "got 'all'", "a list"),
        ('threshold: "2/3"', 'threshold: "5/3"', "steps.5.rule.threshold", "got '5/3'", "at most 1, such as '2/3'"),
        ("accord: true", "optional: {}", "steps.7.optional", "got {}", "true or false"),
        ("max_rounds: 10", "accord: true", "steps.6.accord", "no negotiators' accord", "kind approval"),
        ("duration: 40", "duration: !!python/name:os.system 3", "steps.1.duration", "no plain value", "without !tag"),
        (
            "market_share: 30",
            "market_share: .nan",
            "thresholds.market_share",
            "'nan', which is no number",
            "at most",
        ),
        ("market_share: 30", "market_share: .inf", "thresholds.market_share", "got infinity", "at most 100"),
        ("duration: 40", "duration: .inf", "steps.1.duration", "got infinity", "a whole number"),
        (
            'threshold: "2/3"',
            'threshold: "1e-99999999"',
            "steps.5.rule.threshold",
            "got '1e-99999999'",
            "such as '2/3'",
        ),
        ('threshold: "2/3"', f'threshold: "0.{"6" * 30}"', "steps.5.rule.threshold", "got '0.666", "at most 20"),
        ("id: principles", 'id: "   "', "steps.0.id", "got only spaces", "lower-case letters"),
        ("duration: 40", "duration: 2026-13-45", "steps.1.duration", "no plain value", "a date such as"),
    ],
)
def test_a_wrong_playbook_is_explained(
    tmp_path: Path, *, old: str, new: str, key: str, wrong: str, accepted: str
) -> None:
    path, line = broken(tmp_path, GARMENTS, old, new)
    line += new.count("\n")
    with pytest.raises(InvalidFile) as caught:
        load_playbook(path)
    said = next(one for one in caught.value.words.en.splitlines() if f": {key}: " in one)
    assert said.startswith(f"{path}:{line}: {key}: ")
    what, expected = said.split("; expected: ")
    assert wrong in what
    assert accepted in expected
    assert f"{path}:{line}: {key}: " in caught.value.words.nl
    assert "; verwacht: " in caught.value.words.nl
    assert caught.value.code == "invalid_file"
    assert caught.value.evidence["file"] == str(path)


@pytest.mark.parametrize(
    ("old", "new", "key", "wrong", "accepted"),
    [
        ("until: 2036-12-31", "until: someday", "people.5.mandates.0.until", "'someday'", "a date such as 2027-01-31"),
        ("@example.org", "-example.org", "people.0.email", "got", "an e-mail address such as name@example.org"),
        ("slug: banken", "slug: -banken", "slug", "got", "lower-case letters"),
        ("authentic: nl", "authentic: de", "authentic", "got 'de'", "one of: nl, en"),
        ("authentic: nl", "facts:\n  x: 2027-01-01", "facts.x", "got", "true, false, a number or text"),
        ("authentic: nl", "facts:\n  x: .nan", "facts.x", "'nan', which is no number", "true, false, a number or text"),
        ("authentic: nl", "facts:\n  x: 99999999999", "facts.x", "got 99999999999", "at most a billion"),
        ("authentic: nl", f"facts:\n  x: {'y' * 301}", "facts.x", "got 'yyy", "at most 300 characters"),
        ("authentic: nl", "facts:\n  x: 2.5", "facts.x", "got 2.5", "true, false, a number or text"),
    ],
)
def test_a_wrong_covenant_is_explained(
    tmp_path: Path, *, old: str, new: str, key: str, wrong: str, accepted: str
) -> None:
    path, line = broken(tmp_path, COVENANT, old, new)
    line += new.count("\n")
    with pytest.raises(InvalidFile) as caught:
        load_covenant(path)
    (said,) = caught.value.words.en.splitlines()
    what, expected = said.split("; expected: ")
    assert said.startswith(f"{path}:{line}: {key}: ")
    assert wrong in what
    assert accepted in expected


def test_an_address_of_two_people_is_refused_at_both_their_lines(tmp_path: Path) -> None:
    lines = COVENANT.splitlines()
    places = [number for number, line in enumerate(lines) if "email: " in line][:2]
    address = lines[places[0]].split("email: ")[1].split(",")[0].rstrip(" }")
    start, end = lines[places[1]].split("email: ")
    other = end.split(",")[0].rstrip(" }")
    lines[places[1]] = f"{start}email: {address.upper()}{end.removeprefix(other)}"
    path = tmp_path / "covenant.yaml"
    path.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(InvalidFile) as caught:
        checked_covenant(path, TODAY)
    for said, where in (
        (caught.value.words.nl, "is ook het adres van"), (caught.value.words.en, "is also the address of"),
    ):  # fmt: skip
        assert len(said.splitlines()) == 2
        for line, number, key in zip(said.splitlines(), places, ("people.0.email", "people.1.email"), strict=True):
            assert line.startswith(f"{path}:{number + 1}: {key}: ")
            assert where in line


def test_blank_text_is_called_so_in_both_languages(tmp_path: Path) -> None:
    path = tmp_path / "covenant.yaml"
    title = next(line for line in COVENANT.splitlines() if line.startswith("title:"))
    path.write_text(COVENANT.replace(title, 'title: {nl: "  ", en: "\\u200b"}'), encoding="utf-8")
    with pytest.raises(InvalidFile) as caught:
        load_covenant(path)
    nl, en = caught.value.words.nl, caught.value.words.en
    assert "title.nl: kreeg alleen spaties; verwacht: tekst die meer is dan spaties" in nl
    assert "title.nl: got only spaces; expected: text that is more than spaces" in en
    assert "verwacht: tekst zonder stuur- of verborgen tekens; gevonden: U+200B" in nl
    assert "expected: text without control or hidden characters; found U+200B" in en


def test_a_missing_key_names_the_thing_it_is_missing_from(tmp_path: Path) -> None:
    path, line = broken(tmp_path, GARMENTS, "    kind: task\n", "")
    with pytest.raises(InvalidFile) as caught:
        load_playbook(path)
    assert f"broken.yaml:{line - 2}: steps.1.kind: is missing; expected: one of: task" in caught.value.words.en


def test_all_problems_come_together_in_order(tmp_path: Path) -> None:
    path = tmp_path / "many.yaml"
    text = GARMENTS.replace("term_years: 5", "term_years: x").replace("kind: task", "kind: tusk")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidFile) as caught:
        load_playbook(path)
    lines = caught.value.words.en.splitlines()
    assert [int(line.split(":")[1]) for line in lines] == sorted(int(line.split(":")[1]) for line in lines)
    assert len(lines) == int(caught.value.evidence["count"]) == 4


def test_very_many_problems_are_cut_between_lines(tmp_path: Path) -> None:
    path = tmp_path / "many.yaml"
    path.write_text("".join(f"key-{i}: 1\n" for i in range(20_000)), encoding="utf-8")
    begun = time.monotonic()
    with pytest.raises(InvalidFile) as caught:
        load_playbook(path)
    assert re.fullmatch(r"… and \d+ more", caught.value.words.en.splitlines()[-1])
    assert len(caught.value.words.nl) < 4000
    assert time.monotonic() - begun < 3


LAUGHS = "a: &a [x, x, x]\n" + "".join(
    f"{b}: &{b} [*{a}, *{a}, *{a}]\n" for a, b in zip("abcdef", "bcdefg", strict=True)
)


@pytest.mark.parametrize(
    ("content", "wrong", "accepted"),
    [
        (b"", "the file is empty", "a YAML file"),
        (b"# only a remark\n", "the file is empty", "a YAML file"),
        (b"\xff\xfe\x00a", "this is not UTF-8", "text in UTF-8"),
        (b"title: caf\xe9", "this is not UTF-8", "text in UTF-8"),
        (b"a: 1\nb: [1, 2\n", "not valid YAML", "one YAML document"),
        (b"a: 1\n\tb: 2\n", "not valid YAML", "indented with spaces"),
        (b"a: b: c\n", "not valid YAML", "between quotes"),
        (b"a: \x00\n", "not valid YAML", "one YAML document"),
        (b"a: 1\n---\nb: 2\n", "not valid YAML", "one YAML document"),
        (LAUGHS.encode(), "anchor or alias 'a'", "without & and *"),
        (b"a: *a\n", "anchor or alias 'a'", "without & and *"),
        (b"a: 1\n" * 400_000, "too many values", "at most 200000"),
        (b"[" * 1_000_000, "nested too deeply", "at most 30 deep"),
        (b"a: " * 3 + b"\n", "not valid YAML", "between quotes"),
        (b"[1, 2]\n", "got [1, 2]", "keys with values"),
        (b"just words\n", "got 'just words'", "keys with values"),
        (b"? [1, 2]\n: 3\n", "the key is no word", "key: value"),
        (b"x" * 2_100_000, "the file is 2.0 MB", "at most 2 MB"),
    ],
)
def test_what_is_no_playbook_at_all(tmp_path: Path, content: bytes, wrong: str, accepted: str) -> None:
    path = tmp_path / "odd.yaml"
    path.write_bytes(content)
    begun = time.monotonic()
    with pytest.raises(InvalidFile) as caught:
        load_playbook(path)
    assert time.monotonic() - begun < 3
    assert caught.value.words.en.startswith(f"{path}:")
    assert wrong in caught.value.words.en
    assert accepted in caught.value.words.en


def test_a_hundred_megabytes_are_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "huge.yaml"
    with path.open("wb") as file:
        file.truncate(100 * 1024 * 1024)
    begun = time.monotonic()
    with pytest.raises(InvalidFile, match=r"100\.0 MB; expected: at most 2 MB"):
        load_playbook(path)
    assert time.monotonic() - begun < 0.5


def test_a_folder_and_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(InvalidFile, match="this is not a file; expected: a readable YAML file"):
        load_playbook(tmp_path)
    with pytest.raises(InvalidFile, match="does not exist; expected: a readable YAML file"):
        load_playbook(tmp_path / "none.yaml")
    with pytest.raises(InvalidFile, match="cannot be read"):
        load_playbook(Path("a\0b"))


def test_a_byte_order_mark_is_no_problem(tmp_path: Path) -> None:
    path = tmp_path / "bom.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + GARMENTS.encode())
    assert load_playbook(path).sector == "garments-textile"


def test_any_model_can_be_loaded(tmp_path: Path) -> None:
    class Scenario(BaseModel):
        days: int

    path = tmp_path / "scenario.yaml"
    path.write_text("days: 3\n", encoding="utf-8")
    assert load(path, Scenario).days == 3


def test_the_line_of_a_path_or_of_what_is_around_it(tmp_path: Path) -> None:
    path = tmp_path / "small.yaml"
    path.write_text("a:\n  - b: 1\n    c: 2\n  - b: 3\n", encoding="utf-8")
    source = read(path)
    assert [source.line(at) for at in ("a", "a.0", "a.0.c", "a.1.b", "a.1.zzz.4", "nowhere", "")] == [
        1,
        2,
        3,
        4,
        4,
        1,
        1,
    ]


def test_problems_of_meaning_have_lines_too(tmp_path: Path) -> None:
    path, line = broken(
        tmp_path, GARMENTS, "after: [risk-analysis, joining-forces]", "after: [risk-analysis, joining-force]"
    )
    with pytest.raises(InvalidFile) as caught:
        checked_playbook(path)
    said = f"{path}:{line}: steps.3.after.1: unknown step 'joining-force'; expected: one of: "
    assert caught.value.words.en.startswith(said)
    assert "(did you mean 'joining-forces'?)" in caught.value.words.en
    path, line = broken(tmp_path, COVENANT, "theme: human-rights", "theme: human-right")
    with pytest.raises(InvalidFile) as caught:
        checked_covenant(path, TODAY)
    assert f"{path}:{line}: clauses.0.theme: unknown theme 'human-right'; expected: " in caught.value.words.en
    path, line = broken(tmp_path, COVENANT, "playbook: banking", "playbook: bankin")
    with pytest.raises(InvalidFile, match=f":{line}: playbook: unknown sector 'bankin'; expected: .*'banking'"):
        checked_covenant(path, TODAY)


def test_sectors_are_found_by_name() -> None:
    assert list_sectors() == ["banking", "food", "garments-textile", "gold", "renewable-energy"]
    for wrong in ("bankin", "../sectors/banking", ""):
        with pytest.raises(NotFound) as caught:
            find_playbook(wrong)
        assert "banking, food, garments-textile" in caught.value.words.nl
    with pytest.raises(NotFound, match="did you mean 'banking'"):
        find_playbook("bankin")
