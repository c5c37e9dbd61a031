"""The activities that send mail: draft, reminder, outcome, one-time code."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from urllib.parse import quote

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities import names
from activities.inviting import invitation
from activities.mailing import (
    Attachment,
    Message,
    TemporarilyRefused,
    Transport,
    Undeliverable,
    attach,
    render_mail,
)
from activities.sealing import codes_match, one_time_code
from models import errands
from models.base import Words
from models.convening import MeetingText
from models.enums import Language, MailStatus, Role, RuleKind, Rung
from models.tables import Covenant, HumanTask, Mail, Party, Person
from rules.calendar import local_date
from rules.digests import may_be_left_out
from rules.ground_rules import rule_in_words
from rules.wording import OFFICES, RUNGS
from store import amendments, contents, documents, ground, mails, meetings
from store.digests import unreminded
from store.engine import Database

DAY = timedelta(days=1)
"""A code that is asked for late still works for a day."""

WHEN = ("now", "due")
"""What tells a reminder before the due date, which someone may not want, from one on or after it."""

TIMES = ("due", "now", "since", "at", "until", "start")


class Mails:
    """Renders a mail per person, keeps it, sends it; a mail that was sent is never sent again."""

    def __init__(self, db: Database, transport: Transport, sender: str, secret: bytes, base_url: str = "") -> None:
        self.db, self.transport, self.sender, self.secret = db, transport, sender, secret
        self.base_url = base_url.rstrip("/")
        self.matter: dict[tuple[str, str | None, Language], list[str]] = {}

    @activity.defn(name=names.SEND_MAIL)
    async def send_mail(self, batch: errands.MailBatch) -> errands.MailReport:
        """Send a batch. A 4xx makes the activity try again for those not sent yet; a 5xx is reported.

        Raises:
            ApplicationError: `mail_refused_for_now`, retryable.
        """
        covenant = await mails.covenant(self.db, batch.covenant)
        kept: list[Mail] = []
        for item in batch.items:
            kept += await self._written(covenant, batch, item)
        waiting = await mails.queue(self.db, kept)
        later = await self._deliver(waiting)
        if later is not None:
            raise ApplicationError(str(later), type="mail_refused_for_now")
        failed = await mails.undeliverable(self.db, [mail.id for mail in kept])
        lost = {mail.id for mail in failed}
        return errands.MailReport(
            sent=len(kept) - len(failed),
            undelivered=[
                errands.Undelivered(task=mail.task, person=mail.person, problem=(mail.problem or "refused")[:300])
                for mail in failed
            ],
            delivered=[
                errands.Delivered(task=mail.task, person=mail.person)
                for mail in kept
                if batch.receipts and mail.task is not None and mail.id not in lost
            ],
        )

    @activity.defn(name=names.ISSUE_CODE)
    async def issue_code(self, issue: errands.CodeIssue) -> None:
        """Mail a one-time code to the signatory; the code itself appears in no history."""
        covenant = await mails.covenant(self.db, issue.covenant)
        async with self.db.read() as session:
            person = await session.get_one(Person, (issue.covenant, issue.person))
            task = await session.get_one(HumanTask, issue.task)
        values = {
            "party": await self._party_name(issue.covenant, task.respondent, person.language),
            "what": task.title_nl if person.language is Language.NL else task.title_en,
            "task": task.id,
            "code": one_time_code(self.secret, issue.task, issue.issue),
            "sha256": issue.text_sha,
            "until": max(task.due_at, issue.at + DAY),
        }
        item = errands.MailItem(
            key=f"{issue.task}/code/{issue.issue}", template="code", respondent=task.respondent, task=task.id
        )
        mail = self._mail(covenant, issue.at, item, person, values)
        later = await self._deliver(await mails.queue(self.db, [mail]))
        if later is not None:
            raise ApplicationError(str(later), type="mail_refused_for_now")

    @activity.defn(name=names.CHECK_CODE)
    async def check_code(self, check: errands.CodeCheck) -> bool:
        """Compare a code with the one that was mailed last."""
        return codes_match(check.code, one_time_code(self.secret, check.task, check.issue))

    async def _party_name(self, covenant: str, respondent: str, language: Language) -> str:
        async with self.db.read() as session:
            party = await session.get(Party, (covenant, respondent))
        if party is None:
            return OFFICES[Role(respondent)].pick(language)
        return party.name_nl if language is Language.NL else party.name_en

    async def _attached(self, mail: Mail) -> bytes:
        if mail.document is None:
            return mail.message
        pdf = await contents.get(self.db, mail.document)
        return attach(mail.message, Attachment(name=f"{mail.covenant}-{mail.document[:8]}.pdf", content=pdf))

    async def _written(self, covenant: Covenant, batch: errands.MailBatch, item: errands.MailItem) -> list[Mail]:
        people = await mails.recipients(self.db, batch.covenant, item.respondent, item.role, local_date(batch.at))
        people = [person for person in people if item.person in {None, person.id}]
        if item.template == "reminder" and item.task is not None:
            signed = await mails.signatories(self.db, item.task)  # where several sign, only who has not is reminded
            people = [person for person in people if person.id not in signed]
        found = []
        if item.template == "reminder" and may_be_left_out(*(datetime.fromisoformat(item.values[n]) for n in WHEN)):
            unwanted = await unreminded(self.db, [person.email for person in people])
            people = [person for person in people if person.email.lower() not in unwanted]
        for person in people:
            values = mail_values(item, person.language)
            if item.template == "draft" and batch.round is not None:
                changes = await documents.changes_for(self.db, batch.covenant, batch.round, item.respondent)
                values["changes"] = [_in(change, person.language) for change in changes]
                stands = await documents.stands_for(self.db, batch.covenant, batch.round, item.respondent)
                values["stands"] = ", ".join(stands)
            if item.template == "asked":
                values["matter"] = await self._matter(batch.covenant, item, person.language)
            if item.template == "notice" and "amendment" in item.values:
                values |= await self._place(batch.covenant, str(item.values["amendment"]), person.language)
            if item.template == "question":
                values |= await self._question(batch.covenant, int(item.values["no"]), person.language)
            if item.template == "meeting":
                values |= {"task": item.task or ""} | meeting_values(
                    await meetings.words(self.db, str(values["text_sha"]))
                )
            if item.template == "rung":
                waiting = await mails.recipients(
                    self.db, batch.covenant, str(values["who"]), None, local_date(batch.at)
                )
                values |= rung_values(values, [one.name for one in waiting], person.language)
            found.append(self._mail(covenant, batch.at, item, person, values, batch.document))
        return found

    async def _place(self, slug: str, key: str, language: Language) -> dict[str, object]:
        """Return where in the text an amendment is, cited, and the address of its page."""
        cited = next((one.cited for one in await amendments.amendments(self.db, slug, keys=[key])), None)
        page = f"{self.base_url}/c/{quote(slug)}/amendment?id={quote(key, safe='')}" if self.base_url else ""
        return {"place": cited.pick(language) if cited else "", "page": page}

    async def _question(self, slug: str, no: int, language: Language) -> dict[str, object]:
        """Return what is asked beside the plan: a rule and the one that holds, or two texts to compare."""
        found = await ground.question(self.db, slug, no)
        if found is None:
            why = f"question {no} is not on record yet"
            raise ApplicationError(why, type="question_not_there")
        asked = found.asked
        texts = await ground.text_before_and_after(self.db, slug, asked)
        held = {one.matter: one.rule for one in await ground.rules(self.db, slug)} if asked.matter else {}
        return {
            "reason": asked.reason,
            "rule": rule_in_words(asked.rule).pick(language) if asked.rule else "",
            "was": rule_in_words(held[asked.matter]).pick(language) if asked.matter else "",
            "by": rule_in_words(asked.by).pick(language),
            "days": asked.by.days,
            "silence": asked.by.kind is RuleKind.SILENCE,
            "old": texts["old"].pick(language) if texts else "",
            "new": texts["new"].pick(language) if texts else "",
        }

    async def _matter(self, covenant: str, item: errands.MailItem, language: Language) -> list[str]:
        if item.task is None:
            return []
        async with self.db.read() as session:
            task = await session.get(HumanTask, item.task)
        key = (covenant, task.step if task else None, language)
        if key not in self.matter:  # the playbook is frozen at launch
            self.matter[key] = await documents.matter_of(self.db, *key)
        return self.matter[key]

    def _mail(
        self, covenant: Covenant, at: datetime, item: errands.MailItem, person: Person, values: Mapping[str, object],
        document: str | None = None,
    ) -> Mail:  # fmt: skip
        title = covenant.title_nl if person.language is Language.NL else covenant.title_en
        rendered = render_mail(
            item.template,
            person.language,
            {
                **values,
                "covenant": title,
                "recipient": person.name,
                "person": person.id,
                "link": self._link(item.task or str(values.get("task") or "")),
            },
        )
        mail_id = f"{item.key}/{person.id}"
        mail = Mail(
            id=mail_id, covenant=covenant.slug, task=item.task, person=person.id, recipient=person.email,
            subject=rendered.subject, template=item.template, message=b"", status=MailStatus.QUEUED, at=at,
            document=document,
        )  # fmt: skip
        try:
            mail.message = Message(
                key=mail_id,
                thread=item.task or f"{covenant.slug}/{item.template}",
                list_id=covenant.slug,
                sender=self.sender,
                sender_name=title,
                recipient=person.email,
                recipient_name=person.name,
                date=at,
                language=person.language,
                mail=rendered,
                calendar=self._calendar(covenant, at, person, values, title) if item.template == "meeting" else None,
            ).as_bytes()
        except Undeliverable as error:
            mail.status, mail.problem = MailStatus.UNDELIVERABLE, str(error)
        return mail

    def _calendar(
        self, covenant: Covenant, at: datetime, person: Person, values: Mapping[str, object], title: str
    ) -> tuple[str, bytes] | None:
        text = values["text"]
        if not isinstance(text, MeetingText):
            return None
        return invitation(
            text, values, slug=covenant.slug, at=at, sender=self.sender, sender_name=title,
            recipient=person.email, recipient_name=person.name,
        )  # fmt: skip

    def _link(self, task: str) -> str:
        """Return the address of a task's page; empty where there is no site, or no task."""
        return f"{self.base_url}/tasks/{quote(task)}" if self.base_url and task else ""

    async def _deliver(self, waiting: list[Mail]) -> TemporarilyRefused | None:
        later: TemporarilyRefused | None = None
        for mail in waiting:
            try:
                await self.transport.deliver(await self._attached(mail), self.sender, mail.recipient)
            except TemporarilyRefused as error:
                later = error
            except Undeliverable as error:
                await mails.settle(self.db, [mail.id], MailStatus.UNDELIVERABLE, str(error))
            else:
                await mails.settle(self.db, [mail.id], MailStatus.SENT)
        return later


