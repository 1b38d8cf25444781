"""What an event is called."""

from datetime import UTC, datetime
from types import SimpleNamespace
from uuid import UUID

from chassis.decided import Decided, Wiring
from chassis.outputs import Context, Event, Key, Message
from chassis.states import Held
from eligibility.messages import DecisionMade

CAUSE = UUID("5f0c0f4e-0000-4000-8000-000000000001")
NOW = datetime(2019, 5, 2, 9, 0, tzinfo=UTC)
OWN = Key("case", "11111111-1111-4111-8111-111111111111")
MADE = DecisionMade(outcome="granted", decided_by="sub", role="boligutvalg", decided_on=NOW.date())


def event_id(service: str) -> object:
    wiring = Wiring(service, {MADE.type: "decisions.v1"}, lambda *_: {}, {})
    decided = Decided(wiring, {OWN: Held("5027", None, {}, {})})
    message = Message(CAUSE, "person.erased", OWN.id, "5027", NOW, SimpleNamespace())
    decided.take(message, Context(CAUSE, NOW), [OWN], [Event(OWN.id, MADE)])
    return decided._events[0][0]


def test_deciding_twice_gives_the_same_event():
    assert event_id("eligibility") == event_id("eligibility")


def test_two_services_that_decide_on_the_same_message_tell_two_events():
    """A reader of both would take the second for the first, come again."""
    assert event_id("eligibility") != event_id("nav-bridge")
