"""What the handlers of one transaction gave out, and how it is written.

Locks are taken in one order everywhere: parked keys and states (held before this), then timers, calls, outbox,
dead letters.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

from pydantic_core import to_json

from chassis.database import Connection
from chassis.envelope import encode
from chassis.errors import BrokenInvariant
from chassis.outputs import Call, Cancel, Context, Erase, Event, Key, Later, Message, Output, Redact, Reply, Tell
from chassis.states import Held, Learn, Project
from chassis.tracing import trace_of_its_own

ERASE_TIMERS = """
delete from timers where (kind, key) in (select * from unnest($1::text[], $2::text[])) and type <> all($3::text[])
"""
ERASE_CALLS = "delete from calls where (kind, state_key) in (select * from unnest($1::text[], $2::text[]))"
REDACT = """
update outbox set erased = true, given_up = refused is not null,
    payload = case when position is null and refused is null then payload else '' end
where key = any($1::text[])
"""
# Their ids are claimed: reconciliation finds them received, and one that comes again has no effect.
ERASE_LETTERS = """
with gone as (delete from dead_letters where parking_key = any($1::text[]) returning kommunenummer, event_id)
insert into inbox (id, kommunenummer) select event_id, kommunenummer from gone where event_id is not null
on conflict do nothing
"""


@dataclass(frozen=True, slots=True)
class Wiring:
    """What of a service the writing rests on: its name, topic per event type, projections, and `floors`.

    `learn`: see `States`.
    """

    service: str
    topics: Mapping[str, str]
    project: Project
    tables: Mapping[str, Sequence[str]]
    floors: dict[tuple[str, str], int] = field(default_factory=dict)
    learn: Learn | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a message: handled (nothing set), a duplicate or gone, waiting behind a parked key, or failed.

    `erased`: its key is, so it has had its effect: none.
    """

    duplicate: bool = False
    erased: bool = False
    waits: bool = False
    error: Exception | None = None
    reply: Mapping[str, Any] = field(default_factory=dict)

    @property
    def aside(self) -> bool:
        """It has had no effect and must be kept."""
        return self.waits or self.error is not None


