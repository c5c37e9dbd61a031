"""The plan of a covenant: the steps of its playbook laid out in time (rules/planning.py makes and changes it)."""

from datetime import date, datetime

from pydantic import Field

from models.base import Contract, Words
from models.enums import StepStatus
from models.playbook import Step


class PlannedStep(Contract):
    """One step of the plan; a repeated step has one for each occurrence.

    Attributes:
        key: the step's id, and `id-2`, `id-3` for its later occurrences.
        occurrence, of: which time this is, and how many times at most.
        after: keys that must be over before this one starts.
        no: number given when it starts, unique in the covenant.
    """

    key: str
    step: Step
    occurrence: int = 1
    of: int = 1
    after: list[str] = Field(default_factory=list)
    planned_start: date
    planned_end: date
    status: StepStatus = StepStatus.PLANNED
    skipped_because: Words | None = None
    no: int | None = None
    actual_start: datetime | None = None
    actual_end: datetime | None = None
