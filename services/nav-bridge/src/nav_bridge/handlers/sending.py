"""From the request to NAV's word on it, also when that word is lost on its way."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from chassis.errors import Reject
from chassis.outputs import Answered, Context, Decision, Message
from nav_bridge.domain import LETTER_REFUSED, REJECTIONS, Case, Delivery, Policy, add, put
from nav_bridge.handlers.recalling import recall_looked_up
from nav_bridge.handlers.steps import (
    NOTHING,
    again_later,
    ask_for,
    asked_of,
    delivered,
    doubt,
    look_later,
    look_up,
    parked,
    recall,
    refusal,
    rejected,
    send,
    send_next,
    unreachable,
)
from nav_bridge.messages import LookAgain, NavNoticeRequested, ReferralRequested, SendAgain

# NAV has something else under that key.
KEY_CONFLICT = "key_conflict"
# A refusal that may be of what is there already: it is looked up before anyone is told.
MAY_BE_THERE = frozenset({KEY_CONFLICT, LETTER_REFUSED})


def referral_requested(policy: Policy, case: Case | None, message: Message, context: Context) -> Decision:
    asked: ReferralRequested = message.data
    channel = policy.channel(message.kommunenummer)
    delivery = Delivery(asked.referral_id, asked.revision, asked.legal_basis, asked.requested_on, channel=channel)
    return _asked_for(policy, replace(case or Case(), public_id=asked.public_id), delivery, message, context)


def nav_notice_requested(policy: Policy, case: Case | None, message: Message, context: Context) -> Decision:
    """The law lets the landlord tell NAV, unless the tenant has said no (husleieloven § 9-11)."""
    asked: NavNoticeRequested = message.data
    delivery = Delivery(asked.notice_id, asked.revision, "law", asked.requested_on, matter="nav_notice")
    delivery = replace(delivery, channel=policy.channel(message.kommunenummer))
    return _asked_for(policy, case or Case(), delivery, message, context)


def _asked_for(policy: Policy, case: Case, delivery: Delivery, message: Message, context: Context) -> Decision:
    if case.find(delivery.referral_id, delivery.revision):
        return case, NOTHING
    if delivery.revision < case.newest(delivery.referral_id):
        raise Reject("revision_stepped_back", "En nyere revisjon er allerede bedt om.")
    if code := case.forbids(delivery):
        return _refused(policy, add(case, delivery), delivery, code, message, context)
    return send_next(add(case, delivery))


def nav_answered(policy: Policy, case: Case | None, message: Message, context: Context) -> Decision:
    answer: Answered = message.data
    delivery = asked_of(case, answer)
    if case is None or delivery is None or not _awaits(delivery, answer):
        return _proven(case, delivery, answer)
    if answer.outcome == "unreachable":
        return unreachable(case, delivery, context)
    delivery = _attempted(delivery, answer)
    if answer.outcome == "accepted":
        return delivered(policy, case, delivery, answer.body, message, context)
    code = refusal(answer)
    if answer.outcome == "unknown" or code in MAY_BE_THERE or _sent_before(answer):
        return look_up(case, replace(delivery, code=code if answer.outcome == "refused" else ""))
    if delivery.channel == "letter" and delivery.resends and not delivery.doubted:
        return doubt(case, replace(delivery, code=code), context)
    return _refused(policy, case, delivery, code, message, context)


def id_reserved(policy: Policy, case: Case | None, message: Message, context: Context) -> Decision:
    """With SvarUt's id the letter can go, once however often it is sent. Asking for another one harms nobody."""
    answer: Answered = message.data
    delivery = asked_of(case, answer)
    if case is None or delivery is None or not _awaits_id(delivery, answer):
        return case, NOTHING
    if answer.outcome == "unreachable":
        return unreachable(case, delivery, context)
    code = refusal(answer) if answer.outcome == "refused" else ""
    id = str(answer.body.get("letter") or "")
    if delivery.status == "recalling" and code:
        return parked(case, delivery, code, message)
    if delivery.status == "recalling":
        return recall(case, replace(delivery, recall_id=id, unreachable_since=None))
    if code := code or case.forbids(delivery):
        return _refused(policy, case, delivery, code, message, context)
    return send(case, replace(delivery, letter_id=id, unreachable_since=None))


def lookup_answered(policy: Policy, case: Case | None, message: Message, context: Context) -> Decision:
    answer: Answered = message.data
    delivery = asked_of(case, answer)
    if case is None or delivery is None or answer.key != delivery.lookup_key:
        return case, NOTHING
    if delivery.may_come_late:
        return _looked_for(policy, case, delivery, message, context)
    if delivery.status in {"uncertain", "recalling"}:
        return _what_is_there(policy, case, delivery, message, context)
    return case, NOTHING


def time_to_look_again(case: Case, message: Message, context: Context) -> Decision:
    """It has had its end here; it keeps it unless NAV turns out to have it."""
    due: LookAgain = message.data
    delivery = case.find(due.referral_id, due.revision)
    if delivery is None or not delivery.may_come_late:
        return case, NOTHING
    return ask_for(case, delivery)


