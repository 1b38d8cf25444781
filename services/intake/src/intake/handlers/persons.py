"""Registering people."""

from collections.abc import Iterable, Mapping
from typing import Any

from chassis.errors import Reject
from chassis.outputs import Context, Event, Found, Key, Message, Reply
from intake.domain import people, tenancies
from intake.domain.people import Person
from intake.messages import TenancyChanged


def tenancies_of(message: Message, found: Found) -> Iterable[Key]:
    return [Key("tenancy", tenancy) for tenancy in dict.fromkeys(message.data.tenancies)]


def not_erased(person: Person | None) -> Person | None:
    """The person, if they may be registered: who is erased comes back under another pseudonym alone."""
    if person and person.erasure:
        raise Reject("erased", "Personen er slettet. Registrer på nytt med fødselsnummeret.", status=410)
    return person


def register_person(found: Found, message: Message, context: Context) -> tuple[Mapping[Key, Any], list[Event | Reply]]:
    """Seal the identity in, and let the person move in where a contract names them."""
    command, own = message.data, Key("person", message.subject)
    person = not_erased(found[own])
    changed: dict[Key, Any] = {own: people.register(person, command.sealed, command.protected, command.tenancies)}
    events: list[Event | Reply] = []
    for key in tenancies_of(message, found):
        tenancy = tenancies.move_in(found[key], message.subject)
        if tenancy == found[key]:
            continue
        changed[key] = tenancy
        if tenancy.standing == "started":
            events.append(Event(key.id, TenancyChanged(tenants=tenancy.tenants, changed_on=context.today)))
    return changed, [*events, Reply({"person": message.subject})]
