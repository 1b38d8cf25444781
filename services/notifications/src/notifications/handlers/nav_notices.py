"""A caseworker asks that NAV be told of a tenancy (husleieloven § 9-11), and what nav-bridge tells of it comes back."""

from dataclasses import replace
from datetime import date

from chassis.errors import Reject
from chassis.outputs import Context, Decision, Event, Message, Reply
from notifications.domain.nav_notices import GONE, NavNotice, Status, newest_of, next_of, owed, put
from notifications.domain.tenancy import Tenancy, alert_id, with_episode
from notifications.handlers.acknowledging import as_shown
from notifications.messages import (
    DeliveryOutcome,
    DeliveryOverdue,
    DeliveryParked,
    DeliveryRecalled,
    DeliveryReceived,
    DeliveryRejected,
    DeliverySent,
    NavNoticeRequested,
    RequestNavNotice,
)
from notifications.messages.parts import OPAQUE

Heard = DeliverySent | DeliveryReceived | DeliveryOutcome | DeliveryRejected | DeliveryParked | DeliveryRecalled
Told = Heard | DeliveryOverdue
# How far a notice has come with each word; all others are ends. A word that comes late doesn't take it back.
ON_ITS_WAY = ("requested", "sent", "received", "contacted", "application_sent")


def request_nav_notice(state: Tenancy | None, message: Message, context: Context) -> Decision:
    """With the amounts of this moment. One notice per alert stands at a time, and none against a reservation."""
    command: RequestNavNotice = message.data
    tenancy = state or Tenancy()
    episode = as_shown(tenancy, message.subject, command.alert_id, command.version)
    if not OPAQUE.fullmatch(command.by):
        raise Reject("subject_not_opaque", "Tokenets «sub» må være en kode, ikke et navn.", status=403)
    if episode.kind != "arrears" or not episode.is_alert:
        raise Reject("not_of_arrears", "Melding til NAV sendes fra et varsel om ubetalt husleie. Ingen ble sendt.")
    if tenancy.reserved:
        raise Reject("tenant_reserved", "Leietakeren har reservert seg mot melding til NAV. Ingen melding ble sendt.")
    known = newest_of(tenancy.nav_notices, episode.number)
    if known and known.stands:
        raise Reject("notice_stands", "NAV er allerede varslet om dette. Ingen ny melding ble sendt.")
    as_of = tenancy.as_of or episode.as_of
    if not (unpaid := owed(tenancy.ledger, as_of)):
        raise Reject("nothing_owed", "Ingenting er forfalt og ubetalt nå. Ingen melding ble sendt.")
    id, revision = next_of(tenancy.nav_notices, command.alert_id, episode.number)
    notice = NavNotice(id, revision, episode.number, as_of, unpaid, command.by, context.now, context.today)
    seen = replace(episode, version=episode.version + 1)
    notices = put(tenancy.nav_notices, notice)
    return replace(with_episode(tenancy, seen), nav_notices=notices), [
        Event(message.subject, _requested(message.subject, notice)),
        Reply({"notice_id": id, "revision": revision, "debt_ore": notice.debt, "version": seen.version}),
    ]


def nav_delivery_told(state: Tenancy | None, message: Message, context: Context) -> Decision:
    """What is told of a referral is another's: its key is an application. An end is never left."""
    told: Told = message.data
    if told.matter != "nav_notice":
        return state, ()
    found = [each for each in state.nav_notices if each.id == told.referral_id] if state else []
    notice = next((each for each in found if each.revision == told.revision), None)
    if state is None or notice is None:
        raise Reject("unknown_notice", "Leveringen gjelder en melding til NAV som ikke finnes her.")
    return replace(state, nav_notices=put(state.nav_notices, _after(notice, told))), ()


def _requested(tenancy: str, notice: NavNotice) -> NavNoticeRequested:
    return NavNoticeRequested(
        notice_id=notice.id,
        revision=notice.revision,
        alert_id=alert_id(tenancy, notice.episode),
        as_of=date.fromordinal(notice.as_of),
        debt_ore=notice.debt,
        due_on=tuple(date.fromordinal(each.due) for each in notice.unpaid),
        open_ore=tuple(each.ore for each in notice.unpaid),
        requested_by=notice.requested_by,
        requested_on=notice.requested_on,
    )


def _after(notice: NavNotice, told: Told) -> NavNotice:
    """Whatever else is told of it, NAV is silent no longer."""
    if isinstance(told, DeliveryOverdue):
        return replace(notice, silent_since=told.silent_since)
    return _heard(replace(notice, silent_since=None), told)


def _heard(notice: NavNotice, told: Heard) -> NavNotice:
    match told:
        case DeliverySent(sent_at=at):
            return replace(_come_to("sent", notice), sent_at=at)
        case DeliveryReceived(received_at=at):
            return replace(_come_to("received", notice), received_at=at)
        case DeliveryOutcome(outcome=outcome):
            return _come_to(outcome, notice)
        case DeliveryRejected(code=code):
            return replace(notice, status="withdrawn" if code == "withdrawn" else "rejected", code=code)
        case DeliveryParked(code=code):
            return replace(notice, status="parked", code=code)
        case DeliveryRecalled():
            return replace(_come_to("withdrawn", notice), code="recalled")


def _come_to(status: Status, notice: NavNotice) -> NavNotice:
    """A notice that was withdrawn here and had left already is NAV's all the same."""
    further = notice.status in GONE or _distance(status) >= _distance(notice.status)
    return replace(notice, status=status) if further else notice


def _distance(status: Status) -> int:
    return ON_ITS_WAY.index(status) if status in ON_ITS_WAY else len(ON_ITS_WAY)
