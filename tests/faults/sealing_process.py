"""Signs one PDF, and is killed at each step: its provider kills the process before it hands out what it made.

`python sealing_process.py STATE KEY`. A folder beside the state keeps what was done, so that the same is survived
the next time: each certificate and each signature is made once in vain and once for good.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from asn1crypto import x509
from signed import party_settings

from activities.documents import finished
from activities.providing import means_of
from activities.signing import SignatureProvider
from models.sealing import Signatory
from rules.chain import sha256
from store import sealings
from store.engine import Database


@dataclass
class Deadly:
    """A provider in whose arms the process dies, once at every step."""

    provider: SignatureProvider
    folder: Path

    def signs(self, who: Signatory) -> bool:
        return self.provider.signs(who)

    async def chain(self, who: Signatory | None) -> Sequence[x509.Certificate]:
        found = await self.provider.chain(who)
        self._die_once("chain", who)
        return found

    async def sign(self, who: Signatory | None, certificate: x509.Certificate, data: bytes) -> bytes:
        found = await self.provider.sign(who, certificate, data)
        with (self.folder / "asked").open("a") as file:
            file.write(f"{who.field if who else 'seal'} {sha256(data)}\n")
        self._die_once("sign", who)
        return found

    def _die_once(self, what: str, who: Signatory | None) -> None:
        mark = self.folder / f"{what}-{who.field if who else 'seal'}"
        if not mark.exists():
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)


async def main(state: Path, key: str) -> None:
    settings = party_settings(state)
    means = means_of(settings)
    deadly = replace(means, provider=Deadly(means.provider, state / "deaths"))
    db = Database(settings.database)
    kept = await sealings.find(db, key)
    assert kept is not None
    print(await finished(db, kept, deadly))  # noqa: T201 the parent reads it


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
