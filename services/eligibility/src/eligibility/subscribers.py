"""Which messages of which topics this service reads, and which it writes."""

from collections.abc import Mapping

from pydantic import BaseModel

from eligibility.messages import (
    DELIVERIES,
    ApplicationRegistered,
    ApplicationWithdrawn,
    AssessmentCompleted,
    DecisionMade,
    ErasureCompleted,
    HousingApplicationChanged,
    PersonErased,
    ReferralRequested,
    ReferralWithdrawn,
)

READS: Mapping[str, tuple[type[BaseModel], ...]] = {
    "persons.v1": (PersonErased,),
    "applications.v1": (ApplicationRegistered, ApplicationWithdrawn),
    "deliveries.v1": DELIVERIES,
}

WRITES: Mapping[str, tuple[type[BaseModel], ...]] = {
    "decisions.v1": (AssessmentCompleted, DecisionMade, ErasureCompleted),
    "referrals.v1": (ReferralRequested, ReferralWithdrawn),
    "housing-events.{kommunenummer}.v1": (HousingApplicationChanged,),
}
