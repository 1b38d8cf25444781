"""The steps that several deciders take with one delivery of a case."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from chassis.outputs import Answered, Call, Cancel, Context, Decision, Event, Later, Message, Output
from nav_bridge.domain import SVARUT_AT_WORK, Case, Delivery, Policy, put
from nav_bridge.messages import (
    DeliveryOutcome,
    DeliveryParked,
    DeliveryReceived,
    DeliveryRejected,
    DeliverySent,
    HousingApplicationChanged,
    LookAgain,
    PollOutcome,
    SendAgain,
    SilenceLasts,
)

NOTHING: tuple[Output, ...] = ()

# By what name a call of a letter goes out, in the place of NAV's own.
BY_LETTER: Mapping[str, str] = {
    "nav-reserve": "svarut-reserve",
    "nav": "svarut",
    "nav-lookup": "svarut-lookup",
    "nav-outcome": "svarut-outcome",
    "nav-recall": "svarut-recall",
}


def asked_of(case: Case | None, answer: Answered) -> Delivery | None:
    """The delivery that the answered call was made for."""
    return case.find(answer.ref["referral"], answer.ref["revision"]) if case else None


def refusal(answer: Answered) -> str:
    """Why it was refused, in our word for it."""
    return str(answer.body.get("code") or "unknown_answer")


def send_next(case: Case, outputs: Sequence[Output] = NOTHING) -> Decision:
    """The oldest that waits goes, now that no other of the case is on its way."""
    if (delivery := case.next_up()) is None:
        return case, outputs
    case, calls = send(case, delivery)
    return case, [*outputs, *calls]


def send(case: Case, delivery: Delivery) -> Decision:
    """The same Idempotency-Key each time: NAV takes it once however often it comes."""
    sending = replace(delivery, status="sending")
    if sending.lacks_id:
        return put(case, sending), [call("nav-reserve", sending, sending.reserving_call)]
    return put(case, sending), [call("nav", sending, sending.sending_call)]


def look_up(case: Case, delivery: Delivery) -> Decision:
    """Sent, no answer: ask NAV what it has before anything is sent again."""
    return ask_for(case, _unsure(delivery))


def doubt(case: Case, delivery: Delivery, context: Context) -> Decision:
    """SvarUt may have the letter though it wasn't found: where that would be its end, it is looked for once more."""
    at = context.now + SVARUT_AT_WORK
    later = Later(at, timer("send", delivery), SendAgain(**delivery.name))
    return put(case, replace(_unsure(delivery), doubted=True)), [later]


def _unsure(delivery: Delivery) -> Delivery:
    return delivery if delivery.status == "recalling" else replace(delivery, status="uncertain")


def ask_for(case: Case, delivery: Delivery) -> Decision:
    """Whether NAV has it."""
    asking = replace(delivery, lookups=delivery.lookups + 1)
    return put(case, asking), [call("nav-lookup", asking, asking.lookup_key)]


def recall(case: Case, delivery: Delivery) -> Decision:
    """Ask NAV to let it be: the same message each time."""
    recalling = replace(delivery, status="recalling")
    if recalling.lacks_id:
        return put(case, recalling), [call("nav-reserve", recalling, recalling.reserving_call)]
    return put(case, recalling), [call("nav-recall", recalling, recalling.recalling_call)]


def again_later(policy: Policy, delivery: Delivery, context: Context) -> Later:
    """What NAV turned out not to have got is sent again: ever more seldom."""
    at = context.now + policy.distance(delivery.resends - 1)
    return Later(at, timer("send", delivery), SendAgain(**delivery.name))


def call(destination: str, delivery: Delivery, key: Any) -> Call:
    """`matter` says whose door has the content, and which of NAV's it goes to. `letter`: the id that it goes under."""
    ref: dict[str, Any] = {"referral": delivery.referral_id, "revision": delivery.revision}
    if delivery.matter != "referral":
        ref["matter"] = delivery.matter
    if delivery.channel == "api":
        return Call(destination, key, ref)
    recalling = delivery.status in {"recalling", "recalled"}
    ref["letter"] = delivery.recall_id if recalling else delivery.letter_id
    return Call(BY_LETTER[destination], key, ref | ({"recall": True} if recalling else {}))


def unreachable(case: Case, delivery: Delivery, context: Context) -> Decision:
    """Nothing was sent and the runner goes on trying: only noted, for those who look at the case."""
    return put(case, replace(delivery, unreachable_since=delivery.unreachable_since or context.now)), NOTHING


