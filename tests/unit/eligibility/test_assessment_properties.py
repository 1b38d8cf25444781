"""What holds for whatever answers: found by search, not by example."""

from hypothesis import given
from hypothesis import strategies as st

from eligibility.domain.assessment import assess
from eligibility.domain.logic import UNRESOLVED
from tests.unit.eligibility.given import RECEIVED, the_guideline

GUIDELINE = the_guideline()
IDS = [one.id for one in GUIDELINE.criteria]
SETTLED = ("candidate", "not_candidate", "out_of_scope")
DECIDING = frozenset({"scope", "requirement", "target", "criterion", "exception", "ground", "premise"})
NEVER_DECIDING = [one.id for one in GUIDELINE.criteria if one.kind not in DECIDING and one.id != "GB-18"]

# Every question asked, so that no answer serves for another.
everything_asked = st.fixed_dictionaries({id: st.sampled_from(("yes", "no", "unknown")) for id in IDS})
some_asked = st.dictionaries(st.sampled_from(IDS), st.sampled_from(("yes", "no", "unknown")))
ages = st.none() | st.integers(0, 110)


def judged(answers, age=None):
    return assess(GUIDELINE, answers, {"age_on_received": age}, RECEIVED)


@given(everything_asked, ages, st.sampled_from(IDS), st.sampled_from(("yes", "no")))
def test_settling_an_open_answer_overturns_no_settled_criterion(answers, age, settled, answer):
    before = judged(answers | {settled: "unknown"}, age)
    after = judged(answers | {settled: answer}, age)

    for id, result in before.results.items():
        assert result in (UNRESOLVED, after.results[id])


@given(everything_asked, ages, st.sampled_from(IDS), st.sampled_from(("yes", "no")))
def test_settling_an_open_answer_overturns_no_settled_overall_but_by_the_scope(answers, age, settled, answer):
    before = judged(answers | {settled: "unknown"}, age)
    after = judged(answers | {settled: answer}, age)

    if before.overall in SETTLED:
        assert after.overall == before.overall or (settled, after.overall) == ("SCOPE", "out_of_scope")


@given(some_asked, ages)
def test_no_one_is_turned_down_by_open_answers_alone(answers, age):
    denied = {id: answer for id, answer in answers.items() if answer == "no"}

    if not denied and (age is None or age >= 18):
        assert judged(answers, age).overall in ("candidate", "needs_mapping")


@given(some_asked, ages, st.sampled_from(NEVER_DECIDING), st.sampled_from(("yes", "no", "unknown")))
def test_what_may_only_be_weighed_by_a_person_never_moves_the_overall(answers, age, id, answer):
    assert judged(answers | {id: answer}, age).overall == judged(answers, age).overall


@given(some_asked, ages)
def test_the_overall_and_its_lists_tell_the_same(answers, age):
    found = judged(answers, age)

    assert (found.overall == "candidate") == (not found.unfulfilled and not found.unresolved)
    assert found.overall != "needs_mapping" or found.unresolved
    assert found.overall not in ("not_candidate", "out_of_scope") or found.unfulfilled
    assert not set(found.unfulfilled) & set(found.unresolved)


@given(some_asked, ages)
def test_the_same_answers_always_come_to_the_same(answers, age):
    assert judged(answers, age) == judged(dict(reversed(answers.items())), age)
