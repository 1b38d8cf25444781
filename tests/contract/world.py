"""One service let run by chance: its handlers, its states, and what is still to come back to them. No I/O."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any
from uuid import UUID, uuid5

from chassis.errors import Reject
from chassis.outputs import OSLO, Answered, Call, Cancel, Erase, Event, Handler, Key, Later, Outcome, Tell
from chassis.testing import decide

MESSAGES = UUID("b01fb01f-0000-4000-8000-00000000c0de")

Answer = tuple[Outcome, dict[str, Any]]


@dataclass
class World:
    """`decided`: the types of messages that a handler took without a Reject; `events`: all that was told."""

    handlers: Sequence[Handler]
    chance: Random
    kommunenummer: str = "5027"
    now: datetime = datetime(2019, 6, 3, 9, 0, tzinfo=OSLO)
    states: dict[Key, Any] = field(default_factory=dict)
    tells: list[tuple[Key, Any]] = field(default_factory=list)
    erased: set[Key] = field(default_factory=set)
    timers: dict[tuple[Key, str], Later] = field(default_factory=dict)
    calls: dict[UUID, tuple[Key, Call]] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    decided: set[str] = field(default_factory=set)
    given: int = 0

    def give(self, subject: str, body: Any) -> None:
        """Let it be decided. A Reject changes nothing; any other exception is a bug, and the caller's to see."""
        self.given += 1
        (handler,) = (h for h in self.handlers if h.on == body.type)
        own = Key(handler.kind, subject)
        if own in self.erased and not handler.passes:
            return
        try:
            made = decide(
                self.handlers,
                self.states,
                subject,
                body,
                now=self.now,
                kommunenummer=self.kommunenummer,
                id=uuid5(MESSAGES, str(self.given)),
            )
        except Reject:
            return
        self.decided.add(body.type)
        self.states = dict(made.states)
        self._carry(own, made.outputs)

    def _carry(self, own: Key, outputs: Sequence[Any]) -> None:
        for output in outputs:
            match output:
                case Event():
                    self.events.append(output)
                case Later():
                    self.timers[own, output.name] = output
                case Cancel(name):
                    self.timers.pop((own, name), None)
                case Tell(key, message):
                    self.tells.append((key, message))
                case Call():
                    self.calls[output.key] = (own, output)
                case Erase():
                    self._erase(own)

    def _erase(self, own: Key) -> None:
        passing = {handler.on for handler in self.handlers if handler.passes}
        self.erased.add(own)
        self.tells = [(key, m) for key, m in self.tells if key != own or m.type in passing]
        self.timers = {name: later for name, later in self.timers.items() if name[0] != own}
        self.calls = {key: call for key, call in self.calls.items() if call[0] != own}

    def step(self, new: Callable[["World"], tuple[str, Any]], answer: Callable[["World", str], Answer]) -> None:
        """The next thing that may happen: something new, or something of what is due."""
        due = [self._new(new), *([self._tell] if self.tells else [])]
        due += [*([self._timer] if self.timers else []), *([lambda: self._answer(answer)] if self.calls else [])]
        self.chance.choice(due)()

    def _new(self, new: Callable[["World"], tuple[str, Any]]) -> Callable[[], None]:
        return lambda: self.give(*new(self))

    def _tell(self) -> None:
        key, message = self.tells.pop(0)
        self.give(key.id, message)

    def _timer(self) -> None:
        (own, name), later = self.chance.choice(sorted(self.timers.items(), key=lambda item: item[0]))
        del self.timers[own, name]
        self.now = max(self.now, later.at)
        self.give(own.id, later.message)

    def _answer(self, answer: Callable[["World", str], Answer]) -> None:
        """A call that couldn't be sent stands; any other answer closes it."""
        key = self.chance.choice(sorted(self.calls))
        own, call = self.calls[key]
        outcome, body = answer(self, call.destination)
        if outcome != "unreachable":
            del self.calls[key]
        self.give(own.id, Answered(call.destination, key, outcome, body, call.ref))
