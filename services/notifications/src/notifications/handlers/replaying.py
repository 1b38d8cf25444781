"""A ledger told again, from its first event, through the deciders themselves: what they make of it, and when.

No Kafka, database or clock: the time is each message's own, and what the deciders would have others do is dropped. Of
timers that means that no bank file is ever missed.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from chassis.errors import Reject
from chassis.outputs import Context, Decision, Event, Handler, Key, Message
from notifications.domain.rules import Reason
from notifications.domain.tenancy import Tenancy
from notifications.messages import RiskChanged


@dataclass(frozen=True, slots=True)
class LevelChange:
    """Level or stage became another. `cause`: the message that made it so; `version`: of the thresholds that judged."""

    tenancy: str
    as_of: date
    level: int
    stage: str
    reasons: tuple[Reason, ...]
    version: str
    cause: Message


@dataclass(frozen=True, slots=True)
class Refused:
    """The deciders reject it; in service it would be set aside, and all of its tenancy with it."""

    message: Message
    sentence: str


def replayed(handlers: Sequence[Handler], messages: Iterable[Message]) -> Iterator[LevelChange | Refused]:
    """What changes with each message, in the order given, which is the order of knowledge."""
    judging = Replay({handler.on: handler for handler in handlers})
    for message in messages:
        yield from judging.tell(message)


@dataclass
class Replay:
    """`handlers`: by type. `states`: as the messages so far have left them, by key."""

    handlers: Mapping[str, Handler]
    states: dict[Key, Any] = field(default_factory=dict)
    _refused: set[str] = field(default_factory=set)

    def tell(self, message: Message) -> list[LevelChange | Refused]:
        """After a refusal its tenancy hears nothing more, as in service it would wait behind it."""
        if message.subject in self._refused:
            return []
        try:
            outputs = self._decided(self.handlers[message.type], message)
        except Reject as refusal:
            self._refused.add(message.subject)
            return [Refused(message, refusal.sentence)]
        told = [each.data for each in outputs if isinstance(each, Event)]
        return [self._change(message, data) for data in told if isinstance(data, RiskChanged)]

    def _decided(self, handler: Handler, message: Message) -> Sequence[Any]:
        key, context = handler.key(message), Context(cause=message.id, now=message.time)
        if handler.needs is None:
            self.states[key], outputs = handler.decide(self.states.get(key), message, context)
            return outputs
        changed, outputs = self._with_needed(handler, key, message, context)
        self.states |= changed
        return outputs

    def _with_needed(self, handler: Handler, key: Key, message: Message, context: Context) -> Decision:
        found, needs = {key: self.states.get(key)}, handler.needs
        while needs and (new := {*needs(message, found)} - found.keys()):
            found |= {each: self.states.get(each) for each in new}
        return handler.decide(found, message, context)

    def _change(self, message: Message, changed: RiskChanged) -> LevelChange:
        tenancy: Tenancy = self.states[Key("tenancy", message.subject)]
        alert = tenancy.open
        return LevelChange(
            tenancy=message.subject,
            as_of=changed.as_of,
            level=changed.level,
            stage=changed.stage,
            reasons=alert.reasons if alert else (),
            version=alert.rules_version if alert else "",
            cause=message,
        )
