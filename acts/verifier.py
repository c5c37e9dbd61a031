"""Check a Polder dossier without Polder: `python3 verify.py dossier.zip [--head SHA256]`.

This one file uses Python's standard library only (3.9 or later) and lies in every dossier. It says in words what the
dossier proves and what it does not. Exit code 0: nothing is wrong; 1: something is; 2: this is no dossier.

A dossier is a zip with `manifest.json` (every file with its SHA-256, the head of the chain), `chain.jsonl` (every entry
of the record in order: whole, or only hashes where the reader may not see it), the texts, decisions, signatures and
documents. Each entry's hash is taken over its header and the hash of the entry before, and its header holds the hash of
its data; so an entry that is changed, left out or moved breaks the chain. See docs/adr/0006 and 0017.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
import zipfile
from collections.abc import Iterator
from io import BytesIO
from typing import Any

GENESIS = "0" * 64
MOST_BYTES = 1_000_000_000
MOST_FILES = 50_000
ENTRY = "chain.jsonl"
MANIFEST = "manifest.json"
SEALED_LIST = "manifest.p7s"
IN_RECORD = ("chain.jsonl", "text.json", "decisions.json", "signatures.json", "texts/", "documents/", "stamps/")
"""What is compared with the record; the other files are proven by the seal on the list of files alone."""
SIGNATURE = ("task", "party", "person", "name", "text_sha", "at")


class NoDossier(Exception):
    """This is not a dossier, or it is too damaged to look at."""


class Report:
    """What was found: each finding is `proven`, `wrong` or `unknown`, with a sentence in Dutch and English."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = files
        self.manifest, self.entries = read(files)
        self.findings: list[tuple[str, str, str]] = []

    def proven(self, nl: str, en: str) -> None:
        """Note what is proven."""
        self.findings.append(("proven", nl, en))

    def wrong(self, nl: str, en: str) -> None:
        """Note what is wrong."""
        self.findings.append(("wrong", nl, en))

    def unknown(self, nl: str, en: str) -> None:
        """Note what is neither."""
        self.findings.append(("unknown", nl, en))

    @property
    def fine(self) -> bool:
        """Whether nothing is wrong."""
        return not any(kind == "wrong" for kind, _, _ in self.findings)


def sha256(data: bytes) -> str:
    """Give the SHA-256 in lower-case hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def canonical(value: object) -> bytes:
    """Write a value in the one form its hash is taken of: sorted keys, no spaces, UTF-8."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode()


def opened(data: bytes) -> dict[str, bytes]:
    """Return the files of a dossier by name; refuses what no honest dossier is."""
    try:
        archive = zipfile.ZipFile(BytesIO(data))
        infos = archive.infolist()
        names = [one.filename for one in infos]
        if len(infos) > MOST_FILES or sum(one.file_size for one in infos) > MOST_BYTES:
            raise NoDossier("it is too large when unpacked")
        if len(set(names)) != len(names):
            raise NoDossier("a file is in it twice")
        if MANIFEST not in names or ENTRY not in names:
            raise NoDossier(MANIFEST + " or " + ENTRY + " is missing")
        files = {}
        for one in infos:
            with archive.open(one) as file:  # a header can lie about the size: no more is read than it says
                files[one.filename] = file.read(one.file_size + 1)
                if len(files[one.filename]) > one.file_size:
                    raise NoDossier("a file is larger than it says")
        return files
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        OSError,
        EOFError,
        ValueError,
        NotImplementedError,
        RuntimeError,
    ) as error:
        raise NoDossier(str(error)) from error


