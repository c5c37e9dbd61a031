"""What a company is asked in a year depends on its category, and on the year in which it joined."""

import uuid

import pytest
from lives import agreed
from table import STEPS, Table, both

from models import contracts as c
from models.enduring import Applicant
from models.enums import Language, TaskKind
from models.questions import Application
from rules.calendar import add_months, due_moment, local_date
from store import views
from store.people import Contact, put_contact

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.slow(20)]

CATEGORIES = [{"id": name, "title": both(name), "obligations": both(f"what {name} does")} for name in ("A", "C")]
YEARLY = {
    "plan_after_months": 3, "report_after_months": 10,
    "by_category": {"C": {"from_year": 2, "report_after_months": 12}},
}  # fmt: skip


async def asked(table: Table, kind: TaskKind) -> dict[str, object]:
    rows = await views.waiting(table.db, slug=table.slug)
    return {row.respondent: row.due_at for row in rows if row.kind is kind}


async def test_small_companies_begin_later_and_report_later(table: Table) -> None:
    await table.launch(
        [STEPS[1], STEPS[2], STEPS[4], {**STEPS[5], "yearly": YEARLY}], categories=CATEGORIES,
        company_categories=("A", "C"),
    )  # fmt: skip
    await agreed(table)
    await table.sign()
    await table.advance(3)
    entry = (await views.covenant(table.db, table.slug)).in_force_at
    assert entry is not None
    first = local_date(entry)
    assert await asked(table, TaskKind.PLAN) == {"firm-1": due_moment(add_months(first, 3))}, "a small one comes later"

    contact = await put_contact(table.db, Contact(email="late@example.org", language=Language.EN))
    late = Applicant.model_validate(
        {"id": "late", "name": both("Late"), "person": "late-boss", "person_name": "Late boss", "contact": contact,
         "category": "C"}
    )  # fmt: skip
    act = {"act": f"a-{uuid.uuid4()}", "actor": c.Actor(person="sec")}
    await table.steer("apply", Application(**act, applicant=late, reason="it sells clothes"))
    await table.advance(22)
    task = next(one for one in await views.waiting(table.db, slug=table.slug) if one.respondent == "late")
    await table.sign_one(task, by="late-boss")
    await table.advance(240)  # into year 2, for the newcomer its own second too
    assert await asked(table, TaskKind.PLAN) == dict.fromkeys(
        ("firm-1", "firm-2", "late"), due_moment(add_months(first, 15))
    )
