"""Which function decides on which message."""

from collections.abc import Mapping
from functools import partial

from chassis.outputs import Handler
from intake.domain.applications import Application
from intake.domain.ledger.books import Account, Entered, Kid
from intake.domain.ledger.entry import BadEntry, Import, Suspense
from intake.domain.ledger.file import Chunk
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
from intake.handlers.imports import (
    accept_import,
    ask_for_chunk,
    books_of,
    chunk_needed,
    drop_chunk,
    keep_chunk,
    oldest_chunk,
    take_chunk,
)
from intake.handlers.persons import register_person, tenancies_of
from intake.handlers.repairing import (
    books_of_bad_line,
    books_of_suspense,
    place_payment,
    repair_line,
    strike_line,
)
from intake.handlers.stepping import books_of_steps, enter_steps
from intake.translation import duties

KINDS: Mapping[str, type] = {
    "person": Person,
    "application": Application,
    "tenancy": Tenancy,
    "account": Account,
    "ledger_line": Entered,
    "kid": Kid,
    "import": Import,
    "import_chunk": Chunk,
    "bad_line": BadEntry,
    "suspense": Suspense,
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
    Handler("delivery.recalled", "application", follow_delivery),
    Handler("command.keep_chunk", "import_chunk", keep_chunk),
    Handler("timer.drop_chunk", "import_chunk", drop_chunk),
    Handler("tell.ask_for_chunk", "import", ask_for_chunk),
    Handler("tell.chunk_needed", "import_chunk", chunk_needed),
    Handler("command.accept_import", "import", accept_import, needs=oldest_chunk),
    Handler("tell.take_chunk", "import", take_chunk, needs=books_of),
    Handler("command.repair_line", "bad_line", repair_line, needs=books_of_bad_line),
    Handler("command.strike_line", "bad_line", strike_line, needs=books_of_bad_line),
    Handler("command.place_payment", "suspense", place_payment, needs=books_of_suspense),
    Handler("command.enter_steps", "tenancy", enter_steps, needs=books_of_steps),
    Handler("tell.book_line", "tenancy", book_line),
    Handler("tell.close_ledger", "tenancy", close_ledger),
    Handler("command.erase_person", "person", partial(erase_person, duties()), needs=cases_of),
    Handler("tell.erase_application", "application", erase_application, passes=True),
    Handler("tell.leave_tenancy", "tenancy", leave_tenancy, passes=True),
    Handler("tell.case_erased", "person", case_erased, passes=True),
    Handler("erasure.completed", "person", erasure_completed),
)
