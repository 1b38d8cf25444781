"""Thresholds are tried on a tenancy's own past, and activated by a person. Rent is due on the 15th of January 2019."""

from dataclasses import replace
from typing import Any

import pytest

from chassis.errors import Reject
from chassis.outputs import Key
from chassis.testing import decide
from notifications import messages as m
from notifications.domain.municipality import Municipality, Rehearsal, municipality_id
from notifications.domain.policy import Policy, Version
from notifications.domain.rehearsal import Moved, compared, rejudged
from notifications.domain.thresholds import Thresholds
from notifications.domain.tunables import TUNABLES
from notifications.gateway.activated import version_of
from notifications.handlers import HANDLERS
from notifications.translation import policies, thresholds
from tests.unit.notifications.given import (
    SOME_TIME,
    TENANCY,
    Story,
    closed,
    invoice,
    notice,
    on,
    paid_months,
    payment,
    started,
    told,
)

HOME = Key("municipality", municipality_id("3427"))
FIRST, LAST = on("2019-01-01").toordinal(), on("2019-12-31").toordinal()


def policy(**changes: int) -> Policy:
    return Policy((Version(0, replace(thresholds(), **changes)),))


def differences(story: Story, **changes: int) -> tuple[Moved, ...]:
    return compared(story.tenancy, policy(), policy(**changes), FIRST, LAST).moved


def day(text: str) -> int:
    return on(text).toordinal()


UNPAID = told(started(), invoice("a", "2019-01-15"), *(closed(f"2019-01-{n}") for n in range(16, 29)))


def test_the_past_judged_by_the_same_thresholds_is_as_it_was():
    story = told(
        started(),
        *paid_months(6, late=9),
        *(closed(f"2019-01-{n}") for n in range(16, 32)),
        invoice("b", "2019-02-15"),
        *(closed(f"2019-03-{n:02}") for n in range(1, 20)),
        notice("2019-03-20", "2019-04-03"),
        *(closed(f"2019-03-{n}") for n in range(20, 26)),
        payment("p", "2019-03-26"),
        *(closed(f"2019-03-{n}") for n in range(26, 32)),
    )
    again = rejudged(story.tenancy, policy(), FIRST - 365, LAST)
    alerts = [[(e.raised, e.peak, e.resolved) for e in each if e.is_alert] for each in (story.tenancy.episodes, again)]
    assert alerts[0] == alerts[1] != []


def test_a_sooner_threshold_moves_an_alert():
    moved = Moved("moves", day("2019-01-23"), day("2019-01-20"), 2, 2)
    assert differences(UNPAID, e1_days=5, e5_days=20) == (moved,)


def test_a_later_threshold_lets_one_vanish():
    assert [each.what for each in differences(UNPAID, e1_days=30, e5_days=30)] == ["vanishes"]


def test_an_alert_that_today_s_thresholds_never_raised_appears():
    paid = [*paid_months(6, late=1), invoice("b", "2019-02-15"), *(closed(f"2019-02-{n}") for n in range(16, 22))]
    story = told(started(), *paid, payment("p", "2019-02-21"), closed("2019-02-22"))
    (found,) = differences(story, e1_days=4, e1_after_habit=1)
    assert (found.what, found.before, found.peak_after) == ("appears", 0, 2)


def test_the_same_thresholds_change_nothing_and_both_ways_are_counted():
    found = compared(UNPAID.tenancy, policy(), policy(), FIRST, LAST)
    assert (found.before, found.after, found.moved) == (1, 1, ())


def test_an_alert_from_before_the_window_is_not_counted():
    assert compared(UNPAID.tenancy, policy(), policy(), day("2019-02-01"), LAST).before == 0


def test_a_line_counts_from_its_own_date():
    """The payment that came on the 24th is not known on the 23rd, although the ledger holds it now."""
    story = told(started(), invoice("a", "2019-01-15"), payment("p", "2019-01-24"), closed("2019-01-23"))
    assert [each.raised for each in rejudged(story.tenancy, policy(), FIRST, LAST)] == [day("2019-01-23")]


def command(**numbers: int) -> m.RehearseThresholds:
    given = tuple(m.Threshold(name=name, value=value) for name, value in numbers.items())
    return m.RehearseThresholds(numbers=given, total=40, version=0, by="lea")


def at_home(state: Municipality | None, body: Any) -> Municipality:
    made: Municipality = decide(HANDLERS, {HOME: state}, HOME.id, body).states[HOME]
    return made


def refusal(state: Municipality | None, body: Any) -> tuple[str, int]:
    with pytest.raises(Reject) as refused:
        at_home(state, body)
    return refused.value.code, refused.value.status


