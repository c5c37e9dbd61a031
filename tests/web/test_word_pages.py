"""The Word round trip on the site: out, changed by a lawyer, in, looked at, proposed."""

import io
from collections.abc import Awaitable, Callable

import pytest
from browsing import Browser
from docx import Document
from table import Table

from store import amendments

pytestmark = pytest.mark.asyncio(loop_scope="session")
SignIn = Callable[..., Awaitable[Browser]]


async def edited(browser: Browser, path: str, old: str, new: str, extra: str = "") -> bytes:
    """The draft, downloaded and changed with tracking off, as a lawyer does who does not know better."""
    document = Document(io.BytesIO((await browser.http.get(path)).content))
    for paragraph in document.paragraphs:
        for run in paragraph.runs:
            run.text = run.text.replace(old, new)
    if extra:
        document.add_paragraph(extra)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


async def test_a_lawyers_file_becomes_amendments_after_a_look(table: Table, sign_in: SignIn) -> None:
    await table.launch()
    await table.approve()
    await table.advance(1)
    home = f"/c/{table.slug}/word"
    union = await sign_in("union@example.org")
    nl = await edited(
        union, f"/c/{table.slug}/export/docx?lang=nl", "Old wage", "Living wage", "A whole new <b>article</b>."
    )
    en = await edited(union, f"/c/{table.slug}/export/docx?lang=en", "Old wage", "Living wage")
    page = await union.get(home)
    seen = await union.send(page.form(having="file"), files={"file": ("a.docx", nl), "second": ("b.docx", en)})
    assert [one.get_text() for one in seen.soup.select("section.given del, section.given ins")] == [
        "[deleted: Old]", "[inserted: Living]", "[deleted: Old]", "[inserted: Living]",
    ]  # fmt: skip
    assert "A whole new <b>article</b>." in seen.text, "nothing is dropped"
    assert await amendments.amendments(table.db, table.slug) == []
    form = seen.form(having="reason")
    again = await union.send(form, {"propose": []}, status=422)
    assert "Choose what you propose or post." in " ".join(again.problems)
    for _ in range(2):  # pressed twice
        await union.send(form, {"reason": "Our lawyers."})
    left = await union.send(form, {"reason": "Our lawyers."})
    assert "A whole new <b>article</b>." in left.text, "what fits no clause is still there after proposing"
    (one,) = await amendments.amendments(table.db, table.slug)
    assert (one.row.party, one.text_nl, one.text_en) == ("union", "Living wage (nl)", "Living wage (en)")


async def test_comments_of_the_file_are_posted_in_the_lane_that_is_chosen(table: Table, sign_in: SignIn) -> None:
    await table.launch()
    await table.approve()
    await table.advance(1)
    union, trade = await sign_in("union@example.org"), await sign_in("trade@example.org")
    document = Document(io.BytesIO((await union.http.get(f"/c/{table.slug}/export/docx?lang=en")).content))
    run = next(run for one in document.paragraphs for run in one.runs if "Old wage" in run.text)
    document.add_comment(run, text="Too <b>low</b>.", author="Mr Law", initials="ML")
    document.add_comment(run, text="By when?", author="Mr Law", initials="ML")
    file = io.BytesIO()
    document.save(file)
    page = await union.get(f"/c/{table.slug}/word")
    seen = await union.send(page.form(having="file"), files={"file": ("a.docx", file.getvalue())})
    form = seen.form(having="lane")
    unread = await union.send(form, {"say": ["0"]}, status=422)
    assert unread.problems == ["Choose who reads your comments."]
    form = unread.form(having="lane")
    for _ in range(2):  # pressed twice
        left = await union.send(form, {"say": ["0"], "lane": "table"})
    assert "By when?" in left.text
    assert "Too <b>low</b>." not in left.text
    shown = (await trade.get(f"/c/{table.slug}/clauses/wage")).text
    assert shown.count("Too <b>low</b>.") == 1
    assert "(Mr Law)" in shown
    assert "By when?" not in shown
    await union.send(left.form(having="lane"), {"say": ["0"], "lane": "delegation"})
    assert "By when?" in (await union.get(f"/c/{table.slug}/clauses/wage")).text
    assert "By when?" not in (await trade.get(f"/c/{table.slug}/clauses/wage")).text
    outside = await union.send(left.form(having="lane"), {"say": ["0"], "lane": "public"}, status=422)
    assert outside.problems == ["Choose who reads your comments."]


async def test_what_is_no_word_file_is_refused_at_its_field(table: Table, sign_in: SignIn) -> None:
    await table.launch()
    union = await sign_in("union@example.org")
    form = (await union.get(f"/c/{table.slug}/word")).form(having="file")
    none = await union.send(form, status=422)
    assert none.problems == ["Choose a Word file."]
    bad = await union.send(form, files={"file": ("a.docx", b"MZ not a zip")}, status=422)
    assert "This Word file is not read" in bad.problems[0]
    plain = io.BytesIO()
    Document().save(plain)
    foreign = await union.send(form, files={"file": ("a.docx", plain.getvalue())}, status=422)
    assert foreign.problems
    fay = await sign_in("fay@example.org")
    await fay.get(f"/c/{table.slug}/word", 403)
