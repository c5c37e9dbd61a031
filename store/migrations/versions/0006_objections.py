"""Objections that stand until their owner lifts them, red lines, and clauses that do not move."""

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('objection',
    sa.Column('id', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('covenant', sqlmodel.sql.sqltypes.AutoString(length=63), nullable=False),
    sa.Column('clause', sqlmodel.sql.sqltypes.AutoString(length=63), nullable=False),
    sa.Column('party', sqlmodel.sql.sqltypes.AutoString(length=63), nullable=False),
    sa.Column('person', sqlmodel.sql.sqltypes.AutoString(length=63), nullable=False),
    sa.Column('sha256', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('round', sa.Integer(), nullable=True),
    sa.Column('ground', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=True),
    sa.Column('lift', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('comment', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('status', sa.Enum('open', 'lifted', 'overruled', 'void', name='objection_status', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('question', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=True),
    sa.Column('reason', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['covenant'], ['covenant.slug'], name=op.f('fk_objection_covenant_covenant')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_objection'))
    )
    op.create_table('red_line',
    sa.Column('id', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('covenant', sqlmodel.sql.sqltypes.AutoString(length=63), nullable=False),
    sa.Column('party', sqlmodel.sql.sqltypes.AutoString(length=63), nullable=False),
    sa.Column('clause', sqlmodel.sql.sqltypes.AutoString(length=63), nullable=True),
    sa.Column('person', sqlmodel.sql.sqltypes.AutoString(length=63), nullable=False),
    sa.Column('text_sha', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('dropped_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['covenant'], ['covenant.slug'], name=op.f('fk_red_line_covenant_covenant')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_red_line'))
    )
    op.create_index(op.f('ix_objection_covenant_status'), 'objection', ['covenant', 'status'])
    op.create_index(op.f('ix_red_line_covenant'), 'red_line', ['covenant'])
    with op.batch_alter_table('clause', schema=None) as batch_op:
        batch_op.add_column(sa.Column('still', sa.Integer(), nullable=False, server_default='0'))
    with op.batch_alter_table('human_task', schema=None) as batch_op:
        batch_op.add_column(sa.Column('about', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False, server_default='[]'))
    # what stood open before objections were kept: those to the current texts, of parties that are still there
    op.execute(
        "INSERT INTO objection (id, covenant, clause, party, person, sha256, round, ground, lift, comment, status, at) "
        "SELECT p.event || '/' || p.clause, p.covenant, p.clause, p.party, e.actor, p.sha256, p.round, p.ground, "
        "p.lift, p.comment, 'open', p.given_at FROM position p "
        "JOIN clause c ON c.covenant = p.covenant AND c.id = p.clause "
        "JOIN clauseversion v ON v.covenant = c.covenant AND v.clause = c.id AND v.version = c.version "
        "AND v.sha256 = p.sha256 JOIN event e ON e.event = p.event "
        "JOIN party y ON y.covenant = p.covenant AND y.id = p.party AND y.status = 'active' "
        "WHERE p.stance = 'object' AND c.status IN ('bracketed', 'blocked')"
    )


def downgrade() -> None:
    with op.batch_alter_table('human_task', schema=None) as batch_op:
        batch_op.drop_column('about')
    with op.batch_alter_table('clause', schema=None) as batch_op:
        batch_op.drop_column('still')
    op.drop_table('red_line')
    op.drop_table('objection')
