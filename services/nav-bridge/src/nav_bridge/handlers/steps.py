"""The steps that several deciders take with one delivery of a case."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from chassis.outputs import Answered, Call, Context, Decision, Event, Later, Message, Output
from nav_bridge.domain import Case, Delivery, Policy, put
from nav_bridge.messages import (
    DeliveryParked,
    DeliveryReceived,
    DeliveryRejected,
    DeliverySent,
    HousingApplicationChanged,
    PollOutcome,
)

NOTHING: tuple[Output, ...] = ()


def asked_of(case: Case | None, answer: Answered) -> Delivery | None:
    """The delivery that the answered call was made for."""
    return case.find(answer.ref["referral"], answer.ref["revision"]) if case else None


def send_next(case: Case, outputs: Sequence[Output] = NOTHING) -> Decision:
    """The oldest that waits goes, now that no other of the case is on its way."""
    if (delivery := case.next_up()) is None:
        return case, outputs
    case, calls = send(case, delivery)
    return case, [*outputs, *calls]


def send(case: Case, delivery: Delivery) -> Decision:
    """The same Idempotency-Key each time: NAV takes it once however often it comes."""
    return put(case, replace(delivery, status="sending")), [call("nav", delivery, delivery.call_key)]


def look_up(case: Case, delivery: Delivery) -> Decision:
    """Sent, no answer: ask NAV what it has before anything is sent again."""
    uncertain = replace(delivery, status="uncertain", lookups=delivery.lookups + 1)
    return put(case, uncertain), [call("nav-lookup", uncertain, uncertain.lookup_key)]


def call(destination: str, delivery: Delivery, key: Any) -> Call:
    """`matter` says whose door has the content, and which of NAV's it goes to."""
    ref = {"referral": delivery.referral_id, "revision": delivery.revision}
    return Call(destination, key, ref if delivery.matter == "referral" else {**ref, "matter": delivery.matter})


def unreachable(case: Case, delivery: Delivery, context: Context) -> Decision:
    """Nothing was sent and the runner goes on trying: only noted, for those who look at the case."""
    return put(case, replace(delivery, unreachable_since=context.now)), NOTHING


def delivered(
    policy: Policy, case: Case, delivery: Delivery, body: Mapping[str, Any], message: Message, context: Context
) -> Decision:
    delivery = replace(delivery, status="sent", code="", sent_at=context.now, unreachable_since=None)
    delivery, receipt = receipted(delivery, body, message)
    outputs = [
        Event(message.subject, DeliverySent(**delivery.name, sent_at=context.now)),
        *receipt,
        *told_openly(case, delivery),
        poll_later(policy, delivery, context),
    ]
    return send_next(put(case, delivery), outputs)


def told_openly(case: Case, delivery: Delivery) -> list[Output]:
    """The open stream knows of referrals alone: that NAV is told of a tenancy is nobody else's matter."""
    if delivery.matter != "referral":
        return []
    return [Event(case.public_id, HousingApplicationChanged(status="referral_delivered"))]


def receipted(delivery: Delivery, body: Mapping[str, Any], message: Message) -> tuple[Delivery, list[Output]]:
    """The delivery with NAV's receipt, where the body holds one and none was here before."""
    if delivery.received_at or not body.get("received_at"):
        return delivery, []
    at = datetime.fromisoformat(str(body["received_at"]))
    event = Event(message.subject, DeliveryReceived(**delivery.name, received_at=at))
    return replace(delivery, status="received", received_at=at), [event]


def parked(case: Case, delivery: Delivery, code: str, message: Message) -> Decision:
    event = Event(message.subject, DeliveryParked(**delivery.name, code=code))
    return send_next(put(case, replace(delivery, status="parked", code=code)), [event])


def rejected(case: Case, delivery: Delivery, code: str, message: Message) -> tuple[Case, Output]:
    """The delivery's end, in a word that the sender knows what to do with."""
    event = Event(message.subject, DeliveryRejected(**delivery.name, code=code))
    return put(case, replace(delivery, status="rejected", code=code)), event


def poll_later(policy: Policy, delivery: Delivery, context: Context) -> Later:
    at = context.now + policy.distance(delivery.polls)
    return Later(at, timer("poll", delivery), PollOutcome(**delivery.name))


def timer(what: str, delivery: Delivery) -> str:
    """One timer of each sort per delivery: another revision must not replace it."""
    return f"{what}:{delivery.referral_id}:{delivery.revision}"
