"""An erased tenant's tenancies go; one that others live in stays, without them."""

from datetime import date

import pytest

from chassis.outputs import Erase, Event, Key, Tell
from chassis.testing import decide
from notifications import messages as m
from notifications.domain.erasure import Erasure
from notifications.domain.tenancy import Tenancy
from notifications.handlers import HANDLERS
from notifications.projection import project
from tests.contract.outputs import validate_events
from tests.unit.notifications.given import KEY, PUBLIC_ID, RENT, TENANCY, TENANT

OTHER, SHARED = "6f1a3c9e-0000-5000-8000-00000000c002", "6f1a3c9e-0000-5000-8000-00000000a002"
APPLICATION = "6f1a3c9e-0000-5000-8000-00000000b001"
PERSON = Key("person", TENANT)
ERASED = m.PersonErased(applications=(APPLICATION,), tenancies=(TENANCY,), shared_tenancies=(SHARED,))


def started(*tenants: str) -> m.TenancyStarted:
    start = date(2019, 1, 1)
    return m.TenancyStarted(public_id=PUBLIC_ID, account="a", tenants=tenants, rent_ore=RENT, started_on=start)


def test_each_case_goes_and_each_tenancy_according_to_who_else_lives_there():
    decided = decide(HANDLERS, {}, TENANT, ERASED)

    assert decided.states == {PERSON: Erasure((TENANCY, APPLICATION, SHARED))}
    assert decided.outputs == [
        Erase(),
        Tell(KEY, m.EraseTenancy(person=TENANT)),
        Tell(Key("tenancy", APPLICATION), m.EraseTenancy(person=TENANT)),
        Tell(Key("tenancy", SHARED), m.LeaveTenancy(person=TENANT)),
    ]


def test_a_tenants_own_tenancy_goes_whole():
    decided = decide(HANDLERS, {KEY: Tenancy(tenants=(TENANT,))}, TENANCY, m.EraseTenancy(person=TENANT))

    assert decided.states == {KEY: None}
    assert decided.outputs == [Erase(), Tell(PERSON, m.TenancyErased(tenancy=TENANCY))]


@pytest.mark.parametrize(
    ("before", "after"),
    [(None, None), (Tenancy(tenants=(TENANT, OTHER), rent_ore=RENT), Tenancy(tenants=(OTHER,), rent_ore=RENT))],
)
def test_a_shared_tenancy_stays_with_its_other_tenants(before, after):
    decided = decide(HANDLERS, {KEY: before}, TENANCY, m.LeaveTenancy(person=TENANT))

    assert decided.states == {KEY: after}
    assert decided.outputs == [Tell(PERSON, m.TenancyErased(tenancy=TENANCY))]


def test_the_answer_is_given_once_the_last_is_gone():
    half = decide(HANDLERS, {PERSON: Erasure((TENANCY, SHARED))}, TENANT, m.TenancyErased(tenancy=SHARED))
    whole = decide(HANDLERS, half.states, TENANT, m.TenancyErased(tenancy=TENANCY))

    assert half.outputs == []
    assert whole.outputs == [Event(TENANT, m.ErasureCompleted())]
    validate_events(whole.only(Event))


def test_a_start_that_comes_late_brings_an_erased_tenant_not_back():
    alone = decide(HANDLERS, {PERSON: Erasure()}, TENANCY, started(TENANT))
    shared = decide(HANDLERS, {PERSON: Erasure()}, TENANCY, started(TENANT, OTHER))

    assert (alone.states.get(KEY), alone.outputs) == (None, ())
    assert shared.states[KEY].tenants == (OTHER,)


def test_a_change_that_comes_late_brings_an_erased_tenant_not_back():
    states = {PERSON: Erasure(), KEY: Tenancy(tenants=(OTHER,))}

    decided = decide(HANDLERS, states, TENANCY, m.TenancyChanged(tenants=(TENANT, OTHER)))

    assert decided.states[KEY].tenants == (OTHER,)


def test_what_is_remembered_is_shown_in_no_row():
    assert project(PERSON, "3427", Erasure((TENANCY,))) == {}


def test_what_is_of_an_erasure_passes_parked_keys_and_nothing_else_does():
    passing = {m.PersonErased.type, m.EraseTenancy.type, m.LeaveTenancy.type, m.TenancyErased.type}
    assert {h.on for h in HANDLERS if h.passes} == passing
