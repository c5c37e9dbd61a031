"""The board of a signing: who signed when, whose turn it is, what still lacks. No reason of anyone stands on it."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from models.base import Contract, Line, Slug, Words
from models.enums import SigningRole
from models.signing import Method

State = Literal["done", "asked", "expired", "cancelled", "later", "copy"]
"""DONE has acted; LATER waits for the group before; COPY only gets the text."""


class SignedBy(Contract):
    """One person who signed."""

    name: Line
    at: datetime
    method: Method


class Place(Contract):
    """One of a group.

    Attributes:
        who: party or office.
        needed: people who must sign.
        at: when it was done.
        due: until when it is asked.
        declined: when it said that it does not sign, while it still may.
    """

    who: Slug
    name: Words
    role: SigningRole
    state: State
    needed: int
    signed: list[SignedBy] = Field(default_factory=list, max_length=10)
    at: datetime | None = None
    due: datetime | None = None
    declined: datetime | None = None


class GroupBoard(Contract):
    """One group of the plan. Companies are counted, not listed: there may be two thousand.

    Attributes:
        declared, companies: how many companies of this group declared, of how many.
    """

    number: int
    state: Literal["done", "now", "later"]
    places: list[Place] = Field(max_length=400)
    declared: int = 0
    companies: int = 0


class Meter(Contract):
    """How far the entry thresholds are met; shares are percents of the market."""

    companies: int
    companies_needed: int
    share: float
    share_needed: float
    met: bool
    words: Words


class Joined(Contract):
    """A party that joined the signed covenant later."""

    who: Slug
    name: Words
    at: datetime


class Ceremony(Contract):
    """A signing as it stands.

    Attributes:
        state: not begun, under way, signed, or over without a covenant.
        signed, parties: how many parties signed, of how many.
        joined: who acceded after the signing, the first first.
        starts, ends: of the signing day, where there is one.
    """

    covenant: Slug
    title: Words
    state: Literal["planned", "open", "signed", "over"]
    text_sha: str | None
    due: datetime | None
    starts: datetime | None = None
    ends: datetime | None = None
    signed: int
    parties: int
    meter: Meter
    groups: list[GroupBoard] = Field(max_length=20)
    joined: list[Joined] = Field(default_factory=list, max_length=2300)
