"""A person is erased: the deliveries of their cases and tenancies go, whatever waits there, and who was erased is
remembered. Of a tenancy that others live in too nothing is kept here that tells of anybody.
"""

from chassis.outputs import Context, Decision, Erase, Event, Key, Message, Tell
from nav_bridge.domain import Case, Erasure
from nav_bridge.messages import CaseErased, EraseCase, ErasureCompleted


def person_erased(_: Erasure | None, message: Message, context: Context) -> Decision:
    """Intake knows all cases of a person, also those that this service has yet to hear of."""
    erasure = Erasure(tuple(dict.fromkeys((*message.data.applications, *message.data.tenancies))))
    told = [Tell(Key("delivery", each), EraseCase(person=message.subject)) for each in erasure.waiting]
    return erasure, [Erase(), *told, *_completed(erasure, message.subject)]


def erase_case(_: Case | None, message: Message, context: Context) -> Decision:
    return None, [Erase(), Tell(Key("person", message.data.person), CaseErased(case=message.subject))]


def case_erased(erasure: Erasure | None, message: Message, context: Context) -> Decision:
    left = (erasure or Erasure()).without(message.data.case)
    return left, _completed(left, message.subject)


def _completed(erasure: Erasure, person: str) -> list[Event]:
    return [] if erasure.waiting else [Event(person, ErasureCompleted())]
