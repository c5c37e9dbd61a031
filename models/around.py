"""The tables of what happens around the talks: meetings, and papers in a lane."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from models.columns import JSON, enum_column, time_column
from models.enums import MeetingStatus, MinutesStatus


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
