"""The generator's files hold together, whatever the seed."""

import ast
import csv
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import demo.generator
from demo.generator.days import bank_day, date, holidays
from demo.generator.facts import HEADER
from demo.generator.small import small
from intake.api.applications import NewApplication
from intake.api.persons import NewPerson
from intake.domain.national_id import classify, holds_birth_number

OURS = {"chassis", "intake", "eligibility", "nav_bridge", "notifications"}
SEEDS = st.integers(min_value=0, max_value=100_000)
A_FEW = settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


def rows(lines: list[str]) -> Iterator[dict[str, str]]:
    return csv.DictReader(lines, delimiter=";")


@given(SEEDS)
@A_FEW
def test_each_file_ends_with_the_count_and_the_sum_of_its_lines(seed):
    for name, lines in small(seed).files():
        assert lines[0] == HEADER
        *facts, close = rows(lines)
        assert close["kind"] == "ledger.closed", name
        assert close["reference"] == str(len(facts))
        assert close["amount_ore"] == str(sum(int(fact["amount_ore"] or 0) for fact in facts))
        assert {fact["account"] for fact in facts} <= {close["account"]}


@given(SEEDS)
@A_FEW
def test_references_are_unique_and_amendments_name_an_earlier_line(seed):
    seen = set()
    amended = {"payment.reversed": "payment.registered"}
    for _, lines in small(seed).files():
        for fact in rows(lines[:-1]):
            if fact["amends"]:
                assert (fact["account"], amended.get(fact["kind"], "invoice.issued"), fact["amends"]) in seen
            reference = (fact["account"], fact["kind"], fact["reference"])
            assert reference not in seen
            seen.add(reference)


@given(SEEDS)
@A_FEW
def test_kids_carry_a_check_digit_and_no_line_holds_a_birth_number(seed):
    for _, lines in small(seed).files():
        for line, fact in zip(lines[1:], rows(lines), strict=True):
            digits = [int(digit) for digit in reversed(fact["kid"])]
            assert sum(sum(divmod(d * (1 + n % 2), 10)) for n, d in enumerate(digits)) % 10 == 0
            assert not holds_birth_number(line)


@given(SEEDS)
@A_FEW
def test_people_are_synthetic_unlike_each_other_and_fit_the_doors(seed):
    play = small(seed)
    numbers = [person["national_id"] for person in play.people.made]
    assert len(set(numbers)) == len(numbers)
    assert all((found := classify(number)) and found.synthetic for number in numbers)
    for field in ("name", "address", "phone", "email"):
        assert len({person[field] for person in play.people.made}) == len(numbers)
    for person in play.people.made:
        NewPerson.model_validate({name: value for name, value in person.items() if name != "kommunenummer"})
    for body in play.applications.bodies:
        NewApplication.model_validate_json(
            json.dumps({name: value for name, value in body.items() if name not in {"kommunenummer", "ref"}})
        )


@given(SEEDS)
@A_FEW
def test_a_small_run_has_every_kind_of_fate(seed):
    play = small(seed)
    assert len(play.lives) >= 40
    assert 25 <= len(play.applications.bodies) <= 35
    assert sum(life.sound for life in play.lives) >= 20
    assert {life.lease.account[:4] for life in play.lives} == {"3427", "5027"}
    hidden = [person for person in play.people.made if person["protected"]]
    expected = play.expected()["tenancies"]
    assert any(expected[contract]["episodes"] for person in hidden for contract in person["tenancies"])


def test_the_same_seed_writes_the_same_files(tmp_path):
    for folder in ("a", "b"):
        small(7).write(tmp_path / folder)
    one, other = ({p.name: p.read_bytes() for p in (tmp_path / f).rglob("*.*")} for f in ("a", "b"))
    assert one == other
    small(8).write(tmp_path / "b")
    assert one != {p.name: p.read_bytes() for p in (tmp_path / "b").rglob("*.*")}


def test_the_generator_imports_nothing_of_what_it_foretells():
    for path in Path(demo.generator.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            ours = {name.split(".")[0] for name in names} & OURS
            assert not ours, path


@pytest.mark.parametrize(
    ("day", "open_on"),
    [
        ("2016-03-24", "2016-03-29"),
        ("2019-04-18", "2019-04-23"),
        ("2012-01-01", "2012-01-02"),
        ("2018-05-17", "2018-05-18"),
        ("2016-05-14", "2016-05-18"),
        ("2014-12-25", "2014-12-29"),
    ],
)
def test_a_due_day_moves_over_weekends_and_holidays(day, open_on):
    assert bank_day(date.fromisoformat(day)) == date.fromisoformat(open_on)


def test_the_own_calendar_agrees_with_the_services():
    from notifications.handlers.lines import norwegian_bank_day  # noqa: PLC0415

    days = [date.fromordinal(n) for n in range(date(2010, 1, 1).toordinal(), date(2027, 1, 1).toordinal())]
    assert len(holidays(2016)) == 12
    assert [bank_day(day) for day in days] == [norwegian_bank_day(day) for day in days]
