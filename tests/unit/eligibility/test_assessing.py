"""From a registered application to an assessment, or to a referral, or to the reason why not."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid5

import pytest

from chassis.errors import Reject
from chassis.outputs import Call, Later, Reply
from eligibility.handlers.assessing import ASK_AGAIN_AFTER
from eligibility.messages import (
    AskAgain,
    AssessmentCompleted,
    DeliveryRejected,
    FetchFacts,
    HousingApplicationChanged,
    RecordDecision,
    ReferralRequested,
)
from tests.unit.eligibility.given import (
    APPLICATION,
    CANDIDATE,
    CONSENT,
    KEY,
    NOW,
    PUBLIC_ID,
    TYNSET,
    a_case,
    a_referred_case,
    facts,
    registered,
    told,
    when,
)


def facts_call(number: int) -> Call:
    return Call("intake-facts", uuid5(UUID(APPLICATION), f"facts:{number}"), {"application": APPLICATION})


def opened(**event):
    return when(None, registered(**event)).states[KEY]


def test_a_registered_application_opens_a_case_and_asks_intake_for_its_facts():
    decided = when(None, registered())

    assert decided.outputs == [facts_call(1)]
    case = decided.states[KEY]
    assert (case.public_id, case.not_assessed, case.not_referred) == (PUBLIC_ID, "facts_awaited", None)


def test_the_same_application_again_changes_nothing():
    case = a_case()

    decided = when(case, registered())

    assert (decided.states[KEY], list(decided.outputs)) == (case, [])


def test_an_application_for_gjennomgangsbolig_is_assessed_by_the_municipalitys_guideline():
    decided = when(opened(), told())

    assert decided.only(AssessmentCompleted) == [
        AssessmentCompleted(overall="candidate", guideline_version="5027-gjennomgangsbolig-1")
    ]
    assert decided.only(HousingApplicationChanged) == [HousingApplicationChanged(status="assessed")]
    assert [output.subject for output in decided.outputs] == [APPLICATION, PUBLIC_ID]
    assert decided.states[KEY].not_assessed is None


def test_the_event_of_an_assessment_tells_the_overall_and_the_version_alone():
    assert set(AssessmentCompleted.model_fields) == {"overall", "guideline_version"}


@pytest.mark.parametrize(
    ("answers", "overall"),
    [
        ({"GB-01": "no"}, "not_candidate"),
        ({"GB-08": "unknown"}, "needs_mapping"),
        ({"SCOPE": "no"}, "out_of_scope"),
    ],
)
def test_each_overall_is_told(answers, overall):
    decided = when(opened(), told(body=facts(answers=CANDIDATE | answers)))

    assert decided.only(AssessmentCompleted)[0].overall == overall


def test_age_at_the_door_counts_more_than_an_answer():
    minor = facts(age_on_received=17, answers=CANDIDATE | {"GB-02": "yes", "GB-02x": "no"})

    assert when(opened(), told(body=minor)).only(AssessmentCompleted)[0].overall == "not_candidate"


@pytest.mark.parametrize(
    ("event", "kommunenummer", "code"),
    [
        ({}, TYNSET, "no_guideline_for_municipality"),
        ({"dwelling_type": "trygdebolig"}, TYNSET, "not_gjennomgangsbolig"),
        ({"received_on": date(2009, 12, 31)}, "5027", "no_guideline_on_date"),
        ({"application_type": "startlan", "dwelling_type": None}, TYNSET, "financing_is_navs"),
    ],
)
def test_a_case_without_an_assessment_says_why(event, kommunenummer, code):
    case = when(None, registered(**event), kommunenummer).states[KEY]

    decided = when(case, told(), kommunenummer)

    assert decided.states[KEY].not_assessed == code
    assert decided.only(AssessmentCompleted) == []


@pytest.mark.parametrize("application_type", ["startlan", "tilskudd"])
@pytest.mark.parametrize("basis", [CONSENT, {"kind": "law"}])
def test_financing_is_referred_as_soon_as_facts_with_a_legal_basis_are_here(application_type, basis):
    decided = when(opened(application_type=application_type, dwelling_type=None), told(body=facts(legal_basis=basis)))

    (asked,) = decided.only(ReferralRequested)
    assert (asked.revision, asked.legal_basis, asked.public_id) == (1, basis["kind"], PUBLIC_ID)
    assert asked.requested_on == NOW.date()
    assert decided.only(HousingApplicationChanged) == [HousingApplicationChanged(status="referred")]
    assert decided.states[KEY].referral.referral_id == asked.referral_id


def test_without_a_legal_basis_nothing_is_referred_and_the_case_says_what_is_missing():
    decided = when(opened(application_type="startlan", dwelling_type=None), told(body=facts(legal_basis=None)))

    assert list(decided.outputs) == []
    assert decided.states[KEY].not_referred == "legal_basis_missing"


def test_a_consent_that_comes_later_is_fetched_on_a_persons_word_and_referred():
    case = when(opened(application_type="startlan", dwelling_type=None), told()).states[KEY]

    asked = when(case, FetchFacts())
    referred = when(asked.states[KEY], told(body=facts(legal_basis=CONSENT)))

    assert asked.only(Call) == [facts_call(2)]
    assert len(referred.only(ReferralRequested)) == 1
    assert referred.states[KEY].not_referred is None


def test_what_is_referred_is_not_referred_twice():
    decided = when(a_referred_case(), told(body=facts(legal_basis=CONSENT)))

    assert decided.only(ReferralRequested) == []


def test_a_rejected_referral_goes_again_as_the_next_revision_once_facts_are_fetched_anew():
    case = a_referred_case()
    first = case.referral.referral_id
    rejected = when(case, DeliveryRejected(referral_id=first, revision=1, code="invalid_message")).states[KEY]

    decided = when(rejected, told(body=facts(legal_basis=CONSENT)))

    (asked,) = decided.only(ReferralRequested)
    assert (asked.referral_id, asked.revision) == (first, 2)
    assert decided.states[KEY].referral.status == "requested"
    assert decided.states[KEY].referral.code == ""


def test_housing_is_never_referred():
    assert when(opened(), told(body=facts(legal_basis=CONSENT))).only(ReferralRequested) == []


def test_a_closed_door_is_shown_and_nothing_else_happens():
    decided = when(opened(), told("unreachable", {}))

    assert (decided.states[KEY].door, list(decided.outputs)) == ("closed", [])


def test_no_answer_is_asked_for_again_after_a_while_under_the_same_key():
    lost = when(opened(), told("unknown", {}))
    again = when(lost.states[KEY], AskAgain())

    assert lost.outputs == [Later(NOW + ASK_AGAIN_AFTER, "facts", AskAgain())]
    assert timedelta(seconds=1) <= ASK_AGAIN_AFTER <= timedelta(minutes=5)
    assert again.outputs == [facts_call(1)]


def test_a_refusal_by_intake_is_seen_as_a_dead_letter():
    with pytest.raises(Reject) as refused:
        when(opened(), told("refused", {"status": 404}))

    assert refused.value.code == "facts_refused"


def test_facts_that_cannot_be_read_are_rejected_by_field_and_never_quoted():
    with pytest.raises(Reject) as refused:
        when(opened(), told(body=facts(answers={"GB-01": "Kari Nordmann"}, age_on_received="sytti")))

    assert refused.value.code == "facts_unreadable"
    assert "age_on_received, answers" in refused.value.sentence
    assert "Kari" not in str(refused.value)
    assert "sytti" not in str(refused.value)


def test_facts_fetched_anew_are_assessed_anew_and_told_only_where_the_overall_changed():
    case = a_case()

    same = when(case, told(body=facts(answers=CANDIDATE | {"GB-11": "yes"})))
    other = when(case, told(body=facts(answers=CANDIDATE | {"GB-01": "no"})))

    assert list(same.outputs) == []
    assert same.states[KEY].assessment.flags == ("may_refuse",)
    assert other.only(AssessmentCompleted)[0].overall == "not_candidate"


def test_facts_that_come_after_the_decision_no_longer_move_the_open_status():
    decision = RecordDecision(outcome="granted", decided_by="u-1", roles=("boligutvalg",))
    case = when(opened(), decision).states[KEY]

    decided = when(case, told())

    assert len(decided.only(AssessmentCompleted)) == 1
    assert decided.only(HousingApplicationChanged) == []


def test_fetching_while_an_answer_is_awaited_asks_only_once():
    decided = when(opened(), FetchFacts())

    assert decided.outputs == [Reply({"application": APPLICATION, "door": "asked"})]


def test_fetching_for_a_case_that_is_not_there_is_refused():
    with pytest.raises(Reject) as refused:
        when(None, FetchFacts())

    assert (refused.value.code, refused.value.status) == ("unknown_case", 404)


def test_the_version_counts_what_a_caseworker_may_have_seen_change():
    case = a_case()

    unchanged = when(replace(case, updated_at=datetime(2019, 1, 1, tzinfo=UTC)), told()).states[KEY]

    assert unchanged.version == case.version > opened().version
    assert unchanged.updated_at == datetime(2019, 1, 1, tzinfo=UTC)
