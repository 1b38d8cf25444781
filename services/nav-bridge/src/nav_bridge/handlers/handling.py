"""What a person does about a delivery that machines won't or mustn't go on with by themselves."""

from dataclasses import replace

from chassis.errors import Reject
from chassis.outputs import Context, Decision, Message, Reply
from nav_bridge.domain import FINAL_OUTCOMES, OUTCOMES, REASONS, STOPPED, Case, Delivery, Note, Policy, put
from nav_bridge.handlers.following import ask_outcome
from nav_bridge.handlers.recalling import recall_afresh
from nav_bridge.handlers.steps import ended, heard, parked, poll_later, progressed, send_next, told_again
from nav_bridge.messages import HandleDelivery

NOT_NOW = {
    "recall": "NAV har ikke denne leveringen til behandling. Ingenting ble kalt tilbake.",
    "park": "Leveringen er på vei eller ferdig. Ingenting ble stanset.",
    "retry": "Leveringen er ikke stanset. Ingenting ble sendt på nytt.",
    "outcome": "NAV har ikke denne leveringen, eller svarer selv på den. Ingenting ble registrert.",
}


def handle_delivery(policy: Policy, case: Case | None, message: Message, context: Context) -> Decision:
    """As the page showed it, or not at all; who did what and why stays with the delivery."""
    command: HandleDelivery = message.data
    delivery = case.find(command.referral_id, command.revision) if case else None
    if case is None or delivery is None:
        raise Reject("no_delivery", "Leveringen finnes ikke. Den kan høre til en annen kommune.", status=404)
    if command.reason not in REASONS[command.act]:
        raise Reject("unknown_reason", "Velg en av begrunnelsene på siden. Ingenting ble gjort.", status=422)
    if delivery.seen != command.seen:
        raise Reject("delivery_changed", "Leveringen er endret siden siden ble åpnet. Ingenting ble gjort.", status=409)
    if not delivery.may(command.act):
        raise Reject("not_now", NOT_NOW[command.act], status=409)
    note = Note(command.act, command.reason, command.by, context.now)
    noted = replace(delivery, notes=(*delivery.notes, note))
    case, outputs = _done(policy, case, noted, message, context)
    after = case.find(command.referral_id, command.revision)
    return case, [*outputs, Reply({"status": after.status if after else ""})]


def _done(policy: Policy, case: Case, delivery: Delivery, message: Message, context: Context) -> Decision:
    match message.data.act:
        case "recall":
            return recall_afresh(policy, case, delivery, context)
        case "park":
            return parked(case, delivery, STOPPED, message)
        case "outcome":
            return _outcome_entered(policy, case, delivery, message, context)
    return _retried(policy, case, delivery, message, context)


def _outcome_entered(policy: Policy, case: Case, delivery: Delivery, message: Message, context: Context) -> Decision:
    """What NAV has told elsewhere counts as if NAV had told it here: a letter brings no outcome back by itself."""
    command: HandleDelivery = message.data
    if command.outcome not in OUTCOMES[delivery.matter]:
        raise Reject("unknown_outcome", "Velg et av utfallene på siden. Ingenting ble registrert.", status=422)
    going = replace(delivery, status=delivery.there, code="", let_go=False)
    again = told_again(going, message) if delivery.status == "parked" else []
    known, told = progressed(going, {"outcome": command.outcome}, message)
    if known.outcome in FINAL_OUTCOMES[known.matter]:
        return ended(case, replace(known, status="closed"), [*again, *told])
    known, clock = heard(policy, known, context)
    asked = [poll_later(policy, known, context)] if known.channel == "api" else []
    return send_next(put(case, known), [*again, *told, clock, *asked])


def _retried(policy: Policy, case: Case, delivery: Delivery, message: Message, context: Context) -> Decision:
    """What NAV has is asked after, and recalled where that is what came to nothing. All else is sent again under the
    same key, unless it must not be sent any more: nor may an older revision go after a newer.
    """
    if case.is_to_be_recalled(delivery):
        return recall_afresh(policy, case, delivery, context)
    if delivery.is_out:
        return _asked_after(policy, case, delivery, message, context)
    if delivery.revision < case.newest(delivery.referral_id):
        raise Reject("superseded", "En nyere utgave gjelder. Ingenting ble sendt på nytt.", status=409)
    if code := case.forbids(delivery):
        raise Reject(code, "Den er trukket, eller leietakeren har reservert seg. Ingenting ble sendt.", status=409)
    return send_next(put(case, delivery.anew()))


def _asked_after(policy: Policy, case: Case, delivery: Delivery, message: Message, context: Context) -> Decision:
    """What is known of it is told again: whoever heard that it was parked hears where it stands."""
    watched, clock = heard(policy, replace(delivery, status=delivery.there, code=""), context)
    case, asked = ask_outcome(case, watched)
    return case, [*told_again(watched, message), *asked, clock]
