"""Whose an alert is and what comes next, the staff register, and what the operator was told of."""

from alembic import op

revision = "notifications_0009"
down_revision = "notifications_0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        alter table alerts
            add column owner text not null default 'fallback',
            add column owned_by text not null default 'fallback',
            add column next_step text,
            add column next_step_at timestamptz,
            add column snoozed_until date,
            add column snooze_reason text,
            add column first_noted_at timestamptz,
            add column notes integer not null default 0,
            add column escalations integer not null default 0,
            add column resolved_by text,
            add column resolved_because text;
        create index alerts_by_owner on alerts (kommunenummer, owner) where resolution is null;

        -- `absences`: pairs of first and last day.
        create table staff (
            kommunenummer text not null,
            subject text not null,
            name text not null,
            mail text not null,
            roles jsonb not null,
            area text not null,
            substitute text not null,
            absences jsonb not null,
            primary key (kommunenummer, subject)
        );
        create table staff_registers (
            kommunenummer text primary key,
            fallback_mail text not null,
            operator_mail text not null,
            version integer not null
        );

        create table alarms (
            alarm_id text primary key,
            kommunenummer text not null,
            trouble text not null,
            day date not null,
            count integer not null,
            mail text not null
        );
        create table alert_audits (
            kommunenummer text primary key,
            ran_at timestamptz,
            due timestamptz,
            found integer not null
        );
        """
    )


def downgrade() -> None:
    op.execute(
        """
        drop table staff, staff_registers, alarms, alert_audits;
        alter table alerts drop column owner, drop column owned_by, drop column next_step, drop column next_step_at,
            drop column snoozed_until, drop column snooze_reason, drop column first_noted_at, drop column notes,
            drop column escalations, drop column resolved_by, drop column resolved_because;
        """
    )
