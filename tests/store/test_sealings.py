"""The steps of a signing in the database: kept one after another, by whoever saw the one before."""

import asyncio
from pathlib import Path

import pytest
import signed

from activities.documents import PDF, finished
from activities.providing import means_of, seal_of
from activities.signing import advance
from models.errors import Conflict, NotFound
from models.sealing import Progress
from rules.chain import sha256
from store import contents, sealings
from store.engine import Database
from tests.store.samples import SLUG, opened

KEY = f"{SLUG}/signing/sealed"


async def test_two_workers_at_once_make_one_file_with_each_signature_once(database: Database, tmp_path: Path) -> None:
    await opened(database)
    settings = signed.party_settings(tmp_path)
    means = means_of(settings)
    pdf, order = signed.drawn(signed.signatories(2))
    kept = await sealings.begin(database, SLUG, KEY, order, pdf)

    told = await asyncio.gather(*(finished(database, kept, means) for _ in range(2)), return_exceptions=True)

    (sha,) = [one for one in told if isinstance(one, str)]
    assert [one.code for one in told if isinstance(one, Conflict)] == ["sealing_moved_on"]
    found = await seal_of(settings).check(await contents.get(database, sha))
    assert (found.valid, found.parties) == (True, ["party-1", "party-2"])
    again = await sealings.find(database, KEY)
    assert again is not None
    assert await finished(database, again, means) == sha, "who comes later gets the same file"


async def test_who_begins_second_goes_on_with_what_the_first_began(database: Database) -> None:
    await opened(database)
    pdf, order = signed.drawn(signed.signatories(1))
    first = await sealings.begin(database, SLUG, KEY, order, pdf)
    second = await sealings.begin(database, SLUG, KEY, order.model_copy(update={"reason": "other"}), b"other")
    assert second == first
    assert await sealings.find(database, "another") is None


async def test_a_step_that_is_not_the_next_one_is_refused(database: Database, tmp_path: Path) -> None:
    await opened(database)
    means = means_of(signed.party_settings(tmp_path))
    pdf, order = signed.drawn([])
    begun = await sealings.begin(database, SLUG, KEY, order, pdf)
    prepared = await asyncio.to_thread(asyncio.run, advance(order, begun.progress, means))
    kept = await sealings.step(database, begun, prepared, PDF)
    assert await sealings.find(database, KEY) == kept, "a step comes back as it was kept, what is pending too"
    for after in (prepared, Progress(b"forged", signed=1, done=True)):
        with pytest.raises(Conflict):
            await sealings.step(database, begun, after, PDF)
    assert await sealings.find(database, KEY) == kept
    with pytest.raises(NotFound):
        await contents.get(database, sha256(b"forged"))
