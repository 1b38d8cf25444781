"""After NAV has the referral: ask for its outcome until it is final."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from chassis.outputs import Answered, Context, Decision, Event, Message, Output
from nav_bridge.domain import DELIVERED, FINAL_OUTCOMES, Case, Delivery, Policy, put
from nav_bridge.handlers.steps import NOTHING, asked_of, call, parked, poll_later, receipted, unreachable
from nav_bridge.messages import DeliveryOutcome, HousingApplicationChanged, PollOutcome


def time_to_poll(case: Case, message: Message, context: Context) -> Decision:
    due: PollOutcome = message.data
    delivery = case.find(due.referral_id, due.revision)
    if delivery is None or delivery.status not in DELIVERED:
        return case, NOTHING
    asking = replace(delivery, polls=delivery.polls + 1)
    return put(case, asking), [call("nav-outcome", asking, asking.outcome_key)]


def outcome_answered(policy: Policy, case: Case | None, message: Message, context: Context) -> Decision:
    """Still open: ask again, later than last time. Final: the delivery is closed."""
    answer: Answered = message.data
    delivery = asked_of(case, answer)
    if case is None or delivery is None or delivery.status not in DELIVERED or answer.key != delivery.outcome_key:
        return case, NOTHING
    if answer.outcome == "unreachable":
        return unreachable(case, delivery, context)
    delivery = replace(delivery, unreachable_since=None)
    if answer.outcome != "accepted":
        return put(case, delivery), [poll_later(policy, delivery, context)]
    delivery, receipt = receipted(delivery, answer.body, message)
    if code := _unfit(answer.body):
        case, outputs = parked(case, delivery, code, message)
        return case, [*receipt, *outputs]
    delivery, outcome = _progressed(delivery, answer.body.get("outcome") or "", message)
    if delivery.outcome not in FINAL_OUTCOMES[delivery.matter]:
        return put(case, delivery), [*receipt, *outcome, poll_later(policy, delivery, context)]
    case = put(case, replace(delivery, status="closed"))
    return case, [*receipt, *outcome, *_closed_for_all(case, delivery)]


def _unfit(body: Mapping[str, Any]) -> str:
    """Why no machine can go on from NAV's status; empty where it can."""
    return str(body.get("code") or "") if body.get("found") else "lost_by_nav"


def _progressed(delivery: Delivery, outcome: Any, message: Message) -> tuple[Delivery, list[Output]]:
    if outcome in {"", delivery.outcome}:
        return delivery, []
    event = Event(message.subject, DeliveryOutcome(**delivery.name, outcome=outcome))
    return replace(delivery, outcome=outcome), [event]


def _closed_for_all(case: Case, delivery: Delivery) -> list[Output]:
    """The open stream is told of a referral alone, and of its newest revision's end: an older one's leaves it open."""
    if delivery.matter != "referral" or delivery.revision < case.newest(delivery.referral_id):
        return []
    return [Event(case.public_id, HousingApplicationChanged(status="referral_closed"))]
