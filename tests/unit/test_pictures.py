"""Where things stand in pictures, and that the drawn markup can be read, heard and stands within the policy."""

from dataclasses import dataclass
from datetime import date, datetime

import pytest
from bs4 import BeautifulSoup

from models.enums import Language, Phase, StepStatus
from rules.calendar import AMSTERDAM
from web import pictures
from web.rendering import ENVIRONMENT
from web.visiting import speaking


@dataclass
class Step:
    phase: Phase
    planned_start: date
    planned_end: date
    status: StepStatus = StepStatus.PLANNED
    actual_start: datetime | None = None
    actual_end: datetime | None = None
    title_nl: str = "Stap <b>"
    title_en: str = "Step <b>"


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=AMSTERDAM)


STEPS = [
    Step(
        Phase.EXPLORATION, date(2027, 1, 4), date(2027, 2, 1), StepStatus.DONE,
        at(date(2027, 1, 4)), at(date(2027, 3, 1)),
    ),
    Step(Phase.DIALOGUE, date(2027, 2, 2), date(2027, 6, 1), StepStatus.ACTIVE, at(date(2027, 3, 2))),
    Step(Phase.DIALOGUE, date(2027, 6, 2), date(2027, 9, 1)),
    Step(Phase.IMPLEMENTATION, date(2027, 9, 2), date(2032, 9, 1), StepStatus.SKIPPED),
]  # fmt: skip
NAMES = {phase: phase.value for phase in Phase}


def test_a_phase_goes_from_its_first_step_to_its_last_and_ends_when_all_did() -> None:
    exploration, dialogue = pictures.phase_spans(STEPS, NAMES)
    assert exploration[1:] == (date(2027, 1, 4), date(2027, 2, 1), date(2027, 1, 4), date(2027, 3, 1), "done")
    assert dialogue[1:] == (date(2027, 2, 2), date(2027, 9, 1), date(2027, 3, 2), None, "active")


def test_bars_lie_in_time_and_what_goes_on_ends_today() -> None:
    drawn = pictures.timeline(pictures.step_spans(STEPS, "en"), date(2027, 7, 1))
    first, second, third = drawn.lines
    assert first.planned.x == pictures.LEFT
    assert first.actual is not None
    assert first.actual.width > first.planned.width
    assert second.actual is not None
    assert drawn.now == pytest.approx(second.actual.x + second.actual.width)
    assert third.actual is None
    assert third.planned.x + third.planned.width == pytest.approx(drawn.width - 20)
    assert all(pictures.LEFT <= tick.at <= drawn.width for tick in drawn.ticks)


@pytest.mark.parametrize("years", [0, 1, 3, 9])
def test_an_axis_has_a_few_marks_however_long_it_is(years: int) -> None:
    span = pictures.Span("x", date(2027, 1, 4), date(2027 + years, 6, 1))
    drawn = pictures.timeline([span], date(2020, 1, 1))
    assert 1 <= len(drawn.ticks) <= 12
    assert drawn.now is None


def test_no_steps_make_an_empty_timeline() -> None:
    assert pictures.timeline([], date(2027, 1, 1)).lines == []


def test_a_matrix_has_a_cell_for_each_position_only() -> None:
    drawn = pictures.matrix([("a", "A"), ("b", "B")], [("w", "1", "Wage"), ("x", "2", "Air")], {("w", "b"): "object"})
    assert [(cell.x, cell.y, cell.stance) for cell in drawn.cells] == [
        (pictures.LEFT + pictures.CELL, drawn.top, "object")
    ]
    assert len(drawn.rows) == len(drawn.columns) == 2


def test_bands_stack_to_the_whole_and_leave_out_what_never_was() -> None:
    drawn = pictures.convergence([("1", {"bracketed": 4, "clean": 1}), ("2", {"clean": 5})])
    assert [band.status for band in drawn.bands] == ["clean", "bracketed"]
    top = [float(point.split(",")[1]) for point in drawn.bands[-1].points.split()[:2]]
    assert top == [20.0, 20.0]
    alone = pictures.convergence([("1", {"clean": 2})])
    assert len(alone.rounds) == 1
    assert pictures.convergence([("1", {})]).bands == []


