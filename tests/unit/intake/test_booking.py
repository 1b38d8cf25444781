"""A told line becomes its event, as the schema has it; a close follows."""

from datetime import date

import pytest

from chassis.errors import Reject
from chassis.outputs import Event, Key
from chassis.testing import Decided, decide
from intake.domain.ledger.kinds import KINDS
from intake.domain.tenancies import Tenancy
from intake.handlers import HANDLERS
from intake.messages import BookLine, CloseLedger, HousingTenancyChanged, LedgerClosed, TenancyStarted
from tests.contract.outputs import validate_events
from tests.unit.intake.builders import a_file, a_line, read

TENANCY = "8a4cfe11-73a5-47e9-8a4c-6f5a2b8c1d0e"
PUBLIC = "0d4f5b7a-5e1c-4f0b-9c57-0a3f3a6f2b11"
TENANT = "5b0f0f4e-1f2d-4c5a-9a3e-7c1d2e3f4a5b"
CLAIMED = Tenancy("utleie", PUBLIC, tenants=(TENANT,))


def book(kind: str, tenancy: Tenancy = CLAIMED, **columns: str) -> Decided:
    (line,) = read(a_file(a_line(kind, "X-1", **columns))).lines
    told = BookLine(kind=kind, line_id=line.id, fields=line.fields)
    stored = BookLine.model_validate_json(told.model_dump_json())
    return decide(HANDLERS, {Key("tenancy", TENANCY): tenancy}, TENANCY, stored)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_line_becomes_an_event_that_its_schema_allows(kind):
    decided = book(kind)

    validate_events(decided.only(Event))
    assert decided.only(Event)[0].type == kind
    assert decided.only(Event)[0].subject == TENANCY


def test_a_start_carries_the_tenants_and_is_a_public_fact():
    decided = book("tenancy.started", kid="10000016", until="2022-02-28")

    assert decided.only(TenancyStarted) == [
        TenancyStarted(
            public_id=PUBLIC,
            account="utleie",
            tenants=(TENANT,),
            rent_ore=800000,
            kid="10000016",
            started_on=date(2019, 3, 1),
            lease_ends_on=date(2022, 2, 28),
        )
    ]
    assert decided.only(Event)[1] == Event(PUBLIC, HousingTenancyChanged(status="started"))
    assert decided.states[Key("tenancy", TENANCY)].standing == "started"


def test_an_end_is_a_public_fact():
    decided = book("tenancy.ended")

    assert decided.only(Event)[1] == Event(PUBLIC, HousingTenancyChanged(status="ended"))


def test_a_payment_is_no_public_fact():
    assert len(book("payment.registered").only(Event)) == 1


def test_each_booked_line_is_counted():
    assert book("invoice.issued").states[Key("tenancy", TENANCY)].booked == 1


def test_a_close_tells_as_of_which_day_and_counts_the_import():
    close = CloseLedger(line_id=PUBLIC, account="utleie", as_of=date(2019, 5, 1), number=3, news=True)
    decided = decide(HANDLERS, {Key("tenancy", TENANCY): CLAIMED}, TENANCY, close)

    validate_events(decided.only(Event))
    assert decided.only(LedgerClosed)[0].as_of == decided.only(LedgerClosed)[0].dated_on == date(2019, 5, 1)
    tenancy = decided.states[Key("tenancy", TENANCY)]
    assert (tenancy.first_import, tenancy.closed_import) == (3, 3)


def test_a_close_that_is_no_news_is_only_counted():
    close = CloseLedger(line_id=PUBLIC, account="utleie", as_of=date(2019, 5, 1), number=4, news=False)
    before = Tenancy("utleie", PUBLIC, first_import=1, closed_import=3)
    decided = decide(HANDLERS, {Key("tenancy", TENANCY): before}, TENANCY, close)

    assert decided.outputs == []
    tenancy = decided.states[Key("tenancy", TENANCY)]
    assert (tenancy.first_import, tenancy.closed_import) == (1, 4)


@pytest.mark.parametrize("tenancy", [None, Tenancy(tenants=(TENANT,))])
def test_a_line_of_a_tenancy_that_no_file_started_is_set_aside(tenancy):
    with pytest.raises(Reject, match="unclaimed_tenancy"):
        book("payment.registered", tenancy)
