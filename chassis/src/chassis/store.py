"""States, and the one transaction in which messages have their whole effect.

`carry` claims the messages' ids, locks the states of all keys in one order, lets the handlers decide in the order
given, and writes states, projections, timers, calls and events. All of it or none: the caller commits.

Danger: a state is never written that was not read under its lock; an upsert from an unlocked read loses one of
two updates without an error.
"""

import json
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import asyncpg
from pydantic import TypeAdapter
from pydantic_core import to_json

from chassis.clock import Clock
from chassis.database import TRANSIENT, Connection, Database
from chassis.decided import Decided, Held, Wiring
from chassis.errors import BoligflytError, BrokenInvariant, NotYours, Reject
from chassis.outputs import Context, Handler, Key, Message


class StartOver(BoligflytError):
    """What a handler needs was another thing once it was locked: the same messages again, in a new transaction."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a message: handled (nothing set), a duplicate or gone, waiting behind a parked key, or failed."""

    duplicate: bool = False
    waits: bool = False
    error: Exception | None = None

    @property
    def aside(self) -> bool:
        """It has had no effect and must be kept."""
        return self.waits or self.error is not None


HANDLED: Final = Verdict()
Confirm = Callable[[Connection], Awaitable[set[UUID]]]


class Store:
    """The states of one service."""

    def __init__(
        self, database: Database, clock: Clock, wiring: Wiring, kinds: Mapping[str, Any], handlers: Iterable[Handler]
    ) -> None:
        self.database, self.clock, self._wiring, self._kinds = database, clock, wiring, kinds
        self.handlers = {handler.on: handler for handler in handlers}
        self._json = {kind: TypeAdapter(state) for kind, state in kinds.items()}

    async def command(self, message: Message, *, request_hash: bytes) -> Mapping[str, Any]:
        """A person's or a system's command, once; the same question again gets the same answer.

        Raises what the handler raised (`Reject`), `NotYours`, or a `Reject` 422 for another body under a used key.
        """
        for attempt in range(1, 4):
            try:
                async with self.database.pages(message.kommunenummer) as connection:
                    reply = await self._command(connection, message, request_hash)
            except (StartOver, *TRANSIENT):
                if attempt == 3:
                    raise
            else:
                self.database.wake()
                return reply
        raise AssertionError("the last attempt returns or raises")

    async def _command(self, connection: Connection, message: Message, request_hash: bytes) -> Mapping[str, Any]:
        decided, (verdict,) = await self._carry(connection, [message])
        if verdict.error:
            raise verdict.error
        if verdict.duplicate:
            known = await connection.fetchrow("select request_hash, reply from inbox where id = $1", message.id)
            if known is None or known["request_hash"] != request_hash:
                raise Reject("idempotency_key_reused", "Idempotency-Key er brukt før med et annet innhold.", status=422)
            return dict(json.loads(known["reply"]))
        reply = decided.replies.get(message.id, {})
        await connection.execute(
            "update inbox set request_hash = $2, reply = $3 where id = $1",
            *(message.id, request_hash, to_json(reply).decode()),
        )
        return reply

    async def rows(self, kommunenummer: str, sql: str, *arguments: Any) -> list[asyncpg.Record]:
        """The rows of a query, of one municipality alone."""
        async with self.database.pages(kommunenummer) as connection:
            return list(await connection.fetch(sql, *arguments))

    async def states(self, kommunenummer: str, kind: str, ids: Iterable[str]) -> dict[str, Any]:
        """States by id as they are now, of one municipality alone; what isn't there is left out."""
        async with self.database.pages(kommunenummer) as connection:
            found = await self._read(connection, [Key(kind, id) for id in ids])
        return {key.id: state for key, state in found.items()}

    def runs(self, messages: Sequence[Message]) -> list[Sequence[Message]]:
        """The messages cut so that one whose handler has `needs` is alone: its locks are taken in one order, too."""
        cut: list[list[Message]] = []
        for message in messages:
            alone = self.handlers[message.type].needs is not None
            if cut and not alone and self.handlers[cut[-1][-1].type].needs is None:
                cut[-1].append(message)
            else:
                cut.append([message])
        return list(cut)

    async def carry(
        self,
        connection: Connection,
        messages: Sequence[Message],
        parked: Iterable[str] = (),
        confirm: Confirm | None = None,
    ) -> list[Verdict]:
        """Let one run of messages have its effect, in order; what fails or waits has none and can come again.

        `confirm` is asked under the locks which of the messages still stand; the others count as duplicates.
        """
        return (await self._carry(connection, messages, parked, confirm))[1]

    async def _carry(
        self,
        connection: Connection,
        messages: Sequence[Message],
        parked: Iterable[str] = (),
        confirm: Confirm | None = None,
    ) -> tuple[Decided, list[Verdict]]:
        unhandled = await self._claim(connection, messages)
        decided = Decided(self._wiring, await self._hold(connection, [m for m in messages if m.id in unhandled]))
        if confirm:
            unhandled &= await confirm(connection)
        blocked, verdicts = set(parked), []
        for message in messages:
            fresh = message.id in unhandled
            unhandled.discard(message.id)
            verdicts.append(self._decide(decided, message, blocked) if fresh else Verdict(duplicate=True))
        if released := [m.id for m, v in zip(messages, verdicts, strict=True) if v.aside]:
            await connection.execute("delete from inbox where id = any($1::uuid[])", released)
        await decided.write(connection, self._dumped)
        return decided, verdicts

    async def _claim(self, connection: Connection, messages: Sequence[Message]) -> set[UUID]:
        """The ids that have had no effect yet; from now on they have, if the caller commits."""
        claims = {m.id: m.kommunenummer for m in sorted(messages, key=lambda m: m.id)}
        rows = await connection.fetch(
            "insert into inbox (id, kommunenummer) select * from unnest($1::uuid[], $2::text[]) "
            "on conflict do nothing returning id",
            *(list(claims), list(claims.values())),
        )
        return {UUID(str(row["id"])) for row in rows}

    async def _hold(self, connection: Connection, messages: Sequence[Message]) -> dict[Key, Held]:
        """Lock and read the states of all keys that the messages need."""
        if not messages:
            return {}
        handler, message = self.handlers[messages[0].type], messages[0]
        if handler.needs is None:
            return await self._lock(connection, {self.handlers[m.type].key(m): m.kommunenummer for m in messages})
        found: dict[Key, Any] = {}
        while new := _needed(handler, message, found) - found.keys():
            found |= dict.fromkeys(new) | await self._read(connection, new)
        held = await self._lock(connection, dict.fromkeys(found, message.kommunenummer))
        if _needed(handler, message, {key: row.state for key, row in held.items()}) != held.keys():
            raise StartOver
        return held

    async def _lock(self, connection: Connection, keys: Mapping[Key, str]) -> dict[Key, Held]:
        wanted = sorted(keys)
        kinds, ids = [key.kind for key in wanted], [key.id for key in wanted]
        await connection.execute(
            "insert into states (kind, key, kommunenummer) "
            "select * from unnest($1::text[], $2::text[], $3::text[]) on conflict do nothing",
            *(kinds, ids, [keys[key] for key in wanted]),
        )
        rows = await connection.fetch(
            "select kind, key, kommunenummer, sequences, data, data->>'format' as format from states "
            "where (kind, key) in (select * from unnest($1::text[], $2::text[])) order by kind, key for update",
            *(kinds, ids),
        )
        if len(rows) < len(wanted):  # under row-level security: a key of another municipality
            raise NotYours
        held = {}
        for row in rows:
            key, state = Key(row["kind"], row["key"]), self._loaded(row)
            before = self._wiring.project(key, row["kommunenummer"], state) if state is not None else {}
            held[key] = Held(row["kommunenummer"], state, json.loads(row["sequences"]), before)
        return held

    async def _read(self, connection: Connection, keys: Iterable[Key]) -> dict[Key, Any]:
        """States as they are now, without a lock: for look-ups and pages, never to be written."""
        wanted = list(keys)
        rows = await connection.fetch(
            "select kind, key, data, data->>'format' as format from states "
            "where (kind, key) in (select * from unnest($1::text[], $2::text[])) and data is not null",
            *([key.kind for key in wanted], [key.id for key in wanted]),
        )
        return {Key(row["kind"], row["key"]): self._loaded(row) for row in rows}

    def _loaded(self, row: Any) -> Any:
        """A state from its row; an older format is brought up by the state class's own `upcast(data, format)`."""
        kind = self._kinds[row["kind"]]
        if row["data"] is None:
            return None
        if (found := int(row["format"])) == getattr(kind, "FORMAT", 1):
            return self._json[row["kind"]].validate_json(row["data"])
        return self._json[row["kind"]].validate_python(kind.upcast(json.loads(row["data"]), found))

    def _dumped(self, key: Key, state: Any) -> str | None:
        if state is None:
            return None
        inner = self._json[key.kind].dump_json(state).decode()
        return f'{{"format":{getattr(self._kinds[key.kind], "FORMAT", 1)},{inner[1:]}' if inner != "{}" else '{"format":1}'

    def _decide(self, decided: Decided, message: Message, blocked: set[str]) -> Verdict:
        """One message against the states as the messages before it left them."""
        handler, held = self.handlers[message.type], decided.held
        own = handler.key(message)
        keys = [own, *(held.keys() - {own} if handler.needs else ())]
        if any(key.id in blocked for key in keys):
            blocked.add(message.subject)
            return Verdict(waits=True)
        context = Context(cause=message.id, now=self.clock.now())
        try:
            if any(held[key].kommunenummer != message.kommunenummer for key in keys):
                raise Reject("another_municipality", "Saken finnes ikke.", status=404)
            given = held[own].state if handler.needs is None else {key: held[key].state for key in keys}
            changed, made = handler.decide(given, message, context)
        except Exception as error:  # noqa: BLE001 - a decider is pure: whatever it raised would come again
            blocked.add(message.subject)
            return Verdict(error=error)
        for key, state in ({own: changed} if handler.needs is None else changed).items():
            if key not in held:
                raise BrokenInvariant(f"{handler.on} returned a {key.kind} that was not locked")
            held[key].state, held[key].changed = state, True
        decided.take(message, context, keys, made)
        return HANDLED


def _needed(handler: Handler, message: Message, found: Mapping[Key, Any]) -> set[Key]:
    own = handler.key(message)
    return {own, *(handler.needs(message, found) if handler.needs and own in found else ())}
