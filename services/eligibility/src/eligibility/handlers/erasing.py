"""A person is erased: their cases go, whatever waits there, and who was erased is remembered."""

from chassis.outputs import Context, Decision, Erase, Event, Key, Message, Tell
from eligibility.domain.case import Case
from eligibility.domain.erasure import Erasure
from eligibility.messages import CaseErased, EraseCase, ErasureCompleted


def person_erased(_: Erasure | None, message: Message, context: Context) -> Decision:
    """Intake knows all applications of a person, also those that this service has yet to hear of."""
    erasure = Erasure(tuple(dict.fromkeys(message.data.applications)))
    told = [Tell(Key("case", each), EraseCase(person=message.subject)) for each in erasure.waiting]
    return erasure, [Erase(), *told, *_completed(erasure, message.subject)]


def erase_case(_: Case | None, message: Message, context: Context) -> Decision:
    return None, [Erase(), Tell(Key("person", message.data.person), CaseErased(case=message.subject))]


def case_erased(erasure: Erasure | None, message: Message, context: Context) -> Decision:
    left = (erasure or Erasure()).without(message.data.case)
    return left, _completed(left, message.subject)


def _completed(erasure: Erasure, person: str) -> list[Event]:
    return [] if erasure.waiting else [Event(person, ErasureCompleted())]
