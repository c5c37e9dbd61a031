"""Spreadsheets for the lists of a launch: their columns, what a row becomes, and what is wrong with it where."""

import copy
import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from models.base import Words
from models.enums import Language
from models.errors import Refusal
from rules.naming import slugged
from web.launching.fields import put, split
from web.launching.naming import nearest
from web.launching.state import LaunchState, Raw, Sheet, new_key, survey


@dataclass(frozen=True)
class Column:
    """One column: its name, where it goes in an item, and whether a sheet must have it."""

    name: str
    path: str
    needed: bool = False
    many: bool = False
    example: str = ""
    also: tuple[str, ...] = ()


COLUMNS: dict[str, tuple[Column, ...]] = {
    "parties": (
        Column("id", "id", example="fnv", also=("kenmerk",)),
        Column("name_nl", "name.nl", needed=True, example="FNV", also=("naam", "naam_nl", "name")),
        Column("name_en", "name.en", example="FNV", also=("naam_en",)),
        Column("kind", "kind", needed=True, example="union", also=("soort",)),
        Column("constituency", "constituency", needed=True, example="unions", also=("geleding",)),
    ),
    "people": (
        Column("id", "id", example="karin-ybema", also=("kenmerk",)),
        Column("name", "name", needed=True, example="Karin Ybema", also=("naam",)),
        Column("email", "email", needed=True, example="karin.ybema@example.org", also=("e-mail", "e_mail", "mail")),
        Column("language", "language", example="nl", also=("taal",)),
        Column("party", "party", example="fnv", also=("partij",)),
        Column("roles", "roles", many=True, also=("rollen", "role", "rol")),
        Column("powers", "mandates.powers", many=True, example="speak commit sign", also=("bevoegdheden",)),
        Column("themes", "mandates.themes", many=True, also=("themas", "thema's")),
        Column("until", "mandates.until", example="2036-12-31", also=("tot",)),
        Column("evidence", "mandates.evidence", example="Besluit bestuur, punt 4", also=("bewijs",)),
    ),
    "participants": (
        Column("id", "id", example="hanzebank", also=("kenmerk",)),
        Column("name", "name", needed=True, example="Hanzebank", also=("naam", "bedrijf", "company")),
        Column("market_share", "market_share", needed=True, example="6,5", also=("marktaandeel",)),
        Column("category", "category", also=("categorie",)),
        Column("contact", "contact", needed=True, example="Hassan Oosting", also=("contactpersoon",)),
        Column("email", "email", needed=True, example="hanzebank@example.org", also=("e-mail", "e_mail", "mail")),
        Column("language", "language", example="nl", also=("taal",)),
    ),
    "clauses": (
        Column("id", "id", example="remedy", also=("kenmerk",)),
        Column("number", "number", needed=True, example="5", also=("nummer",)),
        Column("theme", "theme", needed=True, example="remedy", also=("thema",)),
        Column("title_nl", "title.nl", needed=True, example="Herstel en verhaal", also=("titel", "titel_nl")),
        Column("title_en", "title.en", needed=True, example="Access to remedy", also=("titel_en",)),
        Column("text_nl", "text.nl", needed=True, example="Partijen werken mee aan herstel.", also=("tekst_nl",)),
        Column("text_en", "text.en", needed=True, example="Parties cooperate in remedy.", also=("tekst_en",)),
        Column("norms", "norms", many=True, example="ungp-3", also=("normen",)),
    ),
}  # fmt: skip


