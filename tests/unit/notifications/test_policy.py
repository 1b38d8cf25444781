"""A municipality's thresholds: which version judges a day."""

import pytest

from notifications.domain.policy import Policies, Policy, Version
from notifications.handlers import handlers
from notifications.handlers.lines import norwegian_bank_day
from notifications.translation import feed, policies, policy_of, thresholds
from tests.unit.notifications.given import FIRST_RENT, Story, closed, invoice, on

SOONER = {"version": "3427-2", "active_from": on("2019-02-01"), "e1_days": 4}


def file(*versions: dict[str, object]) -> dict[str, object]:
    return {"kommunenummer": "3427", "thresholds": list(versions)}


def judged_by(policy: Policy, kommunenummer: str = "3427") -> Story:
    """Every story's municipality is 3427."""
    judging = Policies(Policy((Version(0, thresholds()),)), {kommunenummer: policy})
    return Story(handlers=handlers(judging, feed(), norwegian_bank_day))


def test_a_version_judges_the_days_from_its_first_on():
    policy = policy_of(file(SOONER), thresholds())
    days = ["2019-01-31", "2019-02-01", "2019-06-01"]
    assert [policy.limits(on(day).toordinal()).version for day in days] == ["2019.2", "3427-2", "3427-2"]


def test_the_day_that_is_judged_chooses_the_version_and_the_alert_says_which():
    policy = policy_of(file(SOONER), thresholds())
    before = judged_by(policy).tell(*FIRST_RENT, invoice("a", "2019-01-25"), closed("2019-01-31"))
    after = judged_by(policy).tell(*FIRST_RENT, invoice("a", "2019-01-25"), closed("2019-02-01"))
    assert before.tenancy.level < 2
    assert (after.rules, after.alert.rules_version) == ({"E1"}, "3427-2")


def test_another_municipality_s_numbers_judge_nothing_here():
    policy = policy_of(file(SOONER), thresholds())
    story = judged_by(policy, "5027").tell(*FIRST_RENT, invoice("a", "2019-01-25"), closed("2019-02-01"))
    assert story.tenancy.level < 2


def test_a_version_keeps_what_it_does_not_change_of_the_one_before():
    later = {"version": "3427-3", "active_from": on("2019-03-01"), "e1_percent": 10}
    limits = policy_of(file(SOONER, later), thresholds()).limits(on("2019-03-01").toordinal())
    assert (limits.version, limits.e1_days, limits.e1_percent) == ("3427-3", 4, 10)


@pytest.mark.parametrize(
    "second",
    [
        {"version": "3427-3", "active_from": on("2019-02-01")},
        {"version": "3427-3", "active_from": on("2019-01-01")},
        {"version": "3427-2", "active_from": on("2019-03-01")},
    ],
)
def test_versions_out_of_order_or_named_alike_are_refused(second):
    with pytest.raises(ValueError, match="oldest first"):
        policy_of(file(SOONER, second), thresholds())


def test_a_number_that_no_rule_knows_is_refused():
    with pytest.raises(TypeError):
        policy_of(file({**SOONER, "e7_days": 3}), thresholds())


def test_the_files_of_the_municipalities_are_read():
    judging = policies()
    assert set(judging.own) == {"3427", "5027"}
    assert judging.of("0301") == judging.common