@dataclass(slots=True)
class Decided:
    """States and outputs so far, in the form in which they are written. `passing`: types that outlive an erasure."""

    wiring: Wiring
    held: dict[Key, Held]
    passing: frozenset[str] = frozenset()
    _timers: dict[tuple[Key, str], tuple[Any, ...] | None] = field(default_factory=dict)
    _calls: dict[UUID, tuple[Any, ...]] = field(default_factory=dict)
    _events: list[tuple[Any, ...]] = field(default_factory=list)
    _erased: set[Key] = field(default_factory=set)
    _redacted: set[str] = field(default_factory=set)

    def take(
        self, message: Message, context: Context, keys: Sequence[Key], made: Iterable[Output]
    ) -> Mapping[str, Any]:
        """Take a handler's outputs in and give its reply; `keys` are those it holds, its own first."""
        own, trail = keys[0], (message.correlation or str(message.id), message.traceparent)
        reply: Mapping[str, Any] = {}
        for number, output in enumerate(made):
            match output:
                case Event(subject, data):
                    self._events.append(self._event(message, context, keys, number, subject, data))
                case Later(at, name, body):
                    id = uuid5(NAMESPACE_OID, f"{own.kind}:{own.id}:{name}:{at.isoformat()}")
                    self._timers[own, name] = (message.kommunenummer, at, False, id, body, context.now, *trail)
                case Cancel(name):
                    self._timers[own, name] = None
                case Tell(key, body, id):
                    thread = trace_of_its_own(body.type, message.traceparent) if id else message.traceparent
                    id, now = id or uuid5(message.id, f"tell:{number}"), context.now
                    self._timers[key, str(id)] = (message.kommunenummer, now, True, id, body, now, trail[0], thread)
                case Call(destination, key, ref):
                    where = (*own, message.kommunenummer, destination, to_json(ref).decode())
                    self._calls.setdefault(key, (key, *where, *trail, str(message.id)))
                case Reply(data):
                    reply = data
                case Erase():
                    self.held[own].erased = True
                    self._erased.add(own)
                    self._redacted.add(own.id)
                case Redact():
                    self._redacted.add(own.id)
        return reply

    def _event(
        self, message: Message, context: Context, keys: Sequence[Key], number: int, subject: str, data: Any
    ) -> tuple[Any, ...]:
        """Its id is the service's own: a reader of two services would drop what both make of one cause."""
        topic = self.wiring.topics[data.type].format(kommunenummer=message.kommunenummer)
        holder = self._holder(keys, subject)
        holder.sequences[topic] = max(holder.sequences.get(topic, 0), self.wiring.floors.get((topic, subject), 0)) + 1
        holder.changed = True
        headers, payload = encode(
            data,
            id=(id := uuid5(message.id, f"event:{self.wiring.service}:{number}")),
            source=f"/no/kommune/{message.kommunenummer}/{self.wiring.service}",
            subject=subject,
            time=context.now,
            kommunenummer=message.kommunenummer,
            sequence=holder.sequences[topic],
            correlation=message.correlation or str(message.id),
            causation=str(message.id),
            traceparent=message.traceparent,
            classification="open" if topic.startswith("housing-events.") else "internal",
        )
        return id, topic, subject, message.kommunenummer, json.dumps(headers), payload

    def _holder(self, keys: Sequence[Key], subject: str) -> Held:
        """The held state that an event's subject names: order per subject rests on its lock."""
        for key in keys:
            if key.id == subject:
                return self.held[key]
        for key in keys:
            if getattr(self.held[key].state, "public_id", None) == subject:
                return self.held[key]
        raise BrokenInvariant("an event's subject is no key that its handler holds")

    async def write(self, connection: Connection) -> None:
        """Write all of it, in the caller's transaction."""
        erased = [[key.kind for key in self._erased], [key.id for key in self._erased]]
        if self._erased:
            await connection.execute(ERASE_TIMERS, *erased, list(self.passing))
        await self._write_timers(connection)
        if self._erased:
            await connection.execute(ERASE_CALLS, *erased)
        await self._write_calls(connection)
        if self._redacted:
            await connection.execute(REDACT, list(self._redacted))
        if self._events:
            await connection.execute(
                "insert into outbox (event_id, topic, key, kommunenummer, headers, payload) "
                "select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::jsonb[], $6::bytea[])",
                *zip(*self._events, strict=True),
            )
        if self._erased:
            await connection.execute(ERASE_LETTERS, erased[1])
            await connection.execute("delete from parked where key = any($1::text[])", erased[1])

    async def _write_timers(self, connection: Connection) -> None:
        """A name set again replaces; a told message that stands already is the same message."""
        if gone := [(*key, name) for (key, name), timer in self._timers.items() if timer is None]:
            await connection.execute(
                "delete from timers "
                "where (kind, key, name) in (select * from unnest($1::text[], $2::text[], $3::text[]))",
                *zip(*gone, strict=True),
            )
        set_now = [(*key, name, *timer) for (key, name), timer in self._timers.items() if timer is not None]
        if set_now:
            columns = list(zip(*set_now, strict=True))
            bodies = columns.pop(7)
            await connection.execute(
                "insert into timers (kind, key, name, kommunenummer, due, told, message_id, happened_at, correlation, "
                "traceparent, type, body) select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], "
                "$5::timestamptz[], $6::bool[], $7::uuid[], $8::timestamptz[], $9::text[], $10::text[], $11::text[], "
                "$12::jsonb[]) on conflict (kind, key, name) do update set (due, message_id, type, body, happened_at, "
                "correlation, traceparent) = (excluded.due, excluded.message_id, excluded.type, excluded.body, "
                "excluded.happened_at, excluded.correlation, excluded.traceparent) where not excluded.told",
                *columns,
                [body.type for body in bodies],
                [body.model_dump_json() for body in bodies],
            )

    async def _write_calls(self, connection: Connection) -> None:
        """A call whose key stands is the same call; one that ended unknown is open again, after a back-off.

        Their order is that of their making: later calls of a key wait for the earlier.
        """
        if self._calls:
            await connection.execute(
                "insert into calls (key, kind, state_key, kommunenummer, destination, ref, correlation, traceparent, "
                "causation) select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], "
                "$6::jsonb[], $7::text[], $8::text[], $9::text[]) on conflict (key) do update "
                "set status = 'open', closed_at = null, due = now() + make_interval(secs => "
                "least(300, 0.5 * power(2, least(calls.attempts, 20)))) where calls.status = 'unknown'",
                *zip(*self._calls.values(), strict=True),
            )
