"""The legal clocks, on both sides of weekends, Easter, 17 May, Christmas and both changes of the clock."""

from datetime import date

import pytest

from notifications.domain.deadlines import Deadlines, deadlines, earliest_request, nav_until
from notifications.handlers.lines import norwegian_bank_day


def on(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("last", "first"),
    [
        ("2019-03-04", "2019-03-05"),
        ("2019-03-01", "2019-03-04"),
        ("2019-04-17", "2019-04-23"),
        ("2019-05-16", "2019-05-20"),
        ("2019-12-24", "2019-12-27"),
    ],
)
def test_eviction_may_be_requested_from_the_first_working_day_after(last, first):
    assert earliest_request(on(last), norwegian_bank_day) == on(first)


@pytest.mark.parametrize(
    ("received", "last"),
    [
        ("2019-02-18", "2019-03-04"),  # a Monday two weeks later
        ("2019-02-15", "2019-03-01"),  # a Friday
        ("2019-02-16", "2019-03-04"),  # a Saturday becomes the Monday
        ("2019-02-17", "2019-03-04"),  # a Sunday too
        ("2019-04-03", "2019-04-17"),  # the Wednesday before Easter
        ("2019-04-04", "2019-04-23"),  # Maundy Thursday becomes the Tuesday after Easter Monday
        ("2019-05-02", "2019-05-16"),
        ("2019-05-03", "2019-05-20"),  # 17 May, a Friday, becomes the Monday
        ("2019-12-10", "2019-12-24"),  # Christmas Eve is a working day by law
        ("2019-12-11", "2019-12-27"),  # Christmas Day, the day after, then a Friday
        ("2019-12-18", "2020-01-02"),  # New Year's Day
        ("2019-03-17", "2019-04-01"),  # the clock goes forward on 31 March, a Sunday
        ("2019-10-13", "2019-10-28"),  # and back on 27 October
        ("2019-10-14", "2019-10-28"),
    ],
)
def test_nav_has_two_weeks_from_its_receipt_to_a_working_day(received, last):
    assert nav_until(on(received), norwegian_bank_day) == on(last)


def test_the_request_waits_for_both_clocks():
    found = deadlines(on("2019-03-04"), on("2019-02-21"), norwegian_bank_day)
    assert found == Deadlines(on("2019-03-04"), on("2019-03-05"), on("2019-03-07"), on("2019-03-08"))
    early = deadlines(on("2019-03-04"), on("2019-02-11"), norwegian_bank_day)
    assert early.request_from == early.earliest_request == on("2019-03-05")


def test_without_a_notice_that_runs_only_navs_clock_can():
    assert deadlines(None, None, norwegian_bank_day) == Deadlines()
    assert deadlines(None, on("2019-05-02"), norwegian_bank_day) == Deadlines(nav_until=on("2019-05-16"))
