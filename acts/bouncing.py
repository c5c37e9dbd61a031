"""Taking in what mail servers report after they had taken a mail: it came back."""

import hashlib
from typing import NamedTuple

from temporalio.client import Client

from acts.carrying import act
from models import contracts as c
from models.enums import TaskStatus
from models.questions import MailBounce
from models.tables import Mail
from rules import bounces
from store import mails, views
from store.engine import Database


class Returned(NamedTuple):
    """What came of a report.

    Attributes:
        mail: the one that came back; none when the report says that a mail is late or arrived.
        receipt: of the entry on record; none when nothing waits for an answer to that mail any more.
    """

    mail: Mail | None
    receipt: c.Receipt | None = None


async def bounced(client: Client, db: Database, report: bytes) -> Returned:
    """Put on record that a mail came back, by the report of a mail server; twice the same report counts once.

    Raises:
        Refusal: it is no such report.
        NotFound: no mail of this installation came back in it.
    """
    found = bounces.read(report)
    if found is None:
        return Returned(None)
    mail = await mails.by_message_id(db, found.message_id, found.recipient)
    if mail.task is None:
        return Returned(mail)
    task = await views.task(db, mail.task)
    if task.status is not TaskStatus.OPEN:
        return Returned(mail)
    act_id = f"bounce-{hashlib.sha256(mail.id.encode()).hexdigest()[:32]}"
    message = MailBounce(act=act_id, task=task.id, person=mail.person, mail=mail.id, problem=found.problem)
    return Returned(mail, await act(client, task.workflow, "report_bounce", message, act_id=act_id, db=db))
