-- `causation`: the message whose handler made the call; empty for calls of before.
alter table calls add column causation text not null default '';
create index calls_of_key on calls (state_key);
create index outbox_of_key on outbox (key);
