"""An alert's next step is due: somebody is found to own it, somebody is told, or it is open again (§7.7)."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date

from chassis.outputs import Answered, Call, Context, Decision, Event, Found, Key, Message, Output
from notifications.domain.care import Back, Care, Sent, begun_again, climbed, message_key, owned, planned, to_be_told
from notifications.domain.episodes import Episode, cared, unseen
from notifications.domain.ladder import Role
from notifications.domain.rules import WATCH
from notifications.domain.staff import FALLBACK, Register, register_id
from notifications.domain.tenancy import Mail, Tenancy, alert_id, with_episode
from notifications.domain.working_time import WorkingTime
from notifications.handlers.alarming import mail_refused
from notifications.handlers.attending import in_digest, timers
from notifications.handlers.mailing import after_mail, given_up, goes_again, same_call
from notifications.messages import AlertAssigned, AlertEscalated

TOLD_AT_ONCE = 3
"""From this level on (early-warning.md §7.4) a new owner gets a message of their own, below it the morning mail's."""
SILENT = {"told", "listed", "watched"}
"""Steps that are no escalation."""


def with_register(message: Message, found: Found) -> Iterable[Key]:
    return [Key("staff", register_id(message.kommunenummer))]


def register_of(found: Found, message: Message) -> Register:
    """Empty where the municipality has none: then all goes to the one address of the settings, at any hour."""
    held: Register | None = found[Key("staff", register_id(message.kommunenummer))]
    return held or Register()


def care_due(working: WorkingTime, found: Found, message: Message, context: Context) -> Decision:
    """A step of another number was given up, as was that of an alert that is closed."""
    key = Key("tenancy", message.subject)
    tenancy, register = found[key] or Tenancy(), register_of(found, message)
    due = (message.data.episode, message.data.serial)
    episode = next((each for each in tenancy.alerts if (each.number, each.care.serial) == due), None)
    if episode is None:
        return {}, []
    step = episode.care.next.step if episode.care.next else ""
    if step == "assign":
        after, told = _assigned(working, tenancy, episode, register, message, context)
    elif step in {"reopen", "wake"}:
        after, told = _open_again(episode, message, context)
    else:
        after, told = _told(working, tenancy, episode, register, message, context)
    return {key: with_mails(tenancy, after, told)}, [*told, *timers(after.number, episode.care, after.care)]


def mend_care(working: WorkingTime, found: Found, message: Message, context: Context) -> Decision:
    """What the auditor found: the step that stands is planned anew, and an owner who is gone is replaced first."""
    key, register = Key("tenancy", message.subject), register_of(found, message)
    tenancy, outputs = found[key] or Tenancy(), list[Output]()
    for episode in tenancy.alerts:
        mended = _mended(episode, register, context)
        tenancy = with_episode(tenancy, cared(episode, mended, seen=False))
        outputs += timers(episode.number, episode.care, mended)
    return ({key: tenancy} if outputs else {}), outputs


def _mended(episode: Episode, register: Register, context: Context) -> Care:
    care = episode.care
    gone = care.owner != FALLBACK and register.member(care.owner) is None
    if care.next is None or gone:
        return begun_again(care, episode.level, context.now)
    return planned(care, care.next.step, max(care.next.at, context.now), care.next.rung)


def mail_answered(state: Tenancy | None, message: Message, context: Context) -> Decision:
    """The operator is told of one that won't arrive; the ladder goes on, to others."""
    answer: Answered = message.data
    tenancy, mail = after_mail(state or Tenancy(), answer, context.now)
    if mail is None:
        return tenancy, []
    if goes_again(mail):
        return tenancy, [same_call(answer)]
    return tenancy, [mail_refused(message, context)] if given_up(mail) else []


def _assigned(
    working: WorkingTime, tenancy: Tenancy, episode: Episode, register: Register, message: Message, context: Context
) -> tuple[Episode, list[Output]]:
    """Whom a person chose stays the owner while the register knows them. What is only watched is told to nobody."""
    care = episode.care
    if not (care.basis == "person" and register.member(care.owner)):
        owner, basis = register.owner(tenancy.caseworker, tenancy.area)
        care = replace(care, owner=owner, basis=basis) if episode.level <= WATCH else owned(care, owner, basis)
    told: list[Output] = []
    if care.assignments > episode.care.assignments:
        told.append(Event(message.subject, assigned(message.subject, episode, care)))
    care = to_be_told(care, context.now, working, at_any_hour=not register.members)
    return cared(episode, care, seen=False), told


