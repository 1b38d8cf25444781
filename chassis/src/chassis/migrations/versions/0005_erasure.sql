-- `erased`: messages to the key have no effect any longer, but those of an erasure.
alter table states add column erased boolean not null default false;
create index states_erased on states (key) where erased;
-- `erased`: the payload is empty, or will be once Kafka has it. Headers stay: ids and order can be reconciled.
alter table outbox add column erased boolean not null default false;
