"""A caseworker acknowledges, in the version that was shown."""

import pytest

from chassis.errors import Reject
from chassis.outputs import Reply
from chassis.testing import decide
from notifications import messages as m
from notifications.domain.tenancy import alert_id
from notifications.handlers import HANDLERS
from tests.unit.notifications.given import KEY, TENANCY, closed, invoice, notice, payment, told

ALERT = alert_id(TENANCY, 1)


def missed():
    return told(invoice("a", "2019-01-15"), closed("2019-01-24"))


def acknowledge(version: int = 1, alert: str = ALERT) -> m.AcknowledgeAlert:
    return m.AcknowledgeAlert(alert_id=alert, version=version, by="sub-1")


def test_it_is_told_with_the_tokens_subject_alone():
    story = missed().tell(acknowledge())
    assert story.sent(m.AlertAcknowledged) == [m.AlertAcknowledged(alert_id=ALERT, acknowledged_by="sub-1")]
    assert Reply({"alert_id": ALERT, "version": 2, "acknowledged_by": "sub-1"}) in story.outputs
    assert story.alert.acknowledged_by == "sub-1"


@pytest.mark.parametrize("change", [notice("2019-01-25", "2019-02-08"), acknowledge()])
def test_a_change_made_meanwhile_is_not_overwritten(change):
    with pytest.raises(Reject) as refusal:
        missed().tell(change).tell(acknowledge())
    assert (refusal.value.code, refusal.value.status) == ("changed_meanwhile", 409)


def test_new_figures_of_the_same_reasons_do_not_make_a_form_too_old():
    assert missed().tell(closed("2019-01-25"), acknowledge()).alert.acknowledged_by == "sub-1"


def test_a_higher_level_has_to_be_acknowledged_anew():
    story = missed().tell(acknowledge(), notice("2019-01-25", "2019-02-08"))
    assert (story.alert.acknowledged_by, story.alert.version) == (None, 3)


@pytest.mark.parametrize(
    ("story", "command", "code"),
    [
        (missed, acknowledge(alert=alert_id(TENANCY, 2)), "no_such_alert"),
        (lambda: missed().tell(payment("p", "2019-01-25")), acknowledge(), "alert_resolved"),
    ],
)
def test_what_does_not_stand_cannot_be_acknowledged(story, command, code):
    with pytest.raises(Reject) as refusal:
        story().tell(command)
    assert refusal.value.code == code


def test_an_unknown_tenancy_has_no_alert():
    with pytest.raises(Reject) as refusal:
        decide(HANDLERS, {KEY: None}, TENANCY, acknowledge())
    assert refusal.value.status == 404
