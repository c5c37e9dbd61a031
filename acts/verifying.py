"""What a file proves: a sealed PDF or a dossier, in words, each thing that is proven, wrong or cannot be said."""

import asyncio
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from activities.checking import UNSEALED, UNTRUSTED, SealCheck, Trust, check_beside
from activities.sealing import Seal
from activities.stamping import read
from acts import verifier
from models.base import Words
from models.enums import DocumentKind, Tier
from models.errors import Refusal
from rules.chain import sha256
from store import dossiers, register
from store.documents import signatories
from store.engine import Database

ZIP, PDF = b"PK\x03\x04", b"%PDF-"
SEALED = ("documents/sealed-", "documents/evidence-")
STAMPS = "stamps/"
MOST_STAMPS = 50
"""Timestamps of one dossier that are looked at: the newest."""
MOST_SEALED = 20
"""Sealed documents of one dossier whose seal is looked at."""


NOT_RECORDED = Words(
    nl="Het zegel is van deze installatie, maar zij maakte geen bestand met deze SHA-256: het is teruggebracht tot een "
    "eerdere stand, bijvoorbeeld tot voor het tijdstempel.",
    en="The seal is of this installation, but it made no file with this SHA-256: it was cut back to an earlier state, "
    "for example to before its timestamp.",
)
"""A sealed file is on record once it is complete; what its signatures cover cannot show that later ones are gone."""


class Kind(StrEnum):
    """What a finding is."""

    PROVEN = "proven"
    WRONG = "wrong"
    UNKNOWN = "unknown"


class Outcome(StrEnum):
    """What the check of a file comes to, in one word."""

    GENUINE = "genuine"
    CHANGED = "changed"
    FOREIGN = "foreign"


class Finding(NamedTuple):
    """One thing that was found."""

    kind: Kind
    words: Words


class Verified(NamedTuple):
    """What a file proves.

    Attributes:
        sha256: of the file.
        dossier: whether it is a dossier.
        known: the public documents that it is to the letter.
        seal: what the check of its seal found; none for a dossier.
    """

    outcome: Outcome
    sha256: str
    findings: list[Finding]
    dossier: bool = False
    known: Sequence[register.Known] = ()
    seal: SealCheck | None = None


def outcome(known: Sequence[object], seal: SealCheck) -> Outcome:
    """Say what a PDF is: as the register has it or validly sealed, changed, or not ours.

    Args:
        known: the public documents with the SHA-256 of the file; one is enough, whatever its seal.
        seal: what the check of its seal found.
    """
    if known or seal.valid:
        return Outcome.GENUINE
    return Outcome.FOREIGN if seal.words in (UNSEALED, UNTRUSTED) else Outcome.CHANGED


async def verify(db: Database | None, seal: Seal, data: bytes, head: str | None = None) -> Verified:
    """Say what the bytes of a file prove.

    Args:
        db: to compare with this installation's record; none where there is none.
        seal: of this installation.
        data: the file.
        head: a head of the chain from elsewhere, for a dossier.

    Raises:
        Refusal: `not_verifiable`, it is neither a PDF nor a dossier; `check_took_too_long`.
    """
    if data.startswith(PDF):
        return await _pdf(db, seal, data)
    if not data.startswith(ZIP):
        raise not_verifiable()
    try:
        report = await asyncio.to_thread(verifier.check, data, head)
    except verifier.NoDossier as error:
        raise not_verifiable() from error
    findings = [Finding(Kind(kind), Words(nl=nl, en=en)) for kind, nl, en in report.findings]
    sealed = [name for name in sorted(report.files) if name.startswith(SEALED)]
    for name in sealed[:MOST_SEALED]:
        if report.fine:
            checked = await seal.check_apart(report.files[name])
            kind = Kind.PROVEN if checked.valid else Kind.UNKNOWN if checked.words == UNTRUSTED else Kind.WRONG
            findings.append(Finding(kind, Words(nl=f"{name}: {checked.words.nl}", en=f"{name}: {checked.words.en}")))
            if name.startswith(SEALED[0]):
                findings += signers(checked, _signed_in(report.files))
    if report.fine:
        findings += await stamped(report.files, seal.trust)
    listed = await _listed(report.files, seal.trust)
    findings.append(listed)
    ours = await _ours(db, str(report.manifest.get("covenant")), report.entries)
    findings.append(ours)
    wrong = any(one.kind is Kind.WRONG for one in findings)
    proven = ours.kind is Kind.PROVEN and listed.kind is Kind.PROVEN
    verdict = Outcome.CHANGED if wrong else Outcome.GENUINE if proven else Outcome.FOREIGN
    return Verified(verdict, sha256(data), findings, dossier=True)


