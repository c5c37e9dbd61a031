"""Timestamps (RFC 3161) over the heads of the chains: that a record was as it is on a day, by somebody else's clock."""

from datetime import datetime
from typing import NamedTuple

from asn1crypto import cms as asn1_cms
from pyhanko.sign.validation.generic_cms import validate_tst_signed_data
from temporalio import activity

from activities import names
from activities.checking import Trust
from activities.providing import HttpTimeStamper
from models.stamping import StampMoment, StampReport
from store import stamps
from store.engine import Database

AT_ONCE = 50
"""Covenants in one call: each is one request to the timestamp authority."""

MOST_TOKEN = 100_000


class Stamped(NamedTuple):
    """What a timestamp over a head proves.

    Attributes:
        valid: it is whole and over this head.
        trusted: of an authority that this installation trusts.
    """

    valid: bool
    trusted: bool = False
    at: datetime | None = None


class Stamps:
    """Has heads timestamped, where there is a timestamp authority."""

    def __init__(self, db: Database, tsa_url: str) -> None:
        self.db, self.tsa_url = db, tsa_url

    @activity.defn(name=names.STAMP_HEADS)
    async def stamp_heads(self, moment: StampMoment) -> StampReport:
        """Stamp the heads of some chains that moved since their last timestamp, so that a retry stamps none twice."""
        if not self.tsa_url:
            return StampReport(stamped=0)
        timestamper = HttpTimeStamper(self.tsa_url)
        moved = await stamps.moved(self.db, after=moment.after, limit=AT_ONCE)
        for one in moved:
            token = await timestamper.async_timestamp(bytes.fromhex(one.head), "sha256")
            await stamps.keep(self.db, one, moment.at, token.dump())
        return StampReport(stamped=len(moved), after=moved[-1].slug if len(moved) == AT_ONCE else None)


async def read(token: bytes, head: str, trust: Trust) -> Stamped:
    """Say what a timestamp from anyone proves about a head."""
    if len(token) > MOST_TOKEN:
        return Stamped(valid=False)
    try:
        signed = asn1_cms.ContentInfo.load(token)["content"]
        found = await validate_tst_signed_data(signed, trust.context(strict=False), lambda _: bytes.fromhex(head))
    except Exception:  # noqa: BLE001 a token from anyone can fail anywhere in the parser, and all of it means the same
        return Stamped(valid=False)
    return Stamped(found["intact"] and found["valid"], found["trust_problem_indic"] is None, found["timestamp"])
