"""Registering applications, and what becomes of them elsewhere."""

from datetime import date

import pytest

from chassis.errors import Reject
from chassis.outputs import Event, Key, Reply
from chassis.testing import decide
from intake.domain.applications import Application, Facts, case_number
from intake.domain.people import Person
from intake.handlers import HANDLERS
from intake.messages import (
    ApplicationRegistered,
    AssessmentCompleted,
    DecisionMade,
    HousingApplicationChanged,
    RegisterApplication,
)
from intake.projection import project
from tests.contract.outputs import validate_events

APPLICANT = "5b0f0f4e-1f2d-4c5a-9a3e-7c1d2e3f4a5b"
PUBLIC = "0d4f5b7a-5e1c-4f0b-9c57-0a3f3a6f2b11"
PERSON = Key("person", APPLICANT)
FACTS = Facts("kommunal_bolig", date(2019, 5, 2), "gjennomgangsbolig", 31, {"GB-03": "yes"})
KEY = Key("application", "a")


def register(states=None, *, sealed="sealed", protected=None, facts=FACTS):
    command = RegisterApplication(public_id=PUBLIC, sealed=sealed, protected=protected, facts=facts)
    return decide(HANDLERS, states or {}, APPLICANT, command)


def an_application(**changes) -> Application:
    return Application(PUBLIC, "BS-0000-0000", APPLICANT, FACTS, **changes)


def test_an_application_is_registered_and_told_of_without_its_facts():
    decided = register()
    (registered,) = decided.only(ApplicationRegistered)

    validate_events(decided.only(Event))
    assert registered.applicant == APPLICANT
    assert set(registered.model_dump()) == {
        "public_id",
        "applicant",
        "application_type",
        "dwelling_type",
        "received_on",
    }
    assert decided.only(Event)[1] == Event(PUBLIC, HousingApplicationChanged(status="registered"))


def test_the_answer_is_the_application_its_public_id_and_what_people_call_it():
    decided = register()
    (reply,) = decided.only(Reply)
    (key,) = [key for key in decided.states if key.kind == "application"]

    assert reply.data == {"application": key.id, "public_id": PUBLIC, "case_number": case_number(key.id)}
    assert decided.only(Event)[0].subject == key.id


def test_the_same_command_decided_twice_gives_the_same_application():
    assert register().states.keys() == register().states.keys()


def test_a_new_applicant_is_registered_too():
    made = register(protected=True)

    (application,) = (key.id for key in made.states if key.kind == "application")
    assert made.states[PERSON] == Person("sealed", protected=True, applications=(application,))


def test_a_known_applicants_identity_is_left_alone_but_protection_is_raised():
    states = {PERSON: Person("known", tenancies=("t",))}

    person = register(states, protected=True).states[PERSON]

    assert (person.sealed, person.protected, person.tenancies) == ("known", True, ("t",))


def test_an_application_never_lowers_protection():
    states = {PERSON: Person("known", protected=True)}

    assert register(states, protected=False).states[PERSON].protected


def test_an_applicant_named_by_pseudonym_must_be_known():
    with pytest.raises(Reject, match="unknown_person"):
        register(sealed=None)
    with pytest.raises(Reject, match="unknown_person"):
        register({PERSON: Person(None)}, sealed=None)

    assert register({PERSON: Person("known")}, sealed=None).only(ApplicationRegistered)


def test_an_application_that_cannot_be_classified_is_registered_all_the_same():
    decided = register(facts=Facts("kommunal_bolig", date(2019, 5, 2)))

    validate_events(decided.only(Event))
    assert decided.only(ApplicationRegistered)[0].dwelling_type is None


def test_nothing_was_received_tomorrow():
    with pytest.raises(Reject, match="received_in_future"):
        register(facts=Facts("startlan", date(2019, 5, 3)))


def test_the_status_follows_assessment_and_decision_and_a_decision_stands():
    decision = DecisionMade(outcome="refused", decided_on=date(2019, 6, 1))
    assessed = decide(HANDLERS, {KEY: an_application()}, "a", AssessmentCompleted(overall="candidate"))
    decided = decide(HANDLERS, assessed.states, "a", decision)
    again = decide(HANDLERS, decided.states, "a", AssessmentCompleted(overall="not_candidate"))

    assert an_application().status == "registered"
    assert assessed.states[KEY].status == "assessed"
    assert decided.states[KEY].status == again.states[KEY].status == "decided"
    assert (again.states[KEY].decision, again.states[KEY].assessment) == ("refused", "not_candidate")


def test_an_event_of_an_unknown_application_is_set_aside():
    with pytest.raises(Reject, match="unknown_application"):
        decide(HANDLERS, {}, "a", AssessmentCompleted(overall="candidate"))


def test_the_list_shows_status_and_no_facts():
    (row,) = project(KEY, "3427", an_application(assessment="candidate"))["applications"]

    assert row["status"] == "assessed"
    assert row["kommunenummer"] == "3427"
    assert not {"answers", "household", "applicant", "age_on_received"} & set(row)


def test_a_case_number_is_short_the_same_each_time_and_has_no_letters_to_mistake():
    numbers = {case_number(f"application {n}") for n in range(2000)}

    assert len(numbers) == 2000
    assert case_number("a") == case_number("a")
    assert not set("".join(numbers).replace("BS-", "")) & set("ILOU")
