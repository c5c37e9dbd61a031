"""Take a picture of every page at phone and desktop width: `python scripts/screenshots.py FOLDER`."""

import asyncio
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[0] = str(ROOT)
sys.path.insert(1, str(ROOT / "tests" / "support"))

from browsing import site_for  # noqa: E402 idem
from chromium import DESK, PHONE, sit_down  # noqa: E402 idem
from lives import LIVES  # noqa: E402 idem
from playwright.async_api import async_playwright  # noqa: E402 after the path is set
from ports import free_port  # noqa: E402 idem
from table import Table  # noqa: E402 idem
from walking import pages  # noqa: E402 idem

from runtime.embedded import EmbeddedServer  # noqa: E402 idem
from runtime.settings import Settings  # noqa: E402 idem
from runtime.skipping import SkippedTime  # noqa: E402 idem
from runtime.temporal import connect, quiet_runtime  # noqa: E402 idem
from store import schema  # noqa: E402 idem
from store.engine import Database  # noqa: E402 idem
from web.app import make_app  # noqa: E402 idem
from web.serving import serving  # noqa: E402 idem
from worker import make_worker  # noqa: E402 idem

PEOPLE = {
    "nobody": ("", "nl"), "facilitator": ("fay@example.org", "nl"), "party": ("trade@example.org", "en"),
    "operator": ("oper@example.org", "en"), "company": ("firm-2@example.org", "nl"),
}  # fmt: skip


async def main(folder: Path) -> None:
    """Bring three covenants to life, and walk through their pages."""
    settings = Settings(
        state=folder / "state", temporal_port=free_port(), temporal_ui=False, site_port=free_port(), demo=True,
        operators=["oper@example.org"],
    )  # fmt: skip
    await schema.upgrade(settings.database)
    db = Database(settings.database)
    async with EmbeddedServer(settings), async_playwright() as playwright:
        client = await connect(settings, runtime=quiet_runtime())
        browser = await playwright.chromium.launch(
            executable_path="/usr/bin/chromium-headless-shell", args=["--no-sandbox"]
        )
        site = site_for(settings, db, client)
        async with make_worker(client, db, settings), serving(site):
            lived = [await life(Table(client, db, settings, SkippedTime(client))) for life in LIVES]
            for who, (email, language) in PEOPLE.items():
                person = await sit_down(browser, settings.public_url, email or None, language=language)
                starts = ["/", "/signin", *(f"/c/{table.slug}" for table in lived if email)]
                if who == "facilitator":
                    form = {"sector": "food", "with": "sample"}
                    origin = {"origin": settings.public_url}
                    await person.context.request.post("/launch", form=form, headers=origin)
                    starts = [f"/c/{lived[0].slug}/drafting", *starts]
                async for kind in pages(person, make_app(site), [settings.public_url + one for one in starts]):
                    name = re.sub(r"[^a-z0-9]+", "-", kind.lower()).strip("-") or "home"
                    for width, size in (("phone", PHONE), ("desk", DESK)):
                        await person.page.set_viewport_size(size)
                        await person.page.screenshot(path=folder / f"{who}-{name}-{width}.png", full_page=True)
                        print(folder / f"{who}-{name}-{width}.png", flush=True)
        await browser.close()
    await db.close()


if __name__ == "__main__":
    chosen = Path(sys.argv[1] if len(sys.argv) > 1 else "state/screenshots")
    chosen.mkdir(parents=True, exist_ok=True)
    asyncio.run(main(chosen))
