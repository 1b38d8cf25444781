"""Every open alert has an owner and a next step: what follows for them from any decision on a tenancy."""

from collections.abc import Iterator
from dataclasses import replace

from chassis.outputs import Cancel, Context, Decision, Event, Handler, Key, Later, Message, Output, Tell
from notifications.domain.alarms import audit_id
from notifications.domain.care import Care, acknowledged_care, begun, begun_again, timer
from notifications.domain.digest import digest_id
from notifications.domain.episodes import Episode, cared, unseen
from notifications.domain.promises import is_broken
from notifications.domain.tenancy import Tenancy, alert_id, with_episode
from notifications.domain.working_time import WorkingTime
from notifications.messages import AddToDigest, AlertEscalated, CareDue, WatchAlerts


def attended(working: WorkingTime, handler: Handler) -> Handler:
    """The same handler, after which the alert that it opened, raised, lowered or closed is seen to."""
    if handler.kind != "tenancy" or handler.needs or handler.passes:
        return handler

    def decide(state: Tenancy | None, message: Message, context: Context) -> Decision:
        after, outputs = handler.decide(state, message, context)
        tenancy, more = followed(working, state or Tenancy(), after or Tenancy(), message, context)
        return (tenancy if after is not None else None), [*outputs, *more]

    return replace(handler, decide=decide)


def followed(
    working: WorkingTime, before: Tenancy, after: Tenancy, message: Message, context: Context
) -> tuple[Tenancy, list[Output]]:
    """Of each alert: of one that stands no longer the next step goes, of one that stands it is seen to."""
    outputs: list[Output] = []
    known, left = {each.number: each for each in before.alerts}, {each.number: each for each in after.episodes}
    for was in before.alerts:
        now = left.get(was.number)
        if now is None or now.resolution:
            outputs += _ended(was, now, message)
    for episode in after.alerts:
        seen = _seen_to(working, after, known.get(episode.number), episode, context)
        if seen is not episode:
            after = with_episode(after, seen)
            outputs += _moved(episode, seen, message)
    return after, outputs


def _moved(episode: Episode, seen: Episode, message: Message) -> Iterator[Output]:
    if seen.version > episode.version:
        alert = alert_id(message.subject, episode.number)
        broken = AlertEscalated(alert_id=alert, step="promise_broken", level=episode.level)
        yield Event(message.subject, broken)
    yield from timers(episode.number, episode.care, seen.care)
    if not episode.care.serial:
        yield Tell(Key("audit", audit_id(message.kommunenummer)), WatchAlerts())


def _seen_to(
    working: WorkingTime, tenancy: Tenancy, was: Episode | None, episode: Episode, context: Context
) -> Episode:
    """A new alert, and one that has risen or has another reason to be looked at, begins its ladder.

    A broken promise ends the snooze that rested on it.
    """
    care, acknowledged = episode.care, episode.acknowledged_at is not None
    if was and len(episode.rises) > len(was.rises):
        risen = begun if episode.level > was.level else begun_again
        return cared(episode, risen(care, episode.level, context.now), seen=False)
    newly = acknowledged and was is not None and was.acknowledged_at is None and was.care.serial == care.serial
    if newly or (acknowledged and not care.serial):
        return cared(episode, acknowledged_care(care, episode.level, context.now, working), seen=False)
    if not care.serial:
        return cared(episode, begun(care, episode.level, context.now), seen=False)
    if care.snooze and is_broken(care.snooze, tenancy.ledger, tenancy.as_of):
        return unseen(episode, begun_again(care, episode.level, context.now, "promise_broken"))
    return episode


def _ended(was: Episode, now: Episode | None, message: Message) -> Iterator[Output]:
    """No next step any more; who had been told of it is told that it is solved, but of their own doing."""
    if was.care.serial:
        yield Cancel(timer(was.number, was.care))
    if was.care.sent and now and now.resolution != "handled":
        yield in_digest(message.kommunenummer, was.care.owner, "solved", alert_id(message.subject, was.number))


def in_digest(kommunenummer: str, to: str, what: str, alert: str) -> Tell:
    line = AddToDigest.model_validate({"to": to, "what": what, "alert": alert})
    return Tell(Key("digest", digest_id(kommunenummer, to)), line)


def timers(episode: int, before: Care, after: Care) -> Iterator[Output]:
    """The next step's, in place of the one there was."""
    if after.serial == before.serial or after.next is None:
        return
    if before.serial:
        yield Cancel(timer(episode, before))
    yield Later(after.next.at, timer(episode, after), CareDue(episode=episode, serial=after.serial))
