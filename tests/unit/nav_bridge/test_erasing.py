"""An erased person's deliveries go, also those of cases that the bridge has yet to hear of."""

from datetime import date

from chassis.outputs import Erase, Event, Key, Tell
from chassis.testing import decide
from nav_bridge.domain import Case, Delivery, Erasure
from nav_bridge.handlers import HANDLERS
from nav_bridge.messages import CaseErased, EraseCase, ErasureCompleted, PersonErased
from nav_bridge.projection import project
from tests.contract.outputs import validate_events

PERSON = "3c0c8bb6-44a2-5d2d-9a0c-0b8f2d1f0009"
ONE, OTHER = "3c0c8bb6-44a2-5d2d-9a0c-0b8f2d1f0001", "3c0c8bb6-44a2-5d2d-9a0c-0b8f2d1f0002"
KEY = Key("person", PERSON)
CASE = Case("public", (Delivery("9e079f93-2a56-5924-a35b-80f17614c5e6", 1, "consent", date(2019, 5, 2)),))


def test_every_application_is_told_whether_it_was_referred_or_not():
    decided = decide(HANDLERS, {}, PERSON, PersonErased(applications=(ONE, OTHER)))

    assert decided.states == {KEY: Erasure((ONE, OTHER))}
    assert decided.outputs == [
        Erase(),
        *(Tell(Key("delivery", each), EraseCase(person=PERSON)) for each in (ONE, OTHER)),
    ]


def test_the_deliveries_go_whole_and_the_person_is_told_back():
    decided = decide(HANDLERS, {Key("delivery", ONE): CASE}, ONE, EraseCase(person=PERSON))

    assert decided.states == {Key("delivery", ONE): None}
    assert decided.outputs == [Erase(), Tell(KEY, CaseErased(case=ONE))]


def test_the_answer_is_given_once_the_last_is_gone():
    half = decide(HANDLERS, {KEY: Erasure((ONE, OTHER))}, PERSON, CaseErased(case=OTHER))
    whole = decide(HANDLERS, half.states, PERSON, CaseErased(case=ONE))

    assert half.outputs == []
    assert whole.outputs == [Event(PERSON, ErasureCompleted())]
    validate_events(whole.only(Event))


def test_what_is_remembered_is_shown_in_no_row():
    assert project(KEY, "3427", Erasure((ONE,))) == {}


def test_what_is_of_an_erasure_passes_parked_keys_and_nothing_else_does():
    assert {h.on for h in HANDLERS if h.passes} == {PersonErased.type, EraseCase.type, CaseErased.type}
