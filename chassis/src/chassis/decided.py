"""What the handlers of one transaction gave out, and how it is written.

Locks are taken in one order everywhere: states (held before this), then timers, calls, outbox.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from pydantic_core import to_json

from chassis.database import Connection
from chassis.envelope import encode
from chassis.errors import BrokenInvariant
from chassis.outputs import Call, Cancel, Context, Event, Key, Later, Message, Output, Reply, Tell
from chassis.states import Held, Project


@dataclass(frozen=True, slots=True)
class Wiring:
    """What of a service the writing rests on: its name, topic per event type, projections, and `floors`."""

    service: str
    topics: Mapping[str, str]
    project: Project
    tables: Mapping[str, Sequence[str]]
    floors: dict[tuple[str, str], int] = field(default_factory=dict)


@dataclass(slots=True)
class Decided:
    """States and outputs so far, in the form in which they are written."""

    wiring: Wiring
    held: dict[Key, Held]
    _timers: dict[tuple[Key, str], tuple[Any, ...] | None] = field(default_factory=dict)
    _calls: list[tuple[Any, ...]] = field(default_factory=list)
    _events: list[tuple[Any, ...]] = field(default_factory=list)

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
                    id = id or uuid5(message.id, f"tell:{number}")
                    self._timers[key, str(id)] = (
                        message.kommunenummer,
                        context.now,
                        True,
                        id,
                        body,
                        context.now,
                        *trail,
                    )
                case Call(destination, key, ref):
                    self._calls.append((key, *own, message.kommunenummer, destination, to_json(ref).decode(), *trail))
                case Reply(data):
                    reply = data
        return reply

    def _event(
        self, message: Message, context: Context, keys: Sequence[Key], number: int, subject: str, data: Any
    ) -> tuple[Any, ...]:
        topic = self.wiring.topics[data.type].format(kommunenummer=message.kommunenummer)
        holder = self._holder(keys, subject)
        holder.sequences[topic] = max(holder.sequences.get(topic, 0), self.wiring.floors.get((topic, subject), 0)) + 1
        holder.changed = True
        headers, payload = encode(
            data,
            id=(id := uuid5(message.id, f"event:{number}")),
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
        await self._write_timers(connection)
        await self._write_calls(connection)
        if self._events:
            await connection.execute(
                "insert into outbox (event_id, topic, key, kommunenummer, headers, payload) "
                "select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::jsonb[], $6::bytea[])",
                *zip(*self._events, strict=True),
            )

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
        """A call whose key stands is the same call; one that ended unknown is open again, after a back-off."""
        if self._calls:
            await connection.execute(
                "insert into calls (key, kind, state_key, kommunenummer, destination, ref, correlation, traceparent) "
                "select distinct on (1) * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], "
                "$6::jsonb[], $7::text[], $8::text[]) on conflict (key) do update "
                "set status = 'open', closed_at = null, due = now() + make_interval(secs => "
                "least(300, 0.5 * power(2, least(calls.attempts, 20)))) where calls.status = 'unknown'",
                *zip(*self._calls, strict=True),
            )
