"""Several people sign for one party, in a role, by a method."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('human_task', schema=None) as batch_op:
        batch_op.add_column(sa.Column('passed_on', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False, server_default='[]'))
    with op.batch_alter_table('human_task', schema=None) as batch_op:
        batch_op.alter_column('passed_on', server_default=None)
    with op.batch_alter_table('signature', schema=None) as batch_op:
        batch_op.add_column(sa.Column('role', sa.Enum('signatory', 'approver', 'witness', 'copy', name='signing_role', native_enum=False, create_constraint=True, length=40), nullable=False, server_default='signatory'))
        batch_op.add_column(sa.Column('method', sa.String(length=40), nullable=False, server_default='code'))
        batch_op.drop_constraint(op.f('pk_signature'), type_='primary')
        batch_op.create_primary_key(op.f('pk_signature'), ['task', 'person'])
    with op.batch_alter_table('signature', schema=None) as batch_op:
        batch_op.alter_column('role', server_default=None)
        batch_op.alter_column('method', server_default=None)


def downgrade() -> None:
    op.execute("DELETE FROM signature WHERE role <> 'signatory'")
    op.execute("DELETE FROM signature WHERE EXISTS (SELECT 1 FROM signature AS other WHERE other.task = signature.task AND other.person < signature.person)")
    with op.batch_alter_table('signature', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('pk_signature'), type_='primary')
        batch_op.create_primary_key(op.f('pk_signature'), ['task'])
        batch_op.drop_column('method')
        batch_op.drop_constraint(op.f('ck_signature_signing_role'), type_='check')
        batch_op.drop_column('role')
    with op.batch_alter_table('human_task', schema=None) as batch_op:
        batch_op.drop_column('passed_on')
