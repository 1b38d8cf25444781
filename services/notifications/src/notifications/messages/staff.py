"""The staff register, whose a tenancy is, and what the operator is told."""

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from notifications.messages.parts import Frozen, Id, Subject

Address = Annotated[str, StringConstraints(pattern=r"^[^@\s<>,;]{1,64}@[^@\s<>,;]{1,190}$")]
Role = Literal["servicetorg", "boligansvarlig", "boligutvalg", "vedtakskontor", "okonomi", "leder"]
Area = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f;,]{0,60}$")]
Name = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f;]{1,80}$")]
Empty = Literal[""]
MOST_MEMBERS = 2_000
Trouble = Literal["mail_refused", "alert_unattended"]


class Away(Frozen):
    """Both days are days away."""

    first: date
    last: date


class StaffMember(Frozen):
    subject: Subject
    name: Name
    mail: Address
    roles: tuple[Role, ...]
    area: Area = ""
    substitute: Subject | Empty = ""
    absences: tuple[Away, ...] = ()


class StoreStaff(Frozen):
    """The whole register in place of the one of that version; an address left empty is the settings' own."""

    type: ClassVar[str] = "command.store_staff"
    version: Annotated[int, Field(ge=0, le=2**31 - 1)]
    members: tuple[StaffMember, ...] = Field(max_length=MOST_MEMBERS)
    fallback_mail: Address | Empty = ""
    operator_mail: Address | Empty = ""


class Assignment(Frozen):
    """Whose a tenancy's alerts are: empty is nobody's in particular."""

    tenancy: Id
    caseworker: Subject | Empty = ""
    area: Area = ""


class AssignTenancies(Frozen):
    type: ClassVar[str] = "command.assign_tenancies"
    assignments: tuple[Assignment, ...] = Field(min_length=1, max_length=20_000)


class AssignTenancy(Frozen):
    """Whose one tenancy's alerts are from now on, in place of what was shown; empty is nobody's in particular.

    `by`: who says so.
    """

    type: ClassVar[str] = "command.assign_tenancy"
    by: Subject | Empty = ""
    caseworker: Subject | Empty = ""
    area: Area = ""
    was_caseworker: Subject | Empty = ""
    was_area: Area = ""


class TenancyAssigned(Frozen):
    """To a tenancy, from the register. `by`: see `AssignTenancy`."""

    type: ClassVar[str] = "tell.tenancy_assigned"
    by: Subject | Empty = ""
    caseworker: Subject | Empty = ""
    area: Area = ""


class RaiseAlarm(Frozen):
    """To the day's alarm of that kind: the operator is to be told, once."""

    type: ClassVar[str] = "tell.raise_alarm"
    trouble: Trouble
    day: date


class WatchAlerts(Frozen):
    """To the municipality's auditor: there are open alerts to look after."""

    type: ClassVar[str] = "tell.watch_alerts"


class AuditDue(Frozen):
    type: ClassVar[str] = "timer.audit_due"
    serial: Annotated[int, Field(ge=1)]