async def _listed(files: Mapping[str, bytes], trust: Trust) -> Finding:
    """Say whether the list of files carries the seal of this installation; what the record does not hold needs it."""
    if verifier.SEALED_LIST not in files:
        words = Words(
            nl="De lijst van bestanden draagt geen zegel van deze installatie: mandaten, Akoma Ntoso en uitleg zijn "
            "niet bewezen.",
            en="The list of files carries no seal of this installation: mandates, Akoma Ntoso and explanation are not "
            "proven.",
        )
        return Finding(Kind.UNKNOWN, words)
    found = await check_beside(files[verifier.MANIFEST], files[verifier.SEALED_LIST], trust)
    if not found.valid:
        words = Words(
            nl="Het zegel op de lijst van bestanden klopt niet: er is een bestand gewijzigd, weggelaten of toegevoegd.",
            en="The seal on the list of files is not valid: a file was changed, left out or added.",
        )
        return Finding(Kind.WRONG, words)
    if not found.ours:
        words = Words(
            nl="Het zegel op de lijst van bestanden komt niet van deze installatie.",
            en="The seal on the list of files does not come from this installation.",
        )
        return Finding(Kind.UNKNOWN, words)
    words = Words(
        nl="De lijst van bestanden draagt het zegel van deze installatie: elk bestand is zoals het gemaakt is.",
        en="The list of files carries the seal of this installation: every file is as it was made.",
    )
    return Finding(Kind.PROVEN, words)


def signers(checked: SealCheck, recorded: Sequence[str]) -> list[Finding]:
    """Compare whose signatures with a certificate are on a sealed PDF with who signed on record.

    Args:
        checked: what the check of its seal found.
        recorded: the parties that signed, as often as they did.
    """
    if not checked.parties:
        return []
    found, told = Counter(checked.parties), Counter(recorded)
    if found - told:
        names = ", ".join(sorted((found - told).elements()))
        words = Words(
            nl=f"Op de PDF staan handtekeningen die het logboek niet kent: {names}.",
            en=f"On the PDF are signatures that the record does not know: {names}.",
        )
        return [Finding(Kind.WRONG, words)]
    if told - found:
        names = ", ".join(sorted((told - found).elements()))
        words = Words(
            nl=f"Wie met een certificaat tekende, staat in het logboek. Alleen met een code tekenden: {names}.",
            en=f"Who signed with a certificate is in the record. With a code alone signed: {names}.",
        )
        return [Finding(Kind.PROVEN, words)]
    words = Words(
        nl="De handtekeningen met certificaat zijn precies van wie volgens het logboek tekende.",
        en="The signatures with a certificate are exactly of who signed according to the record.",
    )
    return [Finding(Kind.PROVEN, words)]


