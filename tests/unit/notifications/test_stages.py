"""F0–F6 on the open stream."""

from datetime import date

import pytest

from notifications import messages as m
from tests.unit.notifications.given import (
    RENT,
    closed,
    executed,
    invoice,
    lifted,
    notice,
    payment,
    requested,
    scheduled,
    started,
    told,
)


@pytest.mark.parametrize(
    ("as_of", "stage"),
    [
        ("2019-01-15", "F0"),
        ("2019-01-16", "F1"),
        ("2019-01-20", "F1"),
        ("2019-01-21", "F2"),
        ("2019-01-29", "F2"),
        ("2019-01-30", "F3"),
        ("2019-03-30", "F3"),
    ],
)
def test_days_over_due_are_windows(as_of, stage):
    assert told(invoice("a", "2019-01-15"), closed(as_of)).tenancy.stage == stage


def test_each_legal_step_is_its_own_stage_and_lifting_gives_back_the_one_before():
    story = told(started(), invoice("a", "2019-01-15"), closed("2019-01-17"))
    story.tell(notice("2019-01-18", "2019-02-01"), requested("2019-02-02"), scheduled("2019-02-20", "2019-03-20"))
    story.tell(lifted("2019-02-25"), requested("2019-03-01"), executed("2019-03-30"))
    assert [each.stage for each in story.sent(m.HousingTenancyChanged)] == ["F1", "F3", "F4", "F5", "F3", "F4", "F6"]


def test_a_paid_debt_is_the_first_stage_again():
    story = told(started(), invoice("a", "2019-01-15"), closed("2019-01-30"), payment("p", "2019-01-31"))
    assert [each.stage for each in story.sent(m.HousingTenancyChanged)] == ["F3", "F0"]


def test_a_small_rest_is_nothing_over_due():
    assert (
        told(invoice("a", "2019-01-15"), payment("p", "2019-01-15", RENT - 16_000), closed("2019-02-15")).tenancy.stage
        == "F0"
    )


def test_the_same_stage_is_told_once():
    story = told(
        started(), invoice("a", "2019-01-15"), closed("2019-01-16"), closed("2019-01-17"), closed("2019-01-18")
    )
    assert len(story.sent(m.HousingTenancyChanged)) == 1


def test_the_next_date_is_the_deadline_then_none_once_eviction_is_requested_then_its_day():
    story = told(started(), invoice("a", "2019-01-15"), closed("2019-01-17"))
    dates = []
    for step in (
        notice("2019-01-18", "2019-02-01"),
        requested("2019-02-02"),
        scheduled("2019-02-20", "2019-03-20"),
        lifted("2019-02-25"),
    ):
        story.tell(step)
        next_date = story.tenancy.episodes[-1].next_date
        dates.append(next_date and date.fromordinal(next_date))
    assert dates == [date(2019, 2, 1), None, date(2019, 3, 20), date(2019, 2, 1)]
