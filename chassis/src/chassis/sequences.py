"""Whether the events of a subject come in unbroken sequence. A gap or a step back is alarmed, and nothing is dropped.

What is noticed is kept in the transaction that moves the position, so that it is counted once.
"""

import re
from collections.abc import Sequence

import structlog

from chassis.database import Connection
from chassis.envelope import Headers, Record

log = structlog.get_logger()

NUMBERED = ("ce_source", "ce_subject", "ce_sequence")
SEQUENCE = re.compile("[1-9][0-9]{0,17}")  # of those that fit a bigint


def numbered(headers: Headers) -> tuple[str, str, int] | None:
    """Source, subject and sequence of a record; None where it says none that can be kept."""
    found = dict(headers)
    try:
        source, subject, sequence = ((found.get(name) or b"").decode() for name in NUMBERED)
    except UnicodeDecodeError:
        return None
    if not SEQUENCE.fullmatch(sequence) or "\x00" in source + subject:
        return None
    return source, subject, int(sequence)


async def follow(connection: Connection, records: Sequence[Record], outcomes: Sequence[str]) -> None:
    """Hold each record against what was heard of its subject before; one never heard of begins where it begins.

    A record that comes again is no step back, nor is one of a type that we don't read.
    """
    named = [(record, outcome, numbered(record.headers)) for record, outcome in zip(records, outcomes, strict=True)]
    keys = sorted({(record.topic, *name[:2]) for record, _, name in named if name})
    if not keys:
        return
    columns = [list(column) for column in zip(*keys, strict=True)]
    rows = await connection.fetch(
        "select * from heard "
        "where (topic, source, subject) in (select * from unnest($1::text[], $2::text[], $3::text[]))",
        *columns,
    )
    last = {(row["topic"], row["source"], row["subject"]): row["sequence"] for row in rows}
    breaks = []
    for record, outcome, name in named:
        if name:
            key, found = (record.topic, *name[:2]), name[2]
            expected = last.get(key, found - 1) + 1
            if found > expected or (found < expected and outcome == "handled"):
                breaks.append((record.topic, record.partition, record.offset, name[1], expected, found))
            last[key] = max(found, expected - 1)
    await connection.execute(
        "insert into heard select * from unnest($1::text[], $2::text[], $3::text[], $4::bigint[]) "
        "on conflict (topic, source, subject) do update set sequence = excluded.sequence",
        *columns,
        [last[key] for key in keys],
    )
    for each in breaks:
        await connection.execute(
            "insert into sequence_breaks (topic, partition, record_offset, subject, expected, found) "
            "values ($1, $2, $3, $4, $5, $6)",
            *each,
        )
        log.error("sequences.broken", **dict(zip(("topic", "partition", "offset"), each[:3], strict=True)))
