"""The message ladder of early-warning.md §7.7: who is told when, in working hours and on working days."""

import pytest

from notifications import messages as m
from notifications.domain.staff import Register
from tests.unit.notifications.given import notice, payment, requested
from tests.unit.notifications.staffed import (
    ALERT,
    KARI,
    LISE,
    OLA,
    REGISTER,
    acute,
    away,
    early,
    events,
    in_digests,
    on_alert,
    receivers,
    serious,
)


def test_an_alert_is_its_tenancys_caseworkers_as_soon_as_it_is_raised():
    story = serious("2019-05-02T10:00").step()
    assert (story.alert.care.owner, story.alert.care.basis) == ("kari", "tenancy")
    assert events(story, m.AlertAssigned) == [m.AlertAssigned(alert_id=ALERT, assigned_to="kari", basis="tenancy")]


def test_without_a_caseworker_it_is_the_areas():
    story = serious("2019-05-02T10:00").tell(m.TenancyAssigned(area="sør")).step()
    assert (story.alert.care.owner, story.alert.care.basis) == ("ola", "area")


def test_with_neither_it_is_the_fallbacks_and_says_so():
    story = serious("2019-05-02T10:00").tell(m.TenancyAssigned()).step()
    assert (story.alert.care.owner, story.alert.care.basis) == ("fallback", "fallback")
    assert events(story, m.AlertAssigned)[-1].basis == "fallback"


def test_before_anybody_was_found_it_has_an_owner_and_a_next_step_already():
    story = serious("2019-05-02T10:00")
    assert (story.alert.care.owner, story.coming) == ("fallback", ("assign", "Thu 2019-05-02 10:00"))


def test_an_early_alert_goes_with_the_morning_mail():
    story = early("2019-05-02T10:00").step(2)
    assert (in_digests(story), receivers(story)) == ([("fresh", "kari")], [])


@pytest.mark.parametrize(
    ("raised", "told"),
    [
        ("2019-05-02T10:00", "Thu 2019-05-02 10:00"),
        ("2019-05-02T07:59", "Thu 2019-05-02 08:00"),
        ("2019-05-02T15:29", "Thu 2019-05-02 15:29"),
        ("2019-05-02T15:30", "Fri 2019-05-03 08:00"),
        ("2019-05-03T16:00", "Mon 2019-05-06 08:00"),
        ("2019-05-16T16:00", "Mon 2019-05-20 08:00"),  # 17 May is a Friday
        ("2019-04-17T16:00", "Tue 2019-04-23 08:00"),  # Easter
        ("2019-12-23T16:00", "Fri 2019-12-27 08:00"),  # Christmas Eve is no working day
        ("2019-12-30T16:00", "Thu 2020-01-02 08:00"),
    ],
)
def test_a_serious_alert_is_told_of_now_in_working_hours_and_else_when_the_next_working_day_begins(raised, told):
    story = serious(raised).step()
    assert story.coming == ("told", told)


LADDER_OF_ALVORLIG = [
    ("told", "Thu 2019-05-02 10:00"),
    ("reminder", "Fri 2019-05-03 10:00"),
    ("substitute", "Mon 2019-05-06 10:00"),
    ("leader", "Tue 2019-05-07 10:00"),
    ("listed", "Tue 2019-05-14 10:00"),
    ("listed", "Wed 2019-05-22 10:00"),  # 17 May lies between
]


def test_a_serious_alert_that_nobody_acknowledges_goes_to_the_owner_the_substitute_and_the_leader():
    story, comings = serious("2019-05-02T10:00").step(), []
    for _ in LADDER_OF_ALVORLIG:
        comings.append(story.coming)
        story.step()
    assert comings == LADDER_OF_ALVORLIG
    assert receivers(story) == [("told", "kari"), ("reminder", "kari"), ("substitute", "ola"), ("leader", "lise")]
    assert in_digests(story) == [("waiting", "lise"), ("waiting", "lise")]
    assert [e.step for e in events(story, m.AlertEscalated)] == ["reminder", "substitute", "leader"]


def test_an_early_alert_that_nobody_acknowledges_becomes_the_message_of_alvorlig_after_five_days_at_its_own_level():
    story, comings = early("2019-05-02T10:00").step(), []
    for _ in range(6):
        comings.append(story.coming)
        story.step()
    assert comings == [
        ("told", "Thu 2019-05-02 10:00"),
        ("reminder", "Wed 2019-05-08 08:00"),
        ("S5", "Fri 2019-05-10 08:00"),
        ("substitute", "Tue 2019-05-14 08:00"),
        ("leader", "Wed 2019-05-15 08:00"),
        ("listed", "Thu 2019-05-23 08:00"),
    ]
    assert receivers(story) == [("reminder", "kari"), ("S5", "kari"), ("substitute", "ola"), ("leader", "lise")]
    assert story.alert.level == 2
    assert {e.level for e in events(story, m.AlertEscalated)} == {2}


def test_an_acute_alert_goes_to_the_leader_at_once_to_all_by_phone_after_four_working_hours_and_then_to_the_fallback():
    story, comings = acute("2019-05-02T13:30").step(), []
    for _ in range(4):
        comings.append(story.coming)
        story.step()
    assert comings == [
        ("told", "Thu 2019-05-02 13:30"),
        ("phone", "Fri 2019-05-03 10:00"),
        ("fallback", "Fri 2019-05-03 13:30"),
        ("listed", "Mon 2019-05-06 13:30"),
    ]
    assert receivers(story) == [
        *(("told", "kari"), ("told", "lise")),
        *(("phone", "kari"), ("phone", "ola"), ("phone", "lise")),
        ("fallback", "fallback"),
    ]


