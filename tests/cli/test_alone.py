"""What needs no engine: help, settings, files, and what is said when nothing runs."""

import json
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cli.exits import BY_KIND, Exit, exit_code
from cli.main import SUBJECTS
from models.errors import KINDS, PolderError

ROOT = Path(__file__).resolve().parents[2]
Polder = Callable[..., Any]


def test_help_names_every_command_and_exit_code(polder: Polder) -> None:
    said = polder("--help")
    assert said.code == 0
    assert all(f" {name} " in said.out for name in SUBJECTS)
    assert all(f"{code.value}" in said.out for code in Exit)


@pytest.mark.parametrize("name", list(SUBJECTS))
def test_every_command_explains_itself(polder: Polder, name: str) -> None:
    said = polder(name, "--help")
    assert said.code == 0
    assert SUBJECTS[name].help.split()[0] in said.out


def test_every_kind_of_error_has_an_exit_code() -> None:
    assert set(BY_KIND) | {"error"} == set(KINDS)
    assert exit_code(PolderError("x", "x", "x")) is Exit.UNEXPECTED


def test_settings_show_no_secret(polder: Polder) -> None:
    secret = {"POLDER_SMTP_PASSWORD": "hunter2", "POLDER_DATABASE_URL": "postgresql+asyncpg://polder:hunter3@db/polder"}
    said = polder("settings", "--json", **secret)
    shown = json.loads(said.out)
    assert (shown["POLDER_SMTP_PASSWORD"], shown["POLDER_CODE_SECRET"]) == ("(set)", "(not set)")
    assert "hunter" not in said.out
    assert shown["database"] == "postgresql+asyncpg://polder:***@db/polder"


def test_a_wrong_setting_is_named_with_what_would_do(polder: Polder) -> None:
    wrong = {"POLDER_TEMPORAL_PORT": "many", "POLDER_SMTP_TLS": "perhaps"}
    said = polder("list", **wrong)
    assert said.code == Exit.INVALID_FILE
    assert "POLDER_TEMPORAL_PORT=many: expected: a whole number" in said.err
    assert "POLDER_SMTP_TLS=perhaps: expected: none, starttls or tls" in said.err
    assert "verwacht: een geheel getal" in polder("list", "--lang", "nl").err


@pytest.mark.parametrize(
    "args",
    [["nonsense"], ["status"], ["status", "x", "--nonsense"], ["launch", "food", "--slug", "No Slug"],
     ["extend", "x", "--due", "tomorrow", "--reason", "because"], ["pause", "x"], ["list", "--lang", "fr"]],
)  # fmt: skip
def test_wrong_usage_is_refused(polder: Polder, args: list[str]) -> None:
    said = polder(*args)
    assert said.code == Exit.REFUSED
    assert said.err.startswith("Refused:")
    as_json = json.loads(polder(*args, "--json").out)
    assert as_json["kind"] == "refusal"
    assert as_json["nl"]


def in_words(said: Any) -> str:
    return " ".join(said.err.split())


def test_wrong_usage_names_the_option_and_what_is_accepted(polder: Polder) -> None:
    said = in_words(polder("document", "x", "--kind", "docx"))
    assert "Invalid value for '--kind': 'docx' is not one of 'draft', 'redline', 'final', 'sealed'" in said
    assert "Invalid value for '--port': should be a valid integer" in in_words(polder("up", "--port", "nan"))


def test_asking_for_a_code_and_giving_one_do_not_go_together(polder: Polder) -> None:
    said = polder("answer", "x/signing/y", "--as", "z", "--request-code", "--code", "ABCD-2345")
    assert said.code == Exit.REFUSED
    assert "--request-code and --code do not go together" in in_words(said)
    assert "--request-code first" in in_words(said)


@pytest.mark.parametrize(
    ("args", "wrong", "accepted"),
    [
        (["--out", "a.docx"], "--out a.docx: '.docx' is not what is written", ".pdf (with --html: .html)"),
        (["--html", "--out", "a.pdf"], "'.pdf' is not what is written", "ends in .html"),
        (["--html", "--check"], "--check does not go with --html", "polder document SLUG --check"),
        (["--kind", "draft", "--check"], "another kind than sealed", "polder document SLUG --check"),
        (["--html", "--kind", "attachment"], "an attachment is no covenant text", "draft, redline, final, sealed"),
    ],
)
def test_document_refuses_options_that_do_not_fit(polder: Polder, args: list[str], wrong: str, accepted: str) -> None:
    said = polder("document", "x", *args)
    assert said.code == Exit.REFUSED
    what, expected = in_words(said).split("Expected: ")
    assert wrong in what
    assert accepted in expected


