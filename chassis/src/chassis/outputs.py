"""What a handler is given and what it may return. Standard library only: handlers import this.

A handler is pure: `decide(state, message, context) -> (state, outputs)`. Returning outputs is the only way out
of it, so that nobody can forget the outbox, call a partner inside a transaction, or sleep.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, ClassVar, Literal, NamedTuple, Protocol, runtime_checkable
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

OSLO = ZoneInfo("Europe/Oslo")

Json = Any
Outcome = Literal["accepted", "refused", "unknown", "unreachable"]


class Key(NamedTuple):
    """The identity of one state: the thing whose order matters."""

    kind: str
    id: str


@runtime_checkable
class Body(Protocol):
    """The content of a message: a class whose `type` says what it is, without version (`payment.registered`)."""

    type: ClassVar[str]


@dataclass(frozen=True, slots=True)
class Message:
    """One message to one key, whatever brought it: an event, a command, a timer, a told message or an answer.

    `id` is the same each time the same message comes again; claims, and the ids of what the handler makes, rest
    on it. `time` has a zone and is when it happened, not when it arrived.
    """

    id: UUID
    type: str
    subject: str
    kommunenummer: str
    time: datetime
    data: Any
    correlation: str = ""
    traceparent: str = ""


@dataclass(slots=True)
class Context:
    """What a handler may know of the world: the time, and ids that come out the same when it decides again."""

    cause: UUID
    now: datetime
    _made: int = field(default=0, init=False)

    @property
    def today(self) -> date:
        """The date of `now` in Europe/Oslo."""
        return self.now.astimezone(OSLO).date()

    def new_id(self) -> UUID:
        """The next id: UUIDv5 of the causing message's id and a counter."""
        self._made += 1
        return uuid5(self.cause, f"id:{self._made}")


@dataclass(frozen=True, slots=True)
class Event:
    """A fact for others, by the outbox to Kafka, in order per subject.

    `subject` is the id of a key that the handler holds, or the `public_id` of a state that it holds.
    """

    subject: str
    data: Body

    @property
    def type(self) -> str:
        return self.data.type


@dataclass(frozen=True, slots=True)
class Later:
    """`message` to the handler's own key at a time. The same name again replaces it."""

    at: datetime
    name: str
    message: Body


@dataclass(frozen=True, slots=True)
class Cancel:
    """No longer: the own key's timer of that name."""

    name: str


@dataclass(frozen=True, slots=True)
class Call:
    """An outward call, carried out by a gateway after the commit.

    `key` is made from what may happen only once and is the Idempotency-Key; a Call whose key stands is the same
    call again. `ref` holds opaque ids and a revision, never content: the gateway fetches that when it sends.
    """

    destination: str
    key: UUID
    ref: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Tell:
    """`message` to another key of the same service, at once, in order per key.

    `id`: the message's own identity where it has one (a file line); else it is made from the causing message.
    """

    key: Key
    message: Body
    id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to the door that asked, kept with the claim so that the same question gets the same answer."""

    data: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Erase:
    """All else that is kept of the own key goes, in this transaction and for good.

    That is its waiting records and dead letters, its timers, told messages and calls, and what its events said in
    the outbox. The returned state is all that stays. From then on a message to that key has no effect and is kept
    nowhere, unless its handler `passes`: no late event, timer or answer brings anything back.
    """


@dataclass(frozen=True, slots=True)
class Redact:
    """What the own key's events have said so far goes from the outbox, once Kafka has it; ids and order stay."""


Output = Event | Later | Cancel | Call | Tell | Reply | Erase | Redact


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of a Call, to the state key that made it.

    accepted, refused: the partner's word. unknown: sent, no answer; the call is closed and the decider says what
    now. unreachable: nothing was sent; the runner goes on trying and this is told once per call.
    """

    destination: str
    key: UUID
    outcome: Outcome
    body: Mapping[str, Json]
    ref: Mapping[str, Json]

    @property
    def type(self) -> str:
        return f"answered:{self.destination}"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A Call as a gateway gets it. `key` goes out as the Idempotency-Key; `attempt` counts from 1."""

    key: UUID
    kommunenummer: str
    ref: Mapping[str, Json]
    attempt: int = 1
    correlation: str = ""
    traceparent: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a gateway says of one attempt. `retry_after`: the partner's wish, in seconds. `ours`: a failure for a reason
    of this call's own, which says nothing of the partner to the others.
    """

    outcome: Outcome
    body: Mapping[str, Json] = field(default_factory=dict)
    retry_after: float | None = None
    ours: bool = False


class Gateway(Protocol):
    """Carries calls to one destination. It turns ids into the partner's words, and keeps none of them."""

    async def send(self, call: Outgoing) -> Answer: ...


Decision = tuple[Any, Sequence[Output]]
Found = Mapping[Key, Any]


@dataclass(frozen=True, slots=True)
class Handler:
    """Which function decides on which message, and on which state.

    `on`: the message class, or `answered("destination")`. Without `needs`, `decide(state, message, context)` gets
    and returns the state of `Key(kind, message.subject)`. With `needs(message, found) -> keys`, asked until it
    names nothing new, `decide(found, message, context)` gets a mapping of that key and the needed ones and
    returns a mapping of those that it changed. A missing state is None.

    `passes`: its message takes effect although the key is parked, ahead of what waits there, or erased. It is
    carried in a transaction of its own, so that what an `Erase` takes away stands written. For erasure alone: all
    else waits its turn.
    """

    on: str
    kind: str
    decide: Callable[[Any, Message, Context], Decision]
    needs: Callable[[Message, Found], Iterable[Key]] | None = None
    passes: bool = False

    def key(self, message: Message) -> Key:
        return Key(self.kind, message.subject)


def answered(destination: str) -> str:
    """The type of the answers from one destination."""
    return f"answered:{destination}"
