"""The leader's figures: shares and counts that recompute from the alerts, and a file that no spreadsheet runs."""

import csv
import io
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import pytest

from notifications.gateway import RentingToOwning
from notifications.pages.figures import (
    Month,
    Share,
    Transition,
    Waiting,
    levels_at,
    months,
    owed,
    precision,
    transitions,
    waits,
)
from notifications.pages.spreadsheet import meeting_file
from notifications.translation.tables import MARK, cell, table
from tests.unit.notifications.test_pages import browser, intake, logged_in, people, store

__all__ = ["browser", "intake", "people", "store"]

RAISED = date(2019, 1, 10)


def alert(tenancy: str = "a", level: int = 2, **more: Any) -> dict:
    standing = {"acknowledged_at": None, "resolved_as_of": None, "resolution": None}
    first = {"level": level, "first_level": level, "first_rules": ("E1",), "raised_as_of": RAISED}
    return {"tenancy": tenancy, "episode": 1, **first, **standing, **more}


def change(number: int, as_of: date, level: int, tenancy: str = "a") -> dict:
    return {"tenancy": tenancy, "episode": 1, "number": number, "as_of": as_of, "level": level}


def closed_as(resolution: str, days: int) -> dict:
    return {"resolution": resolution, "resolved_as_of": RAISED + timedelta(days=days)}


def request(day: date, tenancy: str = "a") -> dict:
    return {"tenancy": tenancy, "step": "enforcement.requested", "dated_on": day}


@pytest.mark.parametrize(
    ("asked", "as_of", "expected"),
    [
        (RAISED + timedelta(days=90), RAISED + timedelta(days=90), Share(1, 1)),
        (RAISED + timedelta(days=91), RAISED + timedelta(days=91), Share(0, 1)),
        (RAISED - timedelta(days=1), RAISED + timedelta(days=90), Share(0, 1)),
        (RAISED + timedelta(days=5), RAISED + timedelta(days=6), Share(0, 0, 1)),
        (None, RAISED + timedelta(days=89), Share(0, 0, 1)),
        (None, RAISED + timedelta(days=90), Share(0, 1)),
    ],
    ids=["on the ninetieth day", "a day late", "before it", "followed, but too new", "too new", "just old enough"],
)
def test_a_rule_was_right_when_a_request_followed_within_ninety_days(asked, as_of, expected):
    requests = [request(asked), request(asked, "b")] if asked else []
    assert precision([alert()], requests, as_of) == {"E1": expected}


def test_a_share_of_few_is_not_told_in_percent():
    assert (Share(1, 4).percent, Share(1, 5).percent, Share(0, 0).percent) == (None, 20, None)


@pytest.mark.parametrize(
    ("history", "more", "days", "rolled", "cured"),
    [
        ([(0, 2), (30, 3)], {}, 40, Share(1, 1), Share(0, 1)),
        ([(0, 2), (31, 3)], {}, 40, Share(0, 1), Share(0, 1)),
        (
            [(0, 2)],
            closed_as("cured", 30),
            30,
            Share(0, 1),
            Share(1, 1),
        ),
        ([(0, 2)], closed_as("ended", 3), 30, Share(0, 1), Share(0, 1)),
        ([(0, 2)], {}, 29, Share(0, 0, 1), Share(0, 0)),
        ([(0, 2), (5, 1), (9, 2)], {}, 60, Share(0, 2), Share(0, 2)),
    ],
    ids=["rolls on the thirtieth day", "a day later", "is paid", "ends", "too new", "comes to it twice"],
)
def test_what_became_of_an_alert_is_counted_thirty_days_after_it_came_to_a_level(history, more, days, rolled, cured):
    changes = [change(n, RAISED + timedelta(days=day), level) for n, (day, level) in enumerate(history, 1)]
    found = transitions([alert(**more)], changes, RAISED + timedelta(days=days))
    assert found[0] == Transition(2, rolled, cured)


def test_time_to_acknowledgement_is_in_days_of_norway_and_who_waits_is_counted():
    late_evening = datetime(2019, 1, 13, 23, 30, tzinfo=UTC)  # the 14th in Oslo
    alerts = [
        alert(acknowledged_at=late_evening),
        alert("b", acknowledged_at=late_evening - timedelta(days=2)),
        alert("c"),
    ]
    assert waits(alerts)[0] == Waiting(2, 3.0, 2, 1)
    assert waits([alert(resolution="cured")])[0] == Waiting(2, None, 0, 0)


def test_what_is_outstanding_is_the_newest_close_of_every_account():
    rows = [("x", 1, 100), ("y", 2, 50), ("x", 3, 0)]
    balances = [{"account": a, "as_of": date(2019, 1, day), "outstanding_ore": ore} for a, day, ore in rows]
    assert owed(balances) == [(date(2019, 1, 1), 100), (date(2019, 1, 2), 150), (date(2019, 1, 3), 50)]


def test_an_alert_stands_at_the_level_of_its_newest_change_until_it_is_resolved():
    changes = [change(1, date(2019, 1, 10), 2), change(2, date(2019, 2, 1), 3)]
    assert levels_at([alert()], changes, date(2019, 1, 9)) == {}
    assert levels_at([alert()], changes, date(2019, 1, 31)) == {("a", 1): 2}
    assert levels_at([alert()], changes, date(2019, 2, 1)) == {("a", 1): 3}
    gone = alert(resolution="cured", resolved_as_of=date(2019, 2, 2))
    assert levels_at([gone], changes, date(2019, 2, 1)) == {("a", 1): 3}
    assert levels_at([gone], changes, date(2019, 2, 2)) == {}


