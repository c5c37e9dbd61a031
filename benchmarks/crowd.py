"""Ten thousand covenants with three hundred thousand tasks, written straight into a database: what lists must bear."""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from models.enums import (
    ClauseStatus,
    CovenantStatus,
    Language,
    PartyStatus,
    Phase,
    StepKind,
    StepStatus,
    TaskKind,
    TaskStatus,
    Tier,
)
from models.tables import (
    Clause,
    ClauseVersion,
    Constituency,
    Content,
    Covenant,
    Event,
    HumanTask,
    Party,
    Person,
    Step,
)
from store.engine import Database

TASKS_EACH = 30
PARTIES = 6
LEADS = 600
"""People; each leads a party in a hundred covenants of ten thousand."""

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
GROUPS = ("business", "unions", "ngos")
SECTORS = ("garments-textile", "banking", "food", "renewable-energy")
BATCH = 500
ZERO = "0" * 64


def _covenant(nr: int) -> dict[str, Any]:
    moved = NOW - timedelta(hours=nr % 4000)
    return {
        "slug": f"covenant-{nr:05}", "sector": SECTORS[nr % 4], "title_nl": f"Convenant {nr}",
        "title_en": f"Agreement {nr}", "authentic": Language.NL, "approaches": ["due_diligence"], "term_years": 5,
        "thresholds": {"participants": 0, "market_share": 0}, "package": ZERO,
        "status": CovenantStatus.TALKS if nr % 5 else CovenantStatus.IN_FORCE,
        "phase": list(Phase)[nr % 3], "opened_at": moved - timedelta(days=300), "moved_at": moved, "seq": 10,
        "head": ZERO, "row_version": 1,
    }  # fmt: skip


def _rows(nr: int) -> dict[type[Any], list[dict[str, Any]]]:
    slug = f"covenant-{nr:05}"
    moved = NOW - timedelta(hours=nr % 4000)
    parties = [
        {
            "covenant": slug, "id": f"party-{p}", "position": p, "constituency": GROUPS[p % 3], "tier": Tier.PARTY,
            "kind": "union", "name_nl": f"Vereniging {nr}-{p}", "name_en": f"Association {nr}-{p}", "market_share": 0,
            "status": PartyStatus.ACTIVE,
        }
        for p in range(PARTIES)
    ]  # fmt: skip
    people = [
        {
            "covenant": slug, "id": f"lead-{p}", "party": f"party-{p}", "name": f"Lead {p}",
            "email": f"lead-{(nr * PARTIES + p) % LEADS}@example.org", "language": Language.NL, "roles": [],
            "mandates": [{"powers": ["speak", "commit", "sign"], "themes": [], "until": None}],
        }
        for p in range(PARTIES)
    ] + [
        {
            "covenant": slug, "id": "fac", "party": None, "name": "Facilitator",
            "email": f"fac-{nr % 100}@example.org", "language": Language.NL, "roles": ["facilitator"], "mandates": [],
        }
    ]  # fmt: skip
    steps: list[dict[str, Any]] = [
        {
            "covenant": slug, "key": f"step-{s}", "position": s, "no": s + 1, "kind": StepKind.DIALOGUE,
            "phase": list(Phase)[min(s // 2, 2)], "title_nl": f"Stap {s}", "title_en": f"Step {s}",
            "planned_start": (moved - timedelta(days=300 - s * 60)).date(),
            "planned_end": (moved - timedelta(days=250 - s * 60)).date(),
            "first_planned_end": (moved - timedelta(days=250 - s * 60)).date(),
            "status": StepStatus.DONE if s < 3 else StepStatus.ACTIVE if s == 3 else StepStatus.PLANNED,
            "actual_start": moved - timedelta(days=300 - s * 60) if s <= 3 else None,
            "actual_end": moved - timedelta(days=245 - s * 60) if s < 3 else None,
            "workflow": f"covenant:{slug}/step:{s + 1}", "slips": [],
        }
        for s in range(6)
    ]  # fmt: skip
    tasks: list[dict[str, Any]] = []
    for t in range(TASKS_EACH):
        still = t >= TASKS_EACH - 4
        opened = moved - timedelta(days=(TASKS_EACH - t) * 8)
        due = NOW + timedelta(days=(nr + t) % 60 - 20) if still else opened + timedelta(days=20)
        tasks.append(
            {
                "id": f"{slug}/step-{t // 5}/party-{t % PARTIES}/{t}", "covenant": slug, "step": f"step-{t // 5}",
                "round": None, "kind": TaskKind.APPROVAL, "respondent": f"party-{t % PARTIES}", "role": None,
                "power": "commit", "title_nl": f"Besluit {t}", "title_en": f"Decision {t}", "choices": [],
                "workflow": f"covenant:{slug}/step:{t // 5 + 1}", "opened_at": opened, "due_at": due,
                "first_due_at": due, "reminders": 0, "status": TaskStatus.OPEN if still else TaskStatus.ANSWERED,
                "done": 0, "total": 0, "ended_at": None if still else opened + timedelta(days=9),
                "undeliverable": [], "row_version": 1,
            }
        )  # fmt: skip
    events = [
        {
            "covenant": slug, "seq": s + 1, "event": f"{slug}/event/{s}", "at": moved - timedelta(days=10 - s),
            "kind": "answered", "actor": f"lead-{s % PARTIES}", "data": {"changes": []}, "data_sha256": ZERO,
            "prev": ZERO, "sha256": ZERO,
        }
        for s in range(10)
    ]  # fmt: skip
    text = f"Partijen leggen vast welke risico's zij zien, convenant {nr}. " * 5
    digest = hashlib.sha256(text.encode()).hexdigest()
    return {
        Constituency: [
            {"covenant": slug, "id": g, "position": p, "name_nl": g, "name_en": g, "minimum": 1}
            for p, g in enumerate(GROUPS)
        ],
        Party: parties,
        Person: people,
        Step: steps,
        HumanTask: tasks,
        Event: events,
        Clause: [
            {
                "covenant": slug, "id": "wage", "position": 0, "number": "1", "theme": "human-rights", "norms": [],
                "title_nl": "Loon", "title_en": "Wage", "version": 1, "status": ClauseStatus.BRACKETED,
            }
        ],
        ClauseVersion: [
            {
                "covenant": slug, "clause": "wage", "version": 1, "sha256": digest, "text_nl": text, "text_en": text,
                "made_at": moved,
            }
        ],
    }  # fmt: skip


async def fill(db: Database, covenants: int) -> None:
    """Write the crowd."""
    for begin in range(0, covenants, BATCH):
        numbers = range(begin, min(begin + BATCH, covenants))
        gathered: dict[type[Any], list[dict[str, Any]]] = {Covenant: [_covenant(nr) for nr in numbers]}
        for nr in numbers:
            for table, rows in _rows(nr).items():
                gathered.setdefault(table, []).extend(rows)
        async with db.write() as session:
            if begin == 0:
                await session.execute(
                    sa.insert(Content),
                    [{"sha256": ZERO, "media_type": "application/json", "size": 2, "data": b"{}"}],
                )
            for table, rows in gathered.items():
                await session.execute(sa.insert(table), rows)
    async with db.write() as session:
        await session.execute(sa.text("ANALYZE"))
