"""What documents and drafts show, read from the record."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.base import Words
from models.contracts import ClauseRef
from models.documents import CovenantDocument, DocumentClause, DocumentParty, DocumentSignature
from models.enums import ClauseStatus, DocumentKind, Language, PartyStatus, Role, SigningRole, Stance, Tier
from models.playbook import Playbook, Step
from models.sealing import Signatory
from models.tables import (
    Clause,
    ClauseVersion,
    Constituency,
    Covenant,
    Event,
    Party,
    Person,
    Position,
    Round,
    Signature,
)
from rules.calendar import in_words, local_date
from rules.chain import sha256
from rules.signatories import field_of
from rules.texts import covenant_sha
from rules.wording import OFFICES
from store import commitments, signatures
from store.contents import get_in
from store.current import AS_IT_STANDS
from store.engine import Database

STATUS: dict[DocumentKind, Words] = {
    DocumentKind.DRAFT: Words(
        nl="Concept voor de dialoog; niets is vastgesteld.", en="Draft for the dialogue; nothing is adopted."
    ),
    DocumentKind.REDLINE: Words(
        nl="Concept met de wijzigingen sinds de vorige versie.", en="Draft with the changes since the last version."
    ),
    DocumentKind.FINAL: Words(nl="Definitieve tekst, ter ondertekening.", en="Final text, for signature."),
    DocumentKind.SEALED: Words(nl="Ondertekende tekst, verzegeld.", en="Signed text, sealed."),
}
SIGNED = Words(
    nl="De tekst zoals hij ondertekend is. De verzegelde PDF is het ondertekende stuk.",
    en="The text as it was signed. The sealed PDF is the signed document.",
)
METHODS = {
    "code": Words(nl="bevestigd met een eenmalige code per mail", en="confirmed with a one-time code by mail"),
    "passkey": Words(nl="bevestigd met een toegangssleutel", en="confirmed with a passkey"),
}
"""How a signatory was identified, by its name in the record."""


async def covenant_document(
    db: Database, slug: str, kind: DocumentKind, at: datetime, *, round_no: int | None = None, party: str | None = None
) -> CovenantDocument:
    """Gather what a document of this kind shows now.

    Args:
        db: the database.
        slug: the covenant.
        kind: of document.
        at: the moment it is made.
        round_no: the round it is for.
        party: whose last approvals a redline is against; the version before, when none.
    """
    async with db.read() as session:
        covenant = await session.get_one(Covenant, slug)
        clauses = await _clauses(session, slug, compare=kind is DocumentKind.REDLINE)
        notes = [] if round_no is None else [Words(nl=f"Ronde {round_no}.", en=f"Round {round_no}.")]
        if party is not None:
            supported = await _supported(session, slug, party)
            clauses = [(clause, version, supported.get(clause.id)) for clause, version, _ in clauses]
            notes = [AGAINST, *_never(clauses)]
        notes += await _revising(session, covenant)
        parties, names = await _parties(session, slug)
        signed = await _signatures(session, slug) if kind is DocumentKind.SEALED else []
        committed = await commitments.names_in(session, slug)
        by_id = {party.id: party for party in parties}
        tier = {party.id: party.tier for party in parties}

        def signature(row: Signature) -> DocumentSignature:
            return DocumentSignature(
                party=signed_for(row, by_id),
                person=row.name,
                at=row.signed_at,
                text_sha256=row.text_sha,
                method=METHODS[row.method],
            )

        return CovenantDocument(
            kind=kind,
            title=Words(nl=covenant.title_nl, en=covenant.title_en),
            sector=covenant.sector,
            slug=slug,
            authentic=covenant.authentic,
            status=_status(kind, signed=covenant.signed_at is not None, own=party is not None),
            printed_at=at,
            text_sha256=covenant.text_sha or covenant_sha(refs(clauses)),
            chain_head=covenant.head,
            parties=[
                DocumentParty(name=Words(nl=p.name_nl, en=p.name_en), constituency=names[p.constituency])
                for p in parties
                if p.tier is Tier.PARTY and p.status is PartyStatus.ACTIVE
            ],
            clauses=[
                DocumentClause(
                    number=clause.number,
                    title=Words(nl=clause.title_nl, en=clause.title_en),
                    text=commitments.whole(version, committed),
                    version=version.version,
                    sha256=version.sha256,
                    old_text=commitments.whole(old, committed) if old else None,
                    reason=version.reason,
                )
                for clause, version, old in clauses
                if clause.status is not ClauseStatus.PARKED
            ],
            signatures=[signature(row) for row in signed if tier.get(row.party) is not Tier.PARTICIPANT],
            participants=[signature(row) for row in signed if tier.get(row.party) is Tier.PARTICIPANT],
            notes=notes,
        )


async def _revising(session: AsyncSession, covenant: Covenant) -> list[Words]:
    """Say of a revision which signed text it is to take the place of."""
    if covenant.revises is None:
        return []
    first = await session.get_one(Covenant, covenant.revises)
    title, day = Words(nl=first.title_nl, en=first.title_en), local_date(first.signed_at or first.opened_at)
    return [
        Words(
            nl=f"Herziening van {title.nl[:300]}, ondertekend op {in_words(day, 'nl')}: de hele tekst zoals hij na de "
            f"herziening luidt. Wat toen ondertekend is (SHA-256 {first.text_sha}) blijft ongewijzigd bewaard.",
            en=f"Revision of {title.en[:300]}, signed on {in_words(day, 'en')}: the whole text as it reads after the "
            f"revision. What was signed then (SHA-256 {first.text_sha}) is kept as it was.",
        )
    ]


def _status(kind: DocumentKind, *, signed: bool, own: bool) -> Words:
    if kind is DocumentKind.FINAL and signed:
        return SIGNED
    return SINCE_OWN if kind is DocumentKind.REDLINE and own else STATUS[kind]


SINCE_OWN = Words(
    nl="Concept met de wijzigingen sinds uw laatste akkoord.", en="Draft with the changes since you last approved."
)
AGAINST = Words(
    nl="De wijzigingen zijn die sinds het laatste akkoord van uw eigen partij, per artikel.",
    en="The changes are those since your own party last approved, clause by clause.",
)


def _never(clauses: Sequence[tuple[Clause, ClauseVersion, ClauseVersion | None]]) -> list[Words]:
    """Say with which clauses there is nothing to compare."""
    numbers = ", ".join(one.number for one, _, old in clauses if old is None and one.status is not ClauseStatus.PARKED)
    if not numbers:
        return []
    return [
        Words(
            nl=f"Nog nooit akkoord, dus zonder wijzigingen getoond: artikel {numbers}.",
            en=f"Never approved, so shown without changes: clause {numbers}.",
        )
    ]


def refs(clauses: Sequence[tuple[Clause, ClauseVersion, ClauseVersion | None]]) -> list[ClauseRef]:
    """Return clauses without their text."""
    return [
        ClauseRef(
            id=clause.id, number=clause.number, theme=clause.theme, version=version.version,
            sha256=version.sha256, status=clause.status,
        )
        for clause, version, _ in clauses
    ]  # fmt: skip


async def _clauses(
    session: AsyncSession, slug: str, *, compare: bool
) -> list[tuple[Clause, ClauseVersion, ClauseVersion | None]]:
    clauses = (await session.exec(select(Clause).where(Clause.covenant == slug).order_by(col(Clause.position)))).all()
    rows = (await session.exec(select(ClauseVersion).where(ClauseVersion.covenant == slug))).all()
    versions = {(row.clause, row.version): row for row in rows}
    return [
        (
            clause,
            versions[clause.id, clause.version],
            versions.get((clause.id, clause.version - 1)) if compare else None,
        )
        for clause in clauses
    ]


async def _parties(session: AsyncSession, slug: str) -> tuple[Sequence[Party], dict[str, Words]]:
    parties = (await session.exec(select(Party).where(Party.covenant == slug).order_by(col(Party.position)))).all()
    groups = (await session.exec(select(Constituency).where(Constituency.covenant == slug))).all()
    return parties, {group.id: Words(nl=group.name_nl, en=group.name_en) for group in groups}


def signed_for(row: Signature, parties: Mapping[str, Party]) -> Words:
    """Return for whom somebody signed, or that they signed as a witness."""
    party = parties.get(row.party)
    name = Words(nl=party.name_nl, en=party.name_en) if party is not None else OFFICES[Role(row.party)]
    if row.role is SigningRole.WITNESS:
        return Words(nl=f"getuige: {name.nl}"[:300], en=f"witness: {name.en}"[:300])
    return name


async def _signatures(session: AsyncSession, slug: str) -> Sequence[Signature]:
    return (
        await session.exec(
            select(Signature).where(signatures.counting(slug)).order_by(col(Signature.signed_at), col(Signature.party))
        )
    ).all()


async def signatories(db: Database, slug: str, key: str, *, until: datetime | None = None) -> list[Signatory]:
    """Return who signed for a party, in the order of the sealed text, each with the field that is theirs.

    Args:
        db: the database.
        slug: the covenant.
        key: of the document; makes the id of each signature.
        until: the moment the document was made: who joined later signed beside it.
    """
    async with db.read() as session:
        signed = await _signatures(session, slug)
        parties = {one.id: one for one in await session.exec(select(Party).where(Party.covenant == slug))}
        people = {one.id: one for one in await session.exec(select(Person).where(Person.covenant == slug))}
    fields = fields_of(signed, parties)
    return [
        Signatory(
            id=sha256(f"{key}/{fields[row.task, row.person]}".encode()),
            field=fields[row.task, row.person], party=row.party,
            organisation=Words(nl=parties[row.party].name_nl, en=parties[row.party].name_en), person=row.name,
            email=people[row.person].email, at=row.signed_at,
        )
        for row in signed
        if (row.task, row.person) in fields and (until is None or row.signed_at <= until)
    ]  # fmt: skip


def fields_of(signed: Sequence[Signature], parties: Mapping[str, Party]) -> dict[tuple[str, str], str]:
    """Name the field on the sealed PDF of each signature for a party, by its task and person.

    A company that declares has none, and neither has a witness.
    """
    found: dict[tuple[str, str], str] = {}
    counted: Counter[str] = Counter()
    for row in signed:
        party = parties.get(row.party)
        if party is not None and party.tier is Tier.PARTY and row.role is SigningRole.SIGNATORY:
            counted[row.party] += 1
            found[row.task, row.person] = field_of(row.party, counted[row.party])
    return found


async def matter_of(db: Database, slug: str, step_key: str | None, language: Language) -> list[str]:
    """Return what a step puts before the parties: its purpose and its norms, from the covenant's own playbook."""
    if step_key is None:
        return []
    async with db.read() as session:
        covenant = await session.get_one(Covenant, slug)
        package = json.loads((await get_in(session, covenant.package)).data)
        added = await _added(session, slug, step_key)
    if added is not None:
        return [added.purpose.pick(language)] if added.purpose else []
    book = Playbook.model_validate(package["playbook"])
    return matter(book, step_key, language)


