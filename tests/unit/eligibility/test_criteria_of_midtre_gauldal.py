"""Each row of Midtre Gauldal's guideline for gjennomgangsbolig, under the name of what it says."""

import pytest

from eligibility.domain.logic import FULFILLED, NOT_FULFILLED, UNRESOLVED
from tests.unit.eligibility.given import assessed, the_guideline

GROUNDS = ("GB-03", "GB-04", "GB-05", "GB-06")
NO_GROUND = {"GB_03": "no", "GB_04": "no", "GB_05": "no", "GB_06": "no"}


def overall(**answers):
    return assessed(**answers).overall


def result(id, **answers):
    return assessed(**answers).results[id]


def test_scope_a_stay_that_is_no_tenancy_is_out_of_scope_and_nothing_else():
    assert overall(SCOPE="no") == "out_of_scope"
    assert overall(SCOPE="no", GB_01="no") == "out_of_scope"


def test_scope_an_open_scope_needs_mapping():
    assert overall(SCOPE="unknown") == "needs_mapping"


def test_gen_01_one_with_a_suitable_home_is_no_candidate():
    assert overall(GEN_01="no") == "not_candidate"


def test_gen_01_without_fixed_abode_or_suitable_home_and_unable_to_find_another():
    parts = {"without": ("GEN-01",), "GEN_01a": "no", "GEN_01b": "yes", "GEN_01c": "yes"}

    assert result("GEN-01", **parts) is FULFILLED
    assert result("GEN-01", **parts | {"GEN_01c": "no"}) is NOT_FULFILLED
    assert result("GEN-01", **parts | {"GEN_01b": "no"}) is NOT_FULFILLED
    assert result("GEN-01", **parts | {"GEN_01b": "unknown"}) is UNRESOLVED


def test_gen_02_a_housing_cooperatives_own_rules_never_touch_the_overall():
    assert overall(GEN_02="yes") == overall(GEN_02="no") == "candidate"


def test_gb_t1_one_outside_the_target_group_is_no_candidate():
    assert overall(GB_T1="no") == "not_candidate"


def test_gb_t1_must_be_asked():
    assert overall(without=("GB-T1",)) == "needs_mapping"


def test_gb_t1_another_cause_than_the_four_leaves_the_target_group_open():
    parts = {"without": ("GB-T1",), "GB_T1a": "yes", "GB_T1b": "no", "GB_T1c": "yes"}

    assert result("GB-T1", **parts) is UNRESOLVED
    assert overall(**parts) == "needs_mapping"
    assert overall(**parts | {"GB_T1b": "yes"}) == "candidate"


def test_gb_t1_without_a_professional_assessment_the_applicant_is_outside():
    assert result("GB-T1", without=("GB-T1",), GB_T1a="yes", GB_T1b="yes", GB_T1c="no") is NOT_FULFILLED


def test_gb_01_one_without_lawful_stay_is_no_candidate():
    assert overall(GB_01="no") == "not_candidate"


def test_gb_02_age_is_counted_from_the_birth_date_where_it_is_known():
    assert assessed(age=18, GB_02="no").results["GB-02"] is FULFILLED
    assert assessed(age=17, GB_02="yes").results["GB-02"] is UNRESOLVED


def test_gb_02_age_is_answered_where_no_birth_date_is_known():
    assert result("GB-02", GB_02="yes") is FULFILLED
    assert result("GB-02", GB_02="unknown") is UNRESOLVED


def test_gb_02_a_minor_is_no_candidate_only_when_the_exception_too_is_denied():
    assert assessed(age=17).overall == "needs_mapping"
    assert assessed(age=17, GB_02x="no").overall == "not_candidate"


def test_gb_02x_a_minor_is_a_candidate_in_consultation_with_guardian_or_child_welfare():
    assert assessed(age=17, GB_02x="yes").overall == "candidate"


@pytest.mark.parametrize("ground", GROUNDS)
def test_each_ground_alone_is_enough(ground):
    assert overall(**NO_GROUND | {ground.replace("-", "_"): "yes"}) == "candidate"


@pytest.mark.parametrize("ground", GROUNDS)
def test_one_ground_answered_no_decides_nothing_alone(ground):
    others = {id.replace("-", "_"): "yes" for id in GROUNDS}

    assert overall(**others | {ground.replace("-", "_"): "no"}) == "candidate"


@pytest.mark.parametrize("ground", GROUNDS)
def test_one_open_ground_among_denied_ones_needs_mapping(ground):
    assert overall(**NO_GROUND | {ground.replace("-", "_"): "unknown"}) == "needs_mapping"


def test_without_any_ground_there_is_no_candidate():
    found = assessed(**NO_GROUND)

    assert found.overall == "not_candidate"
    assert set(GROUNDS) <= set(found.unfulfilled)


@pytest.mark.parametrize("situation", ["GB_03a", "GB_03b", "GB_03c"])
def test_gb_03_no_home_of_ones_own_or_after_institution_or_prison(situation):
    denied = {"GB_03a": "no", "GB_03b": "no", "GB_03c": "no"}

    assert result("GB-03", without=("GB-03",), **denied | {situation: "yes"}) is FULFILLED
    assert result("GB-03", without=("GB-03",), **denied) is NOT_FULFILLED


