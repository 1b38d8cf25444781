"""What is withdrawn and out is recalled: NAV is asked, by a message of its own, to let it be.

No answer to it is followed by a look-up, as with a referral: what NAV has then says whether the recall got there. NAV
may have decided first; then its decision is what became of it.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from chassis.outputs import Answered, Context, Decision, Event, Message, Output
from nav_bridge.domain import (
    FINAL_OUTCOMES,
    LETTER_REFUSED,
    LOST,
    RECALL_FAILED,
    WITHDRAWN,
    Case,
    Delivery,
    Policy,
    put,
)
from nav_bridge.handlers.following import ask_outcome
from nav_bridge.handlers.steps import (
    NOTHING,
    again_later,
    asked_of,
    doubt,
    ended,
    known_newest,
    look_up,
    parked,
    poll_later,
    progressed,
    recall,
    receipted,
    refusal,
    unreachable,
    watch,
)
from nav_bridge.messages import DeliveryRecalled

# NAV's word for a recall that came too late, in ours.
DECIDED = "decided"


def recall_withdrawn(policy: Policy, case: Case, context: Context) -> Decision:
    """Whatever of the case must be recalled now, the oldest first."""
    outputs: list[Output] = []
    for delivery in filter(case.must_be_recalled, case.deliveries):
        case, recalls = recall_afresh(policy, case, delivery, context)
        outputs += recalls
    return case, outputs


def recall_afresh(policy: Policy, case: Case, delivery: Delivery, context: Context) -> Decision:
    """Where it was parked nobody waited for NAV's word; now its silence counts again."""
    case, calls = recall(case, delivery.to_recall())
    return case, [*calls, watch(policy, delivery, context)] if delivery.status == "parked" else calls


def recall_answered(policy: Policy, case: Case | None, message: Message, context: Context) -> Decision:
    answer: Answered = message.data
    delivery = asked_of(case, answer)
    if case is None or delivery is None or delivery.status != "recalling":
        return case, NOTHING
    match answer.outcome:
        case "unreachable":
            return unreachable(case, delivery, context)
        case "unknown":
            return look_up(case, delivery)
        case "accepted":
            return _recalled(policy, case, delivery, message, context)
    return _refused(case, delivery, refusal(answer), message)


def _refused(case: Case, delivery: Delivery, code: str, message: Message) -> Decision:
    """NAV may have decided. A letter may be there all the same."""
    if code == DECIDED:
        return _too_late(case, delivery)
    if delivery.channel == "letter":
        return look_up(case, replace(delivery, code=RECALL_FAILED if code == LETTER_REFUSED else code))
    return parked(case, delivery, code, message)


def recall_looked_up(
    policy: Policy, case: Case, delivery: Delivery, body: Mapping[str, Any], message: Message, context: Context
) -> Decision:
    """The recall got there where NAV has it as withdrawn. In what other word NAV has it doesn't matter: it can be let
    be whatever its state is called.
    """
    delivery = replace(delivery, unreachable_since=None)
    if not body.get("found"):
        return parked(case, delivery, LOST, message)
    case, told = recall_stands(policy, case, delivery, body, message, context)
    delivery = case.find(*delivery.pair) or delivery
    if delivery.status != "recalling":
        return case, told
    case, outputs = _not_recalled(policy, case, delivery, message, context)
    return case, [*told, *outputs]


def _not_recalled(policy: Policy, case: Case, delivery: Delivery, message: Message, context: Context) -> Decision:
    """It is sent again, at once the first time. A letter that was refused may be one that SvarUt is still at work on:
    it is looked for once more, and is then for a person, who may recall it anew, as NAV has what is to be recalled.
    """
    if delivery.code and not delivery.doubted:
        return doubt(case, delivery, context)
    if delivery.code:
        return parked(case, replace(delivery, doubted=False), delivery.code, message)
    if delivery.resends == 0:
        return recall(case, replace(delivery, resends=1))
    return case, [again_later(policy, delivery, context)]


def recall_stands(
    policy: Policy, case: Case, delivery: Delivery, body: Mapping[str, Any], message: Message, context: Context
) -> Decision:
    """NAV's word on what it was asked to let be: it has, or it had decided first, or neither is known yet."""
    delivery, told = receipted(known_newest(delivery, body), body, message)
    delivery, outcome = replace(delivery, status="recalling"), body.get("outcome")
    if outcome == WITHDRAWN:
        case, ends = _recalled(policy, case, delivery, message, context)
    elif outcome in FINAL_OUTCOMES[delivery.matter]:
        delivery, progress = progressed(delivery, body, message)
        case, ends = ended(case, replace(delivery, status="closed"), progress)
    else:
        case, ends = put(case, delivery), NOTHING
    return case, [*told, *ends]


def _recalled(policy: Policy, case: Case, delivery: Delivery, message: Message, context: Context) -> Decision:
    """Its end; but for a letter, which SvarUt may yet not get there."""
    told = Event(message.subject, DeliveryRecalled(**delivery.name, recalled_at=context.now))
    recalled = replace(delivery, status="recalled", code="", doubted=False, unreachable_since=None)
    more = [poll_later(policy, recalled, context)] if recalled.recalled_by_letter else []
    return ended(case, recalled, [told, *more])


def _too_late(case: Case, delivery: Delivery) -> Decision:
    return ask_outcome(case, replace(delivery, status=delivery.there, decided=True, unreachable_since=None))
