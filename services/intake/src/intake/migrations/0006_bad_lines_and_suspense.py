"""Lines known one by one, KIDs, and what waits for a person: bad lines and payments that nobody can place."""

from alembic import op

revision = "intake_0006"
down_revision = "intake_0005"
branch_labels = None
depends_on = "chassis_0005"


def upgrade() -> None:
    op.execute(
        """
        alter table imports add column taken bigint not null default 0, add column again bigint not null default 0,
            add column closing boolean not null default true, add column whole boolean not null default true;
        update imports set taken = lines, again = lines - fresh;
        create index imports_newest on imports (kommunenummer, accepted_at desc);
        create table bad_lines (
            bad_line text primary key,
            kommunenummer text not null,
            account text not null,
            import text not null,
            line_number integer not null,
            faults jsonb not null,
            -- The line as it came, encrypted, for as long as somebody may have to repair it.
            sealed text not null,
            status text not null,
            version integer not null,
            done_by text not null,
            done_on date
        );
        create index bad_lines_of_import on bad_lines (kommunenummer, import, line_number);
        create index bad_lines_open on bad_lines (kommunenummer, account) where status = 'open';
        create table suspense (
            payment text primary key,
            kommunenummer text not null,
            account text not null,
            import text not null,
            line_number integer not null,
            dated_on date not null,
            amount_ore bigint not null,
            kid text not null,
            candidates jsonb not null,
            status text not null,
            version integer not null,
            tenancy text,
            since date,
            done_by text not null,
            done_on date
        );
        create index suspense_open on suspense (kommunenummer, dated_on) where status = 'open';
        -- Lines were known in shards; from now on each has a state of its own, which knows where it stands.
        insert into states (kind, key, kommunenummer, data)
        select 'ledger_line', line.key, s.kommunenummer, jsonb_build_object('format', 1, 'mark', line.value,
            'import_id', coalesce(l.import, ''), 'number', coalesce(l.line_number, 0))
        from states s cross join jsonb_each_text(s.data->'lines') line left join ledger_lines l on l.line_id = line.key
        where s.kind = 'ledger_shard' and s.data is not null;
        delete from states where kind = 'ledger_shard';
        -- Which tenancies have had which KID, as their events have told.
        insert into states (kind, key, kommunenummer, data)
        select 'kid', o.kommunenummer || ':' || (t.data->>'account') || ':' || (told.data->>'kid'), o.kommunenummer,
            jsonb_build_object('format', 1, 'tenancies', jsonb_agg(distinct o.key))
        from outbox o
        cross join lateral (select convert_from(o.payload, 'UTF8')::jsonb as data) told
        join states t on t.kind = 'tenancy' and t.key = o.key
        where length(o.payload) > 0 and told.data->>'kid' is not null and t.data->>'account' is not null
        and o.headers->>'ce_type' in ('no.boligflyt.tenancy.started.v1', 'no.boligflyt.tenancy.changed.v1',
            'no.boligflyt.invoice.issued.v1')
        group by 2, 3;
        """
    )


def downgrade() -> None:
    raise RuntimeError("en base med saker går ikke bakover: gjenopprett fra sikkerhetskopi")
