import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from runtime.embedded import DYNAMIC_CONFIG
from runtime.settings import Settings
from runtime.temporal import SEARCH_ATTRIBUTES

ROOT = Path(__file__).resolve().parents[2]
EMBEDDED_ONLY = {"history.timerProcessorMaxTimeShift"}
SECRETS = {"TEMPORAL_DB_PASSWORD", "POLDER_DB_PASSWORD", "POLDER_CODE_SECRET"}


def compose() -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    return data


def known_settings() -> set[str]:
    return {str(field.validation_alias or f"POLDER_{name.upper()}") for name, field in Settings.model_fields.items()}


def test_fits_the_compose_specification() -> None:
    check = Path(sys.executable).with_name("check-jsonschema")
    found = subprocess.run(
        [check, "--builtin-schema", "vendor.compose-spec", ROOT / "docker-compose.yml"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert found.returncode == 0, found.stdout + found.stderr


@pytest.mark.parametrize("service", ["polder-migrate", "polder-worker"])
def test_every_variable_of_polder_is_a_setting(service: str) -> None:
    variables = set(compose()["services"][service]["environment"])

    assert variables <= known_settings()
    assert {"POLDER_DATABASE_URL", "POLDER_TEMPORAL_ADDRESS", "POLDER_CODE_SECRET"} <= variables


def test_secrets_come_from_the_environment_only() -> None:
    text = (ROOT / "docker-compose.yml").read_text()

    assert set(re.findall(r"\$\{([A-Z_]+):\?", text)) == SECRETS
    for name in SECRETS:
        assert not re.search(rf"\${{{name}(:-|}})", text)


def test_only_pages_are_published_and_only_on_loopback() -> None:
    ports = {name: service["ports"] for name, service in compose()["services"].items() if "ports" in service}

    assert set(ports) == {"temporal-ui", "mailpit", "polder-site"}
    assert all(port.startswith("127.0.0.1:") for published in ports.values() for port in published)


def test_two_workers_start_after_the_schema_and_the_namespace() -> None:
    worker = compose()["services"]["polder-worker"]

    assert worker["deploy"]["replicas"] == 2
    assert set(worker["depends_on"]) == {"polder-migrate", "temporal-namespace"}
    assert all(one["condition"] == "service_completed_successfully" for one in worker["depends_on"].values())


def test_services_depend_on_services_that_are_there_and_can_be_waited_for() -> None:
    services = compose()["services"]

    for service in services.values():
        for name, wait in service.get("depends_on", {}).items():
            assert wait["condition"] != "service_healthy" or "healthcheck" in services[name]


def test_the_cluster_has_the_dynamic_configuration_of_the_embedded_server() -> None:
    data = yaml.safe_load((ROOT / "docker/dynamicconfig/polder.yaml").read_text())
    cluster = {key: values[0]["value"] for key, values in data.items()}

    assert cluster == {key: yaml.safe_load(value) for key, value in DYNAMIC_CONFIG.items() if key not in EMBEDDED_ONLY}


def test_the_namespace_job_makes_our_search_attributes() -> None:
    assert f"for name in {' '.join(SEARCH_ATTRIBUTES)}; do" in (ROOT / "docker/namespace.sh").read_text()


def test_mounted_and_copied_files_are_there() -> None:
    for service in compose()["services"].values():
        for volume in service.get("volumes", []):
            if volume.startswith("./"):
                assert (ROOT / volume.split(":")[0]).exists()
        script = service.get("entrypoint", ["", ""])[1]
        assert not script.startswith("/polder/") or (ROOT / "docker" / Path(script).name).is_file()
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert all((ROOT / name).exists() for name in allowed)


def test_shell_scripts_are_well_formed() -> None:
    programs = [one for one in ROOT.glob("scripts/*") if one.is_file() and one.suffix != ".py"]
    for script in [*ROOT.glob("docker/*.sh"), *programs, ROOT / ".ci/run"]:
        shell = script.read_text().splitlines()[0].removeprefix("#!")
        assert shell in {"/bin/sh", "/bin/bash"}, script
        found = subprocess.run([shell, "-n", script], capture_output=True, text=True, check=False)
        assert found.returncode == 0, found.stderr
    for script in [*programs, ROOT / ".ci/run"]:
        assert os.access(script, os.X_OK), script


def test_missing_secret_stops_the_schema_job(tmp_path: Path) -> None:
    shell = shutil.which("sh") or "/bin/sh"
    found = subprocess.run(
        [shell, ROOT / "docker/setup-postgres.sh"], env={}, cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert found.returncode != 0
    assert "POSTGRES_SEEDS" in found.stderr
