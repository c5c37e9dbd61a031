"""Proposing words: a whole text becomes edits on exactly one version, and is checked before anything is stored."""

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, NamedTuple

from pydantic import Field, StringConstraints

from models import contracts as c
from models.amending import AmendmentText, Edit, Proposal
from models.base import Contract, Readable, Reason, Sha256, Slug, Words
from models.enums import AmendmentStatus, Language
from models.errors import Conflict, Refusal
from models.scenario import LONGEST, WholeText
from models.tables import Amendment, ClauseVersion
from rules import amending
from rules.redline import Op, OpKind, ops, to_text
from store import amendments, clauses, views
from store.amendments import AmendmentView
from store.engine import Database

MOST = 200
"""Places in one language; a text that differs in more is one place, from the first change to the last."""

BESIDE = 24
"""Characters that are shown on either side of a change."""

AmendmentKey = Annotated[str, StringConstraints(min_length=1, max_length=200), Readable]


class Edits(Contract):
    """Places in the text, in one language or both."""

    nl: list[Edit] = Field(default_factory=list, max_length=MOST)
    en: list[Edit] = Field(default_factory=list, max_length=MOST)


class Motion(Contract):
    """What a party would have a clause say; a language that is left out stays as it is.

    Attributes:
        base_sha: the version that it is about; the current one when none.
        nl, en: the whole clause as the party would have it.
        edits: the same, by its places.
        to: the amendment that this one would change; texts and edits are then about the clause as that one has it.
    """

    clause: Slug
    base_sha: Sha256 | None = None
    nl: WholeText | None = None
    en: WholeText | None = None
    edits: Edits | None = None
    reason: Reason
    to: AmendmentKey | None = None


class Made(NamedTuple):
    """A proposal, and what its mover should know."""

    proposal: Proposal
    warning: Words | None

    def told(self, nl: str, en: str) -> Words:
        """Return what the mover is told, with the warning."""
        after = self.warning
        return Words(nl=f"{nl} {after.nl}", en=f"{en} {after.en}") if after else Words(nl=nl, en=en)


async def proposal(db: Database, slug: str, motion: Motion, actor: c.Actor, act_id: str) -> Made:
    """Store what a party would have a clause say and make the act.

    Raises:
        NotFound: `clause_not_found`.
        Conflict: `old_clause_version`.
        Refusal: `texts_or_edits`, `unknown_amendment`, `nothing_changed`, `edit_outside`, `edits_overlap`, `no_text`,
            `text_too_long`.
    """
    await clauses.clause(db, slug, motion.clause)
    if motion.edits is not None and (motion.nl, motion.en) != (None, None):
        raise Refusal(
            "texts_or_edits",
            "Er staan hele teksten én plaatsen in. Verwacht: nl en en met de hele tekst, of edits.",
            "Both whole texts and places were given. Expected: nl and en with the whole text, or edits.",
        )
    version = await _version(db, slug, motion, act_id)
    base = {Language.NL: version.text_nl, Language.EN: version.text_en}
    if motion.to is not None:
        base = await _as_read_by(db, slug, motion.clause, motion.to)
    edits = {language: _edits(text, motion, language) for language, text in base.items()}
    words = AmendmentText(nl=edits[Language.NL], en=edits[Language.EN], reason=motion.reason)
    amendments.check_fits(base, words)
    changed = {language for language, text in base.items() if _check_whole(language, text, edits[language]) != text}
    made = Proposal(
        act=act_id, actor=actor, clause=motion.clause, base_sha=version.sha256,
        text_sha=await amendments.put(db, words, act_id), to=motion.to,
    )  # fmt: skip
    return Made(made, _one_sided(changed))


async def _version(db: Database, slug: str, motion: Motion, act_id: str) -> ClauseVersion:
    """Return the version that words are about; of an act that is on record already, the one that it was about."""
    versions = await clauses.versions(db, slug, motion.clause)
    async with db.read() as session:
        again = await session.get(Amendment, act_id)
    if again is not None and (again.covenant, again.clause) != (slug, motion.clause):
        again = None
    wanted = motion.base_sha or (again.base_sha if again else versions[0].sha256)
    found = next((one for one in versions if one.sha256 == wanted), None)
    if found is None or (again is None and found is not versions[0]):
        raise Conflict(
            "old_clause_version",
            f"Dit voorstel gaat over een andere versie dan de huidige. Verwacht: versie {versions[0].version}, SHA-256 "
            f"{versions[0].sha256}.",
            f"This proposal is about another version than the current one. Expected: version {versions[0].version}, "
            f"SHA-256 {versions[0].sha256}.",
            {"clause": motion.clause, "expected": versions[0].sha256, "given": wanted},
        )
    return found


async def _as_read_by(db: Database, slug: str, clause: str, key: str) -> dict[Language, str]:
    """Return the clause as an open amendment has it."""
    parent = await amendments.standing(db, slug, clause, key)
    if parent is None:
        found = await amendments.amendments(db, slug, clause, only=[AmendmentStatus.OPEN])
        ids = ", ".join(one.row.id for one in found if not one.overtaken)
        raise Refusal(
            "unknown_amendment",
            f"Wijzigingsvoorstel {key} staat niet (meer) open op dit artikel. Verwacht: {ids or 'geen staat er open'}.",
            f"Amendment {key} is not open on this clause (any more). Expected: {ids or 'none is open'}.",
            {"amendment": key},
        )
    return parent.texts


def _edits(base: str, motion: Motion, language: Language) -> list[Edit]:
    if motion.edits is not None:
        return motion.edits.nl if language is Language.NL else motion.edits.en
    given = motion.nl if language is Language.NL else motion.en
    if given is None:
        return []
    whole = like(base, given)
    found = amending.edits_between(base, whole)
    if len(found) <= MOST:
        return found
    start, end = found[0].start, found[-1].end
    return [Edit(start=start, end=end, text=whole[start : len(whole) - (len(base) - end)])]


