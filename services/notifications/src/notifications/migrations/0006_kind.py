"""What an alert is of: arrears, or a lease that runs out."""

from alembic import op

revision = "notifications_0006"
down_revision = "notifications_0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("alter table alerts add column kind text not null default 'arrears';")


def downgrade() -> None:
    op.execute("alter table alerts drop column kind")