def read(files: dict[str, bytes]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return the manifest and the entries."""
    try:
        manifest = json.loads(files[MANIFEST])
        entries = [json.loads(line) for line in files[ENTRY].splitlines() if line.strip()]
    except (ValueError, RecursionError) as error:
        raise NoDossier("it holds no JSON where it should") from error
    fine = (
        isinstance(manifest, dict) and manifest.get("polder_dossier") == 1 and isinstance(manifest.get("files"), dict)
    )
    if not fine or not all(isinstance(one, dict) for one in entries):
        raise NoDossier("its manifest is not one of Polder")
    return manifest, entries


def check_files(report: Report, manifest: dict[str, Any], files: dict[str, bytes]) -> None:
    """Compare every file with the manifest."""
    told = manifest["files"]
    gone = sorted(set(told) - set(files))
    extra = sorted(set(files) - set(told) - {MANIFEST, SEALED_LIST})
    changed = sorted(name for name in set(told) & set(files) if sha256(files[name]) != told[name])
    for name in gone:
        report.wrong(f"Het bestand {name} ontbreekt.", f"The file {name} is missing.")
    for name in extra:
        report.wrong(f"Het bestand {name} hoort er niet bij.", f"The file {name} does not belong to it.")
    for name in changed:
        report.wrong(f"Het bestand {name} is gewijzigd.", f"The file {name} was changed.")
    if not (gone or extra or changed):
        report.proven(
            f"Alle {len(told)} bestanden zijn zoals het dossier ze noemt.",
            f"All {len(told)} files are as the dossier lists them.",
        )


def misfit(number: int, entry: dict[str, Any], prev: str, covenant: object) -> tuple[str, str] | None:
    """Say why an entry does not fit where it stands, in Dutch and English; None when it does."""
    header, digest, known = entry.get("header"), entry.get("header_sha256"), set()
    if header is not None:
        bare = {key: value for key, value in header.items() if key != "prev"}
        digest = sha256(canonical(bare))
        known.add(sha256(canonical({**bare, "prev": prev})))  # as hashes were taken before ADR 0017
        if (header.get("seq"), header.get("covenant")) != (number, covenant):
            return (
                f"Regel {number} van het logboek is niet de {number}e van dit convenant: verplaatst of weggelaten.",
                f"Entry {number} of the record is not number {number} of this covenant: moved, or one was left out.",
            )
    known.add(sha256(canonical({"header_sha256": digest, "prev": prev})))
    if entry.get("sha256") not in known or (header is not None and header.get("prev") != prev):
        return (
            f"De ketting breekt bij regel {number}: die of een ervoor is gewijzigd, verplaatst of weggelaten.",
            f"The chain breaks at entry {number}: that one or one before it was changed, moved or left out.",
        )
    if "data" in entry and (header is None or sha256(canonical(entry["data"])) != header.get("data_sha256")):
        return f"De inhoud van regel {number} is gewijzigd.", f"What entry {number} says was changed."
    return None


def check_chain(
    report: Report, manifest: dict[str, Any], entries: list[dict[str, Any]]
) -> tuple[list[dict[str, Any]], bool]:
    """Follow the chain; returns the entries that are shown whole, and whether everything fits."""
    prev = GENESIS
    for number, entry in enumerate(entries, start=1):
        wrong = misfit(number, entry, prev, manifest.get("covenant"))
        if wrong is not None:
            report.wrong(*wrong)
            return [], False
        prev = entry["sha256"]
    if prev != manifest.get("head") or len(entries) != manifest.get("entries"):
        report.wrong(
            "De ketting eindigt niet bij de kop die het dossier noemt: aan het eind is iets weggelaten of toegevoegd.",
            "The chain does not end at the head that the dossier names: something was left out or added at the end.",
        )
        return [], False
    report.proven(
        f"De ketting van {len(entries)} regels is heel, van de eerste tot de kop {prev}.",
        f"The chain of {len(entries)} entries is whole, from the first to the head {prev}.",
    )
    shown = [one for one in entries if "data" in one]
    if len(shown) < len(entries):
        hidden = len(entries) - len(shown)
        report.unknown(
            f"Van {hidden} regels staat alleen de hash in dit dossier: wat daarin staat is niet voor deze lezer.",
            f"Of {hidden} entries only the hash is in this dossier: what they say is not for this reader.",
        )
    return shown, True


def changes(shown: list[dict[str, Any]], kind: str) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Give each change of one kind in the entries that are shown, with the header of its entry."""
    for entry in shown:
        for change in entry["data"].get("changes", []):
            if change.get("change") == kind:
                yield entry["header"], change


def check_texts(report: Report, files: dict[str, bytes], shown: list[dict[str, Any]]) -> None:
    """Compare the texts of the clauses with the hashes in the record."""
    told = {(one["clause"], one["version"]): one["sha256"] for _, one in changes(shown, "clause_changed")}
    proven, unknown = 0, 0
    for name in sorted(files):
        found = re.fullmatch(r"texts/([a-z0-9-]+)/v([0-9]{1,6})\.json", name)
        if not found:
            continue
        expected = told.get((found[1], int(found[2])))
        if expected is None:
            unknown += 1
        elif expected != sha256(files[name]):
            report.wrong(
                f"De tekst {name} is niet die van het logboek.",
                f"The text {name} is not that of the record.",
            )
        else:
            proven += 1
    if proven:
        report.proven(
            f"{proven} teksten zijn letter voor letter die van het logboek.",
            f"{proven} texts are to the letter those of the record.",
        )
    if unknown:
        report.unknown(
            f"{unknown} teksten staan in geen regel die dit dossier toont; alleen de hash van het geheel bewijst ze.",
            f"{unknown} texts are in no entry that this dossier shows; only the hash of the whole can prove them.",
        )


def check_whole(report: Report, files: dict[str, bytes], shown: list[dict[str, Any]]) -> None:
    """The text that was signed: its clauses hash to what everybody who signed confirmed."""
    if "text.json" not in files:
        return
    clauses = json.loads(files["text.json"])["clauses"]
    for one in clauses:
        name = f"texts/{one['clause']}/v{one['version']}.json"
        if name not in files or sha256(files[name]) != one["sha256"]:
            report.wrong(
                f"Artikel {one['clause']} van de hele tekst is niet het bestand {name}.",
                f"Clause {one['clause']} of the whole text is not the file {name}.",
            )
            return
    whole = sha256(canonical([{"clause": one["clause"], "sha256": one["sha256"]} for one in clauses]))
    told = [one["text_sha"] for _, one in changes(shown, "covenant_changed") if one.get("text_sha")]
    signed = [one for _, one in changes(shown, "signed")]
    if told and told[-1] != whole:
        report.wrong(
            f"De tekst in dit dossier ({whole}) is niet de vastgestelde ({told[-1]}).",
            f"The text in this dossier ({whole}) is not the one agreed on ({told[-1]}).",
        )
    elif told:
        report.proven(
            f"De tekst in dit dossier is de vastgestelde: SHA-256 {whole}.",
            f"The text in this dossier is the one agreed on: SHA-256 {whole}.",
        )
    # who joined later signed what was in force then
    revised = {one["text_sha"] for _, one in changes(shown, "revised")}
    later = [one for one in signed if one["text_sha"] in revised - {whole}]
    if later:
        report.proven(
            f"{len(later)} handtekeningen en verklaringen gaan over de tekst van een latere herziening.",
            f"{len(later)} signatures and declarations are about the text of a later revision.",
        )
    signed = [one for one in signed if one not in later]
    other = [one for one in signed if one["text_sha"] != whole]
    if signed and not other:
        report.proven(
            f"{len(signed)} handtekeningen en verklaringen gaan over precies deze tekst.",
            f"{len(signed)} signatures and declarations are about exactly this text.",
        )
    for one in other:
        report.wrong(
            f"{one['name']} tekende een andere tekst ({one['text_sha']}).",
            f"{one['name']} signed another text ({one['text_sha']}).",
        )


def check_signatures(report: Report, files: dict[str, bytes], shown: list[dict[str, Any]]) -> None:
    """Compare the list of signatures with the record."""
    if "signatures.json" not in files:
        return
    told = [
        {**{key: one[key] for key in SIGNATURE[:-1]}, "at": header["at"]} for header, one in changes(shown, "signed")
    ]
    listed = json.loads(files["signatures.json"])
    if sorted(map(canonical, told)) != sorted(canonical({key: one.get(key) for key in SIGNATURE}) for one in listed):
        report.wrong(
            "De lijst van handtekeningen is niet die van het logboek.",
            "The list of signatures is not that of the record.",
        )
    elif told:
        report.proven(
            f"De lijst van {len(told)} handtekeningen is die van het logboek.",
            f"The list of {len(told)} signatures is that of the record.",
        )


def check_decisions(report: Report, files: dict[str, bytes], shown: list[dict[str, Any]]) -> None:
    """Compare the decisions with the record."""
    if "decisions.json" not in files:
        return
    told = {one["question"]: one["verdict"]["sentence"] for _, one in changes(shown, "decided")}
    listed = {one["question"]: one["sentence"] for one in json.loads(files["decisions.json"])}
    if any(told.get(question) != sentence for question, sentence in listed.items()):
        report.wrong("Een besluit is niet dat van het logboek.", "A decision is not that of the record.")
    elif listed:
        report.proven(
            f"{len(listed)} besluiten zijn woord voor woord die van het logboek.",
            f"{len(listed)} decisions are word for word those of the record.",
        )


def check_documents(report: Report, files: dict[str, bytes], shown: list[dict[str, Any]]) -> None:
    """Compare the documents with the record."""
    told = {
        "documents/" + one["kind"] + "-" + one["sha256"][:12] + ".pdf": one["sha256"]
        for _, one in changes(shown, "document_made")
    }
    for name in sorted(set(told) - set(files)):
        if name.startswith("documents/sealed-"):
            report.wrong(
                f"De verzegelde PDF {name}, die het logboek noemt, ontbreekt.",
                f"The sealed PDF {name}, which the record names, is missing.",
            )
    for name in sorted(files):
        if not name.startswith("documents/"):
            continue
        if sha256(files[name]) == told.get(name):
            report.proven(
                f"{name} is het bestand dat het logboek noemt.",
                f"{name} is the file that the record names.",
            )
        else:
            report.wrong(
                f"{name} is geen bestand dat het logboek noemt.",
                f"{name} is no file that the record names.",
            )
    if any(name.endswith(".pdf") for name in files):
        report.unknown(
            "Het zegel op de PDF's controleert dit programma niet; `polder verify`, pdfsig of een PDF-lezer wel.",
            "The seal on the PDFs is not checked by this program; `polder verify`, pdfsig or a PDF reader does.",
        )


def check_stamps(report: Report, files: dict[str, bytes], entries: list[dict[str, Any]]) -> None:
    """Timestamps are named after an entry and its hash; whose they are needs a program that knows certificates."""
    names = [name for name in sorted(files) if name.startswith("stamps/")]
    for name in names:
        found = re.fullmatch(r"stamps/([0-9]{6,9})-([0-9a-f]{64})\.tsr", name)
        number = int(found[1]) if found else 0
        fits = found and 0 < number <= len(entries) and entries[number - 1].get("sha256") == found[2]
        if not (found and fits and bytes.fromhex(found[2]) in files[name]):
            report.wrong(
                f"Het tijdstempel {name} is niet over een regel van deze ketting.",
                f"The timestamp {name} is not over an entry of this chain.",
            )
            return
    if names:
        report.unknown(
            f"Er zijn {len(names)} tijdstempels over deze ketting. Van wie ze zijn, controleert `polder verify`, of: "
            "openssl ts -verify -token_in -in BESTAND -digest HASH -CAfile seal-root.pem (de hash staat in de naam).",
            f"There are {len(names)} timestamps over this chain. Whose they are is checked by `polder verify`, or: "
            "openssl ts -verify -token_in -in FILE -digest HASH -CAfile seal-root.pem (the hash is in its name).",
        )


def check_list(report: Report, files: dict[str, bytes]) -> None:
    """What the record does not hold stands or falls with the seal on the list of files, which needs certificates."""
    held = sorted(
        name
        for name in set(files) - {MANIFEST, SEALED_LIST}
        if not name.startswith(IN_RECORD) or name.startswith("texts/akn/")
    )
    if SEALED_LIST in files:
        report.unknown(
            f"Het zegel op de lijst van bestanden controleert dit programma niet; `polder verify` wel, of: openssl cms "
            f"-verify -binary -inform DER -in {SEALED_LIST} -content {MANIFEST} -CAfile seal-root.pem, met een "
            f"seal-root.pem die u niet uit dit dossier hebt. Alleen dat zegel bewijst: {', '.join(held)}.",
            f"The seal on the list of files is not checked by this program; `polder verify` does, or: openssl cms "
            f"-verify -binary -inform DER -in {SEALED_LIST} -content {MANIFEST} -CAfile seal-root.pem, with a "
            f"seal-root.pem that you have from elsewhere. That seal alone proves: {', '.join(held)}.",
        )
    else:
        report.unknown(
            f"De lijst van bestanden draagt geen zegel: niets bewijst {', '.join(held)}.",
            f"The list of files carries no seal: nothing proves {', '.join(held)}.",
        )


def check_head(report: Report, entries: list[dict[str, Any]], head: str) -> None:
    """Compare with a head from elsewhere: printed on a document, or kept by somebody else."""
    at = [number for number, one in enumerate(entries, start=1) if one.get("sha256") == head]
    if at:
        report.proven(
            f"De kop die u meegaf is regel {at[0]} van {len(entries)}: alles tot daar is zoals het toen was.",
            f"The head you gave is entry {at[0]} of {len(entries)}: all up to there is as it was then.",
        )
    else:
        report.wrong(
            "De kop die u meegaf komt in deze ketting niet voor: dit is een andere geschiedenis.",
            "The head you gave is not in this chain: this is another history.",
        )


def check(data: bytes, head: str | None = None) -> Report:
    """Say what the bytes of a dossier prove.

    Raises:
        NoDossier: they are none.
    """
    report = Report(opened(data))
    files, manifest, entries = report.files, report.manifest, report.entries
    try:
        check_files(report, manifest, files)
        shown, whole = check_chain(report, manifest, entries)
        if whole:
            check_texts(report, files, shown)
            check_whole(report, files, shown)
            check_signatures(report, files, shown)
            check_decisions(report, files, shown)
            check_documents(report, files, shown)
            check_stamps(report, files, entries)
            check_list(report, files)
        if head:
            check_head(report, entries, head.strip().lower())
        else:
            report.unknown(
                f"Of dit de enige geschiedenis is: vergelijk de kop {manifest.get('head')} met een document of met een "
                "ander die hem bewaarde.",
                f"Whether this is the only history: compare the head {manifest.get('head')} with a document or with "
                "someone else who kept it.",
            )
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        report.wrong(
            f"Het dossier is niet opgebouwd zoals Polder het maakt ({type(error).__name__}).",
            f"The dossier is not built as Polder builds it ({type(error).__name__}).",
        )
    return report


def main(arguments: list[str]) -> int:
    """Check the dossier that is named, and say what was found."""
    head = None
    if len(arguments) == 3 and arguments[1] == "--head":
        head = arguments.pop()
        arguments.pop()
    if len(arguments) != 1:
        print("python3 verify.py dossier.zip [--head SHA256]", file=sys.stderr)
        return 2
    try:
        with open(arguments[0], "rb") as file:
            report = check(file.read(MOST_BYTES), head)
    except (NoDossier, OSError) as error:
        print(f"Dit is geen dossier: {error}. / This is no dossier: {error}.", file=sys.stderr)
        return 2
    for kind, nl, en in report.findings:
        print({"proven": "[+]", "wrong": "[!]", "unknown": "[?]"}[kind], nl, "/", en)
    print(
        "Er klopt iets niet. / Something is wrong."
        if not report.fine
        else "Niets weerlegt dit dossier. / Nothing speaks against this dossier."
    )
    return 0 if report.fine else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
