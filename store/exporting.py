"""What leaves whole: the text of a covenant for other formats, and its negotiation as one reader may see it."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple, TypeVar

from sqlmodel import col, select

from models.articles import ArticleText, CovenantText, TextParty
from models.base import Contract, Words
from models.commitments import Commitment
from models.enums import AmendmentStatus, ClauseStatus, Language, PartyStatus, TaskKind, Tier
from models.errors import NotFound
from models.packages import Condition
from models.playbook import Playbook
from models.tables import Answer, Clause, ClauseVersion, Constituency, Covenant, Decision, HumanTask, Party, Round
from models.word import WordClause, WordDraft
from rules import lanes
from rules.calendar import local_date
from rules.commitments import sentence
from rules.texts import covenant_sha
from store import amendments, clauses, comments, commitments, views
from store.contents import get_in
from store.current import AS_IT_STANDS
from store.documents import refs
from store.engine import Database

One = TypeVar("One")


class Text(Contract):
    """A text in both languages, as it is kept: an amendment may leave nothing of it."""

    nl: str
    en: str


class VersionTold(Contract):
    """A version of a clause."""

    version: int
    sha256: str
    text: Text
    commitments: list[Commitment]
    reason: str | None
    made_at: datetime
    author: str | None


class PositionTold(Contract):
    """What a party said about a version of a clause, and on which conditions it agrees.

    Attributes:
        counted: false for what was kept ad referendum.
    """

    party: str
    version: int
    sha256: str
    round: int | None
    stance: str
    ground: str | None
    lift: str | None
    comment: str | None
    conditions: list[Condition]
    counted: bool = True
    given_at: datetime


class AmendmentTold(Contract):
    """Words that a party proposed.

    Attributes:
        version: of the clause they were proposed for.
        text: the current text as the mover would have it; none when its place was changed since.
        proposed: the text of the version it was proposed for, as the mover wanted it: that never goes away.
        reason: why it was proposed.
        settled_because: why it became what it is.
    """

    id: str
    version: int
    to: str | None
    party: str
    name: str
    status: AmendmentStatus
    text: Text | None
    proposed: Text | None = None
    reason: str
    at: datetime
    accepted_by_mover: bool | None
    settled_because: str | None
    settled_at: datetime | None


class VerdictTold(Contract):
    """The verdict of a round on a clause."""

    clause: str
    outcome: str
    sentence: Text
    decided_at: datetime


class RoundTold(Contract):
    """A round with what came of it; no sentence while it is open."""

    no: int
    step: str
    opened_at: datetime
    due_at: datetime
    closed_at: datetime | None
    agenda: list[str]
    sentence: Text | None
    verdicts: list[VerdictTold]


class ClauseTold(Contract):
    """A clause with all that was written and said about it; each list the oldest first."""

    id: str
    number: str
    theme: str
    norms: list[str]
    title: Text
    status: ClauseStatus
    versions: list[VersionTold]
    positions: list[PositionTold]
    amendments: list[AmendmentTold]
    comments: list[comments.CommentView]


class Negotiation(Contract):
    """The negotiation of a covenant as one reader may see it.

    Attributes:
        text_sha256: of the whole text as it is now.
        parties: names by id, those that left included.
    """

    covenant: str
    title: Text
    authentic: Language
    at: datetime
    text_sha256: str
    parties: dict[str, Text]
    rounds: list[RoundTold]
    clauses: list[ClauseTold]


async def negotiation(
    db: Database, slug: str, at: datetime, *, reader: lanes.Viewer, own: str | None, hidden: int | None
) -> Negotiation:
    """Return the negotiation for someone who may read the text (`rules.access.Page.TEXT`).

    Args:
        db: the database.
        slug: the covenant.
        at: the moment the export is made.
        reader: whose lanes the comments are taken from.
        own: the party whose positions are always shown.
        hidden: the round of which others' positions are not shown (`rules.showing.hidden_round`).

    Raises:
        NotFound: no such covenant.
    """
    covenant = await views.covenant(db, slug)
    made = await clauses.authors(db, slug)
    async with db.read() as session:
        rows = (await session.exec(select(Clause).where(Clause.covenant == slug).order_by(col(Clause.position)))).all()
        texts = await session.exec(
            select(ClauseVersion).where(ClauseVersion.covenant == slug).order_by(col(ClauseVersion.version))
        )
        versions = _by_clause((row.clause, _version(row, made.get((row.clause, row.version)))) for row in texts)
        rounds = (await session.exec(select(Round).where(Round.covenant == slug).order_by(col(Round.no)))).all()
        verdicts: dict[int, list[VerdictTold]] = defaultdict(list)
        for row in await session.exec(
            select(Decision)
            .where(Decision.covenant == slug, col(Decision.round).is_not(None), col(Decision.clause).is_not(None))
            .order_by(col(Decision.decided_at), col(Decision.question))
        ):
            verdicts[row.round or 0].append(_outcome(row))
        parties = await session.exec(select(Party).where(Party.covenant == slug).order_by(col(Party.position)))
        names = {row.id: Text(nl=row.name_nl, en=row.name_en) for row in parties}
    numbers = {(clause, one.sha256): one.version for clause, every in versions.items() for one in every}
    given = await _given(db, slug, numbers, hidden=hidden, own=own)
    beside = await clauses.positions(db, slug, [row.id for row in rows], hidden=hidden, own=own)
    answered = {one.event for one in given}
    given += [  # what no answer put on record: an objection lifted beside the rounds, a fix that carried it on
        _Given(one.position.clause, one.position.event, _stand(one))
        for one in beside
        if one.position.event not in answered
    ]
    stands = _by_clause((one.clause, one.told) for one in sorted(given, key=lambda one: one.told.given_at))
    proposals = _by_clause((one.row.clause, _proposed(one)) for one in await amendments.amendments(db, slug))
    spoken = _by_clause((one.clause, one) for one in await comments.comments(db, slug, None, reader))
    return Negotiation(
        covenant=slug,
        title=Text(nl=covenant.title_nl, en=covenant.title_en),
        authentic=covenant.authentic,
        at=at,
        text_sha256=await clauses.whole_sha(db, slug),
        parties=names,
        rounds=[_round(row, verdicts[row.no]) for row in rounds],
        clauses=[
            ClauseTold(
                **row.model_dump(include={"id", "number", "theme", "norms", "status"}),
                title=Text(nl=row.title_nl, en=row.title_en), versions=versions[row.id], positions=stands[row.id],
                amendments=proposals[row.id], comments=spoken[row.id],
            )
            for row in rows
        ],
    )  # fmt: skip


def _by_clause(pairs: Iterable[tuple[str, One]]) -> defaultdict[str, list[One]]:
    found: defaultdict[str, list[One]] = defaultdict(list)
    for clause, one in pairs:
        found[clause].append(one)
    return found


def _version(row: ClauseVersion, author: str | None) -> VersionTold:
    return VersionTold(
        version=row.version, sha256=row.sha256, text=Text(nl=row.text_nl, en=row.text_en), reason=row.reason,
        made_at=row.made_at, author=author, commitments=commitments.of(row),
    )  # fmt: skip


class _Given(NamedTuple):
    """A position with the clause it is on and the event that put it on record."""

    clause: str
    event: str
    told: PositionTold


async def _given(
    db: Database, slug: str, versions: Mapping[tuple[str, str], int], *, hidden: int | None, own: str | None
) -> list[_Given]:
    """Return every position that was given in a round, those that a later one replaced included."""
    async with db.read() as session:
        rows = await session.exec(
            select(Answer, HumanTask.round)
            .join(HumanTask, col(HumanTask.id) == Answer.task)
            .where(Answer.covenant == slug, HumanTask.kind == TaskKind.POSITIONS)
        )
        shown = [
            (answer, number)
            for answer, number in rows
            if hidden is None or number not in {hidden, None} or answer.respondent == own
        ]
    return [
        _Given(
            one["clause"], answer.event,
            PositionTold(
                party=answer.respondent, version=versions.get((one["clause"], one["sha256"]), 1), round=number,
                sha256=one["sha256"], stance=one["stance"], ground=one.get("ground"), lift=one.get("lift"),
                comment=one.get("comment"), conditions=one.get("conditions") or [], counted=answer.counted,
                given_at=answer.given_at,
            ),
        )
        for answer, number in shown
        for one in answer.content["positions"]
    ]  # fmt: skip


def _stand(one: clauses.Said) -> PositionTold:
    kept = one.position.model_dump(exclude={"covenant", "clause", "event"})
    return PositionTold(**kept, version=one.version)


def _proposed(one: amendments.AmendmentView) -> AmendmentTold:
    row = one.row
    return AmendmentTold(
        **row.model_dump(include={"id", "version", "to", "party", "status", "at", "accepted_by_mover", "settled_at"}),
        name=one.name, proposed=Text(nl=one.made_nl or "", en=one.made_en or "") if one.made_on else None,
        text=Text(nl=one.text_nl or "", en=one.text_en or "") if not one.overtaken else None,
        reason=one.reason, settled_because=row.reason,
    )  # fmt: skip


def _outcome(row: Decision) -> VerdictTold:
    return VerdictTold(
        clause=row.clause or "", outcome=row.outcome, sentence=Text(nl=row.sentence_nl, en=row.sentence_en),
        decided_at=row.decided_at,
    )  # fmt: skip


def _round(row: Round, verdicts: list[VerdictTold]) -> RoundTold:
    sentence = Text(nl=row.sentence_nl, en=row.sentence_en) if row.sentence_nl and row.sentence_en else None
    kept = row.model_dump(include={"no", "step", "opened_at", "due_at", "closed_at", "agenda"})
    return RoundTold(**kept, sentence=sentence, verdicts=verdicts)


async def covenant_text(db: Database, slug: str, made: datetime) -> CovenantText:
    """Return the whole text as it is now, to be written in another format. Parked clauses are not in the text.

    Args:
        db: the database.
        slug: the covenant.
        made: the moment the file is made.

    Raises:
        NotFound: no such covenant, or every clause is parked.
    """
    covenant = await views.covenant(db, slug)
    async with db.read() as session:
        rows = await session.exec(
            select(Clause, ClauseVersion)
            .join(ClauseVersion, AS_IT_STANDS)
            .where(Clause.covenant == slug)
            .order_by(col(Clause.position))
        )
        every = list(rows)
        seated = list(
            await session.exec(
                select(Party, Constituency)
                .join(
                    Constituency,
                    (col(Constituency.covenant) == col(Party.covenant))
                    & (col(Constituency.id) == col(Party.constituency)),
                )
                .where(Party.covenant == slug, Party.tier == Tier.PARTY, Party.status == PartyStatus.ACTIVE)
                .order_by(col(Party.position))
            )
        )
        book = Playbook.model_validate(json.loads((await get_in(session, covenant.package)).data)["playbook"])
    committed = await commitments.names(db, slug)
    standing = [(clause, version) for clause, version in every if clause.status is not ClauseStatus.PARKED]
    if not standing:
        raise _nothing(covenant)
    named = {norm for clause, _ in standing for norm in clause.norms}
    return CovenantText(
        slug=slug,
        title=Words(nl=covenant.title_nl, en=covenant.title_en),
        authentic=covenant.authentic,
        version=1 + sum(version.version - 1 for _, version in every),
        begun=local_date(covenant.opened_at),
        dated=local_date(max(version.made_at for _, version in standing)),
        made=local_date(made),
        text_sha256=covenant_sha(refs([(clause, version, None) for clause, version in every])),
        parties=[
            TextParty(
                id=party.id, name=Words(nl=party.name_nl, en=party.name_en),
                constituency=Words(nl=group.name_nl, en=group.name_en),
            )
            for party, group in seated
        ],
        articles=[
            ArticleText(
                clause=clause.id, number=clause.number, title=Words(nl=clause.title_nl, en=clause.title_en),
                text=Words(nl=version.text_nl, en=version.text_en), version=version.version, sha256=version.sha256,
                norms=clause.norms,
                commitments=[sentence(one, committed) for one in commitments.of(version)],
            )
            for clause, version in standing
        ],
        norms=[norm for norm in book.norms if norm.id in named],
    )  # fmt: skip


def _nothing(covenant: Covenant) -> NotFound:
    return NotFound(
        "no_text",
        f"Alle artikelen van {covenant.slug} zijn geparkeerd: er is geen tekst. Verwacht: ten minste één artikel dat "
        "meedoet.",
        f"Every clause of {covenant.slug} is parked: there is no text. Expected: at least one clause that takes part.",
        {"slug": covenant.slug},
    )


async def word_draft(db: Database, slug: str, made: datetime, party: str | None = None) -> WordDraft:
    """Return the text as it is now, to be written as a Word file or to read one against.

    Args:
        db: the database.
        slug: the covenant.
        made: the moment the file is made.
        party: whose last approval the tracked changes are against; no tracked changes when none.

    Raises:
        NotFound: no such covenant.
    """
    covenant = await views.covenant(db, slug)
    return WordDraft(
        slug=slug,
        title=Words(nl=covenant.title_nl, en=covenant.title_en),
        text_sha256=await clauses.whole_sha(db, slug),
        printed_at=made,
        clauses=[
            WordClause(
                id=one.clause.id,
                number=one.clause.number,
                title=Words(nl=one.clause.title_nl, en=one.clause.title_en),
                text=Words(nl=one.current.text_nl, en=one.current.text_en),
                version=one.current.version,
                sha256=one.current.sha256,
                old_text=Words(nl=one.approved.text_nl, en=one.approved.text_en)
                if one.approved is not None and one.approved.sha256 != one.current.sha256
                else None,
                reason=one.current.reason,
            )
            for one in await clauses.clauses(db, slug, party)
            if one.clause.status is not ClauseStatus.PARKED
        ],
    )
