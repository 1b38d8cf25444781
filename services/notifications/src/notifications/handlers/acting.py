"""What people do about an alert: assign it, note what was done, snooze it, close it. Each in the version shown."""

from dataclasses import replace
from datetime import date

from chassis.errors import Reject
from chassis.outputs import Context, Decision, Event, Found, Key, Message, Output, Reply
from notifications.domain.care import Note, Snooze, may_snooze_until, noted, owned, snoozed
from notifications.domain.episodes import Episode, acknowledged, cared, handled
from notifications.domain.staff import FALLBACK
from notifications.domain.tenancy import Tenancy, with_episode
from notifications.domain.working_time import WorkingTime
from notifications.handlers.acknowledging import as_shown
from notifications.handlers.announcing import concluded
from notifications.handlers.attending import timers
from notifications.handlers.caring import assigned, register_of, told_of_it, with_mails
from notifications.messages import (
    AlertAcknowledged,
    AlertContactNoted,
    AlertSnoozed,
    SnoozeAlert,
)


def assign_alert(found: Found, message: Message, context: Context) -> Decision:
    """To somebody of the register, or back to the municipality's fallback; who gets it is told, but not of oneself."""
    key, command, register = Key("tenancy", message.subject), message.data, register_of(found, message)
    tenancy = found[key] or Tenancy()
    episode = as_shown(tenancy, message.subject, command.alert_id, command.version)
    if command.to != FALLBACK and not register.may_own(command.to):
        raise Reject("no_such_owner", "Velg en boligansvarlig eller leder som står i ansattregisteret.", status=422)
    care = owned(episode.care, command.to, "person")
    after, told = cared(episode, care, seen=True), list[Output]()
    if care.assignments > episode.care.assignments:
        told.append(Event(message.subject, assigned(message.subject, after, care)))
        told += told_of_it(register, after, command.by, message, context)
    return {key: with_mails(tenancy, after, told)}, [*told, _reply(command.alert_id, after)]


def note_contact(working: WorkingTime, state: Tenancy | None, message: Message, context: Context) -> Decision:
    """Who does something about an alert has seen it."""
    command, tenancy = message.data, state or Tenancy()
    episode = as_shown(tenancy, message.subject, command.alert_id, command.version)
    note = Note(context.now, command.by, command.code, command.text)
    seen, told = _acknowledged(episode, message, context)
    after = cared(seen, noted(episode.care, episode.level, note, working), seen=True)
    fact = AlertContactNoted(alert_id=command.alert_id, code=command.code, noted_by=command.by)
    return with_episode(tenancy, after), [
        *told,
        Event(message.subject, fact),
        *timers(after.number, episode.care, after.care),
        _reply(command.alert_id, after),
    ]


def snooze_alert(working: WorkingTime, state: Tenancy | None, message: Message, context: Context) -> Decision:
    """With an end, always; days over due go on being counted."""
    command, tenancy = message.data, state or Tenancy()
    episode = as_shown(tenancy, message.subject, command.alert_id, command.version)
    _refuse_bad_end(working, command, episode, context.today)
    promised = command.promised_on if command.reason == "promise" else None
    snooze = Snooze(
        reason=command.reason,
        since=context.today,
        until=command.until_on,
        by=command.by,
        promised_on=promised,
        promised_ore=(episode.debt if command.promised_ore is None else command.promised_ore) if promised else 0,
    )
    seen, told = _acknowledged(episode, message, context)
    after = cared(seen, snoozed(episode.care, snooze, working), seen=True)
    fact = AlertSnoozed(
        alert_id=command.alert_id, code=command.reason, until_on=command.until_on, snoozed_by=command.by
    )
    return with_episode(tenancy, after), [
        *told,
        Event(message.subject, fact),
        *timers(after.number, episode.care, after.care),
        _reply(command.alert_id, after),
    ]


def resolve_alert(state: Tenancy | None, message: Message, context: Context) -> Decision:
    """A person closes it, whatever the ledger says: the same level raises no new one, a higher one does."""
    command, before = message.data, state or Tenancy()
    episode = as_shown(before, message.subject, command.alert_id, command.version)
    closed = handled(episode, command.by, command.because, episode.as_of)
    after = with_episode(before, closed)
    after = replace(after, set_aside=episode.level) if episode.kind == "arrears" else after
    tenancy, told = concluded(message.subject, before, after, episode.as_of)
    return tenancy, [*told, _reply(command.alert_id, closed)]


def _refuse_bad_end(working: WorkingTime, command: SnoozeAlert, episode: Episode, today: date) -> None:
    last = may_snooze_until(episode.level, today, working)
    if not today < command.until_on <= last:
        raise Reject("bad_snooze_end", f"Velg en dag etter i dag, senest {last:%d.%m.%Y}.", status=422)
    if command.reason != "promise":
        return
    if command.promised_ore == 0:
        raise Reject("bad_promised_sum", "Skriv et beløp over 0 kr, eller la feltet stå tomt.", status=422)
    if command.promised_on is None or not today <= command.promised_on <= command.until_on:
        raise Reject("bad_promise", "Si hvilken dag det er lovet betaling, senest når utsettelsen slutter.", status=422)


def _acknowledged(episode: Episode, message: Message, context: Context) -> tuple[Episode, list[Output]]:
    if episode.acknowledged_at:
        return episode, []
    command = message.data
    fact = AlertAcknowledged(alert_id=command.alert_id, acknowledged_by=command.by)
    return acknowledged(episode, command.by, context.now), [Event(message.subject, fact)]


def _reply(alert: str, episode: Episode) -> Reply:
    return Reply({"alert_id": alert, "version": episode.version})
