-- The oldest open call of a destination that nobody carries is found without a look at the others, however many
-- wait and however many are closed; and so is one whose sender died. By `created_at` first: in the order of ids
-- alone the planner walks past all that was ever closed.
create index calls_next on calls (destination, created_at, id) where status = 'open' and lease is null;
create index calls_leased on calls (destination, lease_until) where status = 'open' and lease_until is not null;
drop index calls_open;
