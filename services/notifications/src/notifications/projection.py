"""What pages and the API query: of a tenancy its alerts with their history, balances and legal steps; of an account
the bank file that it misses or last missed; the staff register; what the operator was told of.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from chassis.outputs import Key
from notifications.domain.account import Account
from notifications.domain.alarms import Alarm, Audit
from notifications.domain.care import Care
from notifications.domain.care_words import came_back
from notifications.domain.deadlines import Deadlines
from notifications.domain.digest import Digest
from notifications.domain.episodes import Episode
from notifications.domain.erasure import Erasure
from notifications.domain.municipality import Activation, Municipality
from notifications.domain.nav_notices import NavNotice
from notifications.domain.rules import WATCH, Reason
from notifications.domain.staff import Member, Register
from notifications.domain.steps import Enforcement
from notifications.domain.tenancy import Tenancy, alert_id
from notifications.domain.words import LEASE_REMEDY, former, remedy, sentence
from notifications.handlers.legal_clocks import clocks_of

TABLES: Mapping[str, tuple[str, ...]] = {
    "tenancies": ("tenancy",),
    "alerts": ("tenancy", "episode"),
    "alert_changes": ("tenancy", "episode", "number"),
    "silent_alerts": ("tenancy", "episode"),
    "statutory_steps": ("tenancy", "line_id"),
    "nav_notices": ("notice_id", "revision"),
    "balances": ("tenancy", "as_of"),
    "missed_bank_files": ("account_id",),
    "threshold_versions": ("kommunenummer", "number"),
    "staff": ("kommunenummer", "subject"),
    "staff_registers": ("kommunenummer",),
    "alarms": ("alarm_id",),
    "alert_audits": ("kommunenummer",),
}
# So many days after it was closed a former alert is shown beside a new one.
REMEMBERED = 365
Row = dict[str, Any]


State = Tenancy | Account | Municipality | Erasure | Register | Digest | Alarm | Audit


def project(key: Key, kommunenummer: str, state: State) -> dict[str, list[Row]]:
    if isinstance(state, Tenancy):
        return _of_tenancy(key, kommunenummer, state)
    rows = _of_municipality(key, state)
    return {table: [{"kommunenummer": kommunenummer, **row} for row in found] for table, found in rows.items()}


def _of_municipality(
    key: Key, state: Account | Municipality | Erasure | Register | Digest | Alarm | Audit
) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    match state:
        case Account():
            missed = {"account": state.name, "as_of": state.as_of, "mail": state.mail.outcome}
            found = {"missed_bank_files": [{"account_id": key.id, **missed}]}
        case Municipality():
            found = {"threshold_versions": [{"number": n, **_version(a)} for n, a in enumerate(state.activated, 1)]}
        case Register():
            register = {"fallback_mail": state.fallback_mail, "operator_mail": state.operator_mail}
            found = {"staff_registers": [{**register, "version": state.version}]}
            found["staff"] = [_member(member) for member in state.members]
        case Alarm():
            told = {"trouble": state.trouble, "day": state.day, "count": state.count, "mail": state.mail.outcome}
            found = {"alarms": [{"alarm_id": key.id, **told}]}
        case Audit():
            found = {"alert_audits": [{"ran_at": state.ran_at, "due": state.due, "found": state.found}]}
    return found


def _member(member: Member) -> Row:
    return {
        "subject": member.subject,
        "name": member.name,
        "mail": member.mail,
        "roles": list(member.roles),
        "area": member.area,
        "substitute": member.substitute,
        "absences": [[absence.first, absence.last] for absence in member.absences],
    }


def _of_tenancy(key: Key, kommunenummer: str, state: Tenancy) -> dict[str, list[Row]]:
    mine, told = {"tenancy": key.id, "kommunenummer": kommunenummer}, [e for e in state.episodes if not e.silent]
    return {
        "tenancies": [{**mine, **_tenancy(state)}],
        "alerts": [{**mine, **_alert(key.id, state, episode)} for episode in told],
        "alert_changes": [{**mine, **row} for episode in told for row in _changes(episode)],
        "silent_alerts": [{**mine, **_silent(each)} for each in state.episodes if _would_have_been_raised(each)],
        "statutory_steps": [{**mine, **row} for row in _steps(state)],
        "nav_notices": [{**mine, **_nav_notice(key.id, each)} for each in state.nav_notices],
        "balances": [
            {**mine, "as_of": date.fromordinal(close.as_of), "account": state.account, "outstanding_ore": close.ore}
            for close in state.closes
        ],
    }


def _tenancy(state: Tenancy) -> Row:
    return {
        "public_id": state.public_id or None,
        "account": state.account,
        "tenants": list(state.tenants),
        "rent_ore": state.rent_ore,
        "started_on": state.started_on,
        "ended_on": state.ended_on,
        "reserved": state.reserved,
        "level": state.level,
        "stage": state.stage,
        "as_of": _day(state.as_of or None),
        "frozen_at": state.frozen_at,
    }


def _alert(tenancy: str, state: Tenancy, episode: Episode) -> Row:
    """How it was raised is its first change that was more than a watch, so that days of lead can be read of it."""
    changes, alert = episode.changes, alert_id(tenancy, episode.number)
    first = next((change for change in changes if change.level > WATCH), changes[0])
    return {
        "episode": episode.number,
        "alert_id": alert,
        "level": episode.level,
        "peak_level": episode.peak,
        "stage": episode.stage,
        "reasons": [_reason(reason) for reason in episode.reasons],
        "remedy": LEASE_REMEDY if episode.kind == "lease" else remedy(episode.debt, episode.rules, episode.remedy),
        "former": _former(state, episode) if episode.kind == "arrears" else None,
        "kind": episode.kind,
        "rules_version": episode.rules_version,
        "first_level": first.level,
        "first_rules": list(first.rules),
        "raised_as_of": date.fromordinal(episode.raised),
        "level_since": date.fromordinal(episode.level_since),
        "quiet_since": _day(episode.quiet_since),
        "as_of": date.fromordinal(episode.as_of),
        "dpd": episode.dpd,
        "debt_ore": episode.debt,
        "rent_ore": episode.rent,
        "next_date": _day(episode.next_date),
        **_deadlines(state, episode),
        "enforcement_requested_on": _requested(state, episode),
        "mail": next((mail.outcome for mail in reversed(state.mails) if mail.alert_id == alert), ""),
        "version": episode.version,
        "acknowledged_by": episode.acknowledged_by,
        "acknowledged_at": episode.acknowledged_at,
        "resolved_as_of": _day(episode.resolved),
        "resolution": episode.resolution,
        "resolved_by": episode.resolved_by,
        "resolved_because": episode.resolved_because,
        "came_back": came_back(episode.care) if episode.acknowledged_at is None and not episode.resolution else None,
        **_care(episode.care, is_open=episode.resolution is None),
    }


def _care(care: Care, *, is_open: bool) -> Row:
    coming = care.next if is_open else None
    return {
        "owner": care.owner,
        "owned_by": care.basis,
        "next_step": coming.step if coming else None,
        "next_step_at": coming.at if coming else None,
        "snoozed_until": care.snooze.until if care.snooze else None,
        "snooze_reason": care.snooze.reason if care.snooze else None,
        "first_noted_at": care.notes[0].at if care.notes else None,
        "promised_on": care.snooze.promised_on if care.snooze else None,
        "promised_ore": care.snooze.promised_ore if care.snooze and care.snooze.promised_on else None,
        "notes": len(care.notes),
        "contact_log": [note._asdict() for note in care.notes],
        "escalations": len(care.sent),
    }


def _version(activation: Activation) -> Row:
    return {
        "version": activation.version,
        "active_from": activation.active_from,
        "numbers": dict(activation.numbers),
        "changed": dict(activation.changed),
        "activated_by": activation.by,
        "activated_at": activation.at,
    }


def _would_have_been_raised(episode: Episode) -> bool:
    before = [change for change in episode.changes if change.level > WATCH]
    return bool(before) and (episode.silent or before[0].as_of < (episode.live_since or 0))


def _silent(episode: Episode) -> Row:
    """What would have been raised before go-live, whatever became of it: from when it was more than a watch."""
    raised = next(change for change in episode.changes if change.level > WATCH)
    return {
        "episode": episode.number,
        "raised_as_of": date.fromordinal(raised.as_of),
        "level": raised.level,
        "peak_level": episode.peak,
        "rules": list(raised.rules),
        "live_since": _day(episode.live_since),
        "resolved_as_of": _day(episode.resolved),
        "resolution": episode.resolution,
    }


def _former(state: Tenancy, episode: Episode) -> str | None:
    """The alert before it, if that isn't long ago."""
    earlier = (e for e in reversed(state.episodes) if e.number < episode.number and e.kind == "arrears")
    last = next(earlier, None)
    if last is None or last.resolved is None or last.resolution is None or episode.raised - last.resolved > REMEMBERED:
        return None
    return former(date.fromordinal(last.raised), date.fromordinal(last.resolved), last.resolution)


