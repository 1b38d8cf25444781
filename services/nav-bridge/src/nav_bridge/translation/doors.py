"""What our doors tell of a referral or a notice. Held while it is sent, never kept and never logged."""

from datetime import date, datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

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
    due_on: date | None = None
    priority: str | None = None


class Unpaid(Told):
    """One invoice, and what is unpaid of it, in øre."""

    due_on: date
    open_ore: Annotated[int, Field(gt=0)]


class EvictionNotice(Told):
    """The notice of tvangsfullbyrdelsesloven § 4-18 that runs."""

    sent_on: date
    deadline_on: date


class Notice(Told):
    """notifications `GET /nav-notices/{id}`: the debt as it stood when the notice was asked for, in øre."""

    notice_id: Id
    revision: int
    requested_on: date
    tenants: tuple[Id, ...]
    from_role: str
    as_of: date
    debt_ore: int
    unpaid: Annotated[tuple[Unpaid, ...], Field(min_length=1)]
    eviction_notice: EvictionNotice | None = None

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        """A wrong amount in a notice can stop what the notice is to prevent or make lawful (domain report §7)."""
        if sum(each.open_ore for each in self.unpaid) != self.debt_ore:
            raise ValueError("the unpaid invoices don't add up to the debt")
        return self


class Person(Told):
    """intake `POST /persons/lookup`, one entry. `national_id` comes for the purposes of the hand-off alone."""

    status: Literal["found", "protected", "erased", "unknown"]
    name: str | None = None
    national_id: str | None = None
    phone: str | None = None
    email: str | None = None
    address: str | None = None
