"""A delivery is found by the key that NAV has it under, those that stand already too."""

from uuid import UUID, uuid5

from alembic import op
from sqlalchemy import text

revision = "nav_bridge_0005"
down_revision = "nav_bridge_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Null for letters, and where a process of the version before this writes a row while both run: NAV is asked."""
    op.execute("alter table deliveries add column nav_key uuid")
    connection = op.get_bind()
    standing = connection.execute(text("select referral_id, revision from deliveries where channel = 'api'")).all()
    if keys := [{"id": id, "of": of, "key": uuid5(UUID(id), str(of))} for id, of in standing]:
        connection.execute(
            text("update deliveries set nav_key = :key where referral_id = :id and revision = :of"), keys
        )
    op.execute("create unique index deliveries_by_nav_key on deliveries (nav_key)")


def downgrade() -> None:
    op.execute("alter table deliveries drop column nav_key")
