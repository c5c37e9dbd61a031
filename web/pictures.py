"""Where everything stands in a picture: pure functions from what is shown to places on the sheet, in pixels.

The templates (`pictures.html.j2`) only draw. Pictures are never scaled down, because their words must stay readable:
on a narrow screen they scroll.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from models.enums import ClauseStatus, Phase, StepStatus
from rules.calendar import local_date

LETTER = 7.4
"""How wide a letter of 14 pixels is, about; generous, so that words do not run into each other."""

WIDTH = 760
LEFT = 230
"""The column of names."""
ROW = 34
TOP = 34
YEARS_FROM = 550
"""Days from which the axis counts in years instead of months."""

ORDER = (
    ClauseStatus.CLEAN,
    ClauseStatus.AGREED,
    ClauseStatus.BRACKETED,
    ClauseStatus.BLOCKED,
    ClauseStatus.PARKED,
)
"""Clause statuses from the floor of the convergence picture up."""


def short(text: str, width: float) -> str:
    """Cut a text to a width, with an ellipsis; the table beneath has it whole."""
    most = max(1, int(width / LETTER))
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def percent(share: float, language: str) -> str:
    """Write a percentage as in the language."""
    return f"{share:g} %".replace(".", ",") if language == "nl" else f"{share:g}%"


# --- timeline ---------------------------------------------------------------------------------------------------------


class Span(NamedTuple):
    """A stretch of time: planned, and as it went."""

    name: str
    start: date
    end: date
    began: date | None = None
    ended: date | None = None
    status: str = StepStatus.PLANNED


class Bar(NamedTuple):
    """A bar from x on, so wide."""

    x: float
    width: float


class Line(NamedTuple):
    """A row of the timeline."""

    span: Span
    name: str
    y: float
    planned: Bar
    actual: Bar | None


class Tick(NamedTuple):
    """A mark on an axis."""

    at: float
    text: str


class Timeline(NamedTuple):
    """A timeline ready to draw; `now` is none when today lies outside it."""

    width: int
    height: int
    lines: list[Line]
    ticks: list[Tick]
    now: float | None
    foot: float


def _day(value: date | datetime | None) -> date | None:
    return local_date(value) if isinstance(value, datetime) else value


def _name(row: Any, language: str) -> str:  # noqa: ANN401 a row of the plan, or of the record
    planned = getattr(row, "step", None)
    return str(planned.title.pick(language) if planned is not None else getattr(row, f"title_{language}"))


def _phase(row: Any) -> Phase:  # noqa: ANN401 idem
    planned = getattr(row, "step", None)
    return Phase(planned.phase if planned is not None else row.phase)


def step_spans(steps: Sequence[Any], language: str) -> list[Span]:
    """Return each step that is not skipped as a span: rows of the record, or planned steps before launch."""
    return [
        Span(
            _name(row, language), row.planned_start, row.planned_end, _day(row.actual_start), _day(row.actual_end),
            row.status,
        )
        for row in steps
        if row.status != StepStatus.SKIPPED
    ]  # fmt: skip


def phase_spans(steps: Sequence[Any], names: Mapping[Phase, str]) -> list[Span]:
    """Return the phases as spans: from the first of their steps to the last; over when every step is."""
    found = []
    for phase, name in names.items():
        rows = [row for row in steps if _phase(row) is phase and row.status != StepStatus.SKIPPED]
        if not rows:
            continue
        begun = [day for row in rows if (day := _day(row.actual_start)) is not None]
        ended = [_day(row.actual_end) for row in rows]
        over = all(ended)
        found.append(
            Span(
                name,
                min(row.planned_start for row in rows),
                max(row.planned_end for row in rows),
                min(begun, default=None),
                max(day for day in ended if day) if over else None,
                StepStatus.DONE if over else StepStatus.ACTIVE if begun else StepStatus.PLANNED,
            )
        )
    return found


def timeline(spans: Sequence[Span], now: date | datetime) -> Timeline:
    """Lay spans out in time: for each a planned bar, and beneath it what happened, up to today if it goes on."""
    today = _day(now) or now
    days = [day for span in spans for day in (span.start, span.end, span.began, span.ended) if day is not None]
    if not days:
        return Timeline(WIDTH, TOP, [], [], None, TOP)
    first, last = min(days), max(days)
    if any(span.began and not span.ended for span in spans):
        last = max(last, today)
    scale = (WIDTH - LEFT - 20) / max((last - first).days, 1)

    def x(day: date) -> float:
        return round(LEFT + (day - first).days * scale, 1)

    def bar(start: date, end: date) -> Bar:
        return Bar(x(start), max(3.0, round(x(max(start, end)) - x(start), 1)))

    lines = [
        Line(
            span, short(span.name, LEFT - 10), TOP + number * ROW, bar(span.start, span.end),
            bar(span.began, span.ended or today) if span.began else None,
        )
        for number, span in enumerate(spans)
    ]  # fmt: skip
    foot = TOP + len(spans) * ROW
    shown = first <= today <= last
    return Timeline(WIDTH, foot + 26, lines, _ticks(first, last, x), x(today) if shown else None, foot)


def _ticks(first: date, last: date, x: Any) -> list[Tick]:  # noqa: ANN401 a function of this module
    """Mark the beginnings of years, or of every few months when it is not long."""
    span = (last - first).days
    if span > YEARS_FROM:
        every = max(1, span // 365 // 8)
        return [Tick(x(date(y, 1, 1)), str(y)) for y in range(first.year + 1, last.year + 1) if y % every == 0]
    every = 1 if span < YEARS_FROM / 3 else 3
    months = [divmod(number, 12) for number in range(first.year * 12 + first.month, last.year * 12 + last.month)]
    return [Tick(x(date(y, m + 1, 1)), f"{m + 1:02}-{y}") for y, m in months if m % every == 0]


# --- positions matrix -------------------------------------------------------------------------------------------------

CELL, HIGH = 44, 32


class Cell(NamedTuple):
    """One position: whose, where, and what."""

    x: float
    y: float
    stance: str


class Matrix(NamedTuple):
    """A matrix ready to draw: heads of columns and rows as marks, and the cells that hold a position."""

    width: int
    height: int
    top: float
    columns: list[Tick]
    rows: list[Tick]
    cells: list[Cell]


def matrix(
    parties: Sequence[tuple[str, str]], clauses: Sequence[tuple[str, str, str]],
    stances: Mapping[tuple[str, str], str],
) -> Matrix:  # fmt: skip
    """Lay positions out: a row for each clause, a column for each party; see the macro for the arguments."""
    names = [short(name, 150) for _, name in parties]
    top = 24 + round(max((len(name) for name in names), default=0) * LETTER * 0.78)
    lean = round(max((len(name) for name in names), default=0) * LETTER * 0.66)
    return Matrix(
        width=LEFT + CELL * len(parties) + lean,
        height=top + HIGH * len(clauses) + 8,
        top=top,
        columns=[Tick(LEFT + CELL * n + CELL / 2, name) for n, name in enumerate(names)],
        rows=[
            Tick(top + HIGH * n, short(f"{number}. {title}", LEFT - 12)) for n, (_, number, title) in enumerate(clauses)
        ],
        cells=[
            Cell(LEFT + CELL * across, top + HIGH * down, stances[clause[0], party[0]])
            for down, clause in enumerate(clauses)
            for across, party in enumerate(parties)
            if stances.get((clause[0], party[0]))
        ],
    )


# --- convergence ------------------------------------------------------------------------------------------------------


class Band(NamedTuple):
    """The area of one status, as the points of a polygon."""

    status: str
    points: str


class Convergence(NamedTuple):
    """A convergence picture ready to draw: bands from the floor up, marks of rounds (x) and of clauses (y)."""

    width: int
    height: int
    left: float
    right: float
    floor: float
    bands: list[Band]
    rounds: list[Tick]
    scale: list[Tick]


def convergence(rounds: Sequence[tuple[str, Mapping[str, int]]]) -> Convergence:
    """Stack how many clauses had which status after each round; one round alone is drawn as a band of its own."""
    left, right, ceiling, floor = 48.0, 560.0, 20.0, 240.0
    drawn = [rounds[0], rounds[0]] if len(rounds) == 1 else list(rounds)
    most = max((sum(counts.values()) for _, counts in drawn), default=0) or 1
    step = (right - left) / max(len(drawn) - 1, 1)
    unit = (floor - ceiling) / most
    below = [0] * len(drawn)
    bands = []
    for status in ORDER:
        above = [base + counts.get(status, 0) for base, (_, counts) in zip(below, drawn, strict=True)]
        if above != below:
            over = [f"{left + n * step:.1f},{floor - height * unit:.1f}" for n, height in enumerate(above)]
            under = [f"{left + n * step:.1f},{floor - height * unit:.1f}" for n, height in enumerate(below)]
            bands.append(Band(status.value, " ".join([*over, *reversed(under)])))
        below = above
    every = max(1, most // 5)
    middle = (left + right) / 2
    return Convergence(
        width=600, height=280, left=left, right=right, floor=floor, bands=bands,
        rounds=[
            Tick(middle if len(rounds) == 1 else round(left + n * step, 1), short(name, max(step, 60)))
            for n, (name, _) in enumerate(rounds)
        ],
        scale=[Tick(round(floor - count * unit, 1), str(count)) for count in range(0, most + 1, every)],
    )  # fmt: skip


# --- what is left -----------------------------------------------------------------------------------------------------


class Left(NamedTuple):
    """A line picture ready to draw: for each line its points, marks of moments (x) and of numbers (y)."""

    width: int
    height: int
    left: float
    right: float
    floor: float
    lines: list[list[tuple[float, float]]]
    moments: list[Tick]
    scale: list[Tick]


def left(moments: Sequence[tuple[str, Sequence[int]]]) -> Left:
    """Draw how much was left at each moment: a line for each kind."""
    start, end, ceiling, floor = 48.0, 560.0, 20.0, 180.0
    most = max((max(counts, default=0) for _, counts in moments), default=0) or 1
    step = (end - start) / max(len(moments) - 1, 1)
    unit = (floor - ceiling) / most
    kinds = len(moments[0][1]) if moments else 0
    every = max(1, -(-most // 5))
    return Left(
        600, 216, start, end, floor,
        [
            [
                (round(start + n * step, 1), round(floor - counts[kind] * unit, 1))
                for n, (_, counts) in enumerate(moments)
            ]
            for kind in range(kinds)
        ],
        [Tick(round(start + n * step, 1), short(name, max(step, 60))) for n, (name, _) in enumerate(moments)],
        [Tick(round(floor - count * unit, 1), str(count)) for count in range(0, most + 1, every)],
    )  # fmt: skip


# --- balance and coverage ---------------------------------------------------------------------------------------------


class Weight(NamedTuple):
    """A row of the balance: how long its bar is, and where its minimum stands."""

    name: str
    y: float
    bar: Bar
    minimum: float
    number: int
    enough: bool


class Balance(NamedTuple):
    """A balance ready to draw."""

    width: int
    height: int
    left: float
    rows: list[Weight]


def balance(constituencies: Sequence[tuple[str, int, int]]) -> Balance:
    """Draw how many parties each constituency has, against its minimum."""
    right = WIDTH - 60
    most = max((max(count, minimum) for _, count, minimum in constituencies), default=0) or 1
    unit = (right - LEFT) / most
    return Balance(
        WIDTH,
        16 + ROW * len(constituencies),
        LEFT,
        [
            Weight(
                short(name, LEFT - 10), 8 + ROW * n, Bar(LEFT, round(count * unit, 1)),
                round(LEFT + minimum * unit, 1), count, count >= minimum,
            )
            for n, (name, count, minimum) in enumerate(constituencies)
        ],
    )  # fmt: skip


class Meter(NamedTuple):
    """One meter: how much there is, and where enough begins."""

    y: float
    bar: Bar
    need: float
    met: bool


class Coverage(NamedTuple):
    """Two meters ready to draw: companies, and their share of the market."""

    width: int
    height: int
    left: float
    right: float
    companies: Meter
    share: Meter


def coverage(have: int, need: int, share_have: float, share_need: float) -> Coverage:
    """Draw how many companies declared and what share they sell, against what is needed."""
    right = WIDTH - 130

    def meter(y: float, amount: float, wanted: float, full: float) -> Meter:
        unit = (right - LEFT) / (full or 1)
        return Meter(y, Bar(LEFT, round(min(amount, full) * unit, 1)), round(LEFT + wanted * unit, 1), amount >= wanted)

    return Coverage(
        WIDTH, 96, LEFT, right, meter(8, have, need, max(have, need)), meter(52, share_have, share_need, 100)
    )
