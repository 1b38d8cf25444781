"""By which time old rows are found: small, as rows stand in the order in which they came."""

from alembic import op

revision = "chassis_0008"
down_revision = "chassis_0006"


def upgrade() -> None:
    op.execute(
        "create index inbox_by_time on inbox using brin (claimed_at);"
        "create index outbox_by_time on outbox using brin (created_at);"
    )
