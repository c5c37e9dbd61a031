"""What a version of a clause commits to."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('clauseversion', schema=None) as batch_op:
        batch_op.add_column(sa.Column('commitments', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False, server_default='[]'))


def downgrade() -> None:
    with op.batch_alter_table('clauseversion', schema=None) as batch_op:
        batch_op.drop_column('commitments')
