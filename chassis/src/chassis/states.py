"""One row per key: locked and read, written back, and with it the rows that pages query.

Danger: a state is never written that was not read under its lock; an upsert from an unlocked read loses one of
two updates without an error.
"""

import json
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter, itemgetter
from typing import Any

import structlog
from asyncpg import Record
from pydantic import TypeAdapter
from pydantic_core import to_json

from chassis.database import Connection
from chassis.errors import NotYours, Unreadable
from chassis.outputs import Key

log = structlog.get_logger()

Row = Mapping[str, Any]
Project = Callable[[Key, str, Any], Mapping[str, Sequence[Row]]]
Tables = Mapping[str, Sequence[str]]
Learn = Callable[[Connection], Awaitable[None]]

READ = """
select kind, key, kommunenummer, erased, sequences, data, data->>'format' as format from states
where (kind, key) in (select * from unnest($1::text[], $2::text[])) order by kind, key
"""


@dataclass(slots=True)
class Held:
    """One locked state. `was`: what it was projected from when it was locked. `erased`: see `Erase`.

    `unreadable`: this version can't read it, so that nothing may be decided on it, nor written over it.
    """

    kommunenummer: str
    state: Any
    sequences: dict[str, int]
    was: Any
    erased: bool = False
    changed: bool = False
    unreadable: bool = False


class States:
    """`kinds`: state class per kind. `tables`: projection table → the columns of its primary key.

    `learn`: reads, in each transaction before its handlers decide, the dated data that people change and that the
    handlers go by: what they decide rests on what was committed then, in whichever process.
    """

    def __init__(self, kinds: Mapping[str, Any], project: Project, tables: Tables, learn: Learn | None) -> None:
        self._kinds, self._project, self._tables, self._learn = kinds, project, tables, learn
        self._json = {kind: TypeAdapter(state) for kind, state in kinds.items()}

    async def lock(self, connection: Connection, keys: Mapping[Key, str]) -> dict[Key, Held]:
        """Hold the keys' states till the transaction ends. `keys`: with the municipality that a new one belongs to."""
        if self._learn:
            await self._learn(connection)
        wanted = sorted(keys)
        names = [key.kind for key in wanted], [key.id for key in wanted]
        await connection.execute(
            "insert into states (kind, key, kommunenummer) "
            "select * from unnest($1::text[], $2::text[], $3::text[]) on conflict do nothing",
            *(*names, [keys[key] for key in wanted]),
        )
        rows = await connection.fetch(f"{READ} for update", *names)
        if len(rows) < len(wanted):  # under row-level security: a key of another municipality
            raise NotYours
        return {Key(row["kind"], row["key"]): self._held(row) for row in rows}

    def _held(self, row: Record) -> Held:
        """One that can't be read stops its own key alone, whatever it is that fails."""
        held = Held(row["kommunenummer"], None, json.loads(row["sequences"]), None, row["erased"])
        try:
            held.state = held.was = self._loaded(row)
        except Exception as error:  # noqa: BLE001
            held.unreadable = True
            log.error("states.unreadable", kind=row["kind"], error=type(error).__name__)  # noqa: TRY400 - it may quote
        return held

    async def read(self, connection: Connection, keys: Iterable[Key]) -> dict[Key, Any]:
        """States as they are now, without a lock: for look-ups and pages, never to be written. None if unreadable."""
        wanted = dict.fromkeys(keys)
        rows = await connection.fetch(READ, [key.kind for key in wanted], [key.id for key in wanted])
        return wanted | {Key(row["kind"], row["key"]): self._held(row).state for row in rows}

    async def write(self, connection: Connection, held: Mapping[Key, Held]) -> None:
        """Write back what has changed, and of the projections the difference."""
        changed = {key: each for key, each in sorted(held.items()) if each.changed}
        if not changed:
            return
        written = [
            (*key, self._dumped(key, each.state), json.dumps(each.sequences), each.erased)
            for key, each in changed.items()
        ]
        await connection.execute(
            "update states s set (data, sequences, erased, version) = (u.data, u.sequences, u.erased, s.version + 1) "
            "from unnest($1::text[], $2::text[], $3::jsonb[], $4::jsonb[], $5::bool[]) "
            "as u(kind, key, data, sequences, erased) "
            "where s.kind = u.kind and s.key = u.key",
            *zip(*written, strict=True),
        )
        before, after = [
            [self._rows_of(key, each.kommunenummer, state(each)) for key, each in changed.items()]
            for state in (attrgetter("was"), attrgetter("state"))
        ]
        for table, identity in self._tables.items():
            gone, come = _difference(identity, *([rows.get(table, ()) for rows in side] for side in (before, after)))
            await _replace(connection, table, identity, gone, come)

    async def rebuild(self, connection: Connection) -> int:
        """Every projection anew from the states; readers see the old rows until the transaction ends.

        No other transaction writes states meanwhile: the rows of a key that came in between would go with the old.
        Raises `Unreadable` where a state can't be read: the rows that stand say more than none.
        """
        await connection.execute("lock table states in share row exclusive mode")
        stored = await connection.fetch("select kind, key, kommunenummer from states where data is not null")
        held = await self.lock(connection, {Key(row["kind"], row["key"]): row["kommunenummer"] for row in stored})
        if unreadable := sum(each.unreadable for each in held.values()):
            raise Unreadable("unreadable_state", f"{unreadable} tilstander kan ikke leses av denne versjonen")
        for table in self._tables:
            await connection.execute(f"delete from {table}")  # noqa: S608 - a name from the code, never from input
        for each in held.values():
            each.was, each.changed = None, True
        await self.write(connection, held)
        return len(held)

    def _rows_of(self, key: Key, kommunenummer: str, state: Any) -> Mapping[str, Sequence[Row]]:
        return {} if state is None else self._project(key, kommunenummer, state)

    def _loaded(self, row: Record) -> Any:
        """A state from its row; an older format is brought up by the state class's own `upcast(data, format)`."""
        kind, adapter = self._kinds[row["kind"]], self._json[row["kind"]]
        if row["data"] is None:
            return None
        if (found := int(row["format"])) == getattr(kind, "FORMAT", 1):
            return adapter.validate_json(row["data"])
        return adapter.validate_python(kind.upcast(json.loads(row["data"]), found))

    def _dumped(self, key: Key, state: Any) -> str | None:
        if state is None:
            return None
        format, fields = getattr(self._kinds[key.kind], "FORMAT", 1), self._json[key.kind].dump_json(state).decode()[1:]
        return f'{{"format":{format}{"" if fields == "}" else ","}{fields}'


