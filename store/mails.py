"""The mail table: each message is kept before it is sent, so that a retry sends the same one, once."""

from collections.abc import Sequence
from datetime import date
from email import policy
from email.parser import BytesHeaderParser

from sqlmodel import col, func, select

from models.contracts import Mandate
from models.enums import MailStatus
from models.errors import NotFound
from models.tables import Covenant, HumanTask, Mail, Person, Signature
from rules.mandates import written_to
from store.engine import Database

SEARCHED = 2000
"""Mails, the newest first, among which the one that came back is looked for."""


async def recipients(db: Database, slug: str, respondent: str, role: str | None, today: date) -> list[Person]:
    """Return who is written to for a respondent: who has a mandate of a party, or the holders of an office."""
    async with db.read() as session:
        if role is None:
            rows = list(await session.exec(select(Person).where(Person.covenant == slug, Person.party == respondent)))
            held = [[Mandate.model_validate(mandate) for mandate in row.mandates] for row in rows]
            return [rows[place] for place in written_to(held, today)]
        people = await session.exec(select(Person).where(Person.covenant == slug))
        return [person for person in people if role in person.roles]


async def signatories(db: Database, task: str) -> set[str]:
    """Return who signed in a task, or passed signing on."""
    async with db.read() as session:
        row = await session.get(HumanTask, task)
        signed = await session.exec(select(Signature.person).where(Signature.task == task))
        return {*signed, *(row.passed_on if row is not None else ())}


async def covenant(db: Database, slug: str) -> Covenant:
    """Return the covenant a mail is about."""
    async with db.read() as session:
        return await session.get_one(Covenant, slug)


async def queue(db: Database, mails: Sequence[Mail]) -> list[Mail]:
    """Keep mails that are not kept yet; return those still to be sent, in order."""
    ids = [mail.id for mail in mails]
    async with db.write() as session:
        known = {mail.id: mail for mail in await session.exec(select(Mail).where(col(Mail.id).in_(ids)))}
        for mail in mails:
            if mail.id not in known:
                session.add(mail)
    kept = [known.get(mail.id, mail) for mail in mails]
    return [mail for mail in kept if mail.status is MailStatus.QUEUED]


async def settle(db: Database, mail_ids: Sequence[str], status: MailStatus, problem: str | None = None) -> None:
    """Note what became of mails."""
    if not mail_ids:
        return
    async with db.write() as session:
        for mail in await session.exec(select(Mail).where(col(Mail.id).in_(mail_ids))):
            mail.status, mail.problem = status, problem


async def by_message_id(db: Database, message_id: str, recipient: str) -> Mail:
    """Return the mail that went out under a Message-ID.

    Args:
        db: the database.
        message_id: with its brackets.
        recipient: the address it went to, in small letters; empty when that is not known.

    Raises:
        NotFound: none did.
    """
    sent = select(Mail).where(col(Mail.status) != MailStatus.QUEUED).order_by(col(Mail.at).desc()).limit(SEARCHED)
    async with db.read() as session:
        for query in (sent.where(func.lower(Mail.recipient) == recipient), sent):  # it may have been forwarded
            for mail in await session.exec(query):
                if BytesHeaderParser(policy=policy.default).parsebytes(mail.message)["Message-ID"] == message_id:
                    return mail
    raise NotFound(
        "unknown_mail",
        f"Er ging hier geen mail uit met kenmerk {message_id}. Verwacht: een bericht over een mail van hier.",
        f"No mail with id {message_id} went out from here. Expected: a report about a mail of this installation.",
        {"message_id": message_id},
    )


async def undeliverable(db: Database, mail_ids: Sequence[str]) -> list[Mail]:
    """Return which of these mails were refused for good."""
    async with db.read() as session:
        rows = await session.exec(
            select(Mail).where(col(Mail.id).in_(mail_ids), Mail.status == MailStatus.UNDELIVERABLE)
        )
        return list(rows)
