"""(h) What signatures with a certificate cost: thirty parties and the seal on a covenant of forty pages."""

import tempfile
import time
from io import BytesIO
from pathlib import Path
from statistics import median

import signed
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import async_validate_pdf_signature

from activities.checking import Trust, check
from activities.providing import means_of, seal_of
from activities.signing import Means, advance
from benchmarks.setting import Row
from models.sealing import Progress, SealingOrder

PARTIES, CLAUSES, WORDS = 30, 29, 200


async def _signed(pdf: bytes, order: SealingOrder, means: Means) -> tuple[bytes, list[float], list[int]]:
    """Sign, and return the file with the seconds and bytes of each: the seal, every party, the timestamp."""
    seconds, sizes = [0.0], [0]
    progress = Progress(pdf)
    while not progress.done:
        before, began = progress, time.perf_counter()
        progress = await advance(order, progress, means)
        seconds[-1] += time.perf_counter() - began
        sizes[-1] += len(progress.pdf) - len(before.pdf)
        if progress.signed > before.signed:
            seconds.append(0.0)
            sizes.append(0)
    return progress.pdf, seconds, sizes


async def _pairs(pdf: bytes, trust: Trust) -> float:
    """Return the seconds that pyHanko takes to compare each signature with every revision after it."""
    began = time.perf_counter()
    for one in PdfFileReader(BytesIO(pdf)).embedded_regular_signatures:
        assert (await async_validate_pdf_signature(one, trust.context(), trust.context())).bottom_line
    return time.perf_counter() - began


async def _measured(folder: Path, repeats: int) -> list[Row]:
    settings = signed.party_settings(folder)
    means, trust = means_of(settings), seal_of(settings).trust
    pdf, order = signed.drawn(signed.signatories(PARTIES), CLAUSES, WORDS)
    pages = int(PdfFileReader(BytesIO(pdf)).root["/Pages"]["/Count"])
    runs = [await _signed(pdf, order, means) for _ in range(repeats)]
    done = runs[-1][0]
    total = median(sum(seconds) for _, seconds, _ in runs)
    each = median(one for _, seconds, _ in runs for one in seconds[1:-1])
    size = median(one for _, _, sizes in runs for one in sizes[1:-1])
    checks = []
    for _ in range(repeats):
        began = time.perf_counter()
        found = await check(done, trust)
        checks.append(time.perf_counter() - began)
        assert found.valid
        assert len(found.parties) == PARTIES
    return [
        Row(
            f"{PARTIES} parties, the seal and a timestamp sign a covenant of {pages} pages (PAdES B-LTA)",
            f"{total:.1f} s; each party {each * 1000:.0f} ms and {size / 1000:.0f} kB; "
            f"{len(pdf) / 1000:.0f} kB becomes {len(done) / 1000:.0f} kB",
            numbers={"seconds": total, "seconds_each": each, "bytes_each": size, "bytes": len(done)},
        ),
        Row(
            "that file checked: every signature, and that nothing was added",
            f"{median(checks):.1f} s (pyHanko comparing each signature with all that came after it: "
            f"{await _pairs(done, trust):.0f} s)",
            numbers={"seconds": median(checks)},
        ),
    ]


async def run(*, quick: bool = False) -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        return await _measured(Path(folder), 1 if quick else 3)
