"""Ground rules, questions beside the plan, clocks of silence procedures, absences."""

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')


def upgrade() -> None:
    op.create_table('ground_rule',
    sa.Column('covenant', sqlmodel.sql.sqltypes.AutoString(length=63), nullable=False),
    sa.Column('matter', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('rule', JSON, nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['covenant'], ['covenant.slug'], name=op.f('fk_ground_rule_covenant_covenant')),
    sa.PrimaryKeyConstraint('covenant', 'matter', name=op.f('pk_ground_rule'))
    )
    op.create_table('question',
    sa.Column('covenant', sqlmodel.sql.sqltypes.AutoString(length=63), nullable=False),
    sa.Column('no', sa.Integer(), nullable=False),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('matter', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=True),
    sa.Column('clause', sqlmodel.sql.sqltypes.AutoString(length=63), nullable=True),
    sa.Column('person', sqlmodel.sql.sqltypes.AutoString(length=63), nullable=False),
    sa.Column('question', JSON, nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('passed', sa.Boolean(), nullable=True),
    sa.Column('sentence_nl', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('sentence_en', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['covenant'], ['covenant.slug'], name=op.f('fk_question_covenant_covenant')),
    sa.PrimaryKeyConstraint('covenant', 'no', name=op.f('pk_question'))
    )
    op.add_column('human_task', sa.Column('clock_nl', sqlmodel.sql.sqltypes.AutoString(), nullable=True))
    op.add_column('human_task', sa.Column('clock_en', sqlmodel.sql.sqltypes.AutoString(), nullable=True))
    op.add_column('person', sa.Column('absent_until', sa.Date(), nullable=True))


def downgrade() -> None:
    op.drop_column('person', 'absent_until')
    op.drop_column('human_task', 'clock_en')
    op.drop_column('human_task', 'clock_nl')
    op.drop_table('question')
    op.drop_table('ground_rule')
