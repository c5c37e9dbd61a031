"""What leaves whole: the text with its versions and hashes, and the negotiation as each reader may see it."""

from datetime import date, timedelta

import pytest

from activities.akoma import akoma_ntoso
from models import contracts as c
from models.amending import AmendmentText, Edit
from models.deciding import DecisionRule, Verdict
from models.enums import AmendmentStatus, ClauseStatus, Lane, Language, Outcome, PartyStatus, RuleKind, Stance
from models.errors import NotFound
from rules.calendar import local_date
from store import amendments, clauses, comments, contents, exporting
from store.engine import Database
from tests.store.samples import DUE, NOW, SLUG, answers, asks, entry, opened, position, sha, text, words, write

LATER = NOW + timedelta(days=1)
MADE = NOW + timedelta(days=30)


def a_round(no: int, *, closed: bool) -> c.RoundChanged:
    return c.RoundChanged(
        round=no, step="talks", opened=NOW, due=DUE, agenda=["clause-1", "clause-2"],
        workflow=f"covenant:{SLUG}/round:{no}", closed=LATER if closed else None,
        sentence=words("Round over") if closed else None,
    )  # fmt: skip


def revised(n: int, version: int, status: ClauseStatus = ClauseStatus.BRACKETED) -> c.ClauseChanged:
    return c.ClauseChanged(clause=f"clause-{n}", version=version, sha256=sha(n, version), status=status, reason="na 1")


async def commented(db: Database, event: str, who: str, lane: Lane) -> c.Entry:
    viewer = await comments.viewer(db, SLUG, who, NOW.date())
    made = c.Commented(
        clause="clause-1", lane=lane, party=viewer.party, constituency=viewer.constituency,
        text_sha=await comments.put(db, f"words of {event}"),
    )  # fmt: skip
    return entry(event, made, minutes=5, kind="commented", actor=who)


def in_round(no: int, opened: c.TaskOpened) -> c.TaskOpened:
    return opened.model_copy(update={"round": no})


async def negotiated(db: Database) -> None:
    """Clause 1 got a second version after round 1; round 2 is open and two parties answered in it."""
    await opened(db)
    await contents.put_texts(db, [text(1, 2)])
    verdict = Verdict(outcome=Outcome.FAILED, rule=DecisionRule(kind=RuleKind.CONSENSUS), sentence=words("FNV objects"))
    await write(
        db,
        entry("open-1", in_round(1, asks("fnv")), in_round(1, asks("modint")), a_round(1, closed=False)),
        entry("fnv-1", answers("fnv", position(1, Stance.OBJECT)), minutes=1, actor="mila"),
        entry(
            "closed-1",
            c.Decided(question="round-1/clause-1", step="talks", round=1, clause="clause-1", verdict=verdict),
            a_round(1, closed=True),
            minutes=2,
        ),
        entry("revised", revised(1, 2), minutes=1440),
        entry(
            "open-2",
            in_round(2, asks("fnv", where="again")),
            in_round(2, asks("modint", where="again")),
            a_round(2, closed=False),
        ),
    )
    for party, who, stance in (("fnv", "mila", Stance.AGREE), ("modint", "greet", Stance.RESERVATION)):
        given = answers(party, position(1, stance, version=2), where="again").model_copy(update={"round": 2})
        await write(db, entry(f"{party}-2", given, minutes=1500, actor=who))
    await write(
        db,
        await commented(db, "greet-own", "greet", Lane.DELEGATION),
        await commented(db, "greet-constituency", "greet", Lane.CONSTITUENCY),
        await commented(db, "mila-table", "mila", Lane.TABLE),
    )


async def told(db: Database, who: str, *, hidden: int | None) -> exporting.Negotiation:
    reader = await comments.viewer(db, SLUG, who, NOW.date())
    return await exporting.negotiation(db, SLUG, MADE, reader=reader, own=reader.party, hidden=hidden)


async def test_every_version_and_round_is_told(database: Database) -> None:
    await negotiated(database)

    whole = await told(database, "anna", hidden=None)
    first, second, third = whole.clauses

    assert (whole.covenant, whole.authentic, whole.at) == (SLUG, Language.NL, MADE)
    assert whole.text_sha256 == await clauses.whole_sha(database, SLUG)
    assert list(whole.parties) == ["modint", "vgt", "fnv"]
    assert [(one.version, one.sha256, one.reason) for one in first.versions] == [
        (1, sha(1), None),
        (2, sha(1, 2), "na 1"),
    ]
    assert first.versions[1].text.model_dump() == text(1, 2).model_dump()
    assert (len(second.versions), second.positions, third.comments) == (1, [], [])
    assert [(one.no, one.closed_at, one.sentence and one.sentence.en) for one in whole.rounds] == [
        (1, LATER, "Round over (en)"),
        (2, None, None),
    ]
    assert [(one.clause, one.outcome, one.sentence.nl) for one in whole.rounds[0].verdicts] == [
        ("clause-1", "failed", "FNV objects (nl)")
    ]
    assert whole.rounds[1].verdicts == []


