"""A covenant as PDF (typst: PDF/A-3a and PDF/UA-1, both languages side by side) and as a page (Jinja2, one language).

The templates hold the layout only. What they show is prepared here: labels, dates in words, redline runs.
Text travels as data (JSON, autoescape), so nothing a party writes is ever read as markup.

PDF/A wants a glyph for every character. One that the font lacks (an emoji, a control character) is printed as its
code point, such as [U+1F600]: a pasted character must not stop a covenant, nor silently go missing from its text.
"""

import json
import struct
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path

import fontpkg_source_sans_3
import typst
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from models.base import Words
from models.documents import CovenantDocument, DocumentClause, DocumentSignature
from models.enums import Language
from models.evidence import EvidenceReport
from models.sealing import Box, Signatory
from rules.calendar import clock, in_words, local_date
from rules.redline import Op, OpKind, ops, to_html

TEMPLATES = Path(__file__).parents[1] / "templates" / "documents"
A4_HEIGHT = 841.89
"""Points."""
FONTS = Path(fontpkg_source_sans_3.__file__).parent / "files"

LABELS: Mapping[str, Words] = {
    "covenant": Words(nl="Sectorconvenant", en="Sector covenant"),
    "parties": Words(nl="Partijen", en="Parties"),
    "party": Words(nl="Partij", en="Party"),
    "constituency": Words(nl="Geleding", en="Constituency"),
    "clauses": Words(nl="Artikelen", en="Articles"),
    "clause": Words(nl="Artikel", en="Article"),
    "version": Words(nl="versie", en="version"),
    "changes": Words(nl="Wijzigingen", en="Changes"),
    "changes_intro": Words(
        nl="In de artikelen is verwijderde tekst doorgehaald en toegevoegde tekst onderstreept.",
        en="In the articles, deleted text is struck through and inserted text is underlined.",
    ),
    "legend": Words(
        nl="Verwijderde tekst is doorgehaald, toegevoegde tekst is onderstreept.",
        en="Deleted text is struck through, inserted text is underlined.",
    ),
    "change": Words(nl="Wijziging", en="Change"),
    "deleted": Words(nl="verwijderd", en="deleted"),
    "inserted": Words(nl="toegevoegd", en="inserted"),
    "reason": Words(nl="Reden", en="Reason"),
    "language": Words(nl="Nederlands", en="English"),
    "signatures": Words(nl="Ondertekening", en="Signatures"),
    "participants": Words(nl="Deelnemende bedrijven", en="Participating companies"),
    "company": Words(nl="Bedrijf", en="Company"),
    "person": Words(nl="Getekend door", en="Signed by"),
    "when": Words(nl="Wanneer (Nederlandse tijd)", en="When (Dutch time)"),
    "method": Words(nl="Wijze", en="Method"),
    "to_text": Words(nl="SHA-256 van de getekende tekst", en="SHA-256 of the text signed"),
    "text_hash": Words(nl="SHA-256 van de tekst", en="SHA-256 of the text"),
    "chain_head": Words(nl="Laatste regel van het dossier", en="Last entry of the record"),
    "page": Words(nl="pagina", en="page"),
    "places": Words(nl="Handtekeningen met certificaat", en="Signatures with a certificate"),
}
EVIDENCE: Mapping[str, Words] = {
    "heading": Words(nl="Bewijsrapport van de ondertekening", en="Evidence report of the signing"),
    "sealed": Words(nl="SHA-256 van het verzegelde convenant", en="SHA-256 of the sealed covenant"),
    "mandate": Words(nl="Mandaat", en="Mandate"),
    "certificate": Words(nl="Certificaat op de PDF", en="Certificate on the PDF"),
    "mails": Words(nl="Codes per mail", en="Codes by mail"),
    "origin": Words(nl="Adres van het verzoek, browser", en="Address of the request, browser"),
    "entry": Words(nl="Regel in het logboek", en="Entry of the record"),
    "record": Words(nl="Het logboek van de ondertekening", en="The record of the signing"),
    "no": Words(nl="nr", en="no"),
    "what": Words(nl="Wat", en="What"),
    "value": Words(nl="Gegeven", en="Value"),
}
PREVAILS = {
    Language.NL: Words(nl="De Nederlandse tekst is doorslaggevend.", en="The Dutch text prevails."),
    Language.EN: Words(nl="De Engelse tekst is doorslaggevend.", en="The English text prevails."),
}

_pages = Environment(
    loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, auto_reload=False
)


def moment(at: datetime, language: Language) -> str:
    """Say a moment in words, on the clock of Amsterdam."""
    joint = "om" if language == Language.NL else "at"
    return f"{in_words(local_date(at), language)} {joint} {clock(at)}"


def render_pdf(document: CovenantDocument) -> bytes:
    """Lay out a covenant as PDF. The same document gives the same bytes."""
    return laid_out(document, [])[0]


