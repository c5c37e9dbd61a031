"""Applicants to a signed covenant, and the day on which a party leaves."""

import sqlalchemy as sa
from alembic import op

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None

OLD = ('active', 'withdrawn')


def statuses(values: tuple[str, ...]) -> None:
    """Let parties stand like this."""
    names = ', '.join(f"'{value}'" for value in values)
    with op.batch_alter_table('party', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_party_status'), type_='check')
        batch_op.create_check_constraint(op.f('ck_party_status'), f'status IN ({names})')


def upgrade() -> None:
    statuses((*OLD, 'applicant'))
    with op.batch_alter_table('party', schema=None) as batch_op:
        batch_op.add_column(sa.Column('leaves_at', sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.execute("UPDATE party SET status = 'withdrawn' WHERE status = 'applicant'")
    statuses(OLD)
    with op.batch_alter_table('party', schema=None) as batch_op:
        batch_op.drop_column('leaves_at')
