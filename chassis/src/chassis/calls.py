"""Outward calls: each by its destination's gateway, in order per key, within a budget, behind a breaker.

A lease with a fencing token keeps two runners from closing the same attempt; whose lease ran out may have sent, so
that call ends `unknown` and its decider says what now. The answer is handed over in the transaction that closes
the call. Leases, back-off and breaker go by the database's clock, which all replicas share.

Each call has its `turn` within the destination's budget, some way ahead where others have theirs first. What is on its
way may bunch up: as many as that are kept back, so that no second of the partner's has more than its share.

What is due first goes first, so that what is put off time and again for a reason of its own stands before nobody else.
With the first success after the breaker was open whatever was put off is due as when it came: what waited goes in that
order, the oldest first.
"""

import asyncio
import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from uuid import UUID, uuid4, uuid5

import structlog
from asyncpg import Record

from chassis import telemetry, tracing
from chassis.clock import Clock
from chassis.database import TRANSIENT, Connection, Database
from chassis.dead_letters import deliver
from chassis.outputs import Answer, Answered, Gateway, Message, Outgoing
from chassis.store import StartOver, Store

log = structlog.get_logger()

POLL = 0.2  # seconds


@dataclass(frozen=True, slots=True)
class Policy:
    """How one destination is treated. Times in seconds. `longest_wish`: how much of a Retry-After is honoured."""

    per_second: float = 50.0
    lease: float = 40.0
    at_once: int = 8
    first_back_off: float = 0.5
    longest_back_off: float = 300.0
    longest_wish: float = 3600.0
    breaker_after: int = 5


KNOWN = "insert into destinations (destination) select unnest($1::text[]) on conflict do nothing"
EXPIRED = """
update calls set lease = $2, lease_until = now() + make_interval(secs => $3::float8)
where key = (select key from calls where destination = $1 and status = 'open' and lease_until < now()
             order by lease_until limit 1 for update skip locked) returning *, true as died
"""
NEXT = """
with found as (
    select key from calls c where destination = $1 and status = 'open' and due <= now() and lease is null
    and not exists (select from calls e where e.status = 'open' and e.kind = c.kind
                    and e.state_key = c.state_key and e.id < c.id)
    and not exists (select from parked p where p.key = c.state_key)
    order by due, created_at, id limit 1 for update skip locked),
spent as (
    update destinations set next_at = greatest(next_at, now()) + make_interval(secs => $4::float8) from found
    where destination = $1 and next_at <= now() + interval '0.5 s' and (open_until is null or open_until <= now())
    returning extract(epoch from next_at - now())::float8 - $4 as turn)
update calls set lease = $2, lease_until = now() + make_interval(secs => $3::float8), attempts = attempts + 1
from found, spent where calls.key = found.key returning calls.*, false as died, spent.turn
"""
SUCCEEDED = """
update destinations d set failures = 0, open_until = null from destinations was
where d.destination = $1 and was.destination = $1 and d.failures > 0 returning was.failures
"""
# What another runner holds at that moment is left to it: waiting for it could be waiting for each other.
ALL_DUE = """
update calls set due = created_at where key in (select key from calls where destination = $1 and status = 'open'
    and lease is null and due > created_at for update skip locked)
"""
FAILED = """
update destinations set failures = failures + 1,
    open_until = case when failures + 1 >= $2 then now() + make_interval(secs => $3::float8) end
where destination = $1
"""
SETTLE = """
update calls set status = case when $3 = 'unreachable' then 'open' else $3 end, lease = null, lease_until = null,
    due = now() + make_interval(secs => $4::float8), closed_at = case when $3 <> 'unreachable' then now() end
where key = $1 and lease = $2 returning key
"""