def test_a_month_has_what_happened_in_it_and_what_stood_at_its_end():
    alerts = [alert(), alert("b", 3, resolution="cured", resolved_as_of=date(2019, 1, 31))]
    changes = [change(1, RAISED, 2), change(1, RAISED, 3, "b"), change(2, date(2019, 2, 1), 4)]
    steps = [request(date(2019, 1, 31)), request(date(2019, 2, 1))]
    found = months(alerts, changes, steps, [(date(2019, 1, 31), 900), (date(2019, 2, 2), 100)], date(2019, 2, 2))
    february, january = found[:2]
    assert january == Month(date(2019, 1, 1), {2: 1, 3: 1}, {"cured": 1}, 0, 1, {2: 1}, 900)
    assert (february.requests, february.open, february.owed) == (1, {4: 1}, 100)
    assert len(found) == 12
    assert found[-1].first == date(2018, 3, 1)
    assert found[-1].owed is None


def test_a_spreadsheet_gets_the_mark_semicolons_and_decimal_commas():
    month = Month(date(2019, 1, 1), {2: 3}, {"cured": 2, "handled": 1}, 1, 0, {4: 5}, 1_234_50)
    text = meeting_file([month])
    assert text.startswith(MARK)
    head, line = csv.reader(io.StringIO(text.removeprefix(MARK)), delimiter=";")
    read = dict(zip(head, line, strict=True))
    assert (read["Måned"], read["Nye varsler, tidlig varsel"], read["Lukket ved betaling"]) == ("2019-01", "3", "2")
    assert (read["Lukket av saksbehandler"], read["Varsler etter § 4-18"]) == ("1", "1")
    assert (read["Åpne ved månedens slutt, akutt"], read["Utestående husleie (kr)"]) == ("5", "1234,50")


@pytest.mark.parametrize("begins", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_what_begins_like_a_formula_is_text(begins):
    assert cell(f"{begins}HYPERLINK(1)") == f"'{begins}HYPERLINK(1)"
    assert [cell(fine) for fine in ("-12", "-1,50", 7, "Konto -1")] == ["-12", "-1,50", "7", "Konto -1"]


def test_semicolons_and_quotes_stay_within_their_cell():
    text = table([['a;b "c"', "d\nx"]]).removeprefix(MARK)
    assert next(csv.reader(io.StringIO(text), delimiter=";")) == ['a;b "c"', "d\nx"]


async def test_the_overview_is_the_leaders_and_the_file_boligutvalgets_too(browser):
    assert (await browser.get("/oversikt")).status_code == 403
    leader = logged_in(browser, "leder")
    page = await leader.get("/oversikt")
    assert page.status_code == 200
    assert "1</strong>&nbsp;Tidlig varsel" in page.text
    answer = await logged_in(browser, "boligutvalg").get("/oversikt.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.content.startswith(MARK.encode())
    assert "2019-01;1;0;0;" in answer.text
    for personal in ("6f1a3c9e", "Kari", "BF-"):
        assert personal not in answer.text


YEARS = [
    {"year": 2020, "referred": 4, "granted": 2, "freed": 0, "months": None},
    {"year": 2019, "referred": 7, "granted": 5, "freed": 3, "months": 4.5},
]


async def test_the_leader_sees_how_many_came_from_renting_to_owning_and_boligutvalget_gets_it_as_a_file(browser):
    app(browser).state.renting_to_owning.counted = YEARS
    page = " ".join((await logged_in(browser, "leder").get("/oversikt")).text.split())
    assert '<th scope="row">2019</th><td class="number">7</td><td class="number">5</td>' in page
    assert '<td class="number">3</td><td class="number">4,5</td>' in page
    answer = await logged_in(browser, "boligutvalg").get("/oversikt/leie-til-eie.csv")
    head, *lines = csv.reader(io.StringIO(answer.text.removeprefix(MARK)), delimiter=";")
    assert head == [
        "År henvist",
        "Leietakere henvist til startlån",
        "Innvilget",
        "Boliger frigjort",
        "Måneder (median)",
    ]
    assert lines == [["2020", "4", "2", "0", ""], ["2019", "7", "5", "3", "4,5"]]
    assert (await logged_in(browser).get("/oversikt/leie-til-eie.csv")).status_code == 403


async def test_while_intake_is_away_the_overview_says_that_these_figures_are_missing(browser):
    app(browser).state.renting_to_owning.counted = None
    leader = logged_in(browser, "leder")
    assert "mottaket svarer ikke" in (await leader.get("/oversikt")).text
    assert (await leader.get("/oversikt/leie-til-eie.csv")).status_code == 503


def app(browser: Any) -> Any:
    return browser._transport.app


@pytest.mark.parametrize(("status", "found"), [(200, YEARS), (503, None), (404, None)])
async def test_the_figures_are_asked_for_at_intakes_door(status, found):
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(status, json={"years": YEARS} if status == 200 else {})

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer), base_url="http://intake") as intake:
        years = await RentingToOwning(intake).years(kommunenummer="3427", acting_user="sub-1")
    assert years == found
    (request,) = asked
    assert (request.url.path, request.headers["Purpose"]) == ("/figures/renting-to-owning", "figures")
