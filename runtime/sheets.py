"""Rows of a spreadsheet that someone sent or pasted: CSV or XLSX, with hostile files refused before they are parsed."""

import csv
import io
import zipfile
from collections.abc import Iterable
from datetime import date, datetime

from openpyxl import load_workbook

from models.errors import Refusal

MOST_BYTES = 5 * 1024 * 1024
MOST_UNPACKED = 50 * 1024 * 1024
MOST_RATIO = 100
MOST_PARTS = 500
MOST_ROWS = 2001
MOST_COLUMNS = 40
MOST_TEXT = 8000
SAMPLE = 20_000


def read_sheet(data: bytes) -> list[list[str]]:
    """Return the rows of a spreadsheet as text; a formula is its text, a date as 2027-01-31. Blank rows are left out.

    Raises:
        Refusal: it cannot be read safely, or it is too large.
    """
    if len(data) > MOST_BYTES:
        raise _bad(nl="groter dan 5 MB", en="larger than 5 MB")
    rows = _workbook(data) if data.startswith(b"PK") else _text(_decoded(data))
    found = [row for row in (_row(row) for row in rows) if row]
    if len(found) > MOST_ROWS:
        raise _bad(nl=f"langer dan {MOST_ROWS - 1} rijen", en=f"longer than {MOST_ROWS - 1} rows")
    return found


def read_pasted(text: str) -> list[list[str]]:
    """Return rows that were pasted, from a spreadsheet or as CSV.

    Raises:
        Refusal: it cannot be read, or it is too long.
    """
    return read_sheet(text.encode("utf-8", "replace"))


def _bad(nl: str, en: str) -> Refusal:
    return Refusal(
        "bad_sheet",
        f"Dit bestand is {nl}. Verwacht: een CSV- of XLSX-bestand van hoogstens 5 MB en {MOST_ROWS - 1} rijen, met de "
        "kolomnamen op de eerste rij.",
        f"This file is {en}. Expected: a CSV or XLSX file of at most 5 MB and {MOST_ROWS - 1} rows, with the names of "
        "the columns in the first row.",
    )


def _row(cells: Iterable[object]) -> list[str]:
    found = [_cell(cell) for cell in cells]
    while found and not found[-1]:
        found.pop()
    return found


def _cell(value: object) -> str:
    if isinstance(value, datetime):
        value = value.date() if value.time() == datetime.min.time() else value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = "" if value is None else str(getattr(value, "text", value)).strip()  # a formula of several cells
    if len(text) > MOST_TEXT:
        raise _bad(
            nl=f"te lang in een cel (hoogstens {MOST_TEXT} tekens)", en=f"too long in a cell ({MOST_TEXT} at most)"
        )
    return text


def _decoded(data: bytes) -> str:
    if b"\0" in data:
        raise _bad(nl="geen spreadsheet die wij lezen", en="no spreadsheet that we read")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")  # as Excel on Windows saves CSV


def _text(text: str) -> Iterable[list[str]]:
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max("\t;,", key=first.count)
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            if len(row) > MOST_COLUMNS and any(row[MOST_COLUMNS:]):
                raise _bad(nl=f"breder dan {MOST_COLUMNS} kolommen", en=f"wider than {MOST_COLUMNS} columns")
            rows.append(row)
            if len(rows) > 2 * MOST_ROWS:
                raise _bad(nl=f"langer dan {MOST_ROWS - 1} rijen", en=f"longer than {MOST_ROWS - 1} rows")
    except csv.Error as error:
        raise _bad(nl=f"niet te lezen ({error})", en=f"unreadable ({error})") from error
    return rows


def _workbook(data: bytes) -> list[tuple[object, ...]]:
    _check_zip(data)
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # a file may lie about its size
        rows: list[tuple[object, ...]] = [
            tuple(row) for row in sheet.iter_rows(max_row=2 * MOST_ROWS, max_col=MOST_COLUMNS, values_only=True)
        ]
        book.close()
    except Refusal:
        raise
    except Exception as error:
        # openpyxl raises whatever its XML, zip and type code raise; none of it is ours to tell apart
        raise _bad(nl="niet te lezen als XLSX", en="not readable as XLSX") from error
    return rows


def _check_zip(data: bytes) -> None:
    """Refuse what unpacks to far more than it is, before any of it is parsed, and entities that would."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            parts = packed.infolist()
            unpacked = sum(one.file_size for one in parts)
            squeezed = any(one.file_size > MOST_RATIO * max(one.compress_size, 1) + 10_000 for one in parts)
            if len(parts) > MOST_PARTS or unpacked > MOST_UNPACKED or squeezed:
                raise _bad(
                    nl="uitgepakt veel te groot, zoals een zipbom", en="far too large when unpacked, as a zip bomb is"
                )
            for one in parts:
                if one.filename.endswith((".xml", ".rels")) and b"<!DOCTYPE" in packed.read(one):
                    raise _bad(nl="geen gewone XLSX (er staat een DOCTYPE in)", en="no plain XLSX (it holds a DOCTYPE)")
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, ValueError) as error:
        raise _bad(nl="beschadigd of met een wachtwoord", en="damaged or behind a password") from error