class Calls:
    """`gateways` and `policies` by destination."""

    def __init__(
        self,
        database: Database,
        store: Store,
        clock: Clock,
        gateways: Mapping[str, Gateway],
        policies: Mapping[str, Policy] | None = None,
    ) -> None:
        self._database, self._store, self._clock, self._gateways = database, store, clock, gateways
        self._policies = {name: (policies or {}).get(name, Policy()) for name in gateways}

    async def run(self) -> None:
        """Carry calls until cancelled."""
        async with self._database.runner() as connection:
            await connection.execute(KNOWN, list(self._gateways))
        async with asyncio.TaskGroup() as group:
            for destination in self._policies:
                group.create_task(self._serve(destination))

    async def _serve(self, destination: str) -> None:
        """Keep up to `at_once` calls of one destination on their way."""
        free = asyncio.Semaphore(self._policies[destination].at_once)
        async with asyncio.TaskGroup() as group:
            while True:
                await free.acquire()
                try:
                    taken = await self.take(destination)
                except TRANSIENT as error:
                    log.warning("calls.again", destination=destination, error=type(error).__name__)
                    taken = None
                if taken:
                    group.create_task(self.carry(taken)).add_done_callback(lambda _: free.release())
                else:
                    free.release()
                    await self._database.rest(f"calls:{destination}", POLL * random.uniform(0.5, 1.5))  # noqa: S311

    async def take(self, destination: str) -> Record | None:
        """Lease one call that may go now, or one whose sender `died`."""
        policy, lease = self._policies[destination], uuid4()
        turns = max(policy.per_second - policy.at_once, policy.per_second / 2)
        async with self._database.runner() as connection:
            died: Record | None = await connection.fetchrow(EXPIRED, destination, lease, policy.lease)
            return died or await connection.fetchrow(NEXT, destination, lease, policy.lease, 1 / turns)

    async def carry(self, call: Record) -> None:
        """Send a leased call, and hand its answer over in the transaction that closes it or puts it off."""
        with tracing.calling(call) as here:
            answer = Answer("unknown") if call["died"] else await self._sent(call, here.traceparent)
            here.end_as(answer.outcome, failed=answer.outcome in ("unknown", "unreachable"))
        telemetry.CALLS.labels(call["destination"], answer.outcome).inc()
        log.info("calls.answered", destination=call["destination"], outcome=answer.outcome, attempt=call["attempts"])
        while True:
            try:
                message, settle = self._answered(call, answer, here.traceparent), partial(self._settle, call, answer)
                return await deliver(self._store, "answer", [message], settle)
            except (StartOver, *TRANSIENT) as error:
                log.warning("calls.again", destination=call["destination"], error=type(error).__name__)
                await asyncio.sleep(POLL)

    async def _sent(self, call: Record, thread: str) -> Answer:
        """The gateway's answer; a gateway that fails in a way of its own may have sent."""
        key, ref = UUID(str(call["key"])), json.loads(call["ref"])
        trail = call["attempts"], call["correlation"], thread
        await asyncio.sleep(call["turn"])
        try:
            async with asyncio.timeout(self._policies[call["destination"]].lease / 2):
                return await self._gateways[call["destination"]].send(Outgoing(key, call["kommunenummer"], ref, *trail))
        except Exception:
            log.exception("calls.gateway_failed", destination=call["destination"])
            return Answer("unknown")

    def _answered(self, call: Record, answer: Answer, thread: str) -> Message:
        """Told for each attempt; of a partner that wasn't reached once per call, as it is the same message again."""
        key, outcome = UUID(str(call["key"])), answer.outcome
        id = uuid5(key, outcome if outcome == "unreachable" else f"{outcome}:{call['attempts']}")
        told = Answered(call["destination"], key, outcome, answer.body, json.loads(call["ref"]))
        of = call["state_key"], call["kommunenummer"]
        return Message(id, told.type, *of, self._clock.now(), told, call["correlation"], thread)

    async def _settle(
        self, call: Record, answer: Answer, connection: Connection, messages: Sequence[Message]
    ) -> set[UUID]:
        """Close the call or put it off, and tell the breaker; an attempt that has lost its lease does nothing."""
        policy, status = self._policies[call["destination"]], answer.outcome
        wait = _wait(policy, call["attempts"], answer)
        if not await connection.fetchrow(SETTLE, call["key"], call["lease"], status, wait):
            return set()
        failed = status in ("unknown", "unreachable")
        if failed and not answer.ours:
            await connection.execute(FAILED, call["destination"], policy.breaker_after, wait)
        elif not failed and (await connection.fetchval(SUCCEEDED, call["destination"]) or 0) >= policy.breaker_after:
            await connection.execute(ALL_DUE, call["destination"])
        return {message.id for message in messages}


def _wait(policy: Policy, attempts: int, answer: Answer) -> float:
    """Seconds to the next attempt: the partner's wish within bounds, else exponential with full jitter."""
    longest = min(policy.first_back_off * 2 ** min(attempts - 1, 30), policy.longest_back_off)
    return min(answer.retry_after or random.uniform(longest / 2, longest), policy.longest_wish)  # noqa: S311 - jitter