def laid_out(document: CovenantDocument, signatories: Sequence[Signatory]) -> tuple[bytes, list[Signatory]]:
    """Lay out a covenant with a place for each signature; return it with the signatories in their places."""
    view = _pdf_view(document) | {
        "boxes": [{"field": one.field, "party": _both(one.organisation), "person": one.person} for one in signatories]
    }
    pdf = _compiled("covenant.typ", view, document.printed_at)
    if not signatories:
        return pdf, []
    found = json.loads(
        typst.query(
            TEMPLATES / "covenant.typ", "<box>", field="value", sys_inputs={"data": json.dumps(_printable(view))},
            font_paths=[FONTS], ignore_system_fonts=True,
        )
    )  # fmt: skip
    places = {one["field"]: _box(one) for one in found}
    return pdf, [one.model_copy(update={"box": places[one.field]}) for one in signatories]


def _box(found: Mapping[str, float]) -> Box:
    """Return a place that typst tells from the upper left corner, as PDF has it: from the lower left one."""
    top = A4_HEIGHT - found["y"]
    return Box(
        page=int(found["page"]) - 1, left=found["x"], right=found["x"] + found["width"], top=top,
        bottom=top - found["height"],
    )  # fmt: skip


def render_stamp(who: Signatory, text_sha256: str, width: float, height: float) -> bytes:
    """Lay out what is seen of a signature, of this size in points."""
    view = {
        "person": who.person, "text_sha256": text_sha256, "width": width, "height": height,
        "nl": f"Bevestigd op {moment(who.at, Language.NL)}", "en": f"Confirmed on {moment(who.at, Language.EN)}",
    }  # fmt: skip
    return typst.compile(
        TEMPLATES / "stamp.typ", sys_inputs={"data": json.dumps(_printable(view))}, font_paths=[FONTS],
        ignore_system_fonts=True, pdf_standards=["a-3b"], pdf_tags=False, timestamp=int(who.at.timestamp()),
    )  # fmt: skip


def render_evidence(report: EvidenceReport) -> bytes:
    """Lay out an evidence report as PDF. The same report gives the same bytes."""
    view = report.model_dump(mode="json") | {
        "labels": {key: _both(words) for key, words in {**LABELS, **EVIDENCE}.items()},
        "heading": _both(EVIDENCE["heading"]),
        "printed": _made(report.printed_at),
        "rows": [one.model_dump(mode="json") | {"at": _moments(one.at)} for one in report.rows],
        "entries": [one.model_dump(mode="json") | {"at": _moments(one.at)} for one in report.entries],
    }
    return _compiled("evidence.typ", view, report.printed_at)


def _compiled(template: str, view: Mapping[str, object], at: datetime) -> bytes:
    return typst.compile(
        TEMPLATES / template,
        sys_inputs={"data": json.dumps(_printable(view))},
        font_paths=[FONTS],
        ignore_system_fonts=True,
        pdf_standards=["a-3a", "ua-1"],
        timestamp=int(at.timestamp()),
    )


def render_html(document: CovenantDocument, language: Language) -> str:
    """Lay out a covenant as one accessible page in one language."""
    template = _pages.get_template("covenant.html.j2")
    labels = {key: words.pick(language) for key, words in LABELS.items()}
    labels["prevails"] = PREVAILS[document.authentic].pick(language)
    return template.render(d=_page_view(document, language), l=labels, language=str(language))


@cache
def _covered() -> frozenset[int]:
    """Return the code points the font has: table `cmap`, subtable format 12 (groups of first, last, glyph)."""
    font = (FONTS / "SourceSans3[wght].ttf").read_bytes()
    (tables,) = struct.unpack_from(">H", font, 4)
    start = next(
        struct.unpack_from(">I", font, 20 + 16 * i)[0] for i in range(tables) if font[12 + 16 * i :][:4] == b"cmap"
    )
    (subtables,) = struct.unpack_from(">H", font, start + 2)
    offsets = (start + struct.unpack_from(">I", font, start + 8 + 8 * i)[0] for i in range(subtables))
    table = next(at for at in offsets if struct.unpack_from(">H", font, at)[0] == 12)  # noqa: PLR2004 format 12
    (groups,) = struct.unpack_from(">I", font, table + 12)
    ranges = (struct.unpack_from(">II", font, table + 16 + 12 * i) for i in range(groups))
    return frozenset(point for first, last in ranges for point in range(first, last + 1))


def _printable(value: object) -> object:
    """Return the view with every character the font lacks written as its code point."""
    match value:
        case str():
            text = unicodedata.normalize("NFC", value).replace("\r\n", "\n").replace("\t", " ")
            return "".join(c if c == "\n" or ord(c) in _covered() else f"[U+{ord(c):04X}]" for c in text)
        case dict():
            return {key: _printable(part) for key, part in value.items()}
        case list() | tuple():
            return [_printable(part) for part in value]
        case _:
            return value


