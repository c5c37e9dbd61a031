"""Categories of companies: which there are, what each is asked when, counted from its own first year."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from table import STEPS, both, package

from models.errors import Refusal
from models.playbook import YearlyDuty
from rules import categories
from rules.calendar import add_months
from rules.playbooks import check_covenant, check_playbook

DUTY = YearlyDuty.model_validate(
    {
        "plan_after_months": 3,
        "report_after_months": 11,
        "by_category": {"C": {"from_year": 2, "report_after_months": 12}},
    }
)  # fmt: skip
KNOWN = [{"id": name, "title": both(name), "obligations": both(f"what {name} does")} for name in ("A", "C")]
ENTRY = date(2027, 3, 2)


def test_a_category_has_its_own_terms() -> None:
    assert categories.duty_of(DUTY, "C") == YearlyDuty(plan_after_months=3, report_after_months=12)
    assert categories.duty_of(DUTY, None) == YearlyDuty(plan_after_months=3, report_after_months=11)
    assert [categories.first_year(DUTY, one) for one in ("A", "C", None)] == [1, 2, 1]
    assert "by 12 months; for the first time in your year 2" in categories.in_words(DUTY, "C").en


@given(year=st.integers(1, 5), joined=st.integers(0, 1900))
def test_the_year_in_which_a_company_joins_is_its_first(year: int, joined: int) -> None:
    since = date.fromordinal(ENTRY.toordinal() + joined)
    own = categories.own_year(year, ENTRY, since)
    begins = add_months(ENTRY, 12 * (year - 1))
    ends = add_months(ENTRY, 12 * year)
    assert categories.own_year(year, ENTRY, None) == year
    assert (own == 1) == (begins <= since < ends) or since >= ends or year == 1
    assert own == categories.own_year(year + 1, ENTRY, since) - 1 or since >= ends


def test_what_is_wrong_with_categories_is_named() -> None:
    cycle = {**STEPS[5], "yearly": {"by_category": {"B": {}, "C": {"report_after_months": 2}}}}
    made = package("x", [*STEPS[:5], cycle], categories=[*KNOWN, KNOWN[0]])
    found = {one.path: one.words.en for one in check_playbook(made.playbook)}
    assert "unknown category 'B'" in found["steps.5.yearly.by_category.B"]
    assert "the report is not later than the plan" in found["steps.5.yearly.by_category.C"]
    assert any(path.startswith("categories.") for path in found)
    made = package("x", categories=KNOWN)
    found = {one.path: one.words.en for one in check_covenant(made.covenant, made.playbook, date(2026, 1, 1))}
    assert "one of: A, C" in found["participants.0.category"]
    with pytest.raises(Refusal) as refused:
        categories.check_category(made.playbook, "B")
    assert refused.value.words.en == "A company is of a category. Expected: A, C."
    categories.check_category(package("x").playbook, None)
