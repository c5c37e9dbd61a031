"""What becomes of amendments, as it is typed after `--fate`: the next version follows where words are accepted."""

import uuid
from pathlib import Path
from typing import Any

import pytest
from table import Table, both

from acts.carrying import act
from cli.answering import Given, content_of
from models import contracts as c
from models.enums import AmendmentStatus
from models.errors import PolderError, Refusal
from store import amendments, views

pytestmark = pytest.mark.asyncio(loop_scope="session")

S = AmendmentStatus
UNSAID: dict[str, Any] = {
    "--amend": None, "--fate": [], "--park": [], "--unpark": [], "--split": [], "--split-to": None, "--mediate": [],
    "--days": None, "--end": False, "--reason": "the next version",
}  # fmt: skip


async def drafting(table: Table, given: dict[str, Any], key: str = "act-new") -> c.Answer:
    task = await table.task("drafting-1/facilitator")
    content = await content_of(table.db, task, Given(UNSAID | given), "Fay", key)
    return c.Answer(act=key, task=task.id, actor=c.Actor(person="fay"), content=content)


async def test_accepted_words_make_the_next_version(table: Table, tmp_path: Path) -> None:
    await table.launch()
    await table.approve()
    await table.advance(1)
    mine = await table.propose("union", "wage", "Old", "Living")
    theirs = await table.propose("trade", "wage", "Old", "Market")
    other = await table.propose("guild", "wage", "wage", "income")
    await table.agree_on_text()
    await table.advance(1)

    for fate in ("nonsense", f"{mine}=maybe:x", "=accepted:x", f"{mine}:accepted"):
        with pytest.raises(Refusal) as error:
            await drafting(table, {"--fate": [fate]})
        assert error.value.code == "invalid_fate"
        assert "AMENDMENT=STATUS:REASON with accepted, compromise, refused" in error.value.words.en
    with pytest.raises(Refusal) as error:
        await drafting(table, {"--fate": [f"{mine}=accepted", f"{theirs}=accepted"]})
    assert error.value.code == "amendments_collide"
    none = await drafting(table, {"--fate": [f"{mine}=accepted", f"{other}=compromise:in other words"]})
    assert isinstance(none.content, c.DraftingAnswer)
    assert none.content.amendments == [], "a compromise is words that nobody proposed: the facilitator gives them"
    with pytest.raises(PolderError) as refused:
        await table.carry((await table.task("drafting-1/facilitator")).workflow, "answer", none)
    assert refused.value.code == "fate_without_version"
    file = tmp_path / "amend.yaml"
    file.write_text("air: {text: {nl: Nieuwe lucht, en: New air}, reason: It was old.}\n")
    fates = {"--fate": [f"{mine}=accepted", f"{theirs}=refused:not fair = not accepted: no"], "--amend": file}

    key = f"d/{uuid.uuid4()}"
    answer = await drafting(table, fates, key)
    workflow = (await table.task("drafting-1/facilitator")).workflow
    await table.carry(workflow, "answer", answer)
    texts = await views.current_texts(table.db, table.slug)
    assert {"nl": texts["wage"].text_nl, "en": texts["wage"].text_en} == both("Living wage")
    assert texts["air"].text_en == "New air"
    found = {one.row.id: one.row for one in await amendments.amendments(table.db, table.slug)}
    assert {key: row.status for key, row in found.items()} == {mine: S.ACCEPTED, theirs: S.REFUSED, other: S.OPEN}
    assert (found[mine].reason, found[theirs].reason) == ("the next version", "not fair = not accepted: no")

    again = await drafting(table, fates, key)
    assert again == answer, "the same words make the same act, also when the text has moved on"
    receipt = await act(table.client, workflow, "answer", again, act_id=key, db=table.db)
    assert "on record already" in receipt.words.en
    less = await drafting(table, fates | {"--amend": None}, key)
    assert less != answer
