"""How often one caller may ask for something heavy."""

from limits import RateLimitItem, RateLimitItemPerMinute

from web.problems import TooMany
from web.visiting import Visit

PER_CALLER = RateLimitItemPerMinute(20)
MINUTE = "Verwacht: probeer het over een minuut opnieuw.", "Expected: try again in a minute."
CHECKED = f"Er zijn te veel documenten gecontroleerd. {MINUTE[0]}", f"Too many documents were checked. {MINUTE[1]}"


async def slowly(visit: Visit, what: str, who: str, said: tuple[str, str], limit: RateLimitItem = PER_CALLER) -> None:
    """Count one more of something for a caller.

    Args:
        visit: with whose site's limiter.
        what: is asked.
        who: asks it.
        said: when it is too much, in Dutch and English.
        limit: how often.

    Raises:
        TooMany: it was asked too often.
    """
    if not await visit.site.limiter.hit(limit, what, who):
        raise TooMany("too_many", *said)
