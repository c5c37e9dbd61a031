"""The digest activity with a real database and the outbox as way out."""

import email
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from email import policy
from email.message import EmailMessage
from pathlib import Path

import pytest
import pytest_asyncio
from temporalio.testing import ActivityEnvironment

from activities.digests import Digests
from activities.mail import Mails
from activities.mailing import OutboxTransport
from models import contracts as c
from models import errands
from models.accounts import Account, Digest
from models.deciding import DecisionRule, Verdict
from models.digesting import DigestMoment, DigestReport
from models.enums import CovenantStatus, Language, Outcome, Power
from store import accounts, digests
from store.engine import Database
from tests.store.samples import DUE, NOW, SLUG, asks, entry, opened, task_id, words, write

SENDER = "polder@polder.example"
MORNING = NOW + timedelta(days=1)
SITE = "https://polder.example"


@pytest_asyncio.fixture
async def db(database_url: str) -> AsyncIterator[Database]:
    made = Database(database_url)
    await opened(made)
    verdict = Verdict(rule=DecisionRule(), outcome=Outcome.PASSED, sentence=words("The principles were endorsed."))
    await write(
        made,
        entry("open", asks("fnv"), asks("modint", where="principles", due=DUE - timedelta(days=7)), asks("modint")),
        entry("decided", c.Decided(question="principles", step="principles", verdict=verdict), minutes=60),
        entry("hold", c.CovenantChanged(status=CovenantStatus.PAUSED, held_reason="x"), minutes=70, kind="paused"),
    )
    yield made
    await made.close()


@pytest.fixture
def outbox(tmp_path: Path) -> Path:
    return tmp_path / "outbox"


async def account(db: Database, name: str, digest: Digest, *, reminders: bool = True) -> None:
    await accounts.opened(db, f"{name}@example.org", Language.NL if name == "greet" else Language.EN, NOW)
    await accounts.prefer(db, f"{name}@example.org", digest=digest, reminders=reminders)


async def send(db: Database, outbox: Path, at: datetime = MORNING, *, weekly: bool = False, site: str = SITE) -> int:
    made = Digests(db, OutboxTransport(outbox), SENDER, site)
    report: DigestReport = await ActivityEnvironment().run(made.send_digests, DigestMoment(at=at, weekly=weekly))
    assert report.after is None
    return report.sent


def to(outbox: Path, name: str) -> list[EmailMessage]:
    found = sorted(outbox.glob("*.eml")) if outbox.exists() else []
    messages = [email.message_from_bytes(path.read_bytes(), policy=policy.default) for path in found]
    return [message for message in messages if f"{name}@example.org" in message["To"]]


def body(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part is not None
    return " ".join(str(part.get_content()).split())


async def test_each_gets_what_was_asked_for_in_the_own_language(db: Database, outbox: Path) -> None:
    for name, digest in (("greet", Digest.DAILY), ("mila", Digest.WEEKLY), ("lars", Digest.NEVER)):
        await account(db, name, digest)

    assert await send(db, outbox) == 1
    (greet,) = to(outbox, "greet")
    said = body(greet)
    assert greet["Subject"] == "Polder: 2 te doen"
    first, second = (said.index(f"{SITE}/tasks/{task_id('modint', where)}") for where in ("principles", "talks"))
    assert first < second, "the soonest first"
    assert said.count(f"{SITE}/tasks/") == 2
    assert "principles (nl), uiterlijk maandag 25 januari 2027 om 17:00." in said
    assert "* The principles were endorsed. (nl) * Gepauzeerd." in said
    assert "polder answer" not in said

    assert await send(db, outbox, weekly=True) == 1, "once a day"
    (mila,) = to(outbox, "mila")
    assert mila["Subject"] == "Polder: 1 to do"
    assert "The principles were endorsed. (en)" in body(mila)
    assert to(outbox, "lars") == []


async def test_what_was_told_is_not_told_again_and_nothing_is_no_mail(db: Database, outbox: Path) -> None:
    await account(db, "greet", Digest.DAILY)
    await account(db, "anna", Digest.DAILY)
    assert await send(db, outbox) == 2
    assert "endorsed" in body(to(outbox, "anna")[0])

    assert await send(db, outbox, MORNING + timedelta(days=1)) == 1
    assert len(to(outbox, "anna")) == 1, "nothing is open for her and nothing happened"
    again = body(to(outbox, "greet")[1])
    assert "endorsed" not in again
    assert task_id("modint", "principles") in again
    late = DUE + timedelta(days=1)
    assert await send(db, outbox, late, site="") == 1
    assert "Dat was uiterlijk maandag 1 februari 2027" in body(to(outbox, "greet")[2])
    assert f"polder answer {task_id('modint')} --as greet" in body(to(outbox, "greet")[2])


async def test_whose_mandates_ended_and_who_sits_nowhere_hears_nothing(db: Database, outbox: Path) -> None:
    for name in ("greet", "stranger"):
        await account(db, name, Digest.DAILY)
    ended = c.Person(id="greet", name="Greet", party="modint")
    await write(db, entry("end", c.PersonChanged(person=ended)))
    assert await send(db, outbox) == 0

    back = ended.model_copy(update={"mandates": [c.Mandate(powers=[Power.SPEAK], until=MORNING.date())]})
    await write(db, entry("back", c.PersonChanged(person=back)))
    assert await send(db, outbox, MORNING) == 1
    assert await send(db, outbox, MORNING + timedelta(days=1)) == 0


async def test_many_accounts_go_some_at_a_time(db: Database, outbox: Path) -> None:
    async with db.write() as session:
        for number in range(120):
            session.add(
                Account(email=f"p{number:03}@example.org", language=Language.EN, digest=Digest.DAILY, made_at=NOW)
            )
    made, after, calls = Digests(db, OutboxTransport(outbox), SENDER, SITE), "", 0
    while True:
        moment = DigestMoment(at=MORNING, weekly=False, after=after)
        report: DigestReport = await ActivityEnvironment().run(made.send_digests, moment)
        calls += 1
        if report.after is None:
            break
        assert report.after > after
        after = report.after
    assert calls == 3
    assert await digests.wanted(db, weekly=False, after="p118@example.org", limit=9) != []


@pytest.mark.parametrize(("days", "reminded"), [(-3, False), (0, True), (2, True)])
async def test_reminders_can_be_left_out_only_before_the_due_date(
    db: Database, outbox: Path, days: int, *, reminded: bool
) -> None:
    await account(db, "mila", Digest.NEVER, reminders=False)
    await account(db, "greet", Digest.NEVER)
    mails = Mails(db, OutboxTransport(outbox), SENDER, b"secret")
    now = DUE + timedelta(days=days, hours=-8)
    items = [
        errands.MailItem(
            key=f"{task_id(party)}/{days}", template="reminder", respondent=party, task=task_id(party),
            values={"party_nl": party, "party_en": party, "what_nl": "w", "what_en": "w", "task": task_id(party),
                    "due": DUE.isoformat(), "now": now.isoformat()},
        )
        for party in ("fnv", "modint")
    ]  # fmt: skip

    await ActivityEnvironment().run(mails.send_mail, errands.MailBatch(covenant=SLUG, at=now, items=items))

    assert bool(to(outbox, "mila")) is reminded
    assert len(to(outbox, "greet")) == 1
