"""How NAV is reached with a delivery, and which office got it."""

from alembic import op

revision = "nav_bridge_0004"
down_revision = "nav_bridge_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("alter table deliveries add column channel text not null default 'api', add column recipient text")


def downgrade() -> None:
    op.execute("alter table deliveries drop column channel, drop column recipient")
