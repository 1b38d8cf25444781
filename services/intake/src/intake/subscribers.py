"""Which messages of which topics this service reads, and which it writes."""

from collections.abc import Mapping

from pydantic import BaseModel

from intake.messages import (
    ARREARS,
    ApplicationRegistered,
    ApplicationWithdrawn,
    AssessmentCompleted,
    DecisionMade,
    DeliveryOutcome,
    DeliveryParked,
    DeliveryRecalled,
    DeliveryReceived,
    DeliveryRejected,
    DeliverySent,
    ErasureCompleted,
    HousingApplicationChanged,
    HousingTenancyChanged,
    LedgerClosed,
    PersonErased,
    TenancyChanged,
    TenancyEnded,
    TenancyRenewed,
    TenancyStarted,
)

READS: Mapping[str, tuple[type[BaseModel], ...]] = {
    "decisions.v1": (AssessmentCompleted, DecisionMade, ErasureCompleted),
    "deliveries.v1": (
        DeliverySent,
        DeliveryReceived,
        DeliveryOutcome,
        DeliveryRejected,
        DeliveryParked,
        DeliveryRecalled,
        ErasureCompleted,
    ),
    "risks.v1": (ErasureCompleted,),
}

WRITES: Mapping[str, tuple[type[BaseModel], ...]] = {
    "persons.v1": (PersonErased, ErasureCompleted),
    "applications.v1": (ApplicationRegistered, ApplicationWithdrawn),
    "tenancies.v1": (TenancyStarted, TenancyChanged, TenancyRenewed, TenancyEnded),
    "arrears.v1": (*ARREARS, LedgerClosed),
    "housing-events.{kommunenummer}.v1": (HousingApplicationChanged, HousingTenancyChanged),
}
