"""A company reads what it takes on before it declares; the register says which companies take part, and as what."""

from collections.abc import Awaitable, Callable

import pytest
from browsing import Browser
from lives import agreed
from table import STEPS, Table, both

from store import ground, views
from web.rendering import task_url

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.slow(20)]
SignIn = Callable[..., Awaitable[Browser]]
CATEGORIES = [{"id": name, "title": both(f"size {name}"), "obligations": both(f"what {name} does")} for name in "AC"]


async def test_a_company_reads_its_category_and_the_register_lists_it(
    table: Table, sign_in: SignIn, browser: Browser
) -> None:
    yearly = {"by_category": {"C": {"from_year": 2, "report_after_months": 12}}}
    await table.launch(
        [STEPS[1], STEPS[2], STEPS[4], {**STEPS[5], "yearly": yearly}], categories=CATEGORIES,
        company_categories=("A", "C"),
    )  # fmt: skip
    await agreed(table)
    task = (await table.waiting())["firm-2"]
    page = (await (await sign_in("firm-2@example.org")).get(task_url(task.id))).text
    assert "Category C: size C (en)" in page
    assert "what C does (en)" in page
    assert "for the first time in your year 2" in page
    assert "what A does" not in page
    union = (await (await sign_in("union@example.org")).get(task_url((await table.waiting())["union"].id))).text
    assert "What your company takes on" not in union
    await table.sign()
    await table.advance(3)
    rows = (await browser.get(f"/register/{table.slug}")).soup.select("details table tr")
    told = [" ".join(row.get_text(" ").split()) for row in rows]
    assert any(one.startswith("Firm 1 A ") for one in told)
    assert any(one.startswith("Firm 2 C ") for one in told)

    sec, path = await sign_in("sec@example.org"), f"/c/{table.slug}/steer/accede"
    typed = {"name-nl": "Nieuw", "contact": "Nina", "email": "nina@example.org", "reason": "It sells.", "share": "2"}
    wrong = await sec.send((await sec.get(path)).form(path), {**typed, "intent": "preview"}, status=422)
    assert "A company is of a category. Expected: A, C." in wrong.problems
    shown = await sec.send(wrong.form(path), {"category": "C", "intent": "preview"})
    await sec.send(shown.form(path), {"intent": "confirm"})
    await table.settle()
    (put,) = [one.asked for one in await ground.questions(table.db, table.slug)]
    assert "(2% of the market, category C)" in put.title.en
    assert await views.chain_break(table.db, table.slug) is None
