"""The API against its own description: whatever is sent, no 500, and no status that is not described."""

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
import schemathesis
from browsing import site_for
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from ports import free_port
from program import token_for
from schemathesis import GenerationMode
from table import Table

from store import feeds
from web.api.describing import description
from web.serving import serving

pytestmark = pytest.mark.asyncio(loop_scope="session")

ROLES = ("fay@example.org", "union@example.org", "firm-1@example.org", "ops@example.org", "")
LAST = ("/end", "/withdrawals")
"""After these there is less to look at."""

quietly = settings(
    max_examples=5, deadline=None, derandomize=True, database=None, phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


def every_operation() -> list[Any]:
    """What the description has, in the order to try it; made here, since most processes of a run never ask."""
    schema = schemathesis.openapi.from_dict(description())
    found = [result.ok() for result in schema.get_all_operations()]  # type: ignore[union-attr]
    return sorted(found, key=lambda one: (one.path.endswith(LAST), one.path))


@dataclass
class Prober:
    """Sends what Schemathesis makes of the description, as each role, and notes what came back."""

    address: str
    tokens: dict[str, str]
    known: dict[str, str]
    operations: list[Any] = field(default_factory=every_operation)
    seen: dict[str, set[int]] = field(default_factory=dict)

    def probe(self) -> None:
        for operation in self.operations:
            for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
                cases = operation.as_strategy(generation_mode=mode)
                there = st.sampled_from((True, True, True, False))
                quietly(given(cases, st.sampled_from(ROLES), there)(self.holds))()
            if operation.method == "get":
                self.reads(operation)

    def reads(self, operation: Any) -> None:
        """Ask once as anybody would, with nothing but what the address needs."""
        for email in ROLES[:2]:
            headers = {"authorization": f"Bearer {self.tokens[email]}"}
            answer = httpx.get(self.address + operation.path.format(**self.known), headers=headers, timeout=60)
            self.seen.setdefault(f"GET {operation.path}", set()).add(answer.status_code)

    def holds(self, case: Any, email: str, there: bool) -> None:
        operation = case.operation
        name = f"{operation.method.upper()} {operation.path}"
        if there:
            case.path_parameters |= {
                part: value for part, value in self.known.items() if f"{{{part}}}" in operation.path
            }
        headers = {"authorization": f"Bearer {self.tokens[email]}"} if email else {}
        answer = case.call(base_url=self.address, headers=headers, timeout=60)
        code = answer.status_code
        said = f"{code} {name} {email} {case.path_parameters} {case.query} {case.body!r}: {answer.content[:600]!r}"
        assert code < 500, said
        assert str(code) in operation.definition.raw["responses"], said
        if code >= 400:
            assert answer.content[:1] == b"{", said
            assert set(json.loads(answer.content)) == {"error"}, said
        self.seen.setdefault(name, set()).add(code)


@pytest.mark.slow
@pytest.mark.timeout(240)
async def test_no_500_and_only_what_is_described(table: Table) -> None:
    await table.launch()
    await table.approve()
    await table.advance(3)
    papers = await feeds.documents(table.db, table.slug, feeds.Part())
    known = {
        "slug": table.slug, "where": "round-1", "respondent": "union", "clause": "wage",
        "sha256": papers[0].document.sha256, "form": "docx",
    }  # fmt: skip
    site = site_for(table.settings.model_copy(update={"site_port": free_port()}), table.db, table.client)
    async with serving(site) as address:
        async with httpx.AsyncClient(base_url=address) as http:
            assert (await http.get("/api/v1/openapi.json")).json() == description()
        prober = Prober(address, {email: await token_for(table.db, email) for email in ROLES if email}, known)
        await asyncio.to_thread(prober.probe)
    assert len(prober.seen) == len(prober.operations)
    reads = [codes for name, codes in prober.seen.items() if name.startswith("GET")]
    assert all(200 in codes for codes in reads), prober.seen
