"""The runners of one service, a step at a time. What is in memory is lost with the process; tables are not."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import takewhile
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from chassis.calls import Calls, Policy
from chassis.calls import _wait as wait_of
from chassis.envelope import Record, decode, kommunenummer_of, subject_of, type_of
from chassis.errors import BrokenInvariant, Unreadable
from chassis.outputs import Answer, Message, Outgoing
from chassis.runs import runs
from chassis.timers import Gate, Timers
from tests.simulation.kafka import Kafka, Place
from tests.simulation.store import MemoryStore, is_bug
from tests.simulation.tables import Letter, Row

LEASE = timedelta(seconds=Policy().lease)


@dataclass(slots=True)
class Flight:
    """A leased call on its way; `answer`: what its gateway said, once it has."""

    call: Row
    answer: Answer | None = None


@dataclass(slots=True)
class Member:
    """One consumer: where it reads on, and what it has polled but not handled."""

    next: dict[Place, int]
    polled: list[Record] = field(default_factory=list)


@dataclass(slots=True)
class Memory:
    """All that a process holds and loses."""

    members: list[Member]
    acknowledged: list[int] = field(default_factory=list)
    due: list[Row] = field(default_factory=list)
    gate: Gate | None = None
    flights: list[Flight] = field(default_factory=list)


class Parts:
    """`machine`: the machine's own clock; `clock`: the one that people and rules see."""

    def __init__(
        self,
        kafka: Kafka,
        store: MemoryStore,
        clock: Any,
        machine: Any,
        reads: Mapping[str, Sequence[Any]],
        classes: Mapping[str, Any],
    ) -> None:
        self.kafka, self.store, self.clock, self.machine = kafka, store, clock, machine
        self.tables = store.tables
        self.topics, self.classes = list(reads), classes
        self.readers = {message.type: message for messages in reads.values() for message in messages}
        self._as_timers = SimpleNamespace(_classes=classes, _store=store)
        self._as_calls = SimpleNamespace(_clock=clock)
        self.outcomes: dict[str, int] = {}
        self.start()

    def start(self) -> None:
        """A process as it comes up: two members, each where the database says that effects end."""
        places = self.kafka.places(self.topics)
        begin = {place: self.tables.positions.get(place, 0) for place in places}
        self.memory = Memory([Member(dict(begin)), Member(dict(begin))])

    def restart(self, member: int) -> None:
        places = self.kafka.places(self.topics)
        self.memory.members[member] = Member({place: self.tables.positions.get(place, 0) for place in places})

    # consumer

    def poll(self, number: int, first: int, most: int) -> list[Record]:
        """What has come, of the partitions in some order, up to `most` records."""
        member = self.memory.members[number]
        if member.polled:
            return []
        places = list(member.next)
        for place in places[first % len(places) :] + places[: first % len(places)] if places else ():
            start = member.next[place]
            member.polled += self.kafka.logs[place][start : start + most - len(member.polled)]
        return member.polled

    def handle(self, number: int, *, dies: bool) -> list[Record]:
        """The polled records have their whole effect, or none."""
        member = self.memory.members[number]
        records, member.polled = member.polled, []
        for run in runs(self.store.handlers, records, type_of):
            ends = {(r.topic, r.partition): r.offset + 1 for r in run}
            with self.tables.transaction(dies=dies and run[-1] is records[-1]):
                for place, end in ends.items():
                    if self.tables.positions.get(place, 0) != member.next[place]:
                        raise BrokenInvariant("another process has moved a position that this one reads")
                    self.tables.put(self.tables.positions, place, end)
                self._effect(run)
            member.next |= ends
        return records

    def _effect(self, records: Sequence[Record]) -> None:
        """As `Consumer._effect`: what is readable and not parked is carried, the rest is set aside in order."""
        parked = self.store.parked_among(filter(None, map(subject_of, records)))
        barred, aside, readable = set(parked), dict[int, Exception | None](), dict[int, Message]()
        for number, record in enumerate(records):
            key, found = subject_of(record), self._read(record)
            failed = found if isinstance(found, Exception) else None
            if failed or (key in barred and type_of(record) not in self.store.passing):
                aside[number] = failed if key not in parked else None
                barred |= {key} if key else set()
            elif isinstance(found, Message):
                readable[number] = found
        verdicts = self.store.let(list(readable.values()), parked)
        for number, verdict in zip(readable, verdicts, strict=True):
            if verdict.aside:
                aside[number] = verdict.error
        for number in sorted(aside):
            record = records[number]
            letter = Letter("kafka", subject_of(record), record=record, error=aside[number])
            self.store.set_aside(letter, kommunenummer_of(record))

    def _read(self, record: Record) -> Message | Exception | None:
        try:
            return decode(record, self.readers)
        except Unreadable as error:
            return error

    # relay

    def unsent(self) -> list[int]:
        """They are the newest, as the relay sends the oldest first."""
        outbox = self.tables.outbox
        return list(takewhile(lambda number: outbox[number]["position"] is None, reversed(outbox)))[::-1]

    def send(self, most: int, fate: str) -> list[Row]:
        """One batch per partition. `fate`: acknowledged, unacknowledged (but there), or lost on its way."""
        if self.memory.acknowledged:
            return []
        ids = self.unsent()[:most]
        rows = [self.tables.outbox[id] for id in ids]
        if fate != "lost":
            for row in rows:
                self.kafka.append(row)
        if fate == "acknowledged":
            self.memory.acknowledged = ids
        return rows

    def number(self) -> int:
        if not self.memory.acknowledged:
            return 0
        ids, self.memory.acknowledged = self.memory.acknowledged, []
        with self.tables.transaction():
            for id in ids:
                row = self.tables.outbox[id]
                wiped = {"payload": b""} if row.get("erased") else {}
                self.tables.put(self.tables.outbox, id, row | wiped | {"position": self.tables.serial()})
        return len(ids)

    # timers

    def look(self, most: int) -> list[Row]:
        """As `Timers.carry_due` reads: told messages first, timers past the gate."""
        if self.memory.due:
            return []
        now, tables = self.clock.now(), self.tables
        rows = [
            row | {"place": place}
            for place, row in tables.timers.items()
            if (row["told"] or row["due"] <= now)
            and (row["type"] in self.store.passing or row["key"] not in tables.parked)
        ]
        told = sorted((row for row in rows if row["told"]), key=lambda row: row["id"])
        self.memory.due = told[:most] or self._past_the_gate(sorted(rows, key=lambda row: (row["due"], row["id"])))
        return self.memory.due

    def _past_the_gate(self, rows: list[Row]) -> list[Row]:
        if not rows:
            return []
        gate = self.memory.gate
        if gate is None or min(row["due"] for row in rows) > gate.taken_at:
            gate = self.memory.gate = Gate(self.clock.now(), self.kafka.ends(self.topics))
        behind = any(self.tables.positions.get(place, 0) < end for place, end in gate.ends.items())
        return [] if behind else [row for row in rows if row["due"] <= gate.taken_at]

    def fire(self, *, dies: bool) -> list[Message]:
        """What was seen to be due, where it still stands as it was seen."""
        due, self.memory.due = self.memory.due, []
        messages = Timers._readable(self._as_timers, due)  # type: ignore[arg-type]
        places = {message.id: row for message, row in zip(messages, due, strict=True)}

        def claimed(asked: Sequence[Message]) -> set[UUID]:
            return {message.id for message in asked if self._take_out(places[message.id])}

        for run in runs(self.store.handlers, messages, lambda message: message.type):
            with self.tables.transaction(dies=dies and run[-1] is messages[-1]):
                for message in run:
                    self.store.deliver("timer", message, claimed)
        return messages

    def _take_out(self, seen: Row) -> bool:
        standing = self.tables.timers.get(seen["place"])
        same = standing and (standing["id"], standing["message_id"]) == (seen["id"], seen["message_id"])
        return bool(same) and self.tables.drop(self.tables.timers, seen["place"])

    # calls

    def take(self) -> Flight | None:
        """Lease one call that may go now, or one whose sender died, of any destination."""
        machine, tables = self.machine(), self.tables
        calls = [row for row in tables.calls.values() if row["status"] == "open"]
        for row in calls:
            if row["lease"] and row["lease_until"] < machine:
                return self._leased(row, died=True)
        for row in calls:
            earlier = any(e["id"] < row["id"] and e["state_key"] == row["state_key"] for e in calls)
            if not (earlier or row["lease"] or row["due"] > machine or row["state_key"] in tables.parked):
                return self._leased(row, died=False)
        return None

    def _leased(self, row: Row, *, died: bool) -> Flight:
        call = row | {"lease": self.tables.serial(), "lease_until": self.machine() + LEASE}
        call["attempts"] += not died
        with self.tables.transaction():
            self.tables.put(self.tables.calls, row["key"], call)
        flight = Flight(call, Answer("unknown") if died else None)
        self.memory.flights.append(flight)
        return flight

    def outgoing(self, flight: Flight) -> Outgoing:
        call = flight.call
        trail = call["attempts"], call["correlation"], call["traceparent"]
        return Outgoing(UUID(str(call["key"])), call["kommunenummer"], json.loads(call["ref"]), *trail)

    def settle(self, flight: Flight, *, dies: bool) -> Message:
        """Hand the answer over in the transaction that closes the call; an attempt without its lease does nothing."""
        assert flight.answer is not None
        self.memory.flights.remove(flight)
        answer, call = flight.answer, flight.call
        message = Calls._answered(self._as_calls, call, answer, call["traceparent"])  # type: ignore[arg-type]
        self.store.deliver("answer", message, lambda _: self._settled(call, answer, message.id), dies=dies)
        return message

    def _settled(self, call: Row, answer: Answer, id: UUID) -> set[UUID]:
        standing = self.tables.calls.get(call["key"])
        if standing is None or standing["lease"] != call["lease"]:
            return set()
        wait = timedelta(seconds=wait_of(Policy(), call["attempts"], answer))
        status = "open" if answer.outcome == "unreachable" else answer.outcome
        row = standing | {"status": status, "lease": None, "lease_until": None, "due": self.machine() + wait}
        self.tables.put(self.tables.calls, call["key"], row)
        return {id}

    # what is left to do

    def idle(self, now: datetime) -> bool:
        """Surely nothing can be done just now. What waits behind a parked key, or for later, may be taken for work."""
        memory = self.memory
        return not (memory.due or any(member.polled for member in memory.members)) and self._rests(now)

    def at_rest(self, now: datetime) -> bool:
        """Nothing read, sent, due or called is under way, but what waits behind a parked key."""
        return self._rests(now, but=self.tables.parked)

    def _rests(self, now: datetime, but: Collection[str] = ()) -> bool:
        tables, memory, ends = self.tables, self.memory, self.kafka.ends(self.topics)
        return not (
            memory.acknowledged
            or memory.flights
            or any(row["status"] == "open" and row["state_key"] not in but for row in tables.calls.values())
            or any((row["told"] or row["due"] <= now) and row["key"] not in but for row in tables.timers.values())
            or self.unsent()
            or any(tables.positions.get(place, 0) != end for place, end in ends.items())
        )

    def bugs(self) -> list[Exception]:
        return [letter.error for letter in self.tables.letters.values() if letter.error and is_bug(letter.error)]
