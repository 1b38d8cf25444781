"""What people do about an alert, what is done if they don't, and the morning mail."""

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from notifications.messages.parts import Frozen, Id, Ore, Subject, Version

NoteCode = Literal["contact", "not_reached", "plan", "nav", "bostotte", "other"]
SnoozeReason = Literal["promise", "delayed_benefit", "deceased", "dispute", "missing_data", "other"]
ResolveReason = Literal["settled_otherwise", "wrong_basis", "not_relevant", "deceased"]
Basis = Literal["person", "tenancy", "area", "fallback"]
What = Literal["fresh", "solved", "waiting"]
LONGEST_NOTE = 300
"""Characters."""
Sentence = Annotated[str, StringConstraints(max_length=LONGEST_NOTE, pattern=r"^[^\x00-\x1f]*$")]
EscalationStep = Literal[
    "reminder", "S5", "substitute", "leader", "phone", "fallback", "reopened", "snooze_ended", "promise_broken"
]
Level = Annotated[int, Field(ge=1, le=4)]


class AlertAssigned(Frozen):
    """`assigned_to`: a token's opaque subject, or `fallback`. `basis`: why that one."""

    type: ClassVar[str] = "alert.assigned"
    alert_id: Id
    assigned_to: Subject
    basis: Basis


class AlertContactNoted(Frozen):
    """That something was done, and of which kind; what was said of it stays here."""

    type: ClassVar[str] = "alert.contact_noted"
    alert_id: Id
    code: NoteCode
    noted_by: Subject


class AlertSnoozed(Frozen):
    """`until_on`: the first day that is no longer snoozed."""

    type: ClassVar[str] = "alert.snoozed"
    alert_id: Id
    code: SnoozeReason
    until_on: date
    snoozed_by: Subject


class AlertEscalated(Frozen):
    """The message went a step further because nobody had done what the level asks for; the level is as it was."""

    type: ClassVar[str] = "alert.escalated"
    alert_id: Id
    step: EscalationStep
    level: Level


class _OnAlert(Frozen):
    """A command on the alert as it was in that version. `by`: who gives it."""

    alert_id: Id
    version: Version
    by: Subject


class AssignAlert(_OnAlert):
    type: ClassVar[str] = "command.assign_alert"
    to: Subject


class NoteContact(_OnAlert):
    """`text`: one sentence at most, which is told to nobody outside this service."""

    type: ClassVar[str] = "command.note_contact"
    code: NoteCode
    text: Sentence = ""


class SnoozeAlert(_OnAlert):
    """`promised_on`, `promised_ore`: of a promise to pay; without a sum it is all that is owed now."""

    type: ClassVar[str] = "command.snooze_alert"
    reason: SnoozeReason
    until_on: date
    promised_on: date | None = None
    promised_ore: Ore | None = None


class ResolveAlert(_OnAlert):
    type: ClassVar[str] = "command.resolve_alert"
    because: ResolveReason


class CareDue(Frozen):
    """The next step of an alert is due. `serial`: of the step; another number is one that was given up."""

    type: ClassVar[str] = "timer.care_due"
    episode: Annotated[int, Field(ge=1)]
    serial: Annotated[int, Field(ge=1)]


class MendCare(Frozen):
    """To a tenancy from the auditor: its open alert lacks an owner or a next step."""

    type: ClassVar[str] = "tell.mend_care"


class AddToDigest(Frozen):
    """To somebody's morning mail: one alert more. `to`: whose it is."""

    type: ClassVar[str] = "tell.add_to_digest"
    to: Subject
    what: What
    alert: Id


class DigestDue(Frozen):
    type: ClassVar[str] = "timer.digest_due"
    day: date
