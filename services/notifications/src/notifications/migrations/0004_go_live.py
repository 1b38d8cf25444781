"""What would have been raised before the municipality's go-live. `live_since`: when one that still stood was raised."""

from alembic import op

revision = "notifications_0004"
down_revision = "notifications_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        create table silent_alerts (
            tenancy text not null,
            episode integer not null,
            kommunenummer text not null,
            raised_as_of date not null,
            level integer not null,
            peak_level integer not null,
            rules jsonb not null,
            live_since date,
            resolved_as_of date,
            resolution text,
            primary key (tenancy, episode)
        );
        create index silent_alerts_by_day on silent_alerts (kommunenummer, raised_as_of);
        """
    )


def downgrade() -> None:
    op.execute("drop table silent_alerts")
