"""Mediation in the history that people read: who mediates, and who does so no more. Pure."""

from collections.abc import Sequence

from rules.retelling import Both, Change, Known, Make
from rules.retelling import both as _both
from rules.retelling import of_kind as _of


def _mediates(nl: str, en: str) -> Make:
    def make(who: Both, changes: Sequence[Change], known: Known) -> Both | None:  # noqa: ARG001 one shape for all
        names = ", ".join(str(one["person"]["name"]) for one in _of(changes, "person_changed"))
        return _both(f"{names} {nl}", f"{names} {en}")

    return make


SENTENCES: dict[str, Make] = {
    "mediator_named": _mediates("bemiddelt, met instemming van de partijen", "mediates, accepted by the parties"),
    "mediator_relieved": _mediates("bemiddelt niet langer", "mediates no longer"),
}
