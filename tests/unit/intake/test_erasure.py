"""Erasing a person: what stands against it, what stays, and who is told."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from chassis.errors import Reject
from chassis.outputs import OSLO, Erase, Event, Key, Redact, Reply, Tell
from chassis.testing import decide
from intake.domain.applications import Application, Facts, deliver
from intake.domain.people import Erasure, Person
from intake.domain.retention import Duties, kept
from intake.domain.tenancies import Tenancy
from intake.handlers import HANDLERS
from intake.messages import (
    CaseErased,
    DeliveryOutcome,
    DeliveryParked,
    DeliveryRecalled,
    DeliveryRejected,
    DeliverySent,
    EraseApplication,
    ErasePerson,
    ErasureCompleted,
    LeaveTenancy,
    PersonErased,
    RegisterApplication,
    RegisterPerson,
)
from intake.projection import project
from intake.translation import Fault, duties, duties_in
from tests.contract.outputs import validate_events

ID, OTHER = "5b0f0f4e-1f2d-4c5a-9a3e-7c1d2e3f4a5b", "5b0f0f4e-1f2d-4c5a-9a3e-7c1d2e3f4a5c"
CASE, LEASE = "0d4f5b7a-5e1c-4f0b-9c57-0a3f3a6f2b11", "0d4f5b7a-5e1c-4f0b-9c57-0a3f3a6f2b12"
PERSON, APPLICATION, TENANCY = Key("person", ID), Key("application", CASE), Key("tenancy", LEASE)
HOUSING = Facts("kommunal_bolig", date(2019, 1, 2), "gjennomgangsbolig", 31, {"GB-03": "yes"})
LOAN = Facts("startlan", date(2019, 1, 2))
DECIDED = Application("public", "BS-0000-0000", ID, HOUSING, decision="refused", decided_on=date(2019, 2, 1))
ENDED = Tenancy("utleie", "public", (ID,), "ended", newest_on=date(2013, 5, 31))
TODAY = date(2019, 6, 3)
NOW = datetime(2019, 6, 3, 9, 0, tzinfo=OSLO)
COMMAND = ErasePerson(archived=("BS-0000-0000",), by="0d9e8f7a-sub")


def reasons(case: Application = DECIDED, tenancy: Tenancy = ENDED, today: date = TODAY, archived=("BS-0000-0000",)):
    return [(each.code, each.until) for each in kept(duties(), {CASE: case}, {LEASE: tenancy}, archived, today)]


def erase(states, command=COMMAND):
    return decide(HANDLERS, states, ID, command, now=NOW)


def a_person(**given) -> Person:
    return Person("sealed", protected=True, **given)


def with_cases() -> dict[Key, object]:
    person = a_person(applications=(CASE,), tenancies=(LEASE,))
    return {PERSON: person, APPLICATION: DECIDED, TENANCY: ENDED}


def test_nothing_stands_against_it_when_the_case_is_archived_and_all_periods_are_over():
    assert reasons() == []


def test_an_undecided_case_stands_against_it():
    assert reasons(case=Application("public", "BS-0000-0000", ID, HOUSING)) == [("case_open", None)]


@pytest.mark.parametrize(("today", "stands"), [(date(2019, 3, 1), True), (date(2019, 3, 2), False)])
def test_the_period_for_complaints_is_three_weeks_and_a_week_for_the_post(today, stands):
    assert (("appeal", date(2019, 3, 1)) in reasons(today=today)) == stands


def test_a_case_that_nobody_has_seen_in_the_archive_is_kept():
    assert reasons(archived=()) == [("archive", None)]


@pytest.mark.parametrize(("facts", "codes"), [(HOUSING, ["delivery_open"]), (LOAN, ["delivery_open", "case_open"])])
def test_a_referral_on_its_way_stands_against_it(facts, codes):
    case = Application("public", "BS-0000-0000", ID, facts, decided_on=date(2019, 2, 1), delivery="open")
    assert [code for code, _ in reasons(case=case)] == codes


def test_a_tenancy_that_goes_on_or_is_expected_stands_against_it():
    for standing in ("expected", "started"):
        assert reasons(tenancy=Tenancy("utleie", "public", (ID,), standing)) == [("tenancy_stands", None)]


@pytest.mark.parametrize(("today", "stands"), [(date(2018, 12, 31), True), (date(2019, 1, 1), False)])
def test_the_books_are_kept_five_years_after_the_accounting_year(today, stands):
    assert (("bookkeeping", date(2018, 12, 31)) in reasons(today=today)) == stands


def test_before_the_law_was_changed_the_books_were_kept_ten_years():
    assert reasons(today=date(2014, 12, 31), case=_long_ago()) == [("bookkeeping", date(2023, 12, 31))]


def _long_ago() -> Application:
    return Application("public", "BS-0000-0000", ID, HOUSING, decision="refused", decided_on=date(2013, 1, 1))


def test_the_archive_act_is_the_one_in_force():
    assert duties().in_force("archive", date(2025, 12, 31)).source == "arkivlova av 1992 §§ 6 og 9"
    assert duties().in_force("archive", date(2026, 1, 1)).source == "arkivlova av 2025"


def test_legal_bases_that_are_incomplete_or_given_twice_stop_the_service():
    one = '[[duty]]\ncode = "{}"\nvalid_from = 2000-01-01\nsource = "s"\nsentence = "s"\n'
    whole = "".join(one.format(code) for code in ("appeal", "archive", "bookkeeping"))
    assert isinstance(duties_in(whole), Duties)
    for wrong in (one.format("appeal"), whole + one.format("appeal")):
        with pytest.raises(Fault):
            duties_in(wrong)


def test_a_refusal_changes_nothing_and_says_so_in_norwegian():
    with pytest.raises(Reject, match="Personen kan ikke slettes ennå: 1 grunn"):
        erase(with_cases(), ErasePerson(archived=(), by="x"))


def test_who_is_not_registered_cannot_be_erased():
    with pytest.raises(Reject, match="unknown_person"):
        erase({})


def test_the_identity_goes_and_every_service_and_case_is_told():
    decided = erase(with_cases())

    assert decided.states[PERSON] == Person(erasure=Erasure(TODAY, "0d9e8f7a-sub", (CASE, LEASE)))
    assert decided.only(Event) == [
        Event(ID, PersonErased(applications=(CASE,), tenancies=(LEASE,), shared_tenancies=()))
    ]
    validate_events(decided.only(Event))
    assert decided.only(Tell) == [
        Tell(APPLICATION, EraseApplication(person=ID)),
        Tell(TENANCY, LeaveTenancy(person=ID)),
    ]
    (reply,) = decided.only(Reply)
    assert reply.data["lacking"] == ["intake", "eligibility", "nav-bridge", "notifications"]


def test_a_tenancy_that_others_live_in_is_told_of_as_shared():
    states = with_cases() | {TENANCY: Tenancy("utleie", "public", (ID, OTHER), "ended", newest_on=date(2013, 5, 31))}

    (told,) = erase(states).only(PersonErased)

    assert (told.tenancies, told.shared_tenancies) == ((), (LEASE,))


def test_asked_again_it_is_answered_as_it_stands():
    states = {PERSON: Person(erasure=Erasure(TODAY, "first", answers={"intake": TODAY}))}

    decided = erase(states)

    assert decided.states == states
    assert [type(each) for each in decided.outputs] == [Reply]


def test_without_cases_intake_answers_at_once():
    decided = erase({PERSON: a_person()})

    assert decided.states[PERSON].erasure.answers == {"intake": TODAY}
    assert Event(ID, ErasureCompleted(service="intake")) in decided.outputs


def test_an_application_goes_whole_and_a_tenancy_names_nobody():
    gone = decide(HANDLERS, {APPLICATION: DECIDED}, CASE, EraseApplication(person=ID))
    left = decide(HANDLERS, {TENANCY: ENDED}, LEASE, LeaveTenancy(person=ID))

    assert gone.states[APPLICATION] is None
    assert gone.outputs == [Erase(), Tell(PERSON, CaseErased(case=CASE))]
    assert left.states[TENANCY] == Tenancy("utleie", "public", (), "ended", newest_on=date(2013, 5, 31), vacant=True)
    assert left.outputs == [Redact(), Tell(PERSON, CaseErased(case=LEASE))]


def test_intake_answers_when_the_last_of_its_own_cases_is_gone():
    states = {PERSON: Person(erasure=Erasure(TODAY, "x", (CASE, LEASE)))}

    first = decide(HANDLERS, states, ID, CaseErased(case=LEASE), now=NOW)
    last = decide(HANDLERS, first.states, ID, CaseErased(case=CASE), now=NOW)

    assert first.outputs == []
    assert last.outputs == [Event(ID, ErasureCompleted(service="intake"))]


def test_it_is_completed_when_all_four_have_answered():
    states = {PERSON: Person(erasure=Erasure(TODAY, "x"))}
    for day, service in enumerate(("eligibility", "nav-bridge", "notifications", "intake"), 4):
        assert states[PERSON].erasure.completed_on is None
        on = datetime(2019, 6, day, 9, 0, tzinfo=OSLO)
        states = decide(HANDLERS, states, ID, ErasureCompleted(service=service), time=on).states

    assert states[PERSON].erasure.completed_on == date(2019, 6, 7)
    rows = project(PERSON, "3427", states[PERSON])["erasures"]
    assert rows[0]["lacking"] == []


def test_an_answer_that_was_never_asked_for_is_set_aside_to_be_seen():
    for states in ({}, {PERSON: a_person()}):
        with pytest.raises(Reject, match="unknown_erasure"):
            decide(HANDLERS, states, ID, ErasureCompleted(service="eligibility"))


def test_who_is_erased_comes_back_under_that_pseudonym_by_no_door():
    states = {PERSON: Person(erasure=Erasure(TODAY, "x"))}
    application = RegisterApplication(public_id="p", sealed="again", protected=None, facts=HOUSING)

    for command in (RegisterPerson(sealed="again", protected=None, tenancies=()), application):
        with pytest.raises(Reject, match="slettet"):
            decide(HANDLERS, states, ID, command, now=NOW)


@pytest.mark.parametrize("outcome", ["granted", "refused", "withdrawn", "expired"])
def test_a_final_outcome_at_nav_closes_the_case(outcome):
    states = {APPLICATION: Application("public", "BS-0000-0000", ID, LOAN)}

    decided = decide(HANDLERS, states, CASE, DeliveryOutcome(revision=1, outcome=outcome), time=NOW)

    assert decided.states[APPLICATION].closed_on == TODAY


@pytest.mark.parametrize(
    ("told", "stands"),
    [
        (DeliverySent(revision=1), "open"),
        (DeliveryOutcome(revision=1, outcome="contacted"), "open"),
        (DeliveryRejected(revision=1), "returned"),
        (DeliveryParked(revision=1), "returned"),
        (DeliveryRecalled(revision=1), "returned"),
    ],
    ids=lambda told: getattr(told, "type", None),
)
def test_what_is_told_on_the_way_closes_nothing_but_what_was_withdrawn_and_is_not_at_nav(told, stands):
    open_case = Application("p", "BS-0000-0000", ID, LOAN)
    for withdrawn_on in (None, TODAY):
        case = replace(open_case, withdrawn_on=withdrawn_on)
        after = decide(HANDLERS, {APPLICATION: case}, CASE, told, time=NOW).states[APPLICATION]
        assert after.delivery == stands
        assert after.closed_on == (withdrawn_on if stands == "returned" else None)


def test_what_was_withdrawn_and_nav_lets_be_can_be_erased():
    sent = Application(
        "p", "BS-0000-0000", ID, LOAN, withdrawn_on=date(2019, 2, 1), delivery="open", delivery_revision=1
    )
    recalled = decide(HANDLERS, {APPLICATION: sent}, CASE, DeliveryRecalled(revision=1), time=NOW).states[APPLICATION]

    assert reasons(sent) == [("delivery_open", None), ("case_open", None)]
    assert reasons(recalled) == []


def test_a_newer_revision_opens_it_again_and_an_older_one_changes_nothing():
    case = deliver(Application("p", "BS-0000-0000", ID, LOAN), 1, "closed", TODAY)

    again = deliver(case, 2, "open", TODAY)

    assert deliver(case, 1, "open", TODAY) == case
    assert again.closed_on is None
    assert deliver(again, 1, "closed", TODAY) == again
