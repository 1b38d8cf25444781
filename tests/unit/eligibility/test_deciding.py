"""A named person of the deciding body decides, once; avslag and avvisning stay two things; a machine never decides."""

import pytest

from chassis.errors import Reject
from chassis.outputs import Event, Reply
from eligibility.handlers import HANDLERS
from eligibility.messages import DecisionMade, HousingApplicationChanged, RecordDecision
from tests.unit.eligibility.given import (
    APPLICATION,
    KEY,
    MIDTRE_GAULDAL,
    NOW,
    PUBLIC_ID,
    TYNSET,
    a_case,
    facts,
    registered,
    when,
)


def decision(outcome="granted", roles=("boligutvalg",), version=None):
    return RecordDecision(outcome=outcome, decided_by="u-17", roles=roles, version=version)


def refused(case, body, kommunenummer=MIDTRE_GAULDAL) -> Reject:
    with pytest.raises(Reject) as caught:
        when(case, body, kommunenummer)
    return caught.value


@pytest.mark.parametrize("outcome", ["granted", "refused", "dismissed"])
def test_a_decision_carries_who_decided_in_which_role_and_when(outcome):
    decided = when(a_case(), decision(outcome))

    made = DecisionMade(outcome=outcome, decided_by="u-17", role="boligutvalg", decided_on=NOW.date())
    assert decided.outputs == [
        Event(APPLICATION, made),
        Event(PUBLIC_ID, HousingApplicationChanged(status="decided")),
        Reply({"application": APPLICATION, "outcome": outcome, "version": decided.states[KEY].version}),
    ]


@pytest.mark.parametrize(
    ("dwelling_type", "body"),
    [
        ("gjennomgangsbolig", "boligutvalg"),
        ("trygdebolig", "boligutvalg"),
        ("tilrettelagt", "vedtakskontor"),
        ("omsorgsbolig", "vedtakskontor"),
    ],
)
@pytest.mark.parametrize("kommunenummer", [TYNSET, MIDTRE_GAULDAL])
def test_the_type_of_dwelling_says_which_body_decides(dwelling_type, body, kommunenummer):
    case = a_case(dwelling_type=dwelling_type, kommunenummer=kommunenummer)
    (other,) = {"boligutvalg", "vedtakskontor"} - {body}

    assert when(case, decision(roles=(body,)), kommunenummer).only(DecisionMade)[0].role == body
    answer = refused(case, decision(roles=(other,)), kommunenummer)
    assert (answer.code, answer.status) == ("not_deciding_body", 403)


def test_the_role_told_is_the_deciding_one_also_for_a_person_with_several():
    decided = when(a_case(), decision(roles=("boligansvarlig", "boligutvalg", "vedtakskontor")))

    assert decided.only(DecisionMade)[0].role == "boligutvalg"


@pytest.mark.parametrize("application_type", ["startlan", "tilskudd"])
def test_startlan_and_tilskudd_are_decided_by_nav(application_type):
    case = a_case(application_type, None, facts(application_type=application_type))

    answer = refused(case, decision(roles=("boligutvalg", "vedtakskontor")))

    assert (answer.code, answer.status) == ("nav_decides", 409)
    assert "NAV avgjør" in answer.sentence


def test_a_municipality_that_has_not_said_who_decides_gets_a_sentence():
    assert refused(a_case(kommunenummer="1804"), decision(), "1804").code == "no_deciding_body"


def test_the_advice_binds_no_one():
    not_candidate = a_case(body=facts(answers={"GB-01": "no"}))

    assert when(not_candidate, decision("granted")).only(DecisionMade)[0].outcome == "granted"


def test_a_person_may_decide_before_the_facts_are_here():
    waiting = when(None, registered()).states[KEY]

    assert when(waiting, decision("dismissed")).only(DecisionMade)


def test_a_decided_case_is_not_decided_again():
    case = when(a_case(), decision()).states[KEY]

    assert refused(case, decision("refused")).code == "already_decided"


def test_a_decision_on_what_has_changed_meanwhile_is_not_recorded():
    case = a_case()

    assert refused(case, decision(version=case.version - 1)).code == "changed_meanwhile"
    assert when(case, decision(version=case.version)).only(DecisionMade)


def test_a_decision_needs_a_case():
    answer = refused(None, decision())

    assert (answer.code, answer.status) == ("unknown_case", 404)


def test_only_a_persons_command_makes_a_decision():
    deciding = [handler.on for handler in HANDLERS if "decision" in handler.on]

    assert deciding == ["command.record_decision"]