def test_balance_and_coverage_say_what_is_short() -> None:
    rows = pictures.balance([("many", 4, 2), ("few", 1, 2)]).rows
    assert [row.enough for row in rows] == [True, False]
    assert rows[1].minimum > rows[1].bar.x + rows[1].bar.width
    drawn = pictures.coverage(36, 35, 20, 30)
    assert (drawn.companies.met, drawn.share.met) == (True, False)
    assert drawn.share.bar.width < drawn.share.need - drawn.left
    assert pictures.coverage(0, 0, 0, 0).companies.met


def test_long_names_are_cut_and_percentages_follow_the_language() -> None:
    assert pictures.short("Ministerie van Infrastructuur", 74) == "Minister…".replace("Minister", "Ministeri")
    assert pictures.short("FNV", 74) == "FNV"
    assert (pictures.percent(22.5, "nl"), pictures.percent(22.5, "en")) == ("22,5 %", "22.5%")


CALLS = {
    "timeline": "{{ p.timeline('a', steps, now) }}{{ p.timeline('b', steps, now, by='step') }}",
    "matrix": "{{ p.matrix('a', [('u', 'U<i>')], [('w', '1', 'W<i>')], {('w', 'u'): 'hidden'}) }}",
    "convergence": "{{ p.convergence('a', [('1', {'clean': 1}), ('2', {'blocked': 1})]) }}",
    "balance": "{{ p.balance('a', [('G<i>', 1, 2)]) }}",
    "coverage": "{{ p.coverage('a', 1, 2, 3.5, 4) }}",
}


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("language", list(Language))
def test_each_picture_can_be_heard_and_read_as_a_table_and_has_no_inline_style(name: str, language: Language) -> None:
    speaking.set(language)
    made = ENVIRONMENT.from_string("{% import 'pictures.html.j2' as p %}" + CALLS[name])
    soup = BeautifulSoup(made.render(steps=STEPS, now=date(2027, 7, 1)), "html.parser")
    pictured = soup.select("svg[role=img]")
    assert pictured
    for svg in pictured:
        heard = [soup.find(id=one) for one in str(svg["aria-labelledby"]).split()]
        assert all(one is not None and one.get_text().strip() for one in heard)
        assert svg.find("pattern") is not None
    assert len(soup.select("details table")) == len(pictured)
    assert not soup.select("[style], style, script, b, i")
    sizes = [float(str(one["font-size"])) for one in soup.select("[font-size]")]
    assert min(sizes) >= 12
    ids = [one["id"] for one in soup.select("[id]")]
    assert len(ids) == len(set(ids))


def test_a_threshold_that_nobody_asks_is_not_drawn() -> None:
    speaking.set(Language.EN)
    made = ENVIRONMENT.from_string("{% import 'pictures.html.j2' as p %}{{ p.coverage('a', 2, 0, 3.5, need) }}")
    free, half = (BeautifulSoup(made.render(need=need), "html.parser") for need in (0, 30))
    assert "companies: 2; 3.5% of the market." in free.get_text()
    cells = [[one.get_text() for one in row.select("td")] for row in free.select("tbody tr")]
    assert [(now, threshold) for now, _, threshold in cells] == [("2", "none"), ("3.5%", "none")]
    assert "/ 0" not in free.get_text()
    assert not free.select('path[stroke-width="3"]')
    assert len(half.select('path[stroke-width="3"]')) == 1
    assert "3.5% / 30%" in half.get_text()


def test_no_rounds_are_said_in_words() -> None:
    speaking.set(Language.EN)
    assert (
        "No round"
        in ENVIRONMENT.from_string("{% import 'pictures.html.j2' as p %}{{ p.convergence('a', []) }}").render()
    )
