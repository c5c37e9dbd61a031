"""Serving over a real connection, behind a proxy."""

import httpx
import pytest
from browsing import site_for
from ports import free_port
from table import Table

from web import serving

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.parametrize(("proxies", "second"), [("127.0.0.1,::1", 200), ("10.0.0.0/8", 429)])
async def test_only_a_proxy_that_the_settings_name_says_who_calls(table: Table, proxies: str, second: int) -> None:
    settings = table.settings.model_copy(update={"site_port": free_port(), "site_proxies": proxies})
    site = site_for(settings, table.db, table.client)
    async with (
        serving.serving(site) as address,
        httpx.AsyncClient(base_url=address, headers={"origin": address}, timeout=40) as http,
    ):

        async def ask(caller: str, number: int) -> int:
            asked = {"email": f"{caller}-{number}@example.org"}
            return (await http.post("/signin", data=asked, headers={"x-forwarded-for": caller})).status_code

        assert [await ask("192.0.2.1", number) for number in range(101)][-1] == 429
        assert await ask("192.0.2.2", 0) == second
