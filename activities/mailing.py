"""Mail: the words (Jinja2), the message (stdlib) and the way out (SMTP, or files in a folder).

One template per mail serves text and HTML, Dutch and English: it puts the pieces of `kit.*.j2` in `base.*.j2`.
Inside `t("…{name}…", "…")` a datetime is written as date and time in words, Amsterdam time.

Every mail needs `covenant` (its title) and `recipient` (the person's name), in the recipient's language; those about a
task a `link` to its page, empty where there is no site, which then stands instead of a command; and:

- `asked`, a task opens: party, what, due: datetime, task, next, matter: list of str (purpose and norms; may be empty).
- `draft`, a round opens: round, party, due: datetime, task, stands: numbers of the articles whose approval stands,
  changes: list of {number, title, old: str or None for a new article, else what the party approved, new, reason: str
  or None}.
- `question`, one beside the plan: party, what, due: datetime, task, reason, by, days, silence, rule and was (empty but
  for a ground rule), old and new (empty but for a fix).
- `reminder`, before, on or after the due date: party, what, due: datetime, task, now: datetime (tells which of the
  three).
- `rung`, to secretariat, chair or mediator: rung ("call", "chair" or "mediator"), what, next, waiting: list of
  {party, person, since: datetime}.
- `outcome`, a step or round is decided: what, sentence (of the verdict), next: str or None.
- `answered_on_behalf`, to the party: party, what, by, why, answer, at: datetime.
- `code`, before signing: party, what, task, code, sha256, until: datetime.
- `digest`, each morning or week, about all covenants: tasks: list of {what, covenant, due, late, link, task, person},
  news: list of {covenant, sentences}, settings: the address where it is chosen, or empty. `covenant` is "Polder".
- `meeting`, an invitation or what changed in it: meeting ("called", "moved", "changed" or "cancelled"), name, start:
  datetime, why (may be empty), place, online (may be empty), agenda and description: list of str, task (may be empty).
- `notice`, a hold, extension, withdrawal, entry into force: subject, paragraphs: list of str; of an amendment also
  place, as it is cited, and page, its address.

A value that is missing is an error (StrictUndefined), never a hole in a letter.
"""

import asyncio
import os
import re
import secrets
import unicodedata
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from enum import StrEnum
from pathlib import Path
from typing import Protocol

import aiosmtplib
from jinja2 import Environment, FileSystemLoader, StrictUndefined, UndefinedError, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from models.enums import Language
from rules.calendar import AMSTERDAM, clock, in_words, local_date
from rules.redline import ops, to_html, to_text

TEMPLATES = Path(__file__).parents[1] / "templates" / "mail"
NAMESPACE = uuid.UUID("5f0a0c58-6d3c-5b0c-9a44-3c6d6e1f2b7a")
PERMANENT = 500
TOO_BIG = 552
NAME_NOT_ALLOWED = 553
SECONDS = 30


class MailRefused(Exception):
    """A server did not take a message.

    Attributes:
        code: the SMTP reply code; 0 when there was no reply.
        text: what the server, or the connection, said.
    """

    def __init__(self, code: int, text: str) -> None:
        super().__init__(f"{code} {text}")
        self.code = code
        self.text = text


class TemporarilyRefused(MailRefused):
    """Try again later: the server is away or busy, or the operator has to mend its settings."""


class Undeliverable(MailRefused):
    """This message will never reach this address: somebody has to find another way."""


class Tls(StrEnum):
    """How the connection to the mail server is protected."""

    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


