"""What an evidence report shows, as the record has it."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.base import Words
from models.contracts import Mandate
from models.enums import DocumentKind, Language, MailStatus, SignatureKind, StepKind, Tier
from models.evidence import EvidenceEntry, EvidenceReport, EvidenceRow
from models.signing import Trace
from models.tables import Content, Covenant, Document, Event, Mail, Party, Person, Signature, Step
from rules.calendar import clock, in_words, local_date
from rules.labels import POWERS, label
from rules.levels import level
from store import happenings
from store.documents import METHODS, fields_of, signed_for
from store.engine import Database
from store.signatures import counting

CODE = "code"
Signatory = tuple[str, str]
"""A task and who signed in it."""

TRACE = "application/vnd.polder.trace+json"
MAILED = {
    MailStatus.SENT: Words(nl="verstuurd", en="sent"),
    MailStatus.QUEUED: Words(nl="in de wachtrij", en="queued"),
    MailStatus.UNDELIVERABLE: Words(nl="niet te bezorgen", en="undeliverable"),
}


async def sealed_sha(db: Database, slug: str) -> str | None:
    """Return the hash of a covenant's sealed PDF; none when there is none."""
    async with db.read() as session:
        return await _sealed_sha(session, slug)


async def evidence(
    db: Database,
    slug: str,
    at: datetime,
    *,
    kind: SignatureKind = SignatureKind.PLATFORM,
    certificates: Mapping[str, Words] | None = None,
) -> EvidenceReport:
    """Gather the evidence of a covenant's signing.

    Args:
        db: the database.
        slug: the covenant.
        at: the moment it is made.
        kind: where the signatures on the sealed PDF come from.
        certificates: on it, described, by the field of each.

    Raises:
        NotFound: no such covenant.
    """
    async with db.read() as session:
        covenant = await session.get_one(Covenant, slug)
        signed = list(
            await session.exec(
                select(Signature).where(counting(slug)).order_by(col(Signature.signed_at), col(Signature.party))
            )
        )
        parties = {one.id: one for one in await session.exec(select(Party).where(Party.covenant == slug))}
        people = {one.id: one for one in await session.exec(select(Person).where(Person.covenant == slug))}
        mails = list(
            await session.exec(select(Mail).where(Mail.covenant == slug, Mail.template == CODE).order_by(col(Mail.at)))
        )
        sealed = await _sealed_sha(session, slug)
        begun = await session.exec(
            select(Step.actual_start)
            .where(Step.covenant == slug, Step.kind == StepKind.SIGNING)
            .order_by(col(Step.position))
        )
        start = next((one for one in begun if one is not None), None)
    told = await happenings.happenings(db, slug, happenings.nobody, limit=1_000_000)
    entries = [one for one in told if start is None or one.event.at >= start]
    entered = _signing_entries([one.event for one in entries])
    origins = await _origins(db, entered)
    fields = fields_of(signed, parties)
    companies = {one.id for one in parties.values() if one.tier is Tier.PARTICIPANT}
    return EvidenceReport(
        title=Words(nl=covenant.title_nl, en=covenant.title_en), slug=slug, level=level(kind), printed_at=at,
        text_sha256=covenant.text_sha or "", sealed_sha256=sealed,
        chain_head=covenant.head,
        rows=[
            EvidenceRow(
                party=signed_for(row, parties), person=row.name,
                known_as=people[row.person].name, at=row.signed_at, method=METHODS[row.method],
                text_sha256=row.text_sha,
                certificate=(certificates or {}).get(fields.get((row.task, row.person), "")),
                mandate=_mandate(people[row.person]), origin=origins.get((row.task, row.person)),
                mails=[_mailed(one) for one in mails if (one.task, one.person) == (row.task, row.person)],
                entry=entered[row.task, row.person].seq, entry_sha256=entered[row.task, row.person].sha256,
            )
            for row in sorted(signed, key=lambda one: one.party in companies)
            if (row.task, row.person) in entered
        ],
        entries=[
            EvidenceEntry(no=one.event.seq, at=one.event.at, words=one.sentence, sha256=one.event.sha256)
            for one in entries
        ],
    )  # fmt: skip


async def _sealed_sha(session: AsyncSession, slug: str) -> str | None:
    sealed = await session.exec(
        select(Document.sha256)
        .where(Document.covenant == slug, Document.kind == DocumentKind.SEALED)
        .order_by(col(Document.made_at).desc())
    )
    return sealed.first()


def _signing_entries(events: Sequence[Event]) -> Mapping[Signatory, Event]:
    return {
        (change["task"], change["person"]): one
        for one in events
        for change in one.data.get("changes", [])
        if change.get("change") == "signed"
    }


async def _origins(db: Database, signed: Mapping[Signatory, Event]) -> dict[Signatory, str]:
    """Return where each signature came from, as far as the site kept it."""
    named = {
        (change["task"], change["person"]): change["trace_sha"]
        for event in signed.values()
        for change in event.data["changes"]
        if "trace_sha" in change
    }
    async with db.read() as session:
        kept = await session.exec(select(Content).where(col(Content.sha256).in_(set(named.values()))))
        traces = {one.sha256: Trace.model_validate_json(one.data) for one in kept}
    return {who: f"{traces[sha].address}, {traces[sha].agent}"[:300] for who, sha in named.items() if sha in traces}


def _mailed(mail: Mail) -> Words:
    day, at = local_date(mail.at), clock(mail.at)
    return Words(
        nl=f"code {MAILED[mail.status].nl} op {in_words(day, 'nl')}, {at}",
        en=f"code {MAILED[mail.status].en} on {in_words(day, 'en')}, {at}",
    )


def _mandate(person: Person) -> Words:
    held = [Mandate.model_validate(one) for one in person.mandates]
    return Words(nl=_held(held, Language.NL), en=_held(held, Language.EN))


def _held(mandates: Sequence[Mandate], language: Language) -> str:
    nl = language is Language.NL
    parts = []
    for one in mandates:
        powers = ", ".join(label(POWERS, power, language) for power in one.powers)
        themes = f" ({', '.join(one.themes)})" if one.themes else ""
        until = f", {'tot' if nl else 'until'} {in_words(one.until, language)}" if one.until else ""
        parts.append(powers + themes + until)
    return "; ".join(parts) or "-"
