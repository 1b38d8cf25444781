"""A lease for a fixed time: who is reminded when, and what settles it."""

from datetime import date

import pytest

from chassis.outputs import Cancel, Later
from notifications import messages as m
from notifications.domain.leases import ahead, points
from notifications.domain.tenancy import alert_id
from notifications.domain.words import sentence
from notifications.projection import project
from notifications.translation import thresholds
from tests.unit.notifications.given import (
    FIRST_RENT,
    KEY,
    TENANCY,
    Story,
    closed,
    ended,
    invoice,
    on,
    renewed,
    started,
)

ENDS = "2022-02-28"


def timers(story: Story) -> dict[str, str]:
    """By name, when each that stands is due, as the timers' store would keep them."""
    found: dict[str, str] = {}
    for output in story.outputs:
        if isinstance(output, Later) and output.name.startswith("lease:"):
            found[output.name] = output.at.isoformat()
        elif isinstance(output, Cancel):
            found.pop(output.name, None)
    return found


def leased(until: str = ENDS, today: str = "2019-03-01") -> Story:
    return Story().at(f"{today}T09:00").tell(started(started_on=on("2019-03-01"), lease_ends_on=on(until)))


def comes(story: Story, point: str, day: str, until: str = ENDS) -> Story:
    return story.at(f"{day}T08:00").tell(m.LeaseRunsOut(point=point, ends_on=on(until)))  # type: ignore[arg-type]


def test_each_point_has_its_timer_on_a_working_morning_summer_and_winter():
    assert timers(leased()) == {
        "lease:review": "2021-05-28T08:00:00+02:00",
        "lease:decision": "2021-08-30T08:00:00+02:00",
        "lease:notice": "2021-11-29T08:00:00+01:00",
        "lease:over": "2022-02-28T08:00:00+01:00",
        "lease:alarm": "2022-04-29T08:00:00+02:00",
    }


@pytest.mark.parametrize(
    ("until", "point", "at"),
    [
        ("2022-01-15", "lease:review", "2021-04-15T08:00:00+02:00"),
        ("2022-01-17", "lease:over", "2022-01-17T08:00:00+01:00"),
        ("2022-04-14", "lease:over", "2022-04-19T08:00:00+02:00"),  # skjærtorsdag
        ("2022-05-17", "lease:over", "2022-05-18T08:00:00+02:00"),
        ("2021-12-25", "lease:over", "2021-12-27T08:00:00+01:00"),
        ("2021-03-28", "lease:over", "2021-03-29T08:00:00+02:00"),  # summer time begins
        ("2021-10-31", "lease:over", "2021-11-01T08:00:00+01:00"),  # and ends
        ("2021-11-30", "lease:review", "2021-03-01T08:00:00+01:00"),  # the last of February, a Sunday
        ("2021-05-31", "lease:notice", "2021-03-01T08:00:00+01:00"),
    ],
)
def test_a_point_on_a_day_off_waits_for_the_next_working_day(until, point, at):
    assert timers(leased(until))[point] == at


def test_a_last_day_that_is_put_right_moves_every_timer_and_one_that_is_not_moves_none():
    changed = m.TenancyChanged(lease_ends_on=on("2021-12-31"), rent_ore=900000)
    story = leased().tell(changed)

    assert timers(story) == timers(leased("2021-12-31"))
    assert (story.tenancy.lease_ends_on, story.tenancy.rent_ore) == (on("2021-12-31"), 900000)
    before = len(story.outputs)
    assert len(story.tell(changed).outputs) == before


@pytest.mark.parametrize(("day", "left"), [("2021-05-28", 5), ("2021-05-29", 5), ("2022-04-29", 1), ("2022-05-27", 1)])
def test_what_is_past_is_told_of_by_its_newest_point_alone(day, left):
    assert len(ahead(on(ENDS), on(day), thresholds())) == left


