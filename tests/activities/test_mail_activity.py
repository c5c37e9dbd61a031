"""The mail activity with a real database and a real mail server."""

import asyncio
import email
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from email import policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiosmtpd.smtp import SMTP, Envelope
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.mail import Mails
from activities.mailing import OutboxTransport, SmtpTransport, Tls, Transport
from models import contracts as c
from models import errands
from models.enums import ClauseStatus, MailStatus, Role, Rung, Stance
from store import contents, views
from store.engine import Database
from tests.store.samples import DUE, NOW, SLUG, answers, asks, entry, opened, position, sha, task_id, text, write

SENDER = "polder@polder.example"
SECRET = b"a secret of this installation only"


class Server:
    """A mail server that refuses whom it is told to refuse."""

    def __init__(self) -> None:
        self.replies: dict[str, list[str]] = {}
        self.received: list[tuple[str, EmailMessage]] = []
        self.port = 0

    async def handle_RCPT(  # noqa: N802 aiosmtpd's name
        self, _server: SMTP, _session: object, envelope: Envelope, address: str, _options: object
    ) -> str:
        if self.replies.get(address):
            return self.replies[address].pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: object, envelope: Envelope) -> str:  # noqa: N802 idem
        assert isinstance(envelope.content, bytes)
        message = email.message_from_bytes(envelope.content, policy=policy.default)
        self.received += [(address, message) for address in envelope.rcpt_tos]
        return "250 OK"

    def to(self, person: str) -> list[EmailMessage]:
        return [message for address, message in self.received if address == f"{person}@example.org"]


@pytest_asyncio.fixture
async def server() -> AsyncIterator[Server]:
    made = Server()
    listening = await asyncio.get_running_loop().create_server(lambda: SMTP(made), "127.0.0.1", 0)
    made.port = listening.sockets[0].getsockname()[1]
    yield made
    listening.close()
    await listening.wait_closed()


@pytest_asyncio.fixture
async def db(sqlite_url: str) -> AsyncIterator[Database]:
    made = Database(sqlite_url)
    await opened(made)
    await write(made, entry("open", *(asks(party) for party in ("modint", "vgt", "fnv"))))
    yield made
    await made.close()


def mails_by(db: Database, transport: Transport) -> Mails:
    return Mails(db, transport, SENDER, SECRET)


@pytest.fixture
def mails(db: Database, server: Server) -> Mails:
    return mails_by(db, SmtpTransport("127.0.0.1", server.port, tls=Tls.NONE))


async def run(activity: Callable[..., Any], *given: object) -> Any:
    return await ActivityEnvironment().run(activity, *given)


def asked(*parties: str, template: str = "asked", key: str = "asked") -> errands.MailBatch:
    return errands.MailBatch(
        covenant=SLUG,
        at=NOW,
        items=[
            errands.MailItem(
                key=f"{task_id(party)}/{key}",
                template=template,
                respondent=party,
                task=task_id(party),
                values={
                    "party_nl": f"{party} in het Nederlands",
                    "party_en": f"{party} in English",
                    "what_nl": "uw standpunt",
                    "what_en": "your position",
                    "next_nl": "dan de uitslag",
                    "next_en": "then the outcome",
                    "due": DUE.isoformat(),
                    "task": task_id(party),
                    "round": "2",
                },
            )
            for party in parties
        ],
    )