def assigned(tenancy: str, episode: Episode, care: Care) -> AlertAssigned:
    return AlertAssigned(alert_id=alert_id(tenancy, episode.number), assigned_to=care.owner, basis=care.basis)


def told_of_it(register: Register, episode: Episode, by: str, message: Message, context: Context) -> list[Output]:
    """Who was made the owner, or is at work for them, hears of it; not of what they did themselves (`by`)."""
    care, to = episode.care, register.at_work(episode.care.owner, context.today)
    if to == by:
        return []
    if episode.level >= TOLD_AT_ONCE:
        return [mail(message.subject, episode.number, care, f"assigned-{care.assignments}", to)]
    fresh = in_digest(message.kommunenummer, to, "fresh", alert_id(message.subject, episode.number))
    return [fresh] if register.members else []


def _open_again(episode: Episode, message: Message, context: Context) -> tuple[Episode, list[Output]]:
    """Nothing was done in time, or the snooze is over: as if it were new, but that everybody can see that it isn't."""
    step: Back = "snooze_ended" if episode.care.snooze else "reopened"
    told = AlertEscalated.model_validate(_escalated(message.subject, episode, step))
    after = unseen(episode, begun_again(episode.care, episode.level, context.now, step))
    return after, [Event(message.subject, told)]


def _told(
    working: WorkingTime, tenancy: Tenancy, episode: Episode, register: Register, message: Message, context: Context
) -> tuple[Episode, list[Output]]:
    """Whoever fills the rung's roles today is told, each once; then the next rung is waited for."""
    care, rung, today = episode.care, episode.care.rung, context.today
    roles: tuple[Role, ...] = rung.to if register.members or not rung.to else ("fallback",)
    receivers = dict.fromkeys(to for role in roles for to in _filling(register, role, care, tenancy.area, today))
    told: list[Output] = []
    for to in receivers:
        if rung.way == "mail" or (rung.name == "told" and not register.members):
            told.append(mail(message.subject, episode.number, care, rung.name, to))
        elif register.members:
            what = "fresh" if rung.name == "told" else "waiting"
            told.append(in_digest(message.kommunenummer, to, what, alert_id(message.subject, episode.number)))
    if rung.name not in SILENT:
        escalated = AlertEscalated.model_validate(_escalated(message.subject, episode, rung.name))
        told.append(Event(message.subject, escalated))
    sent = tuple(Sent(context.now, rung.name, care.level, to) for to in receivers) if told else ()
    return cared(episode, climbed(replace(care, sent=care.sent + sent), context.now, working), seen=False), told


def _filling(register: Register, role: Role, care: Care, area: str, today: date) -> tuple[str, ...]:
    match role:
        case "owner":
            return (register.at_work(care.owner, today),)
        case "substitute":
            return (register.substitute(care.owner, today),)
        case "leader":
            owner = register.member(care.owner)
            return register.leaders(owner.area if owner else area, today)
        case "fallback":
            return (FALLBACK,)


def mail(tenancy: str, episode: int, care: Care, step: str, to: str) -> Call:
    """At most one message per step of an alert and receiver: the same step again is the same call."""
    ref = {"alert": alert_id(tenancy, episode), "tenancy": tenancy, "to": to, "step": step}
    return Call("mail", message_key(tenancy, episode, care, step, to), ref)


def with_mails(tenancy: Tenancy, episode: Episode, told: Iterable[Output]) -> Tenancy:
    known = {each.key for each in tenancy.mails}
    new = tuple(each for each in _mails(told) if each.key not in known)
    return replace(with_episode(tenancy, episode), mails=tenancy.mails + new)


def _mails(told: Iterable[Output]) -> Iterator[Mail]:
    for call in told:
        if isinstance(call, Call):
            yield Mail(str(call.key), str(call.ref["alert"]), step=str(call.ref["step"]), to=str(call.ref["to"]))


def _escalated(tenancy: str, episode: Episode, step: str) -> dict[str, object]:
    return {"alert_id": alert_id(tenancy, episode.number), "step": step, "level": max(1, episode.level)}
