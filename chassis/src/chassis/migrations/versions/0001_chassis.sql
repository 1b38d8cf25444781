-- One row per key: the state that a handler decides on. `sequences` counts the events of this subject by topic.
create table states (
    kind text not null,
    key text not null,
    kommunenummer text not null,
    version bigint not null default 0,
    sequences jsonb not null default '{}',
    data jsonb,
    primary key (kind, key)
);

-- How far this service has read: the next offset. Never behind nor ahead of the states beside it.
create table positions (
    topic text not null,
    partition integer not null,
    next bigint not null,
    primary key (topic, partition)
);

-- What has had its effect. `reply` is what the door answered, for the same question asked again.
create table inbox (
    id uuid primary key,
    kommunenummer text not null,
    claimed_at timestamptz not null default now(),
    request_hash bytea,
    reply jsonb
);

-- The event log. Rows stay; the relay gives each its `position` after the broker's acknowledgement, in the order sent.
create table outbox (
    id bigint generated always as identity primary key,
    event_id uuid not null,
    topic text not null,
    key text not null,
    kommunenummer text not null,
    headers jsonb not null,
    payload bytea not null,
    created_at timestamptz not null default now(),
    position bigint,
    refused text
) with (fillfactor = 85, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
create index outbox_unsent on outbox (id) where position is null and refused is null;
create index outbox_refused on outbox (topic, key) where refused is not null;
create sequence outbox_position;

-- Messages that are due at a time, and messages told from key to key (`told`), which are due at once.
create table timers (
    id bigint generated always as identity unique,
    kind text not null,
    key text not null,
    name text not null,
    kommunenummer text not null,
    due timestamptz not null,
    told boolean not null,
    message_id uuid not null,
    type text not null,
    body jsonb not null,
    happened_at timestamptz not null,
    correlation text not null,
    traceparent text not null,
    primary key (kind, key, name)
);
create index timers_due on timers (due, id);
create index timers_told on timers (id) where told;

-- Outward calls. `key` is the Idempotency-Key; closed rows stay, so that a call that stands is never made again.
create table calls (
    id bigint generated always as identity unique,
    key uuid primary key,
    kind text not null,
    state_key text not null,
    kommunenummer text not null,
    destination text not null,
    ref jsonb not null,
    status text not null default 'open' check (status in ('open', 'accepted', 'refused', 'unknown')),
    due timestamptz not null default now(),
    attempts integer not null default 0,
    lease uuid,
    lease_until timestamptz,
    created_at timestamptz not null default now(),
    closed_at timestamptz,
    correlation text not null,
    traceparent text not null
);
create index calls_open on calls (destination, due, id) where status = 'open';
create index calls_order on calls (kind, state_key, id) where status = 'open';

-- One breaker and one budget per destination, shared by all replicas.
create table destinations (
    destination text primary key,
    failures integer not null default 0,
    open_until timestamptz,
    next_at timestamptz not null default now()
);

-- What could not be handled (`reason` set), and what waits behind it (`reason` null), in order of arrival.
create table dead_letters (
    id bigint generated always as identity primary key,
    origin text not null check (origin in ('kafka', 'timer', 'answer')),
    topic text,
    partition integer,
    record_offset bigint,
    record_key bytea,
    record_value bytea,
    record_headers jsonb not null default '[]',
    parking_key text,
    kommunenummer text not null default '',
    reason text,
    fingerprint text,
    arrived_at timestamptz not null default now(),
    handled_at timestamptz,
    handled_by text
);
create index dead_letters_waiting on dead_letters (parking_key, id) where handled_at is null;

-- Keys whose records wait. A reader takes the row for share, a replay for update: nothing slips between them.
create table parked (
    key text primary key,
    kommunenummer text not null,
    since timestamptz not null default now()
);
