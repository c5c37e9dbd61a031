"""The tables behind the site: who signs in, what they like, what they were typing. No covenant is decided by these.

A person at a covenant's table is a row of `models.tables.Person`; an account is whoever reads the mail of an address.
Secrets (sessions, links, tokens) are kept as their SHA-256 only.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from models.columns import JSON, enum_column, time_column
from models.enums import Language


class Digest(StrEnum):
    """How often someone wants what happened in one mail."""

    NEVER = "never"
    DAILY = "daily"
    WEEKLY = "weekly"


class Method(StrEnum):
    """How someone signed in."""

    LINK = "link"
    PASSKEY = "passkey"
    OIDC = "oidc"
    DEMO = "demo"


class Scope(StrEnum):
    """What a token of the JSON API may do."""

    READ = "read"
    ANSWER = "answer"
    STEER = "steer"


class JobStatus(StrEnum):
    """Where long work stands."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class DeliveryStatus(StrEnum):
    """What became of a webhook call."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"


def _json() -> Any:  # noqa: ANN401 SQLModel's Field takes a bare Column
    return sa.Column(JSON, nullable=False)


class Account(SQLModel, table=True):
    """An address that signed in once, with what it prefers."""

    email: str = Field(primary_key=True, max_length=320)
    language: Language = Field(sa_column=enum_column(Language, "account_language"))
    digest: Digest = Field(default=Digest.NEVER, sa_column=enum_column(Digest, "digest"))
    reminders: bool = True
    digest_at: datetime | None = Field(default=None, sa_column=time_column())
    calendar_sha: str | None = Field(default=None, max_length=64, index=True)
    made_at: datetime = Field(sa_column=time_column(nullable=False))


class SignInLink(SQLModel, table=True):
    """A magic link: works once, within its time, for who confirms it."""

    __tablename__ = "sign_in_link"
    sha256: str = Field(primary_key=True, max_length=64)
    email: str = Field(max_length=320, index=True)
    goal: str = Field(max_length=2000)
    made_at: datetime = Field(sa_column=time_column(nullable=False))
    ends_at: datetime = Field(sa_column=time_column(nullable=False))
    used_at: datetime | None = Field(default=None, sa_column=time_column())


class SiteSession(SQLModel, table=True):
    """A browser that is signed in; revoking the row signs it out."""

    __tablename__ = "site_session"
    sha256: str = Field(primary_key=True, max_length=64)
    email: str = Field(max_length=320, index=True)
    method: Method = Field(sa_column=enum_column(Method, "method"))
    agent: str = Field(max_length=300)
    made_at: datetime = Field(sa_column=time_column(nullable=False))
    seen_at: datetime = Field(sa_column=time_column(nullable=False))
    ends_at: datetime = Field(sa_column=time_column(nullable=False))
    revoked_at: datetime | None = Field(default=None, sa_column=time_column())


class Passkey(SQLModel, table=True):
    """A WebAuthn credential of an account."""

    id: str = Field(primary_key=True, max_length=1400)
    email: str = Field(max_length=320, index=True)
    name: str = Field(max_length=100)
    public_key: bytes = Field(sa_column=sa.Column(sa.LargeBinary, nullable=False))
    sign_count: int
    made_at: datetime = Field(sa_column=time_column(nullable=False))
    used_at: datetime | None = Field(default=None, sa_column=time_column())


class Draft(SQLModel, table=True):
    """What someone was typing: kept until it is sent, whatever becomes of the browser."""

    email: str = Field(primary_key=True, max_length=320)
    form: str = Field(primary_key=True, max_length=300)
    content: dict[str, Any] = Field(sa_column=_json())
    at: datetime = Field(sa_column=time_column(nullable=False))


class SavedView(SQLModel, table=True):
    """Filters and sorting of a list, by name."""

    __tablename__ = "saved_view"
    email: str = Field(primary_key=True, max_length=320)
    page: str = Field(primary_key=True, max_length=40)
    name: str = Field(primary_key=True, max_length=80)
    query: str = Field(max_length=1000)


class ApiToken(SQLModel, table=True):
    """A key for programs, with what it may do."""

    __tablename__ = "api_token"
    sha256: str = Field(primary_key=True, max_length=64)
    id: str = Field(max_length=40, index=True)
    email: str = Field(max_length=320, index=True)
    name: str = Field(max_length=100)
    scopes: list[str] = Field(sa_column=_json())
    made_at: datetime = Field(sa_column=time_column(nullable=False))
    ends_at: datetime = Field(sa_column=time_column(nullable=False))
    used_at: datetime | None = Field(default=None, sa_column=time_column())
    revoked_at: datetime | None = Field(default=None, sa_column=time_column())


class Webhook(SQLModel, table=True):
    """Where to tell a program what happened in a covenant."""

    id: str = Field(primary_key=True, max_length=40)
    email: str = Field(max_length=320, index=True)
    covenant: str = Field(foreign_key="covenant.slug", max_length=63, index=True)
    url: str = Field(max_length=2000)
    secret: str = Field(max_length=100)
    after: int = 0
    """The last entry of the log that was queued for it."""
    made_at: datetime = Field(sa_column=time_column(nullable=False))
    ended_at: datetime | None = Field(default=None, sa_column=time_column())


class Delivery(SQLModel, table=True):
    """One event on its way to one webhook."""

    __table_args__ = (sa.Index("ix_delivery_status_next_at", "status", "next_at"),)
    id: str = Field(primary_key=True, max_length=120)
    webhook: str = Field(foreign_key="webhook.id", max_length=40, index=True)
    kind: str = Field(max_length=300)
    body: str
    status: DeliveryStatus = Field(sa_column=enum_column(DeliveryStatus, "delivery_status"))
    attempts: int = 0
    code: int | None = None
    problem: str | None = Field(default=None, max_length=500)
    made_at: datetime = Field(sa_column=time_column(nullable=False))
    next_at: datetime = Field(sa_column=time_column(nullable=False))
    delivered_at: datetime | None = Field(default=None, sa_column=time_column())


class Job(SQLModel, table=True):
    """Long work that goes on when the tab is closed."""

    id: str = Field(primary_key=True, max_length=80)
    email: str = Field(max_length=320, index=True)
    covenant: str | None = Field(default=None, max_length=63)
    kind: str = Field(max_length=40)
    done: int = 0
    total: int = 0
    status: JobStatus = Field(sa_column=enum_column(JobStatus, "job_status"))
    result: str | None = Field(default=None, max_length=64)
    result_name: str | None = Field(default=None, max_length=300)
    problem_nl: str | None = None
    problem_en: str | None = None
    made_at: datetime = Field(sa_column=time_column(nullable=False))
    ended_at: datetime | None = Field(default=None, sa_column=time_column())
