"""A commitment is part of what is approved: changing one voids approvals; changing words only keeps it."""

import pytest
from table import Table, both

from acts import composing
from models import contracts as c
from models.base import Words
from models.commitments import Commitment
from models.enums import DocumentKind
from models.errors import Refusal
from models.questions import FixProposal
from models.scenario import AmendmentReply
from store import commitments, contents, documents, views
from store.clauses import clauses

pytestmark = pytest.mark.asyncio(loop_scope="session")
SOON = Commitment(who="business", what=Words(nl="betalen", en="pay up"), months=6, norm="ilo-c131")
LATE = SOON.model_copy(update={"months": 12})


async def drafted(table: Table, clause: str, text: str, given: list[Commitment] | None) -> None:
    amend = {clause: AmendmentReply.model_validate({"text": both(text), "reason": "so be it", "commitments": given})}
    content = await composing.next_version(table.db, table.slug, amend, park=[], reason="so be it")
    await table.give((await table.waiting())["facilitator"], content)


async def approves(table: Table, party: str) -> bool:
    (line,) = await clauses(table.db, table.slug, party, only=["wage"])
    return line.unchanged


async def test_a_changed_commitment_voids_approvals_and_changed_words_keep_it(table: Table) -> None:
    await table.launch()
    await table.approve()
    await table.position("union")
    await table.advance(11)
    assert await approves(table, "union")

    await drafted(table, "wage", "Old wage", [SOON])
    assert not await approves(table, "union"), "no word changed, and yet it is another agreement"
    version = (await views.current_texts(table.db, table.slug))["wage"]
    assert (version.version, commitments.of(version)) == (2, [SOON])
    assert "union" in await table.waiting()
    (changed,) = await documents.changes_for(table.db, table.slug, 2, "union")
    old, new = changed["old"], changed["new"]
    assert isinstance(old, Words)
    assert isinstance(new, Words)
    assert new.en.startswith(f"{old.en}\n\nCommitments:"), "the mail of the round says what changed"
    (digest,) = await contents.put_texts(table.db, [Words(nl="Old wage (nl).", en="Old wage (en).")])
    with pytest.raises(Refusal) as refused:
        await table.steer(
            "propose_fix",
            FixProposal(act=f"fix-{table.slug}", actor=c.Actor(person="fay"), clause="wage", base_sha=version.sha256,
                        text_sha=digest, reason="a full stop"),
        )  # fmt: skip
    assert refused.value.code == "not_editorial"

    await table.position("union")
    await table.advance(11)
    await drafted(table, "wage", "New wage", None)
    kept = (await views.current_texts(table.db, table.slug))["wage"]
    assert commitments.of(kept) == [SOON]
    await table.position("union")
    assert await approves(table, "union")
    await table.advance(11)
    with pytest.raises(Refusal, match="names nobody"):
        await drafted(table, "wage", "New wage", [SOON.model_copy(update={"who": "nobody"})])
    await drafted(table, "wage", "New wage", [LATE])
    assert not await approves(table, "union")
    await table.advance(11)
    await drafted(table, "wage", "New wage", [SOON])
    assert await approves(table, "union"), "letter for letter what it approved"
    printed = await documents.covenant_document(table.db, table.slug, DocumentKind.DRAFT, await table.now(), round_no=1)
    assert printed.clauses[0].text.en.endswith(
        "\n\nCommitments:\n- Business (en), within 6 months of entry into force: pay up"
    )
