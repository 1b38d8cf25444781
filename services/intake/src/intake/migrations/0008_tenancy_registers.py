"""Tenancy registers: which files are one, and which tenancies each has; what is agreed of those that are known."""

from alembic import op

revision = "intake_0008"
down_revision = "intake_0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        alter table imports add column register boolean not null default false;
        -- `register`: the newest one that has the tenancy, as an import; empty where none had it.
        alter table bookings add column standing text not null default 'expected',
            add column register text not null default '';
        update bookings b set standing = coalesce(t.data->>'standing', 'expected')
        from states t where t.kind = 'tenancy' and t.key = b.tenancy and t.kommunenummer = b.kommunenummer;
        -- What was agreed before this is known by the events that told it.
        update states t set data = t.data || jsonb_build_object('terms', jsonb_strip_nulls(jsonb_build_object(
            'kid', told.kid, 'lease_ends_on', told.lease_ends_on)))
        from (
            select o.key, o.kommunenummer,
                (array_agg(e.data->>'kid' order by o.id desc) filter (where e.data->>'kid' is not null))[1] as kid,
                (array_agg(e.data->>'lease_ends_on' order by o.id desc)
                    filter (where e.kind in ('tenancy.started', 'tenancy.renewed')))[1] as lease_ends_on
            from outbox o
            cross join lateral (select convert_from(o.payload, 'UTF8')::jsonb as data,
                substring(o.headers->>'ce_type' from '^no[.]boligflyt[.](.*)[.]v1$') as kind) e
            where length(o.payload) > 0 and e.kind in ('tenancy.started', 'tenancy.changed', 'tenancy.renewed')
            group by 1, 2
        ) told
        where t.kind = 'tenancy' and t.key = told.key and t.kommunenummer = told.kommunenummer and t.data is not null;
        """
    )


def downgrade() -> None:
    raise RuntimeError("en base med saker går ikke bakover: gjenopprett fra sikkerhetskopi")
