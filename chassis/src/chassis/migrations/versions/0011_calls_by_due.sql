-- What is put off time and again stands before nobody else.
drop index calls_next;
create index calls_next on calls (destination, due, created_at, id) where status = 'open' and lease is null;
