"""How the command line shows things: tables and words for people, one JSON document for programs."""

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from pydantic import BaseModel
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from models.base import Words
from models.enums import Language
from models.errors import PolderError
from rules.calendar import AMSTERDAM, local_date

PAGE = 140
"""The width of what goes to a file or another program."""


@dataclass(frozen=True)
class Column:
    """A heading, and how its cells behave.

    Attributes:
        fold: break long words; else the cell stays on one line.
    """

    words: Words
    right: bool = False
    fold: bool = False
    style: str | None = None


def column(nl: str, en: str, *, right: bool = False, fold: bool = False, style: str | None = None) -> Column:
    """Return a column with its heading in both languages."""
    return Column(Words(nl=nl, en=en), right, fold, style)


@dataclass(frozen=True)
class Screen:
    """Where a command writes, in which language, for whom."""

    language: Language
    as_json: bool = False

    @cached_property
    def console(self) -> Console:
        """The terminal; what is no terminal gets a wide page."""
        return make_console()

    def pick(self, nl: str, en: str) -> str:
        """Return the text in this screen's language."""
        return nl if self.language is Language.NL else en

    def of(self, row: Any, name: str = "title") -> str:  # noqa: ANN401 any row with nl and en columns
        """Return a bilingual column pair of a row (`title_nl`, `title_en`)."""
        return str(getattr(row, f"{name}_{self.language}") or "")

    def say(self, nl: str, en: str, *, style: str | None = None) -> None:
        """Print a sentence; nothing is read as markup."""
        self.line(self.pick(nl, en), style=style)

    def line(self, text: str = "", *, style: str | None = None) -> None:
        """Print one text as it is."""
        self.console.print(text, style=style, markup=False, highlight=False, soft_wrap=not self.console.is_terminal)

    def heading(self, nl: str, en: str) -> None:
        """Print the heading of a part."""
        self.console.print(f"\n[bold]{escape(self.pick(nl, en))}[/bold]", highlight=False)

    def table(self, columns: Sequence[Column], rows: Iterable[Sequence[str]], *, styles: Sequence[str] = ()) -> None:
        """Print a table; `styles` has one for each row."""
        made = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="bold")
        for one in columns:
            made.add_column(
                one.words.pick(self.language),
                justify="right" if one.right else "left",
                overflow="fold",
                no_wrap=not one.fold,
                style=one.style,
            )
        for number, row in enumerate(rows):
            made.add_row(*(escape(cell) for cell in row), style=styles[number] if styles else None)
        self.console.print(made, highlight=False)

    def emit(self, data: object) -> None:
        """Print one JSON document."""
        print(json.dumps(plain(data), ensure_ascii=False, indent=2))  # noqa: T201 the answer of a command


def make_console(*, stderr: bool = False) -> Console:
    """Return a console that does not squeeze what is piped into 80 columns."""
    console = Console(stderr=stderr)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        return Console(stderr=stderr, width=PAGE)
    return console


def plain(value: Any) -> Any:  # noqa: ANN401 whatever is shown
    """Return a value as JSON has it."""
    match value:
        case BaseModel():
            return {name: plain(one) for name, one in value if not isinstance(one, bytes)}
        case dict():
            return {str(key): plain(one) for key, one in value.items()}
        case list() | tuple():
            return [plain(one) for one in value]
        case datetime() | date():
            return value.isoformat().replace("+00:00", "Z")
        case None | bool() | int() | float() | str():
            return value
    return str(value)


def day(at: datetime | date | None) -> str:
    """Write a day as in the table of a plan; a moment as its day in Amsterdam."""
    if at is None:
        return "-"
    return (local_date(at) if isinstance(at, datetime) else at).isoformat()


def moment(at: datetime | None) -> str:
    """Write a moment on the clock of Amsterdam."""
    return "-" if at is None else at.astimezone(AMSTERDAM).strftime("%Y-%m-%d %H:%M")


def show_error(error: PolderError, screen: Screen) -> None:
    """Print what went wrong: words for people to stderr, an object for programs to stdout."""
    if screen.as_json:
        screen.emit(error.details())
        return
    console = make_console(stderr=True)
    name = {
        "refusal": screen.pick("Geweigerd", "Refused"),
        "invalid_file": screen.pick("Ongeldig", "Invalid"),
        "not_found": screen.pick("Niet gevonden", "Not found"),
        "conflict": screen.pick("Conflict", "Conflict"),
        "unavailable": screen.pick("Niet bereikbaar", "Unavailable"),
    }.get(error.kind, screen.pick("Fout", "Error"))
    words = escape(error.words.pick(screen.language))
    gap = "\n" if "\n" in words else " "
    console.print(f"[bold red]{name}:[/bold red]{gap}{words} [dim]({error.code})[/dim]", highlight=False,
                  soft_wrap=not console.is_terminal)  # fmt: skip
