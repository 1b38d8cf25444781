"""An inbox that stays open: which alerts it shows, in which order, and how it learns what has changed."""

import asyncio
import json
import time
from base64 import b64encode
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import itsdangerous
import pytest

from notifications import pages
from notifications.pages.boards import Boards, by_municipality
from notifications.pages.rows import digest, order
from notifications.pages.wanted import Wanted
from tests.unit.chassis.fake_issuer import FakeIssuer
from tests.unit.chassis.web import client, web_app
from tests.unit.notifications.given import TENANCY, closed, invoice, payment, started, told
from tests.unit.notifications.test_pages import ALERT, Alerts, Door, browser, intake, people, store

__all__ = ["browser", "intake", "people", "store"]

EVENTS = {"Accept": "text/event-stream"}
ROW: dict[str, Any] = {
    "tenancy": TENANCY,
    "level": 3,
    "stage": "F3",
    "kind": "arrears",
    "next_date": date(2019, 5, 14),
    "as_of": date(2019, 5, 3),
    "debt_ore": 1_000_00,
    "rent_ore": 1_000_00,
    "dpd": 10,
    "raised_as_of": date(2019, 5, 1),
    "acknowledged_at": None,
    "snoozed_until": None,
}


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ({"level": 4, "next_date": None}, {"level": 3}),
        ({"next_date": None}, {"snoozed_until": date(2019, 5, 20)}),
        ({"next_date": date(2019, 5, 13)}, {"next_date": date(2019, 5, 14)}),
        ({"next_date": date(2019, 5, 14), "dpd": 0}, {"next_date": None, "dpd": 90}),
        ({"next_date": date(2019, 5, 28), "dpd": 0}, {"next_date": date(2019, 5, 2), "dpd": 90}),
        ({"debt_ore": 9_000_00, "rent_ore": 2_000_00}, {"debt_ore": 10_000_00, "rent_ore": 5_000_00}),
        ({"dpd": 100}, {"dpd": 99}),
        ({"raised_as_of": date(2019, 4, 30)}, {"raised_as_of": date(2019, 5, 1)}),
    ],
    ids=[
        "level",
        "what rests last",
        "statutory date",
        "a date before none",
        "or before one that is past",
        "rents owed, not debt",
        "days over due",
        "raised first",
    ],
)
def test_the_most_urgent_stands_first(first, then):
    assert order(ROW | first) < order(ROW | then)


def test_an_alert_that_is_not_changed_has_the_same_digest_on_the_same_day_alone():
    today = date(2019, 5, 2)
    assert digest(ROW, today) == digest(dict(ROW), today)
    assert len({digest(ROW, today), digest(ROW | {"dpd": 11}, today), digest(ROW, date(2019, 5, 3))}) == 3


@pytest.mark.parametrize(
    ("looking", "admits"),
    [
        (Wanted(), True),
        (Wanted(levels=frozenset({3, 4})), True),
        (Wanted(levels=frozenset({2})), False),
        (Wanted(kind="husleie"), True),
        (Wanted(kind="kontrakt"), False),
        (Wanted(stage="F3"), True),
        (Wanted(stage="F4"), False),
        (Wanted(seen="nei"), True),
        (Wanted(seen="ja"), False),
        (Wanted(reference="bf 6f1a"), True),
        (Wanted(reference="3C9E"), True),
        (Wanted(reference="BF-0000"), False),
    ],
)
def test_one_sees_what_one_asks_for(looking, admits):
    assert looking.admits(ROW) is admits


def test_a_level_is_chosen_and_let_go_by_its_own_link():
    looking = Wanted(stage="F3", reference="BF-6")
    assert looking.with_level(4) == "/?niva=4&trinn=F3&sak=BF-6"
    assert replace(looking, levels=frozenset({4})).with_level(4) == "/?trinn=F3&sak=BF-6"
    assert Wanted(levels=frozenset({4})).with_level(4) == "/"


async def test_the_address_says_what_is_shown_and_the_counts_are_of_all(browser):
    shown = await browser.get("/?niva=2&sak=bf6f1a")
    hidden = await browser.get("/?niva=3")
    assert "Kari Nordmann" in shown.text
    assert "Kari Nordmann" not in hidden.text
    assert "Viser 0 av 1 åpent varsel" in hidden.text
    assert (
        '<a class="ds-tag" data-color="info" href="/?niva=2"><strong>1</strong>&nbsp;Tidlig varsel</a>' in hidden.text
    )


@pytest.mark.parametrize("query", ["niva=5", "niva=x", "trinn=F9", "slag=gjeld", "kvittert=kanskje", f"sak={'x' * 41}"])
async def test_an_address_that_was_tampered_with_is_refused_in_words(browser, query):
    page = await browser.get(f"/?{query}", headers={"Accept": "text/html"})
    assert page.status_code == 422
    assert "<h1" in page.text


def test_what_is_told_is_sorted_by_municipality():
    assert by_municipality(["3427 a", "5027 b", "3427 c", "3427"]) == {"3427": {"a", "c", ""}, "5027": {"b"}}


@dataclass
class Channel:
    """What the database tells, by a test's own word."""

    said: asyncio.Queue[set[str] | None] = field(default_factory=asyncio.Queue)
    heard: list[str] = field(default_factory=list)
    begun: tuple[Callable[[], None], set[str]] | None = None

    async def hear(self, database: Any, channel: str) -> AsyncGenerator[set[str] | None]:
        self.heard.append(channel)
        yield None
        if self.begun:
            act, told = self.begun
            asyncio.get_running_loop().call_later(0.1, lambda: (act(), self.said.put_nowait(told)))
        while True:
            yield await self.said.get()