async def _added(session: AsyncSession, slug: str, step_key: str) -> Step | None:
    """Return a step that the playbook does not have: one that was inserted, or of clauses that were split off."""
    rows = await session.exec(
        select(Event.data).where(Event.covenant == slug, col(Event.kind).in_(["step_inserted", "clauses_split_off"]))
    )
    for change in (one for data in rows for one in data["changes"]):
        if change.get("change") == "step_changed" and change["planned"]["key"] == step_key:
            return Step.model_validate(change["planned"]["step"])
    return None


def matter(book: Playbook, step_key: str, language: Language) -> list[str]:
    """Return what a step of a playbook puts before the parties."""
    step = next((one for one in book.steps if step_key == one.id or step_key.startswith(f"{one.id}-")), None)
    if step is None:
        return []
    norms = {norm.id: norm for norm in book.norms}
    purpose = [step.purpose.pick(language)] if step.purpose else []
    return purpose + [f"{norms[norm].source}: {norms[norm].title.pick(language)}" for norm in step.norms]


async def changes_for(db: Database, slug: str, round_no: int, party: str) -> list[dict[str, Words | str | bool | None]]:
    """Return the clauses of a round that differ from what this party last supported, with the old text.

    A clause it never supported comes without old text; one it supports as it stands is left out, unless on conditions:
    those do not hold as long as the clause is open (`unmet`).
    """
    async with db.read() as session:
        round_row = await session.get_one(Round, (slug, round_no))
        clauses = await _clauses(session, slug, compare=False)
        supported, unmet = await _supported(session, slug, party), await _on_conditions(session, slug, party)
        committed = await commitments.names_in(session, slug)
    found: list[dict[str, Words | str | bool | None]] = []
    for clause, version, _ in clauses:
        old = supported.get(clause.id)
        same = old is not None and old.sha256 == version.sha256
        if clause.id not in round_row.agenda or (same and clause.id not in unmet):
            continue
        found.append(
            {
                "unmet": same,
                "number": clause.number,
                "title": Words(nl=clause.title_nl, en=clause.title_en),
                "old": commitments.whole(old, committed) if old else None,
                "new": commitments.whole(version, committed),
                "reason": version.reason,
            }
        )
    return found