def test_the_ladder_has_an_end_but_never_no_next_step():
    story = acute("2019-05-02T10:00").step(30)
    assert story.alert.care.next is not None
    assert len(receivers(story)) == 6


def test_the_messages_of_an_owner_who_is_away_go_to_the_substitute_and_the_owner_stays():
    register = Register((away(KARI, "2019-05-02", "2019-05-10"), OLA, LISE))
    story = serious("2019-05-02T10:00", register).step(2)
    assert (story.alert.care.owner, receivers(story)) == ("kari", [("told", "ola")])


def test_where_the_substitute_is_away_too_the_leader_gets_them():
    register = Register((away(KARI, "2019-05-02", "2019-05-10"), away(OLA, "2019-05-02", "2019-05-02"), LISE))
    assert receivers(serious("2019-05-02T10:00", register).step(2)) == [("told", "lise")]


def test_where_everybody_is_away_the_fallback_gets_them():
    register = Register(tuple(away(each, "2019-05-01", "2019-05-10") for each in (KARI, OLA, LISE)))
    assert receivers(serious("2019-05-02T10:00", register).step(2)) == [("told", "fallback")]


@pytest.mark.parametrize(("last", "to"), [("2019-05-01", "kari"), ("2019-05-02", "ola"), ("2019-05-03", "ola")])
def test_the_last_day_away_is_a_day_away(last, to):
    register = Register((away(KARI, "2019-05-01", last), OLA, LISE))
    assert receivers(serious("2019-05-02T10:00", register).step(2)) == [("told", to)]


@pytest.mark.parametrize(
    ("alert", "days", "reopens"),
    [(early, 10, "Thu 2019-05-16 10:00"), (serious, 5, "Thu 2019-05-09 10:00"), (acute, 1, "Fri 2019-05-03 10:00")],
)
def test_an_acknowledged_alert_about_which_nothing_is_done_is_open_again(alert, days, reopens):
    story = alert("2019-05-02T10:00").step(2)
    story.tell(on_alert(story, m.AcknowledgeAlert))
    assert story.coming == ("reopen", reopens)
    story.step()
    assert story.alert.acknowledged_by is None
    assert events(story, m.AlertEscalated)[-1].step == "reopened"


def test_of_an_alert_that_is_open_again_all_are_told_anew():
    story = serious("2019-05-02T10:00").step(2)
    story.tell(on_alert(story, m.AcknowledgeAlert)).step(3)
    assert receivers(story) == [("told", "kari"), ("told", "kari")]
    assert len({call.key for call in story.calls}) == 2


def test_what_is_acknowledged_is_told_to_nobody_else():
    story = serious("2019-05-02T10:00").step(2)
    story.tell(on_alert(story, m.AcknowledgeAlert))
    assert story.coming[0] == "reopen"
    assert receivers(story) == [("told", "kari")]


def test_a_step_that_was_given_up_does_nothing_when_its_timer_comes_after_all():
    story = serious("2019-05-02T10:00").step(2)
    given_up = m.CareDue(episode=1, serial=story.alert.care.serial)
    story.tell(on_alert(story, m.AcknowledgeAlert))
    before = story.state
    assert story.tell(given_up).state == before


def test_a_higher_level_begins_its_own_ladder_at_once():
    story = early("2019-05-02T10:00").step(3).at("2019-05-09T12:00")
    story.tell(notice("2019-05-09", "2019-05-24")).step(2)
    assert receivers(story)[-1] == ("told", "kari")
    assert story.coming == ("reminder", "Fri 2019-05-10 12:00")
    story.tell(requested("2019-05-09")).step(2)
    assert receivers(story)[-2:] == [("told", "kari"), ("told", "lise")]


def test_a_solved_alert_is_told_of_in_the_morning_mail_and_has_no_next_step():
    story = serious("2019-05-02T10:00").step(2).tell(payment("p", "2019-05-02"))
    assert story.tenancy.open is None
    assert in_digests(story) == [("solved", "kari")]


def test_without_a_register_all_goes_to_the_one_address_at_any_hour():
    story = early("2019-05-05T23:00", None)  # a Sunday night
    story.step(2)
    assert receivers(story) == [("told", "fallback")]
    story.step(6)
    steps = ["told", "reminder", "S5", "substitute", "leader"]
    assert receivers(story) == [(step, "fallback") for step in steps]
    assert in_digests(story) == []


def test_an_owner_who_has_left_the_register_is_replaced_when_the_alert_is_open_again():
    story = serious("2019-05-02T10:00").step(2)
    story.tell(on_alert(story, m.AssignAlert, to="ola"))
    story.tell(on_alert(story, m.AcknowledgeAlert))
    story.register = Register((KARI, LISE), "felles@kommune.example", version=2)
    story.step(3)
    assert (story.alert.care.owner, story.alert.care.basis) == ("kari", "tenancy")
    assert receivers(story)[-1] == ("told", "kari")


@pytest.mark.parametrize("register", [REGISTER, None])
def test_the_auditor_mends_an_alert_whose_next_step_was_lost(register):
    story = serious("2019-05-02T10:00", register).step(3)
    lost = m.CareDue(episode=1, serial=story.alert.care.serial)
    coming = story.coming
    story.tell(m.MendCare())
    assert story.coming == coming
    before = story.state
    assert story.tell(lost).state == before
