"""The whole of an assessment: which of the four words, what stands against it, and what is yet to be asked."""

import pytest

from eligibility.domain.assessment import assess
from eligibility.domain.logic import UNRESOLVED
from tests.unit.eligibility.given import CANDIDATE, RECEIVED, assessed, the_guideline

DECIDING = ("GEN_01", "GB_T1", "GB_01", "GB_07", "GB_08", "GB_09")


def test_all_requirements_and_one_ground_make_a_candidate():
    found = assessed()

    assert (found.overall, found.unfulfilled, found.unresolved) == ("candidate", (), ())
    assert found.guideline_version == "5027-gjennomgangsbolig-1"


@pytest.mark.parametrize("denied", DECIDING)
def test_one_denied_requirement_is_not_candidate_even_where_others_are_open(denied):
    found = assessed(GB_02="unknown", GB_10="unknown", **{denied: "no"})

    assert found.overall == "not_candidate"
    assert denied.replace("_", "-") in found.unfulfilled
    assert {"GB-02", "GB-10"} <= set(found.unresolved)


@pytest.mark.parametrize("open_question", DECIDING)
def test_an_open_requirement_alone_needs_mapping(open_question):
    found = assessed(**{open_question: "unknown"})

    assert found.overall == "needs_mapping"
    assert found.unresolved == (open_question.replace("_", "-"),)
    assert "GB-01" not in found.unfulfilled


def test_nothing_answered_needs_mapping_and_lists_all_that_decides():
    found = assess(the_guideline(), {}, {}, RECEIVED)

    assert found.overall == "needs_mapping"
    assert set(found.unresolved) == set(CANDIDATE) - {"GB-18"}
    assert set(found.results.values()) == {UNRESOLVED}


def test_an_answer_that_is_none_of_the_three_is_open():
    assert assessed(GB_01="kanskje").overall == "needs_mapping"


def test_every_criterion_has_its_result_in_the_guidelines_order():
    assert list(assessed().results) == [one.id for one in the_guideline().criteria]


def test_flags_stand_beside_any_overall():
    assert assessed(GB_11="yes", GB_16="yes", GB_01="no").flags == ("may_refuse", "dismissible")
    assert assessed(GB_11="yes", SCOPE="no").flags == ("may_refuse",)
