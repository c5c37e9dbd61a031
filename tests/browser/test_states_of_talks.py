"""Pages in states that a walk does not meet: a Word file that was read, a broken condition, a notice that runs."""

import io

import pytest
from chromium import PHONE, flaws, sit_down
from docx import Document
from lives import signed_short
from living import Live
from playwright.async_api import Browser, FilePayload
from table import STEPS, Table

from models import contracts as c
from models.amending import ProposalWithdrawal
from models.enums import Stance
from models.scenario import PositionReply
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


async def test_conditions_that_break_and_what_follows(table: Table, live: Live, chromium: Browser) -> None:
    await table.launch([STEPS[1]])
    await table.position("union", {"wage": PositionReply(stance=Stance.AGREE, conditions=["stays:air"])})
    await table.position("trade", {"air": PositionReply(stance=Stance.OBJECT, ground="cost", lift="pay for it")})
    await table.agree_on_text(except_=("union", "trade"))
    await table.advance(12)
    fay = await sit_down(chromium, live.base, "fay@example.org", width=PHONE)
    await fay.go(f"{live.base}/c/{table.slug}/drafting")
    await fay.page.get_by_label("Text in Dutch").fill("Schone lucht")
    await fay.page.get_by_label("Text in English").fill("Clean air")
    await fay.page.get_by_label("Why?").last.fill("Air must be clean.")
    await fay.page.get_by_role("button", name="Preview the changes").click()
    assert "takes away a condition" in await fay.page.inner_text("main")
    assert await flaws(fay.page) == []
    await fay.page.get_by_role("button", name="Send the next version").click()
    await table.settle()
    union = await sit_down(chromium, live.base, "union@example.org", width=PHONE, language="nl")
    await union.go(f"{live.base}/tasks/{table.slug}/round-2/union")
    assert "Uw akkoord telt niet." in await union.page.inner_text("main")
    assert await flaws(union.page) == []
    await union.go(f"{live.base}/c/{table.slug}/rounds/1")
    assert "akkoord op voorwaarde" in await union.page.inner_text("main")
    assert await flaws(union.page) == []


@pytest.mark.slow(20)
async def test_a_signed_covenant_goes_on(table: Table, live: Live, chromium: Browser) -> None:
    await signed_short(table)
    home = f"{live.base}/c/{table.slug}/steer"
    sec = await sit_down(chromium, live.base, "sec@example.org", width=PHONE, language="nl")
    await sec.go(f"{home}/accede")
    assert await flaws(sec.page) == []
    await sec.page.get_by_label("Naam", exact=True).fill("Vereniging van kledingmakers in Nederland en daarbuiten")
    await sec.page.get_by_label("Wie tekent?").fill("Nina Nieuw")
    await sec.page.get_by_label("E-mailadres").fill("nina@example.org")
    await sec.page.get_by_label("Waarom wil zij meedoen?").fill("Zij verkoopt ook kleding.")
    await sec.page.get_by_role("button", name="Bekijk wat er gebeurt").click()
    assert "Nina Nieuw per mail de vraag" in await sec.page.inner_text("main")
    assert await flaws(sec.page) == []
    union = await sit_down(chromium, live.base, "union@example.org", width=PHONE)
    await union.go(f"{home}/withdraw")
    await union.page.get_by_label("Why?").last.fill("Our members decided.")
    await union.page.get_by_role("button", name="See what will happen").click()
    assert "until then it stays bound" in await union.page.inner_text("main")
    assert await flaws(union.page) == []
    await union.page.get_by_role("button", name="Record the withdrawal").click()
    await table.settle()
    await union.go(f"{home}/stay")
    assert await flaws(union.page) == []
    await union.go(f"{live.base}/c/{table.slug}")
    assert "leaves on" in await union.page.inner_text("main")
    assert await flaws(union.page) == []
