"""What an import leaves, to be compared whole: by kind of state, and the events of each key in their order."""

from collections.abc import Mapping

import psycopg

from demo.local.databases import Urls

# When it was taken in, and under which name its parts waited, is another each time.
HELD = """
select kind, count(*), md5(string_agg(key || (data - 'upload' - 'accepted_at')::text, '' order by key)) as held
from states where kind <> 'import_chunk' and data is not null group by kind
"""
TOLD = """
select topic, sum(events)::bigint, md5(string_agg(key || told, '' order by key)) from (
    select topic, key, count(*) as events,
        md5(string_agg((headers->>'ce_id') || (headers->>'ce_type') || encode(payload, 'hex'), '' order by id)) as told
    from outbox group by topic, key) by_key
group by topic
"""
LEFT = "select count(*) from timers where name <> 'abandoned'"

Books = Mapping[str, tuple[int, str]]


def books(urls: Urls) -> Books:
    """How many of what, and a hash of it all; and what is left to do."""
    with psycopg.connect(urls.runners) as connection:
        found = [*connection.execute(HELD), *connection.execute(TOLD)]
        (left,) = connection.execute(LEFT).fetchone() or (0,)
    return {name: (number, hashed) for name, number, hashed in found} | {"left to do": (left, "")}
