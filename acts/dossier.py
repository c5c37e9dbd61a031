"""The dossier of a covenant: texts, decisions, signatures, documents and the record, verifiable without Polder."""

import asyncio
import json
from collections.abc import Mapping
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from activities.akoma import akoma_ntoso
from activities.sealing import Seal
from acts import verifier
from acts.exporting import File
from models.base import Words
from models.enums import Language
from models.tables import Event
from rules import access, disclosing, lanes
from rules.access import OFFICES, Viewer
from rules.chain import canonical, link, sha256, text_bytes
from store import commitments, dossiers, exporting, happenings, rounds, views
from store.engine import Database

VERIFIER = "verify.py"
PROGRAM = Path(verifier.__file__).read_bytes()
STAMP = (1980, 1, 1, 0, 0, 0)
"""The same dossier is the same file."""

README = Words(
    nl="""Dossier van {title}

Gemaakt op {at} voor {reader}. Kop van de ketting: {head}.

Controleer het zonder Polder, met Python 3.9 of later:

    python3 verify.py {name}

Vergelijk de kop met die onder een document van het convenant, of met wie hem bewaarde:

    python3 verify.py {name} --head {head}

chain.jsonl      elke regel van het logboek, of alleen haar hash waar die niet voor deze lezer is
text.json        de hele tekst, artikel voor artikel, met de hash van elk
texts/           de teksten van de artikelen, elke versie die deze lezer mag zien; akn/ als Akoma Ntoso
decisions.json   de besluiten met hun zin
signatures.json  wie tekende of verklaarde, wanneer, onder welke tekst
mandates.json    wie namens wie mag spreken en tekenen
stamps/          tijdstempels (RFC 3161) over de kop van de ketting op een dag, waar die er zijn
documents/       de PDF's; zegel en handtekeningen erop zijn van de uitgevers in seal-root.pem
manifest.json    elk bestand met zijn hash; manifest.p7s is de handtekening van het zegel daarover
""",
    en="""Dossier of {title}

Made on {at} for {reader}. Head of the chain: {head}.

Verify it without Polder, with Python 3.9 or later:

    python3 verify.py {name}

Compare the head with the one below a document of the covenant, or with whoever kept it:

    python3 verify.py {name} --head {head}

chain.jsonl      every entry of the record, or only its hash where it is not for this reader
text.json        the whole text, clause by clause, with the hash of each
texts/           the texts of the clauses, every version this reader may see; akn/ as Akoma Ntoso
decisions.json   the decisions with their sentence
signatures.json  who signed or declared, when, below which text
mandates.json    who may speak and sign for whom
stamps/          timestamps (RFC 3161) over the head of the chain on a day, where there are any
documents/       the PDFs; seal and signatures on them are of the authorities in seal-root.pem
manifest.json    every file with its hash; manifest.p7s is the signature of the seal over it
""",
)


async def dossier(db: Database, slug: str, viewer: Viewer, at: datetime, seal: Seal | None = None) -> File:
    """Make the dossier of a covenant as far as someone may read it; for who has no seat there, what is public.

    Args:
        db: the database.
        slug: the covenant.
        viewer: who reads it.
        at: when it is made.
        seal: of this installation, which signs the list of files; the authorities behind it are put in too.

    Raises:
        NotFound: no such covenant.
    """
    found = await dossiers.facts(db, slug, at_table=access.sees(viewer, access.Page.TEXT))
    shown = await _shown(db, slug, viewer, found.events, at)
    name = f"{slug}-dossier.zip"
    files = await _files(db, slug, found, shown, at)
    if seal is not None:
        files["seal-root.pem"] = seal.roots
    reader = viewer.party or (min(viewer.relations & OFFICES) if viewer.relations & OFFICES else "public")
    title = Words(nl=found.covenant.title_nl, en=found.covenant.title_en)
    told = {"at": at.date().isoformat(), "reader": reader, "head": found.covenant.head, "name": name}
    files["LEESMIJ.txt"] = README.nl.format(title=title.nl, **told).encode()
    files["README.txt"] = README.en.format(title=title.en, **told).encode()
    files[VERIFIER] = PROGRAM
    manifest = {
        "polder_dossier": 1, "covenant": slug, "title": {"nl": title.nl, "en": title.en}, "reader": reader,
        "made_at": at.isoformat(), "head": found.covenant.head, "entries": len(found.events),
        "text_sha256": found.covenant.text_sha, "files": {name: sha256(data) for name, data in sorted(files.items())},
    }  # fmt: skip
    files[verifier.MANIFEST] = json.dumps(manifest, indent=1, ensure_ascii=False).encode()
    if seal is not None:
        files[verifier.SEALED_LIST] = await seal.local.sign_beside(files[verifier.MANIFEST])
    return File(name, await asyncio.to_thread(_packed, files), "application/zip")


