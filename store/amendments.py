"""Amendments: words that come in before they are named, whether they fit, and the brackets a reader sees."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from pydantic import ValidationError
from sqlmodel import col, select

from models import lookups
from models.amending import AmendmentText, Edit
from models.articles import Address
from models.base import Words
from models.enums import AmendmentStatus, Language, StepKind, StepStatus
from models.errors import Conflict, PolderError, Refusal
from models.packaging import PackageLook
from models.tables import Amendment, Clause, ClauseVersion, Content, Covenant, Party, Person, Step
from rules import amending, articles
from store import contents
from store.contents import get_in, text_of
from store.engine import Database
from store.people import Contact, holder_of

AMENDMENT = "application/vnd.polder.amendment+json"

Texts = Mapping[Language, str]


@dataclass(frozen=True)
class AmendmentView:
    """An amendment as the table sees it.

    Attributes:
        nl, en: the edits on the current version; none where that place itself was changed since (`overtaken`).
        text_nl, text_en: the current text as its mover would have it; none likewise.
        made_on: the text of the version it was made on, and `made_nl`, `made_en`, that text as its mover wanted it:
            what was proposed, whatever became of the place since.
        name: of who proposed it.
        only: the one language that its own words are in; none when they are in both. A change to another proposal can
            have Dutch words alone and yet stand in both texts, by what it changes.
        where: the parts of the clause it is about; in the version it was made on where its place was changed since.
    """

    row: Amendment
    party: Party
    name: str
    reason: str
    nl: list[Edit] | None
    en: list[Edit] | None
    text_nl: str | None
    text_en: str | None
    only: Language | None = None
    where: list[Address] = field(default_factory=list)
    made_on: Words | None = None
    made_nl: str | None = None
    made_en: str | None = None

    @property
    def cited(self) -> Words | None:
        """The place in words: `artikel 4, tweede lid`."""
        return articles.cited(self.where)

    @property
    def place(self) -> str:
        """The id of the first place on a page with the text; of the clause when there is none."""
        return articles.fragment(self.row.clause, self.where[0]) if self.where else f"art_{self.row.clause}"

    @property
    def overtaken(self) -> bool:
        """Whether its place was changed since, so that its mover has to look again."""
        return self.nl is None or self.en is None

    @property
    def texts(self) -> dict[Language, str]:
        """The current text as its mover would have it, in both languages; empty where it is overtaken."""
        return {Language.NL: self.text_nl or "", Language.EN: self.text_en or ""}


async def put(db: Database, words: AmendmentText, act: str | None = None) -> str:
    """Store what a party proposes; the hash goes into `Proposal.text_sha`. The same act keeps its hash."""
    if act is not None:
        async with db.read() as session:
            row = await session.get(Amendment, act)
            if row is not None and _words(await session.get(Content, row.text_sha)) == words:
                return row.text_sha
    return await contents.put_salted(db, words, AMENDMENT)


def _words(content: Content | None) -> AmendmentText | None:
    if content is None or content.media_type != AMENDMENT:
        return None
    try:
        return AmendmentText.model_validate(json.loads(content.data))
    except (ValueError, ValidationError):
        return None


# --- what a workflow asks ---------------------------------------------------------------------------------------------


async def look_at_proposal(db: Database, question: lookups.ProposalQuestion) -> lookups.Looked:
    """Say what is wrong with words that a party proposes."""
    slug, proposal = question.covenant, question.proposal
    try:
        current = await _current(db, slug, proposal.clause)
        if current.sha256 != proposal.base_sha:
            raise Conflict(
                "old_clause_version",
                f"Het artikel is gewijzigd: dit voorstel gaat over een andere versie. Verwacht: versie "
                f"{current.version}, SHA-256 {current.sha256}.",
                f"The clause has changed: this proposal is about another version. Expected: version "
                f"{current.version}, SHA-256 {current.sha256}.",
                {"clause": proposal.clause, "expected": current.sha256, "given": proposal.base_sha},
            )
        async with db.read() as session:
            words = _words(await session.get(Content, proposal.text_sha))
        if words is None:
            raise Refusal(
                "words_not_found",
                f"Er zijn geen woorden bewaard onder SHA-256 {proposal.text_sha}. Bewaar ze eerst.",
                f"No words are stored under SHA-256 {proposal.text_sha}. Store them first.",
                {"sha256": proposal.text_sha},
            )
        base: Texts = {Language.NL: current.text_nl, Language.EN: current.text_en}
        if proposal.to is not None:
            now, base = base, await _read_by(db, slug, proposal.clause, proposal.to)
            check_goes_on(base, words, now)
        check_fits(base, words)
    except PolderError as error:
        return lookups.Looked(problem=error.details())
    return lookups.Looked()


def check_fits(base: Texts, words: AmendmentText) -> None:
    """Refuse words that change nothing, leave nothing of the clause, or whose places are not in the text.

    Raises:
        Refusal: `nothing_changed`, `no_text`, `edit_outside`, `edits_overlap`.
    """
    both = {Language.NL: words.nl, Language.EN: words.en}
    if not all(amending.applied(base[language], edits).strip() for language, edits in both.items()):
        raise Refusal(
            "no_text",
            "Zo blijft er van het artikel niets over. Verwacht: andere woorden. Moet het artikel weg, zeg dat dan in "
            "uw standpunt; de facilitator kan het parkeren.",
            "This leaves nothing of the clause. Expected: other words. If the clause must go, say so in your position; "
            "the facilitator can park it.",
        )
    if all(amending.applied(base[language], edits) == base[language] for language, edits in both.items()):
        raise Refusal(
            "nothing_changed",
            "Dit voorstel wijzigt niets. Verwacht: andere woorden in ten minste één van de twee talen.",
            "This proposal changes nothing. Expected: other words in at least one of the two languages.",
        )


def check_goes_on(base: Texts, words: AmendmentText, now: Texts) -> None:
    """Refuse a change to an amendment that leaves the text as it is now (`back_to_now`): it proposes nothing."""
    both = {Language.NL: words.nl, Language.EN: words.en}
    if all(amending.applied(base[language], edits) == now[language] for language, edits in both.items()):
        raise Refusal(
            "back_to_now",
            "Zo blijft de tekst zoals hij nu is. Verwacht: andere woorden; of zeg in uw standpunt dat u dit niet wilt.",
            "This leaves the text as it is now. Expected: other words; or say in your position that you are against.",
        )


async def _current(db: Database, slug: str, clause: str) -> ClauseVersion:
    async with db.read() as session:
        row = await session.get_one(Clause, (slug, clause))
        return await session.get_one(ClauseVersion, (slug, clause, row.version))


async def _read_by(db: Database, slug: str, clause: str, key: str) -> Texts:
    """Return the current text with the amendment in it that another one would change."""
    parent = await standing(db, slug, clause, key)
    if parent is None:
        raise Refusal(
            "unknown_amendment",
            f"Wijzigingsvoorstel {key} staat niet (meer) open op dit artikel. Verwacht: een open voorstel.",
            f"Amendment {key} is not open on this clause (any more). Expected: an open one.",
            {"amendment": key},
        )
    return parent.texts


async def look_at_draft(db: Database, question: lookups.DraftQuestion) -> lookups.Looked:
    """Say what is wrong when an amendment is called accepted and its words are not what the next version says.

    And with a mediator from outside: the address must not be that of somebody who sits there already.
    """
    mediation = question.drafting.mediation
    if mediation is not None and mediation.contact is not None:
        async with db.read() as session:
            email = Contact.model_validate(json.loads((await get_in(session, mediation.contact)).data)).email
            holder = await holder_of(session, question.covenant, email, but=mediation.mediator)
        if holder is not None:
            refusal = Refusal(
                "address_taken",
                f"Het adres van de bemiddelaar is dat van {holder.name}, die hier al een plaats heeft. Verwacht: "
                "iemand van buiten, met een eigen adres.",
                f"The address of the mediator is that of {holder.name}, who has a place here already. Expected: "
                "someone from outside, with an address of their own.",
                {"person": holder.name},
            )
            return lookups.Looked(problem=refusal.details())
    accepted = [fate.amendment for fate in question.drafting.fates if fate.status is AmendmentStatus.ACCEPTED]
    if not accepted:
        return lookups.Looked()
    rows = await amendments(db, question.covenant, keys=accepted)
    new = {one.clause: one.sha256 for one in question.drafting.amendments}
    try:
        for clause in sorted({one.row.clause for one in rows}):
            current = await _current(db, question.covenant, clause)
            async with db.read() as session:
                number = (await session.get_one(Clause, (question.covenant, clause))).number
                text = text_of(await session.get(Content, new[clause]), new[clause])
            merge = merged(current, [one for one in rows if one.row.clause == clause])
            for language, whole in merge.items():
                check_taken_up(number, _text(current, language), whole, text.pick(language))
    except PolderError as error:
        return lookups.Looked(problem=error.details())
    return lookups.Looked()


def check_taken_up(clause: str, old: str, merge: str, new: str) -> None:
    """Refuse a next version in which accepted words are missing; it may hold more changes than these.

    Raises:
        Refusal: `not_taken_up`.
    """
    wanted, made = amending.edits_between(old, merge), amending.edits_between(old, new)
    if not all(any(one.start <= edit.start and edit.end <= one.end and edit.text in one.text for one in made)
               for edit in wanted):  # fmt: skip
        raise Refusal(
            "not_taken_up",
            f"In de nieuwe tekst van artikel {clause} staan niet alle woorden die overgenomen heten. Verwacht: de "
            "woorden zoals voorgesteld; of noem het een compromis.",
            f"The new text of clause {clause} does not have all the words that are called accepted. Expected: the "
            "words as proposed; or call it a compromise.",
            {"clause": clause},
        )


async def look_at_package(db: Database, question: PackageLook) -> lookups.Looked:
    """Say what is wrong with a package: a clause has another text by now, or an amendment is open no longer."""
    try:
        for pick in question.picks:
            current = await _current(db, question.covenant, pick.clause)
            found = await standing(db, question.covenant, pick.clause, pick.amendment)
            if current.sha256 != pick.base_sha or found is None:
                raise Conflict(
                    "package_overtaken",
                    f"Artikel {pick.clause} is intussen gewijzigd, of voorstel {pick.amendment} staat daar niet meer "
                    "open. Verwacht: een pakket van open voorstellen op de tekst van nu.",
                    f"Clause {pick.clause} was changed meanwhile, or amendment {pick.amendment} is not open there any "
                    "more. Expected: a package of open amendments on the text of now.",
                    {"clause": pick.clause, "amendment": pick.amendment},
                )
    except PolderError as error:
        return lookups.Looked(problem=error.details())
    return lookups.Looked()


def merged(current: ClauseVersion, taken: Sequence[AmendmentView]) -> dict[Language, str]:
    """Return the current text in both languages with amendments made in it.

    Raises:
        Refusal: `amendments_collide`, or `amendment_overtaken`.
    """
    for one in taken:
        if one.overtaken:
            raise Refusal(
                "amendment_overtaken",
                f"De plaats van het voorstel van {one.party.name_nl} is intussen gewijzigd. Verwacht: een compromis, "
                "of een nieuw voorstel.",
                f"The place of the proposal of {one.party.name_en} has changed since. Expected: a compromise, or a "
                "new proposal.",
                {"amendment": one.row.id},
            )
    by = [one.row.party for one in taken]
    called = {
        one.row.id: one.party.name_nl if by.count(one.row.party) == 1 else f"{one.party.name_nl} ({place})"
        for place, one in enumerate(taken, start=1)
    }
    return {
        Language.NL: amending.merged(current.text_nl, {called[one.row.id]: one.nl or [] for one in taken}),
        Language.EN: amending.merged(current.text_en, {called[one.row.id]: one.en or [] for one in taken}),
    }


async def known(db: Database, question: lookups.AmendmentQuestion) -> lookups.AmendmentsFound:
    """Return amendments of a covenant as the rules know them."""
    async with db.read() as session:
        changing = col(Amendment.to).in_(question.changing) & (col(Amendment.status) == AmendmentStatus.OPEN)
        rows = await session.exec(
            select(Amendment).where(
                Amendment.covenant == question.covenant, col(Amendment.id).in_(question.amendments) | changing
            )
        )
        return lookups.AmendmentsFound(
            amendments=[
                lookups.KnownAmendment(id=row.id, clause=row.clause, party=row.party, status=row.status) for row in rows
            ]
        )


# --- what people see --------------------------------------------------------------------------------------------------


async def standing(db: Database, slug: str, clause: str, key: str) -> AmendmentView | None:
    """Return an amendment that is open on a clause and still has its place, or None."""
    found = await amendments(db, slug, clause, only=[AmendmentStatus.OPEN])
    return next((one for one in found if one.row.id == key and not one.overtaken), None)


async def wanted(db: Database, covenant: Covenant) -> bool:
    """Whether words can still come into the text: rounds about it are under way or planned."""
    if covenant.accord_at is not None:
        return False
    query = select(Step.key).where(
        Step.covenant == covenant.slug, Step.kind == StepKind.DIALOGUE,
        col(Step.status).in_([StepStatus.PLANNED, StepStatus.ACTIVE]),
    )  # fmt: skip
    async with db.read() as session:
        return (await session.exec(query.limit(1))).first() is not None


async def bracketed(db: Database, slug: str) -> set[str]:
    """Return the clauses for which words are proposed."""
    query = (
        select(Amendment.clause).where(Amendment.covenant == slug, Amendment.status == AmendmentStatus.OPEN).distinct()
    )
    async with db.read() as session:
        return set(await session.exec(query))


async def amendments(
    db: Database, slug: str, clause: str | None = None, *, only: Sequence[AmendmentStatus] | None = None,
    keys: Collection[str] | None = None,
) -> list[AmendmentView]:  # fmt: skip
    """Return amendments in the order they came, with their places in the current text.

    Args:
        db: the database.
        slug: the covenant.
        clause: on one clause; on all when none.
        only: in these states; in all when none.
        keys: only these; all when none.
    """
    query = (
        select(Amendment, Party, Person.name)
        .join(Party, (col(Party.covenant) == col(Amendment.covenant)) & (col(Party.id) == col(Amendment.party)))
        .join(Person, (col(Person.covenant) == col(Amendment.covenant)) & (col(Person.id) == col(Amendment.person)))
        .where(Amendment.covenant == slug)
        .order_by(col(Amendment.at), col(Amendment.id))
        .limit(1000)
    )
    if clause is not None:
        query = query.where(Amendment.clause == clause)
    # With the others on their clauses: one to another is drawn on that one's words, also when that one is settled.
    if only is not None:
        asked = select(Amendment.clause).where(Amendment.covenant == slug, col(Amendment.status).in_(only))
        query = query.where(col(Amendment.clause).in_(asked))
    if keys is not None:
        query = query.where(col(Amendment.clause).in_(select(Amendment.clause).where(col(Amendment.id).in_(keys))))
    async with db.read() as session:
        rows = list(await session.exec(query))
        digests, about = {row.text_sha for row, _, _ in rows}, {row.clause for row, _, _ in rows}
        words = {
            one.sha256: _words(one)
            for one in await session.exec(select(Content).where(col(Content.sha256).in_(digests)))
        }
        versions: dict[str, list[ClauseVersion]] = {}
        for version in await session.exec(
            select(ClauseVersion)
            .where(ClauseVersion.covenant == slug, col(ClauseVersion.clause).in_(about))
            .order_by(col(ClauseVersion.version))
        ):
            versions.setdefault(version.clause, []).append(version)
        found = await session.exec(
            select(Clause.id, Clause.number).where(Clause.covenant == slug, col(Clause.id).in_(about))
        )
        numbers = dict(found.all())
    said = {row.id: (row, text) for row, _, _ in rows if (text := words.get(row.text_sha))}
    drawn = _Drawn(said, versions, numbers)
    return [
        drawn.view(row, party, name)
        for row, party, name in rows
        if row.id in said and (keys is None or row.id in keys) and (only is None or row.status in only)
    ]


class _Drawn:
    """Amendments with the versions and numbers of the clauses they are about."""

    def __init__(
        self, said: Mapping[str, tuple[Amendment, AmendmentText]], versions: Mapping[str, Sequence[ClauseVersion]],
        numbers: Mapping[str, str],
    ) -> None:  # fmt: skip
        self.said, self.versions, self.numbers = said, versions, numbers

    def view(self, row: Amendment, party: Party, name: str) -> AmendmentView:
        """Return one as it stands in the current text."""
        current = self.versions[row.clause][-1]
        words = self.said[row.id][1]
        nl, en = (self.edits(row.id, current.version, language) for language in Language)
        return AmendmentView(
            row=row, party=party, name=name, reason=words.reason, nl=nl, en=en, only=_only(words),
            text_nl=None if nl is None else amending.applied(current.text_nl, nl),
            text_en=None if en is None else amending.applied(current.text_en, en),
            where=self.where(row, current if nl is not None and en is not None else None), **self.made(row),
        )  # fmt: skip

    def made(self, row: Amendment) -> dict[str, Any]:
        """Return the text that an amendment was made on, and that text as its mover wanted it."""
        version = next((one for one in self.versions[row.clause] if one.version == row.version), None)
        if version is None:
            return {}
        nl, en = (self.edits(row.id, row.version, language) for language in Language)
        return {
            "made_on": Words(nl=version.text_nl, en=version.text_en),
            "made_nl": None if nl is None else amending.applied(version.text_nl, nl),
            "made_en": None if en is None else amending.applied(version.text_en, en),
        }

    def where(self, row: Amendment, current: ClauseVersion | None) -> list[Address]:
        """Return the parts that an amendment is about: by its Dutch places, or by its English where only that changes.

        Args:
            row: the amendment.
            current: the version it has its place in; that on which it was made when none.
        """
        made_on = (one for one in self.versions[row.clause] if one.version == row.version)
        version = current or next(made_on, self.versions[row.clause][-1])
        for language in Language:
            edits = self.edits(row.id, version.version, language)
            if edits:
                spans = [(one.start, one.end) for one in edits]
                return articles.touched(self.numbers[row.clause], _text(version, language), spans)
        return []

    def edits(self, key: str, version: int, language: Language) -> list[Edit] | None:
        """Return what an amendment does to a version of its clause; none where its place was changed on the way."""
        row, words = self.said[key]
        texts = [_text(one, language) for one in self.versions[row.clause] if row.version <= one.version <= version]
        own: list[Edit] = words.nl if language is Language.NL else words.en
        edits: list[Edit] | None = own
        read: str | None = None
        if row.to is not None and edits:
            under = self.edits(row.to, row.version, language) if row.to in self.said else None
            read = None if under is None else amending.applied(texts[0], under)
            edits = None if read is None else amending.edits_between(texts[0], amending.applied(read, edits))
        elif row.to is not None:
            edits = self.edits(row.to, row.version, language) if row.to in self.said else None
        for old, new in pairwise(texts):
            if row.to is not None and new == read:
                edits = own  # what it would change was taken up to the letter: it is about exactly this text now
            else:
                edits = None if edits is None else amending.rebased(old, new, edits)
        return edits


def _only(words: AmendmentText) -> Language | None:
    if words.nl and words.en:
        return None
    return Language.NL if words.nl else Language.EN


def _text(version: ClauseVersion, language: Language) -> str:
    return version.text_nl if language is Language.NL else version.text_en
