from datetime import UTC, datetime, timedelta

from chassis.clock import Clock

STARTED = datetime(2030, 1, 1, tzinfo=UTC)
SHOWN = datetime(2019, 5, 2, 9, tzinfo=UTC)


def test_a_clock_left_alone_shows_the_machines_time():
    assert Clock(machine=lambda: STARTED).now() == STARTED
    assert abs(Clock().now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_a_moved_clock_starts_where_it_is_set_and_runs_as_fast_as_told():
    machine = [STARTED]
    clock = Clock(SHOWN, speed=60, machine=lambda: machine[0])
    machine[0] += timedelta(seconds=30)

    assert clock.now() == SHOWN + timedelta(minutes=30)


def test_clocks_of_processes_started_at_different_times_agree_when_told_since_when():
    clocks = [Clock(SHOWN, 60, STARTED, machine=lambda: STARTED + timedelta(minutes=1)) for _ in range(2)]

    assert {clock.now() for clock in clocks} == {SHOWN + timedelta(hours=1)}


def test_a_clock_always_has_a_zone():
    assert Clock(SHOWN).now().utcoffset() == timedelta(0)
