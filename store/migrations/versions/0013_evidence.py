"""Evidence reports among the documents."""

from alembic import op

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None

OLD = ('draft', 'redline', 'final', 'sealed', 'attachment')


def kinds(values: tuple[str, ...]) -> None:
    """Let documents be of these kinds."""
    names = ', '.join(f"'{value}'" for value in values)
    with op.batch_alter_table('document', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_document_kind'), type_='check')
        batch_op.create_check_constraint(op.f('ck_document_kind'), f'kind IN ({names})')


def upgrade() -> None:
    kinds((*OLD, 'evidence'))


def downgrade() -> None:
    op.execute("DELETE FROM document WHERE kind = 'evidence'")
    kinds(OLD)
