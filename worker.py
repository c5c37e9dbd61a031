"""The composition root: settings, client, database, and the worker with all workflows and activities."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from temporalio.client import Client
from temporalio.worker import Worker

from activities.digests import Digests
from activities.documents import Documents
from activities.jobs import Jobs
from activities.mail import Mails
from activities.mailing import OutboxTransport, SmtpTransport, Tls, Transport
from activities.passkeys import Passkeys
from activities.providing import seal_of
from activities.records import Records
from activities.stamping import Stamps
from activities.webhooks import Webhooks
from runtime.keys import kept_secret
from runtime.settings import Settings
from runtime.temporal import workflow_runner
from store.engine import Database
from workflows.accession import AccessionWorkflow
from workflows.asking import (
    ApprovalStepWorkflow,
    ContributionStepWorkflow,
    RatificationStepWorkflow,
    TaskStepWorkflow,
)
from workflows.covenant import CovenantWorkflow
from workflows.dialogue import DialogueStepWorkflow
from workflows.digests import DigestWorkflow
from workflows.implementation import ImplementationStepWorkflow
from workflows.jobs import JobWorkflow
from workflows.meeting import MeetingWorkflow
from workflows.questions import QuestionWorkflow
from workflows.round import DialogueRoundWorkflow
from workflows.signing import SigningStepWorkflow
from workflows.stamps import StampWorkflow
from workflows.webhooks import WebhooksWorkflow

WORKFLOWS: Sequence[type] = (
    CovenantWorkflow,
    TaskStepWorkflow,
    ContributionStepWorkflow,
    ApprovalStepWorkflow,
    DialogueStepWorkflow,
    DialogueRoundWorkflow,
    RatificationStepWorkflow,
    SigningStepWorkflow,
    ImplementationStepWorkflow,
    DigestWorkflow,
    StampWorkflow,
    WebhooksWorkflow,
    JobWorkflow,
    QuestionWorkflow,
    MeetingWorkflow,
    AccessionWorkflow,
)


def activities(db: Database, settings: Settings, transport: Transport | None = None) -> list[Callable[..., Any]]:
    """Return the activities over these resources."""
    records = Records(db)
    seal_of(settings)  # a key that cannot be read is told at the start, not when a covenant is signed
    documents = Documents(db, settings)
    stamps = Stamps(db, settings.tsa_url)
    way_out = transport or make_transport(settings)
    mails = Mails(db, way_out, settings.mail_from, code_secret(settings), settings.mail_links)
    digests = Digests(db, way_out, settings.mail_from, settings.mail_links)
    hooks = Webhooks(db, settings.public_url, settings.operators, local=settings.local_webhooks)
    jobs = Jobs(db)
    return [
        records.open_covenant,
        records.record,
        records.answers_on_record,
        records.look_at_delegation,
        records.look_at_comment,
        records.look_at_own,
        records.look_at_meeting,
        records.look_at_paper,
        records.look_at_lane,
        records.look_at_weighing,
        records.look_at_package,
        records.prepare_revision,
        records.look_at_proposal,
        records.look_at_draft,
        records.look_at_amendments,
        records.earlier_approvals,
        records.look_at_fix,
        documents.make_document,
        mails.send_mail,
        mails.issue_code,
        mails.check_code,
        Passkeys(db, settings.public_url).check_passkey,
        digests.send_digests,
        stamps.stamp_heads,
        hooks.tell_webhooks,
        jobs.work_on_job,
        jobs.give_up_job,
    ]


def make_worker(
    client: Client,
    db: Database,
    settings: Settings,
    *,
    transport: Transport | None = None,
    task_queue: str | None = None,
) -> Worker:
    """Make a worker; run it with `async with`.

    A killed worker leaves the next task of its cached workflows waiting for the sticky timeout, so it is short
    (reference/temporal.md section 4).
    """
    return Worker(
        client,
        task_queue=task_queue or settings.task_queue,
        workflows=WORKFLOWS,
        activities=activities(db, settings, transport),
        workflow_runner=workflow_runner(),
        sticky_queue_schedule_to_start_timeout=timedelta(seconds=2),
        graceful_shutdown_timeout=timedelta(seconds=10),
        max_cached_workflows=1000,
    )


def make_transport(settings: Settings) -> Transport:
    """Return the way out for mail: a server, or the outbox folder."""
    if not settings.smtp_host:
        return OutboxTransport(settings.outbox)
    return SmtpTransport(
        settings.smtp_host,
        settings.smtp_port,
        user=settings.smtp_user or None,
        password=settings.smtp_password.get_secret_value() or None,
        tls=Tls(settings.smtp_tls),
    )


def code_secret(settings: Settings) -> bytes:
    """Return the secret that makes one-time codes; without a setting, one is made once in the state folder."""
    return kept_secret(settings.state, "code-secret", settings.code_secret.get_secret_value())
