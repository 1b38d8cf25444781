"""The tables that intake's API queries."""

from alembic import op

revision = "intake_0001"
down_revision = None
branch_labels = ("intake",)
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        create table applications (
            application text primary key,
            kommunenummer text not null,
            public_id text not null,
            case_number text not null,
            application_type text not null,
            dwelling_type text,
            received_on date not null,
            status text not null,
            assessment text,
            decision text,
            decided_on date
        );
        create index applications_newest on applications (kommunenummer, received_on desc, case_number);
        create table imports (
            import text primary key,
            kommunenummer text not null,
            account text not null,
            as_of date not null,
            number bigint not null,
            lines bigint not null,
            fresh bigint not null,
            closes bigint not null,
            total bigint not null
        );
        create table bookings (
            tenancy text primary key,
            kommunenummer text not null,
            account text not null,
            booked bigint not null,
            first_import bigint,
            closed_import bigint
        ) with (fillfactor = 70);
        create index bookings_of_account on bookings (kommunenummer, account);
        """
    )


def downgrade() -> None:
    raise RuntimeError("en base med saker går ikke bakover: gjenopprett fra sikkerhetskopi")
