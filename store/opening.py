"""Opening a covenant: from the stored launch package to rows, a plan, and the first entry of the log."""

import json
from datetime import datetime

from pydantic import Field
from sqlmodel.ext.asyncio.session import AsyncSession

from models import contracts as c
from models.base import Contract, Slug, Words
from models.covenant import ClauseFile, CovenantFile
from models.enums import ClauseStatus, CovenantStatus, PartyStatus, Power, Stance, StepKind, StepStatus, Tier
from models.ground import GroundRules
from models.playbook import Playbook, Step
from models.tables import Clause, ClauseVersion, Constituency, Covenant, Party, Person, Position
from rules import matters, planning
from rules.chain import GENESIS, text_sha
from store import commitments
from store.contents import get_in
from store.engine import Database
from store.records import append_in

PACKAGE = "application/vnd.polder.package+json"


class Package(Contract):
    """What the facilitator launched, frozen: the covenant file and the playbook it was checked with.

    Attributes:
        revises: the signed covenant whose text this one is about.
        added: its clauses that are new; to the others the parties agree as they signed them.
    """

    covenant: CovenantFile
    playbook: Playbook
    revises: Slug | None = None
    added: list[Slug] = Field(default_factory=list, max_length=300)


async def open_covenant(db: Database, launch: c.Launch, at: datetime) -> c.Opened:
    """Write a covenant's rows and first entry from its launch package; a second call changes nothing.

    Args:
        db: the database.
        launch: slug, hash of the package, start date.
        at: the moment of launch.
    """
    async with db.write() as session:
        package = Package.model_validate(json.loads((await get_in(session, launch.package)).data))
        opened = laid_out(package, launch)
        if await session.get(Covenant, launch.slug) is None:
            await _rows(session, package, opened, launch, at)
        return opened


def laid_out(package: Package, launch: c.Launch) -> c.Opened:
    """Return what a launch package becomes: roster, plan with the defaults filled in, clauses."""
    file, book = package.covenant, package.playbook
    plan = planning.expand(book, facts=file.facts, include=file.include, start=launch.start)
    return c.Opened(
        sector=book.sector,
        title=file.title,
        approaches=book.approaches,
        term_years=book.term_years,
        notice_months=book.notice_months,
        thresholds=book.thresholds,
        entry_into_force=book.entry_into_force,
        roster=roster(package),
        themes=[theme.id for theme in book.themes] + [sub.id for theme in book.themes for sub in theme.sub],
        clauses=[_clause(clause, package) for clause in file.clauses],
        revises=package.revises,
        plan=[planned.model_copy(update={"step": _with_defaults(planned.step, book)}) for planned in plan],
        ground_rules=GroundRules(rules=matters.of_book(book)),
        schedule=c.Schedule(reminders=book.defaults.reminders, ladder=book.defaults.ladder),
    )


def _clause(clause: ClauseFile, package: Package) -> c.ClauseRef:
    """Return a clause as it begins: in a revision what is in force is agreed on, only what changes is asked about."""
    ref = c.ClauseRef(
        id=clause.id,
        number=clause.number,
        theme=clause.theme,
        sha256=text_sha(clause.text.nl, clause.text.en, clause.commitments),
    )
    if package.revises is not None and clause.id not in package.added:
        ref.status = ClauseStatus.AGREED
        ref.holds = {party.id: Stance.AGREE for party in package.covenant.parties}
    return ref


def _with_defaults(step: Step, book: Playbook) -> Step:
    """Freeze the playbook's defaults into the step, so that no later default changes a running covenant."""
    deciding = step.kind in {StepKind.APPROVAL, StepKind.DIALOGUE, StepKind.RATIFICATION}
    return step.model_copy(
        update={
            "rule": matters.rule_of(step, book) if deciding else None,
            "reminders": step.reminders if step.reminders is not None else book.defaults.reminders,
            "ladder": step.ladder if step.ladder is not None else book.defaults.ladder,
        }
    )


def _launched(package: Package, launch: c.Launch) -> Words:
    file, added = package.covenant, len(package.added)
    if package.revises is None:
        return Words(
            nl=f"Convenant gestart met {len(file.parties)} partijen en {len(file.clauses)} artikelen; "
            f"startpakket SHA-256 {launch.package}.",
            en=f"Covenant launched with {len(file.parties)} parties and {len(file.clauses)} clauses; "
            f"launch package SHA-256 {launch.package}.",
        )
    return Words(
        nl=f"Herziening van {package.revises} gestart met {len(file.parties)} partijen; de {len(file.clauses) - added} "
        f"artikelen die van kracht zijn gelden als akkoord, {added} zijn nieuw; startpakket SHA-256 {launch.package}.",
        en=f"Revision of {package.revises} launched with {len(file.parties)} parties; the {len(file.clauses) - added} "
        f"clauses in force count as agreed, {added} are new; launch package SHA-256 {launch.package}.",
    )


