-- Where the record stands on Kafka, as the broker acknowledged it last.
alter table outbox add column partition integer, add column record_offset bigint;
create index outbox_days on outbox using brin (created_at);

-- How far this database knows its service's own topics. Behind their ends after a restore from a backup.
create table sent (
    topic text not null,
    partition integer not null,
    next bigint not null,
    primary key (topic, partition)
);

-- Subjects of which the topics say more than the restored states do; their next event gets a higher sequence.
create table floors (
    topic text not null,
    subject text not null,
    sequence bigint not null,
    primary key (topic, subject)
);

-- The highest sequence that was heard of each writer's subject, moved with the position.
create table heard (
    topic text not null,
    source text not null,
    subject text not null,
    sequence bigint not null,
    primary key (topic, source, subject)
) with (fillfactor = 80);

-- Where a sequence skipped a number (`found` above `expected`), or a new event stepped back (below).
create table sequence_breaks (
    id bigint generated always as identity primary key,
    topic text not null,
    partition integer not null,
    record_offset bigint not null,
    subject text not null,
    expected bigint not null,
    found bigint not null,
    noticed_at timestamptz not null default now()
);
