"""NAV says unasked how a delivery stands: as good as its answer to a question, and bound by the same guarantees."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from chassis.errors import Reject
from chassis.outputs import Cancel, Context, Decision, Message
from nav_bridge.domain import AWAITED, DELIVERED, Case, Delivery, Policy
from nav_bridge.handlers.following import stands
from nav_bridge.handlers.recalling import recall_stands
from nav_bridge.handlers.steps import NOTHING, delivered, outdated, timer
from nav_bridge.messages import TakeStanding


def standing_taken(policy: Policy, case: Case | None, message: Message, context: Context) -> Decision:
    """The next question to NAV is put off. What waits for its turn, is at its end, or went by letter is left alone, but
    for what NAV has got late and isn't wanted there: that is recalled.
    """
    told: TakeStanding = message.data
    delivery = case.find(told.referral_id, told.revision) if case else None
    if case is None or delivery is None:
        raise Reject("unknown_delivery", "Leveringen finnes ikke her.", status=404)
    body = {"found": True, **told.model_dump(exclude_none=True)}
    match delivery.status if delivery.channel == "api" else "":
        case "rejected" if delivery.may_come_late:
            return delivered(policy, case, delivery, body, message, context)
        case "sending" | "uncertain":
            made = _there_already(policy, case, delivery, body, message, context)
        case "sent" | "received":
            made = stands(policy, case, replace(delivery, unreachable_since=None), body, message, context)
        case "recalling" if not outdated(delivery, body):
            made = recall_stands(policy, case, replace(delivery, unreachable_since=None), body, message, context)
        case _:
            return case, NOTHING
    return _asked_no_more(delivery, *made)


def _there_already(
    policy: Policy, case: Case, delivery: Delivery, body: Mapping[str, Any], message: Message, context: Context
) -> Decision:
    """It overtook the answer to the hand-in, or comes in its place: NAV has it."""
    case, outputs = delivered(policy, case, delivery, body, message, context)
    there = case.find(*delivery.pair)
    if there is None or there.status not in DELIVERED:
        return case, outputs
    case, more = stands(policy, case, there, body, message, context)
    return case, [*outputs, *more]


def _asked_no_more(delivery: Delivery, case: Case, outputs: Any) -> Decision:
    """At its end no question waits for its time."""
    after = case.find(*delivery.pair)
    if after is not None and after.status in AWAITED:
        return case, outputs
    return case, [*outputs, Cancel(timer("poll", delivery))]
