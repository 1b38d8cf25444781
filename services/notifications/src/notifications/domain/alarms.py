"""What the operator is told of, beside missing bank files, and the auditor's round of a municipality."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID, uuid5

from notifications.domain.staff import register_id
from notifications.domain.tenancy import Mail

Trouble = Literal["mail_refused", "alert_unattended"]


@dataclass(frozen=True, slots=True)
class Alarm:
    """One per kind and day. `count`: how often it was raised that day; it is told of once."""

    trouble: Trouble
    day: date
    mail: Mail
    count: int = 1


@dataclass(frozen=True, slots=True)
class Audit:
    """`serial` numbers the rounds; `due`: of the next one, None while no alert is open. `found`: in the last."""

    serial: int = 0
    due: datetime | None = None
    ran_at: datetime | None = None
    found: int = 0


def alarm_id(kommunenummer: str, trouble: Trouble, day: date) -> str:
    return str(uuid5(UUID(register_id(kommunenummer)), f"alarm:{trouble}:{day.isoformat()}"))


def audit_id(kommunenummer: str) -> str:
    return str(uuid5(UUID(register_id(kommunenummer)), "audit"))
