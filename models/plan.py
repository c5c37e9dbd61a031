"""The plan of a covenant: the steps of its playbook laid out in time (rules/planning.py makes and changes it)."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from models.base import Contract, Words
from models.enums import StepStatus
from models.playbook import Step

StepKey = Annotated[str, Field(min_length=1, max_length=80)]
"""A step's id, or that with the number of its occurrence; as long as its column in the database."""


class PlannedStep(Contract):
    """One step of the plan; a repeated step has one for each occurrence.

    Attributes:
        key: the step's id, and `id-2`, `id-3` for its later occurrences.
        occurrence, of: which time this is, and how many times at most.
        after: keys that must be over before this one starts.
        no: number given when it starts, unique in the covenant.
    """

    key: StepKey
    step: Step
    occurrence: int = 1
    of: int = 1
    after: list[StepKey] = Field(default_factory=list, max_length=200)
    planned_start: date
    planned_end: date
    status: StepStatus = StepStatus.PLANNED
    skipped_because: Words | None = None
    no: int | None = None
    actual_start: datetime | None = None
    actual_end: datetime | None = None
