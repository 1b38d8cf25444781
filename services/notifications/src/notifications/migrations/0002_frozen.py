"""Which tenancies are frozen, since when and as of what, and the bank files that accounts miss or last missed."""

from alembic import op

revision = "notifications_0002"
down_revision = "notifications_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        alter table tenancies add column as_of date, add column frozen_at timestamptz;
        create index tenancies_frozen on tenancies (kommunenummer, account) where frozen_at is not null;

        create table missed_bank_files (
            account_id text primary key,
            kommunenummer text not null,
            account text not null,
            as_of date not null,
            mail text not null
        );
        """
    )


def downgrade() -> None:
    op.execute("drop table missed_bank_files; alter table tenancies drop column as_of, drop column frozen_at")
