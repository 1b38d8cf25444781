"""After NAV has the referral: ask for its outcome until it is final, and tell of NAV's silence."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from chassis.outputs import Answered, Context, Decision, Event, Message
from nav_bridge.domain import (
    AWAITED,
    DELIVERED,
    FINAL_OUTCOMES,
    LOST,
    NOT_WITH_NAV,
    RECALL_FAILED,
    Case,
    Delivery,
    Policy,
    put,
)
from nav_bridge.handlers.steps import (
    NOTHING,
    asked_of,
    call,
    ended,
    heard,
    known_newest,
    outdated,
    parked,
    poll_later,
    progressed,
    receipted,
    send_next,
    unreachable,
    watch,
)
from nav_bridge.messages import DeliveryOverdue, PollOutcome, SilenceLasts


def time_to_poll(case: Case, message: Message, context: Context) -> Decision:
    due: PollOutcome = message.data
    delivery = case.find(due.referral_id, due.revision)
    if delivery is None or not _goes_on(delivery):
        return case, NOTHING
    return ask_outcome(case, delivery)


def ask_outcome(case: Case, delivery: Delivery) -> Decision:
    asking = replace(delivery, polls=delivery.polls + 1)
    return send_next(put(case, asking), [call("nav-outcome", asking, asking.outcome_key)])


def outcome_answered(policy: Policy, case: Case | None, message: Message, context: Context) -> Decision:
    """What NAV says of it counts; where it says nothing, it is asked again later."""
    answer: Answered = message.data
    delivery = asked_of(case, answer)
    if case is None or delivery is None or not _goes_on(delivery) or answer.key != delivery.outcome_key:
        return case, NOTHING
    if answer.outcome == "unreachable":
        return unreachable(case, delivery, context)
    if answer.outcome != "accepted":
        return case, [poll_later(policy, delivery, context)]
    delivery = replace(delivery, unreachable_since=None)
    if delivery.recalled_by_letter:
        return _recall_stands(policy, case, delivery, answer.body, message, context)
    return stands(policy, case, delivery, answer.body, message, context)


def stands(
    policy: Policy, case: Case, delivery: Delivery, body: Mapping[str, Any], message: Message, context: Context
) -> Decision:
    """NAV's word on what it has. Still open: ask again, later than last time. Final: the delivery is closed. Settled:
    this channel will tell no more of it, and a person enters the outcome.
    """
    if outdated(delivery, body):
        return put(case, delivery), [poll_later(policy, delivery, context)]
    delivery, receipt = receipted(known_newest(delivery, body), body, message)
    if code := _unfit(body):
        case, outputs = parked(case, delivery, code, message)
        return case, [*receipt, *outputs]
    delivery, outcome = progressed(delivery, body, message)
    if delivery.outcome in FINAL_OUTCOMES[delivery.matter]:
        return ended(case, replace(delivery, status="closed"), [*receipt, *outcome])
    told = [*receipt, *outcome]
    if told:
        delivery, clock = heard(policy, delivery, context)
        told = [*told, clock]
    more = [] if body.get("settled") else [poll_later(policy, delivery, context)]
    return put(case, delivery), [*told, *more]


def _recall_stands(
    policy: Policy, case: Case, delivery: Delivery, body: Mapping[str, Any], message: Message, context: Context
) -> Decision:
    """How far the letter that recalls it has come. One that came to nothing is for a person: NAV knows of the first."""
    if code := _unfit(body):
        return parked(case, delivery, RECALL_FAILED if code in NOT_WITH_NAV else code, message)
    return put(case, delivery), [] if body.get("settled") else [poll_later(policy, delivery, context)]


def silence_lasts(policy: Policy, case: Case, message: Message, context: Context) -> Decision:
    """Told once per period for as long as NAV says nothing new of what it has."""
    due: SilenceLasts = message.data
    delivery = case.find(due.referral_id, due.revision)
    if delivery is None or delivery.heard_at is None or delivery.status not in AWAITED:
        return case, NOTHING
    silent = replace(delivery, silences=delivery.silences + 1)
    told = DeliveryOverdue(**silent.name, silent_since=delivery.heard_at, period=silent.silences)
    return put(case, silent), [Event(message.subject, told), watch(policy, silent, context)]


def _goes_on(delivery: Delivery) -> bool:
    return delivery.status in DELIVERED or delivery.recalled_by_letter


def _unfit(body: Mapping[str, Any]) -> str:
    """Why no machine can go on from NAV's status; empty where it can."""
    return str(body.get("code") or "") if body.get("found") else LOST
