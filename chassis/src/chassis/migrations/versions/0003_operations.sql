-- What happened to a dead letter, oldest first: `stopped` with the reason, by whom it was tried again; `corrected` with
-- the operator's why and the whole record that counts from then on, while the letter keeps the one that came.
create table dead_letter_history (
    id bigint generated always as identity primary key,
    letter bigint not null references dead_letters on delete cascade,
    kommunenummer text not null,
    at timestamptz not null default now(),
    by text,
    action text not null check (action in ('stopped', 'seen', 'corrected', 'waits', 'handled', 'discarded')),
    reason text,
    record_key bytea,
    record_value bytea,
    record_headers json
);
create index dead_letter_history_of on dead_letter_history (letter, id);
insert into dead_letter_history (letter, kommunenummer, at, action, reason)
    select id, kommunenummer, arrived_at, 'stopped', reason from dead_letters where reason is not null;

create index dead_letters_groups on dead_letters (fingerprint) where handled_at is null and reason is not null;

-- A header's name may hold a NUL, which jsonb doesn't take.
alter table dead_letters alter record_headers drop default;
alter table dead_letters alter record_headers type json;
alter table dead_letters alter record_headers set default '[]';

-- An event that Kafka refused and that a person has given up: it holds its key's later events no more.
alter table outbox add given_up boolean not null default false;
drop index outbox_refused;
create index outbox_refused on outbox (topic, key) where refused is not null and not given_up;

create table outbox_history (
    id bigint generated always as identity primary key,
    event bigint not null references outbox on delete cascade,
    kommunenummer text not null,
    at timestamptz not null default now(),
    by text not null,
    action text not null check (action in ('sent_again', 'given_up')),
    reason text not null
);
create index outbox_history_of on outbox_history (event, id);
