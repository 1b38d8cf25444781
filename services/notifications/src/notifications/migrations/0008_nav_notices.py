"""Notices to NAV (husleieloven § 9-11), with what became of them, and the legal clocks of an alert."""

from alembic import op

revision = "notifications_0008"
down_revision = "notifications_0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        create table nav_notices (
            notice_id text not null,
            revision integer not null,
            tenancy text not null,
            kommunenummer text not null,
            episode integer not null,
            alert_id text not null,
            status text not null,
            code text,
            as_of date not null,
            debt_ore bigint not null,
            requested_at timestamptz not null,
            sent_at timestamptz,
            received_at timestamptz,
            primary key (notice_id, revision)
        );
        create index nav_notices_by_tenancy on nav_notices (tenancy, episode);

        alter table alerts add column earliest_request_on date,
            add column nav_until date,
            add column request_from date;

        create trigger told_inserted after insert on nav_notices referencing new table as changed
        for each statement execute function tell_board_of_alerts();
        create trigger told_updated after update on nav_notices referencing new table as changed
        for each statement execute function tell_board_of_alerts();
        """
    )


def downgrade() -> None:
    op.execute(
        """
        drop table nav_notices;
        alter table alerts
            drop column earliest_request_on, drop column nav_until, drop column request_from;
        """
    )
