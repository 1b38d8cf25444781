"""The auditor: as long as an alert is open, all open ones are looked over each working hour.

What it finds is put right where it can be, and the operator is told: it should have been impossible.
"""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid5

from chassis.outputs import Answered, Call, Context, Decision, Key, Later, Message, Output, Tell
from notifications.domain.alarms import Audit
from notifications.domain.working_time import WorkingTime
from notifications.handlers.alarming import alarmed
from notifications.messages import AuditDue, MendCare

EVERY = 1
"""Working hours between two rounds."""
OVERDUE = timedelta(days=4)
"""A round that is later than this, over any weekend with holidays around it, was lost."""


def watch_alerts(working: WorkingTime, state: Audit | None, message: Message, context: Context) -> Decision:
    audit = state or Audit()
    if audit.due and context.now < audit.due + OVERDUE:
        return audit, []
    return _planned(working, audit, context)


def audit_due(working: WorkingTime, state: Audit | None, message: Message, context: Context) -> Decision:
    audit = state or Audit()
    if audit.serial != message.data.serial:
        return audit, []
    key = uuid5(UUID(message.subject), str(audit.serial))
    planned, next_round = _planned(working, replace(audit, ran_at=context.now), context)
    return planned, [Call("audit", key, {"round": audit.serial}), *next_round]


def audited(state: Audit | None, message: Message, context: Context) -> Decision:
    """Only what the database said; a round that failed is no finding, the next one comes within the hour."""
    answer: Answered = message.data
    audit = state or Audit()
    if answer.outcome != "accepted":
        return audit, []
    found = [str(each) for each in answer.body.get("unattended", ())]
    outputs: list[Output] = [Tell(Key("tenancy", each), MendCare()) for each in found]
    if found:
        outputs.append(alarmed(message, context, "alert_unattended"))
    return replace(audit, found=len(found)), outputs


def _planned(working: WorkingTime, audit: Audit, context: Context) -> tuple[Audit, list[Output]]:
    due, serial = working.later(context.now, hours=EVERY), audit.serial + 1
    later = Later(due, f"audit:{serial}", AuditDue(serial=serial))
    return replace(audit, serial=serial, due=due), [later]
