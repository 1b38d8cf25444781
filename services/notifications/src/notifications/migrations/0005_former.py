"""The alert before an alert, shown beside it."""

from alembic import op

revision = "notifications_0005"
down_revision = "notifications_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("alter table alerts add column former text;")


def downgrade() -> None:
    op.execute("alter table alerts drop column former")