@pytest.mark.parametrize(("day", "reminds"), [("2022-05-27", True), ("2022-05-28", False)])
def test_a_lease_that_has_gone_over_into_one_without_end_reminds_of_nothing(day, reminds):
    assert bool(ahead(on(ENDS), on(day), thresholds())) == reminds


def test_the_alarm_comes_a_month_before_the_lease_goes_over():
    assert points(on(ENDS), thresholds())[-1].on == date(2022, 4, 29)


def test_a_point_raises_an_alert_of_its_own_kind_beside_one_of_arrears():
    story = leased().tell(*FIRST_RENT, invoice("a", "2021-05-03"), closed("2021-05-20"))
    comes(story, "review", "2021-05-28")
    raised = story.sent(m.AlertRaised)
    assert [(each.kind, each.level, each.episode) for each in raised] == [("arrears", 2, 1), ("lease", 2, 2)]
    rows = project(KEY, "3427", story.tenancy)["alerts"]
    assert [(row["kind"], row["next_date"]) for row in rows][1] == ("lease", on(ENDS))
    assert story.tenancy.level == 2
    assert story.alert.kind == "arrears"


def test_the_arrears_go_on_while_a_lease_runs_out():
    story = comes(leased().tell(*FIRST_RENT), "review", "2021-05-28")
    story.tell(invoice("a", "2021-06-01"), closed("2021-06-20"))
    assert (story.rules, [each.kind for each in story.tenancy.episodes]) == ({"E1"}, ["lease", "arrears"])


def test_each_point_is_to_be_seen_anew_and_weighs_more_the_nearer_it_is():
    story = comes(leased(), "review", "2021-05-28")
    lease = story.tenancy.lease
    assert lease
    story.tell(m.AcknowledgeAlert(alert_id=alert_id(TENANCY, 1), version=lease.version, by="kari"))
    assert story.tenancy.lease
    assert story.tenancy.lease.acknowledged_by == "kari"
    levels = []
    for point, day in (("decision", "2021-08-30"), ("notice", "2021-11-29"), ("over", ENDS), ("alarm", "2022-04-29")):
        comes(story, point, day)
        assert story.tenancy.lease.acknowledged_by is None
        levels.append(story.tenancy.lease.level)
    assert levels == [2, 3, 3, 4]
    assert len(story.tenancy.episodes) == 1


def test_a_renewal_closes_the_alert_and_moves_the_timers():
    story = comes(leased(), "decision", "2021-08-30").at("2021-09-15T10:00").tell(renewed("2021-09-15", "2025-02-28"))
    assert [each.resolution for each in story.sent(m.AlertResolved)] == ["renewed"]
    assert timers(story)["lease:over"] == "2025-02-28T08:00:00+01:00"
    assert comes(story, "notice", "2021-11-29").tenancy.lease is None


def test_a_renewal_without_end_takes_the_timers_away():
    assert timers(leased().tell(renewed("2021-09-15"))) == {}


def test_an_end_closes_the_alert_and_takes_the_timers_away():
    story = comes(leased(), "over", ENDS).tell(ended("2022-03-31"))
    assert [each.resolution for each in story.sent(m.AlertResolved)] == ["ended"]
    assert timers(story) == {}
    assert comes(story, "alarm", "2022-04-29").tenancy.lease is None


def test_a_lease_without_end_has_no_timers():
    assert timers(Story().tell(started())) == {}


@pytest.mark.parametrize(
    ("point", "text"),
    [
        ("review", "Leieavtalen går ut 28. februar 2022: vurder behovet, og om leietakeren kan eie."),
        ("over", "Leieavtalen gikk ut 28. februar 2022, og verken forlengelse eller utflytting er registrert."),
    ],
)
def test_a_point_says_what_is_to_be_done(point, text):
    lease = comes(leased(), point, "2021-05-28").tenancy.lease
    assert lease
    (reason,) = lease.reasons
    assert sentence(reason.rule, reason.figures) == text
