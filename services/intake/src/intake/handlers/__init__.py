"""Which function decides on which message."""

from collections.abc import Mapping
from functools import partial

from chassis.outputs import Handler
from intake.domain.applications import Application
from intake.domain.ledger.books import Account, Shard
from intake.domain.ledger.entry import Import
from intake.domain.people import Person
from intake.domain.tenancies import Tenancy
from intake.handlers.applications import (
    application_of,
    follow_assessment,
    follow_decision,
    follow_delivery,
    register_application,
    withdraw_application,
)
from intake.handlers.booking import book_line, close_ledger
from intake.handlers.erasing import (
    case_erased,
    cases_of,
    erase_application,
    erase_person,
    erasure_completed,
    leave_tenancy,
)
from intake.handlers.imports import accept_import, books_of
from intake.handlers.persons import register_person, tenancies_of
from intake.translation import duties

KINDS: Mapping[str, type] = {
    "person": Person,
    "application": Application,
    "tenancy": Tenancy,
    "account": Account,
    "ledger_shard": Shard,
    "import": Import,
}

HANDLERS: tuple[Handler, ...] = (
    Handler("command.register_person", "person", register_person, needs=tenancies_of),
    Handler("command.register_application", "person", register_application, needs=application_of),
    Handler("command.withdraw_application", "application", withdraw_application),
    Handler("assessment.completed", "application", follow_assessment),
    Handler("decision.made", "application", follow_decision),
    Handler("delivery.sent", "application", follow_delivery),
    Handler("delivery.received", "application", follow_delivery),
    Handler("delivery.outcome", "application", follow_delivery),
    Handler("delivery.rejected", "application", follow_delivery),
    Handler("delivery.parked", "application", follow_delivery),
    Handler("command.accept_import", "import", accept_import, needs=books_of),
    Handler("tell.book_line", "tenancy", book_line),
    Handler("tell.close_ledger", "tenancy", close_ledger),
    Handler("command.erase_person", "person", partial(erase_person, duties()), needs=cases_of),
    Handler("tell.erase_application", "application", erase_application, passes=True),
    Handler("tell.leave_tenancy", "tenancy", leave_tenancy, passes=True),
    Handler("tell.case_erased", "person", case_erased, passes=True),
    Handler("erasure.completed", "person", erasure_completed),
)
