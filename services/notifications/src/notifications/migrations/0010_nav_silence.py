"""Since when NAV has said nothing of a notice, where that is longer than it may."""

from alembic import op

revision = "notifications_0010"
down_revision = "notifications_0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("alter table nav_notices add column silent_since timestamptz;")


def downgrade() -> None:
    op.execute("alter table nav_notices drop column silent_since")
