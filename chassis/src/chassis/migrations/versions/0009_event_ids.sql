alter table dead_letters add column event_id uuid;
with ids as (
    select d.id, encode(decode(h ->> 1, 'base64'), 'escape') as event
    from (select * from dead_letters where record_headers::text not like '%\u0000%') d,
        json_array_elements(d.record_headers) h
    where h ->> 0 = 'ce_id')
update dead_letters d set event_id = event::uuid from ids
    where ids.id = d.id and event ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$';
create index dead_letters_events on dead_letters (event_id);
