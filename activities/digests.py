"""The activity that sends digests: one mail an address, at most one a day."""

from urllib.parse import quote

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities import names
from activities.mailing import Message, TemporarilyRefused, Transport, Undeliverable, render_mail
from models.accounts import Account, Digest
from models.digesting import DigestMoment, DigestReport
from rules import digests as rules
from rules.calendar import local_date
from store import digests
from store.engine import Database

AT_ONCE = 50
"""Accounts in one call: each is one mail, and a mail server may be slow."""

TITLE = "Polder"


class Digests:
    """Tells each account what it asked to be told."""

    def __init__(self, db: Database, transport: Transport, sender: str, base_url: str = "") -> None:
        self.db, self.transport, self.sender = db, transport, sender
        self.base_url = base_url.rstrip("/")

    @activity.defn(name=names.SEND_DIGESTS)
    async def send_digests(self, moment: DigestMoment) -> DigestReport:
        """Send the digests of some accounts. Who got one today is passed over, so a retry sends none twice.

        Raises:
            ApplicationError: `mail_refused_for_now`, retryable.
        """
        accounts = await digests.wanted(self.db, weekly=moment.weekly, after=moment.after, limit=AT_ONCE)
        sent = 0
        for account in accounts:
            if not rules.was_sent(moment.at, account.digest_at):
                sent += await self._send(account, moment)
        return DigestReport(sent=sent, after=accounts[-1].email if len(accounts) == AT_ONCE else None)

    async def _send(self, account: Account, moment: DigestMoment) -> int:
        since = rules.since(moment.at, account.digest_at, weekly=account.digest is Digest.WEEKLY)
        found = await digests.contents(self.db, account.email, moment.at, since)
        if found is None or found.is_empty:
            return 0
        try:
            await self.transport.deliver(self._message(account, moment, found), self.sender, account.email)
        except TemporarilyRefused as error:
            raise ApplicationError(str(error), type="mail_refused_for_now") from error
        except Undeliverable as error:
            activity.logger.warning("digest not delivered: %s", error)
            return 0
        await digests.sent(self.db, account.email, moment.at)
        return 1

    def _message(self, account: Account, moment: DigestMoment, found: digests.Contents) -> bytes:
        tongue = account.language
        mail = render_mail(
            "digest",
            tongue,
            {
                "covenant": TITLE,
                "recipient": found.name,
                "day": moment.at,
                "tasks": [
                    {
                        "what": task.what.pick(tongue), "covenant": task.covenant.pick(tongue), "due": task.due,
                        "late": task.due < moment.at, "link": self._link(task.id), "task": task.id,
                        "person": task.person,
                    }
                    for task in found.tasks
                ],
                "news": [
                    {
                        "covenant": one.covenant.pick(tongue),
                        "sentences": [words.pick(tongue) for words in one.sentences],
                    }
                    for one in found.news
                ],
                "settings": f"{self.base_url}/account" if self.base_url else "",
            },
        )  # fmt: skip
        return Message(
            key=f"digest/{account.email}/{local_date(moment.at).isoformat()}",
            thread=f"digest/{account.email}",
            list_id="digest",
            sender=self.sender,
            sender_name=TITLE,
            recipient=account.email,
            recipient_name=found.name,
            date=moment.at,
            language=tongue,
            mail=mail,
        ).as_bytes()

    def _link(self, task: str) -> str:
        return f"{self.base_url}/tasks/{quote(task)}" if self.base_url else ""
