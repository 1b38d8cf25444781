"""Events of applications and tenancies, and the thin ones of the open stream."""

from datetime import date
from typing import ClassVar, Literal

from intake.messages.parts import Thin


class ApplicationRegistered(Thin):
    type: ClassVar[str] = "application.registered"
    public_id: str
    applicant: str
    application_type: Literal["kommunal_bolig", "startlan", "tilskudd"]
    dwelling_type: Literal["gjennomgangsbolig", "omsorgsbolig", "trygdebolig", "tilrettelagt"] | None
    received_on: date


class ApplicationWithdrawn(Thin):
    type: ClassVar[str] = "application.withdrawn"
    withdrawn_on: date


class TenancyStarted(Thin):
    type: ClassVar[str] = "tenancy.started"
    public_id: str
    account: str
    tenants: tuple[str, ...]
    rent_ore: int
    kid: str | None = None
    started_on: date
    lease_ends_on: date | None = None
    dwelling: str | None = None


class TenancyChanged(Thin):
    """None: unchanged. `lease_ends_on`: a last day that is put right; a longer lease is a `TenancyRenewed`."""

    type: ClassVar[str] = "tenancy.changed"
    rent_ore: int | None = None
    kid: str | None = None
    tenants: tuple[str, ...] | None = None
    dwelling: str | None = None
    started_on: date | None = None
    lease_ends_on: date | None = None
    changed_on: date


class TenancyRenewed(Thin):
    """`lease_ends_on`: the new last day; None for a lease without end."""

    type: ClassVar[str] = "tenancy.renewed"
    renewed_on: date
    lease_ends_on: date | None = None


class TenancyEnded(Thin):
    type: ClassVar[str] = "tenancy.ended"
    ended_on: date


class HousingApplicationChanged(Thin):
    type: ClassVar[str] = "housing_application.changed"
    status: Literal["registered", "withdrawn"] = "registered"
    due_on: date | None = None


class HousingTenancyChanged(Thin):
    type: ClassVar[str] = "housing_tenancy.changed"
    status: Literal["started", "ended"]
    stage: None = None
