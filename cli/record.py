"""`polder events`, `mail`, `text` and `document`: the record and what it holds."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from activities.checking import SealCheck
from activities.providing import seal_of
from activities.rendering import render_html
from cli import context
from cli.exits import Exit
from cli.options import JsonOption, LanguageOption, SlugArgument, StateOption
from cli.showing import Screen, column, day, moment
from models.base import Words
from models.enums import DocumentKind, Language
from models.errors import InvalidFile, NotFound, Refusal
from models.tables import Clause, ClauseVersion, Document, Event, Mail
from rules import labels
from rules.commitments import sentence
from rules.labels import label
from store import commitments, contents, documents, revisions, views
from store.engine import Database

PRINTED = (DocumentKind.DRAFT, DocumentKind.REDLINE, DocumentKind.FINAL, DocumentKind.SEALED, DocumentKind.EVIDENCE)
KIND_HELP = "draft, redline, final or sealed; attachment: what was delivered last"


# --- events -----------------------------------------------------------------------------------------------------------


def events(
    slug: SlugArgument,
    *,
    verify: Annotated[bool, typer.Option("--verify", help="check the chain of hashes; exit 1 when broken")] = False,
    after: Annotated[int | None, typer.Option("--after", min=0, help="entries after this number")] = None,
    last: Annotated[int, typer.Option("--last", min=1, help="how many of the newest entries")] = 50,
    state: StateOption = None,
    lang: LanguageOption = Language.EN,
    as_json: JsonOption = False,
) -> None:
    """Show the record of a covenant, or verify that nobody changed it."""
    screen = Screen(lang, as_json)

    async def read() -> tuple[list[Event], int | None, int, str]:
        async with context.database(context.settings(state=state)) as db:
            row = await views.covenant(db, slug)
            if verify:
                return [], await views.chain_break(db, slug), row.seq, row.head
            start = max(row.seq - last, 0) if after is None else after
            limit = last if after is None else 1_000_000
            return await views.events(db, slug, after=start, limit=limit), None, row.seq, row.head

    rows, broken, seq, head = context.run(read())
    if verify:
        _show_chain(screen, slug, broken, seq, head)
        return
    if as_json:
        screen.emit([row.model_dump() for row in rows])
        return
    screen.table(
        [
            column("nr", "no", right=True),
            column("wanneer", "when"),
            column("wat", "what"),
            column("wie", "who", fold=True),
            column("waarover", "about", fold=True),
        ],
        [
            (
                str(row.seq),
                moment(row.at),
                label(labels.EVENTS, row.kind, lang),
                row.actor + (screen.pick(f" namens {row.on_behalf_of}", f" for {row.on_behalf_of}")
                             if row.on_behalf_of else ""),
                about(row, screen),
            )
            for row in rows
        ],
    )  # fmt: skip
    screen.say(f"{len(rows)} van {seq}.", f"{len(rows)} of {seq}.", style="dim")


def _show_chain(screen: Screen, slug: str, broken: int | None, seq: int, head: str) -> None:
    if screen.as_json:
        screen.emit({"covenant": slug, "events": seq, "head": head, "whole": broken is None, "broken_at": broken})
    elif broken is None:
        screen.say(
            f"De lijst van {slug} is heel: {seq} regels, kop {head}.",
            f"The record of {slug} is whole: {seq} entries, head {head}.",
            style="green",
        )
    else:
        screen.say(
            f"De lijst van {slug} is veranderd: regel {broken} past niet meer bij zijn SHA-256. Alles ervoor klopt. "
            "Verwacht: zet een kopie van de database terug waarin regel "
            f"{broken} nog klopt (docs/runbooks/restore.md).",
            f"The record of {slug} was changed: entry {broken} no longer fits its SHA-256. All before it is sound. "
            f"Expected: restore a copy of the database in which entry {broken} is still sound "
            "(docs/runbooks/restore.md).",
            style="bold red",
        )
    if broken is not None:
        raise typer.Exit(Exit.CHECK_FAILED)


def about(row: Event, screen: Screen) -> str:
    """Say what an entry is about: its reason, or what its first telling change names."""
    reason = row.data.get("reason")
    if reason:
        return str(reason)
    for change in row.data.get("changes", []):
        found = _about_change(change, screen)
        if found:
            return found
    return ""


def _about_change(change: dict[str, Any], screen: Screen) -> str:  # noqa: PLR0911 one return a kind of change
    language = screen.language.value
    match change["change"]:
        case "step_changed":
            return str(change["planned"]["step"]["title"][language])
        case "decided":
            return str(change["verdict"]["sentence"][language])
        case "task_opened":
            return str(change["task"]["title"][language])
        case "said":
            return str(change["words"][language])
        case "document_made":
            return str(change["title"][language])
        case "round_changed":
            return f"{screen.pick('ronde', 'round')} {change['round']}"
    return str(change.get("task", ""))


# --- mail and text ----------------------------------------------------------------------------------------------------


def mail(
    slug: SlugArgument, state: StateOption = None, lang: LanguageOption = Language.EN, as_json: JsonOption = False
) -> None:
    """List the mails of a covenant, newest first."""
    screen = Screen(lang, as_json)

    async def read() -> list[Mail]:
        async with context.database(context.settings(state=state)) as db:
            await views.covenant(db, slug)
            return list(await views.mails(db, slug))

    rows = context.run(read())
    if as_json:
        screen.emit([row.model_dump(exclude={"message"}) for row in rows])
        return
    screen.table(
        [
            column("wanneer", "when"),
            column("aan", "to", fold=True),
            column("onderwerp", "subject", fold=True),
            column("stand", "status", fold=True),
        ],
        [
            (
                moment(row.at),
                row.recipient,
                row.subject,
                label(labels.MAILS, row.status, lang) + (f": {row.problem}" if row.problem else ""),
            )
            for row in rows
        ],
    )
    screen.say(f"{len(rows)} berichten.", f"{len(rows)} messages.", style="dim")


def text(
    slug: SlugArgument,
    clause: Annotated[str | None, typer.Argument(metavar="[CLAUSE]", help="one clause; all when empty")] = None,
    *,
    state: StateOption = None,
    lang: LanguageOption = Language.EN,
    as_json: JsonOption = False,
) -> None:
    """Show the current clause texts and commitments, with the version and SHA-256 that positions bind to."""
    screen = Screen(lang, as_json)

    async def read() -> tuple[list[tuple[Clause, ClauseVersion]], dict[str, Words], revisions.Lineage]:
        async with context.database(context.settings(state=state)) as db:
            view = await views.view(db, slug)
            covenant = await views.covenant(db, slug)
            versions = await views.current_texts(db, slug)
            names, lineage = await commitments.names(db, slug), await revisions.lineage(db, covenant)
            return [(one, versions[one.id]) for one in view.clauses], names, lineage

    rows, names, related = context.run(read())
    chosen = [(one, version) for one, version in rows if clause in {None, one.id, one.number}]
    if not chosen:
        known = ", ".join(one.id for one, _ in rows)
        raise NotFound(
            "clause_not_found",
            f"Artikel {clause} bestaat niet. Verwacht: {known}.",
            f"There is no clause {clause}. Expected: {known}.",
            {"clause": clause or ""},
        )
    if as_json:
        screen.emit([one.model_dump() | version.model_dump() for one, version in chosen])
        return
    if related.latest is not None:
        since = day(related.latest.in_force_at)
        screen.say(
            f"Herzien: sinds {since} geldt de tekst van {related.latest.slug}. Dit is de tekst ervoor.",
            f"Revised: since {since} the text in force is that of {related.latest.slug}. This is the text before.",
        )
    for one, version in chosen:
        screen.heading(f"{one.number}. {one.title_nl}", f"{one.number}. {one.title_en}")
        screen.line(
            f"{one.id}  ·  {label(labels.CLAUSES, one.status, lang)}  ·  {screen.pick('versie', 'version')} "
            f"{version.version}",
            style="dim",
        )
        screen.line(f"SHA-256 {version.sha256}", style="dim")
        screen.line(screen.of(version, "text"))
        for commitment in commitments.of(version):
            screen.line(f"- {sentence(commitment, names, related.counted_from).pick(lang)}")


# --- documents --------------------------------------------------------------------------------------------------------


def document(
    slug: SlugArgument,
    *,
    kind: Annotated[DocumentKind | None, typer.Option("--kind", help=KIND_HELP)] = None,
    out: Annotated[Path | None, typer.Option("--out", help="where to write it")] = None,
    html: Annotated[bool, typer.Option("--html", help="the text as it is now, as a page")] = False,
    check: Annotated[bool, typer.Option("--check", help="check the seal; exit 1 when it is not valid")] = False,
    state: StateOption = None,
    lang: LanguageOption = Language.EN,
    as_json: JsonOption = False,
) -> None:
    """Write the newest PDF of a covenant, or its text as a page, or check the seal of the sealed one."""
    screen = Screen(lang, as_json)
    check_document_options(kind, out, html=html, check=check)
    found = context.settings(state=state)

    async def read() -> tuple[bytes, str, str, SealCheck | None]:
        async with context.database(found) as db:
            if html:
                page = await _page(db, slug, kind or DocumentKind.DRAFT, lang)
                return page, (kind or DocumentKind.DRAFT).value, ".html", None
            row, data = await newest(db, slug, DocumentKind.SEALED if check else kind)
            suffix = Path(row.title_en).suffix if row.kind is DocumentKind.ATTACHMENT else ".pdf"
            return data, row.kind.value, suffix, await seal_of(found).check(data) if check else None

    data, made, suffix, checked = context.run(read())
    if checked is not None:
        _show_seal(screen, slug, checked)
        return
    path = out or Path(f"{slug}-{made}{suffix}")
    write(path, data)
    if as_json:
        screen.emit({"covenant": slug, "kind": made, "file": path.absolute(), "size": len(data)})
    else:
        screen.say(f"Geschreven: {path} ({len(data)} bytes).", f"Written: {path} ({len(data)} bytes).")


def check_document_options(kind: DocumentKind | None, out: Path | None, *, html: bool, check: bool) -> None:
    """Refuse options of `document` that do not go together, or a file name that says another format.

    Raises:
        Refusal: `wrong_options`, or `wrong_format`.
    """
    printed = ", ".join(PRINTED)
    if check and (html or out is not None or kind not in {None, DocumentKind.SEALED}):
        raise Refusal(
            "wrong_options",
            "--check gaat niet samen met --html, --out of een andere soort dan sealed: het kijkt alleen naar het zegel "
            "van het verzegelde document. Verwacht: `polder document SLUG --check`.",
            "--check does not go with --html, --out or another kind than sealed: it only looks at the seal of the "
            "sealed document. Expected: `polder document SLUG --check`.",
        )
    if html and kind is DocumentKind.ATTACHMENT:
        raise Refusal(
            "wrong_options",
            f"--html gaat niet samen met --kind attachment: een bijlage is geen convenanttekst. Verwacht: {printed}.",
            f"--html does not go with --kind attachment: an attachment is no covenant text. Expected: {printed}.",
        )
    wanted = ".html" if html else ".pdf"
    if out is not None and kind is not DocumentKind.ATTACHMENT and out.suffix.lower() not in {"", wanted}:
        other = " (met --html: .html)", " (with --html: .html)"
        raise Refusal(
            "wrong_format",
            f"--out {out}: '{out.suffix}' is niet wat er geschreven wordt. Verwacht: een naam op {wanted}"
            f"{'' if html else other[0]}.",
            f"--out {out}: '{out.suffix}' is not what is written. Expected: a name that ends in {wanted}"
            f"{'' if html else other[1]}.",
            {"file": str(out), "format": wanted},
        )


async def _page(db: Database, slug: str, kind: DocumentKind, language: Language) -> bytes:
    row = await views.covenant(db, slug)
    made = await documents.covenant_document(db, slug, kind, max(row.moved_at, datetime.now(UTC)))
    return render_html(made, language).encode()


async def newest(db: Database, slug: str, kind: DocumentKind | None) -> tuple[Document, bytes]:
    """Return the newest document of a kind; of any, the sealed text once there is one, else the newest printed.

    Raises:
        NotFound: there is none yet; with the kinds there are.
    """
    view = await views.view(db, slug)
    if kind is None and any(one.kind is DocumentKind.SEALED for one in view.documents):
        kind = DocumentKind.SEALED  # an evidence report can be newer
    rows = [one for one in view.documents if one.kind is kind or (kind is None and one.kind in PRINTED)]
    if not rows:
        there = sorted({one.kind.value for one in view.documents})
        known = (
            f"--kind {' of '.join(there)}; of " if there else "",
            f"--kind {' or '.join(there)}; or " if there else "",
        )
        what = (f"'{kind}'-document", f"'{kind}' document") if kind else ("PDF", "PDF")
        raise NotFound(
            "no_document",
            f"{slug} heeft nog geen {what[0]}. Verwacht: {known[0]}--html, de tekst zoals hij nu is.",
            f"{slug} has no {what[1]} yet. Expected: {known[1]}--html, the text as it is now.",
            {"slug": slug, "kind": kind.value if kind else ""},
        )
    return rows[-1], await contents.get(db, rows[-1].sha256)


def write(path: Path, data: bytes) -> None:
    """Write a file.

    Raises:
        InvalidFile: it cannot be written there.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    except OSError as error:
        raise InvalidFile(
            "not_writable",
            f"{path} is niet te schrijven: {error.strerror}. Verwacht: een bestand in een map waarin u mag schrijven "
            "(--out).",
            f"{path} cannot be written: {error.strerror}. Expected: a file in a folder you may write in (--out).",
            {"file": str(path)},
        ) from error


def _show_seal(screen: Screen, slug: str, checked: SealCheck) -> None:
    if screen.as_json:
        screen.emit({"covenant": slug, **checked.model_dump()})
    else:
        screen.line(checked.words.pick(screen.language), style="green" if checked.valid else "bold red")
    if not checked.valid:
        raise typer.Exit(Exit.CHECK_FAILED)


COMMANDS = {"events": events, "mail": mail, "text": text, "document": document}
