"""Legal steps and agreements of a tenancy, for the page that lists them; and those of them that no file holds."""

from alembic import op

revision = "intake_0007"
down_revision = "intake_0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        create table steps_by_hand (
            line_id text primary key,
            kommunenummer text not null,
            account text not null,
            kind text not null,
            dated_on date not null,
            amount_ore bigint not null
        );
        -- What was booked before this is known by its events; a step's own reference stands in none of them.
        update states t set data = t.data || jsonb_build_object('steps', told.steps)
        from (
            select o.key, o.kommunenummer, jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
                'id', e.data->>'line_id',
                'kind', e.kind,
                'dated_on', e.data->>'dated_on',
                'amount_ore', (e.data->>'amount_ore')::bigint,
                'due_on', e.data->>'due_on',
                'until', coalesce(e.data->>'deadline_on', e.data->>'scheduled_on'),
                'written_on', e.data->>'written_on',
                'received_on', e.data->>'received_on',
                'arrangement', e.data->>'arrangement',
                'amends', e.data->>'amends')) order by o.id) as steps
            from outbox o
            cross join lateral (select convert_from(o.payload, 'UTF8')::jsonb as data,
                substring(o.headers->>'ce_type' from '^no[.]boligflyt[.](.*)[.]v1$') as kind) e
            where length(o.payload) > 0 and e.kind in ('direct_debit.ended', 'direct_debit.failed', 'reminder.sent',
                'payment_plan.agreed', 'payment_plan.changed', 'payment_plan.ended', 'eviction_notice.sent',
                'nav_notice.reserved', 'nav_notice.reservation_lifted', 'enforcement.requested',
                'enforcement.scheduled', 'enforcement.lifted', 'enforcement.executed', 'bostotte_transport.started',
                'bostotte_transport.ended', 'dispute.opened', 'dispute.closed')
            group by 1, 2
        ) told
        where t.kind = 'tenancy' and t.key = told.key and t.kommunenummer = told.kommunenummer
        and t.data is not null and not coalesce((t.data->>'vacant')::boolean, false);
        """
    )


def downgrade() -> None:
    raise RuntimeError("en base med saker går ikke bakover: gjenopprett fra sikkerhetskopi")
