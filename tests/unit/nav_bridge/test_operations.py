"""What an operator sees and does of what was stopped, one by one or a whole group; and the page for it."""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from chassis.errors import Reject
from chassis.outputs import Key, Message
from nav_bridge import operations, pages
from nav_bridge.app import build
from nav_bridge.domain import Case
from nav_bridge.operations import DESTINATIONS, GROUPS, NEWEST, OF_GROUP, OPEN, Destination
from nav_bridge.projection import project
from nav_bridge.translation import page_words as words
from tests.unit.chassis.fake_issuer import FakeIssuer
from tests.unit.chassis.web import SAME_SITE, FakeStore, client, web_app
from tests.unit.nav_bridge.test_app import settings
from tests.unit.nav_bridge.test_deciders import APPLICATION, NOW, PUBLIC, RECEIPTED, REFERRAL
from tests.unit.nav_bridge.test_pages import logged_in

OTHER_CASE, OTHER = "7b0c0f4e-0000-4000-8000-000000000002", "7b0c0f4e-0000-4000-8000-000000000003"
NO_OFFICE = replace(RECEIPTED, status="parked", code="no_office", sent_at=None, received_at=None)
PUZZLING = replace(RECEIPTED, status="parked", code="outcome_unknown")
PAGE, GROUP = "/leveringer/drift", "/leveringer/drift/no_office"


