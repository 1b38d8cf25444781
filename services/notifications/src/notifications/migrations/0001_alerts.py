"""The projections of tenancies: alerts and their history, legal steps, and what was outstanding at each close."""

from alembic import op

revision = "notifications_0001"
down_revision = None
branch_labels = ("notifications",)
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        create table tenancies (
            tenancy text primary key,
            kommunenummer text not null,
            public_id text,
            account text not null,
            tenants jsonb not null,
            rent_ore bigint not null,
            started_on date,
            ended_on date,
            reserved boolean not null,
            level integer not null,
            stage text not null
        );

        create table alerts (
            tenancy text not null,
            episode integer not null,
            kommunenummer text not null,
            alert_id text not null unique,
            level integer not null,
            peak_level integer not null,
            stage text not null,
            reasons jsonb not null,
            remedy text not null,
            rules_version text not null,
            first_level integer not null,
            first_rules jsonb not null,
            raised_as_of date not null,
            level_since date not null,
            quiet_since date,
            as_of date not null,
            dpd integer not null,
            debt_ore bigint not null,
            rent_ore bigint not null,
            next_date date,
            enforcement_requested_on date,
            mail text not null,
            version integer not null,
            acknowledged_by text,
            acknowledged_at timestamptz,
            resolved_as_of date,
            resolution text,
            primary key (tenancy, episode)
        );
        create index alerts_open on alerts (kommunenummer, level desc) where resolution is null;

        -- What held from when on, in order of knowledge; the first row of an episode is how it was raised.
        create table alert_changes (
            tenancy text not null,
            episode integer not null,
            number integer not null,
            kommunenummer text not null,
            as_of date not null,
            level integer not null,
            rules jsonb not null,
            primary key (tenancy, episode, number)
        );

        -- `until`: the notice's deadline, or the day set for the eviction.
        create table statutory_steps (
            tenancy text not null,
            line_id text not null,
            kommunenummer text not null,
            step text not null,
            dated_on date not null,
            until date,
            primary key (tenancy, line_id)
        );

        create table balances (
            tenancy text not null,
            as_of date not null,
            kommunenummer text not null,
            account text not null,
            outstanding_ore bigint not null,
            primary key (tenancy, as_of)
        );
        create index balances_by_account on balances (kommunenummer, account, as_of);
        """
    )


def downgrade() -> None:
    op.execute("drop table tenancies, alerts, alert_changes, statutory_steps, balances")
