"""How a delivery to NAV goes on: pure deciders over one case's deliveries.

At most one delivery of a case is on its way, so that NAV gets a case's referrals or notices in order. An end (rejected,
parked, closed, recalled) is never left: a late or second answer changes nothing. What is withdrawn and out is recalled.
"""

from functools import partial

from chassis.outputs import Handler, answered
from nav_bridge.domain import Case, Erasure, Policy
from nav_bridge.handlers.erasing import case_erased, erase_case, person_erased
from nav_bridge.handlers.following import outcome_answered, silence_lasts, time_to_poll
from nav_bridge.handlers.handling import handle_delivery
from nav_bridge.handlers.recalling import recall_answered
from nav_bridge.handlers.sending import (
    lookup_answered,
    nav_answered,
    nav_notice_requested,
    referral_requested,
    time_to_send_again,
)
from nav_bridge.handlers.withdrawing import nav_notice_withdrawn, referral_withdrawn, reservation_told
from nav_bridge.messages import (
    CaseErased,
    EraseCase,
    HandleDelivery,
    NavNoticeRequested,
    NavNoticeReservationLifted,
    NavNoticeReserved,
    NavNoticeWithdrawn,
    PersonErased,
    PollOutcome,
    ReferralRequested,
    ReferralWithdrawn,
    SendAgain,
    SilenceLasts,
)

KINDS: dict[str, type] = {"delivery": Case, "person": Erasure}


def handlers(policy: Policy) -> tuple[Handler, ...]:
    return (
        Handler(ReferralRequested.type, "delivery", referral_requested),
        Handler(ReferralWithdrawn.type, "delivery", partial(referral_withdrawn, policy)),
        Handler(NavNoticeRequested.type, "delivery", nav_notice_requested),
        Handler(NavNoticeWithdrawn.type, "delivery", partial(nav_notice_withdrawn, policy)),
        Handler(NavNoticeReserved.type, "delivery", reservation_told),
        Handler(NavNoticeReservationLifted.type, "delivery", reservation_told),
        Handler(answered("nav"), "delivery", partial(nav_answered, policy)),
        Handler(answered("nav-lookup"), "delivery", partial(lookup_answered, policy)),
        Handler(SendAgain.type, "delivery", time_to_send_again),
        Handler(PollOutcome.type, "delivery", time_to_poll),
        Handler(answered("nav-outcome"), "delivery", partial(outcome_answered, policy)),
        Handler(answered("nav-recall"), "delivery", recall_answered),
        Handler(HandleDelivery.type, "delivery", partial(handle_delivery, policy)),
        Handler(SilenceLasts.type, "delivery", partial(silence_lasts, policy)),
        Handler(PersonErased.type, "person", person_erased, passes=True),
        Handler(EraseCase.type, "delivery", erase_case, passes=True),
        Handler(CaseErased.type, "person", case_erased, passes=True),
    )


HANDLERS = handlers(Policy())