async def _shown(db: Database, slug: str, viewer: Viewer, events: list[Event], at: datetime) -> set[int]:
    """Return the numbers of the entries that are shown whole."""
    public = {one.seq for one in events if disclosing.is_public(one.data.get("changes", []), one.data.get("reason"))}
    if not access.sees(viewer, access.Page.TEXT):
        return public
    hidden = await rounds.hidden_from(db, slug, viewer)
    reads: lanes.Reads = happenings.nobody
    if viewer.seats:
        reads = await happenings.reader(db, slug, [seat.person for seat in viewer.seats], at.date())
    office = bool(viewer.relations & OFFICES)
    return public | {
        one.seq
        for one in events
        if disclosing.shows(one.data.get("changes", []), reads, office=office, hidden=hidden, own=viewer.party)
    }


async def _files(
    db: Database, slug: str, found: dossiers.Facts, shown: set[int], at: datetime
) -> dict[str, bytes]:  # fmt: skip
    lines = [_line(one, whole=one.seq in shown) for one in found.events]
    files = {"chain.jsonl": b"".join(canonical(line) + b"\n" for line in lines)}
    for row in found.versions:
        files[f"texts/{row.clause}/v{row.version}.json"] = text_bytes(row.text_nl, row.text_en, commitments.of(row))
    if found.whole:
        files["text.json"] = _json(
            {"clauses": [{"clause": one.clause, "version": one.version, "sha256": one.sha256} for one in found.whole]}
        )
        text = await exporting.covenant_text(db, slug, at)
        files |= {f"texts/akn/{slug}-{language}.xml": akoma_ntoso(text, language) for language in Language}
    of_shown = [(one, change) for one in found.events if one.seq in shown for change in one.data.get("changes", [])]
    files["signatures.json"] = _json(
        [
            {key: change[key] for key in verifier.SIGNATURE[:-1]}
            | {"at": json.loads(canonical(one.at)), "role": found.tiers.get(change["party"], "")}
            | {"counts": change["task"] not in found.void}
            for one, change in of_shown
            if change.get("change") == "signed"
        ]
    )
    verdicts = {change["question"]: change for _, change in of_shown if change.get("change") == "decided"}
    files["decisions.json"] = _json(
        [
            {"question": key, "step": one["step"], "clause": one.get("clause"), "round": one.get("round"),
             "outcome": one["verdict"]["outcome"], "sentence": one["verdict"]["sentence"]}
            for key, one in verdicts.items()
        ]
    )  # fmt: skip
    if found.mandates:
        files["mandates.json"] = _json(found.mandates)
    for stamp in found.stamps:
        files[f"stamps/{stamp.seq:06}-{stamp.head}.tsr"] = stamp.token
    for document, data in found.documents:
        if any(one.get("sha256") == document.sha256 for _, one in of_shown):
            files[f"documents/{document.kind}-{document.sha256[:12]}.pdf"] = data
    return files


def _line(row: Event, *, whole: bool) -> Mapping[str, Any]:
    header = views.header_of(row)
    if whole:
        return {"header": header, "data": row.data, "sha256": row.sha256}
    bare = {key: value for key, value in header.items() if key != "prev"}
    if row.sha256 != link(bare, row.prev):  # of before ADR 0017: without the header nobody could follow the chain
        return {"header": header, "sha256": row.sha256}
    return {"header_sha256": sha256(canonical(bare)), "sha256": row.sha256}


def _json(value: object) -> bytes:
    return json.dumps(value, indent=1, ensure_ascii=False, sort_keys=True).encode()


def _packed(files: Mapping[str, bytes]) -> bytes:
    out = BytesIO()
    with ZipFile(out, "w") as archive:
        for name, data in sorted(files.items()):
            info = ZipInfo(name, STAMP)
            info.compress_type = ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, data)
    return out.getvalue()