async def stands_for(db: Database, slug: str, round_no: int, party: str) -> list[str]:
    """Return the numbers of the clauses of a round that this party approved as they stand: not asked about again."""
    async with db.read() as session:
        round_row = await session.get_one(Round, (slug, round_no))
        clauses = await _clauses(session, slug, compare=False)
        supported, unmet = await _supported(session, slug, party), await _on_conditions(session, slug, party)
    return [
        clause.number
        for clause, version, _ in clauses
        if clause.id in round_row.agenda
        and clause.id in supported
        and supported[clause.id].sha256 == version.sha256
        and clause.id not in unmet
    ]


async def _on_conditions(session: AsyncSession, slug: str, party: str) -> set[str]:
    """Return the clauses whose current text a party agreed to on conditions: on an open clause they do not hold."""
    rows = await session.exec(
        select(Position)
        .join(Clause, (col(Clause.covenant) == col(Position.covenant)) & (col(Clause.id) == col(Position.clause)))
        .join(
            ClauseVersion,
            AS_IT_STANDS & (col(ClauseVersion.sha256) == col(Position.sha256)),
        )
        .where(Position.covenant == slug, Position.party == party)
    )
    return {row.clause for row in rows if row.conditions}


async def _supported(session: AsyncSession, slug: str, party: str) -> dict[str, ClauseVersion]:
    rows = await session.exec(
        select(ClauseVersion)
        .join(
            Position,
            (col(Position.covenant) == col(ClauseVersion.covenant))
            & (col(Position.clause) == col(ClauseVersion.clause))
            & (col(Position.sha256) == col(ClauseVersion.sha256)),
        )
        .where(
            ClauseVersion.covenant == slug,
            Position.party == party,
            col(Position.stance).in_([Stance.AGREE, Stance.RESERVATION]),
        )
        .order_by(col(ClauseVersion.version))
    )
    return {row.clause: row for row in rows}
