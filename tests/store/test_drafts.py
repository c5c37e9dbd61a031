"""What a draft and a document show: the text of now, against what a party last supported."""

from datetime import timedelta

from models import contracts as c
from models import signing as sg
from models.enums import ClauseStatus, DocumentKind, PartyStatus, Stance, TaskKind
from rules.texts import covenant_sha
from store import contents, documents, views
from store.engine import Database
from tests.store.samples import DUE, NOW, SLUG, answers, asks, entry, opened, position, sha, task_id, text, write


def a_round(no: int, *agenda: str) -> c.RoundChanged:
    return c.RoundChanged(
        round=no, step="talks", opened=NOW, due=DUE, agenda=list(agenda), workflow=f"covenant:{SLUG}/round:{no}"
    )


def amended(
    n: int, version: int, status: ClauseStatus = ClauseStatus.BRACKETED, reason: str | None = "na ronde 1"
) -> c.ClauseChanged:
    return c.ClauseChanged(clause=f"clause-{n}", version=version, sha256=sha(n, version), status=status, reason=reason)


async def prepared(db: Database) -> None:
    await opened(db)
    await contents.put_texts(db, [text(n, version) for n in (1, 2, 3) for version in (2, 3)])
    await write(db, entry("open", asks("fnv"), asks("modint"), a_round(1, "clause-1", "clause-2", "clause-3")))


async def test_a_draft_shows_only_what_differs_from_what_the_party_last_supported(database: Database) -> None:
    await prepared(database)
    await write(
        database,
        entry("a1", answers("fnv", position(1, Stance.AGREE), complete=False)),
        entry("a2", answers("fnv", position(2, Stance.RESERVATION), complete=False)),
        entry("a3", answers("fnv", position(3, Stance.ABSTAIN), complete=False)),
        entry("next", amended(1, 2), a_round(2, "clause-1", "clause-2", "clause-3")),
    )

    fnv = await documents.changes_for(database, SLUG, 2, "fnv")

    assert [(change["number"], change["old"], change["new"]) for change in fnv] == [
        ("1", text(1), text(1, 2)),
        ("3", None, text(3)),  # never supported: new to this party
    ]
    assert fnv[0]["reason"] == "na ronde 1"
    modint = await documents.changes_for(database, SLUG, 2, "modint")
    assert [(change["number"], change["old"]) for change in modint] == [("1", None), ("2", None), ("3", None)]


async def test_what_was_supported_longer_ago_is_what_a_draft_compares_with(database: Database) -> None:
    await prepared(database)
    await write(
        database,
        entry("a1", answers("fnv", position(1, Stance.AGREE), complete=False)),
        entry("v2", amended(1, 2)),
        entry("a2", answers("fnv", position(1, Stance.OBJECT, version=2), complete=False)),
        entry("v3", amended(1, 3), a_round(2, "clause-1")),
    )

    (change,) = await documents.changes_for(database, SLUG, 2, "fnv")

    assert (change["old"], change["new"]) == (text(1), text(1, 3))


async def test_support_that_was_withdrawn_no_longer_counts(database: Database) -> None:
    await prepared(database)
    await write(
        database,
        entry("a1", answers("fnv", position(1, Stance.AGREE), complete=False)),
        entry("a2", answers("fnv", position(1, Stance.OBJECT), complete=False), minutes=1),
        entry("next", a_round(2, "clause-1")),
    )

    (change,) = await documents.changes_for(database, SLUG, 2, "fnv")

    assert (change["old"], change["new"]) == (None, text(1))


async def test_what_is_not_on_the_agenda_is_not_in_the_draft(database: Database) -> None:
    await prepared(database)
    await write(database, entry("next", amended(1, 2), amended(2, 2), a_round(2, "clause-2")))

    assert [change["number"] for change in await documents.changes_for(database, SLUG, 2, "fnv")] == ["2"]


async def test_a_document_is_the_text_of_now_without_parked_clauses(database: Database) -> None:
    await prepared(database)
    await write(database, entry("v2", amended(1, 2)), entry("park", amended(3, 1, ClauseStatus.PARKED)))

    draft = await documents.covenant_document(database, SLUG, DocumentKind.DRAFT, NOW)
    redline = await documents.covenant_document(database, SLUG, DocumentKind.REDLINE, NOW, round_no=2)

    assert [(clause.number, clause.text, clause.old_text) for clause in draft.clauses] == [
        ("1", text(1, 2), None),
        ("2", text(2), None),
    ]
    assert [clause.old_text for clause in redline.clauses] == [text(1), None]
    assert "2" in redline.notes[0].nl
    assert draft.chain_head == (await views.covenant(database, SLUG)).head
    refs = [c.ClauseRef(id=f"clause-{n}", number=str(n), theme="x", sha256=sha(n, v)) for n, v in ((1, 2), (2, 1))]
    assert draft.text_sha256 == covenant_sha(refs)


async def test_the_signed_text_names_who_signed_and_leaves_out_who_left(database: Database) -> None:
    await prepared(database)
    digest = sha(1)
    await write(
        database,
        entry("ask", asks("fnv", TaskKind.SIGNATURE, where="sign")),
        entry("left", c.PartyChanged(party="vgt", status=PartyStatus.WITHDRAWN, reason="geen steun")),
        entry(
            "signed",
            sg.Signed(task=task_id("fnv", "sign"), party="fnv", person="mila", name="Mila", text_sha=digest),
            c.CovenantChanged(text_sha=digest),
            minutes=5,
        ),
    )

    sealed = await documents.covenant_document(database, SLUG, DocumentKind.SEALED, NOW)

    assert [party.name.en for party in sealed.parties] == ["Modint (en)", "FNV (en)"]
    assert [(row.person, row.text_sha256, row.at) for row in sealed.signatures] == [
        ("Mila", digest, NOW + timedelta(minutes=5))
    ]
    assert sealed.text_sha256 == digest
    assert (await documents.covenant_document(database, SLUG, DocumentKind.FINAL, NOW)).signatures == []
