"""Which messages of which topics this service reads, and which it writes."""

from collections.abc import Mapping

from pydantic import BaseModel

from nav_bridge.messages import (
    DeliveryOutcome,
    DeliveryOverdue,
    DeliveryParked,
    DeliveryRecalled,
    DeliveryReceived,
    DeliveryRejected,
    DeliverySent,
    ErasureCompleted,
    HousingApplicationChanged,
    NavNoticeRequested,
    NavNoticeReservationLifted,
    NavNoticeReserved,
    NavNoticeWithdrawn,
    PersonErased,
    ReferralRequested,
    ReferralWithdrawn,
)

READS: Mapping[str, tuple[type[BaseModel], ...]] = {
    "persons.v1": (PersonErased,),
    "referrals.v1": (ReferralRequested, ReferralWithdrawn),
    "nav-notices.v1": (NavNoticeRequested, NavNoticeWithdrawn),
    "arrears.v1": (NavNoticeReserved, NavNoticeReservationLifted),
}

WRITES: Mapping[str, tuple[type[BaseModel], ...]] = {
    "deliveries.v1": (
        DeliverySent,
        DeliveryReceived,
        DeliveryOutcome,
        DeliveryRejected,
        DeliveryParked,
        DeliveryRecalled,
        DeliveryOverdue,
        ErasureCompleted,
    ),
    "housing-events.{kommunenummer}.v1": (HousingApplicationChanged,),
}