def test_gb_04_needs_a_lease_limited_in_time_that_cannot_be_renewed():
    assert result("GB-04", without=("GB-04",), GB_04a="yes", GB_04b="yes") is FULFILLED
    assert result("GB-04", without=("GB-04",), GB_04a="yes", GB_04b="no") is NOT_FULFILLED


def test_gb_04_asks_nothing_of_the_length_of_the_lease():
    asked = the_guideline().find("GB-04")

    assert not [part for part in asked.parts if "3 år" in part.question]
    assert "aldri grunn til å svare nei" in asked.note


def test_gb_07_one_who_can_find_a_home_without_great_difficulty_is_no_candidate():
    assert overall(GB_07="no") == "not_candidate"


def test_gb_08_one_who_accounts_for_no_attempts_is_no_candidate():
    assert overall(GB_08="no") == "not_candidate"


def test_gb_09_one_with_a_suitable_home_of_their_own_is_no_candidate():
    assert overall(GB_09="no") == "not_candidate"


def test_gb_09_the_answer_on_gen_01_serves_where_gb_09_was_not_asked():
    assert result("GB-09", without=("GB-09",)) is FULFILLED
    assert overall(without=("GB-09",)) == "candidate"


def test_gb_09_asked_and_open_stays_open_whatever_gen_01_says():
    assert overall(GB_09="unknown") == "needs_mapping"


def test_gb_10_sufficient_means_shut_out_only_when_special_reasons_are_denied():
    assert overall(GB_10="no") == "needs_mapping"
    assert overall(GB_10="no", GB_10x="no") == "not_candidate"


def test_gb_10x_special_reasons_make_up_for_sufficient_means():
    assert overall(GB_10="no", GB_10x="yes") == "candidate"


def test_gb_11_old_debt_to_the_municipality_is_a_flag_and_no_refusal():
    found = assessed(GB_11="yes")

    assert found.flags == ("may_refuse",)
    assert found.overall == "candidate"


def test_gb_11_no_such_debt_raises_no_flag():
    assert assessed(GB_11="no").flags == assessed(GB_11="unknown").flags == ()


def test_gb_12_a_repayment_plan_needs_a_grant_and_an_economy_that_allows_it():
    assert result("GB-12", GB_12a="yes", GB_12b="yes") is FULFILLED
    assert result("GB-12", GB_12a="yes", GB_12b="no") is NOT_FULFILLED


@pytest.mark.parametrize("condition", ["GB_12", "GB_13", "GB_14", "GB_15", "GB_17", "GB_19"])
def test_gb_12_to_15_17_and_19_never_touch_the_overall(condition):
    for answer in ("yes", "no", "unknown"):
        assert overall(**{condition: answer}) == "candidate"


@pytest.mark.parametrize("condition", ["GB-12", "GB-13", "GB-14", "GB-15", "GB-19"])
def test_conditions_and_duties_say_what_follows(condition):
    assert the_guideline().find(condition).consequence


def test_gb_16_an_offer_declined_without_reason_is_a_flag_and_no_dismissal():
    found = assessed(GB_16="yes")

    assert found.flags == ("dismissible",)
    assert found.overall == "candidate"


def test_gb_16_is_there_when_an_offer_was_declined_without_valid_reason_in_an_unchanged_situation():
    declined = {"GB_16a": "yes", "GB_16b": "yes", "GB_17": "no", "GB_17x": "no"}

    assert assessed(**declined).flags == ("dismissible",)
    assert assessed(**declined | {"GB_17x": "yes"}).flags == ()
    assert assessed(**declined | {"GB_16b": "no"}).flags == ()


def test_gb_17_standard_or_location_is_no_reason_unless_weighty_grounds_say_otherwise():
    assert result("GB-17", GB_17="no", GB_17x="no") is NOT_FULFILLED
    assert result("GB-17", GB_17="no") is UNRESOLVED
    assert result("GB-17", GB_17="no", GB_17x="yes") is FULFILLED


def test_gb_18_a_refugee_settled_for_the_first_time_needs_neither_target_group_nor_ground():
    ordinary = {"GB_T1": "no", "GB_07": "no", "GB_08": "no", **NO_GROUND}

    assert overall(GB_18="yes", **ordinary) == "candidate"


@pytest.mark.parametrize("still", ["GEN_01", "GB_01", "GB_09"])
def test_gb_18_a_refugee_still_has_to_meet_what_stands_outside_the_ordinary_track(still):
    assert overall(GB_18="yes", **{still: "no"}) == "not_candidate"


def test_gb_18_a_refugee_with_means_or_under_age_is_judged_as_everyone_else():
    assert overall(GB_18="yes", GB_10="no", GB_10x="no") == "not_candidate"
    assert assessed(age=16, GB_18="yes", GB_02x="no").overall == "not_candidate"


def test_gb_18_asked_and_open_keeps_a_denied_ordinary_track_open():
    assert overall(GB_18="unknown", GB_07="no") == "needs_mapping"


def test_gb_18_never_raised_holds_nothing_open():
    assert overall(without=("GB-18",), GB_07="no") == "not_candidate"
    assert result("GB-18", without=("GB-18",)) is UNRESOLVED


def test_gb_18_needs_first_settlement_here_and_no_way_to_find_a_home():
    assert result("GB-18", without=("GB-18",), GB_18a="yes", GB_18b="yes") is FULFILLED
    assert result("GB-18", without=("GB-18",), GB_18a="yes", GB_18b="no") is NOT_FULFILLED
