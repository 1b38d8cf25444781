"""What is told beside invoices, payments and statutory steps is kept, in its own order, whatever order it comes in."""

from datetime import date
from itertools import permutations

import pytest

from tests.unit.notifications.given import (
    disputed,
    held,
    notice,
    on,
    plan,
    plan_changed,
    released,
    reminder,
    renewed,
    settled,
    started,
    told,
    transport_ended,
    transport_started,
)


def test_what_is_told_of_a_tenancy_leaves_the_same_state_in_any_order():
    told_of = (held("u", "2019-03-04"), reminder("2019-03-01"), disputed("2019-03-02"), settled("2019-03-09"))
    states = [told(started(), *order).tenancy for order in permutations(told_of)]

    assert all(state == states[0] for state in states)
    assert [len(states[0].ledger.holds), len(states[0].reminders), len(states[0].disputes)] == [1, 1, 2]


def test_a_dispute_stands_until_it_is_closed():
    story = told(started(), disputed("2019-03-02"))
    assert story.tenancy.disputed
    assert not story.tell(settled("2019-03-09")).tenancy.disputed


def test_reminders_and_transports_are_kept():
    story = told(started(), transport_started("2019-01-20"), transport_ended("2019-03-20"), reminder("2019-03-29"))
    assert [len(story.tenancy.signals), len(story.tenancy.reminders)] == [2, 1]


def test_a_plan_is_known_by_its_first_line():
    agreed = plan("p", "2019-03-01", ("2019-04-01", 100), ("2019-05-01", 100))
    changed = plan_changed("p", "2019-04-10", ("2019-06-01", 100))
    instalments = told(started(), *changed, *reversed(agreed)).tenancy.ledger.instalments

    assert {line.plan for line in instalments} == {agreed[0].line_id}
    assert [line.changes for line in instalments] == [False, False, True]


@pytest.mark.parametrize("due", ["2019-04-18", "2019-04-20", "2019-04-22"])
def test_an_instalment_due_in_easter_falls_on_the_tuesday_after(due):
    (instalment,) = told(started(), *plan("p", "2019-03-01", (due, 100))).tenancy.ledger.instalments
    assert date.fromordinal(instalment.falls) == on("2019-04-23")


def test_a_release_names_its_hold():
    ledger = told(started(), released("u", "2019-03-06"), held("u", "2019-03-04")).tenancy.ledger
    assert [line.amends for line in ledger.releases] == [ledger.holds[0].id]


@pytest.mark.parametrize(("until", "kept"), [("2024-02-29", on("2024-02-29")), (None, None)])
def test_a_renewed_lease_ends_on_its_new_day_or_never(until, kept):
    story = told(started(lease_ends_on=on("2021-02-28")), renewed("2020-12-01", until))
    assert story.tenancy.lease_ends_on == kept


@pytest.mark.parametrize(
    ("given", "deadline"),
    [
        (notice("2019-03-04", "2019-03-18"), "2019-03-18"),
        (notice("2019-03-04", "2019-03-11"), "2019-03-18"),
        (notice("2019-03-04", "2019-03-25"), "2019-03-25"),
        (notice("2019-03-04", "2019-03-18", received="2019-03-07"), "2019-03-21"),
        (notice("2019-03-04", "2019-03-18", written="2019-03-06"), "2019-03-20"),
        (notice("2019-03-04", "2019-03-18", written="2019-03-01", received="2019-03-05"), "2019-03-19"),
        (notice("2019-03-04", "2019-03-23"), "2019-03-25"),
        (notice("2019-04-04", "2019-04-18"), "2019-04-23"),
        (notice("2019-05-03", "2019-05-17"), "2019-05-20"),
        (notice("2019-12-11", "2019-12-25"), "2019-12-27"),
    ],
)
def test_a_notices_deadline_is_the_latest_day_that_favours_the_tenant_and_a_bank_day(given, deadline):
    (kept,) = told(started(), given).tenancy.notices
    assert date.fromordinal(kept.deadline) == on(deadline)
    assert kept.bank_days[-1] == kept.deadline
