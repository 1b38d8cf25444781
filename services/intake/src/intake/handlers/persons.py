"""Registering people."""

from collections.abc import Iterable, Mapping
from typing import Any

from chassis.errors import Reject
from chassis.outputs import Context, Event, Found, Key, Message, Reply
from intake.domain import people, tenancies
from intake.domain.people import Person
from intake.domain.tenancies import Tenancy
from intake.messages import TenancyChanged


def tenancies_of(message: Message, found: Found) -> Iterable[Key]:
    return [Key("tenancy", tenancy) for tenancy in dict.fromkeys((*message.data.tenancies, *message.data.mistaken))]


def not_erased(person: Person | None) -> Person | None:
    """The person, if they may be registered: who is erased comes back under another pseudonym alone."""
    if person and person.erasure:
        raise Reject("erased", "Personen er slettet. Registrer på nytt med fødselsnummeret.", status=410)
    return person


def register_person(found: Found, message: Message, context: Context) -> tuple[Mapping[Key, Any], list[Event | Reply]]:
    """Seal the identity in; let the person move in where a contract names them, and out where it never did."""
    command, own = message.data, Key("person", message.subject)
    person = not_erased(found[own])
    told = command.sealed, command.protected, command.tenancies, command.mistaken
    changed: dict[Key, Any] = {own: people.register(person, *told)}
    events: list[Event | Reply] = []
    for key in tenancies_of(message, found):
        mistaken = key.id in command.mistaken
        move = tenancies.move_out if mistaken else tenancies.move_in
        tenancy = move(found[key] or Tenancy(), message.subject)
        if tenancy == (found[key] or Tenancy()):
            continue
        changed[key] = tenancy
        if tenancy.standing == "started" or (mistaken and tenancy.standing == "ended"):
            events.append(Event(key.id, TenancyChanged(tenants=tenancy.tenants, changed_on=context.today)))
    return changed, [*events, Reply({"person": message.subject})]
