"""NAV's callbacks at the running service: the simulator's own, and what it wouldn't have sent."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from joserfc import jwt

from demo.local.settings import nav_keys
from demo.nav_simulator import Callbacks, Nav, keys
from demo.nav_simulator.callbacks import MANNERS
from demo.nav_simulator.nav import Accepted
from demo.player.services import HURRIED
from tests.e2e import made_input
from tests.e2e.system import System, answers, until
from tests.e2e.waiting import query

pytestmark = pytest.mark.e2e

ONE = "select * from deliveries where matter = 'referral' and status = 'closed' order by referral_id limit 1"


@pytest.fixture(scope="module")
def nav(system: System) -> Callbacks:
    """NAV itself, with its own key."""
    return Callbacks(Nav(), "", keys(nav_keys(system.platform.folder)))


@pytest.fixture(scope="module")
def closed(system: System, played: Any) -> dict[str, Any]:
    (found,) = query(system, "nav-bridge", ONE)
    return found


@pytest.fixture(scope="module")
def doors(system: System) -> Iterator[list[str]]:
    """Of two processes of the bridge: the one that runs, and one more that has nothing but doors."""
    port = system.platform.spare_port()
    environment = system.platform.service_environment("nav-bridge") | HURRIED | {"HTTP_PORT": str(port)}
    also = system.platform.spawn("nav-bridge-doors", ["-m", "nav_bridge", "run", "--only", "api"], environment)
    urls = [system.url("nav-bridge"), f"http://127.0.0.1:{port}"]
    until(lambda: answers(f"{urls[1]}/livez"), "another process of the bridge")
    yield [f"{url}/nav/callbacks" for url in urls]
    also.terminate()


def signed(nav: Callbacks, key: UUID, **claims: Any) -> str:
    """As NAV would tell that it has received what it closed long ago."""
    taken = Accepted(key, "", str(uuid4()), 1, nav.nav.now())
    told = nav.signed(taken, nav.nav.answer(taken) | {"løpenummer": 1, "utfall": None})
    if not claims:
        return told
    header = {"alg": "ES256", "kid": nav.key.kid, "typ": "nav-status+jwt"}
    return jwt.encode(header, jwt.decode(told, nav.key, algorithms=["ES256"]).claims | claims, nav.key)


def record(system: System) -> list[dict[str, Any]]:
    """NAV's own."""
    lines = (system.platform.folder / "nav.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def tell(url: str, token: str) -> int:
    return httpx.post(url, content=token, headers={"Content-Type": "application/jose"}, timeout=30).status_code


def test_what_nav_took_it_told_of_and_the_bridge_took_that(system, played):
    """NAV's own record: each referral that it took was told of twice, taken and decided, and once heard is enough."""

    def told() -> dict[str, set[int]]:
        facts = record(system)
        heard: dict[str, set[int]] = {fact["key"]: set() for fact in facts if fact["what"] == "accepted"}
        for fact in facts:
            if fact["what"] == "called_back" and fact["answer"] == 202:
                heard[fact["key"]].add(fact["number"])
        return heard

    until(lambda: all(2 in numbers for numbers in told().values()), "each decision is told and heard")
    there = query(system, "nav-bridge", "select nav_key from deliveries where sent_at is not null")
    assert there
    assert told().keys() == {str(row["nav_key"]) for row in there}


@pytest.fixture
def wished(system: System) -> Iterator[Callable[[str], None]]:
    """The manner of NAV's next callback."""
    url = f"{system.platform.addresses.nav_url}/simulator/behaviour"
    yield lambda manner: httpx.post(url, json={"call_back": [manner]}).raise_for_status() and None
    httpx.post(url, json={}).raise_for_status()


def referred(system: System, number: int) -> str:
    """Somebody applies for startlån and consents to a referral; the application."""
    body = {
        "applicant": {"national_id": made_input.birth_number(6100 + number), "name": "Framdiktet Tilbakeringer"},
        "application_type": "startlan",
        "received_on": "2019-02-01",
        "legal_basis": {"kind": "consent", "consent_id": f"t{number}", "consented_at": "2019-01-01T10:00:00+01:00"},
    }
    headers = {"Authorization": f"Bearer {system.token('servicetorg', '3427')}", "Idempotency-Key": f"told-{number}"}
    answer = httpx.post(f"{system.url('intake')}/applications", json=body, headers=headers, timeout=30)
    return str(answer.raise_for_status().json()["application"])


@pytest.mark.parametrize("manner", MANNERS)
def test_however_badly_nav_tells_the_referral_comes_to_its_end(system, played, wished, manner):
    wished(manner)
    application = referred(system, MANNERS.index(manner))
    ended = "select * from deliveries where application = %s and status in ('closed', 'parked')"
    until(lambda: query(system, "nav-bridge", ended, application), "the referral is at its end")
    (delivery,) = query(system, "nav-bridge", ended, application)
    if manner == "puzzling":
        assert (delivery["status"], delivery["code"]) == ("parked", "outcome_unknown")
    else:
        assert (delivery["status"], delivery["outcome"] is not None) == ("closed", True)
    until(lambda: delivery_of(system, application)["proof_hash"], "the proof of what was sent")
    noted = [fact for fact in record(system) if fact["key"] == str(delivery["nav_key"])]
    assert delivery_of(system, application)["proof_hash"] in {fact.get("body_sha256") for fact in noted}
    assert manner in {fact.get("manner") for fact in noted}


def delivery_of(system: System, application: str) -> dict[str, Any]:
    (found,) = query(system, "nav-bridge", "select * from deliveries where application = %s", application)
    return found


def test_one_callback_counts_once_at_two_processes(system, nav, closed, doors):
    token = signed(nav, closed["nav_key"])
    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(lambda number: tell(doors[number % 2], token), range(16)))
    assert sorted(statuses) == [202] + [409] * 15


def test_a_late_callback_never_takes_a_delivery_back(system, nav, closed, doors):
    assert tell(doors[0], signed(nav, closed["nav_key"])) == 202
    assert query(system, "nav-bridge", ONE) == [closed]


@pytest.mark.parametrize(
    ("claims", "status"),
    [
        ({"aud": "eligibility"}, 401),
        ({"iss": "noen"}, 401),
        ({"iat": 1_000_000_000, "exp": 1_000_000_100}, 401),
        ({"nøkkel": str(uuid4())}, 404),
        ({"løpenummer": None}, 422),
    ],
)
def test_what_nav_signed_for_another_or_of_nothing_is_refused(nav, closed, doors, claims, status):
    assert tell(doors[0], signed(nav, closed["nav_key"], **claims)) == status


def test_nobody_else_signs_for_nav(nav, closed, doors, tmp_path, system):
    forger = Callbacks(nav.nav, "", keys(tmp_path))
    assert tell(doors[0], signed(forger, closed["nav_key"])) == 401
    forger.key = type(forger.key).import_key(forger.key.as_dict(private=True) | {"kid": nav.key.kid})
    assert tell(doors[0], signed(forger, closed["nav_key"])) == 401


def test_a_refusal_is_logged_by_its_code_alone(system, nav, closed, doors):
    stranger = str(uuid4())
    assert tell(doors[0], signed(nav, closed["nav_key"], nøkkel=stranger)) == 404
    log = (system.platform.folder / "nav-bridge.log").read_text(encoding="utf-8")
    said = [json.loads(line) for line in log.splitlines() if "callback_refused" in line]
    assert [each["code"] for each in said][-1] == "unknown_delivery"
    assert stranger not in log
