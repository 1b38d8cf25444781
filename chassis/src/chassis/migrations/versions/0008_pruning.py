"""By which time old rows are found: small, as rows stand in the order in which they came."""

from alembic import op

revision = "chassis_0008"
down_revision = "chassis_0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "create index inbox_by_time on inbox using brin (claimed_at);"
        "create index outbox_by_time on outbox using brin (created_at);"
    )


def downgrade() -> None:
    raise RuntimeError("en base med saker går ikke bakover: gjenopprett fra sikkerhetskopi")
