"""What a delivered document may be: formats that people can open, told from the bytes, not from the name."""

import zipfile
from io import BytesIO

from models.errors import Refusal

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ODT = "application/vnd.oasis.opendocument.text"
ODS = "application/vnd.oasis.opendocument.spreadsheet"
PDF, TEXT = "application/pdf", "text/plain"

ENDINGS = {PDF: ("pdf",), DOCX: ("docx",), XLSX: ("xlsx",), ODT: ("odt",), ODS: ("ods",), TEXT: ("txt", "md", "csv")}
INSIDE = {"word/document.xml": DOCX, "xl/workbook.xml": XLSX}
ACCEPTED = "PDF, DOCX, ODT, XLSX, ODS, TXT, MD, CSV"
MOST_ENTRIES = 5_000


def format_of(data: bytes, name: str) -> str:
    """Return the media type of a document that somebody delivers.

    Args:
        data: the whole file.
        name: as it was called; its ending, if it has one, must fit what is in it.

    Raises:
        Refusal: `bad_file`, it is none of the formats, holds macros, or calls itself otherwise.
    """
    found = _looked_at(data)
    if found is None:
        raise _refused(name, "geen document dat anderen kunnen openen", "no document that others can open")
    ending = name.rpartition(".")[2].lower()
    if "." in name and ending not in ENDINGS[found]:
        wanted = " / ".join(f".{one}" for one in ENDINGS[found])
        raise _refused(
            name, f"van binnen iets anders dan de naam zegt: die zou eindigen op {wanted}",
            f"something else inside than its name says: that would end in {wanted}",
        )  # fmt: skip
    return found


def _looked_at(data: bytes) -> str | None:
    if data.startswith(b"%PDF-"):
        return PDF
    if data.startswith(b"PK\x03\x04"):
        return _zipped(data)
    return TEXT if _is_text(data) else None


def _zipped(data: bytes) -> str | None:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            names = set(archive.namelist())
            if len(names) > MOST_ENTRIES or any(one.lower().endswith("vbaproject.bin") for one in names):
                return None
            first = archive.infolist()[0] if names else None
            if first is not None and first.filename == "mimetype" and first.file_size < 100:  # noqa: PLR2004 a name
                kind = archive.read(first).decode("ascii", "replace").strip()
                return kind if kind in {ODT, ODS} else None
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError):
        return None
    return next((kind for inside, kind in INSIDE.items() if inside in names), None)


def _is_text(data: bytes) -> bool:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return bool(text.strip()) and not any(ord(one) < 32 and one not in "\t\n\r\f" for one in text)  # noqa: PLR2004


def _refused(name: str, nl: str, en: str) -> Refusal:
    shown = name[-120:] or "-"
    return Refusal(
        "bad_file",
        f"{shown} is {nl}. Verwacht: {ACCEPTED}, zonder macro's.",
        f"{shown} is {en}. Expected: {ACCEPTED}, without macros.",
        {"file": shown},
    )
