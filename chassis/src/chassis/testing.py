"""The test kit of handlers: given states, when a message comes, then these states and outputs. No I/O."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from chassis.outputs import OSLO, Context, Handler, Key, Message, Output

SOME_CAUSE = UUID("5f0c0f4e-0000-4000-8000-000000000001")
SOME_TIME = datetime(2019, 5, 2, 9, 0, tzinfo=OSLO)


@dataclass(frozen=True)
class Decided:
    """What a handler made of a message."""

    states: Mapping[Key, Any]
    outputs: Sequence[Output]

    def only(self, kind: type) -> list[Any]:
        """The outputs of one kind, or the data of the events of one message class, in order."""
        return [o for o in self.outputs if isinstance(o, kind)] or [
            data for o in self.outputs if isinstance(data := getattr(o, "data", None), kind)
        ]


def decide(
    handlers: Iterable[Handler],
    states: Mapping[Key, Any],
    subject: str,
    body: Any,
    *,
    now: datetime = SOME_TIME,
    time: datetime | None = None,
    kommunenummer: str = "3427",
    id: UUID | None = None,
) -> Decided:
    """Let the handler of `body` decide, as the store would, on plain mappings."""
    (handler,) = [h for h in handlers if h.on == body.type]
    message = Message(
        id=id or uuid5(SOME_CAUSE, repr((subject, body))),
        type=body.type,
        subject=subject,
        kommunenummer=kommunenummer,
        time=time or now,
        data=body,
    )
    context = Context(cause=message.id, now=now)
    own = handler.key(message)
    if handler.needs is None:
        state, outputs = handler.decide(states.get(own), message, context)
        return Decided({**states, own: state}, outputs)
    found = {own: states.get(own)}
    while new := set(handler.needs(message, found)) - set(found):
        found |= {key: states.get(key) for key in new}
    changed, outputs = handler.decide(found, message, context)
    return Decided({**states, **changed}, outputs)
