"""The guards, and how each is taken away. A place that has moved is an error, so that no copy is whole by mistake."""

from collections.abc import Sequence

from tests.prove.versions import Change

CHASSIS = "chassis/src/chassis/"

GUARDS: dict[str, Sequence[Change]] = {
    "inbox claim": [
        Change(
            CHASSIS + "store.py",
            'claimed = {UUID(str(row["id"])) for row in rows}',
            "claimed = set(claims)",
        )
    ],
    "position compare-and-set": [
        Change(CHASSIS + "consumer.py", " and p.next = u.expected returning 1", " returning 1")
    ],
    "commit order": [
        Change(
            CHASSIS + "consumer.py",
            "                await self._advance(connection, steps)\n",
            "                async with self._database.runner() as first:\n"
            "                    await self._advance(first, steps)\n",
        )
    ],
    "relay lock": [
        Change(
            CHASSIS + "relay.py",
            'await connection.fetchval("select pg_try_advisory_lock(hashtext($1))", f"relay:{self._name}")',
            "True",
        )
    ],
    "lease token": [
        Change(
            CHASSIS + "calls.py",
            "where key = $1 and lease = $2 returning key",
            "where key = $1 and $2::uuid is not null returning key",
        )
    ],
    "parking": [
        Change(CHASSIS + "states.py", 'return {row["key"] for row in rows}', "return set()"),
        Change(CHASSIS + "consumer.py", "key in barred and type_of", "False and type_of"),
        Change(CHASSIS + "store.py", "and not blocked.isdisjoint(", "and False and not blocked.isdisjoint("),
    ],
    "timers' catch-up rule": [Change(CHASSIS + "timers.py", "or await self._past_the_gate(rows)", "or rows")],
    "lock before reading": [Change(CHASSIS + "states.py", '{READ} for update"', '{READ}"')],
    "lock order": [
        Change(CHASSIS + "states.py", "order by kind, key", "order by random()"),
    ],
}
