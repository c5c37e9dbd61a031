"""Amendments: words proposed for a place in a clause."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('amendment',
    sa.Column('id', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('covenant', sqlmodel.sql.sqltypes.AutoString(length=63), nullable=False),
    sa.Column('clause', sqlmodel.sql.sqltypes.AutoString(length=63), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('base_sha', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('text_sha', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('party', sqlmodel.sql.sqltypes.AutoString(length=63), nullable=False),
    sa.Column('person', sqlmodel.sql.sqltypes.AutoString(length=63), nullable=False),
    sa.Column('to', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=True),
    sa.Column('status', sa.Enum('open', 'accepted', 'compromise', 'refused', 'withdrawn', name='amendment_status', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('accepted_by_mover', sa.Boolean(), nullable=True),
    sa.Column('reason', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['covenant'], ['covenant.slug'], name=op.f('fk_amendment_covenant_covenant')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_amendment'))
    )
    with op.batch_alter_table('amendment', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_amendment_covenant'), ['covenant'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('amendment', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_amendment_covenant'))

    op.drop_table('amendment')