@pytest.mark.parametrize(
    ("who", "hidden", "positions", "spoken"),
    [
        (
            "anna",  # an office sees each as it comes
            None,
            [("fnv", 1, "object"), ("fnv", 2, "agree"), ("modint", 2, "reservation")],
            ["mila-table"],
        ),
        (
            "greet",
            2,
            [("fnv", 1, "object"), ("modint", 2, "reservation")],
            ["greet-constituency", "greet-own", "mila-table"],
        ),
        ("lars", 2, [("fnv", 1, "object")], ["greet-constituency", "mila-table"]),
        ("mila", 2, [("fnv", 1, "object"), ("fnv", 2, "agree")], ["mila-table"]),
    ],
)
async def test_a_reader_gets_what_round_and_lanes_allow(
    database: Database, who: str, hidden: int | None, positions: list[tuple[str, int, str]], spoken: list[str]
) -> None:
    await negotiated(database)

    first = (await told(database, who, hidden=hidden)).clauses[0]

    assert sorted((one.party, one.version, one.stance) for one in first.positions) == positions
    assert [one.id for one in first.comments] == spoken
    assert [one.text for one in first.comments] == [f"words of {name}" for name in spoken]


async def test_amendments_are_told_with_the_text_as_the_mover_would_have_it(database: Database) -> None:
    await negotiated(database)
    base = text(1, 2)
    start = base.nl.index("2 jaar")
    proposals = {
        "better": AmendmentText(nl=[Edit(start=start, end=start + 1, text="3")], reason="te kort"),
        "nothing": AmendmentText(
            nl=[Edit(start=0, end=len(base.nl))], en=[Edit(start=0, end=len(base.en))], reason="weg ermee"
        ),
    }
    for minutes, (event, proposal) in enumerate(proposals.items(), start=1600):
        proposed = c.Proposed(
            clause="clause-1", base_sha=sha(1, 2), text_sha=await amendments.put(database, proposal), party="modint"
        )
        await write(database, entry(event, proposed, minutes=minutes, actor="greet"))
    settled = c.AmendmentSettled(
        amendment="nothing", clause="clause-1", status=AmendmentStatus.REFUSED, reason="Dat is geen artikel."
    )
    await write(database, entry("settled", settled, minutes=1700))

    better, nothing = (await told(database, "mila", hidden=2)).clauses[0].amendments

    assert better.text == exporting.Text(nl=base.nl.replace("2 jaar", "3 jaar"), en=base.en)
    assert (better.party, better.name, better.version, better.status) == ("modint", "Greet", 2, AmendmentStatus.OPEN)
    assert (better.reason, better.settled_because, better.settled_at) == ("te kort", None, None)
    assert nothing.text == exporting.Text(nl="", en="")
    assert (nothing.status, nothing.settled_because) == (AmendmentStatus.REFUSED, "Dat is geen artikel.")


async def test_it_reads_back_from_json(database: Database) -> None:
    await negotiated(database)
    whole = await told(database, "greet", hidden=2)
    assert exporting.Negotiation.model_validate_json(whole.model_dump_json()) == whole


async def test_the_text_is_exported_as_it_is_now(database: Database) -> None:
    await negotiated(database)

    before, sha_before = await exporting.covenant_text(database, SLUG, MADE), await clauses.whole_sha(database, SLUG)
    await write(
        database,
        entry("parked", revised(2, 1, ClauseStatus.PARKED), minutes=1800),
        entry("left", c.PartyChanged(party="vgt", status=PartyStatus.WITHDRAWN, reason="weg"), minutes=1801),
    )
    after = await exporting.covenant_text(database, SLUG, MADE)

    assert [(one.clause, one.version, one.sha256) for one in before.articles] == [
        ("clause-1", 2, sha(1, 2)),
        ("clause-2", 1, sha(2)),
        ("clause-3", 1, sha(3)),
    ]
    assert (before.version, before.begun, before.dated) == (2, date(2027, 1, 11), date(2027, 1, 12))
    assert before.made == local_date(MADE)
    assert before.text_sha256 == sha_before
    assert [one.id for one in before.parties] == ["modint", "vgt", "fnv"]
    assert [one.clause for one in after.articles] == ["clause-1", "clause-3"]
    assert [one.id for one in after.parties] == ["modint", "fnv"]
    assert after.text_sha256 == await clauses.whole_sha(database, SLUG) != before.text_sha256
    assert b"Clause 3: wages rise" in akoma_ntoso(after, Language.EN)


async def test_without_a_text_there_is_nothing_to_export(database: Database) -> None:
    await opened(database)
    await write(database, entry("parked", *(revised(n, 1, ClauseStatus.PARKED) for n in (1, 2, 3))))

    with pytest.raises(NotFound) as raised:
        await exporting.covenant_text(database, SLUG, MADE)
    assert raised.value.code == "no_text"


async def test_a_covenant_that_is_not_there_is_not_found(database: Database) -> None:
    with pytest.raises(NotFound):
        await exporting.covenant_text(database, "other", MADE)
