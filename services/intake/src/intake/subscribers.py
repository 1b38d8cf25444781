"""Which messages of which topics this service reads, and which it writes."""

from collections.abc import Mapping

from pydantic import BaseModel

from intake.messages import (
    ARREARS,
    ApplicationRegistered,
    ApplicationWithdrawn,
    AssessmentCompleted,
    DecisionMade,
    HousingApplicationChanged,
    HousingTenancyChanged,
    LedgerClosed,
    TenancyChanged,
    TenancyEnded,
    TenancyStarted,
)

READS: Mapping[str, tuple[type[BaseModel], ...]] = {"decisions.v1": (AssessmentCompleted, DecisionMade)}

WRITES: Mapping[str, tuple[type[BaseModel], ...]] = {
    "applications.v1": (ApplicationRegistered, ApplicationWithdrawn),
    "tenancies.v1": (TenancyStarted, TenancyChanged, TenancyEnded),
    "arrears.v1": (*ARREARS, LedgerClosed),
    "housing-events.{kommunenummer}.v1": (HousingApplicationChanged, HousingTenancyChanged),
}
