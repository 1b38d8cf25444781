"""Personal numbers: kinds, check digits, synthetic or not, birth date. Examples: Skatteetaten, Husbanken, UDI."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.domain.national_id import age_on, classify, holds_birth_number, is_synthetic, valid_checksum
from tests.unit.intake.builders import a_national_id

HUSBANKEN = ("12096342568", "12113019024", "14117821758")
TENOR = ("20914695016", "10915596784")
FROM_2032 = ("02013299997", "02013299903", "02013299806")
DUF = ("200205705502", "200900595509")


@pytest.mark.parametrize("number", HUSBANKEN)
def test_published_demo_numbers_cannot_be_told_from_real_ones(number):
    found = classify(number)

    assert found is not None
    assert (found.kind, found.synthetic) == ("fnr", False)


@pytest.mark.parametrize(("number", "born"), [*zip(TENOR, (date(1946, 11, 20), date(1955, 11, 10)), strict=True)])
def test_a_month_past_eighty_is_synthetic(number, born):
    found = classify(number)

    assert found is not None
    assert (found.kind, found.synthetic, found.birth_date) == ("fnr", True, born)
    assert is_synthetic(number)


@pytest.mark.parametrize(("number", "by_old_rule"), [*zip(FROM_2032, (True, False, True), strict=True)])
def test_the_rule_of_2032_takes_more_first_check_digits(number, by_old_rule):
    assert valid_checksum(number)
    assert valid_checksum(number, allow_2032=False) is by_old_rule


def test_a_number_that_only_the_rule_of_2032_takes_tells_no_century():
    found = classify("02013299903")

    assert found is not None
    assert found.birth_date is None


@pytest.mark.parametrize("number", DUF)
def test_a_refugees_number_has_twelve_digits_and_no_birth_date(number):
    found = classify(number)

    assert found is not None
    assert (found.kind, found.synthetic, found.birth_date) == ("duf", False, None)
    assert classify(number[:-1] + str((int(number[-1]) + 1) % 10)) is None


@pytest.mark.parametrize(
    ("shifts", "kind", "synthetic"),
    [
        ({"month": 0}, "fnr", False),
        ({"day": 40, "month": 0}, "dnr", False),
        ({"day": 40, "month": 80}, "dnr", True),
        ({"month": 40}, "hnr", False),
    ],
)
def test_day_and_month_say_which_kind_it_is(shifts, kind, synthetic):
    found = classify(a_national_id(date(1980, 5, 17), **shifts))

    assert found is not None
    assert (found.kind, found.synthetic, found.birth_date) == (kind, synthetic, date(1980, 5, 17))


def test_a_health_emergency_number_has_no_birth_date():
    found = classify(a_national_id(date(1980, 5, 1), day=80, month=0))

    assert found is not None
    assert (found.kind, found.birth_date) == ("fh", None)


@pytest.mark.parametrize(
    ("born", "first"),
    [
        (date(1905, 2, 3), 0),
        (date(1999, 12, 31), 0),
        (date(1854, 6, 1), 500),
        (date(2000, 2, 29), 500),
        (date(2039, 1, 1), 500),
        (date(1940, 1, 1), 900),
    ],
)
def test_the_series_tells_the_century(born, first):
    found = classify(a_national_id(born, month=0, first=first))

    assert found is not None
    assert found.birth_date == born


@pytest.mark.parametrize("text", ["", "1234", "abcdefghijk", "00000000000", "31028012345", "２０９１４６９５０１６"])
def test_what_is_no_number_is_none(text):
    assert classify(text) is None


def test_spaces_and_hyphens_are_how_people_write():
    assert classify("209146 95016") == classify("209146-95016") == classify("20914695016")


@pytest.mark.parametrize("text", ["20914695016", "KONTRAKT-20914695016", "kto 209146 95016 mars", "209146.95016"])
def test_a_birth_number_is_found_in_a_text(text):
    assert holds_birth_number(text)


@pytest.mark.parametrize("text", ["", "F-2019-03", "120914695016", "20914695017", "02013299903", "2019-03-01"])
def test_other_digits_are_left_alone(text):
    assert not holds_birth_number(text)


@given(st.dates(date(1940, 1, 1), date(1999, 12, 31)), st.integers(0, 10), st.integers(1, 9))
def test_one_wrong_digit_is_never_taken_by_the_rule_of_today(born, place, change):
    number = a_national_id(born)
    wrong = number[:place] + str((int(number[place]) + change) % 10) + number[place + 1 :]

    assert valid_checksum(number, allow_2032=False)
    assert not valid_checksum(wrong, allow_2032=False)


@pytest.mark.parametrize(("day", "age"), [(date(2019, 5, 16), 17), (date(2019, 5, 17), 18), (date(2019, 5, 18), 18)])
def test_one_is_a_year_older_on_the_birthday(day, age):
    assert age_on(date(2001, 5, 17), day) == age
