"""A covenant can revise another, which was signed."""

import sqlalchemy as sa
from alembic import op

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('covenant', schema=None) as batch_op:
        batch_op.add_column(sa.Column('revises', sa.String(length=63), nullable=True))
        batch_op.create_foreign_key(op.f('fk_covenant_revises_covenant'), 'covenant', ['revises'], ['slug'])
        batch_op.create_index(op.f('ix_covenant_revises'), ['revises'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('covenant', schema=None) as batch_op:
        batch_op.drop_index(op.f('ix_covenant_revises'))
        batch_op.drop_constraint(op.f('fk_covenant_revises_covenant'), type_='foreignkey')
        batch_op.drop_column('revises')
