"""Acts on requests to sign: pass one on, ask again, cancel; a day on which everybody signs."""

from datetime import date

from pydantic import AwareDatetime

from models.base import Key, Reason, Slug
from models.contracts import Act


class PassOn(Act):
    """A signatory passes signing on to somebody else with a mandate; from then on they do not sign themselves."""

    task: Key
    to: Slug
    reason: Reason


class AskAgain(Act):
    """An office opens a request that expired or was cancelled once more."""

    task: Key
    due: date
    reason: Reason


class SigningDay(Act):
    """The facilitator sets hours of one day in which everybody signs; without them the signing day is taken back."""

    start: AwareDatetime | None = None
    until: AwareDatetime | None = None
    reason: Reason


class Cancellation(Act):
    """The facilitator cancels one request, or without a task the whole signing."""

    task: Key | None = None
    reason: Reason
