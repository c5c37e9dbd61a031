"""Spreadsheets for a launch: a template, what was pasted or uploaded row by row, and the yes that imports it."""

import asyncio
from datetime import date

from fastapi import APIRouter
from fastapi.responses import Response
from starlette.status import HTTP_422_UNPROCESSABLE_CONTENT

from models.errors import NotFound, Refusal
from rules.access import Deed, Page
from rules.calendar import local_date
from runtime.sheets import read_pasted, read_sheet
from web.forms import Filled, keep, sent, typed, upload
from web.launching import state as states
from web.launching.sheets import COLUMNS, checked, named, template_csv
from web.launching.showing import go, shown, typed_before
from web.launching.state import SHELVES, LaunchState, Sheet, here, look
from web.visiting import V, Visit, page_number

router = APIRouter(include_in_schema=False)

SIZE = 50
MOST_KEPT = 20_000
"""Characters of pasted rows that stand in the page again."""


def _sheet(shelf: str) -> None:
    if shelf not in COLUMNS:
        raise NotFound("page_not_found", "Deze pagina bestaat niet.", "There is no such page.")


@router.get("/launch/templates/{shelf}.csv")
async def template(visit: V, shelf: str) -> Response:
    """Download an empty sheet."""
    await visit.need(Page.LAUNCH)
    _sheet(shelf)
    return Response(
        template_csv(shelf), media_type="text/csv; charset=utf-8",
        headers={"content-disposition": f'attachment; filename="polder-{shelf}.csv"'},
    )  # fmt: skip


@router.get("/launch/{launch}/import/{shelf}")
async def sheet(visit: V, launch: str, shelf: str) -> Response:
    """Ask for rows, or show the rows that wait for a yes."""
    await visit.need(Page.LAUNCH)
    _sheet(shelf)
    state = await states.load(visit, launch)
    f = await typed_before(visit, here(launch, "import", shelf), {"how": ["add"]})
    return await _shown(visit, launch, shelf, state, f)


async def _shown(visit: Visit, launch: str, shelf: str, state: LaunchState, f: Filled, status: int = 200) -> Response:
    waiting = state.sheets.get(shelf)
    rows = await asyncio.to_thread(checked, state, shelf, waiting, local_date(visit.now)) if waiting else []
    rows.sort(key=lambda row: (not row.wrong, row.number))
    bad = sum(bool(row.wrong) for row in rows)
    number = page_number(visit)
    return shown(
        visit, "import", launch, await look(visit, launch, state), f, status=status, shelf=SHELVES[shelf],
        columns=COLUMNS[shelf], waiting=waiting, rows=rows[(number - 1) * SIZE : number * SIZE], number=number,
        more=len(rows) > number * SIZE, good=len(rows) - bad, bad=bad,
    )  # fmt: skip


@router.post("/launch/{launch}/import/{shelf}")
async def read_rows(visit: V, launch: str, shelf: str) -> Response:
    """Take rows to look at, import those that are right, or forget them."""
    await visit.need_deed(Deed.LAUNCH)
    _sheet(shelf)
    state = await states.load(visit, launch)
    f = await typed(visit.request)
    today = local_date(visit.now)
    if f.get("do") == "import":
        await states.change(visit, launch, lambda now: _import(now, shelf, today))
        await sent(visit, here(launch, "import", shelf))
        return go(launch, shelf)
    if f.get("do") == "forget":
        await states.change(visit, launch, lambda now: _forget(now, shelf))
        await sent(visit, here(launch, "import", shelf))
        return go(launch, "import", shelf)
    try:
        file = await upload(f, "file")
        if file is None and not f.get("pasted").strip():
            f.wrong("pasted", "Plak rijen, of kies een bestand.", "Paste rows, or choose a file.")
            return await _shown(visit, launch, shelf, state, f, HTTP_422_UNPROCESSABLE_CONTENT)
        rows = await asyncio.to_thread(read_sheet, file[0]) if file else read_pasted(f.get("pasted"))
        found = Sheet(rows=named(shelf, rows), replace=f.get("how") == "replace")
    except Refusal as error:
        at = "file" if f.files.get("file") else "pasted"
        f.refuse(error, dict.fromkeys(("bad_file", "bad_sheet", "bad_columns", "no_rows"), at))
        return await _shown(visit, launch, shelf, state, f, HTTP_422_UNPROCESSABLE_CONTENT)
    await states.change(visit, launch, lambda now: now.sheets.update({shelf: found}))
    if len(f.get("pasted")) <= MOST_KEPT:  # until the rows are taken: who pasted has no file to mend
        await keep(visit, here(launch, "import", shelf), f)
    else:
        await sent(visit, here(launch, "import", shelf))
    return go(launch, "import", shelf)


def _forget(state: LaunchState, shelf: str) -> None:
    state.sheets.pop(shelf, None)


def _import(state: LaunchState, shelf: str, today: date) -> None:
    waiting = state.sheets.pop(shelf, None)
    if waiting is None:
        return
    rows = checked(state, shelf, waiting, today)
    items = state.shelf(shelf)
    if waiting.replace:
        state.dropped[shelf] = [{**one, "place": i} for i, one in enumerate(items)]
        items.clear()
    items.extend(row.item for row in rows if not row.wrong)
    state.saw(shelf)