def like(base: str, text: str) -> str:
    """Give a text the line ends and the white space around it that the base has: nobody proposes those."""
    plain = unicodedata.normalize("NFC", text.replace("\r\n", "\n")).strip()
    if plain == unicodedata.normalize("NFC", base).strip():
        return base
    return base[: len(base) - len(base.lstrip())] + plain + base[len(base.rstrip()) :]


def _check_whole(language: Language, base: str, edits: Sequence[Edit]) -> str:
    """Return the clause with the edits in it, if it can be the text of a clause."""
    text = amending.applied(base, edits)
    if not text.strip():
        raise Refusal(
            "no_text",
            f"Van het artikel blijft niets over ({language}). Verwacht: de tekst die er dan staat.",
            f"Nothing is left of the clause ({language}). Expected: the text that it would then have.",
            {"language": language.value},
        )
    if len(text) > LONGEST:
        raise Refusal(
            "text_too_long",
            f"Het artikel wordt {len(text)} tekens ({language}). Verwacht: hoogstens {LONGEST}.",
            f"The clause becomes {len(text)} characters ({language}). Expected: at most {LONGEST}.",
            {"language": language.value, "length": str(len(text))},
        )
    return text


def _one_sided(changed: set[Language]) -> Words | None:
    if len(changed) > 1:
        return None
    if Language.NL in changed:
        return Words(
            nl="Let op: alleen de Nederlandse tekst verandert; de Engelse blijft zoals zij is.",
            en="Note: only the Dutch text changes; the English stays as it is.",
        )
    return Words(
        nl="Let op: alleen de Engelse tekst verandert; de Nederlandse blijft zoals zij is.",
        en="Note: only the English text changes; the Dutch stays as it is.",
    )


# --- what there is ----------------------------------------------------------------------------------------------------


class Side(Contract):
    """What an amendment does to the current text in one language.

    Attributes:
        edits: none when it leaves this language as it is.
        text: the clause as its mover would have it.
        redline: the changes with some words around them, as `[-deleted-]{+inserted+}`.
    """

    edits: list[Edit]
    text: str
    redline: str


class Listed(Contract):
    """An amendment as it stands now.

    Attributes:
        id: names it in every act about it; may hold any character.
        version: of the clause, when it was proposed.
        to: the amendment that it would change.
        reason: of who proposed it; `outcome`, why it became what it is.
        overtaken: its place was changed since, in one language at least; that side is empty then.
        collides: ids of open amendments that want other words in the same place.
        where: the place, cited: `article 4, paragraph 2`.
    """

    id: str
    clause: str
    version: int
    base_sha: str
    party: str
    person: str
    name: str
    to: str | None
    status: AmendmentStatus
    reason: str
    outcome: str | None
    accepted_by_mover: bool | None
    settled_at: datetime | None
    at: datetime
    overtaken: bool
    nl: Side | None
    en: Side | None
    collides: list[str]
    where: Words | None = None


async def listed(
    db: Database, slug: str, clause: str | None = None, *, only: Sequence[AmendmentStatus] | None = None
) -> list[Listed]:
    """Return amendments in the order they came, on one clause or on all; in some states or in all.

    Raises:
        NotFound: `clause_not_found`.
    """
    if clause is not None:
        await clauses.clause(db, slug, clause)
    found = await amendments.amendments(db, slug, clause, only=only)
    texts = await views.current_texts(db, slug)
    clashes = _clashes(texts, [one for one in found if one.row.status is AmendmentStatus.OPEN])
    return [_listed(one, texts[one.row.clause], sorted(clashes.get(one.row.id, ()))) for one in found]


def _clashes(texts: Mapping[str, ClauseVersion], found: Sequence[AmendmentView]) -> dict[str, set[str]]:
    clashes: dict[str, set[str]] = {}
    for clause in {one.row.clause for one in found}:
        here = [one for one in found if one.row.clause == clause]
        nl = amending.collisions(texts[clause].text_nl, {one.row.id: one.nl for one in here if one.nl})
        en = amending.collisions(texts[clause].text_en, {one.row.id: one.en for one in here if one.en})
        for met in (*nl, *en):
            clashes.setdefault(met.one, set()).add(met.other)
            clashes.setdefault(met.other, set()).add(met.one)
    return clashes


def _listed(one: AmendmentView, current: ClauseVersion, collides: list[str]) -> Listed:
    row = one.row
    return Listed(
        **row.model_dump(
            include={"id", "clause", "version", "base_sha", "party", "person", "to", "accepted_by_mover", "settled_at",
                     "at"}
        ),
        status=row.status, name=one.name, reason=one.reason, outcome=row.reason, overtaken=one.overtaken,
        nl=_side(current.text_nl, one.nl, one.text_nl), en=_side(current.text_en, one.en, one.text_en),
        collides=collides, where=one.cited,
    )  # fmt: skip


def _side(current: str, edits: list[Edit] | None, text: str | None) -> Side | None:
    if edits is None or text is None:
        return None
    return Side(edits=edits, text=text, redline=to_text(_near(ops(current, text))) if edits else "")


def _near(changes: Sequence[Op]) -> list[Op]:
    """Leave out what is far from any change."""
    near: list[Op] = []
    for at, (kind, text) in enumerate(changes):
        before = "" if at == 0 else text[:BESIDE]
        after = "" if at == len(changes) - 1 else text[-BESIDE:]
        if kind is OpKind.EQUAL and len(before) + len(after) + len("…") < len(text):
            near.append(Op(kind, f"{before}…{after}"))
        else:
            near.append(Op(kind, text))
    return near
