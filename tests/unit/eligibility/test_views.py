"""What caseworkers and NAV get to see, and what the tables hold."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from pydantic import TypeAdapter

import eligibility
from eligibility.domain.case import Case
from eligibility.messages import RecordDecision
from eligibility.projection import TABLES, project
from eligibility.translation.case_view import CaseView, case_view
from eligibility.translation.policy_files import policy
from eligibility.translation.referral import ReferralContent, referral_content
from tests.unit.eligibility.given import (
    APPLICANT,
    APPLICATION,
    CANDIDATE,
    CONSENT,
    KEY,
    MIDTRE_GAULDAL,
    PUBLIC_ID,
    TYNSET,
    a_case,
    a_referred_case,
    facts,
    told,
    when,
)


def view(case: Case, kommunenummer: str = MIDTRE_GAULDAL) -> CaseView:
    return case_view(policy(), kommunenummer, APPLICATION, case, events_waiting=False)


def content(case: Case) -> ReferralContent | None:
    return referral_content(policy(), MIDTRE_GAULDAL, APPLICATION, case)


def test_each_result_stands_beside_the_guidelines_own_words():
    seen = view(a_case(body=facts(answers=CANDIDATE | {"GB-01": "no"}))).assessment

    (lawful_stay,) = [one for one in seen.criteria if one.id == "GB-01"]
    assert (lawful_stay.result_text, lawful_stay.quotation) == ("ikke oppfylt", "Søker må ha lovlig opphold i Norge.")
    assert lawful_stay.citation == "Grunnkrav for tildeling av gjennomgangsboliger, 1. punkt, linje 94"
    assert len(seen.criteria) == 26
    assert (seen.overall, seen.unfulfilled) == ("not_candidate", ("GB-01",))


def test_the_caseworker_sees_which_criteria_stand_in_for_one_another():
    seen = view(a_case()).assessment.combination

    scope, combination = seen.parts
    assert (scope.criterion, scope.result) == ("SCOPE", "fulfilled")
    track = combination.parts[-1]
    grounds = track.parts[1].parts[1]
    assert (track.how, grounds.how, grounds.title) == ("any", "any", "Minst én av grunnene foreligger")
    assert [(part.criterion, part.result) for part in grounds.parts] == [
        ("GB-03", "fulfilled"),
        ("GB-04", "not_fulfilled"),
        ("GB-05", "not_fulfilled"),
        ("GB-06", "not_fulfilled"),
    ]


def test_a_flag_is_shown_with_its_criterion_and_a_sentence():
    (flag,) = view(a_case(body=facts(answers=CANDIDATE | {"GB-16": "yes"}))).assessment.flags

    assert (flag.flag, flag.criterion) == ("dismissible", "GB-16")
    assert "kan avvises" in flag.sentence


def test_a_case_without_assessment_or_referral_says_why_in_norwegian():
    waiting = a_case("startlan", None, facts(legal_basis=None))

    seen = view(waiting, TYNSET)

    assert (seen.assessment, seen.not_assessed.code) == (None, "financing_is_navs")
    assert "mangler samtykke" in seen.not_referred.sentence
    assert seen.deciding_role is None


def test_a_case_says_who_decides_it():
    assert view(a_case()).deciding_role == "boligutvalg"


def test_nav_gets_what_it_needs_and_no_more():
    given = content(a_referred_case())

    assert (given.applicant, given.purpose, given.to_unit) == (APPLICANT, "KJØP_STARTLÅN", "NAV Midtre Gauldal")
    assert (given.legal_basis.kind, given.legal_basis.revocable) == ("consent", True)
    assert (given.household.adults, given.household.children) == (1, 2)
    assert not {"answers", "age_on_received", "assessment"} & set(ReferralContent.__dataclass_fields__)


@pytest.mark.parametrize(
    ("asked", "due"),
    [
        ("2019-05-02", "2019-06-02"),
        ("2019-01-31", "2019-02-28"),
        ("2019-12-15", "2020-01-15"),
        ("2020-01-30", "2020-02-29"),
    ],
)
def test_nav_has_a_month_from_the_day_on_which_it_is_asked(asked, due):
    case = a_referred_case()

    asked_then = replace(case, referral=replace(case.referral, requested_on=date.fromisoformat(asked)))
    assert content(asked_then).due_on == date.fromisoformat(due)


def test_an_application_that_came_long_ago_leaves_nav_no_deadline_that_is_over_already():
    case = replace(a_referred_case(), received_on=date(2018, 11, 1))

    assert case.referral.requested_on < content(case).due_on
    assert content(case).due_on == content(a_referred_case()).due_on


def test_families_with_children_go_first():
    alone = facts(application_type="startlan", legal_basis=CONSENT, household={"adults": 1, "children": 0})

    assert content(a_referred_case()).priority == "high"
    assert content(a_case("startlan", None, alone)).priority == "normal"


def test_a_basis_in_law_cannot_be_withdrawn():
    case = a_case("tilskudd", None, facts(legal_basis={"kind": "law"}))

    assert content(case).legal_basis.revocable is False


def test_nothing_is_told_to_nav_once_the_legal_basis_is_gone():
    withdrawn = when(a_referred_case(), told(body=facts(legal_basis=None))).states[KEY]

    assert content(withdrawn) is None


def test_nothing_is_told_to_nav_of_a_case_that_is_not_referred():
    assert content(a_case(body=facts(legal_basis=CONSENT))) is None


def test_the_tables_hold_one_row_per_case_and_one_per_referral_and_no_criteria():
    case = a_referred_case()

    rows = project(KEY, TYNSET, case)

    (row,), (referral,) = rows["cases"], rows["referrals"]
    assert (row["application"], row["public_id"], row["kommunenummer"]) == (APPLICATION, PUBLIC_ID, TYNSET)
    assert row["case_number"] == "BS-7F3K-2Q9M"
    assert (row["referral_status"], row["absent_reason"]) == ("requested", "financing_is_navs")
    assert referral == {
        "referral_id": case.referral.referral_id,
        "application": APPLICATION,
        "kommunenummer": TYNSET,
    }
    assert "GB-" not in json.dumps(project(KEY, MIDTRE_GAULDAL, a_case()), default=str).replace("5027-", "")


def test_a_decided_case_shows_outcome_and_day():
    decided = when(a_case(), RecordDecision(outcome="dismissed", decided_by="u", roles=("boligutvalg",))).states[KEY]

    (row,) = project(KEY, MIDTRE_GAULDAL, decided)["cases"]

    assert (row["overall"], row["decision"], row["decided_on"]) == ("candidate", "dismissed", date(2019, 5, 2))


def test_a_case_comes_back_from_the_store_as_it_was():
    as_json = TypeAdapter(Case)

    for case in (a_case(), a_referred_case()):
        assert as_json.validate_json(as_json.dump_json(case)) == case


def test_rows_and_tables_agree():
    migration = (Path(eligibility.__file__).parent / "migrations" / "0001_cases.py").read_text(encoding="utf-8")

    for table, rows in project(KEY, TYNSET, a_referred_case()).items():
        assert set(TABLES[table]) <= set(rows[0])
        assert f"create table {table} (" in migration
        assert all(f" {column} " in migration for column in rows[0])
