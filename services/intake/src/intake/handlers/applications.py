"""Registering applications, and following what eligibility makes of them."""

from collections.abc import Iterable, Mapping
from typing import Any

from chassis.errors import Reject
from chassis.outputs import OSLO, Context, Event, Found, Key, Message, Reply
from intake.domain import applications, people
from intake.domain.applications import Application
from intake.handlers.persons import not_erased
from intake.messages import ApplicationRegistered, ApplicationWithdrawn, HousingApplicationChanged
from intake.messages.reads import (
    Delivery,
    DeliveryOutcome,
    DeliveryParked,
    DeliveryRecalled,
    DeliveryRejected,
    DeliverySent,
)


def application_of(message: Message, found: Found) -> Iterable[Key]:
    """The application that this command registers: the first id that it makes."""
    return [Key("application", str(Context(message.id, message.time).new_id()))]


def register_application(
    found: Found, message: Message, context: Context
) -> tuple[Mapping[Key, Any], list[Event | Reply]]:
    """Register the application, and the applicant with it if new."""
    command, applicant = message.data, Key("person", message.subject)
    (key,) = application_of(message, found)
    if command.facts.received_on > context.today:
        raise Reject("received_in_future", "Mottaksdatoen er fram i tid.", status=422)
    person = not_erased(found[applicant])
    if command.sealed:
        person = people.meet_again(person, command.sealed, command.protected)
    elif person is None or person.sealed is None:
        raise Reject("unknown_person", "Søkeren er ikke registrert.", status=404)
    application = Application(
        public_id=command.public_id,
        case_number=applications.case_number(key.id),
        applicant=message.subject,
        facts=command.facts,
    )
    return {applicant: people.applied(person, key.id), key: application}, [
        Event(key.id, _registered(application)),
        Event(application.public_id, HousingApplicationChanged()),
        Reply({"application": key.id, "public_id": application.public_id, "case_number": application.case_number}),
    ]


def withdraw_application(
    application: Application | None, message: Message, context: Context
) -> tuple[Application, list[Event | Reply]]:
    """The applicant wants it no longer: all that is still to come of it stops, and nothing of it goes to NAV."""
    if application is None:
        raise Reject("unknown_application", "Søknaden finnes ikke.", status=404)
    if application.decision:
        raise Reject("already_decided", "Søknaden er allerede avgjort og kan ikke trekkes.")
    if application.withdrawn_on:
        raise Reject("already_withdrawn", "Søknaden er allerede trukket.")
    withdrawn = applications.withdraw(application, context.today)
    return withdrawn, [
        Event(message.subject, ApplicationWithdrawn(withdrawn_on=context.today)),
        Event(application.public_id, HousingApplicationChanged(status="withdrawn")),
        Reply({"application": message.subject, "status": withdrawn.status}),
    ]


def follow_assessment(application: Application | None, message: Message, _: Context) -> tuple[Application, list[Event]]:
    return applications.assess(_known(application), message.data.overall), []


def follow_decision(application: Application | None, message: Message, _: Context) -> tuple[Application, list[Event]]:
    return applications.decide(_known(application), message.data.outcome, message.data.decided_on), []


def follow_delivery(
    application: Application | None, message: Message, _: Context
) -> tuple[Application | None, list[Event]]:
    """A notice of a tenancy stands in no application's way."""
    if message.data.matter != "referral":
        return application, []
    told, on = message.data, message.time.astimezone(OSLO).date()
    delivered = applications.deliver(_known(application), told.revision, _standing(told), on)
    if isinstance(told, DeliverySent):
        delivered = applications.refer(delivered, on)
    if isinstance(told, DeliveryOutcome) and told.outcome == "granted":
        delivered = applications.grant(delivered, on)
    return delivered, []


def _standing(told: Delivery) -> applications.Delivery:
    if isinstance(told, DeliveryRejected | DeliveryParked | DeliveryRecalled):
        return "returned"
    return "closed" if getattr(told, "outcome", None) in applications.FINAL_OUTCOMES else "open"


def _known(application: Application | None) -> Application:
    if application is None:
        raise Reject("unknown_application", "Hendelsen gjelder en søknad som ikke er registrert her.")
    return application


def _registered(application: Application) -> ApplicationRegistered:
    return ApplicationRegistered(
        public_id=application.public_id,
        applicant=application.applicant,
        application_type=application.facts.application_type,
        dwelling_type=application.facts.dwelling_type,
        received_on=application.facts.received_on,
    )