def _deadlines(state: Tenancy, episode: Episode) -> Row:
    """The legal clocks of the alert that stands."""
    clocks = clocks_of(state) if state.open is episode else Deadlines()
    return {
        "earliest_request_on": clocks.earliest_request,
        "nav_until": clocks.nav_until,
        "request_from": clocks.request_from,
    }


def _nav_notice(tenancy: str, notice: NavNotice) -> Row:
    return {
        "notice_id": notice.id,
        "revision": notice.revision,
        "episode": notice.episode,
        "alert_id": alert_id(tenancy, notice.episode),
        "status": notice.status,
        "code": notice.code or None,
        "as_of": date.fromordinal(notice.as_of),
        "debt_ore": notice.debt,
        "requested_at": notice.requested_at,
        "sent_at": notice.sent_at,
        "received_at": notice.received_at,
        "silent_since": notice.silent_since,
    }


def _reason(reason: Reason) -> Row:
    return {"rule": reason.rule, "text": sentence(reason.rule, reason.figures), "figures": reason.figures}


def _changes(episode: Episode) -> Iterator[Row]:
    for number, change in enumerate(episode.changes, 1):
        as_of, rules = date.fromordinal(change.as_of), list(change.rules)
        yield {"episode": episode.number, "number": number, "as_of": as_of, "level": change.level, "rules": rules}


def _steps(state: Tenancy) -> Iterator[Row]:
    for notice in state.notices:
        until, step = date.fromordinal(notice.deadline), "eviction_notice.sent"
        yield {"line_id": notice.id, "step": step, "dated_on": date.fromordinal(notice.dated), "until": until}
    for taken in state.steps:
        dated, step = date.fromordinal(taken.dated), f"enforcement.{taken.step.name.lower()}"
        yield {"line_id": taken.id, "step": step, "dated_on": dated, "until": _day(taken.scheduled)}


def _requested(state: Tenancy, episode: Episode) -> date | None:
    """The first eviction request within the episode."""
    last = date.max.toordinal() if episode.resolved is None else episode.resolved
    requests = (step.dated for step in state.steps if step.step is Enforcement.REQUESTED)
    return _day(next((dated for dated in requests if episode.raised <= dated <= last), None))


def _day(ordinal: int | None) -> date | None:
    return None if ordinal is None else date.fromordinal(ordinal)