async def stamped(files: Mapping[str, bytes], trust: Trust) -> list[Finding]:
    """Say what the timestamps in a dossier prove: each that is wrong or of a stranger, and the newest that is right."""
    findings, newest = [], None
    for name in sorted(one for one in files if one.startswith(STAMPS))[-MOST_STAMPS:]:
        number, _, head = name.removeprefix(STAMPS).removesuffix(".tsr").partition("-")
        found = await read(files[name], head, trust)
        if not found.valid or found.at is None:
            words = Words(nl=f"Het tijdstempel {name} klopt niet.", en=f"The timestamp {name} is not valid.")
            findings.append(Finding(Kind.WRONG, words))
        elif not found.trusted:
            words = Words(
                nl=f"Het tijdstempel {name} is van wie deze installatie niet vertrouwt.",
                en=f"The timestamp {name} is of who is not trusted by this installation.",
            )
            findings.append(Finding(Kind.UNKNOWN, words))
        else:
            newest = (int(number), found.at)
    if newest is not None:
        number_, at = newest
        words = Words(
            nl=f"Tot en met regel {number_} was de ketting zo op {at:%Y-%m-%d %H:%M} UTC, zegt een tijdstempel.",
            en=f"Up to and including entry {number_} the chain was so on {at:%Y-%m-%d %H:%M} UTC, says a timestamp.",
        )
        findings.append(Finding(Kind.PROVEN, words))
    return findings


def _signed_in(files: Mapping[str, bytes]) -> list[str]:
    """Return the parties that signed according to a dossier; its own check compares that list with the record."""
    listed = json.loads(files.get("signatures.json", b"[]"))
    return [one["party"] for one in listed if one.get("role") == Tier.PARTY and one.get("counts", True)]


async def _ours(db: Database | None, slug: str, entries: Sequence[dict[str, object]]) -> Finding:
    """Compare the end of a dossier's chain with the record of this installation."""
    recorded = None if db is None or not entries else await dossiers.link_at(db, slug, len(entries))
    if recorded is None:
        words = Words(
            nl=f"Deze installatie heeft geen logboek van '{slug[:63]}' dat zo ver gaat om mee te vergelijken.",
            en=f"This installation has no record of '{slug[:63]}' that goes so far to compare with.",
        )
        return Finding(Kind.UNKNOWN, words)
    if recorded == entries[-1].get("sha256"):
        words = Words(
            nl=f"De ketting is die van deze installatie, tot en met regel {len(entries)}.",
            en=f"The chain is that of this installation, up to and including entry {len(entries)}.",
        )
        return Finding(Kind.PROVEN, words)
    words = Words(
        nl="De ketting is niet die van deze installatie: dit is een andere geschiedenis.",
        en="The chain is not that of this installation: this is another history.",
    )
    return Finding(Kind.WRONG, words)


async def _pdf(db: Database | None, seal: Seal, data: bytes) -> Verified:
    digest = sha256(data)
    known = [] if db is None else await register.by_hash(db, digest)
    checked = await seal.check_apart(data)
    findings = [
        Finding(
            Kind.PROVEN,
            Words(
                nl=f"Dit is letter voor letter '{document.title_nl}' van {covenant.title_nl} in het register.",
                en=f"This is to the letter '{document.title_en}' of {covenant.title_en} in the register.",
            ),
        )
        for document, covenant in known
    ] or [
        Finding(
            Kind.UNKNOWN,
            Words(
                nl="Geen openbaar document heeft deze SHA-256. Eén gewijzigde letter is daarvoor genoeg.",
                en="No public document has this SHA-256. One changed letter is enough for that.",
            ),
        )
    ]
    kind = Kind.PROVEN if checked.valid else Kind.UNKNOWN if checked.words in (UNSEALED, UNTRUSTED) else Kind.WRONG
    findings.append(Finding(kind, checked.words))
    verdict = outcome(known, checked)
    if checked.valid and db is not None and not await register.recorded(db, digest):
        verdict = Outcome.CHANGED
        findings.append(Finding(Kind.WRONG, NOT_RECORDED))
    for document, covenant in known:
        if db is not None and document.kind is DocumentKind.SEALED:
            expected = await signatories(db, covenant.slug, document.id, until=document.made_at)
            findings += signers(checked, [one.party for one in expected])
    return Verified(verdict, digest, findings, known=known, seal=checked)


def not_verifiable() -> Refusal:
    """Say that a file is nothing that can be verified here."""
    return Refusal(
        "not_verifiable",
        "Dit is geen PDF en geen dossier. Verwacht: een PDF of dossier (zip) zoals Polder die maakt.",
        "This is neither a PDF nor a dossier. Expected: a PDF or dossier (zip) as Polder makes them.",
    )