@dataclass(frozen=True)
class RenderedMail:
    """The words of one mail."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True)
class Attachment:
    """A file that goes along."""

    name: str
    content: bytes
    media_type: str = "application/pdf"


@dataclass(frozen=True)
class Message:
    """One mail to one person. The same values give the same bytes, so a retry sends the same message.

    Attributes:
        key: what makes this mail this mail, such as task and reminder; becomes the Message-ID.
        thread: what it belongs to, such as the task or the covenant; groups mails in a mailbox.
        list_id: the covenant's slug.
        sender: address of this installation; its domain ends the Message-ID.
    """

    key: str
    thread: str
    list_id: str
    sender: str
    sender_name: str
    recipient: str
    recipient_name: str
    date: datetime
    language: Language
    mail: RenderedMail
    calendar: tuple[str, bytes] | None = None
    """For an invitation: its method, such as REQUEST, and what calendar programs read."""

    def as_bytes(self) -> bytes:
        """Write the message as it goes over the wire.

        Raises:
            Undeliverable: the address has letters that most mail servers do not take.
        """
        if not self.recipient.isascii():
            raise Undeliverable(NAME_NOT_ALLOWED, f"address not in ASCII: {self.recipient}")
        domain = self.sender.rpartition("@")[2]
        message = EmailMessage(policy=policy.SMTP)
        message["From"] = Address(_one_line(self.sender_name), addr_spec=self.sender)
        message["To"] = Address(_one_line(self.recipient_name), addr_spec=self.recipient)
        message["Subject"] = _one_line(self.mail.subject)
        message["Date"] = self.date
        message["Message-ID"] = message_id(self.key, domain)
        message["References"] = message_id(self.thread, domain)
        message["In-Reply-To"] = message_id(self.thread, domain)
        message["List-Id"] = f"<{self.list_id}.{domain}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(self.mail.text)
        message.make_alternative(_boundary(message, "words"))
        message.add_alternative(self.mail.html, subtype="html")
        if self.calendar is not None:
            method, data = self.calendar
            message.add_alternative(data.decode(), subtype="calendar", params={"method": method})
        message["Content-Language"] = str(self.language)
        return message.as_bytes(policy=ON_THE_WIRE)


ON_THE_WIRE = policy.SMTP.clone(max_line_length=900)
"""Headers on one line each: folded ones come back from some readers with spaces that nobody wrote. RFC 5322 has 998."""


def attach(message: bytes, attachment: Attachment) -> bytes:
    """Return a kept message with a file attached; the same in gives the same out."""
    opened = message_from_bytes(message, policy=policy.SMTP)
    if not isinstance(opened, EmailMessage):
        raise TypeError(type(opened))
    maintype, _, subtype = attachment.media_type.partition("/")
    opened.make_mixed(_boundary(opened, "files"))
    opened.add_attachment(attachment.content, maintype=maintype, subtype=subtype, filename=_one_line(attachment.name))
    return opened.as_bytes(policy=ON_THE_WIRE)


def _boundary(message: EmailMessage, of: str) -> str:
    """Name what stands between the parts, the same on every retry; the library would draw a lot."""
    return f"polder-{uuid.uuid5(NAMESPACE, str(message['Message-ID']))}-{of}"


class Transport(Protocol):
    """A way out for messages."""

    async def deliver(self, message: bytes, sender: str, recipient: str) -> None:
        """Hand over one message.

        Raises:
            TemporarilyRefused: try again later.
            Undeliverable: do not try again.
        """


@dataclass(frozen=True)
class SmtpTransport:
    """Delivers to a mail server."""

    host: str
    port: int
    user: str | None = None
    password: str | None = None
    tls: Tls = Tls.STARTTLS

    async def deliver(self, message: bytes, sender: str, recipient: str) -> None:
        """Hand over one message. A 5xx that blames us (login, sender) is no fault of the recipient: try again later."""
        try:
            await aiosmtplib.send(
                message,
                sender=sender,
                recipients=[recipient],
                hostname=self.host,
                port=self.port,
                username=self.user,
                password=self.password,
                use_tls=self.tls == Tls.TLS,
                start_tls=self.tls == Tls.STARTTLS,
                timeout=SECONDS,
            )
        except aiosmtplib.SMTPRecipientsRefused as error:
            refused = error.recipients[0]
            kind = Undeliverable if refused.code >= PERMANENT else TemporarilyRefused
            raise kind(refused.code, refused.message) from error
        except aiosmtplib.SMTPResponseException as error:
            about_message = isinstance(error, aiosmtplib.SMTPDataError) or error.code == TOO_BIG
            kind = Undeliverable if about_message and error.code >= PERMANENT else TemporarilyRefused
            raise kind(error.code, error.message) from error
        except (aiosmtplib.SMTPException, OSError) as error:
            raise TemporarilyRefused(0, str(error)) from error


@dataclass(frozen=True)
class OutboxTransport:
    """Writes each message to a file: for trying out, demonstrations and tests."""

    folder: Path

    async def deliver(self, message: bytes, sender: str, recipient: str) -> None:  # noqa: ARG002 the protocol's shape
        """Write `<date>-<subject>-<recipient>-<id>.eml`. The same message again gives the same file."""
        await asyncio.to_thread(self._write, message, recipient)

    def _write(self, message: bytes, recipient: str) -> None:
        headers = BytesHeaderParser(policy=policy.default).parsebytes(message)
        date = headers["Date"].datetime.astimezone(AMSTERDAM)
        mark = uuid.uuid5(NAMESPACE, str(headers["Message-ID"])).hex[:8]
        name = f"{date:%Y%m%dT%H%M%S}-{_slug(str(headers['Subject']))}-{_slug(recipient)}-{mark}.eml"
        self.folder.mkdir(parents=True, exist_ok=True)
        temporary = self.folder / f".{secrets.token_hex(8)}"
        temporary.write_bytes(message)
        os.replace(temporary, self.folder / name)  # noqa: PTH105 atomic, and says so


def message_id(key: str, domain: str) -> str:
    """Return the Message-ID that belongs to a key: the same on every retry."""
    return f"<{uuid.uuid5(NAMESPACE, key)}@{domain}>"


def render_mail(template: str, language: Language, values: Mapping[str, object]) -> RenderedMail:
    """Write a mail. The module's docstring lists the templates and the values each needs.

    Raises:
        jinja2.UndefinedError: a value is missing.
        jinja2.TemplateNotFound: there is no such mail.
    """
    known = {**values, "language": language}
    letter = _TEXT.get_template(f"{template}.j2")
    subject = "".join(letter.blocks["subject"](letter.new_context(known)))
    text = re.sub(r"\n{3,}", "\n\n", letter.render(known)).strip() + "\n"
    return RenderedMail(_one_line(subject), text, _HTML.get_template(f"{template}.j2").render(known))


def _moment(value: datetime, language: Language) -> str:
    joint = "om" if language == Language.NL else "at"
    return f"{in_words(local_date(value), language)} {joint} {clock(value)}"


class _Spoken(Mapping[str, object]):
    """The values a sentence can name, with every datetime in words."""

    def __init__(self, context: Context, named: Mapping[str, object]) -> None:
        self._values = {**context.get_all(), **named}
        self._language: Language = context["language"]

    def __getitem__(self, key: str) -> object:
        if key not in self._values:
            msg = f"'{key}' is undefined"
            raise UndefinedError(msg)
        value = self._values[key]
        return _moment(value, self._language) if isinstance(value, datetime) else value

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


@pass_context
def _t(context: Context, nl: str, en: str, **named: object) -> str:
    """Pick the sentence in the recipient's language and fill in its {names}."""
    return (nl if context["language"] == Language.NL else en).format_map(_Spoken(context, named))


