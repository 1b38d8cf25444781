"""The bank's one projection."""

from alembic import op

revision = "bank_0001"
down_revision = None
branch_labels = ("bank",)
depends_on = None


def upgrade() -> None:
    op.execute(
        "create table accounts (account text primary key, kommunenummer text not null, deposits bigint not null, "
        "largest bigint not null)"
    )