def body(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part is not None
    return " ".join(str(part.get_content()).split())


async def states(db: Database) -> dict[str, MailStatus]:
    return {mail.person: mail.status for mail in await views.mails(db, SLUG)}


async def test_each_gets_the_mail_in_the_own_language(mails: Mails, server: Server, db: Database) -> None:
    report = await run(mails.send_mail, asked("modint", "fnv"))

    assert report == errands.MailReport(sent=2)
    (greet,), (mila,) = server.to("greet"), server.to("mila")
    assert "modint in het Nederlands" in body(greet)
    assert "maandag 1 februari 2027 om 17:00" in body(greet)
    assert "fnv in English" in body(mila)
    assert "Monday 1 February 2027 at 17:00" in body(mila)
    assert greet["Subject"].startswith("Gevraagd: uw standpunt")
    assert mila["Subject"].startswith("Asked of you: your position")
    assert await states(db) == {"greet": MailStatus.SENT, "mila": MailStatus.SENT}


async def test_with_a_site_a_mail_leads_to_the_task(db: Database, server: Server) -> None:
    sited = Mails(db, SmtpTransport("127.0.0.1", server.port, tls=Tls.NONE), SENDER, SECRET, "https://polder.example/")
    outcome = errands.MailItem(
        key="out", template="outcome", respondent="fnv",
        values={"what_nl": "w", "what_en": "w", "sentence_nl": "s", "sentence_en": "s", "task": task_id("fnv")},
    )  # fmt: skip

    await run(sited.send_mail, asked("modint"))
    await run(sited.send_mail, errands.MailBatch(covenant=SLUG, at=NOW, items=[outcome]))
    await run(sited.issue_code, errands.CodeIssue(covenant=SLUG, at=NOW, task=task_id("fnv"), issue=1, person="mila",
                                            text_sha=sha(1)))  # fmt: skip

    (greet,), (decided, code) = server.to("greet"), server.to("mila")
    assert f"https://polder.example/tasks/{task_id('modint')} " in body(greet)
    for message in (decided, code):
        assert f"https://polder.example/tasks/{task_id('fnv')} " in body(message)
        assert "polder answer" not in body(message)


async def test_who_cannot_be_reached_is_reported_and_the_others_get_theirs(
    mails: Mails, server: Server, db: Database
) -> None:
    server.replies["lars@example.org"] = ["550 nobody of that name"]

    report = await run(mails.send_mail, asked("modint", "vgt", "fnv"))

    assert report.sent == 2
    (lost,) = report.undelivered
    assert (lost.task, lost.person) == (task_id("vgt"), "lars")
    assert "550 nobody of that name" in lost.problem
    assert await states(db) == {
        "greet": MailStatus.SENT, "lars": MailStatus.UNDELIVERABLE, "mila": MailStatus.SENT,
    }  # fmt: skip
    assert [len(server.to(person)) for person in ("greet", "lars", "mila")] == [1, 0, 1]


async def test_a_retry_sends_only_what_was_not_sent(mails: Mails, server: Server, db: Database) -> None:
    server.replies["greet@example.org"] = ["451 later"]
    server.replies["lars@example.org"] = ["550 nobody of that name"]
    batch = asked("modint", "vgt", "fnv")

    with pytest.raises(ApplicationError, match="451 later") as later:
        await run(mails.send_mail, batch)
    assert (later.value.type, later.value.non_retryable) == ("mail_refused_for_now", False)
    assert await states(db) == {
        "greet": MailStatus.QUEUED, "lars": MailStatus.UNDELIVERABLE, "mila": MailStatus.SENT,
    }  # fmt: skip

    first = await run(mails.send_mail, batch)
    again = await run(mails.send_mail, batch)

    assert first == again
    assert (first.sent, [lost.person for lost in first.undelivered]) == (2, ["lars"])
    assert [len(server.to(person)) for person in ("greet", "lars", "mila")] == [1, 0, 1]
    assert len({message["Message-ID"] for _, message in server.received}) == 2


async def test_a_mail_server_that_is_away_leaves_the_mail_waiting(db: Database, server: Server) -> None:
    away = mails_by(db, SmtpTransport("127.0.0.1", 1, tls=Tls.NONE))

    with pytest.raises(ApplicationError):
        await run(away.send_mail, asked("fnv"))
    assert await states(db) == {"mila": MailStatus.QUEUED}

    back = mails_by(db, SmtpTransport("127.0.0.1", server.port, tls=Tls.NONE))
    assert (await run(back.send_mail, asked("fnv"))).sent == 1
    assert len(server.to("mila")) == 1


async def test_a_draft_shows_the_change_against_what_this_party_last_supported(
    mails: Mails, server: Server, db: Database
) -> None:
    await contents.put_texts(db, [text(1, 2)])
    amended = c.ClauseChanged(
        clause="clause-1", version=2, sha256=sha(1, 2), status=ClauseStatus.BRACKETED, reason="na ronde 1"
    )
    await write(
        db,
        entry("a1", answers("fnv", position(1, Stance.AGREE), complete=False)),
        entry("v2", amended),
        entry(
            "round",
            c.RoundChanged(round=2, step="talks", opened=NOW, due=DUE, agenda=["clause-1"], workflow="w"),
        ),
    )
    pdf = await contents.put(db, b"%PDF-1.7 concept", "application/pdf")
    batch = asked("fnv", "modint", template="draft", key="draft/2")

    await run(mails.send_mail, batch.model_copy(update={"round": 2, "document": pdf}))

    (mila,), (greet,) = server.to("mila"), server.to("greet")
    assert "wages rise within [-1-]{+2+} years." in body(mila)
    assert "Reason: na ronde 1" in body(mila)
    assert "Hiermee was u nog niet akkoord. De tekst nu: Artikel 1: het loon stijgt in 2 jaar." in body(greet)
    (attached,) = mila.iter_attachments()
    assert (attached.get_filename(), attached.get_content()) == (f"{SLUG}-{pdf[:8]}.pdf", b"%PDF-1.7 concept")


async def test_a_rung_goes_to_the_office_and_names_who_is_waited_for(mails: Mails, server: Server) -> None:
    item = errands.MailItem(
        key="rung", template="rung", respondent="facilitator", role=Role.FACILITATOR, task=task_id("fnv"),
        values={
            "rung": Rung.CALL.value, "who": "fnv", "party_nl": "FNV", "party_en": "FNV", "what_nl": "het standpunt",
            "what_en": "the position", "since": NOW.isoformat(),
        },
    )  # fmt: skip

    report = await run(mails.send_mail, errands.MailBatch(covenant=SLUG, at=NOW, items=[item]))

    assert report.sent == 1
    (anna,) = server.to("anna")
    assert "Mila" in body(anna)
    assert "bel de partij" in body(anna)


async def test_a_code_is_mailed_once_per_issue_and_only_the_last_is_right(mails: Mails, server: Server) -> None:
    def issue(no: int) -> errands.CodeIssue:
        return errands.CodeIssue(covenant=SLUG, at=NOW, task=task_id("fnv"), issue=no, person="mila", text_sha=sha(1))

    async def right(code: str, no: int) -> bool:
        found: bool = await run(mails.check_code, errands.CodeCheck(task=task_id("fnv"), issue=no, code=code))
        return found

    for no in (1, 1, 2):
        await run(mails.issue_code, issue(no))

    first, second = (
        next(word for word in body(message).split() if len(word) == 8 and word.isupper())
        for message in server.to("mila")
    )
    assert first != second
    assert await right(first, 1)
    assert not await right(first, 2)
    assert await right(second, 2)
    assert not await right("", 2)


async def test_the_outbox_holds_one_file_a_mail(db: Database, tmp_path: Path) -> None:
    outbox = mails_by(db, OutboxTransport(tmp_path / "outbox"))
    batch = asked("modint", "fnv")

    for _ in range(2):
        assert (await run(outbox.send_mail, batch)).sent == 2
    await run(outbox.send_mail, asked("fnv", key="reminder").model_copy(update={"at": NOW + timedelta(days=1)}))

    names = sorted(path.name for path in (tmp_path / "outbox").iterdir())
    assert [name.split("-")[0] for name in names] == ["20270111T103015", "20270111T103015", "20270112T103015"]
    message = email.message_from_bytes((tmp_path / "outbox" / names[-1]).read_bytes(), policy=policy.default)
    assert message["To"] == "Mila <mila@example.org>"
