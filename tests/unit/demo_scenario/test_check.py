"""A difference anywhere gets its sentence."""

import copy
from typing import Any

import pytest

from demo.check import OUTSTANDING, compare, minimum


def episode(**fields: Any) -> dict[str, Any]:
    return {
        "rules": ["E1", "S4", "A4"],
        "peak_level": 4,
        "first_as_of": "2012-03-01",
        "resolution": "executed",
        "requested_on": "2012-04-01",
        "lead_days": 31,
        "e1_before_notice": True,
        **fields,
    }


EXPECTED: dict[str, Any] = {
    "applications": {
        "S-1": {
            "overall": "candidate",
            "absent_reason": None,
            "decision": "granted",
            "not_referred_reason": None,
            "referral": None,
        },
        "S-2": {
            "overall": None,
            "absent_reason": "financing_is_navs",
            "decision": None,
            "not_referred_reason": None,
            "referral": {"received": True, "outcome": ["granted", "refused"]},
        },
    },
    "tenancies": {"K-1": {"episodes": [episode()], "balances": {"2012-03-01": 500000, "2012-04-01": 1000000}}},
    "outstanding": {"2012-03-01": 500000},
}


def observed() -> dict[str, Any]:
    found = copy.deepcopy(EXPECTED)
    found["applications"]["S-2"]["referral"] = {"received": True, "outcome": "granted", "status": "granted"}
    return found


def test_the_same_is_no_difference():
    assert compare(EXPECTED, observed()) == []


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (("applications", "S-1", "overall"), "not_candidate", ("søknad S-1", "not_candidate", "candidate")),
        (("applications", "S-1", "decision"), None, ("søknad S-1", "decision")),
        (("applications", "S-1", "referral"), {"received": True, "outcome": "granted"}, ("S-1", "skulle ikke")),
        (("applications", "S-2", "absent_reason"), "facts_awaited", ("S-2", "facts_awaited")),
        (("applications", "S-2", "referral"), None, ("S-2", "ikke henvist")),
        (("applications", "S-2", "referral", "received"), False, ("S-2", "ingen kvittering")),
        (("applications", "S-2", "referral", "outcome"), None, ("S-2", "utfallet")),
        (("tenancies", "K-1", "episodes"), [], ("leieforhold K-1", "1 varsler ventet, 0 funnet")),
        (("tenancies", "K-1", "episodes", 0, "rules"), ["S4", "E1", "A4"], ("K-1", "varsel 1", "rules")),
        (("tenancies", "K-1", "episodes", 0, "first_as_of"), "2012-03-02", ("K-1", "first_as_of")),
        (("tenancies", "K-1", "balances", "2012-03-01"), 500001, ("K-1", "5000.01 kr", "ventet 5000.00 kr")),
        (("outstanding", "2012-03-01"), 499999, ("utestående per 2012-03-01", "4999.99 kr")),
    ],
)
def test_each_difference_is_told_in_a_sentence(path, value, words):
    found = observed()
    place = found
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    (sentence,) = compare(EXPECTED, found)
    assert all(word in sentence for word in words), sentence


def test_what_is_missing_and_what_is_too_many_is_told():
    found = observed()
    found["tenancies"]["K-2"] = found["tenancies"].pop("K-1")
    assert compare(EXPECTED, found) == [
        "leieforhold K-1 er ventet, men ikke funnet",
        "leieforhold K-2 er funnet, men ikke ventet",
    ]


def test_a_field_that_was_not_observed_is_a_difference():
    found = observed()
    del found["applications"]["S-1"]["not_referred_reason"]
    assert compare(EXPECTED, found) == ["søknad S-1: not_referred_reason er ikke observert"]


def enough() -> dict[str, Any]:
    requested = {f"K-{n}": {"episodes": [episode(e1_before_notice=n < 3)]} for n in range(6)}
    sound = {f"K-{n}": {"episodes": [episode(peak_level=2, requested_on=None, lead_days=None)]} for n in range(6, 26)}
    return {"tenancies": requested | sound, "outstanding": dict(OUTSTANDING)}


def test_just_enough_is_enough():
    assert minimum(enough()) == []


@pytest.mark.parametrize(
    ("contract", "fields"),
    [("K-5", {"lead_days": 13}), ("K-0", {"e1_before_notice": False}), ("K-20", {"peak_level": 3})],
)
def test_one_too_few_is_told(contract, fields):
    found = enough()
    found["tenancies"][contract]["episodes"][0] |= fields
    assert len(minimum(found)) == 1


def test_an_outstanding_sum_off_by_an_ore_is_told():
    found = enough()
    found["outstanding"]["2019-05-01"] += 1
    assert minimum(found) == ["utestående per 2019-05-01 skal være 442000.00 kr, er 442000.01 kr"]
