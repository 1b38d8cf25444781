"""States, and the one transaction in which messages have their whole effect.

`carry` claims the messages' ids, locks the states of all keys in one order, lets the handlers decide in the order
given, and writes states, projections, timers, calls and events. All of it or none: the caller commits.
"""

import json
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any
from uuid import UUID

import asyncpg
import stamina
from pydantic_core import to_json

from chassis.clock import Clock
from chassis.database import TRANSIENT, Connection, Database
from chassis.decided import Decided, Verdict, Wiring
from chassis.errors import BoligflytError, BrokenInvariant, Reject
from chassis.outputs import Context, Handler, Key, Message
from chassis.states import Held, States, parked_among
from chassis.tracing import handling


class StartOver(BoligflytError):
    """What a handler needs was another thing once it was locked: the same messages again, in a new transaction."""


Confirm = Callable[[Connection, Sequence[Message]], Awaitable[set[UUID]]]
Blocked = set[str] | None  # keys whose messages wait; None where none does


class Store:
    """The states of one service."""

    def __init__(
        self, database: Database, clock: Clock, wiring: Wiring, kinds: Mapping[str, Any], handlers: Iterable[Handler]
    ) -> None:
        self.database, self.clock, self._wiring = database, clock, wiring
        self._states = States(kinds, wiring.project, wiring.tables, wiring.learn)
        self.handlers = {handler.on: handler for handler in handlers}
        self.passing = frozenset(on for on, handler in self.handlers.items() if handler.passes)

    async def command(self, message: Message, *, request_hash: bytes) -> Mapping[str, Any]:
        """A person's or a system's command, once; the same question again gets the same answer.

        Raises what the handler raised (`Reject`), `NotYours`, or a `Reject` 422 for another body under a used key.
        """
        async for attempt in stamina.retry_context(on=(StartOver, *TRANSIENT), attempts=3, wait_jitter=0.1):
            with attempt:
                async with self.database.pages(message.kommunenummer) as connection:
                    reply = await self._command(connection, message, request_hash)
        self.database.wake()
        return reply

    async def _command(self, connection: Connection, message: Message, request_hash: bytes) -> Mapping[str, Any]:
        (verdict,) = await self.carry(connection, [message])
        if verdict.error:
            raise verdict.error
        if verdict.erased:
            raise Reject("erased", "Opplysningene er slettet.", status=410)
        if verdict.duplicate:
            known = await connection.fetchrow("select request_hash, reply from inbox where id = $1", message.id)
            if known is None or known["request_hash"] != request_hash:
                raise Reject("idempotency_key_reused", "Idempotency-Key er brukt før med et annet innhold.", status=422)
            return dict(json.loads(known["reply"]))
        kept = "update inbox set request_hash = $2, reply = $3 where id = $1"
        await connection.execute(kept, message.id, request_hash, to_json(verdict.reply).decode())
        return verdict.reply

    async def rows(self, kommunenummer: str, sql: str, *arguments: Any) -> list[asyncpg.Record]:
        """The rows of a query, of one municipality alone."""
        async with self.database.pages(kommunenummer) as connection:
            return list(await connection.fetch(sql, *arguments))

    async def states(self, kommunenummer: str, kind: str, ids: Iterable[str]) -> dict[str, Any]:
        """States by id as they are now, of one municipality alone; what isn't there is left out."""
        async with self.database.pages(kommunenummer) as connection:
            found = await self._states.read(connection, [Key(kind, id) for id in ids])
        return {key.id: state for key, state in found.items() if state is not None}

    async def rebuild(self) -> int:
        """Every projection anew from the states, in one transaction; how many states that was."""
        async with self.database.runner() as connection, connection.transaction():
            return await self._states.rebuild(connection)

    async def carry(
        self,
        connection: Connection,
        messages: Sequence[Message],
        parked: Iterable[str] | None = None,
        confirm: Confirm | None = None,
    ) -> list[Verdict]:
        """Let messages have their effect, in order; what fails or waits has none and can come again.

        `parked` keys' messages wait, as do those that need a parked key; without it none does, as at a door.
        `confirm` is asked under the locks which of the messages still stand; the others count as duplicates. A
        message whose handler has `needs` is carried alone, so that its locks are taken in one order, too.
        """
        blocked, verdicts = None if parked is None else set(parked), list[Verdict]()
        alone = {number for number, m in enumerate(messages) if self.handlers[m.type].needs}
        for _, run in groupby(enumerate(messages), lambda each: each[0] if each[0] in alone else -1):
            verdicts += await self._carry(connection, [message for _, message in run], blocked, confirm)
        return verdicts

    async def _carry(
        self, connection: Connection, run: Sequence[Message], blocked: Blocked, confirm: Confirm | None
    ) -> list[Verdict]:
        claims = {m.id: m.kommunenummer for m in sorted(run, key=lambda m: m.id)}
        rows = await connection.fetch(
            "insert into inbox (id, kommunenummer) select * from unnest($1::uuid[], $2::text[]) "
            "on conflict do nothing returning id",
            *(list(claims), list(claims.values())),
        )
        claimed = {UUID(str(row["id"])) for row in rows}
        held = await self._hold(connection, [m for m in run if m.id in claimed], blocked)
        decided = Decided(self._wiring, held, self.passing)
        standing = claimed & await confirm(connection, run) if confirm else set(claimed)
        verdicts = []
        for message in run:
            fresh = message.id in standing
            standing.discard(message.id)
            verdicts.append(self._traced(decided, message, blocked) if fresh else Verdict(duplicate=True))
        handled = {m.id for m, v in zip(run, verdicts, strict=True) if not (v.aside or v.duplicate)}
        if released := claimed - handled:
            await connection.execute("delete from inbox where id = any($1::uuid[])", list(released))
        await self._states.write(connection, decided.held)
        await decided.write(connection)
        return verdicts

    async def _hold(self, connection: Connection, run: Sequence[Message], blocked: Blocked) -> dict[Key, Held]:
        """Lock and read the states of all keys that the messages need; look-ups on the way there take no lock."""
        keys = {self.handlers[m.type].key(m): m.kommunenummer for m in reversed(run)}  # whose a new key is: the first's
        if run and (needs := self.handlers[run[0].type].needs):
            found = await self._states.read(connection, keys)
            while new := _asked(needs, run[0], found) - found.keys():
                found |= await self._states.read(connection, new)
            keys = dict.fromkeys(found, run[0].kommunenummer)
            if blocked is not None:
                blocked |= await parked_among(connection, {key.id for key in found} - {run[0].subject})
        return await self._states.lock(connection, keys) if keys else {}

    def _traced(self, decided: Decided, message: Message, blocked: Blocked) -> Verdict:
        with handling(message) as (traced, here):
            verdict = self._decide(decided, traced, blocked)
            failed = str(getattr(verdict.error, "code", type(verdict.error).__name__)) if verdict.error else ""
            here.end_as(failed or ("waits" if verdict.waits else "handled"), failed=bool(failed))
            return verdict

    def _decide(self, decided: Decided, message: Message, blocked: Blocked) -> Verdict:
        """One message against the states as the messages before it left them."""
        blocked = set() if blocked is None else blocked
        handler, held = self.handlers[message.type], decided.held
        own = handler.key(message)
        keys = [own, *(key for key in held if key != own)] if handler.needs else [own]
        if not handler.passes and held[own].erased:
            return Verdict(erased=True)
        if not handler.passes and not blocked.isdisjoint(key.id for key in keys):
            blocked.add(message.subject)
            return Verdict(waits=True)
        context = Context(cause=message.id, now=self.clock.now())
        states = {key: held[key].state for key in keys}
        try:
            if any(held[key].unreadable for key in keys):
                raise Reject("unreadable_state", "Saken kan ikke leses av denne versjonen av tjenesten.", status=500)
            if any(held[key].kommunenummer != message.kommunenummer for key in keys):
                raise Reject("another_municipality", "Saken finnes ikke.", status=404)
            if handler.needs and {own, *handler.needs(message, states)} != states.keys():
                raise StartOver
            changed, made = handler.decide(states if handler.needs else states[own], message, context)
        except StartOver:
            raise
        except Exception as error:  # noqa: BLE001 - a decider is pure: whatever it raised would come again
            blocked.add(message.subject)
            return Verdict(error=error)
        for key, state in (changed if handler.needs else {own: changed}).items():
            if key not in held:
                raise BrokenInvariant(f"{handler.on} returned a {key.kind} that was not locked")
            held[key].state, held[key].changed = state, True
        return Verdict(reply=decided.take(message, context, keys, made))


def _asked(needs: Callable[[Message, Mapping[Key, Any]], Iterable[Key]], message: Message, found: Any) -> set[Key]:
    """What the handler needs, as far as it can say; where it fails it does so again under the lock, as its verdict."""
    try:
        return set(needs(message, found))
    except Exception:  # noqa: BLE001 - a handler's own, whatever it is
        return set()
