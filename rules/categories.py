"""Categories of companies: which there are, and what each is asked when. Pure."""

from collections.abc import Iterator
from datetime import date

from models.base import Words
from models.covenant import CovenantFile
from models.errors import Refusal
from models.playbook import CategoryDuty, Playbook, YearlyDuty
from rules.calendar import add_months
from rules.problems import Problem, doubles, problem, unknown


def check_category(book: Playbook, category: str | None) -> None:
    """Refuse a company of no category, or of one that the playbook does not have (`unknown_category`)."""
    known = [one.id for one in book.categories]
    if known and category not in known:
        raise Refusal(
            "unknown_category",
            f"Een bedrijf hoort bij een categorie. Verwacht: {', '.join(known)}.",
            f"A company is of a category. Expected: {', '.join(known)}.",
            {"category": category or ""},
        )


def duty_of(duty: YearlyDuty, category: str | None) -> YearlyDuty:
    """Return when the plan and report of a company are due."""
    own = duty.by_category.get(category or "", CategoryDuty())
    return YearlyDuty(
        plan_after_months=own.plan_after_months or duty.plan_after_months,
        report_after_months=own.report_after_months or duty.report_after_months,
    )


def first_year(duty: YearlyDuty, category: str | None) -> int:
    """Return the first year of its participation in which a company is asked anything."""
    return duty.by_category.get(category or "", CategoryDuty()).from_year


def own_year(year: int, entry: date, since: date | None) -> int:
    """Return which year of a company's participation a year of the term is; the year in which it joins is its first.

    Args:
        year: of the term.
        entry: the day of entry into force, on which year 1 began.
        since: the day a company joined; none when it declared at the signing.
    """
    before = 0 if since is None else sum(add_months(entry, 12 * n) <= since for n in range(1, year))
    return year - before


def in_words(duty: YearlyDuty, category: str | None) -> Words:
    """Say what a company delivers each year, and when."""
    when, year = duty_of(duty, category), first_year(duty, category)
    nl = f"Elk jaar een plan van aanpak, uiterlijk {when.plan_after_months} maanden na het begin van het jaar"
    nl += f", en een rapportage, uiterlijk na {when.report_after_months} maanden"
    en = f"Each year an action plan, by {when.plan_after_months} months after the year begins"
    en += f", and a report, by {when.report_after_months} months"
    if year > 1:
        nl, en = f"{nl}; voor het eerst in uw jaar {year}", f"{en}; for the first time in your year {year}"
    return Words(
        nl=f"{nl}. De jaren tellen vanaf de inwerkingtreding; wie later toetreedt begint met het jaar waarin dat is.",
        en=f"{en}. Years are counted from the entry into force; who joins later begins with the year in which it does.",
    )


def check_book(book: Playbook) -> list[Problem]:
    """Find what is wrong with the categories of a playbook and what is asked of each."""
    known = [one.id for one in book.categories]
    found = doubles((f"categories.{i}.id", name) for i, name in enumerate(known))
    for i, step in enumerate(book.steps):
        for name in step.yearly.by_category if step.yearly else ():
            at = f"steps.{i}.yearly.by_category.{name}"
            if name not in known:
                found.append(unknown(at, "categorie", "category", name, known))
            when = duty_of(step.yearly or YearlyDuty(), name)
            if when.plan_after_months >= when.report_after_months:
                found.append(not_later(at))
    return found


def not_later(path: str) -> Problem:
    """Say that a report is due no later than the plan it is about."""
    return problem(
        path, "het verslag is niet later dan het plan", "the report is not later than the plan",
        "plan_after_months kleiner dan report_after_months", "plan_after_months below report_after_months",
    )  # fmt: skip


def check_companies(covenant: CovenantFile, book: Playbook) -> Iterator[Problem]:
    """Find companies of no category, or of one that the playbook does not have."""
    known = [one.id for one in book.categories]
    for i, company in enumerate(covenant.participants):
        if known and company.category is None:
            yield problem(
                f"participants.{i}.category", "de categorie ontbreekt", "the category is missing",
                f"een van: {', '.join(known)}", f"one of: {', '.join(known)}",
            )  # fmt: skip
        elif known and company.category not in known:
            yield unknown(f"participants.{i}.category", "categorie", "category", company.category, known)
