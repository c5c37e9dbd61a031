"""Comments on clauses within a lane."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('comment',
    sa.Column('id', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('covenant', sqlmodel.sql.sqltypes.AutoString(length=63), nullable=False),
    sa.Column('clause', sqlmodel.sql.sqltypes.AutoString(length=63), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('lane', sa.Enum('delegation', 'constituency', 'table', 'facilitator', name='lane', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('party', sqlmodel.sql.sqltypes.AutoString(length=63), nullable=True),
    sa.Column('constituency', sqlmodel.sql.sqltypes.AutoString(length=63), nullable=True),
    sa.Column('person', sqlmodel.sql.sqltypes.AutoString(length=63), nullable=False),
    sa.Column('text_sha', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('reply_to', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['covenant'], ['covenant.slug'], name=op.f('fk_comment_covenant_covenant')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_comment'))
    )
    with op.batch_alter_table('comment', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_comment_covenant'), ['covenant'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('comment', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_comment_covenant'))

    op.drop_table('comment')