async def parked_among(connection: Connection, keys: Iterable[str]) -> set[str]:
    """Which of the keys are parked, held so until this transaction ends."""
    rows = await connection.fetch(
        "select key from parked where key = any($1::text[]) order by key for update", list(set(keys))
    )
    return {row["key"] for row in rows}


def _difference(
    identity: Sequence[str], before: Sequence[Sequence[Row]], after: Sequence[Sequence[Row]]
) -> tuple[Sequence[Row], Sequence[Row]]:
    """The rows that are gone, and those that have come. `before`, `after`: by key.

    A key's rows begin with those that stay, of a long life nearly all: they are told by comparing alone.
    """
    id_of = itemgetter(*identity)
    old, new, alike = dict[Any, Row](), dict[Any, Row](), list[Row]()
    for was, now in zip(before, after, strict=True):
        same = next((n for n, (a, b) in enumerate(zip(was, now, strict=False)) if a != b), min(len(was), len(now)))
        alike += now[:same]
        old |= {id_of(row): row for row in was[same:]}
        new |= {id_of(row): row for row in now[same:]}
    gone = [row for id, row in old.items() if id not in new]
    kept = set(map(id_of, alike)) if gone else set()
    return [row for row in gone if id_of(row) not in kept], [row for id, row in new.items() if old.get(id) != row]


async def _replace(
    connection: Connection, table: str, identity: Sequence[str], gone: Sequence[Row], come: Sequence[Row]
) -> None:
    """Rows of one table. Names come from the code, never from input."""
    columns = ", ".join(identity)
    if gone:
        await connection.execute(
            f"delete from {table} where ({columns}) in "  # noqa: S608
            f"(select {columns} from jsonb_populate_recordset(null::{table}, $1::jsonb))",
            to_json(gone).decode(),
        )
    if come:
        names, new = ", ".join(come[0]), ", ".join(f"excluded.{name}" for name in come[0])
        await connection.execute(
            f"insert into {table} ({names}) select {names} from "  # noqa: S608
            f"jsonb_populate_recordset(null::{table}, $1::jsonb) on conflict ({columns}) do update set "
            f"({names}) = row({new})",
            to_json(come).decode(),
        )
