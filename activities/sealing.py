"""The seal of an installation with whom it trusts, the check of a file in a process of its own, and one-time codes.

The seal is one PAdES signature that certifies the whole file. It proves that this text, with this table of who signed
what and when, left this installation and is untouched. The signature of a party is its answer with a one-time code,
kept in the record (a simple electronic signature in eIDAS terms). What can come beside it, and what each is worth:
docs/adr/0018.
"""

import asyncio
import hashlib
import hmac
import resource
import sys
from asyncio.subprocess import DEVNULL, PIPE
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from activities.authority import PartyAuthority, SealKey, as_pem, certificates, own_seal, revocation_lists, with_lists
from activities.checking import SealCheck, Trust, check
from models.errors import Refusal

PATIENCE = 60
"""Seconds that the check of a file from anyone may take."""
AT_ONCE = asyncio.Semaphore(2)
MOST_MEMORY = 2 * 1024**3
BETWEEN = b"\n--polder--\n"
CODE_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # base32 without 0/O and 1/I
CODE_LENGTH = 8


@dataclass(frozen=True)
class Seal:
    """The seal of one installation.

    Attributes:
        folder: where what it makes itself is kept.
        local: its key; the seal itself may also be at a trust service.
        trust: whom it trusts.
    """

    folder: Path
    local: SealKey
    trust: Trust

    @classmethod
    def open(cls, folder: Path, given: SealKey | None = None, trusted: bytes = b"") -> Self:
        """Load the seal of this folder, or create it: once, also when several processes start together.

        Args:
            folder: where it is.
            given: a key from elsewhere, instead of the one that Polder makes.
            trusted: PEM of further authorities, and of seals of before.
        """
        own = own_seal(folder)
        anchors, seals, revocations = [own.root], [own.local.certificate], [own.revocations]
        if PartyAuthority.exists(folder):
            parties = PartyAuthority.open(folder)
            anchors.append(parties.timestamps.above[-1])
            revocations.append(parties.revocations)
        if given is not None:
            anchors.append(given.chain[-1])
            seals.append(given.certificate)
        for one in certificates(trusted):
            (anchors if one.ca else seals).append(one)
        return cls(folder, given or own.local, Trust(anchors, seals, [*revocations, *revocation_lists(trusted)]))

    @property
    def roots(self) -> bytes:
        """PEM of the authorities, for whoever checks a file elsewhere."""
        return as_pem(self.trust.anchors)

    async def check(self, pdf: bytes) -> SealCheck:
        """Say whether exactly this file was sealed by this installation."""
        return await asyncio.to_thread(lambda: asyncio.run(check(pdf, self.trust)))

    async def check_apart(self, pdf: bytes) -> SealCheck:
        """Check a file from anyone, in a process of its own that is stopped when it takes too long.

        Raises:
            Refusal: `check_took_too_long`.
        """
        parts = [as_pem(self.trust.anchors), as_pem(self.trust.seals), with_lists(self.trust.revocations), pdf]
        async with AT_ONCE:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "activities.sealing", stdin=PIPE, stdout=PIPE, stderr=DEVNULL,
            )  # fmt: skip
            try:
                async with asyncio.timeout(PATIENCE):
                    said, _ = await process.communicate(BETWEEN.join(parts))
            except TimeoutError as error:
                raise _too_long() from error
            finally:
                if process.returncode is None:
                    process.kill()
                    await process.wait()
        if process.returncode != 0:
            raise _too_long()
        return SealCheck.model_validate_json(said)


def one_time_code(secret: bytes, task_id: str, issue: int) -> str:
    """Return the code for the so-many-th issue of a task: 8 characters, 40 bits, the same on every retry."""
    digest = hmac.new(secret, f"{task_id}\n{issue}".encode(), hashlib.sha256).digest()
    number = int.from_bytes(digest)
    return "".join(CODE_ALPHABET[(number >> (5 * i)) % len(CODE_ALPHABET)] for i in range(CODE_LENGTH))


def codes_match(given: str, expected: str) -> bool:
    """Compare in constant time. Spaces, hyphens and case do not matter."""
    return hmac.compare_digest(_plain(given).encode(), _plain(expected).encode())


def _plain(code: str) -> str:
    return "".join(code.split()).replace("-", "").upper()


def _too_long() -> Refusal:
    return Refusal(
        "check_took_too_long",
        "De controle van dit bestand duurt te lang. Verwacht: een PDF zoals Polder die maakt.",
        "Checking this file takes too long. Expected: a PDF as Polder makes them.",
    )


def _apart(sent: bytes) -> str:
    """Check what another process sent."""
    anchors, seals, lists, pdf = sent.split(BETWEEN, maxsplit=3)
    trust = Trust(certificates(anchors), certificates(seals), list(revocation_lists(lists)))
    return asyncio.run(check(pdf, trust)).model_dump_json()


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CPU, (PATIENCE, PATIENCE))
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    sys.stdout.write(_apart(sys.stdin.buffer.read()))
