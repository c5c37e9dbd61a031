"""What programs read and are told, their tokens, and long work: the same on SQLite and PostgreSQL."""

from datetime import timedelta

import pytest

from models import contracts as c
from models.accounts import ApiToken, Delivery, DeliveryStatus, Job, JobStatus, Webhook
from models.base import Words
from models.enums import Lane, Role, Stance, TaskKind, TaskStatus
from models.errors import Conflict, NotFound
from rules.lanes import Place
from store import feeds, happenings, jobs, tokens, webhooks
from store.engine import Database
from store.feeds import Part
from tests.store.samples import DUE, NOW, SLUG, answers, asks, entry, opened, position, said, sha, task_id, write

LATER = NOW + timedelta(hours=1)


async def test_programs_read_in_parts_and_only_what_is_theirs(database: Database) -> None:
    db = database
    await opened(db)
    await write(db, entry("ask", asks("modint"), asks("fnv"), kind="tasks_opened"),
                entry("give", answers("fnv", position(1, Stance.OBJECT, comment="not so")), minutes=5, actor="mila"),
                said("more", 6))  # fmt: skip
    assert [one.slug for one in await feeds.covenants(db, "mila@example.org", Part())] == [SLUG]
    assert await feeds.covenants(db, "nobody@example.org", Part()) == []
    assert await feeds.covenants(db, None, Part(), since=LATER) == []
    assert [one.key for one in await feeds.steps(db, SLUG, Part(1, 1))] == ["talks"]
    assert [one.id for one in await feeds.parties(db, SLUG, Part(2))] == ["modint", "vgt"]
    assert [one.id for one in await feeds.people(db, SLUG, Part())] == ["anna", "greet", "lars", "mila"]
    assert [one.version.sha256 for one in await feeds.clauses(db, SLUG, Part(1, 1))] == [sha(2)]
    assert [(one.position.party, one.version) for one in await feeds.positions(db, SLUG, Part())] == [("fnv", 1)]
    assert await feeds.positions(db, SLUG, Part(), hidden=1, own=["modint"]) == []
    assert len(await feeds.positions(db, SLUG, Part(), hidden=1, own=["fnv"])) == 1
    open_ones = await feeds.tasks(db, SLUG, Part(), status=TaskStatus.OPEN, late_at=DUE + timedelta(days=1))
    assert [one.id for one in open_ones] == [task_id("modint")]
    mine = await feeds.tasks(db, SLUG, Part(), only=(["fnv"], [Role.CHAIR]), kind=TaskKind.POSITIONS)
    assert [one.respondent for one in mine] == ["fnv"]
    assert [await feeds.rounds(db, SLUG, Part()), await feeds.decisions(db, SLUG, Part())] == [[], []]
    assert await feeds.documents(db, SLUG, Part()) == []


async def test_what_a_lane_hides_is_hidden_from_who_listens(database: Database) -> None:
    db = database
    await opened(db)
    comment = c.Commented(clause="clause-1", lane=Lane.DELEGATION, party="fnv", constituency="unions", text_sha=sha(1))
    await write(db, entry("c-1", comment, minutes=1, kind="commented", actor="mila"), said("s-1", 2))
    seen = await happenings.happenings(db, SLUG, happenings.nobody, after=1)
    assert [(one.actor, one.hidden) for one in seen] == [(None, True), ("polder", False)]
    reads = await happenings.reader(db, SLUG, ["mila"], NOW.date())
    assert reads(Place(Lane.DELEGATION, "fnv", "unions"))
    own = await happenings.happenings(db, SLUG, reads, kind="commented")
    assert [(one.actor, one.who.en) for one in own] == [("mila", "FNV (en)")]
    assert await happenings.seq(db, SLUG) == 3


