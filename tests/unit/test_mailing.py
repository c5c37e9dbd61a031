import asyncio
import email
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP
from jinja2 import UndefinedError

from activities.mailing import (
    Attachment,
    Message,
    OutboxTransport,
    RenderedMail,
    SmtpTransport,
    TemporarilyRefused,
    Tls,
    Undeliverable,
    attach,
    render_mail,
)
from models.enums import Language

HOSTILE = '<script>alert("{covenant}")</script>'
DUE = datetime(2027, 1, 11, 16, tzinfo=UTC)
COMMON: dict[str, object] = {"covenant": HOSTILE, "recipient": HOSTILE}
LINKED = ("answered_on_behalf", "asked", "code", "draft", "outcome", "reminder", "rung")
PAGE = "https://polder.example/tasks/textiel/round-2/fnv"
CHANGES = [
    {
        "unmet": False,
        "number": "3",
        "title": HOSTILE,
        "old": "Binnen zes maanden.",
        "new": "Binnen negen maanden.",
        "reason": HOSTILE,
    },
    {"unmet": False, "number": "4", "title": "Nieuw", "old": None, "new": HOSTILE, "reason": None},
]
MAILS: dict[str, dict[str, object]] = {
    "asked": {
        "person": "mila-kloos",
        "party": HOSTILE,
        "what": HOSTILE,
        "due": DUE,
        "task": "taak-1",
        "next": HOSTILE,
        "matter": [HOSTILE],
    },
    "draft": {
        "person": "mila-kloos",
        "round": 2,
        "party": HOSTILE,
        "due": DUE,
        "task": "taak-1",
        "changes": CHANGES,
        "stands": "7",
    },
    "reminder": {
        "person": "mila-kloos",
        "party": HOSTILE,
        "what": HOSTILE,
        "due": DUE,
        "task": "taak-1",
        "now": DUE - timedelta(days=3),
    },
    "rung": {
        "rung": "chair",
        "what": HOSTILE,
        "next": HOSTILE,
        "waiting": [{"party": HOSTILE, "person": HOSTILE, "since": DUE}],
    },
    "outcome": {"what": HOSTILE, "sentence": HOSTILE, "next": HOSTILE},
    "answered_on_behalf": {
        "party": HOSTILE,
        "what": HOSTILE,
        "by": HOSTILE,
        "why": HOSTILE,
        "answer": HOSTILE,
        "at": DUE,
    },
    "code": {
        "person": "mila-kloos",
        "party": HOSTILE,
        "what": HOSTILE,
        "task": "taak-1",
        "code": "ABCD2345",
        "sha256": "ab" * 32,
        "until": DUE,
    },
    "notice": {"subject": HOSTILE, "paragraphs": [HOSTILE, HOSTILE]},
}


for _name in LINKED:
    MAILS[_name]["link"] = ""


def values(template: str, **changes: object) -> Mapping[str, object]:
    return {**COMMON, **MAILS[template], **changes}


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("template", MAILS)
def test_every_mail_renders_without_reading_values_as_markup(template: str, language: Language) -> None:
    mail = render_mail(template, language, values(template))

    assert f'<html lang="{language}">' in mail.html
    assert "<script" not in mail.html
    assert HOSTILE in mail.text.replace("\n", " ")
    assert HOSTILE in mail.subject


@pytest.mark.parametrize("template", MAILS)
def test_languages_differ(template: str) -> None:
    assert render_mail(template, Language.NL, values(template)).text.startswith("Beste ")
    assert render_mail(template, Language.EN, values(template)).text.startswith("Dear ")


@pytest.mark.parametrize(
    ("template", "missing"), [(template, name) for template, needs in MAILS.items() for name in (*COMMON, *needs)]
)
def test_missing_value_is_an_error(template: str, missing: str) -> None:
    incomplete = {name: value for name, value in values(template).items() if name != missing}

    with pytest.raises(UndefinedError):
        render_mail(template, Language.NL, incomplete)


def test_asked_says_what_by_when_and_how() -> None:
    mail = render_mail("asked", Language.NL, values("asked", what="akkoord met de uitgangspunten", covenant="Kleding"))

    assert mail.subject == "Gevraagd: akkoord met de uitgangspunten (Kleding)"
    assert "Graag uiterlijk maandag 11 januari 2027 om 17:00." in mail.text
    assert "\n    polder answer taak-1 --as mila-kloos\n" in mail.text