def delivered(
    policy: Policy, case: Case, delivery: Delivery, body: Mapping[str, Any], message: Message, context: Context
) -> Decision:
    """NAV has it: its outcome is asked for, or it is recalled at once where it was withdrawn on its way, or late."""
    came_late = delivery.status == "rejected"
    delivery = replace(known_newest(delivery, body), status="sent", code="", sent_at=context.now)
    delivery = replace(delivery, unreachable_since=None, doubted=False)
    delivery, receipt = receipted(delivery, body, message)
    delivery, watch = heard(policy, delivery, context)
    outputs = [
        Event(message.subject, DeliverySent(**delivery.name, sent_at=context.now)),
        *receipt,
        *told_openly(case, delivery),
        watch,
    ]
    if came_late or case.must_be_recalled(delivery):
        case, calls = recall(case, delivery.to_recall())
        return case, [*outputs, *calls]
    return send_next(put(case, delivery), [*outputs, poll_later(policy, delivery, context)])


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


def outdated(delivery: Delivery, body: Mapping[str, Any]) -> bool:
    """Whether something newer of NAV's is known: its word and our question, or two words, may have crossed."""
    return 0 < int(body.get("number") or 0) < delivery.standing


def known_newest(delivery: Delivery, body: Mapping[str, Any]) -> Delivery:
    return replace(delivery, standing=max(delivery.standing, int(body.get("number") or 0)))


def told_again(delivery: Delivery, message: Message) -> list[Output]:
    """How far it has come, in the events that told it the first time."""
    facts: list[Any] = []
    if delivery.sent_at:
        facts.append(DeliverySent(**delivery.name, sent_at=delivery.sent_at))
    if delivery.received_at:
        facts.append(DeliveryReceived(**delivery.name, received_at=delivery.received_at))
    if delivery.outcome:
        facts.append(DeliveryOutcome(**delivery.name, outcome=delivery.outcome))
    return [Event(message.subject, fact) for fact in facts]


def progressed(delivery: Delivery, body: Mapping[str, Any], message: Message) -> tuple[Delivery, list[Output]]:
    """The delivery with the outcome that the body holds, where it is another than the one known."""
    outcome: Any = body.get("outcome") or ""
    if outcome in {"", delivery.outcome}:
        return delivery, []
    event = Event(message.subject, DeliveryOutcome(**delivery.name, outcome=outcome))
    return replace(delivery, outcome=outcome), [event]


def ended(case: Case, delivery: Delivery, outputs: Sequence[Output]) -> Decision:
    """NAV's part is done. The open stream is told of a referral alone, and of its newest revision's end: an older
    one's leaves it open.
    """
    case = put(case, delivery)
    if delivery.matter == "referral" and delivery.revision == case.newest(delivery.referral_id):
        outputs = [*outputs, Event(case.public_id, HousingApplicationChanged(status="referral_closed"))]
    return send_next(case, [*outputs, unwatched(delivery)])


def parked(case: Case, delivery: Delivery, code: str, message: Message) -> Decision:
    event = Event(message.subject, DeliveryParked(**delivery.name, code=code))
    clock = [unwatched(delivery)] if delivery.heard_at else []
    return send_next(put(case, replace(delivery, status="parked", code=code)), [event, *clock])


def rejected(policy: Policy, case: Case, delivery: Delivery, code: str, message: Message, context: Context) -> Decision:
    """The delivery's end, in a word that the sender knows what to do with."""
    event = Event(message.subject, DeliveryRejected(**delivery.name, code=code))
    delivery = replace(delivery, status="rejected", code=code)
    return put(case, delivery), [event, *look_later(policy, delivery, context)]


def look_later(policy: Policy, delivery: Delivery, context: Context) -> list[Output]:
    """Ever more seldom, and some times at most: what hasn't got there by then was lost on its way."""
    if not delivery.may_come_late or delivery.late_looks >= policy.late_looks:
        return []
    at = context.now + policy.distance(delivery.late_looks)
    return [Later(at, timer("late", delivery), LookAgain(**delivery.name))]


def poll_later(policy: Policy, delivery: Delivery, context: Context) -> Later:
    at = context.now + policy.distance(delivery.polls)
    return Later(at, timer("poll", delivery), PollOutcome(**delivery.name))


def heard(policy: Policy, delivery: Delivery, context: Context) -> tuple[Delivery, Output]:
    """NAV said something new: from here its silence counts."""
    delivery = replace(delivery, heard_at=context.now, silences=0)
    return delivery, watch(policy, delivery, context)


def watch(policy: Policy, delivery: Delivery, context: Context) -> Later:
    at = context.now + policy.silence(delivery.matter)
    return Later(at, timer("silence", delivery), SilenceLasts(**delivery.name))


def unwatched(delivery: Delivery) -> Cancel:
    return Cancel(timer("silence", delivery))


def timer(what: str, delivery: Delivery) -> str:
    """One timer of each sort per delivery: another revision must not replace it."""
    return f"{what}:{delivery.referral_id}:{delivery.revision}"
