"""Since when NAV has said nothing of what it has, where that is longer than it may."""

from alembic import op

revision = "nav_bridge_0003"
down_revision = "nav_bridge_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("alter table deliveries add column silent_since timestamptz")


def downgrade() -> None:
    op.execute("alter table deliveries drop column silent_since")
