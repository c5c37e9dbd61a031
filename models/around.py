"""The tables of what happens around the talks: meetings, and papers in a lane."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from models.columns import JSON, enum_column, time_column
from models.enums import Lane, MeetingStatus, MinutesStatus


class MeetingRow(SQLModel, table=True):
    """A meeting as it stands; its words are content. Who comes, and the action points, are human tasks."""

    __tablename__ = "meeting"
    covenant: str = Field(primary_key=True, foreign_key="covenant.slug", max_length=63)
    no: int = Field(primary_key=True)
    start_at: datetime = Field(sa_column=time_column(nullable=False, index=True))
    minutes: int
    invited: list[str] = Field(sa_column=sa.Column(JSON, nullable=False))
    text_sha: str = Field(max_length=64)
    sequence: int
    silence_days: int
    status: MeetingStatus = Field(sa_column=enum_column(MeetingStatus, "meeting_status"))
    present: list[str] | None = Field(default=None, sa_column=sa.Column(JSON, nullable=True))
    minutes_sha: str | None = Field(default=None, max_length=64)
    minutes_version: int
    minutes_status: MinutesStatus | None = Field(
        default=None, sa_column=enum_column(MinutesStatus, "minutes_status", nullable=True)
    )
    workflow: str = Field(max_length=255)
    called_by: str = Field(max_length=63)
    called_at: datetime = Field(sa_column=time_column(nullable=False))


class PaperRow(SQLModel, table=True):
    """A paper in a lane; its title and words are content. `rules.lanes` says who reads it."""

    __tablename__ = "paper"
    id: str = Field(primary_key=True, max_length=200)
    """Its event."""
    covenant: str = Field(foreign_key="covenant.slug", max_length=63, index=True)
    lane: Lane = Field(sa_column=enum_column(Lane, "lane"))
    was: list[str] = Field(default_factory=list, sa_column=sa.Column(JSON, nullable=False, server_default="[]"))
    """The lanes it stood in before."""
    party: str | None = Field(default=None, max_length=63)
    constituency: str | None = Field(default=None, max_length=63)
    person: str = Field(max_length=63)
    text_sha: str = Field(max_length=64)
    at: datetime = Field(sa_column=time_column(nullable=False))