def mail_values(item: errands.MailItem, language: Language) -> dict[str, object]:
    """Take the texts in one language (`title_nl`, `title_en` become `title`), and read moments."""
    values: dict[str, object] = {}
    for name, value in item.values.items():
        stem, _, tail = name.rpartition("_")
        if tail in set(Language):
            if tail == language:
                values[stem] = value
        elif name in TIMES and value:
            values[name] = datetime.fromisoformat(value)
        else:
            values[name] = value
    if "paragraphs" in values:
        values["paragraphs"] = str(values["paragraphs"]).split("\n")
    values.setdefault("next", None)
    return values


def _in(change: Mapping[str, Words | str | bool | None], language: Language) -> dict[str, str | bool | None]:
    """Say a change in one language; one that is in the other alone is shown in that: it is asked about too."""
    said = {name: value.pick(language) if isinstance(value, Words) else value for name, value in change.items()}
    old, new = change["old"], change["new"]
    other = next(one for one in Language if one is not language)
    if isinstance(old, Words) and isinstance(new, Words) and old.pick(language) == new.pick(language) and old != new:
        said |= {"old": old.pick(other), "new": new.pick(other), "tongue": other.value}
    return said


def meeting_values(text: MeetingText | None) -> dict[str, object]:
    """Return what a mail about a meeting says of it."""
    known = text or MeetingText(title="-")
    return {
        "text": text, "name": known.title, "place": known.place, "online": known.link, "agenda": known.agenda,
        "description": known.description.split("\n") if known.description else [],
    }  # fmt: skip


def rung_values(values: Mapping[str, object], waiting: Sequence[str], language: Language) -> dict[str, object]:
    """Return what a mail about a rung says more: what to do, and who is waited for."""
    return {
        "next": RUNGS[Rung(str(values["rung"]))].pick(language),
        "waiting": [{"party": values["party"], "person": name, "since": values["since"]} for name in waiting],
    }