def time_to_send_again(policy: Policy, case: Case, message: Message, context: Context) -> Decision:
    due: SendAgain = message.data
    delivery = case.find(due.referral_id, due.revision)
    if delivery is None or delivery.status not in {"uncertain", "recalling"}:
        return case, NOTHING
    if delivery.doubted:
        return look_up(case, delivery)
    if delivery.status == "recalling":
        return recall(case, replace(delivery, resends=delivery.resends + 1))
    if code := case.forbids(delivery):
        return _refused(policy, case, delivery, code, message, context)
    return send(case, replace(delivery, resends=delivery.resends + 1))


def _what_is_there(policy: Policy, case: Case, delivery: Delivery, message: Message, context: Context) -> Decision:
    answer: Answered = message.data
    match answer.outcome:
        case "unreachable":
            return unreachable(case, delivery, context)
        case "unknown":
            return look_up(case, delivery)
        case "refused":
            return parked(case, delivery, refusal(answer), message)
    looked_up = recall_looked_up if delivery.status == "recalling" else _looked_up
    return looked_up(policy, case, delivery, answer.body, message, context)


def _looked_up(
    policy: Policy, case: Case, delivery: Delivery, body: Mapping[str, Any], message: Message, context: Context
) -> Decision:
    if body.get("found"):
        return delivered(policy, case, delivery, body, message, context)
    return _not_taken(policy, case, delivery, message, context)


def _not_taken(policy: Policy, case: Case, delivery: Delivery, message: Message, context: Context) -> Decision:
    """The same call again, at once the first time, then ever later.

    What was refused ends as it would have at once, and what was withdrawn or reserved against meanwhile is left.
    """
    if delivery.channel == "letter" and not delivery.doubted and (delivery.code or case.forbids(delivery)):
        return doubt(case, delivery, context)
    if code := case.forbids(delivery) or delivery.code:
        return _refused(policy, case, delivery, code, message, context)
    delivery = replace(delivery, doubted=False)
    if delivery.resends == 0:
        return send(case, replace(delivery, resends=1))
    return put(case, delivery), [again_later(policy, delivery, context)]


def _looked_for(policy: Policy, case: Case, delivery: Delivery, message: Message, context: Context) -> Decision:
    """Nobody's answer takes it from its end but NAV's, that it has it. While NAV is away the runner goes on asking."""
    answer: Answered = message.data
    if answer.outcome == "unreachable":
        return case, NOTHING
    if answer.body.get("found"):
        return delivered(policy, case, delivery, answer.body, message, context)
    delivery = replace(delivery, late_looks=delivery.late_looks + (answer.outcome == "accepted"))
    return put(case, delivery), look_later(policy, delivery, context)


def _awaits(delivery: Delivery, answer: Answered) -> bool:
    """While a look-up is under way, only an accept that came late still says something."""
    return delivery.status == "sending" or (delivery.status == "uncertain" and answer.outcome == "accepted")


def _sent_before(answer: Answered) -> bool:
    """Our own doors kept it back at a later attempt. What became of an earlier one may be gone: an answer that waits
    behind a parked key isn't kept, and is asked for again.
    """
    return "proof" not in answer.body and int(answer.body.get("attempt", 1)) > 1


def _awaits_id(delivery: Delivery, answer: Answered) -> bool:
    going = delivery.status in {"sending", "recalling"}
    return going and delivery.lacks_id and answer.key == delivery.reserving_call


def _proven(case: Case | None, delivery: Delivery | None, answer: Answered) -> Decision:
    """Nobody awaits it. Where NAV's own word overtook it, the proof of what was sent counts still, and nothing else."""
    if case is None or delivery is None or delivery.sent_at is None or delivery.proof:
        return case, NOTHING
    return put(case, _attempted(delivery, answer)) if answer.outcome in {"accepted", "unknown"} else case, NOTHING


def _refused(policy: Policy, case: Case, delivery: Delivery, code: str, message: Message, context: Context) -> Decision:
    """Known words of NAV's end the delivery, and so does a withdrawal, whatever stopped it; all else goes to a person,
    as guessing may do harm.
    """
    if code not in REJECTIONS:
        code = case.forbids(delivery) or code
    if code not in REJECTIONS:
        return parked(case, delivery, code, message)
    case, told = rejected(policy, case, delivery, code, message, context)
    return send_next(case, told)


def _attempted(delivery: Delivery, answer: Answered) -> Delivery:
    """What wasn't taken, as something was sent under its key or id before, is no proof of what is there."""
    untaken = answer.outcome == "refused" and answer.body.get("code") in MAY_BE_THERE
    proof = "" if untaken else str(answer.body.get("proof") or "")
    return replace(
        delivery,
        attempts=max(delivery.attempts + 1, int(answer.body.get("attempt", 0))),
        proof=proof or delivery.proof,
        recipient=delivery.recipient if untaken else str(answer.body.get("recipient") or delivery.recipient),
        unreachable_since=None,
    )
