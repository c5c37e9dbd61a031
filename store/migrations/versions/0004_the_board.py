"""Indexes for the board, the register and the check of a document."""

from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('human_task', schema=None) as batch_op:
        batch_op.drop_index('ix_human_task_covenant_status')
        batch_op.create_index('ix_human_task_covenant_status_due_at', ['covenant', 'status', 'due_at'], unique=False)
    with op.batch_alter_table('step', schema=None) as batch_op:
        batch_op.create_index('ix_step_covenant_status', ['covenant', 'status'], unique=False)
    with op.batch_alter_table('mail', schema=None) as batch_op:
        batch_op.create_index('ix_mail_status_covenant', ['status', 'covenant'], unique=False)
    with op.batch_alter_table('document', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_document_sha256'), ['sha256'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('document', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_document_sha256'))
    with op.batch_alter_table('mail', schema=None) as batch_op:
        batch_op.drop_index('ix_mail_status_covenant')
    with op.batch_alter_table('step', schema=None) as batch_op:
        batch_op.drop_index('ix_step_covenant_status')
    with op.batch_alter_table('human_task', schema=None) as batch_op:
        batch_op.drop_index('ix_human_task_covenant_status_due_at')
        batch_op.create_index('ix_human_task_covenant_status', ['covenant', 'status'], unique=False)