@pytest.mark.parametrize("template", LINKED)
def test_a_mail_leads_to_the_page_of_its_task_and_to_no_command(template: str) -> None:
    without, linked = (render_mail(template, Language.NL, values(template, link=link)) for link in ("", PAGE))

    assert linked.text.count(PAGE) == 1
    assert f"\n    {PAGE}\n" in linked.text
    assert linked.html.count(f'<a href="{PAGE}"') == 1
    assert "polder answer" not in linked.text + linked.html
    assert " hier:" in linked.text
    assert " here:" in render_mail(template, Language.EN, values(template, link=PAGE)).text
    assert "https:" not in without.text + without.html
    assert ("polder answer" in without.text) == (template in {"asked", "code", "draft", "reminder"})


def test_draft_shows_what_changed() -> None:
    mail = render_mail("draft", Language.EN, values("draft"))

    assert "Binnen [-zes-]{+negen+} maanden." in mail.text
    assert '<del><span class="vh">[deleted: </span>zes<span class="vh">]</span></del>' in mail.html
    assert "underlined" in mail.html
    assert "You have not agreed to this yet. The text now:" in mail.text
    unchanged = render_mail("draft", Language.EN, values("draft", changes=[]))
    assert "Nothing has changed since the last round." in unchanged.text


@pytest.mark.parametrize(
    ("now", "start"),
    [
        (DUE - timedelta(days=1), "Herinnering: "),
        (DUE - timedelta(hours=2), "Vandaag: "),
        (DUE + timedelta(minutes=1), "Te laat: "),
    ],
)
def test_reminder_knows_the_day(now: datetime, start: str) -> None:
    assert render_mail("reminder", Language.NL, values("reminder", now=now)).subject.startswith(start)


def a_message(recipient: str = "p@example.org", key: str = "task-1|reminder-1") -> Message:
    return Message(
        key=key,
        thread="task-1",
        list_id="textiel",
        sender="secretariaat@polder.example",
        sender_name="Secretariaat",
        recipient=recipient,
        recipient_name="P. Élève\r\nBcc: x@example.org",
        date=DUE,
        language=Language.NL,
        mail=RenderedMail("Één\r\nBcc: y@example.org", "Tekst é\n", "<p>Tekst é</p>"),
    )


LONG = "Uitnodiging: overleg over de artikelen tussen haken, maandag 3 mei om 10.00 uur (Convenant Kleding, één)"


@pytest.mark.parametrize("attached", [False, True])
def test_a_long_subject_comes_back_as_it_was_written(*, attached: bool) -> None:
    message = replace(a_message(), mail=RenderedMail(LONG, "Tekst\n", "<p>Tekst</p>"))
    raw = message.as_bytes()
    raw = attach(raw, Attachment("concept.pdf", b"%PDF-1.7")) if attached else raw
    assert parsed(raw)["Subject"] == LONG
    assert email.message_from_bytes(raw, policy=policy.compat32)["Subject"][:1] != "\n"


def parsed(raw: bytes) -> EmailMessage:
    return email.message_from_bytes(raw, policy=policy.default)


def test_message_has_its_headers_and_parts() -> None:
    message = parsed(attach(a_message().as_bytes(), Attachment("concept.pdf", b"%PDF-1.7")))

    assert message["Subject"] == "Één Bcc: y@example.org"
    assert message["Bcc"] is None
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["List-Id"] == "<textiel.polder.example>"
    assert message["Date"].datetime == DUE
    assert message["References"] == parsed(a_message(key="task-1|reminder-2").as_bytes())["References"]
    body = message.get_body(("plain",))
    assert body is not None
    assert body.get_content() == "Tekst é\r\n"
    assert [(a.get_filename(), a.get_content()) for a in message.iter_attachments()] == [("concept.pdf", b"%PDF-1.7")]


@pytest.mark.parametrize("recipient", ["jürgen@example.org", "p@bücher.example"])
def test_address_outside_ascii_is_undeliverable(recipient: str) -> None:
    with pytest.raises(Undeliverable):
        a_message(recipient=recipient).as_bytes()


def test_same_key_gives_same_message() -> None:
    assert a_message().as_bytes() == a_message().as_bytes()
    message_id = parsed(a_message().as_bytes())["Message-ID"]
    assert message_id == parsed(a_message().as_bytes())["Message-ID"]
    assert message_id != parsed(a_message(key="task-1|reminder-2").as_bytes())["Message-ID"]


