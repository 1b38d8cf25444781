"""A referral or notice is withdrawn, or the tenant says no to notices: what isn't sent never is, what is withdrawn and
out is recalled.
"""

from dataclasses import replace

from chassis.errors import Reject
from chassis.outputs import Context, Decision, Message, Output
from nav_bridge.domain import Case, Policy, Reservation
from nav_bridge.handlers.recalling import recall_withdrawn
from nav_bridge.handlers.steps import NOTHING, rejected
from nav_bridge.messages import NavNoticeReserved, NavNoticeWithdrawn, ReferralWithdrawn


def referral_withdrawn(policy: Policy, case: Case | None, message: Message, context: Context) -> Decision:
    """One on its way is stopped by the owner's door, or recalled once it is known to be there."""
    told: ReferralWithdrawn = message.data
    if case is None:
        raise Reject("unknown_referral", "Det trekkes en henvisning som ikke finnes her.")
    return _withdrawn(policy, case, told.referral_id, message, context)


def nav_notice_withdrawn(policy: Policy, case: Case | None, message: Message, context: Context) -> Decision:
    told: NavNoticeWithdrawn = message.data
    if case is None or not case.newest(told.notice_id):
        raise Reject("unknown_notice", "Det trekkes en melding til NAV som ikke finnes her.")
    return _withdrawn(policy, case, told.notice_id, message, context)


def reservation_told(policy: Policy, case: Case | None, message: Message, context: Context) -> Decision:
    """From now on no notice of the tenancy is sent, until the reservation is lifted."""
    told = message.data
    line = Reservation(told.dated_on.toordinal(), told.line_id, isinstance(told, NavNoticeReserved))
    case = case or Case()
    if line in case.reservations:
        return case, NOTHING
    return _stopped(policy, replace(case, reservations=(*case.reservations, line)), message, context)


def _withdrawn(policy: Policy, case: Case, id: str, message: Message, context: Context) -> Decision:
    withdrawn = replace(case, withdrawn=tuple(dict.fromkeys((*case.withdrawn, id))))
    case, stopped = _stopped(policy, withdrawn, message, context)
    case, recalls = recall_withdrawn(policy, case, context)
    return case, [*stopped, *recalls]


def _stopped(policy: Policy, case: Case, message: Message, context: Context) -> Decision:
    """What waits, for its turn or for a person, and must not be sent any more, is at its end."""
    outputs: list[Output] = []
    for delivery in case.deliveries:
        if delivery.waits and (code := case.forbids(delivery)):
            case, told = rejected(policy, case, delivery, code, message, context)
            outputs += told
    return case, outputs
