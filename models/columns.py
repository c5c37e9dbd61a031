"""What our columns hold, on SQLite and PostgreSQL alike: aware moments, values of an enum, JSON."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB


class UTCDateTime(sa.TypeDecorator[datetime]):
    """Aware in, UTC stored, aware out, on SQLite and PostgreSQL alike; a naive datetime is refused."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002 the base class's signature
        """Refuse a naive datetime, store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            msg = f"naive datetime: {value}"
            raise ValueError(msg)
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002 the base class's signature
        """Return an aware UTC datetime."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


JSON = sa.JSON().with_variant(JSONB(), "postgresql")


def enum_column(kind: type[StrEnum], name: str, *, nullable: bool = False) -> Any:  # noqa: ANN401 SQLModel's Field takes a bare Column
    """Return a column that holds one of an enum's values, guarded by a CHECK."""
    column_type = sa.Enum(
        kind,
        native_enum=False,
        create_constraint=True,
        length=40,
        name=name,
        values_callable=lambda members: [member.value for member in members],
    )
    return sa.Column(column_type, nullable=nullable)


def time_column(*, nullable: bool = True, index: bool = False) -> Any:  # noqa: ANN401 idem
    """Return a column that holds an aware moment."""
    return sa.Column(UTCDateTime(), nullable=nullable, index=index)


def json_column() -> Any:  # noqa: ANN401 idem
    """Return a column that holds JSON."""
    return sa.Column(JSON, nullable=False)
