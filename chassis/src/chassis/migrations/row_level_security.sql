-- Every table with a kommunenummer: the owner (the runners' role) sees all rows, the pages' role those of the
-- municipality that its transaction names, and none if it names none. Run at each start: a table on which all of it
-- stands is left alone, as changing it waits for every transaction on it and holds up all that come after.
do $$
declare
    found text;
    own constant text := '(kommunenummer = current_setting(''boligflyt.kommunenummer''::text, true))';
begin
    for found in
        select c.table_name from information_schema.columns c
        join information_schema.tables t using (table_schema, table_name)
        join pg_class k on k.oid = format('public.%I', c.table_name)::regclass
        where c.table_schema = 'public' and c.column_name = 'kommunenummer' and t.table_type = 'BASE TABLE'
        and not (
            k.relrowsecurity and k.relforcerowsecurity
            and 2 = (
                select count(*) from pg_policies p
                where p.schemaname = 'public' and p.tablename = c.table_name and p.cmd = 'ALL'
                and (p.policyname, p.roles, p.qual, p.with_check) in (
                    ('runners', array[current_user], 'true', 'true'), ('municipality', array['{pages_role}'::name], own, own)
                )
            )
            and (
                select bool_and(has_table_privilege('{pages_role}', k.oid, privilege))
                from unnest(array['select', 'insert', 'update', 'delete']) as privilege
            )
        )
        order by c.table_name
    loop
        execute format('alter table %I enable row level security', found);
        execute format('alter table %I force row level security', found);
        execute format('drop policy if exists runners on %I', found);
        execute format('drop policy if exists municipality on %I', found);
        execute format('create policy runners on %I to %I using (true) with check (true)', found, current_user);
        execute format(
            'create policy municipality on %I to %I using %s with check %s', found, '{pages_role}', own, own);
        execute format('grant select, insert, update, delete on %I to %I', found, '{pages_role}');
    end loop;
end $$;
