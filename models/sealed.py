"""Tables of signing on the PDF: how far it is, and the timestamps over the heads of the chains."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from models.columns import time_column


class Sealing(SQLModel, table=True):
    """How far the signing of a PDF is, so that whoever goes on after a crash neither loses nor doubles a signature.

    Attributes:
        turn: counts the steps; who writes the next one names the one it saw.
        plan: the order (JSON); pending: the signature that is prepared (JSON).
        pdf: the file so far; none when it is finished and is content, under `sha256`.
    """

    key: str = Field(primary_key=True, max_length=200)
    covenant: str = Field(foreign_key="covenant.slug", max_length=63)
    turn: int
    signed: int
    plan: str
    pending: str | None = None
    pdf: bytes | None = Field(default=None, sa_column=sa.Column(sa.LargeBinary))
    sha256: str | None = Field(default=None, max_length=64)


class Stamp(SQLModel, table=True):
    """A timestamp over the head of a chain, after so many entries; `token` is as RFC 3161 has it."""

    covenant: str = Field(primary_key=True, foreign_key="covenant.slug", max_length=63)
    seq: int = Field(primary_key=True)
    head: str = Field(max_length=64)
    at: datetime = Field(sa_column=time_column(nullable=False))
    token: bytes = Field(sa_column=sa.Column(sa.LargeBinary, nullable=False))
