"""What clauses weigh for a party, told in confidence."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('weighing',
    sa.Column('covenant', sqlmodel.sql.sqltypes.AutoString(length=63), nullable=False),
    sa.Column('party', sqlmodel.sql.sqltypes.AutoString(length=63), nullable=False),
    sa.Column('event', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('person', sqlmodel.sql.sqltypes.AutoString(length=63), nullable=False),
    sa.Column('text_sha', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['covenant'], ['covenant.slug'], name=op.f('fk_weighing_covenant_covenant')),
    sa.PrimaryKeyConstraint('covenant', 'party', name=op.f('pk_weighing'))
    )


def downgrade() -> None:
    op.drop_table('weighing')
