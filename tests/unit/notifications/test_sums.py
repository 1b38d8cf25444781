"""The sums of ledger files against the ledger that is kept of them."""

from typing import Any

import httpx

from chassis.reconcile import Sums
from notifications import messages as m
from notifications.gateway import LedgerSums
from tests.unit.notifications.given import (
    TENANCY,
    Story,
    adjusted,
    credited,
    debit_ended,
    debit_failed,
    disputed,
    executed,
    held,
    invoice,
    lifted,
    line,
    notice,
    on,
    payment,
    plan,
    plan_changed,
    plan_ended,
    released,
    reminder,
    requested,
    scheduled,
    settled,
    started,
    taken_back,
    transport_ended,
    transport_started,
)
from tests.unit.notifications.given import (
    told_from_the_first as told,
)

DAY = "2019-03-01"


class OneTenancy:
    """The little of a store that is asked for."""

    def __init__(self, story: Story) -> None:
        self._state = story.tenancy

    async def rows(self, kommunenummer: str, sql: str) -> list[dict[str, str]]:
        return [{"key": TENANCY}]

    async def states(self, kommunenummer: str, kind: str, ids: list[str]) -> dict[str, Any]:
        return dict.fromkeys(ids, self._state)


def of_file(kind: str, lines: int, ore: int, day: str = DAY) -> dict[str, Any]:
    given = {"account": "husleie", "kind": kind, "dated_on": day, "files": ["2019-04-01"]}
    return given | {"lines": lines, "amount_ore": ore}


async def compared(
    story: Story, *sums: dict[str, Any], booking: tuple[str, ...] = (), vacant_until: str = ""
) -> list[Sums]:
    vacant = {"vacant_until": {"husleie": vacant_until}} if vacant_until else {}

    def intake(request: httpx.Request) -> httpx.Response:
        asked = [request.headers[name] for name in ("kommunenummer", "acting-user", "purpose")]
        assert (request.url.path, asked) == ("/ledger/sums", ["3427", "system", "reconcile"])
        return httpx.Response(200, json={"sums": list(sums), "booking": list(booking)} | vacant)

    client = httpx.AsyncClient(transport=httpx.MockTransport(intake), base_url="https://intake.example")
    hold = await LedgerSums(client, OneTenancy(story))("3427")
    return list(await hold())


async def test_lines_and_amounts_agree_by_account_kind_and_day():
    story = told(started(), invoice("a", "2019-03-15", 800, dated=DAY), payment("b", DAY, 300), payment("c", DAY, 200))

    found = await compared(story, of_file("invoice.issued", 1, 800), of_file("payment.registered", 2, 500))

    assert len(found) == 2
    assert not any(each.differs for each in found)


async def test_a_line_that_never_came_differs_and_says_in_which_file_it_stands():
    story = told(started(), payment("b", DAY, 300))

    (found,) = await compared(story, of_file("payment.registered", 2, 500))

    assert found == Sums("husleie payment.registered 2019-03-01", "2019-04-01", 2, 1, 500, 300)
    assert found.differs


async def test_a_line_that_no_file_has_differs():
    (found,) = await compared(told(started(), payment("b", DAY, 300)))

    assert (found.lines_told, found.lines_held, found.differs) == (0, 1, True)


async def test_an_account_whose_lines_are_not_all_told_yet_is_left_for_later():
    story = told(started())

    assert await compared(story, of_file("payment.registered", 2, 500), booking=("husleie",)) == []


async def test_starts_changes_and_ends_of_tenancies_are_no_lines_of_the_ledger():
    assert await compared(told(started()), of_file("tenancy.started", 1, 800)) == []


async def test_every_kind_of_line_is_held_under_the_files_own_word():
    def event(kind: type[Any], name: str) -> Any:
        return kind(line_id=line(name), dated_on=on(DAY))

    story = told(
        started(),
        invoice("a", "2019-03-15", 800, dated=DAY),
        adjusted("a", DAY, 700),
        credited("a", DAY, 50),
        payment("b", DAY, 300),
        taken_back("b", DAY),
        notice(DAY, "2019-03-20", 650),
        requested(DAY),
        scheduled(DAY, "2019-05-01"),
        lifted(DAY),
        executed(DAY),
        event(m.NavNoticeReserved, "r"),
        event(m.NavNoticeReservationLifted, "l"),
        held("u", DAY, 500),
        released("u", DAY),
        debit_failed(DAY),
        debit_ended(DAY, "deduction"),
        reminder(DAY),
        *plan("p", DAY, ("2019-04-01", 350)),
        *plan_changed("p", DAY, ("2019-05-01", 340)),
        plan_ended("p", DAY),
        transport_started(DAY),
        transport_ended(DAY),
        disputed(DAY),
        settled(DAY),
    )
    amounts = {
        "invoice.issued": 800,
        "invoice.adjusted": 700,
        "invoice.credited": 50,
        "payment.registered": 300,
        "eviction_notice.sent": 650,
        "payment.held": 500,
        "payment_plan.agreed": 350,
        "payment_plan.changed": 340,
    }
    rest = ("payment.reversed", "nav_notice.reserved", "nav_notice.reservation_lifted", "payment.released")
    rest += ("direct_debit.failed", "direct_debit.ended", "reminder.sent", "payment_plan.ended")
    rest += ("bostotte_transport.started", "bostotte_transport.ended", "dispute.opened", "dispute.closed")
    steps = tuple(f"enforcement.{step}" for step in ("requested", "scheduled", "lifted", "executed"))

    found = await compared(story, *(of_file(kind, 1, amounts.get(kind, 0)) for kind in (*amounts, *rest, *steps)))

    assert len(found) == 24
    assert [each for each in found if each.differs] == []


async def test_what_erased_tenants_paid_is_lacking_and_no_difference_up_to_their_newest_day():
    story = told(started(), payment("a", DAY, 300), payment("b", "2019-03-02", 200))
    sums = of_file("payment.registered", 3, 900), of_file("payment.registered", 2, 500, "2019-03-02")

    assert [each.differs for each in await compared(story, *sums)] == [True, True]
    (later,) = await compared(story, *sums, vacant_until=DAY)
    assert (later.what, later.differs) == ("husleie payment.registered 2019-03-02", True)
    assert await compared(story, *sums, vacant_until="2019-03-02") == []


async def test_more_than_was_told_differs_also_where_tenants_are_erased():
    story = told(started(), payment("a", DAY, 300), payment("b", DAY, 200))

    (found,) = await compared(story, of_file("payment.registered", 1, 300), vacant_until=DAY)

    assert found.differs