@pass_context
def _day(context: Context, value: datetime) -> str:
    return in_words(local_date(value), context["language"])


def _days_between(start: datetime, end: datetime) -> int:
    return (local_date(end) - local_date(start)).days


@pass_context
def _redline_html(context: Context, old: str, new: str) -> Markup:
    return Markup(to_html(ops(old, new), context["language"]))  # noqa: S704 to_html escapes the text


def _redline_text(old: str, new: str) -> str:
    return to_text(ops(old, new))


@pass_context
def _legend_html(context: Context) -> str:
    return _t(
        context,
        "Verwijderde woorden zijn doorgehaald, toegevoegde woorden onderstreept.",
        "Deleted words are struck through, inserted words are underlined.",
    )


@pass_context
def _legend_text(context: Context) -> str:
    nl = "Verwijderde woorden staan tussen [- en -], toegevoegde woorden tussen {+ en +}."
    en = "Deleted words are between [- and -], inserted words between {+ and +}."
    return nl if context["language"] == Language.NL else en


def _environment(form: str, redline: Callable[..., str], legend: Callable[..., str]) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=form == "html",  # noqa: S701 plain text has nothing to escape
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters["day"] = _day
    environment.globals |= {"t": _t, "layout": f"base.{form}.j2", "redline": redline, "legend": legend}
    environment.globals |= {"days_between": _days_between}
    environment.globals["k"] = environment.get_template(f"kit.{form}.j2").module
    return environment


_TEXT = _environment("txt", _redline_text, _legend_text)
_HTML = _environment("html", _redline_html, _legend_html)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9@.]+", "-", plain).strip("-.")[:60] or "x"
