"""What operators ask the database, under row-level security or without it."""

GROUPS = """
select fingerprint, min(reason) as reason, count(*) as letters, count(distinct parking_key) as keys,
    (select count(*) from dead_letters w where w.handled_at is null and w.reason is null
     and w.parking_key = any(array_agg(d.parking_key))) as waiting,
    min(arrived_at) as first, min(id) as example
from dead_letters d where handled_at is null and reason is not null group by fingerprint order by letters desc, first
"""
PARKED = """
select p.key, p.since, count(d.id) as waiting, min(d.id) as letter
from parked p left join dead_letters d on d.parking_key = p.key and d.handled_at is null
group by p.key, p.since order by p.since, p.key
"""
OF_GROUP = """
select id, parking_key, origin, topic, reason, arrived_at from dead_letters
where fingerprint = $1 and handled_at is null and reason is not null order by id
"""
OF_NOBODY = """
select count(*) from dead_letters where kommunenummer = '' and handled_at is null and reason is not null
"""
# The newest correction counts; a look changes nothing that a form could have missed.
_CORRECTED = """
left join lateral (select * from dead_letter_history h where h.letter = d.id and h.action = 'corrected'
    order by h.id desc limit 1) c on true
"""
_VERSION = "(select max(h.id) from dead_letter_history h where h.letter = d.id and h.action <> 'seen') as version"
LETTER = f"""
select d.id, d.origin, d.topic, d.partition, d.record_offset, d.parking_key, d.kommunenummer, d.reason, d.fingerprint,
    d.arrived_at, d.handled_at, d.handled_by, c.id is not null as corrected,
    coalesce(octet_length(c.record_value), octet_length(d.record_value)) as bytes,
    (select min(h.at) from dead_letter_history h where h.letter = d.id and h.action = 'stopped') as first_failed,
    (select count(*) from dead_letter_history h where h.letter = d.id and h.by is not null
     and h.action in ('stopped', 'handled')) as replays,
    (select count(*) from dead_letters w where w.parking_key = d.parking_key and w.id > d.id
     and w.handled_at is null) as waiting, {_VERSION}
from dead_letters d {_CORRECTED} where d.id = $1
"""  # noqa: S608 - of constants alone
HISTORY = "select at, by, action, reason from dead_letter_history where letter = $1 order by id"
AS_CAME = "select record_key, record_value, record_headers from dead_letters where id = $1"
_STANDING = f"""
select d.id, d.origin, d.topic, d.partition, d.record_offset, d.parking_key, d.reason, d.handled_at, {_VERSION},
    case when c.id is null then d.record_key else c.record_key end as record_key,
    case when c.id is null then d.record_value else c.record_value end as record_value,
    case when c.id is null then d.record_headers else c.record_headers end as record_headers
from dead_letters d {_CORRECTED}
"""  # noqa: S608 - of constants alone
STANDING = f"{_STANDING} where d.id = $1 for update of d"
WAITING = f"{_STANDING} where d.parking_key = $1 and d.handled_at is null order by d.id limit 1"
# Parked keys of which nothing is stopped: what is next waits for another key that it needs.
WAIT = """
select key from parked p where exists (select from dead_letters d where d.parking_key = p.key and d.handled_at is null
    and d.reason is null and not exists (select from dead_letters e where e.parking_key = p.key
    and e.handled_at is null and e.id < d.id)) order by since, key
"""
NOTE = """
insert into dead_letter_history (letter, kommunenummer, by, action, reason, record_key, record_value, record_headers)
select id, kommunenummer, $2, $3, $4, $5, $6, $7 from dead_letters where id = $1
"""
STOPPED = "update dead_letters set reason = $2, fingerprint = $3 where id = $1"
ASK_AGAIN = """
update calls set status = 'open', lease = null, lease_until = null, due = now(), closed_at = null
where key = $1 and status <> 'open'
"""
DONE = "update dead_letters set handled_at = now(), handled_by = $2 where id = $1"
BEHIND = """
with moved as (
    update dead_letters d set parking_key = p.key, kommunenummer = p.kommunenummer, reason = null, fingerprint = null
    from parked p where d.id = $1 and p.key = $2 returning d.id, d.kommunenummer)
update dead_letter_history h set kommunenummer = m.kommunenummer from moved m where h.letter = m.id
"""

REFUSED = """
select o.id, o.event_id, o.topic, o.key, o.kommunenummer, o.refused as reason, octet_length(o.payload) as bytes,
    o.created_at, (select count(*) from outbox w where w.topic = o.topic and w.key = o.key and w.id > o.id
    and w.position is null and not w.given_up) as waiting,
    (select max(h.at) from outbox_history h where h.event = o.id) as tried_again
from outbox o where o.refused is not null and not o.given_up order by o.id
"""
REFUSED_COUNT = "select count(*) as refused from outbox where refused is not null and not given_up"
SETTLE = """
with settled as (
    update outbox set refused = case when $3 = 'sent_again' then null else refused end, given_up = ($3 = 'given_up')
    where id = $1 and refused is not null and not given_up returning id, kommunenummer)
insert into outbox_history (event, kommunenummer, by, action, reason)
select id, kommunenummer, $2, $3, $4 from settled returning event
"""