@dataclass
class Desk(FakeStore):
    """A store and a desk at once. `refuses`: referrals whose command is refused, and why."""

    cases: dict[str, Case] = field(default_factory=dict)
    refuses: dict[str, str] = field(default_factory=dict)
    breakers: list[dict[str, Any]] = field(default_factory=list)

    async def rows(self, *asked: Any) -> list[Any]:
        sql, *args = asked[1:] if asked[0] == "3427" else asked
        every = [
            row for id, case in self.cases.items() for row in project(Key("delivery", id), "3427", case)["deliveries"]
        ]
        parked = [row for row in every if row["status"] == "parked"]
        match sql:
            case _ if sql == GROUPS:
                codes = sorted({row["code"] for row in parked})
                return [self._group(code, [row for row in parked if row["code"] == code]) for code in codes]
            case _ if sql == OF_GROUP:
                return [row for row in parked if row["code"] == args[0]][: args[1]]
            case _ if sql == NEWEST:
                found = [row for row in every if row["referral_id"] == args[0] and args[1] in {None, row["revision"]}]
                return sorted(found, key=lambda row: -row["revision"])[:1]
            case _ if sql == OPEN:
                return [{"name": "nav", "open": 2, "oldest": NOW, "attempts": 3}]
        raise AssertionError(sql)

    def _group(self, code: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
        return {"code": code, "deliveries": len(rows), "oldest": min(row["requested_on"] for row in rows)}

    async def states(self, *asked: Any) -> dict[str, Any]:
        return {id: self.cases[id] for id in asked[-1] if id in self.cases}

    async def send(self, body: Any, subject: str) -> Mapping[str, Any]:
        if sentence := self.refuses.get(body.referral_id):
            raise Reject("not_now", sentence, status=409)
        self.commands.append((SimpleNamespace(data=body, subject=subject), b""))
        return {}

    async def command(self, message: Message, *, request_hash: bytes) -> Mapping[str, Any]:
        return await self.send(message.data, message.subject)

    @property
    def database(self) -> Any:
        @asynccontextmanager
        async def runner() -> AsyncIterator[Any]:
            async def fetch(sql: str) -> list[Any]:
                assert sql == DESTINATIONS
                return self.breakers

            yield SimpleNamespace(fetch=fetch)

        return SimpleNamespace(runner=runner)

    @property
    def sent(self) -> list[tuple[str, str, str, str]]:
        return [(m.subject, m.data.act, m.data.reason, m.data.by) for m, _ in self.commands]


@pytest.fixture
def desk() -> Desk:
    other = replace(NO_OFFICE, referral_id=OTHER, matter="nav_notice")
    return Desk(
        cases={APPLICATION: Case(PUBLIC, (NO_OFFICE,)), OTHER_CASE: Case(deliveries=(other,))},
        breakers=[{"name": "nav", "failures": 6, "open_until": NOW}],
    )


@pytest.fixture
def browser(desk: Desk, tmp_path: Path) -> httpx.AsyncClient:
    app = web_app(desk, FakeIssuer(), tmp_path, routers=[pages.router])
    app.state.budgets = {"nav": 50.0, "nav-recall": 12.5}
    return logged_in(client(app), "leder")


async def form(browser: httpx.AsyncClient, **changes: str) -> dict[str, str]:
    seen = re.findall(r'name="seen" value="(\w+)"', (await browser.get(PAGE)).text)
    return {"seen": seen[0], "reason": "cause_removed", "idempotency_key": "form-1", **changes}


async def test_a_group_is_retried_one_by_one_each_with_the_reason_and_who_it_was(desk):
    done = await operations.retry_group(desk, "no_office", "cause_removed", "kari")
    assert [(each.case, each.refused) for each in done] == [(APPLICATION, ""), (OTHER_CASE, "")]
    assert desk.sent == [(case, "retry", "cause_removed", "kari") for case in (APPLICATION, OTHER_CASE)]
    assert [m.data.seen for m, _ in desk.commands] == [NO_OFFICE.seen] * 2


async def test_what_is_stopped_for_another_reason_is_left_alone(desk):
    desk.cases[OTHER_CASE] = Case(deliveries=(replace(PUZZLING, referral_id=OTHER),))
    await operations.retry_group(desk, "no_office", "nav_asked", "kari")
    assert [case for case, *_ in desk.sent] == [APPLICATION]


async def test_one_that_cannot_be_retried_holds_up_no_other(desk):
    desk.refuses[REFERRAL] = "En nyere utgave gjelder."
    done = await operations.retry_group(desk, "no_office", "cause_removed", "kari")
    assert [each.refused for each in done] == ["En nyere utgave gjelder.", ""]
    assert [case for case, *_ in desk.sent] == [OTHER_CASE]


async def test_a_group_that_has_changed_since_it_was_shown_is_left_as_it_is(desk):
    shown = (await operations.of_group(desk, "no_office")).seen
    desk.cases[APPLICATION] = Case(PUBLIC, (replace(NO_OFFICE, attempts=NO_OFFICE.attempts + 1),))
    with pytest.raises(Reject, match="annen enn da"):
        await operations.retry_group(desk, "no_office", "cause_removed", "kari", shown)
    assert desk.sent == []


async def test_the_newest_revision_is_found_unless_another_is_named(desk):
    desk.cases[APPLICATION] = Case(PUBLIC, (NO_OFFICE, replace(NO_OFFICE, revision=2)))
    assert (await operations.find(desk, REFERRAL)).delivery.revision == 2
    assert (await operations.find(desk, REFERRAL, 1)).delivery.revision == 1
    with pytest.raises(Reject, match="finnes ikke"):
        await operations.find(desk, REFERRAL, 3)


async def test_a_reason_that_does_not_belong_to_the_act_is_refused_with_those_that_do(desk):
    found = await operations.find(desk, REFERRAL)
    with pytest.raises(Reject, match="cause_removed, nav_asked"):
        await operations.handle(desk, found, "retry", "content_wrong", "kari")
    assert desk.sent == []


async def test_a_destination_that_was_never_tried_has_a_budget_and_nothing_else(desk):
    found = await operations.destinations(desk, desk.database, {"nav": 50.0, "nav-recall": 12.5})
    assert found == [Destination("nav", 50.0, 6, NOW, 2, NOW, 3), Destination("nav-recall", 12.5, 0, None, 0, None, 0)]


async def test_the_page_shows_how_nav_is_reached_and_what_was_stopped_by_why(browser):
    page = (await browser.get(PAGE)).text
    for text in (
        "Venter til 2. mai 2019 kl. 09.00",
        "2, høyst 3 forsøk",
        "12,5",
        "Be NAV la en levering falle",
        "Det er ikke lagt inn hvilket NAV-kontor som tar imot.",
        "2 leveringer, eldste fra 2. mai 2019",
        "Prøv alle 2 på nytt",
    ):
        assert text in page


async def test_a_group_is_retried_from_the_page_for_who_is_logged_in(browser, desk):
    desk.refuses[OTHER] = "Leveringen er ikke stanset."
    answer = await browser.post(GROUP, data=await form(browser), headers=SAME_SITE)
    assert answer.status_code == 200
    for text in ("1 levering prøves på nytt. 1 står som før.", "Leveringen er ikke stanset.", APPLICATION, OTHER_CASE):
        assert text in answer.text
    assert desk.sent == [(APPLICATION, "retry", "cause_removed", "sub-1")]


async def test_a_form_of_a_group_that_is_another_by_now_does_nothing_and_shows_how_it_is(browser, desk):
    made = await form(browser)
    del desk.cases[OTHER_CASE]
    answer = await browser.post(GROUP, data=made, headers=SAME_SITE)
    assert answer.status_code == 409
    assert "Ingenting ble gjort. Slik står det nå." in answer.text
    assert "1 levering, eldste" in answer.text
    assert desk.sent == []


async def test_a_reason_of_another_act_does_nothing_for_any_of_them(browser, desk):
    answer = await browser.post(GROUP, data=await form(browser, reason="content_wrong"), headers=SAME_SITE)
    assert (answer.status_code, "Begrunnelsen er en av" in answer.text) == (422, True)
    assert desk.sent == []


@pytest.mark.parametrize("role", ["servicetorg", "boligansvarlig", "boligutvalg", "vedtakskontor", "okonomi"])
async def test_others_than_leaders_are_kept_out_and_not_shown_the_way(browser, role):
    assert (await logged_in(browser, role).get(PAGE)).status_code == 403


def test_every_destination_has_its_word_and_the_budget_that_is_set(tmp_path):
    service = build(settings(tmp_path, nav_calls_per_second=20.0))
    assert set(words.DESTINATIONS) == set(service.gateways) == set(service.policies)
    assert service.state["budgets"] == {name: policy.per_second for name, policy in service.policies.items()}
    assert {name for name, policy in service.policies.items() if policy.per_second == 20.0} == {
        name for name in service.gateways if name.startswith("nav")
    }