def _runs(clause: DocumentClause, language: Language) -> list[Op]:
    """Return the text as a redline; without a comparison that is one run."""
    new = clause.text.pick(language)
    if clause.old_text is None:
        return [Op(OpKind.EQUAL, new)]
    return ops(clause.old_text.pick(language), new)


def _printed(document: CovenantDocument, language: Language) -> str:
    return _made(document.printed_at)[str(language)]


def _made(at: datetime) -> dict[str, str]:
    return {"nl": f"Gemaakt op {moment(at, Language.NL)}", "en": f"Made on {moment(at, Language.EN)}"}


def _both(words: Words) -> dict[str, str]:
    return {"nl": words.nl, "en": words.en}


def _moments(at: datetime) -> dict[str, str]:
    return {str(language): moment(at, language) for language in Language}


def _pdf_view(document: CovenantDocument) -> dict[str, object]:
    """Return what covenant.typ reads. A bilingual text is {nl, en}."""
    labels = {key: _both(words) for key, words in LABELS.items()}
    labels["prevails"] = _both(PREVAILS[document.authentic])
    for language in Language:
        authentic = {"nl": " (doorslaggevend)", "en": " (prevails)"} if language == document.authentic else {}
        labels[f"column_{language}"] = {
            key: text + authentic.get(key, "") for key, text in _both(LABELS["language"]).items()
        }
    return {
        "labels": labels,
        "title": _both(document.title),
        "status": _both(document.status),
        "sector": document.sector,
        "slug": document.slug,
        "authentic": str(document.authentic),
        "printed": {str(language): _printed(document, language) for language in Language},
        "text_sha256": document.text_sha256,
        "chain_head": document.chain_head,
        "parties": [{"name": _both(p.name), "constituency": _both(p.constituency)} for p in document.parties],
        "changes": [row for clause in document.clauses for row in _changes(clause)],
        "clauses": [
            {
                "number": clause.number,
                "title": _both(clause.title),
                "version": clause.version,
                "sha256": clause.sha256,
                "nl": _runs(clause, Language.NL),
                "en": _runs(clause, Language.EN),
            }
            for clause in document.clauses
        ],
        "signatures": [_pdf_signature(s) for s in document.signatures],
        "participants": [_pdf_signature(s) for s in document.participants],
        "notes": [_both(note) for note in document.notes],
    }


def _pdf_signature(signature: DocumentSignature) -> dict[str, object]:
    return {
        "party": _both(signature.party),
        "person": signature.person,
        "at": _moments(signature.at),
        "method": _both(signature.method),
        "text_sha256": signature.text_sha256,
    }


def _changes(clause: DocumentClause) -> list[dict[str, object]]:
    """Return the rows of the table of changes: strike and underline alone mean nothing to a screen reader in a PDF."""
    runs = {language: _runs(clause, language) for language in Language}
    rows: list[dict[str, object]] = []
    for kind, label in ((OpKind.DELETE, LABELS["deleted"]), (OpKind.INSERT, LABELS["inserted"])):
        parts = {
            language: " … ".join(text.strip() for found, text in runs[language] if found is kind and text.strip())
            for language in Language
        }
        if any(parts.values()):
            texts = {str(language): text or "–" for language, text in parts.items()}  # noqa: RUF001 a dash for "none"
            rows.append({"number": clause.number, "label": _both(label), **texts})
    if clause.reason is not None and clause.old_text is not None:
        reason = _both(LABELS["reason"])
        rows.append({"number": clause.number, "label": reason, "nl": clause.reason, "en": clause.reason})
    return rows


def _page_view(document: CovenantDocument, language: Language) -> dict[str, object]:
    """Return what covenant.html.j2 reads, every text in one language."""
    return {
        "title": document.title.pick(language),
        "status": document.status.pick(language),
        "sector": document.sector,
        "printed": _printed(document, language),
        "text_sha256": document.text_sha256,
        "chain_head": document.chain_head,
        "parties": [
            {"name": p.name.pick(language), "constituency": p.constituency.pick(language)} for p in document.parties
        ],
        "compared": any(clause.old_text is not None for clause in document.clauses),
        "clauses": [
            {
                "number": clause.number,
                "title": clause.title.pick(language),
                "version": clause.version,
                "sha256": clause.sha256,
                "reason": clause.reason,
                "text": Markup(to_html(_runs(clause, language), language)),  # noqa: S704 to_html escapes the text
            }
            for clause in document.clauses
        ],
        "signatures": [_page_signature(s, language) for s in document.signatures],
        "participants": [_page_signature(s, language) for s in document.participants],
        "notes": [note.pick(language) for note in document.notes],
    }


def _page_signature(signature: DocumentSignature, language: Language) -> dict[str, str]:
    return {
        "party": signature.party.pick(language),
        "person": signature.person,
        "at": moment(signature.at, language),
        "method": signature.method.pick(language),
        "text_sha256": signature.text_sha256,
    }
