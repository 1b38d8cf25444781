"""Who was referred for startlån, and who lives where since and until when: the chain from renting to owning."""

from alembic import op

revision = "intake_0009"
down_revision = "intake_0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        create table referrals (
            application text primary key,
            kommunenummer text not null,
            application_type text not null,
            applicant text not null,
            referred_on date not null,
            granted_on date
        );
        create table tenants (
            tenancy text not null,
            tenant text not null,
            kommunenummer text not null,
            started_on date not null,
            ended_on date,
            primary key (tenancy, tenant)
        );
        create index tenancies_of_tenant on tenants (kommunenummer, tenant);
        -- Starts and ends of before this are known by the events that told them; what NAV said is not known here.
        update states t set data = t.data || jsonb_strip_nulls(jsonb_build_object(
            'started_on', told.started_on, 'ended_on', told.ended_on))
        from (
            select o.key, o.kommunenummer,
                (array_agg(e.data->>'started_on' order by o.id desc) filter (where e.kind = 'tenancy.started'))[1]
                    as started_on,
                (array_agg(e.data->>'ended_on' order by o.id desc))[1] as ended_on
            from outbox o
            cross join lateral (select convert_from(o.payload, 'UTF8')::jsonb as data,
                substring(o.headers->>'ce_type' from '^no[.]boligflyt[.](.*)[.]v1$') as kind) e
            where length(o.payload) > 0 and e.kind in ('tenancy.started', 'tenancy.ended')
            group by 1, 2
        ) told
        where t.kind = 'tenancy' and t.key = told.key and t.kommunenummer = told.kommunenummer and t.data is not null;
        insert into tenants (tenancy, tenant, kommunenummer, started_on, ended_on)
        select t.key, tenant, t.kommunenummer, (t.data->>'started_on')::date, (t.data->>'ended_on')::date
        from states t cross join lateral jsonb_array_elements_text(t.data->'tenants') tenant
        where t.kind = 'tenancy' and t.data->>'account' is not null and t.data->>'started_on' is not null
        on conflict do nothing;
        """
    )


def downgrade() -> None:
    raise RuntimeError("en base med saker går ikke bakover: gjenopprett fra sikkerhetskopi")
