"""The house rules: where code lives, what may import what, how long a file may be."""

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

import models

ROOT = Path(models.__file__).parents[1]
PACKAGES = ("models", "rules", "store", "runtime", "activities", "workflows", "acts", "web", "cli")
MOST_LINES = 500
TOO_LONG_ALREADY = {
    # Over the limit when this test was written. None may join or pass its ceiling; who comes under 500 leaves the list.
    "models/contracts.py": 850,
    "rules/deciding.py": 650,
    "rules/playbooks.py": 850,
}
SOURCES = sorted(
    path for package in PACKAGES for path in (ROOT / package).rglob("*.py") if "versions" not in path.parts
)


def lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


@pytest.mark.parametrize("package", PACKAGES)
def test_code_runs_from_this_repository(package: str) -> None:
    found = importlib.import_module(package).__file__

    assert found is not None
    assert Path(found).parents[1] == ROOT == Path(__file__).parents[2]
    assert not Path(found).read_text(encoding="utf-8").strip()  # an __init__ is empty


def test_imports_keep_their_direction() -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports")], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert "0 broken" in done.stdout, done.stdout
    assert done.returncode == 0


def test_no_file_is_too_long() -> None:
    assert len(SOURCES) > 50
    found = {str(path.relative_to(ROOT)): lines(path) for path in SOURCES if lines(path) > MOST_LINES}

    assert found.keys() == TOO_LONG_ALREADY.keys()
    assert {name: size for name, size in found.items() if size > TOO_LONG_ALREADY[name]} == {}
