"""The staff register is stored whole; whose a tenancy is, is told to each."""

from dataclasses import replace

from chassis.errors import Reject
from chassis.outputs import Context, Decision, Event, Found, Key, Message, Output, Reply, Tell
from notifications.domain.care import owned
from notifications.domain.episodes import cared
from notifications.domain.rules import WATCH
from notifications.domain.staff import Register
from notifications.domain.tenancy import Tenancy
from notifications.handlers.caring import assigned, register_of, told_of_it, with_mails
from notifications.messages import TenancyAssigned
from notifications.translation import member_of


def store_staff(state: Register | None, message: Message, context: Context) -> Decision:
    command, before = message.data, state or Register()
    if command.version != before.version:
        raise Reject("changed_meanwhile", "Registeret er endret etter at du åpnet det. Ingenting ble lagret.")
    members = tuple(map(member_of, command.members))
    register = Register(members, command.fallback_mail, command.operator_mail, before.version + 1)
    if faults := [fault.sentence for fault in register.faults()]:
        raise Reject("bad_register", " ".join(faults[:10]), status=422)
    return register, [Reply({"version": register.version, "members": len(register.members)})]


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


def assign_tenancy(found: Found, message: Message, context: Context) -> Decision:
    """One, by who looks at it, and only while it is whose they were shown."""
    key, command, register = Key("tenancy", message.subject), message.data, register_of(found, message)
    tenancy = found[key]
    if tenancy is None:
        raise Reject("no_such_tenancy", "Leieforholdet finnes ikke.", status=404)
    if (tenancy.caseworker, tenancy.area) != (command.was_caseworker, command.was_area):
        raise Reject("changed_meanwhile", "Leieforholdet har fått en annen saksbehandler. Ingenting ble lagret.")
    kept = command.caseworker == tenancy.caseworker
    if command.caseworker and not (kept or register.may_own(command.caseworker)):
        raise Reject("no_such_owner", "Velg en boligansvarlig eller leder som står i ansattregisteret.", status=422)
    given, told = _given(tenancy, message, register, context)
    return {key: given}, [*told, Reply({"caseworker": given.caseworker, "area": given.area})]


def tenancy_assigned(found: Found, message: Message, context: Context) -> Decision:
    key = Key("tenancy", message.subject)
    given, told = _given(found[key] or Tenancy(), message, register_of(found, message), context)
    return {key: given}, told


def _given(tenancy: Tenancy, message: Message, register: Register, context: Context) -> tuple[Tenancy, list[Output]]:
    """An open alert that nobody chose an owner for goes along, and its new owner hears of it."""
    data = message.data
    tenancy = replace(tenancy, caseworker=data.caseworker, area=data.area)
    told: list[Output] = []
    for episode in tenancy.alerts:
        care = owned(episode.care, *register.owner(data.caseworker, data.area))
        if episode.care.basis != "person" and care.assignments > episode.care.assignments:
            after = cared(episode, care, seen=True)
            of_it = told_of_it(register, after, data.by, message, context) if episode.level > WATCH else []
            tenancy = with_mails(tenancy, after, of_it)
            told += [Event(message.subject, assigned(message.subject, episode, care)), *of_it]
    return tenancy, told
