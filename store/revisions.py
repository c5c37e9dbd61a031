"""Revisions of a signed covenant: what one starts from, and which text is in force."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from pydantic import TypeAdapter, ValidationError
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models import contracts as c
from models.base import Words
from models.covenant import ClauseFile, CovenantFile, MandateFile, ParticipantFile, PartyFile, PersonFile
from models.enums import PartyKind, PartyStatus, Power, Role, Tier
from models.errors import Conflict, PolderError, Refusal
from models.revising import RevisionQuestion, RevisionReady
from models.tables import Covenant, Party, Person, Signature
from rules import revising
from rules.chain import canonical
from rules.playbooks import check_covenant
from store import commitments, contents, current, ground, signatures
from store.engine import Database
from store.opening import PACKAGE, Package, contact_of

CLAUSES = "application/vnd.polder.clauses+json"
ADDED = TypeAdapter(list[ClauseFile])


async def put_clauses(db: Database, added: Sequence[ClauseFile]) -> str:
    """Store the clauses that a revision adds; the hash goes into `Revision.added`."""
    return await contents.put(db, canonical(ADDED.dump_python(list(added), mode="json")), CLAUSES)


async def prepare(db: Database, question: RevisionQuestion) -> RevisionReady:
    """Store what a revision starts from: the text in force, and the parties, companies and mandates of today."""
    try:
        made = await package(db, question)
    except PolderError as error:
        return RevisionReady(problem=error.details())
    digest = await contents.put(db, canonical(made.model_dump(mode="json")), PACKAGE)
    return RevisionReady(
        launch=c.Launch(slug=question.revision, package=digest, start=question.start, facilitator=question.facilitator)
    )


async def package(db: Database, question: RevisionQuestion) -> Package:
    """Return what a revision starts from.

    Raises:
        Conflict: `slug_taken`.
        Refusal: `clause_does_not_fit`, `no_dialogue`, `revision_does_not_fit`.
    """
    try:
        return await _package(db, question)
    except ValidationError as error:  # never anything that an activity would try again for ever
        first = error.errors(include_url=False)[0]
        field = ".".join(str(one) for one in first["loc"]) or "-"
        raise revising.does_not_fit(field, first["msg"]) from error


async def _package(db: Database, question: RevisionQuestion) -> Package:
    slug = question.covenant
    rules = {one.matter: one.rule for one in await ground.rules(db, slug)}
    text = await text_of(db, slug)
    async with db.read() as session:
        if await session.get(Covenant, question.revision) is not None:
            raise Conflict(
                "slug_taken",
                f"Er is al een convenant {question.revision}. Verwacht: probeer het opnieuw; dan krijgt de herziening "
                "een ander nummer.",
                f"There is a covenant {question.revision} already. Expected: try again; the revision then gets another "
                "number.",
                {"slug": question.revision},
            )
        covenant = await session.get_one(Covenant, slug)
        first = Package.model_validate(json.loads((await contents.get_in(session, covenant.package)).data))
        signed = await _clauses(session, text)
        added = await _added(session, question.added)
        parties = list(
            await session.exec(
                select(Party)
                .where(Party.covenant == slug, Party.status == PartyStatus.ACTIVE)
                .order_by(col(Party.position))
            )
        )
        people = list(await session.exec(select(Person).where(Person.covenant == slug).order_by(col(Person.id))))
        joined = set(await session.exec(select(Signature.party).where(signatures.counting(slug))))
    book = revising.book_of(first.playbook, first.covenant.facts, first.covenant.include)
    seated = [one for one in parties if one.tier is Tier.PARTY]
    companies = [one for one in parties if one.tier is Tier.PARTICIPANT and one.id in joined]
    there = {one.id for one in [*seated, *companies]}
    contacts = {one.id: _contact(one.id, people) for one in companies}
    file = CovenantFile.model_construct(
        **{
            **dict(first.covenant), "slug": question.revision, "start": question.start, "include": [],
            "title": revising.titled(Words(nl=covenant.title_nl, en=covenant.title_en), question.no),
            "parties": [_party(one) for one in seated],
            "people": [
                _person(one, there)
                for one in people
                if _takes_part(one, there) and one.id not in {who.id for who in contacts.values() if who}
            ],
            "participants": [_company(one, who) for one in companies if (who := contacts[one.id]) is not None],
            "clauses": [*signed, *added],
        }
    )  # fmt: skip
    _check_added(file, first, len(signed), question.start)
    return Package(
        covenant=CovenantFile.model_validate(file.model_dump()),
        playbook=book.model_copy(update={"ground_rules": rules}),
        revises=slug,
        added=[one.id for one in added],
    )


async def _clauses(session: AsyncSession, slug: str) -> list[ClauseFile]:
    """Return the text of a covenant as it would be launched."""
    return [
        ClauseFile(
            id=row.id, number=row.number, theme=row.theme, title=Words(nl=row.title_nl, en=row.title_en),
            text=Words(nl=version.text_nl, en=version.text_en), norms=row.norms, commitments=commitments.of(version),
        )
        for row, version in await current.texts(session, slug)
    ]  # fmt: skip


async def _added(session: AsyncSession, digest: str | None) -> list[ClauseFile]:
    if digest is None:
        return []
    return ADDED.validate_json((await contents.get_in(session, digest)).data)


def _check_added(file: CovenantFile, first: Package, signed: int, today: date) -> None:
    """Refuse new clauses that do not fit the covenant: an id or number in use, a theme or norm it does not have."""
    own = [
        one
        for one in check_covenant(file, first.playbook, today)
        if one.path.startswith("clauses.") and int(one.path.split(".")[1]) >= signed
    ]
    if own:
        where = own[0].path.split(".", 2)[-1]
        clause = file.clauses[int(own[0].path.split(".")[1])]
        raise Refusal(
            "clause_does_not_fit",
            f"Nieuw artikel {clause.number}, {where}: {own[0].words.nl}",
            f"New clause {clause.number}, {where}: {own[0].words.en}",
            {"clause": clause.id, "number": clause.number, "field": where, "problems": str(len(own))},
        )


def _party(row: Party) -> PartyFile:
    return PartyFile(
        id=row.id, name=Words(nl=row.name_nl, en=row.name_en), kind=PartyKind(row.kind), constituency=row.constituency
    )


def _takes_part(row: Person, there: Collection[str]) -> bool:
    """Whether somebody has something to do: for a party or company that takes part, or in an office."""
    return bool(row.roles) or (bool(row.mandates) and row.party in there)


def _person(row: Person, there: Collection[str]) -> PersonFile:
    return PersonFile(
        id=row.id, name=row.name, email=row.email, language=row.language,
        party=row.party if row.party in there else None,  # who holds an office stays when their party left
        roles=[Role(one) for one in row.roles], mandates=[MandateFile.model_validate(one) for one in row.mandates],
    )  # fmt: skip


def _contact(company: str, people: Sequence[Person]) -> Person | None:
    """Return who declares for a company: its contact, or else somebody of it who may sign."""
    own = [one for one in people if one.party == company and one.mandates]
    signs = [one for one in own if any(Power.SIGN in mandate["powers"] for mandate in one.mandates)] or own
    return next((one for one in own if one.id == contact_of(company)), next(iter(signs), None))


def _company(row: Party, who: Person) -> ParticipantFile:
    return ParticipantFile(
        id=row.id, name=row.name_nl, market_share=row.market_share, category=row.category, contact=who.name,
        email=who.email, language=who.language,
    )  # fmt: skip


# --- reading ----------------------------------------------------------------------------------------------------------


async def of(db: Database, slug: str) -> list[Covenant]:
    """Return the revisions of a covenant, the first one first."""
    async with db.read() as session:
        rows = await session.exec(select(Covenant).where(Covenant.revises == slug).order_by(col(Covenant.opened_at)))
        return list(rows)


async def text_of(db: Database, slug: str) -> str:
    """Return the covenant whose text is in force for another: its last revision that is, else itself."""
    latest = latest_of(await of(db, slug))
    return latest.slug if latest is not None else slug


def latest_of(every: Sequence[Covenant], until: datetime | None = None) -> Covenant | None:
    """Return the last of some revisions that is in force, or was at a moment."""
    there = [one for one in every if one.in_force_at is not None and (until is None or one.in_force_at <= until)]
    return there[-1] if there else None


async def holding(db: Database, slug: str, digest: str) -> str:
    """Return the covenant that has the text of a hash: this one, or one of its revisions; this one when none does."""
    return next((one.slug for one in await of(db, slug) if one.text_sha == digest), slug)


@dataclass(frozen=True)
class Lineage:
    """A covenant among those it revises or is revised by.

    Attributes:
        original: the signed covenant that this one revises.
        latest: the revision whose text is in force now: of this covenant, or after this revision of the same one.
        open: the revision of this covenant that is under way.
        counted_from: the day from which terms in the text are counted: of a revision that of the original, as what it
            did not touch goes on.
    """

    original: Covenant | None
    latest: Covenant | None
    open: Covenant | None
    counted_from: date | None


async def lineage(db: Database, covenant: Covenant) -> Lineage:
    """Return what a covenant revises and what revises it."""
    original = None
    if covenant.revises is not None:
        async with db.read() as session:
            original = await session.get(Covenant, covenant.revises)
    every = await of(db, covenant.revises or covenant.slug)
    latest = latest_of(every)
    under_way = next((one for one in every if one.ended_at is None and one.in_force_at is None), None)
    return Lineage(
        original=original,
        latest=latest if latest is not None and latest.slug != covenant.slug else None,
        open=under_way if original is None else None,
        counted_from=commitments.in_force(original or covenant),
    )
