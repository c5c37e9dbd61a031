import re
from pathlib import Path

import pytest

from cli.exits import Exit
from cli.main import SUBJECTS
from models.errors import KINDS
from runtime.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")])
SETTINGS = sorted(
    (str(field.validation_alias or f"POLDER_{name.upper()}"), field) for name, field in Settings.model_fields.items()
)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


@pytest.mark.parametrize("variable", [name for name, _ in SETTINGS])
def test_every_setting_is_documented(variable: str) -> None:
    assert f"| `{variable}` |" in (ROOT / "docs/settings.md").read_text()


def test_no_setting_is_documented_that_is_not_there() -> None:
    found = set(re.findall(r"^\| `(POLDER_[A-Z_]+)` \|", (ROOT / "docs/settings.md").read_text(), re.MULTILINE))

    assert found == {name for name, _ in SETTINGS}


def test_documented_defaults_are_the_defaults() -> None:
    text = (ROOT / "docs/settings.md").read_text()
    rows = dict(re.findall(r"^\| `(POLDER_[A-Z_]+)` \| ([^|]*) \|", text, re.MULTILINE))

    for name, field in SETTINGS:
        default = field.get_default(call_default_factory=True)
        value = default.get_secret_value() if hasattr(default, "get_secret_value") else default
        shown = str(value).lower() if isinstance(value, bool) else str(value).removeprefix(f"{ROOT}/")
        assert rows[name].strip() == (f"`{shown}`" if shown else "empty"), name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for link in LINK.findall(page.read_text()):
        if not link.startswith(("http://", "https://", "mailto:", "#")):
            assert (page.parent / link.split("#")[0]).exists(), link


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_functions_a_page_names_are_there(page: Path) -> None:
    """`workflows/recorder.py` (`Recorder.write`) names a file that exists and a name that is defined in it."""
    text = page.read_text()
    for path, name in re.findall(r"\[`([a-z_/]+\.py)(?::([A-Za-z_.]+))?`\]", text):
        code = (ROOT / path).read_text()
        last = name.split(".")[-1] if name else ""
        assert not last or re.search(rf"(def|class) {last}\b|^{last}\b", code, re.MULTILINE), f"{path}:{name}"


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"error"}))
def test_every_kind_of_error_has_its_exit_code_documented(kind: str) -> None:
    assert f"`{kind}`" in (ROOT / "docs/cli.md").read_text()


@pytest.mark.parametrize("code", list(Exit))
def test_every_exit_code_is_documented(code: Exit) -> None:
    assert f"\n| {code.value} |" in (ROOT / "docs/cli.md").read_text()


@pytest.mark.parametrize("command", sorted(SUBJECTS))
def test_every_command_is_documented(command: str) -> None:
    assert f"`polder {command}" in (ROOT / "docs/cli.md").read_text()


def test_every_adr_has_the_four_parts() -> None:
    pages = sorted((ROOT / "docs/adr").glob("[0-9]*.md"))

    assert [int(page.name[:4]) for page in pages] == list(range(1, len(pages) + 1))
    for page in pages:
        headings = re.findall(r"^## (.+)$", page.read_text(), re.MULTILINE)
        assert headings[:4] == ["Context", "Decision", "Consequences", "Alternatives"], page.name


def test_readme_opens_with_a_paragraph_and_two_commands() -> None:
    text = (ROOT / "README.md").read_text()
    opening = text.split("## ")[0]

    assert text.startswith("# Polder\n")
    assert "make demo" in opening
    assert "make test" in opening
    assert "<!-- bench -->" in text
    assert "<!-- /bench -->" in text