async def test_events_reach_a_webhook_once_and_in_order(database: Database) -> None:
    db = database
    await opened(db)
    hook = Webhook(id="w1", email="a@example.org", covenant=SLUG, url="https://x", secret=sha(3), made_at=NOW)
    assert await webhooks.make(db, hook)
    assert not await webhooks.make(db, Webhook(**hook.model_dump()))
    assert await webhooks.behind(db) == []
    await write(db, said("one", 1), said("two", 2))
    (told,) = await webhooks.behind(db)
    rows = [
        Delivery(id=f"d{n}", webhook="w1", kind="test", body="{}", status=DeliveryStatus.WAITING, made_at=NOW,
                 next_at=NOW + timedelta(minutes=n)) for n in (2, 1)
    ]  # fmt: skip
    await webhooks.queue(db, "w1", told.after, 3, rows)
    await webhooks.queue(db, "w1", told.after, 3, [Delivery(**{**rows[0].model_dump(), "id": "twice"})])
    assert [one.delivery.id for one in await webhooks.due(db, LATER)] == ["d1", "d2"]
    await webhooks.settle(db, "d1", status=DeliveryStatus.DELIVERED, code=200, delivered_at=LATER)
    assert [one.delivery.id for one in await webhooks.due(db, LATER)] == ["d2"]
    assert not await webhooks.end(db, "w1", LATER, email="b@example.org")
    with pytest.raises(NotFound):
        await webhooks.webhook(db, "w1", "b@example.org")
    assert await webhooks.resend(db, "w1", "d1", LATER)
    assert (await webhooks.count(db, "a@example.org"), await webhooks.idle(db)) == (1, False)
    assert await webhooks.end(db, "w1", LATER)
    assert {one.status for one in await webhooks.deliveries(db, "w1")} == {DeliveryStatus.FAILED}
    assert (await webhooks.of(db, "a@example.org"), await webhooks.idle(db)) == ([], True)
    assert not await webhooks.resend(db, "w1", "d1", LATER)


async def test_a_token_works_until_it_ends_or_is_revoked(database: Database) -> None:
    db = database
    made = ApiToken(sha256="f" * 64, id="t1", email="a@example.org", name="one", scopes=["read"], made_at=NOW,
                    ends_at=LATER)  # fmt: skip
    await tokens.keep(db, made)
    found = await tokens.found(db, "f" * 64, NOW)
    assert found is not None
    assert found.scopes == ["read"]
    assert (await tokens.of(db, "a@example.org", NOW))[0].used_at == NOW
    assert await tokens.found(db, "f" * 64, LATER) is None
    assert not await tokens.revoke(db, "b@example.org", "t1", NOW)
    assert await tokens.revoke(db, "a@example.org", "t1", NOW)
    assert (await tokens.found(db, "f" * 64, NOW), await tokens.count(db, "a@example.org", NOW)) == (None, 0)


async def test_long_work_ends_once(database: Database) -> None:
    db = database
    await opened(db)
    row = Job(id="j1", email="a@example.org", covenant=SLUG, kind="texts", status=JobStatus.RUNNING, made_at=NOW)
    await jobs.opened(db, Job(**row.model_dump()))
    assert (await jobs.opened(db, Job(**row.model_dump()))).id == "j1"
    with pytest.raises(Conflict):
        await jobs.opened(db, Job(**{**row.model_dump(), "kind": "documents"}))
    await jobs.progress(db, "j1", 1, 3)
    assert (await jobs.look(db, "j1")).startswith("1/3/")
    await jobs.failed(db, "j1", Words(nl="stuk", en="broken"), LATER)
    await jobs.done(db, "j1", sha(1), "texts.zip", LATER)
    assert ((await jobs.job(db, "j1", "a@example.org")).problem_en, await jobs.running(db, "j1")) == ("broken", False)
    with pytest.raises(NotFound):
        await jobs.job(db, "j1", "b@example.org")
    assert [one.id for one in await jobs.of(db, "a@example.org")] == ["j1"]
    assert [version.version for _, version in await jobs.versions(db, SLUG)] == [1, 1, 1]