def template_csv(shelf: str) -> bytes:
    """Return an empty sheet with one example row, as spreadsheets here open it."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    writer.writerow([one.name for one in COLUMNS[shelf]])
    writer.writerow([one.example for one in COLUMNS[shelf]])
    return out.getvalue().encode("utf-8-sig")


def named(shelf: str, rows: Sequence[Sequence[str]]) -> list[dict[str, str]]:
    """Return rows by the names of our columns.

    Raises:
        Refusal: `bad_columns`, with what is unknown or missing and what was expected; `no_rows`.
    """
    if not rows:
        raise Refusal(
            "no_rows", "Er staat niets in. Verwacht: kolomnamen en rijen.", "It holds nothing. Expected: rows."
        )
    columns = COLUMNS[shelf]
    known = {name: one.name for one in columns for name in (one.name, *one.also)}
    heads = [" ".join(head.lower().split()).replace(" ", "_") for head in rows[0]]
    found = [known.get(head, "") for head in heads]
    unknown = [rows[0][i] for i, head in enumerate(heads) if head and not found[i]]
    twice = sorted({name for name in found if name and found.count(name) > 1})
    missing = [one.name for one in columns if one.needed and one.name not in found]
    if unknown or twice or missing:
        raise _columns(shelf, unknown, twice, missing)
    if len(rows) == 1:
        raise Refusal("no_rows", "Er staan geen rijen onder de kolomnamen.", "There are no rows below the columns.")
    return [{name: row[i] if i < len(row) else "" for i, name in enumerate(found) if name} for row in rows[1:]]


def _columns(shelf: str, unknown: Sequence[str], twice: Sequence[str], missing: Sequence[str]) -> Refusal:
    nl, en = [], []
    if unknown:
        shown = ", ".join(f"'{one[:60]}'" for one in unknown[:10])
        nl.append(f"onbekende kolom {shown}")
        en.append(f"unknown column {shown}")
    if twice:
        nl.append(f"dubbel: {', '.join(twice)}")
        en.append(f"twice: {', '.join(twice)}")
    if missing:
        nl.append(f"ontbreekt: {', '.join(missing)}")
        en.append(f"missing: {', '.join(missing)}")
    wanted = ", ".join(one.name for one in COLUMNS[shelf])
    return Refusal(
        "bad_columns",
        f"De eerste rij klopt niet ({'; '.join(nl)}). Verwacht: {wanted}.",
        f"The first row is wrong ({'; '.join(en)}). Expected: {wanted}.",
    )


@dataclass(frozen=True)
class Row:
    """One row, as it was read and as it would be imported.

    Attributes:
        number: in the spreadsheet, where the column names are row 1.
        wrong: by column.
    """

    number: int
    cells: dict[str, str]
    item: Raw
    wrong: dict[str, Words]


def checked(state: LaunchState, shelf: str, sheet: Sheet, today: date) -> list[Row]:
    """Look at rows as if they were imported, by the checks of the whole."""
    trial = copy.deepcopy(state)
    if sheet.replace:
        trial.shelf(shelf).clear()
    taken = {str(one.get("id")) for one in trial.shelf(shelf)}
    if shelf in {"parties", "participants"}:
        taken |= {str(one.get("id")) for name in ("parties", "participants") for one in trial.shelf(name)}
    taken |= {cells.get("id", "") for cells in sheet.rows}
    items = []
    known = _parties(trial)
    for cells in sheet.rows:
        item = _item(shelf, cells, taken)
        if shelf == "people":
            item["party"] = known.get(cells.get("party", "").casefold(), item.get("party", ""))
        taken.add(str(item["id"]))
        items.append(item)
    trial.shelf(shelf).extend(items)
    wrong: dict[str, dict[str, Words]] = {str(item["key"]): {} for item in items}
    paths = {one.path.replace("mandates.", "mandates.0."): one.name for one in COLUMNS[shelf]}
    for one in survey(trial, today).on(shelf):
        if one.key in wrong and one.field:
            column = paths.get(nearest(one.field, list(paths)), "id")
            wrong[one.key].setdefault(column, one.words)
    for item in items if shelf == "people" else []:
        if item["party"] and item["party"] not in known.values():
            wrong[item["key"]]["party"] = _unknown_party(item["party"], sorted(set(known.values())))
    return [
        Row(place + 2, cells, item, wrong[str(item["key"])])
        for place, (cells, item) in enumerate(zip(sheet.rows, items, strict=True))
    ]


def _parties(state: LaunchState) -> dict[str, str]:
    """Return the parties' ids by what a sheet may call them: the id or a name, in whatever case."""
    found: dict[str, str] = {}
    for one in (*state.shelf("parties"), *state.shelf("participants")):
        name = one.get("name") or ""
        for called in (one.get("id", ""), *(name.values() if isinstance(name, dict) else [name])):
            found.setdefault(str(called).casefold(), str(one.get("id", "")))
    return {called: party for called, party in found.items() if called and party}


def _unknown_party(text: str, known: Sequence[str]) -> Words:
    listed = ", ".join(known[:30]) + (", …" if len(known) > 30 else "")  # noqa: PLR2004
    return Words(
        nl=f"'{text}' is geen partij hier. Verwacht: {listed or 'eerst een partij in de lijst'}.",
        en=f"'{text}' is no party here. Expected: {listed or 'a party in the list first'}.",
    )


def _item(shelf: str, cells: dict[str, str], taken: set[str]) -> Raw:
    raw: Raw = {"key": new_key(), "id": ""}
    mandate: Raw = {}
    for column in COLUMNS[shelf]:
        text = cells.get(column.name, "")
        value: object = split(text) if column.many else text
        if column.path.startswith("mandates."):
            mandate[column.path.partition(".")[2]] = value
        else:
            put(raw, column.path, value)
    if any(mandate.values()):
        raw["mandates"] = [mandate]
    if shelf == "parties" and not raw["name"]["en"]:
        raw["name"]["en"] = raw["name"]["nl"]
    if "language" in raw and not raw["language"]:
        raw["language"] = Language.NL.value
    if not raw["id"]:
        called = raw.get("name") or raw.get("title") or ""
        words = str((called.get("en") or called.get("nl")) if isinstance(called, dict) else called)
        raw["id"] = slugged(words, taken) if words else ""
    return raw
