"""The staff register is stored whole; whose a tenancy is, is told to each."""

from dataclasses import replace

from chassis.errors import Reject
from chassis.outputs import Context, Decision, Event, Found, Key, Message, Output, Reply, Tell
from notifications.domain.care import owned
from notifications.domain.episodes import cared
from notifications.domain.staff import Absence, Member, Register
from notifications.domain.tenancy import Tenancy, with_episode
from notifications.handlers.caring import assigned, register_of
from notifications.messages import StaffMember, StoreStaff, TenancyAssigned


def store_staff(state: Register | None, message: Message, context: Context) -> Decision:
    command, before = message.data, state or Register()
    if command.version != before.version:
        raise Reject("changed_meanwhile", "Registeret er endret etter at du åpnet det. Ingenting ble lagret.")
    register = _register(command, before.version + 1)
    if faults := list(register.faults()):
        raise Reject("bad_register", " ".join(faults[:10]), status=422)
    return register, [Reply({"version": register.version, "members": len(register.members)})]


def _register(command: StoreStaff, version: int) -> Register:
    members = tuple(map(_member, command.members))
    return Register(members, command.fallback_mail, command.operator_mail, version)


def _member(told: StaffMember) -> Member:
    return Member(
        subject=told.subject,
        name=told.name,
        mail=told.mail,
        roles=told.roles,
        area=told.area,
        substitute=told.substitute,
        absences=tuple(Absence(away.first, away.last) for away in told.absences),
    )


def assign_tenancies(state: Register | None, message: Message, context: Context) -> Decision:
    """Only caseworkers of the register; each tenancy is told once."""
    register, given = state or Register(), {each.tenancy: each for each in message.data.assignments}
    unknown = {each.caseworker for each in given.values() if each.caseworker and not register.member(each.caseworker)}
    if unknown:
        raise Reject("no_such_owner", f"Står ikke i ansattregisteret: {', '.join(sorted(unknown)[:10])}.", status=422)
    told = [
        Tell(Key("tenancy", each.tenancy), TenancyAssigned(caseworker=each.caseworker, area=each.area))
        for each in given.values()
    ]
    return register, [*told, Reply({"assigned": len(told)})]


def tenancy_assigned(found: Found, message: Message, context: Context) -> Decision:
    """An open alert that nobody chose an owner for goes along."""
    key, data, register = Key("tenancy", message.subject), message.data, register_of(found, message)
    tenancy = replace(found[key] or Tenancy(), caseworker=data.caseworker, area=data.area)
    told: list[Output] = []
    for episode in tenancy.alerts:
        care = owned(episode.care, *register.owner(data.caseworker, data.area))
        if episode.care.basis != "person" and care.assignments > episode.care.assignments:
            tenancy = with_episode(tenancy, cared(episode, care, seen=True))
            told.append(Event(message.subject, assigned(message.subject, episode, care)))
    return {key: tenancy}, told
