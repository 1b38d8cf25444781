"""How a delivery to NAV goes on: pure deciders over one case's deliveries.

At most one delivery of a case is on its way, so that NAV gets a case's referrals or notices in order. A late or
second answer changes nothing of an end (rejected, parked, closed, recalled), but for what the README says comes late.
What is withdrawn and out is recalled.
"""

from collections.abc import Callable, Iterator
from functools import partial

from chassis.outputs import Decision, Handler, answered
from nav_bridge.domain import Case, Erasure, Policy
from nav_bridge.handlers.erasing import case_erased, erase_case, person_erased
from nav_bridge.handlers.following import outcome_answered, silence_lasts, time_to_poll
from nav_bridge.handlers.handling import handle_delivery
from nav_bridge.handlers.recalling import recall_answered
from nav_bridge.handlers.sending import (
    id_reserved,
    lookup_answered,
    nav_answered,
    nav_notice_requested,
    referral_requested,
    time_to_look_again,
    time_to_send_again,
)
from nav_bridge.handlers.steps import BY_LETTER
from nav_bridge.handlers.telling import standing_taken
from nav_bridge.handlers.withdrawing import nav_notice_withdrawn, referral_withdrawn, reservation_told
from nav_bridge.messages import (
    CaseErased,
    EraseCase,
    HandleDelivery,
    LookAgain,
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
    TakeStanding,
)

KINDS: dict[str, type] = {"delivery": Case, "person": Erasure}


def handlers(policy: Policy) -> tuple[Handler, ...]:
    return (
        Handler(ReferralRequested.type, "delivery", partial(referral_requested, policy)),
        Handler(ReferralWithdrawn.type, "delivery", partial(referral_withdrawn, policy)),
        Handler(NavNoticeRequested.type, "delivery", partial(nav_notice_requested, policy)),
        Handler(NavNoticeWithdrawn.type, "delivery", partial(nav_notice_withdrawn, policy)),
        Handler(NavNoticeReserved.type, "delivery", partial(reservation_told, policy)),
        Handler(NavNoticeReservationLifted.type, "delivery", partial(reservation_told, policy)),
        Handler(answered("svarut-reserve"), "delivery", partial(id_reserved, policy)),
        *_of_either("nav", partial(nav_answered, policy)),
        *_of_either("nav-lookup", partial(lookup_answered, policy)),
        Handler(SendAgain.type, "delivery", partial(time_to_send_again, policy)),
        Handler(LookAgain.type, "delivery", time_to_look_again),
        Handler(PollOutcome.type, "delivery", time_to_poll),
        *_of_either("nav-outcome", partial(outcome_answered, policy)),
        *_of_either("nav-recall", partial(recall_answered, policy)),
        Handler(TakeStanding.type, "delivery", partial(standing_taken, policy)),
        Handler(HandleDelivery.type, "delivery", partial(handle_delivery, policy)),
        Handler(SilenceLasts.type, "delivery", partial(silence_lasts, policy)),
        Handler(PersonErased.type, "person", person_erased, passes=True),
        Handler(EraseCase.type, "delivery", erase_case, passes=True),
        Handler(CaseErased.type, "person", case_erased, passes=True),
    )


def _of_either(destination: str, decide: Callable[..., Decision]) -> Iterator[Handler]:
    """The answer is decided on in the same way, whichever channel brought it."""
    for name in (destination, BY_LETTER[destination]):
        yield Handler(answered(name), "delivery", decide)


HANDLERS = handlers(Policy())
