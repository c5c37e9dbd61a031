"""What the page of a question beside the plan shows: a ground rule, an editorial fix, a package."""

from collections.abc import Sequence
from typing import NamedTuple

from models.packages import PackagePick
from models.tables import Clause, ClauseVersion, HumanTask
from rules.ground_rules import rule_in_words
from store import amendments, asked, clauses, ground
from store.amendments import AmendmentView
from store.asked import Asked
from web.visiting import Visit


class Swapped(NamedTuple):
    """A clause in a package that was put to the parties; `moved` when its text is another since."""

    clause: Clause
    current: ClauseVersion
    proposal: AmendmentView
    moved: bool


MEDIATOR = "/mediator-"
"""In the id of the task that asks whether a party accepts a mediator."""


def asks(task: HumanTask) -> bool:
    """Whether a task asks about something beside the steps of the plan: a question, or a mediator."""
    return (task.step or "").startswith("question-") or MEDIATOR in task.id


async def beside(visit: Visit, found: Asked) -> dict[str, object]:
    """Return what a question beside the plan is about."""
    db, slug = visit.site.db, found.task.covenant
    if MEDIATOR in found.task.id:
        wish = await asked.mediation(db, slug, found.task.opened_at)
        chosen = wish.mediation.clauses if wish and wish.mediation else []
        about = await clauses.clauses(db, slug, None, only=chosen) if chosen else []
        return {"mediation": wish, "mediated": [one.clause for one in about]}
    question = await ground.question(db, slug, int((found.task.step or "").rpartition("-")[2]))
    if question is None:
        return {}
    held = {one.matter: one.rule for one in await ground.rules(db, slug)}
    texts = await ground.text_before_and_after(db, slug, question.asked)
    return {
        "question": question, "rule_words": rule_in_words,
        "rule_held": held.get(question.asked.matter) if question.asked.matter else None,
        "fix_texts": {name: text.model_dump() for name, text in texts.items()},
        "objected": await asked.objected(db, slug, found.task.step or "") if question.row.ended_at else [],
        "package": await _package(visit, slug, question.asked.package),
    }  # fmt: skip


async def _package(visit: Visit, slug: str, picks: Sequence[PackagePick]) -> list[Swapped]:
    """Return what a package makes of each clause it changes, in the order of the text."""
    if not picks:
        return []
    by_clause = {one.clause: one for one in picks}
    proposed = {
        one.row.id: one
        for one in await amendments.amendments(visit.site.db, slug, keys=[pick.amendment for pick in picks])
    }
    return [
        Swapped(
            one.clause,
            one.current,
            proposed[pick.amendment],
            moved=one.current.sha256 != pick.base_sha or proposed[pick.amendment].overtaken,
        )
        for one in await clauses.clauses(visit.site.db, slug, None, only=list(by_clause))
        if (pick := by_clause[one.clause.id]).amendment in proposed
    ]
