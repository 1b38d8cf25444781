"""Of eligibility's events, what the status view shows."""

from datetime import date
from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict


class AssessmentCompleted(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")
    type: ClassVar[str] = "assessment.completed"
    overall: Literal["candidate", "not_candidate", "needs_mapping", "out_of_scope"]


class DecisionMade(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")
    type: ClassVar[str] = "decision.made"
    outcome: Literal["granted", "refused", "dismissed"]
    decided_on: date