class Server:
    def __init__(self) -> None:
        self.received: list[bytes] = []

    async def handle_RCPT(  # noqa: N802 aiosmtpd's name
        self,
        server: object,  # noqa: ARG002
        session: object,  # noqa: ARG002
        envelope: Any,
        address: str,
        options: object,  # noqa: ARG002
    ) -> str:
        for start, reply in {"busy": "451 4.3.0 try later", "gone": "550 5.1.1 no such user"}.items():
            if address.startswith(start):
                return reply
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: object, session: object, envelope: Any) -> str:  # noqa: N802, ARG002
        if b"spam" in envelope.content:
            return "554 5.6.0 rejected"
        if b"full" in envelope.content:
            return "452 4.2.2 full"
        self.received.append(envelope.content)
        return "250 OK"


@pytest.fixture
async def server() -> AsyncIterator[tuple[Server, SmtpTransport]]:
    handler = Server()
    listening = await asyncio.get_running_loop().create_server(
        lambda: SMTP(handler, hostname="localhost"), "127.0.0.1", 0
    )
    yield handler, SmtpTransport("127.0.0.1", listening.sockets[0].getsockname()[1], tls=Tls.NONE)
    listening.close()


async def test_server_takes_the_message(server: tuple[Server, SmtpTransport]) -> None:
    handler, transport = server
    raw = a_message().as_bytes()

    await transport.deliver(raw, "secretariaat@polder.example", "p@example.org")

    assert [received.rstrip() for received in handler.received] == [raw.rstrip()]


@pytest.mark.parametrize(
    ("recipient", "body", "kind", "reply"),
    [
        ("busy@example.org", "Tekst", TemporarilyRefused, "451 4.3.0 try later"),
        ("gone@example.org", "Tekst", Undeliverable, "550 5.1.1 no such user"),
        ("p@example.org", "spam", Undeliverable, "554 5.6.0 rejected"),
        ("p@example.org", "full", TemporarilyRefused, "452 4.2.2 full"),
    ],
)
async def test_server_refuses(
    server: tuple[Server, SmtpTransport],
    recipient: str,
    body: str,
    kind: type[TemporarilyRefused | Undeliverable],
    reply: str,
) -> None:
    raw = f"Subject: x\r\n\r\n{body}\r\n".encode()

    with pytest.raises(kind) as refused:
        await server[1].deliver(raw, "secretariaat@polder.example", recipient)

    assert f"{refused.value.code} {refused.value.text}" == reply


async def test_server_that_is_away_is_temporary() -> None:
    silent = await asyncio.start_server(lambda _reader, writer: writer.close(), "127.0.0.1", 0)
    port = silent.sockets[0].getsockname()[1]
    transport = SmtpTransport("127.0.0.1", port, tls=Tls.NONE)
    with pytest.raises(TemporarilyRefused):
        await transport.deliver(b"Subject: x\r\n\r\n", "a@example.org", "b@example.org")
    silent.close()
    await silent.wait_closed()

    with pytest.raises(TemporarilyRefused) as refused:
        await transport.deliver(b"Subject: x\r\n\r\n", "a@example.org", "b@example.org")

    assert refused.value.code == 0


async def test_server_without_the_asked_protection_gets_nothing(server: tuple[Server, SmtpTransport]) -> None:
    handler, transport = server

    with pytest.raises(TemporarilyRefused):
        await SmtpTransport(transport.host, transport.port).deliver(
            a_message().as_bytes(), "a@example.org", "b@example.org"
        )

    assert handler.received == []


async def test_outbox_keeps_one_file_per_message(tmp_path: Path) -> None:
    outbox = OutboxTransport(tmp_path / "outbox")
    first = a_message(recipient="p@example.org").as_bytes()

    await outbox.deliver(first, "a@example.org", "p@example.org")
    await outbox.deliver(first, "a@example.org", "p@example.org")
    await outbox.deliver(a_message(key="other").as_bytes(), "a@example.org", "../../p@example.org")

    files = sorted((tmp_path / "outbox").iterdir())
    assert len(files) == 2
    assert {file.suffix for file in files} == {".eml"}
    assert all(file.name.startswith("20270111T170000-een-bcc-y@example.org-p@example.org-") for file in files)
    assert first in {file.read_bytes() for file in files}
