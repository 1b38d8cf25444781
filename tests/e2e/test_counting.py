"""The ledger that counts sees what it is there to see: each sort of fault planted in made-up records, and no other."""

import ast
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from tests.e2e import counting
from tests.e2e.counting import Count, Money, Seen

LINES = [Seen("arrears.v1", 2, "/intake", "a", f"a{n}", n, f"fact {n}") for n in range(1, 6)]
OTHERS = [Seen("arrears.v1", 2, "/intake", "b", f"b{n}", n, f"fact {n}") for n in range(1, 4)]
RECORDS = [*LINES[:2], *OTHERS[:1], *LINES[2:], *OTHERS[1:]]
FACTS = {("arrears.v1", key): [f"fact {n}" for n in range(1, last + 1)] for key, last in (("a", 5), ("b", 3))}
JANUARY, FEBRUARY = date(2019, 1, 31), date(2019, 2, 28)
LEDGER = (700_001, date(2019, 1, 15)), (-300_002, date(2019, 1, 20)), (700_003, date(2019, 2, 15))
ACCOUNT = {"a": [Money(ore, day) for ore, day in LEDGER]}
BALANCES = {("a", JANUARY): 399_999, ("a", FEBRUARY): 1_100_002}
ACCEPTS = [{"what": "accepted", "key": f"k{n}", "referral": f"r{n}", "revision": 1} for n in range(3)]


def both(records: list[Seen]) -> Count:
    return counting.on_the_wire(records) + counting.facts(FACTS, records)


def test_nothing_is_found_where_all_is_well():
    assert both(RECORDS).findings == []


def test_a_record_that_comes_again_with_its_id_is_no_fault():
    assert both([*RECORDS, LINES[1], LINES[4], OTHERS[0]]).findings == []


def test_a_number_that_an_event_has_when_it_comes_again_is_lacking_nowhere():
    """As after a restore: a3 is sent anew above what had been sent, and the rest goes on from there."""
    later = [replace(line, sequence=line.sequence + 1) for line in LINES[2:]]
    assert both([*LINES[:3], *later, *OTHERS]).findings == []
    assert both([*LINES[:3], *later[1:], *OTHERS]).numbers == (1, 0, 0, 0)


@pytest.mark.parametrize(
    ("records", "numbers"),
    [
        ([r for r in RECORDS if r.id != "a3"], (2, 0, 0, 0)),
        ([r for r in RECORDS if r.id != "a5"], (1, 0, 0, 0)),
        ([*RECORDS, replace(LINES[1], id="again", sequence=6)], (0, 1, 0, 0)),
        ([*RECORDS, replace(LINES[4], id="again")], (0, 2, 0, 0)),
        ([LINES[0], LINES[2], LINES[1], *LINES[3:], *OTHERS], (0, 0, 3, 0)),
        ([*RECORDS[:-1], replace(RECORDS[-1], partition=3)], (0, 0, 1, 0)),
    ],
    ids=["lost", "the last lost", "doubled", "doubled with its number", "reordered", "other partition"],
)
def test_a_fault_on_the_wire_is_seen_and_named_for_what_it_is(records, numbers):
    assert both(records).numbers == numbers


def test_a_repeated_record_counts_where_it_came_first():
    early = [LINES[0], LINES[2], LINES[1], LINES[2], *LINES[3:], *OTHERS]
    late = [LINES[0], LINES[1], LINES[0], *LINES[2:], *OTHERS]
    assert both(early).reordered
    assert not both(late).findings


@pytest.mark.parametrize(
    ("shown", "numbers"),
    [
        (BALANCES, (0, 0, 0, 0)),
        (BALANCES | {("a", FEBRUARY): 1_100_002 - 700_003}, (1, 0, 0, 0)),
        (BALANCES | {("a", FEBRUARY): 1_100_002 + 700_003}, (0, 1, 0, 0)),
        (BALANCES | {("a", FEBRUARY): 1_100_002 - 300_002}, (0, 1, 0, 0)),
        ({("a", JANUARY): 399_999}, (1, 0, 0, 0)),
        (BALANCES | {("a", date(2019, 3, 31)): 1_100_002}, (0, 1, 0, 0)),
    ],
    ids=["well", "invoice lost", "invoice doubled", "payment doubled", "close lost", "close of nobody's"],
)
def test_money_that_is_lost_or_doubled_is_seen_on_the_states(shown, numbers):
    assert counting.money(ACCOUNT, [JANUARY, FEBRUARY], shown).numbers == numbers


def test_an_earlier_word_that_stands_last_is_reordered():
    assert counting.last_words({"a": 3}, {"a": 2}, {"a": [1, 2]}).numbers == (0, 0, 1, 0)
    assert counting.last_words({"a": 3}, {}, {}).numbers == (1, 0, 0, 0)
    assert counting.last_words({"a": 3}, {"a": 3}, {"a": [1, 2]}).findings == []


@pytest.mark.parametrize(
    ("record", "numbers"),
    [
        (ACCEPTS, (0, 0, 0, 0)),
        (ACCEPTS[1:], (1, 0, 0, 0)),
        ([*ACCEPTS, ACCEPTS[0]], (0, 2, 0, 0)),
        ([*ACCEPTS, ACCEPTS[0] | {"key": "other"}], (0, 1, 0, 0)),
        ([*ACCEPTS, {"what": "conflict", "key": "k1"}], (0, 1, 0, 0)),
        ([ACCEPTS[0] | {"revision": 2, "key": "k9"}, *ACCEPTS], (0, 1, 1, 0)),
        ([*ACCEPTS, {"what": "repeated", "key": "k1"}], (0, 0, 0, 0)),
    ],
    ids=["well", "lost", "same key twice", "other key", "other body", "older revision last", "asked again"],
)
def test_a_fault_in_navs_record_is_seen(record, numbers):
    assert counting.nav(record, ["r0", "r1", "r2"]).numbers == numbers


def test_what_waits_is_stuck():
    assert counting.waits({"outbox": 2, "calls": 0}).numbers == (0, 0, 0, 2)


def test_the_ledger_imports_the_standard_library_alone():
    tree = ast.parse(Path(counting.__file__).read_text(encoding="utf-8"))
    imported = {n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    imported |= {alias.name for n in ast.walk(tree) if isinstance(n, ast.Import) for alias in n.names}
    assert {str(name).partition(".")[0] for name in imported} <= sys.stdlib_module_names
