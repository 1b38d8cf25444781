"""What a delivery is of: a referral, or a notice of husleieloven § 9-11."""

from alembic import op

revision = "nav_bridge_0002"
down_revision = "nav_bridge_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("alter table deliveries add column matter text not null default 'referral'")


def downgrade() -> None:
    op.execute("alter table deliveries drop column matter")
