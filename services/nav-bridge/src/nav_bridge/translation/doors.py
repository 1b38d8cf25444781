"""What eligibility's and intake's doors tell of a referral. Held while it is sent, never kept and never logged."""

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from nav_bridge.messages import Id


class Told(BaseModel):
    """Shows nothing of its content in a log line or a traceback."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(…)"

    __str__ = __repr__


class LegalBasis(Told):
    kind: Literal["consent", "law"]
    consent_id: str | None = None
    consented_at: datetime | None = None


class Household(Told):
    adults: int
    children: int


class Tenancy(Told):
    """Rent per month, in øre."""

    dwelling_id: str | None = None
    lease_ends_on: date | None = None
    rent_ore: int | None = None


class Referral(Told):
    """eligibility `GET /referrals/{id}`: domain report §3.2, codes as the application has them.

    Without a recipient there is nobody to send it to: the municipality has not said who takes its referrals.
    """

    referral_id: Id
    revision: int
    requested_on: date
    applicant: Id
    application_type: Literal["startlan", "tilskudd"]
    from_role: str
    to_role: str
    to_unit: str
    legal_basis: LegalBasis
    purpose: str | None = None
    grounds: tuple[str, ...] = ()
    household: Household | None = None
    tenancy: Tenancy | None = None
    arrears_band: str | None = None
    needs_extended_help: bool | None = None
    language: str | None = None
    interpreter: bool | None = None


class Person(Told):
    """intake `POST /persons/lookup`, one entry. `national_id` comes for the purpose `nav_referral` alone, if at all."""

    status: Literal["found", "protected", "erased", "unknown"]
    name: str | None = None
    national_id: str | None = None
    phone: str | None = None
    email: str | None = None
    address: str | None = None