@pytest.mark.parametrize(
    ("args", "where"),
    [(["status", "  "], "status"), (["answer", "x", "--comment", "\t "], "--comment"),
     (["pause", "x", "--reason=  "], "--reason"), (["launch", " "], "launch")],
)  # fmt: skip
def test_only_spaces_are_called_so(polder: Polder, args: list[str], where: str) -> None:
    said = polder(*args)
    assert said.code == Exit.REFUSED
    assert f"What follows {where} is only spaces. Expected: text" in in_words(said)
    assert f"Wat na {where} komt is alleen spaties" in in_words(polder(*args, "--lang", "nl"))


def test_a_blank_setting_is_called_so(polder: Polder) -> None:
    assert (
        "POLDER_TEMPORAL_PORT: only spaces: expected: a whole number" in polder("list", POLDER_TEMPORAL_PORT="  ").err
    )


def test_a_party_known_nowhere_is_not_found(polder: Polder) -> None:
    assert polder("db", "upgrade").code == Exit.OK
    said = polder("tasks", "--party", "nobody")
    assert said.code == Exit.NOT_FOUND
    assert "Party nobody is unknown in every covenant. Expected: there is no party yet; or an office" in in_words(said)
    assert polder("tasks", "--party", "secretariat").code == Exit.OK


def test_a_taken_port_leaves_nothing_behind(polder: Polder, tmp_path: Path) -> None:
    state = tmp_path / "state"
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = polder("up", "--no-ui", "--port", port)
        assert (said.code, "port_taken" in said.err) == (Exit.CONFLICT, True)
        assert not state.exists()
        assert polder("up", "--ui-port", port).code == Exit.CONFLICT
        assert not state.exists()
        state.mkdir()
        (state / "lock").touch()  # an engine ran here before, and was stopped
        assert polder("up", "--no-ui", "--port", port).code == Exit.CONFLICT
        assert [path.name for path in state.iterdir()] == ["lock"]


def test_files_and_names_that_are_not_there(polder: Polder, tmp_path: Path) -> None:
    assert polder("launch", "fishing").code == Exit.NOT_FOUND
    assert polder("launch", tmp_path / "none.yaml").code == Exit.INVALID_FILE
    assert polder("playbook", "check", "food").code == Exit.OK
    assert polder("playbook", "check", "fishing").code == Exit.NOT_FOUND
    said = polder("play", "garments-textile/none")
    assert said.code == Exit.NOT_FOUND
    assert "garments-textile/three-rounds" in said.err
    broken = tmp_path / "covenant.yaml"
    broken.write_text("slug: x\nplaybook: food\ncolour: red\n")
    said = polder("launch", broken)
    assert said.code == Exit.INVALID_FILE
    assert f"{broken}:3: colour" in said.err


def test_without_a_database_it_says_how_to_begin(polder: Polder) -> None:
    said = polder("list")
    assert said.code == Exit.UNAVAILABLE
    assert "polder up" in said.err


def test_a_corrupt_database_is_a_clear_error(polder: Polder, tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "polder.db").write_bytes(b"no database at all " * 100)
    for args in (["list"], ["up", "--no-ui"], ["db", "upgrade"], ["db", "version"]):
        said = polder(*args)
        assert said.code == Exit.UNAVAILABLE, args
        assert "not a database" in said.err
        assert "docs/runbooks/restore.md" in " ".join(said.err.split())


def test_temporal_down_loses_nothing(polder: Polder) -> None:
    assert polder("db", "version").code == Exit.UNAVAILABLE
    assert polder("db", "upgrade").code == Exit.OK
    assert polder("db", "version").code == Exit.OK
    said = polder("launch", "food")
    assert said.code == Exit.UNAVAILABLE
    assert "polder up" in said.err
    assert json.loads(polder("list", "--json").out) == []


def test_the_program_itself_ends_with_the_code(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "cli.main", "list", "--json"], cwd=ROOT, capture_output=True, text=True, check=False,
        env={"POLDER_STATE": str(tmp_path), "PATH": "/usr/bin"},
    )  # fmt: skip
    assert done.returncode == Exit.UNAVAILABLE
    assert json.loads(done.stdout)["code"] == "no_database"
