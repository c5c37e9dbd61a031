"""Pages of the talks in states that a walk does not meet: a Word file that was read, a clause to put again."""

import io

import pytest
from chromium import PHONE, flaws, sit_down
from docx import Document
from living import Live
from playwright.async_api import Browser, FilePayload
from table import Table

from models import contracts as c
from models.amending import ProposalWithdrawal
from store import amendments

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_word_file_that_was_read_and_a_clause_to_put_again(table: Table, live: Live, chromium: Browser) -> None:
    await table.launch()
    await table.approve()
    await table.advance(1)
    union = await sit_down(chromium, live.base, "union@example.org", width=PHONE)
    answer = await union.context.request.get(f"{live.base}/c/{table.slug}/export/docx?lang=en")
    document = Document(io.BytesIO(await answer.body()))
    run = next(run for one in document.paragraphs for run in one.runs if "Old wage" in run.text)
    document.add_comment(run, text="Too low, and here is a long explanation of why that is so.", author="Mr Law")
    run.text = run.text.replace("Old", "Living")
    document.add_paragraph("A whole new article.")
    file = io.BytesIO()
    document.save(file)
    await union.go(f"{live.base}/c/{table.slug}/word")
    word = FilePayload(name="a.docx", mimeType="application/octet-stream", buffer=file.getvalue())
    await union.page.locator("#file").set_input_files(word)
    await union.page.get_by_role("button", name="Read the file").click()
    await union.page.get_by_label("Too low").check()
    assert await flaws(union.page) == []
    await union.page.get_by_role("button", name="Propose and post").click()
    assert "Choose who reads your comments." in await union.page.inner_text("main")
    assert await union.page.get_by_label("Too low").is_checked(), "what was chosen is still chosen"
    assert await flaws(union.page) == []
    await union.page.get_by_label("Who reads these comments?").select_option("table")
    await union.page.get_by_label("Why these words?").fill("Our lawyers.")
    await union.page.get_by_role("button", name="Propose and post").click()
    assert "A whole new article." in await union.page.inner_text("main")
    assert await flaws(union.page) == []

    await table.agree_on_text()
    await table.advance(1)
    (proposed,) = [one.row.id for one in await amendments.amendments(table.db, table.slug)]
    withdrawal = ProposalWithdrawal(
        act=f"w-{table.slug}", actor=c.Actor(person="union-lead"), amendment=proposed, reason="we found other words"
    )
    await table.steer("withdraw_proposal", withdrawal)
    fay = await sit_down(chromium, live.base, "fay@example.org", width=PHONE)
    await fay.go(f"{live.base}/c/{table.slug}/drafting")
    await fay.page.get_by_label("Put clause 1 again as it stands").check()
    assert await flaws(fay.page) == []
