"""The checker itself lets the right through and nothing else."""

import pytest
from pydantic import BaseModel

from chassis.outputs import Event
from intake.messages import PaymentRegistered
from tests.contract import tree
from tests.contract.outputs import BrokenContract, validate_event, validate_events

TREE = tree.read()
LINE = "0f0a6f0e-6b53-5c8e-9d0a-3a1f2f6f9b11"
PAYMENT = {"line_id": LINE, "dated_on": "2019-01-02", "amount_ore": 765000, "kid": None}


@pytest.mark.parametrize("name", sorted(TREE.types))
def test_every_example_may_leave(name):
    for data in TREE.examples[name].values():
        validate_event(name.removesuffix(".v1"), data)


@pytest.mark.parametrize(
    "wrong",
    [
        {"line_id": "8841"},
        {"dated_on": "02.01.2019"},
        {"dated_on": "2019-02-30"},
        {"amount_ore": "765000"},
        {"amount_ore": 7650.5},
        {"amount_ore": -1},
        {"amount_ore": 2**63},
        {"kid": "KID 1234"},
        {"note": "betaler snart"},
    ],
)
def test_a_wrong_value_or_an_undeclared_field_may_not(wrong):
    with pytest.raises(BrokenContract):
        validate_event("payment.registered", PAYMENT | wrong)


@pytest.mark.parametrize("field", PAYMENT)
def test_nothing_declared_may_be_left_out(field):
    with pytest.raises(BrokenContract, match=field):
        validate_event("payment.registered", {k: v for k, v in PAYMENT.items() if k != field})


@pytest.mark.parametrize("time", ["2019-03-01T09:15:00", "1 March", "2019-03-01"])
def test_a_time_without_zone_may_not(time):
    with pytest.raises(BrokenContract):
        validate_event("delivery.sent", {"referral_id": LINE, "revision": 1, "sent_at": time})


def test_a_type_that_no_topic_carries_may_not():
    with pytest.raises(BrokenContract, match="no topic"):
        validate_event("payment.forgotten", PAYMENT)


def test_an_event_on_a_subject_that_says_something_may_not():
    with pytest.raises(BrokenContract, match="opaque"):
        validate_events([Event("leieforhold-17", PaymentRegistered.model_validate(PAYMENT))])


def test_a_message_is_judged_as_it_is_written_on_the_wire():
    class Payment(BaseModel):
        line_id: str
        dated_on: str
        amount_ore: float
        kid: str | None

    validate_events([Event(LINE, PaymentRegistered.model_validate(PAYMENT))])
    with pytest.raises(BrokenContract, match="amount_ore"):
        validate_event("payment.registered", Payment.model_validate(PAYMENT | {"amount_ore": 0.5}))
