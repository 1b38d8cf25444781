"""Erasing a person: refused while anything stands; else the identity goes, and every service is told."""

from collections.abc import Iterable, Mapping
from typing import Any

from chassis.errors import Reject
from chassis.outputs import OSLO, Context, Erase, Event, Found, Key, Message, Output, Redact, Reply, Tell
from intake.domain import people, tenancies
from intake.domain.applications import Application
from intake.domain.people import Erasure, Person
from intake.domain.retention import Duties, Kept, kept
from intake.domain.tenancies import Tenancy
from intake.messages import CaseErased, EraseApplication, ErasureCompleted, LeaveTenancy, PersonErased

Decision = tuple[Any, list[Output]]


def cases_of(message: Message, found: Found) -> Iterable[Key]:
    person: Person | None = found[Key("person", message.subject)]
    if person is None:
        return []
    applications = [Key("application", each) for each in person.applications]
    return [*applications, *(Key("tenancy", each) for each in person.tenancies)]


def erase_person(
    duties: Duties, found: Found, message: Message, context: Context
) -> tuple[Mapping[Key, Any], list[Output]]:
    """What was erased before is answered as it stands."""
    own, command = Key("person", message.subject), message.data
    person: Person | None = found[own]
    if person is None:
        raise Reject("unknown_person", "Personen er ikke registrert.", status=404)
    if person.erasure:
        return {}, [Reply(standing(message.subject, person.erasure))]
    applications, leases = _states(found, "application"), _states(found, "tenancy")
    if reasons := kept(duties, applications, leases, command.archived, context.today):
        raise Reject("erasure_refused", refusal(reasons))
    erased = people.erased(context.today, command.by, [*applications, *leases])
    told: list[Output] = [Event(own.id, _erased(own.id, applications, leases))]
    told += [Tell(Key("application", each), EraseApplication(person=own.id)) for each in applications]
    told += [Tell(Key("tenancy", each), LeaveTenancy(person=own.id)) for each in leases]
    erased, done = _own_part(erased, own.id, context)
    assert erased.erasure
    return {own: erased}, [*told, *done, Reply(standing(own.id, erased.erasure))]


def erase_application(_: Application | None, message: Message, context: Context) -> Decision:
    return None, [Erase(), _told_back(message)]


def leave_tenancy(tenancy: Tenancy | None, message: Message, context: Context) -> Decision:
    """The account's books stay; who lived there goes, from what was told as well."""
    left = tenancies.forget(tenancy, message.data.person) if tenancy else None
    return left, [Redact(), _told_back(message)]


def case_erased(person: Person | None, message: Message, context: Context) -> Decision:
    return _own_part(people.case_gone(person or Person(), message.data.case), message.subject, context)


def erasure_completed(person: Person | None, message: Message, context: Context) -> Decision:
    """An answer to what was never asked here is a sign that intake has lost the question, by a restore for one."""
    if person is None or person.erasure is None:
        raise Reject("unknown_erasure", "Tjenesten svarer på en sletting som ikke er bedt om her.")
    return people.answered(person, message.data.service, message.time.astimezone(OSLO).date()), []


def refusal(reasons: list[Kept]) -> str:
    count = len(reasons)
    return f"Personen kan ikke slettes ennå: {count} {'grunn' if count == 1 else 'grunner'} til å ta vare på noe."


def standing(person: str, erasure: Erasure) -> dict[str, Any]:
    """Who has answered, and who is yet to."""
    return {
        "person": person,
        "asked_on": erasure.asked_on.isoformat(),
        "answers": {service: on.isoformat() for service, on in sorted(erasure.answers.items())},
        "lacking": list(erasure.lacking),
        "completed_on": erasure.completed_on and erasure.completed_on.isoformat(),
    }


def _states(found: Found, kind: str) -> dict[str, Any]:
    return {key.id: state for key, state in found.items() if key.kind == kind}


def _erased(person: str, applications: Iterable[str], leases: Mapping[str, Tenancy | None]) -> PersonErased:
    shared = [id for id, each in leases.items() if each and set(each.tenants) - {person}]
    alone = [id for id in leases if id not in shared]
    return PersonErased(applications=tuple(applications), tenancies=tuple(alone), shared_tenancies=tuple(shared))


def _own_part(person: Person, id: str, context: Context) -> tuple[Person, list[Output]]:
    """Intake answers too, once none of its own cases is left."""
    if person.erasure is None or person.erasure.waiting:
        return person, []
    return people.answered(person, "intake", context.today), [Event(id, ErasureCompleted(service="intake"))]


def _told_back(message: Message) -> Tell:
    return Tell(Key("person", message.data.person), CaseErased(case=message.subject))
