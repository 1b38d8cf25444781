"""Registering people: sealed, protected until said otherwise, and moved in where a contract names them."""

from datetime import date

import pytest

from chassis.outputs import Event, Key, Reply
from chassis.testing import decide
from intake.domain.people import Person
from intake.domain.tenancies import Tenancy
from intake.handlers import HANDLERS
from intake.messages import RegisterPerson, TenancyChanged

PERSON, HOME = Key("person", "p"), Key("tenancy", "t")


def register(states=None, *, sealed="sealed", protected=None, tenancies=()):
    command = RegisterPerson(sealed=sealed, protected=protected, tenancies=tenancies)
    return decide(HANDLERS, states or {}, "p", command)


def test_a_person_is_kept_sealed():
    decided = register()

    assert decided.states[PERSON] == Person("sealed")
    assert decided.only(Reply)[0].data == {"person": "p"}


def test_the_newest_identity_stands():
    assert register({PERSON: Person("older")}).states[PERSON].sealed == "sealed"


def test_protection_stays_until_it_is_said_anew():
    protected = {PERSON: Person("sealed", protected=True)}

    assert register(protected).states[PERSON].protected
    assert not register(protected, protected=False).states[PERSON].protected
    assert register(protected=True).states[PERSON].protected


def test_tenancies_are_added_to_those_known():
    decided = register({PERSON: Person("sealed", tenancies=("s",))}, tenancies=("t", "s"))

    assert decided.states[PERSON].tenancies == ("s", "t")


def test_who_moves_in_before_the_start_is_told_of_with_the_start():
    decided = register(tenancies=("t",))

    assert decided.states[HOME].tenants == ("p",)
    assert decided.only(Event) == []


def test_who_moves_into_a_running_tenancy_changes_it():
    decided = register({HOME: Tenancy("utleie", "x", ("q",), "started")}, tenancies=("t",))

    assert decided.only(Event) == [Event("t", TenancyChanged(tenants=("q", "p"), changed_on=date(2019, 5, 2)))]


def test_a_contract_named_twice_is_one_move():
    states = {HOME: Tenancy("utleie", "x", (), "started")}

    assert len(register(states, tenancies=("t", "t")).only(Event)) == 1


def test_the_same_registration_again_changes_no_tenancy():
    states = {HOME: Tenancy("utleie", "x", ("p",), "started")}

    assert register(states, tenancies=("t",)).only(Event) == []


def test_who_moves_into_an_ended_tenancy_is_noted_without_news():
    states = {HOME: Tenancy("utleie", "x", (), "ended")}

    assert register(states, tenancies=("t",)).only(Event) == []


def test_a_contract_named_by_mistake_is_taken_off_again_and_stands_against_no_erasure():
    wrong = register(tenancies=("t",))

    right = decide(
        HANDLERS, wrong.states, "p", RegisterPerson(sealed="s", protected=None, tenancies=(), mistaken=("t",))
    )

    assert right.states[PERSON].tenancies == ()
    assert right.states[HOME] == Tenancy()
    assert right.only(Event) == []


@pytest.mark.parametrize("standing", ["started", "ended"])
def test_who_never_lived_in_a_tenancy_is_told_to_be_out_of_it_and_the_others_stay(standing):
    states = {PERSON: Person("s", tenancies=("t", "u")), HOME: Tenancy("utleie", "x", ("q", "p"), standing)}
    command = RegisterPerson(sealed="s", protected=None, tenancies=(), mistaken=("t",))

    decided = decide(HANDLERS, states, "p", command)

    assert decided.states[PERSON].tenancies == ("u",)
    assert decided.states[HOME].tenants == ("q",)
    assert decided.only(Event) == [Event("t", TenancyChanged(tenants=("q",), changed_on=date(2019, 5, 2)))]


def test_a_mistake_is_one_also_where_the_same_contract_is_named_as_right():
    command = RegisterPerson(sealed="s", protected=None, tenancies=("t",), mistaken=("t",))

    assert decide(HANDLERS, {}, "p", command).states[PERSON].tenancies == ()
