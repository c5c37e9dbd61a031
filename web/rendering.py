"""Pages: one Jinja environment over our templates and GOV.UK Frontend's macros; every text in two languages in place.

`t("Nederlands", "English")` stands in the templates where the words are shown (ADR 0008), so no page can miss one.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from fastapi.responses import HTMLResponse
from jinja2 import ChainableUndefined, ChoiceLoader, Environment, FileSystemLoader, PackageLoader, PrefixLoader
from jinja2 import UndefinedError as Missing
from markupsafe import Markup

from models.articles import Address
from models.base import Words
from models.enums import Language
from models.tables import ClauseVersion
from rules import labels, norms
from rules.access import Deed, Page, Relation, does, sees
from rules.articles import Part, addressed, citation, fragment
from rules.calendar import clock, in_words, local_date, working_days_between
from rules.commitments import term as term_of
from rules.commitments import who as who_of
from rules.movement import left_words
from rules.redline import ops, to_html
from store import commitments
from web import pictures
from web.sectors import sector_title
from web.visiting import Visit, speaking

TEMPLATES = Path(__file__).parents[1] / "templates" / "web"


class Hole(ChainableUndefined):
    """A value that is missing may be asked for (GOV.UK's macros do), never shown."""

    def __str__(self) -> str:
        msg = f"a page shows '{self._undefined_name}', which nothing gave it"
        raise Missing(msg)

    __html__ = __str__


def t(nl: str, en: str, **named: object) -> str:
    """Pick a text in the visitor's language and fill in its {names}."""
    text = nl if speaking.get() is Language.NL else en
    return text.format(**named) if named else text


def words(of: Words | Mapping[str, str]) -> str:
    """Pick a bilingual text in the visitor's language."""
    return of.pick(speaking.get()) if isinstance(of, Words) else of[speaking.get().value]


def title(row: object, stem: str = "title") -> str:
    """Return `row.title_nl` or `row.title_en`; of another stem if asked."""
    return str(getattr(row, f"{stem}_{speaking.get().value}") or "")


def day(value: date | datetime | None) -> str:
    """Write a date in words; '-' for none."""
    if value is None:
        return "–"  # noqa: RUF001 the dash people expect in a table
    return in_words(local_date(value) if isinstance(value, datetime) else value, speaking.get())


def short_day(value: date | datetime | None) -> str:
    """Write a date in words without the day of the week, for tables."""
    return day(value) if value is None else day(value).partition(" ")[2]


def moment(value: datetime | None) -> str:
    """Write a date and time, Amsterdam time."""
    if value is None:
        return day(None)
    return f"{day(value)}, {clock(value)}"


def clock_tag(value: date | datetime | None, *, short: bool = False) -> Markup:
    """Write a `time` element."""
    if value is None:
        return Markup("–")  # noqa: RUF001 idem
    text = short_day(value) if short else day(value)
    return Markup('<time datetime="{}">{}</time>').format(value.isoformat(), text)


def term(due: datetime, now: datetime) -> str:
    """Say how long there is left, or how late it is, in working days."""
    days = working_days_between(local_date(due), local_date(now))
    if due < now:
        return t("vandaag te laat", "late today") if days <= 0 else _days(days, "te laat", "late")
    return t("vandaag", "today") if days >= 0 else _days(-days, "te gaan", "to go")


def _days(days: int, nl: str, en: str) -> str:
    if days == 1:
        return t(f"1 werkdag {nl}", f"1 working day {en}")
    return t(f"{days} werkdagen {nl}", f"{days} working days {en}")


def label(table: Mapping[Any, Words], key: object) -> str:
    """Return the word for what an enum says; the key itself when there is none."""
    found = table.get(key)
    return words(found) if found is not None else str(key)


def redline(old: str, new: str) -> Markup:
    """Write what changed as `ins` and `del` that can be heard."""
    html = to_html(ops(old, new), speaking.get())
    return Markup(html.replace('class="vh"', 'class="govuk-visually-hidden"'))  # noqa: S704 to_html escapes the text


def sector(slug: str) -> str:
    """Return how a sector is called, in the visitor's language."""
    return words(sector_title(slug))


def lines(text: str) -> Markup:
    """Write a text with its line ends."""
    return Markup("<br>").join(text.splitlines())


def articled(clause: str, number: str, text: str) -> Markup:
    """Write the text of a clause with each of its parts at an address of its own, and its citation as the link to it.

    Args:
        clause: the id of the clause.
        number: of the clause.
        text: in the visitor's language.
    """
    return Markup("").join(_part(clause, address, part) for address, part in addressed(number, text).items())


PART = Markup('<div class="part part--{}" id="{}">{}{}</div>')
CITE = Markup(
    ' <a class="cite no-print" href="#{}"><span aria-hidden="true">#</span><span class="cite__words">{}</span></a>'
)


def _part(clause: str, address: Address, part: Part) -> Markup:
    name, said = fragment(clause, address), (part.mark + part.text).strip("\n")
    link = CITE.format(name, words(citation(address))) if said.strip() else ""
    return PART.format(part.level.value, name, lines(said), link)


def whole_text(version: ClauseVersion, names: Mapping[str, Words]) -> str:
    """Return the text of a version with its commitments beneath it, to be compared."""
    return words(commitments.whole(version, names))


def task_url(task_id: str) -> str:
    """Return the address of a task's page."""
    return f"/tasks/{quote(task_id)}"


def with_query(query: Mapping[str, str], **changes: object) -> str:
    """Return a query string with some values changed; None leaves one out."""
    merged = {**query, **changes}
    return "?" + urlencode({name: str(value) for name, value in merged.items() if value not in (None, "")})


def anchor(text: str) -> str:
    """Make an id that HTML takes of any text."""
    return re.sub(r"[^A-Za-z0-9_-]", "-", text)


BROWSERS = {"Edg": "Edge", "OPR": "Opera", "Firefox": "Firefox", "FxiOS": "Firefox", "Chrome": "Chrome",
            "CriOS": "Chrome", "Safari": "Safari"}  # fmt: skip
DEVICES = {"iPhone": "iPhone", "iPad": "iPad", "Android": "Android", "Windows": "Windows", "Macintosh": "Mac",
           "Linux": "Linux"}  # fmt: skip


def device(agent: str | None) -> str:
    """Return what a browser calls itself, as its owner would: `Firefox, Android`."""
    found = [next((name for mark, name in names.items() if mark in (agent or "")), "") for names in (BROWSERS, DEVICES)]
    return ", ".join(filter(None, found)) or (agent or "?")[:60]


def _environment() -> Environment:
    environment = Environment(
        loader=ChoiceLoader(
            [
                FileSystemLoader(TEMPLATES),
                PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")}),
            ]
        ),
        autoescape=True,
        undefined=Hole,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals |= {
        "t": t, "words": words, "title": title, "day": day, "short_day": short_day, "moment": moment,
        "clock_tag": clock_tag, "term": term, "label": label, "labels": labels, "redline": redline, "lines": lines,
        "sector": sector, "articled": articled, "norm_page": norms.page, "left_words": left_words,
        "committed": commitments.of, "whole_text": whole_text, "commitment_term": term_of,
        "commitment_who": who_of,
        "device": device, "task_url": task_url, "pictures": pictures, "with_query": with_query, "anchor": anchor,
        "Page": Page, "Deed": Deed, "Relation": Relation, "sees": sees, "does": does, "Language": Language,
    }  # fmt: skip
    environment.filters["party_name"] = lambda party: title(party, "name")
    environment.filters["sentence"] = lambda text: text[:1].upper() + text[1:]  # a name keeps its own capitals
    return environment


ENVIRONMENT = _environment()


def markup(visit: Visit, template: str, **values: object) -> str:
    """Render a template for a visitor."""
    speaking.set(visit.language)
    return ENVIRONMENT.get_template(template).render(visit=visit, language=visit.language.value, **values)


def page(visit: Visit, template: str, *, status: int = 200, **values: object) -> HTMLResponse:
    """Return a page for a visitor. `done`, an act that was just recorded, comes from the address.

    A form that comes back with what is wrong may be kept by the browser: else its back button shows an error of its
    own, and what was typed is gone.
    """
    refused = visit.request.method == "POST"
    headers = {"cache-control": "private, no-cache"} if refused else None
    text = markup(visit, template, **values)
    return HTMLResponse(_named(text) if refused else text, status_code=status, headers=headers)


_BARE = re.compile(r'(<a href="#([A-Za-z0-9_-]+)">)\s*(?=(?:Verwacht|Expected): )')
"""A line of the summary on top that says what was expected, and not where."""


def _named(text: str) -> str:
    """Begin each such line with the label of its field: on top nobody sees which field it is about."""

    def name(found: re.Match[str]) -> str:
        label = re.search(rf'<label[^>]* for="{found[2]}">(.*?)</label>', text, re.DOTALL)
        words_of = " ".join(re.sub(r"<[^>]+>", " ", label[1]).split()) if label else ""
        return f"{found[1]}{words_of}{':' if words_of[-1:].isalnum() else ''} " if words_of else found[0]

    return _BARE.sub(name, text)
