-- Every table with a kommunenummer: the owner (the runners' role) sees all rows, the pages' role those of the
-- municipality that its transaction names, and none if it names none. Run after each migration.
do $$
declare
    found text;
begin
    for found in
        select c.table_name from information_schema.columns c
        join information_schema.tables t using (table_schema, table_name)
        where c.table_schema = 'public' and c.column_name = 'kommunenummer' and t.table_type = 'BASE TABLE'
    loop
        execute format('alter table %I enable row level security', found);
        execute format('alter table %I force row level security', found);
        execute format('drop policy if exists runners on %I', found);
        execute format('drop policy if exists municipality on %I', found);
        execute format('create policy runners on %I to %I using (true) with check (true)', found, current_user);
        execute format(
            'create policy municipality on %I to %I using (kommunenummer = current_setting(''boligflyt.kommunenummer'', true)) '
            'with check (kommunenummer = current_setting(''boligflyt.kommunenummer'', true))', found, '{pages_role}');
        execute format('grant select, insert, update, delete on %I to %I', found, '{pages_role}');
    end loop;
end $$;
