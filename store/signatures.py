"""Which signatures count: those of a signing that ended without a covenant stay on record, and bind nobody."""

from typing import Any

from sqlmodel import and_, col, select

from models.enums import StepKind, StepStatus
from models.tables import HumanTask, Signature, Step

OVER = (StepStatus.FAILED, StepStatus.SKIPPED)


def void(slug: str) -> Any:  # noqa: ANN401 an SQL expression
    """Select the tasks of a covenant's signings that lapsed or were cancelled."""
    return (
        select(HumanTask.id)
        .join(Step, (col(Step.covenant) == HumanTask.covenant) & (col(Step.key) == HumanTask.step))
        .where(HumanTask.covenant == slug, Step.kind == StepKind.SIGNING, col(Step.status).in_(OVER))
    )


def counting(slug: str) -> Any:  # noqa: ANN401 an SQL expression
    """Keep the signatures of a covenant that count."""
    return and_(col(Signature.covenant) == slug, col(Signature.task).not_in(void(slug)))
