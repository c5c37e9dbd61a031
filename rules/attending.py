"""What answers around a meeting must hold: whether someone comes, and how minutes are to be corrected."""

from models.base import Contract
from models.enums import Attends
from models.errors import Refusal
from models.meetings import AttendanceAnswer, CorrectionAnswer


def check_around(content: Contract) -> None:
    """Refuse an answer around a meeting that does not hold what it must.

    Raises:
        Refusal: `no_substitute`, `no_correction`.
    """
    if isinstance(content, AttendanceAnswer):
        _attendance(content)
    elif isinstance(content, CorrectionAnswer):
        _correction(content)


def _attendance(content: AttendanceAnswer) -> None:
    if (content.attends is Attends.SUBSTITUTE) != (content.substitute is not None):
        raise Refusal(
            "no_substitute",
            "Verwacht: de naam van wie er in uw plaats komt, en alleen bij een vervanger.",
            "Expected: the name of who comes in your place, and only for a substitute.",
        )


def _correction(content: CorrectionAnswer) -> None:
    if content.agrees == (content.correction is not None):
        raise Refusal(
            "no_correction",
            "Verwacht: akkoord, of een bezwaar met wat er in het verslag anders moet.",
            "Expected: agreement, or an objection with what must be different in the minutes.",
        )
