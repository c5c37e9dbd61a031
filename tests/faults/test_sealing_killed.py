"""Kill whoever signs a PDF, at every step: no signature is lost, and nothing is signed twice."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import signed

from activities.providing import seal_of
from store import contents, schema, sealings
from store.engine import Database
from tests.store.samples import SLUG, opened

ROOT = Path(__file__).parents[2]
KEY = f"{SLUG}/signing/sealed"
PARTIES = 1


def sign(folder: Path) -> subprocess.CompletedProcess[str]:
    script = Path(__file__).with_name("sealing_process.py")
    return subprocess.run(
        [sys.executable, script, folder, KEY], capture_output=True, text=True, cwd=ROOT, check=False,
        env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests' / 'support'}"},
    )  # fmt: skip


@pytest.mark.slow(15)
async def test_a_process_that_dies_at_every_step_of_signing(tmp_path: Path) -> None:
    settings = signed.party_settings(tmp_path)
    (tmp_path / "deaths").mkdir()
    await schema.upgrade(settings.database)
    db = Database(settings.database)
    await opened(db)
    pdf, order = signed.drawn(signed.signatories(PARTIES))
    await sealings.begin(db, SLUG, KEY, order, pdf)

    deaths, sha = 0, ""
    while not sha:
        process = await asyncio.to_thread(sign, tmp_path)
        assert process.returncode in (0, -signal.SIGKILL), process.stderr
        deaths += process.returncode == -signal.SIGKILL
        sha = process.stdout.strip()

    assert deaths == 2 * (1 + PARTIES), "at each certificate and at each signature"
    asked = [line.split() for line in (tmp_path / "deaths" / "asked").read_text().splitlines()]
    assert len(asked) == 2 * (1 + PARTIES)
    assert len({tuple(one) for one in asked}) == 1 + PARTIES, (
        "in vain and for good, it was the very same that was signed"
    )
    done = await contents.get(db, sha)
    found = await seal_of(settings).check(done)
    assert found.valid, found.words.en
    assert found.parties == [one.party for one in order.signatories]
    kept = await sealings.find(db, KEY)
    assert kept is not None
    assert (kept.sha256, kept.progress.pdf) == (sha, b""), "what is finished is content, and kept once"
    assert kept.order.signatories == [], "and no address is kept with it"
    await db.close()
