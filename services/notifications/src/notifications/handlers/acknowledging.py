"""A caseworker has seen an alert."""

from chassis.errors import Reject
from chassis.outputs import Context, Decision, Event, Message, Reply
from notifications.domain.episodes import Episode, acknowledged
from notifications.domain.tenancy import Tenancy, alert_id, with_episode
from notifications.messages import AlertAcknowledged


def acknowledge_alert(state: Tenancy | None, message: Message, context: Context) -> Decision:
    """Only in the version that was shown: a change made meanwhile is shown first, and nothing is overwritten."""
    command, tenancy = message.data, state or Tenancy()
    episode = as_shown(tenancy, message.subject, command.alert_id, command.version)
    seen = acknowledged(episode, command.by, context.now)
    return with_episode(tenancy, seen), [
        Event(message.subject, AlertAcknowledged(alert_id=command.alert_id, acknowledged_by=command.by)),
        Reply({"alert_id": command.alert_id, "version": seen.version, "acknowledged_by": command.by}),
    ]


def as_shown(tenancy: Tenancy, id: str, alert: str, version: int) -> Episode:
    """The alert, if it stands and is in the version that was shown."""
    episode = next((each for each in tenancy.episodes if alert_id(id, each.number) == alert), None)
    if episode is None or episode.silent:
        raise Reject("no_such_alert", "Varselet finnes ikke.", status=404)
    if episode.resolution:
        raise Reject("alert_resolved", "Varselet er allerede lukket.")
    if episode.version != version:
        raise Reject("changed_meanwhile", "Varselet er endret etter at du åpnet siden. Ingenting ble lagret.")
    return episode