@pytest.fixture
def channel(store: Alerts) -> Channel:
    store.database = None
    return Channel()


def pays_a_little(store: Alerts) -> None:
    store.tenancy = told(
        started(), invoice("a", "2019-01-15"), closed("2019-01-24"), payment("p", "2019-01-20", 500_00)
    )
    store.tenancy = store.tenancy.tenancy


async def test_however_many_look_on_a_change_is_read_once(store, channel):
    boards = Boards(channel.hear)
    async with AsyncExitStack() as open_pages:
        watches = [(await open_pages.enter_async_context(boards.watched(store, "3427")))[1] for _ in range(20)]
        store.queries.clear()
        pays_a_little(store)
        channel.said.put_nowait({f"3427 {TENANCY}"})
        assert [await watch.taken(5) for watch in watches] == [({ALERT}, False)] * 20
    assert channel.heard == ["board"]
    assert [query[0] for query in store.queries] == ["3427"]


async def test_what_has_not_changed_stirs_nobody_and_what_is_of_others_is_not_read(store, channel):
    boards = Boards(channel.hear)
    async with boards.watched(store, "3427") as (_, watch):
        store.queries.clear()
        channel.said.put_nowait({f"3427 {TENANCY}", f"5027 {TENANCY}"})
        channel.said.put_nowait({"3427"})
        assert await watch.taken(5) == (set(), True)
    assert {query[0] for query in store.queries} == {"3427"}


async def test_an_alert_that_closes_is_told_and_is_off_the_board(store, channel):
    boards = Boards(channel.hear)
    async with boards.watched(store, "3427") as (board, watch):
        assert board.alerts.keys() == {ALERT}
        store.tenancy = None
        channel.said.put_nowait({f"3427 {TENANCY}"})
        assert await watch.taken(5) == ({ALERT}, False)
        assert board.alerts == {}


async def test_after_a_lost_connection_all_is_read_again(store, channel):
    boards = Boards(channel.hear)
    async with boards.watched(store, "3427") as (_, watch):
        pays_a_little(store)
        channel.said.put_nowait(None)
        assert await watch.taken(5) == ({ALERT}, True)


async def test_nobody_who_looks_costs_nothing(store, channel):
    boards = Boards(channel.hear)
    async with boards.watched(store, "3427"):
        pass
    async with boards.watched(store, "3427") as (board, _):
        assert board.alerts.keys() == {ALERT}
    assert channel.heard == ["board", "board"]


def at_the_door(store: Alerts, channel: Channel, folder: Path, *, seconds: float, kommunenummer: str = "3427") -> Any:
    """A browser whose session ends so soon."""
    app = web_app(store, FakeIssuer(), folder, routers=[pages.router])
    app.state.people, app.state.boards = Door(), Boards(channel.hear)
    session = {"sub": "sub-1", "name": "Ola", "roles": ["leder"], "kommunenummer": kommunenummer}
    content = b64encode(json.dumps({**session, "until": time.time() + seconds}).encode())
    made = client(app)
    made.cookies.set("chassis_session", itsdangerous.TimestampSigner("x" * 40).sign(content).decode())
    return made


def events(answer: httpx.Response) -> list[tuple[str, Any]]:
    found = []
    for block in answer.text.strip().split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line)
        found.append((lines["event"], json.loads(lines.get("data") or "null")))
    return found


async def test_a_stream_begins_with_what_stands_and_ends_with_the_session(store, channel, tmp_path):
    answer = await at_the_door(store, channel, tmp_path, seconds=0.3).get("/strom", headers=EVENTS)
    (first, roll), (last, _) = events(answer)
    assert (first, list(roll), last) == ("roll", [ALERT], "again")
    assert answer.headers["content-type"].startswith("text/event-stream")


async def test_a_change_is_told_with_the_card_as_it_is_now(store, channel, tmp_path):
    """The board changes as soon as the stream has begun."""
    there = at_the_door(store, channel, tmp_path, seconds=0.5)
    channel.begun = partial(pays_a_little, store), {f"3427 {TENANCY}"}
    _, (name, changes), _ = events(await there.get("/strom", headers=EVENTS))
    assert (name, changes["gone"], [card["id"] for card in changes["cards"]]) == ("changes", [], [ALERT])
    assert f'id="varsel-{ALERT}"' in changes["cards"][0]["html"]
    assert "1 åpent varsel" in changes["summary"]


async def test_another_municipality_is_told_nothing(store, channel, tmp_path):
    there = at_the_door(store, channel, tmp_path, seconds=0.3, kommunenummer="5027")
    channel.said.put_nowait({f"3427 {TENANCY}"})
    assert events(await there.get("/strom", headers=EVENTS)) == [("roll", {}), ("again", None)]


async def test_who_is_logged_out_gets_no_stream_and_no_way_to_the_issuer(store, channel, tmp_path):
    there = at_the_door(store, channel, tmp_path, seconds=-1)
    assert (await there.get("/strom", headers=EVENTS)).status_code == 401
    assert (await there.get("/")).status_code == 303


async def test_only_a_reader_of_events_gets_a_stream(browser):
    assert (await browser.get("/strom", headers={"Accept": "text/html"})).status_code == 406
