"""What `make prove` reckons with, by itself."""

import random
from collections import Counter, defaultdict

import pytest

from demo.local.places import ROOT
from tests.e2e import counting
from tests.prove import parts
from tests.prove.faults import KINDS, schedule
from tests.prove.figures import bound, line, percentile
from tests.prove.guards import removed
from tests.prove.load import Amount, entered
from tests.prove.parts.heartbeats import NO_WATCHDOG
from tests.prove.parts.soak import grows
from tests.prove.versions import Change, copy


def test_every_part_is_found_by_its_name():
    assert {"faults", "guards", "heartbeats", "lines", "restore", "soak"} <= set(parts.names())
    assert all(callable(parts.part(name)) for name in parts.names())


def test_a_seed_gives_one_schedule_with_as_many_of_each_kind():
    given = schedule(7, 10 * len(KINDS))
    assert given == schedule(7, 10 * len(KINDS)) != schedule(8, 10 * len(KINDS))
    assert {kind: sum(one.kind == kind for one in given) for kind in KINDS} == dict.fromkeys(KINDS, 10)
    assert all(KINDS[one.kind].seconds[0] <= one.seconds <= KINDS[one.kind].seconds[1] for one in given)


def test_a_percentile_is_a_value_that_was_measured():
    assert [percentile([5, 1, 3, 2, 4], share) for share in (0.5, 0.99, 0.2)] == [3, 5, 1]


def test_nothing_seen_bounds_a_share_by_three_in_so_many():
    assert bound(50_000) == "< 6.0e-05"


@pytest.mark.parametrize(("per_hour", "grown"), [(0.0, False), (30.0, True)])
def test_a_slope_is_told_from_noise(per_hour, grown):
    chance = random.Random(4)
    points = [(hour / 360, 100 + per_hour * hour / 360 + chance.gauss(0, 1)) for hour in range(180)]
    assert grows(line(points)) is grown


def test_of_many_lines_without_a_slope_none_is_taken_for_one_that_grows():
    chance, many = random.Random(5), 200
    noise = [[(n / 360, chance.gauss(0, 1)) for n in range(180)] for _ in range(many)]
    assert any(grows(line(points)) for points in noise)
    assert not any(grows(line(points, among=many)) for points in noise)


def test_accounts_that_end_are_of_all_ages_alike_after_as_many_months_as_one_lasts():
    of = Amount(accounts=8, months=4)
    turns = [entered(turn, of) for turn in range(20 * of.accounts)]
    for round in range(4, 20):
        now = turns[round * of.accounts : (round + 1) * of.accounts]
        assert Counter(month for _, month in now) == dict.fromkeys(range(4), 2)
    by_account = defaultdict(list)
    for number, month in turns:
        by_account[number].append(month)
    assert all(months == list(range(months[0], months[-1] + 1)) for months in by_account.values())


def test_a_random_walk_is_not_taken_for_a_line_as_surely_as_its_many_points_make_believe():
    chance, value, points = random.Random(2), 0.0, []
    for n in range(360):
        value += chance.gauss(0, 1)
        points.append((n / 720, value))
    independent = [(x, chance.gauss(0, 5)) for x, _ in points]
    assert line(points).margin > 3 * line(independent).margin


def test_a_change_whose_place_has_moved_is_an_error_and_no_whole_copy(tmp_path):
    with pytest.raises(LookupError):
        copy(tmp_path, [Change("chassis/src/chassis/store.py", "no such line", "")])


@pytest.mark.parametrize(
    ("rows", "numbers"),
    [
        ([("t", "a", 1, 1), ("t", "b", 1, 2), ("t", "a", 2, 3)], (0, 0, 0, 0)),
        ([("t", "a", 2, 1), ("t", "a", 1, 2)], (0, 0, 1, 0)),
        ([("t", "a", 1, 1), ("t", "a", 1, 2)], (0, 1, 0, 0)),
        ([("t", "a", 1, None)], (0, 0, 0, 1)),
    ],
)
def test_an_event_log_is_held_against_the_sequence_of_each_key(rows, numbers):
    assert counting.event_log(rows).numbers == numbers


def test_every_guard_that_is_to_be_taken_away_stands_where_it_is_looked_for():
    changes = [NO_WATCHDOG, *(change for several in removed.GUARDS.values() for change in several)]

    assert [c for c in changes if (ROOT / c.file).read_text(encoding="utf-8").count(c.old) != 1] == []
