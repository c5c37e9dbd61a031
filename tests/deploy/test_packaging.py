import re
import subprocess
import sys
import tomllib
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ["requirements.txt", "requirements-dev.txt"]


def locked(name: str) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9._-]+)(?:\[.*\])?==([^ \\]+)", (ROOT / name).read_text(), re.MULTILINE))


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_packages_and_hashes_and_no_place(name: str) -> None:
    text = (ROOT / name).read_text()

    assert "://" not in text
    assert not re.search(r"^--(?!hash)", text, re.MULTILINE)
    for block in re.split(r"\n(?=[a-z0-9])", text.strip()):
        if not block.startswith("#"):
            assert "--hash=sha256:" in block, block.splitlines()[0]


def test_the_two_locks_agree() -> None:
    run, dev = locked("requirements.txt"), locked("requirements-dev.txt")

    assert run.items() <= dev.items()


def test_every_dependency_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())

    def names(specs: list[str]) -> set[str]:
        return {re.split(r"[\[<>=!~ ;]", spec)[0].lower().replace("_", "-") for spec in specs}

    assert names(project["project"]["dependencies"]) <= set(locked("requirements.txt"))
    assert names(project["dependency-groups"]["dev"]) <= set(locked("requirements-dev.txt"))


def test_the_wheel_holds_what_runs_and_no_tests(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path],
        cwd=ROOT, check=True, capture_output=True,
    )  # fmt: skip
    (wheel,) = tmp_path.glob("*.whl")
    files = set(ZipFile(wheel).namelist())
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    shipped = set(project["tool"]["hatch"]["build"]["targets"]["wheel"]["only-include"])

    assert {name.split("/")[0] for name in files if ".dist-info/" not in name} == shipped
    assert {
        "worker.py",
        "store/migrations/env.py",
        "templates/documents/covenant.typ",
        "templates/mail/asked.j2",
        "sectors/garments-textile/playbook.yaml",
        "sectors/garments-textile/covenant.yaml",
    } <= files
