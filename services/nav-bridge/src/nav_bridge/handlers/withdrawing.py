"""A referral is withdrawn: what isn't sent never is."""

from dataclasses import replace

from chassis.errors import Reject
from chassis.outputs import Context, Decision, Message
from nav_bridge.domain import WITHDRAWN, Case
from nav_bridge.handlers.steps import rejected
from nav_bridge.messages import ReferralWithdrawn


def referral_withdrawn(case: Case | None, message: Message, context: Context) -> Decision:
    """Those that wait are stopped here. One on its way is stopped by the owner's door, or comes back as sent."""
    told: ReferralWithdrawn = message.data
    if case is None:
        raise Reject("unknown_referral", "Det trekkes en henvisning som ikke finnes her.")
    case = replace(case, withdrawn=tuple(dict.fromkeys((*case.withdrawn, told.referral_id))))
    stopped = [each for each in case.deliveries if each.referral_id == told.referral_id and each.status == "requested"]
    outputs = []
    for delivery in stopped:
        case, told_of = rejected(case, delivery, WITHDRAWN, message)
        outputs.append(told_of)
    return case, outputs
