"""What every page of the wizard needs: its place, what is wrong on it, the choices its fields offer."""

from collections.abc import Iterable, Mapping

from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.status import HTTP_303_SEE_OTHER

from models.base import Words
from models.playbook import Playbook
from store import accounts
from web.forms import Filled
from web.launching.naming import label
from web.launching.state import SHELVES, Look, here, unreachable
from web.rendering import page, words
from web.visiting import Visit

PAGES: dict[str, Words] = {
    "playbook": Words(nl="Draaiboek", en="Playbook"),
    "covenant": Words(nl="Naam, begin en feiten", en="Name, start and facts"),
    **{name: SHELVES[name].many for name in ("constituencies", "steps", "parties", "people", "participants")},
    "rules": Words(nl="Spelregels", en="Ground rules"),
    "clauses": Words(nl="Artikelen van het eerste concept", en="Clauses of the first draft"),
    "preview": Words(nl="Nakijken en starten", en="Check and start"),
}
"""The pages, in the order they are gone through."""


def after(name: str) -> str:
    """Return the page that follows."""
    names = list(PAGES)
    return names[min(names.index(name) + 1, len(names) - 1)]


def go(launch: str, *parts: str, query: str = "") -> RedirectResponse:
    """Go to a page of the wizard."""
    return RedirectResponse(here(launch, *parts) + query, HTTP_303_SEE_OTHER)


async def typed_before(visit: Visit, path: str, values: Mapping[str, list[str]]) -> Filled:
    """Return a form as its own draft left it when it was not sent, else as it was saved."""
    kept = await accounts.draft(visit.site.db, visit.me, path)
    if kept is None:
        return Filled(dict(values))
    return Filled({name: list(many) for name, many in kept.content.items()}, kept_at=kept.at)


def shown(
    visit: Visit, template: str, launch: str, look: Look, f: Filled, *, status: int = 200, **values: object
) -> HTMLResponse:
    """Return a page of the wizard; its templates ask for the label of a field by `q(path)`."""
    name = template.removeprefix("item_")
    return page(
        visit, f"launch/{template}.html.j2", status=status, launch=launch, look=look, state=look.state, f=f,
        home=here(launch), PAGES=PAGES, SHELVES=SHELVES, book=look.examined.playbook, file=look.examined.covenant,
        named=named, q=lambda path: words(label(name, path)), unreachable=unreachable(look.state), **values,
    )  # fmt: skip


def named(raw: Mapping[str, object], language: str) -> str:
    """Return how an item is called, as far as it has a name."""
    for name in ("title", "name"):
        found = raw.get(name)
        if isinstance(found, Mapping):
            found = found.get(language) or found.get("nl") or found.get("en")
        if found:
            return str(found)
    return str(raw.get("id") or "–")  # noqa: RUF001 the dash people expect


def themes(book: Playbook) -> list[tuple[str, Words]]:
    """Return the themes and sub-themes one can choose."""
    found: list[tuple[str, Words]] = []
    for theme in book.themes:
        found.append((theme.id, theme.title))
        found += [(sub.id, Words.model_construct(nl=f"— {sub.title.nl}", en=f"— {sub.title.en}")) for sub in theme.sub]
    return found


def with_chosen(options: Iterable[tuple[str, str]], chosen: Iterable[str], gone: str) -> list[tuple[str, str]]:
    """Return the options, with what was chosen and is no longer there, so that it is seen and can be changed."""
    found = list(options)
    names = {name for name, _ in found}
    return found + [(name, f"{name} ({gone})") for name in dict.fromkeys(chosen) if name and name not in names]
