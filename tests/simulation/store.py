"""The store on tables in memory. Deciding and outputs are the chassis' own; claims, rows and letters mirror its SQL."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from chassis.decided import Decided, Wiring
from chassis.envelope import decode, pack, unpack
from chassis.errors import BoligflytError, Reject, Unreadable
from chassis.outputs import Handler, Key, Message
from chassis.states import Held
from chassis.store import Store, Verdict
from tests.simulation.tables import Kept, Letter, Row, Tables

Confirm = Callable[[Sequence[Message]], set[UUID]]
TIMER = ("kommunenummer", "due", "told", "message_id", "body", "happened_at", "correlation", "traceparent")
CALL = ("key", "kind", "state_key", "kommunenummer", "destination", "ref", "correlation", "traceparent", "causation")
EVENT = ("event_id", "topic", "key", "kommunenummer", "headers", "payload")
OPEN: Row = {"status": "open", "attempts": 0, "lease": None, "lease_until": None, "due": None}


class MemoryStore(Store):
    """`machine`: the database's own clock, by which calls wait."""

    def __init__(
        self,
        tables: Tables,
        clock: Any,
        machine: Callable[[], Any],
        wiring: Wiring,
        handlers: Iterable[Handler],
    ) -> None:
        self.tables, self.clock, self._machine, self._wiring = tables, clock, machine, wiring
        self.handlers = {handler.on: handler for handler in handlers}
        self.passing = frozenset(on for on, handler in self.handlers.items() if handler.passes)

    def let(
        self, messages: Sequence[Message], parked: Iterable[str] | None, confirm: Confirm | None = None
    ) -> list[Verdict]:
        """As `Store.carry`: in order, each claimed; inside the caller's transaction."""
        blocked = None if parked is None else set(parked)
        return [self._let(message, blocked, confirm) for message in messages]

    def _let(self, message: Message, blocked: set[str] | None, confirm: Confirm | None) -> Verdict:
        tables = self.tables
        stands = confirm is None or message.id in confirm([message])  # asked of duplicates as well: it closes calls
        if message.id in tables.inbox or not stands:
            return Verdict(duplicate=True)
        held = self._held(message)
        if blocked is not None:
            blocked |= self.parked_among({key.id for key in held} - {message.subject})
        decided = Decided(self._wiring, held, self.passing)
        verdict = self._decide(decided, message, blocked)
        if not verdict.aside:
            tables.put(tables.inbox, message.id, verdict.reply)
        self._write(decided)
        return verdict

    def _held(self, message: Message) -> dict[Key, Held]:
        handler = self.handlers[message.type]
        keys = {handler.key(message)}
        if handler.needs:
            found = {key: self.state(key) for key in keys}
            try:
                while new := set(handler.needs(message, found)) - found.keys():
                    found |= {key: self.state(key) for key in new}
            except Exception:  # noqa: BLE001 - it fails again while it decides, as its verdict
                pass
            keys = set(found)
        held = {}
        for key in sorted(keys):
            row = self.tables.states.get(key)
            if row is None:
                self.tables.put(self.tables.states, key, row := Kept(message.kommunenummer))
            held[key] = Held(row.kommunenummer, row.state, dict(row.sequences), row.state, erased=row.erased)
        return held

    def state(self, key: Key) -> Any:
        row = self.tables.states.get(key)
        return row.state if row else None

    def _write(self, decided: Decided) -> None:
        tables = self.tables
        self._erase(decided)
        for key, held in decided.held.items():
            if held.changed:
                kept = Kept(held.kommunenummer, held.state, tuple(held.sequences.items()), held.erased)
                tables.put(tables.states, key, kept)
        for place, timer in decided._timers.items():
            standing = tables.timers.get(place)
            if timer is None:
                tables.drop(tables.timers, place)
            elif standing is None or not timer[2]:
                row = dict(zip(TIMER, timer, strict=True))
                body = row["body"]
                row |= {"type": body.type, "body": body.model_dump_json(), "key": place[0].id}
                tables.put(tables.timers, place, row | {"id": standing["id"] if standing else tables.serial()})
        for call in decided._calls.values():
            self._call(dict(zip(CALL, call, strict=True)))
        for event in decided._events:
            row = dict(zip(EVENT, event, strict=True)) | {"position": None}
            tables.put(tables.outbox, tables.serial(), row)
        self._redact(decided)

    def _erase(self, decided: Decided) -> None:
        """What waits at keys that are erased goes; what erases others stays."""
        tables = self.tables
        for place, timer in list(tables.timers.items()) if decided._erased else ():
            if place[0] in decided._erased and timer["type"] not in self.passing:
                tables.drop(tables.timers, place)
        for id, call in list(tables.calls.items()) if decided._erased else ():
            if Key(call["kind"], call["state_key"]) in decided._erased:
                tables.drop(tables.calls, id)

    def _redact(self, decided: Decided) -> None:
        """What events said goes, once Kafka has them; letters and the parking of erased keys go."""
        tables = self.tables
        for id, row in list(tables.outbox.items()) if decided._redacted else ():
            if row["key"] in decided._redacted:
                wiped = {"erased": True, "payload": row["payload"] if row["position"] is None else b""}
                tables.put(tables.outbox, id, row | wiped)
        erased = {key.id for key in decided._erased}
        for number, letter in list(tables.letters.items()) if erased else ():
            if letter.parking_key in erased:
                tables.drop(tables.letters, number)
        for key in erased:
            tables.drop(tables.parked, key)

    def _call(self, new: Row) -> None:
        """A call whose key stands is the same call; one that ended unknown is open again."""
        tables, standing = self.tables, self.tables.calls.get(new["key"])
        if standing is None:
            tables.put(tables.calls, new["key"], new | OPEN | {"due": self._machine(), "id": tables.serial()})
        elif standing["status"] == "unknown":
            tables.put(tables.calls, new["key"], standing | {"status": "open", "due": self._machine()})

    def parked_among(self, keys: Iterable[str]) -> set[str]:
        return {key for key in keys if key in self.tables.parked}

    def set_aside(self, letter: Letter, kommunenummer: str = "") -> None:
        """Nothing is kept of a key that is erased: what can't be read of it, nor what came behind that."""
        tables = self.tables
        erased = any(row.erased for key, row in tables.states.items() if key.id == letter.parking_key)
        if erased and isinstance(letter.error, Unreadable | None):
            return
        tables.put(tables.letters, tables.serial(), letter)
        if letter.parking_key and letter.parking_key not in tables.parked:
            tables.put(tables.parked, letter.parking_key, kommunenummer)

    def deliver(self, origin: str, message: Message, confirm: Confirm, *, dies: bool = False) -> Verdict:
        """As `dead_letters.deliver`, for one message that came by no topic."""
        with self.tables.transaction(dies=dies):
            (verdict,) = self.let([message], self.parked_among([message.subject]), confirm)
            if verdict.aside:
                letter = Letter(origin, message.subject, packed=pack(message), error=verdict.error)
                self.set_aside(letter, message.kommunenummer)
        return verdict

    def command(self, message: Message, *, dies: bool = False) -> Mapping[str, Any]:  # type: ignore[override]
        """A door's command: its reply, the first one's where it came before. Raises what the handler raised."""
        with self.tables.transaction(dies=dies):
            (verdict,) = self.let([message], None)
            if verdict.error:
                raise verdict.error
            if verdict.erased:
                raise Reject("erased", "Opplysningene er slettet.", status=410)
        return self.tables.inbox[message.id] if verdict.duplicate else verdict.reply

    def replay(self, key: str, readers: Mapping[str, Any], classes: Mapping[str, Any], by: str) -> str:
        """As `DeadLetters.replay`: what waits under a key in order, up to the first that still fails; why that did."""
        tables = self.tables
        while key in tables.parked:
            waiting = [(n, one) for n, one in tables.letters.items() if one.parking_key == key and not one.handled_by]
            with tables.transaction():
                if not waiting:
                    tables.drop(tables.parked, key)
                    break
                number, letter = waiting[0]
                verdict = self._replayed(letter, readers, classes)
                if error := verdict.error:
                    tables.put(tables.letters, number, replace(letter, error=error))
                    return str(error) if isinstance(error, BoligflytError) else repr(error)
                if verdict.waits:
                    return "it needs another key, which is parked"
                tables.put(tables.letters, number, replace(letter, handled_by=by))
        return ""

    def _replayed(self, letter: Letter, readers: Mapping[str, Any], classes: Mapping[str, Any]) -> Verdict:
        try:
            message = decode(letter.record, readers) if letter.record else unpack(letter.packed or b"", classes)
        except Unreadable as error:
            return Verdict(error=error)
        return self.let([message], ())[0] if message else Verdict(duplicate=True)

    def discard(self, key: str, by: str) -> bool:
        """The first letter of a parked key is given up, if it is one that no reader can ever make sense of."""
        tables = self.tables
        for number, letter in tables.letters.items():
            if letter.parking_key == key and not letter.handled_by and letter.error:
                if isinstance(letter.error, Unreadable):
                    with tables.transaction():
                        tables.put(tables.letters, number, replace(letter, handled_by=f"forkastet av {by}"))
                    return True
                return False
        return False


def is_bug(error: Exception | None) -> bool:
    """An exception that nobody raised on purpose."""
    return error is not None and not isinstance(error, Reject | Unreadable)
