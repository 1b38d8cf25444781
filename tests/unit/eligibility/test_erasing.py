"""An erased person's cases go, and nothing late brings them back."""

from chassis.outputs import Erase, Event, Key, Tell
from chassis.testing import decide
from eligibility.domain.erasure import Erasure
from eligibility.handlers import HANDLERS
from eligibility.messages import CaseErased, EraseCase, ErasureCompleted, PersonErased
from eligibility.projection import project
from tests.contract.outputs import validate_events
from tests.unit.eligibility.given import APPLICANT, APPLICATION, KEY, registered

PERSON = Key("person", APPLICANT)
OTHER = "11111111-1111-4111-8111-111111111112"
ERASED = PersonErased(applications=(APPLICATION, OTHER))


def test_every_case_is_told_also_one_that_is_not_known_here_yet():
    decided = decide(HANDLERS, {}, APPLICANT, ERASED)

    assert decided.states == {PERSON: Erasure((APPLICATION, OTHER))}
    told = [Tell(Key("case", each), EraseCase(person=APPLICANT)) for each in (APPLICATION, OTHER)]
    assert decided.outputs == [Erase(), *told]


def test_a_person_without_cases_is_answered_at_once():
    decided = decide(HANDLERS, {}, APPLICANT, PersonErased(applications=()))

    assert decided.outputs == [Erase(), Event(APPLICANT, ErasureCompleted())]
    validate_events(decided.only(Event))


def test_a_case_goes_whole_and_its_person_is_told_back():
    case = decide(HANDLERS, {}, APPLICATION, registered()).states[KEY]

    decided = decide(HANDLERS, {KEY: case}, APPLICATION, EraseCase(person=APPLICANT))

    assert decided.states[KEY] is None
    assert decided.outputs == [Erase(), Tell(PERSON, CaseErased(case=APPLICATION))]


def test_the_answer_is_given_once_the_last_case_is_gone_in_any_order():
    for first, last in ((APPLICATION, OTHER), (OTHER, APPLICATION)):
        states = {PERSON: Erasure((APPLICATION, OTHER))}

        half = decide(HANDLERS, states, APPLICANT, CaseErased(case=first))
        whole = decide(HANDLERS, half.states, APPLICANT, CaseErased(case=last))

        assert half.outputs == []
        assert whole.outputs == [Event(APPLICANT, ErasureCompleted())]
        assert whole.states == {PERSON: Erasure()}


def test_an_application_of_an_erased_person_that_comes_late_is_not_kept():
    decided = decide(HANDLERS, {PERSON: Erasure()}, APPLICATION, registered())

    assert decided.states.get(KEY) is None
    assert decided.outputs == ()


def test_what_is_remembered_is_shown_in_no_row():
    assert project(PERSON, "3427", Erasure((APPLICATION,))) == {}


def test_what_is_of_an_erasure_passes_parked_keys_and_nothing_else_does():
    assert {h.on for h in HANDLERS if h.passes} == {PersonErased.type, EraseCase.type, CaseErased.type}