def roster(package: Package) -> c.Roster:
    """Everyone around the table, without addresses."""
    file = package.covenant
    return c.Roster(
        constituencies=package.playbook.constituencies,
        parties=[c.Party(id=party.id, name=party.name, constituency=party.constituency) for party in file.parties]
        + [
            c.Party(
                id=company.id,
                name=Words(nl=company.name, en=company.name),
                constituency="participants",
                tier=Tier.PARTICIPANT,
                market_share=company.market_share,
                category=company.category,
            )
            for company in file.participants
        ],
        people=[
            c.Person(
                id=person.id,
                name=person.name,
                party=person.party,
                roles=person.roles,
                mandates=[c.Mandate(powers=m.powers, themes=m.themes, until=m.until) for m in person.mandates],
            )
            for person in file.people
        ]
        + [
            c.Person(
                id=contact_of(company.id),
                name=company.contact,
                party=company.id,
                mandates=[c.Mandate(powers=list(Power))],
            )
            for company in file.participants
        ],
    )


def contact_of(participant: str) -> str:
    """Person id of a participant's contact."""
    return f"{participant}-contact"[:63]


async def _rows(session: AsyncSession, package: Package, opened: c.Opened, launch: c.Launch, at: datetime) -> None:
    file, book, slug = package.covenant, package.playbook, launch.slug
    session.add(
        Covenant(
            slug=slug,
            sector=book.sector,
            title_nl=file.title.nl,
            title_en=file.title.en,
            authentic=file.authentic,
            approaches=[approach.value for approach in book.approaches],
            term_years=book.term_years,
            thresholds=book.thresholds.model_dump(),
            package=launch.package,
            status=CovenantStatus.TALKS,
            opened_at=at,
            moved_at=at,
            head=GENESIS,
            revises=package.revises,
        )
    )
    await session.flush()
    for position, group in enumerate(book.constituencies):
        session.add(
            Constituency(
                covenant=slug,
                id=group.id,
                position=position,
                name_nl=group.title.nl,
                name_en=group.title.en,
                minimum=group.minimum,
            )
        )
    kinds = {party.id: party.kind.value for party in file.parties}
    for position, party in enumerate(opened.roster.parties):
        session.add(
            Party(
                covenant=slug,
                id=party.id,
                position=position,
                constituency=party.constituency,
                tier=party.tier,
                kind=kinds.get(party.id, "company"),
                name_nl=party.name.nl,
                name_en=party.name.en,
                market_share=party.market_share,
                category=party.category,
                status=PartyStatus.ACTIVE,
            )
        )
    addresses = {person.id: (person.email, person.language) for person in file.people} | {
        contact_of(company.id): (company.email, company.language) for company in file.participants
    }
    for person in opened.roster.people:
        email, language = addresses[person.id]
        session.add(
            Person(
                covenant=slug,
                id=person.id,
                party=person.party,
                name=person.name,
                email=email,
                language=language,
                roles=[role.value for role in person.roles],
                mandates=[mandate.model_dump(mode="json") for mandate in person.mandates],
            )
        )
    for position, (clause, ref) in enumerate(zip(file.clauses, opened.clauses, strict=True)):
        session.add(
            Clause(
                covenant=slug,
                id=clause.id,
                position=position,
                number=clause.number,
                theme=clause.theme,
                norms=clause.norms,
                title_nl=clause.title.nl,
                title_en=clause.title.en,
                version=1,
                status=ref.status,
            )
        )
        session.add(
            ClauseVersion(
                covenant=slug,
                clause=clause.id,
                version=1,
                sha256=ref.sha256,
                text_nl=clause.text.nl,
                text_en=clause.text.en,
                commitments=commitments.kept(clause.commitments),
                made_at=at,
            )
        )
        for holder, stance in ref.holds.items():
            session.add(
                Position(
                    covenant=slug, clause=clause.id, sha256=ref.sha256, party=holder, stance=stance, conditions=[],
                    event=f"{slug}/launched", given_at=at,
                )
            )  # fmt: skip
    await session.flush()
    entry = c.Entry(
        event=f"{slug}/launched",
        covenant=slug,
        at=at,
        kind="covenant_launched",
        actor=launch.facilitator,
        changes=[
            c.Said(words=_launched(package, launch)),
            *(
                c.StepChanged(position=position, planned=planned)
                for position, planned in enumerate(opened.plan)
                if planned.status in {StepStatus.PLANNED, StepStatus.SKIPPED}
            ),
        ],
    )
    await append_in(session, [entry], lock=False)