def noted(done: int, *whats: str) -> m.NoteRehearsal:
    days = {"before": 1, "after": 2, "peak_before": 2, "peak_after": 2}
    found = tuple(m.RehearsedAlert(tenancy=TENANCY, what=what, **days) for what in whats)  # type: ignore[arg-type]
    return m.NoteRehearsal(rehearsal=1, done=done, before=3, after=4, found=found)


def rehearsed() -> Municipality:
    return at_home(at_home(None, command(e1_days=6)), noted(40, "appears"))


def activation(**changes: Any) -> m.ActivateThresholds:
    tomorrow = SOME_TIME.date().replace(day=SOME_TIME.day + 1)
    return m.ActivateThresholds(**{"rehearsal": 1, "active_from": tomorrow, "version": 1, "by": "lea", **changes})


def test_what_differs_is_rehearsed():
    state = at_home(None, command(e1_days=6, s1_days=thresholds().s1_days))
    assert state.rehearsal == Rehearsal(1, (("e1_days", 6),), "lea", SOME_TIME, 40, noted_at=SOME_TIME)  # type: ignore[arg-type]


def test_how_far_it_has_come_adds_up_and_counts_once():
    state = at_home(at_home(None, command(e1_days=6)), noted(25, "appears", "moves"))
    state = at_home(at_home(state, noted(25, "appears")), noted(40, "vanishes"))
    found = state.rehearsal
    assert found
    assert (found.done, found.finished, found.before, found.after) == (40, True, 6, 8)
    assert (found.appear, found.vanish, found.move) == (1, 1, 1)


def test_a_note_of_an_earlier_rehearsal_changes_nothing():
    state = at_home(None, command(e1_days=6))
    state = at_home(state, command(e1_days=5).model_copy(update={"version": 1}))
    assert at_home(state, noted(25, "appears")) == state


@pytest.mark.parametrize(
    ("numbers", "code"),
    [
        ({"e1_days": 8}, "nothing_changed"),
        ({"tolerance_ore": 1}, "no_such_threshold"),
        ({"e1_days": 1}, "out_of_bounds"),
        ({"e1_days": 61}, "out_of_bounds"),
    ],
)
def test_numbers_that_cannot_be_meant_are_refused(numbers, code):
    assert refusal(None, command(**numbers)) == (code, 422)


def test_what_was_rehearsed_is_activated_with_who_and_when():
    (activated,) = at_home(rehearsed(), activation()).activated
    assert (activated.version, activated.by, activated.at) == ("3427-1", "lea", SOME_TIME)
    assert dict(activated.changed) == {"e1_days": 6}
    assert dict(activated.numbers)["s1_days"] == thresholds().s1_days


def test_a_change_that_is_not_rehearsed_to_its_end_is_not_activated():
    assert refusal(at_home(None, command(e1_days=6)), activation()) == ("not_rehearsed", 409)
    assert refusal(None, activation(version=0)) == ("not_rehearsed", 409)


def test_a_day_that_may_be_judged_already_is_refused():
    assert refusal(rehearsed(), activation(active_from=SOME_TIME.date())) == ("too_early", 422)


def test_a_form_from_an_older_page_changes_nothing():
    assert refusal(rehearsed(), activation(version=0)) == ("changed_meanwhile", 409)
    assert refusal(rehearsed(), command(e1_days=5)) == ("changed_meanwhile", 409)


def test_an_activated_version_judges_from_its_first_day():
    (activated,) = at_home(rehearsed(), activation()).activated
    judging = policies()
    limits = version_of(dict(activated.numbers), activated.version, judging.filed("3427").newest)
    judging.activate("3427", [Version(activated.active_from.toordinal(), limits)])
    first = activated.active_from.toordinal()
    days = [judging.of("3427").limits(each) for each in (first - 1, first)]
    assert [(each.version, each.e1_days) for each in days] == [(thresholds().version, 8), ("3427-1", 6)]
    assert judging.of("5027").limits(first).e1_days == 8


def test_a_number_that_an_old_version_lacks_is_the_files_and_one_that_is_gone_is_left_out():
    limits = version_of({"e1_days": 6, "gone": 1}, "3427-1", thresholds())
    assert limits == replace(thresholds(), e1_days=6, version="3427-1")


def test_what_may_be_changed_is_a_threshold_within_its_own_bounds():
    for name, tunable in TUNABLES.items():
        assert tunable.least <= getattr(thresholds(), name) <= tunable.most
        assert name in Thresholds.__slots__
