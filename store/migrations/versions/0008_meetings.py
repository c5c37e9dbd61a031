"""Meetings, and the tasks around them."""

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None

OLD = ('document', 'contribution', 'approval', 'positions', 'drafting', 'ratification', 'signature', 'declaration', 'plan', 'report', 'decision')
NEW = ('attendance', 'minutes', 'correction', 'action')


def kinds(values: tuple[str, ...]) -> None:
    """Let human tasks be of these kinds."""
    names = ', '.join(f"'{value}'" for value in values)
    with op.batch_alter_table('human_task', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_human_task_kind'), type_='check')
        batch_op.create_check_constraint(op.f('ck_human_task_kind'), f'kind IN ({names})')


def upgrade() -> None:
    kinds((*OLD, *NEW))
    op.create_table('meeting',
    sa.Column('covenant', sqlmodel.sql.sqltypes.AutoString(length=63), nullable=False),
    sa.Column('no', sa.Integer(), nullable=False),
    sa.Column('start_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.Column('invited', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('text_sha', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('sequence', sa.Integer(), nullable=False),
    sa.Column('silence_days', sa.Integer(), nullable=False),
    sa.Column('status', sa.Enum('called', 'cancelled', 'held', 'closed', name='meeting_status', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('present', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=True),
    sa.Column('minutes_sha', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True),
    sa.Column('minutes_version', sa.Integer(), nullable=False),
    sa.Column('minutes_status', sa.Enum('proposed', 'to_be_corrected', 'approved', name='minutes_status', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('workflow', sqlmodel.sql.sqltypes.AutoString(length=255), nullable=False),
    sa.Column('called_by', sqlmodel.sql.sqltypes.AutoString(length=63), nullable=False),
    sa.Column('called_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['covenant'], ['covenant.slug'], name=op.f('fk_meeting_covenant_covenant')),
    sa.PrimaryKeyConstraint('covenant', 'no', name=op.f('pk_meeting'))
    )
    op.create_index(op.f('ix_meeting_start_at'), 'meeting', ['start_at'])


def downgrade() -> None:
    op.drop_table('meeting')
    op.execute("DELETE FROM human_task WHERE kind IN ('attendance', 'minutes', 'correction', 'action')")
    kinds(OLD)
