"""An applicant withdraws the application."""

from datetime import date

import pytest

from chassis.errors import Reject
from chassis.outputs import Event, Key, Reply
from chassis.testing import decide
from intake.domain.applications import decide as decided_by
from intake.handlers import HANDLERS
from intake.messages import (
    ApplicationWithdrawn,
    AssessmentCompleted,
    DecisionMade,
    HousingApplicationChanged,
    WithdrawApplication,
)
from tests.contract.outputs import validate_events
from tests.unit.intake.test_applications import PUBLIC, an_application

ID = "6b0f0f4e-1f2d-4c5a-9a3e-7c1d2e3f4a5b"
KEY = Key("application", ID)


def when(application, body):
    return decide(HANDLERS, {KEY: application} if application else {}, ID, body)


def test_it_is_told_on_its_topic_and_on_the_open_one():
    decided = when(an_application(), WithdrawApplication())

    validate_events(decided.only(Event))
    assert decided.only(Event) == [
        Event(ID, ApplicationWithdrawn(withdrawn_on=date(2019, 5, 2))),
        Event(PUBLIC, HousingApplicationChanged(status="withdrawn")),
    ]
    assert decided.only(Reply)[0].data == {"application": ID, "status": "withdrawn"}


def test_what_is_assessed_afterwards_leaves_it_withdrawn():
    withdrawn = when(an_application(), WithdrawApplication()).states[KEY]

    assert when(withdrawn, AssessmentCompleted(overall="candidate")).states[KEY].status == "withdrawn"


def test_a_decision_made_at_the_same_time_stands():
    withdrawn = when(an_application(), WithdrawApplication()).states[KEY]
    made = DecisionMade(outcome="granted", decided_on=date(2019, 5, 2))

    assert when(withdrawn, made).states[KEY].status == "decided"


@pytest.mark.parametrize(
    ("application", "code"),
    [
        (None, "unknown_application"),
        (an_application(withdrawn_on=date(2019, 5, 1)), "already_withdrawn"),
        (decided_by(an_application(), "granted", date(2019, 5, 1)), "already_decided"),
    ],
)
def test_what_is_over_or_was_never_there_is_not_withdrawn(application, code):
    with pytest.raises(Reject, match=code):
        when(application, WithdrawApplication())
