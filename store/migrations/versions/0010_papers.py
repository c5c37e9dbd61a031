"""Papers in a lane, more lanes, and the lanes something stood in before."""

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None

OLD = ('delegation', 'constituency', 'table', 'facilitator')
NEW = ('mediator', 'public')


def lanes(values: tuple[str, ...]) -> None:
    """Let comments be in these lanes."""
    names = ', '.join(f"'{value}'" for value in values)
    with op.batch_alter_table('comment', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_comment_lane'), type_='check')
        batch_op.create_check_constraint(op.f('ck_comment_lane'), f'lane IN ({names})')


def upgrade() -> None:
    lanes((*OLD, *NEW))
    op.add_column('comment', sa.Column('was', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False, server_default='[]'))
    op.create_table('paper',
    sa.Column('id', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('covenant', sqlmodel.sql.sqltypes.AutoString(length=63), nullable=False),
    sa.Column('lane', sa.Enum('delegation', 'constituency', 'table', 'facilitator', 'mediator', 'public', name='lane', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('was', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False, server_default='[]'),
    sa.Column('party', sqlmodel.sql.sqltypes.AutoString(length=63), nullable=True),
    sa.Column('constituency', sqlmodel.sql.sqltypes.AutoString(length=63), nullable=True),
    sa.Column('person', sqlmodel.sql.sqltypes.AutoString(length=63), nullable=False),
    sa.Column('text_sha', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['covenant'], ['covenant.slug'], name=op.f('fk_paper_covenant_covenant')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_paper'))
    )
    op.create_index(op.f('ix_paper_covenant'), 'paper', ['covenant'])


def downgrade() -> None:
    op.drop_table('paper')
    op.execute("DELETE FROM comment WHERE lane IN ('mediator', 'public')")
    op.drop_column('comment', 'was')
    lanes(OLD)
