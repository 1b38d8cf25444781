"""A person is erased while their cases are parked: refused as long as a duty stands, then gone everywhere, for good."""

import asyncio
import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from aiokafka import AIOKafkaProducer

from chassis.outputs import OSLO
from tests.e2e import made_input, waiting, wire
from tests.e2e.system import System, until
from tests.e2e.waiting import query

pytestmark = pytest.mark.e2e

HOME, ACCOUNT, CONTRACT = "5027", "slettekonto", "SLETT-1"
NUMBER, NAME, PHONE, CONSENT = (
    made_input.birth_number(7001),
    "Framdiktet Bortgang",
    "+47 40000099",
    "samtykke-til-sletting",
)
WHO = {"national_id": NUMBER, "name": NAME, "phone": PHONE}
HOUSING = {"application_type": "kommunal_bolig", "dwelling_type": "gjennomgangsbolig", "answers": made_input.GUIDELINE}
BASIS = {"kind": "consent", "consent_id": CONSENT, "consented_at": "2019-01-01T10:00:00+01:00"}
RENT = "765400"  # øre
LEDGER = f"""account;kind;reference;date;tenancy;kid;amount_ore;due;until;amends
{ACCOUNT};tenancy.started;1;2011-01-01;{CONTRACT};;{RENT};;;
{ACCOUNT};invoice.issued;1;2011-01-10;{CONTRACT};;{RENT};2011-02-01;;
{ACCOUNT};tenancy.ended;1;2012-12-31;{CONTRACT};;;;;
{ACCOUNT};ledger.closed;3;2013-01-01;;;1530800;;;
"""
LATER = timedelta(days=60)
ANSWERED = "select from erasures where person = %s and completed_on is not null"
POSITIONS = "select topic, partition, next from positions"
TEXTS = "select string_agg(format('%%I', column_name), ', ') as columns from information_schema.columns "
TEXTS += "where table_schema = 'public' and table_name = %s and data_type = 'bytea'"


class Caller:
    """Asks with a demo user's token, once per question."""

    def __init__(self, system: System) -> None:
        self._system, self._asked = system, 0
        self._tokens: dict[str, str] = {}

    def post(self, path: str, role: str, service: str = "intake", **body: Any) -> httpx.Response:
        self._asked += 1
        headers = self._headers(role) | {"Idempotency-Key": f"erasure-{self._asked}"}
        return httpx.post(self._system.url(service) + path, headers=headers, timeout=60, **body)

    def get(self, path: str, role: str, service: str = "intake") -> httpx.Response:
        return httpx.get(self._system.url(service) + path, headers=self._headers(role), timeout=60)

    def _headers(self, role: str) -> dict[str, str]:
        if role not in self._tokens:
            self._tokens[role] = self._system.token(role, HOME)
        return {"Authorization": f"Bearer {self._tokens[role]}"}


class Story:
    """What the person is called in each service."""

    def __init__(self, system: System) -> None:
        self.system, self.ask = system, Caller(system)
        self.person = self._made("/persons", "servicetorg", json=WHO | {"tenancies": [CONTRACT]})["person"]
        self.housing = self._apply(HOUSING)
        self.loan = self._apply({"application_type": "startlan", "legal_basis": BASIS})
        self._made("/ledger/imports", "okonomi", content=LEDGER.encode())
        lookup = self._made("/tenancies/lookup", "okonomi", json={"contracts": [CONTRACT]})
        self.tenancy = lookup["tenancies"][CONTRACT]
        waiting.until_still(system)
        case = f"/cases/{self.housing['application']}/decisions"
        role = "boligutvalg"
        decided = self.ask.post(case, role, "eligibility", json={"outcome": "refused"})
        decided.raise_for_status()
        waiting.until_still(system)
        sql = "select referral_id from referrals where application = %s"
        (referral,) = query(system, "eligibility", sql, self.loan["application"])
        self.referral = referral["referral_id"]

    def _apply(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        body = {"applicant": {"person": self.person}, "received_on": "2019-02-01"} | dict(facts)
        return self._made("/applications", "servicetorg", json=body)

    def _made(self, path: str, role: str, **body: Any) -> dict[str, Any]:
        answer = self.ask.post(path, role, **body)
        answer.raise_for_status()
        return dict(answer.json())

    @property
    def archived(self) -> list[str]:
        return [self.housing["case_number"], self.loan["case_number"]]

    @property
    def facts(self) -> list[str]:
        """What may stand nowhere afterwards: who it is, and what is known of them."""
        return [NUMBER, NAME, PHONE, CONSENT, self.referral, RENT]

    def erase(self, **archived: Any) -> httpx.Response:
        return self.ask.post("/erasures", "leder", json={"national_id": NUMBER} | archived)

    @property
    def standing(self) -> dict[str, Any]:
        return dict(self.ask.get(f"/erasures/{self.person}", "leder").raise_for_status().json())


def places(system: System, terms: Sequence[str]) -> dict[str, set[tuple[str, str]]]:
    """By term, every service and table with a row that holds it in any column, in clear or in base64."""
    found: dict[str, set[tuple[str, str]]] = {term: set() for term in terms}
    forms = [[f"%{term}%", f"%{base64.b64encode(term.encode()).decode().rstrip('=')}%"] for term in terms]
    held = ", ".join(f"bool_or(text like any(%s)) as held_{n}" for n in range(len(terms)))
    for service in system.services:
        tables = query(system, service, "select tablename as t from pg_tables where schemaname = 'public'")
        for table in (row["t"] for row in tables):
            (raw,) = query(system, service, TEXTS, table)
            clear = f", (select string_agg(encode(b, 'escape'), ' ') from unnest(array[{raw['columns']}]) b)"
            text = f"concat(t::text{clear if raw['columns'] else ''})"
            sql = f"with rows as materialized (select {text} as text from {table} t) select {held} from rows"
            (row,) = query(system, service, sql, *forms)
            for term, is_held in zip(terms, row.values(), strict=True):
                if is_held:
                    found[term].add((service, table))
    return found


def produce(
    system: System, writer: str, topic: str, key: str, value: bytes, headers: Sequence[tuple[str, bytes]]
) -> None:
    async def send() -> None:
        async with AIOKafkaProducer(**system.subscribers[writer]) as producer:
            await producer.send_and_wait(topic, value, key=key.encode(), headers=list(headers))

    asyncio.run(send())


def until_read(system: System) -> None:
    """Every service has passed the present ends of all that it reads."""
    ends = wire.ends(system.admin, [topic for topic in system.topics if not topic.startswith("housing-events")])
    for service, topics in waiting.READERS.items():

        def passed(service: str = service, topics: Sequence[str] = topics) -> bool:
            read = {(row["topic"], row["partition"]): row["next"] for row in query(system, service, POSITIONS)}
            return all(read.get(place, 0) >= end for place, end in ends.items() if place[0] in topics)

        until(passed, f"{service} has read all")


def told(system: System, topic: str, key: str) -> Any:
    """The first record of a key, as it is on Kafka."""
    return next(record for record in wire.read(system.admin, [topic]) if record.key == key.encode())


def again(record: Any, **changed: str) -> list[tuple[str, bytes]]:
    """Its headers under a new id."""
    new = {"ce_id": str(uuid4()), **{f"ce_{name}": value for name, value in changed.items()}}
    return [(name, new[name].encode() if name in new else value) for name, value in record.headers]


@pytest.fixture(scope="module")
def story(system) -> Story:
    return Story(system)


@pytest.fixture(scope="module")
def originals(system, story) -> dict[str, Any]:
    """Records of the person's cases, kept to come late."""
    return {
        "applications.v1": told(system, "applications.v1", story.housing["application"]),
        "tenancies.v1": told(system, "tenancies.v1", story.tenancy),
        "arrears.v1": told(system, "arrears.v1", story.tenancy),
        "referrals.v1": told(system, "referrals.v1", story.loan["application"]),
        "decisions.v1": told(system, "decisions.v1", story.housing["application"]),
    }


WRITERS = waiting.WRITERS


@pytest.fixture(scope="module")
def parked(system, story, originals) -> None:
    """Each of the person's cases is parked in the service that follows it, with a good record waiting behind."""
    for topic in ("applications.v1", "arrears.v1", "referrals.v1"):
        record = originals[topic]
        key = record.key.decode()
        produce(system, WRITERS[topic], topic, key, f'{{"note": "{CONSENT}'.encode(), again(record))
        produce(system, WRITERS[topic], topic, key, record.value, again(record))
    until_read(system)
    for service, key in (
        ("eligibility", story.housing["application"]),
        ("notifications", story.tenancy),
        ("nav-bridge", story.loan["application"]),
    ):
        (row,) = query(system, service, "select count(*) as n from dead_letters where parking_key = %s", key)
        assert row["n"] == 2


@pytest.fixture(scope="module")
def refused(story) -> dict[str, Any]:
    answer = story.erase()
    assert answer.status_code == 409
    return dict(answer.json())


@pytest.fixture(scope="module")
def later(system, parked, refused) -> Iterator[datetime]:
    """The same day for all services, when the periods for complaints are over."""
    now = datetime.now(UTC)
    names = list(system.services)
    before = {name: system.services[name].env for name in names}
    clock = {"CLOCK_START": (now + LATER).isoformat(), "CLOCK_SINCE": now.isoformat()}

    def under(environments: Mapping[str, Mapping[str, str]]) -> None:
        system.stop(*names)
        for name, environment in environments.items():
            system.services[name].env = environment
        system.start(*names)
        system.await_ready()

    under({name: {**environment, **clock} for name, environment in before.items()})
    yield now + LATER
    under(before)


@pytest.fixture(scope="module")
def erased(system, story, later) -> dict[str, Any]:
    """Asked for through the door, and answered by all four."""
    asked = story.erase(archived=story.archived)
    assert asked.status_code == 202, asked.text
    until(lambda: query(system, "intake", ANSWERED, story.person), "all four have answered", 180)
    waiting.until_still(system)
    return story.standing


@pytest.mark.usefixtures("parked")
def test_it_is_refused_with_all_that_is_kept_and_why_while_a_duty_stands(story, refused):
    assert refused["detail"] == "Personen kan ikke slettes ennå: 4 grunner til å ta vare på noe."
    cases = [f"Sak {number}" for number in story.archived]
    assert sorted((e["field"], e["reason"]) for e in refused["errors"]) == sorted(
        (case, reason) for case in cases for reason in ("appeal", "archive")
    )
    assert {e["legal_basis"] for e in refused["errors"]} == {"forvaltningsloven § 29", "arkivlova av 2025"}
    assert all(e["message"] for e in refused["errors"])
    until = {e["kept_until"] for e in refused["errors"] if e["reason"] == "appeal"}
    assert until == {(datetime.now(OSLO).date() + timedelta(weeks=3, days=7)).isoformat()}


def test_all_four_services_answer_though_the_cases_were_parked(erased, later):
    assert erased["lacking"] == []
    assert set(erased["answers"]) == {"intake", "eligibility", "nav-bridge", "notifications"}
    days = {(later + timedelta(days=n)).astimezone(OSLO).date().isoformat() for n in (0, 1)}  # it may be midnight
    assert erased["completed_on"] in days


# Which number of a key was sent and heard last, and where one stepped back: ids and numbers, as in the outbox.
HEARD = {"heard", "floors", "sequence_breaks"}


def remains(system: System, story: Story) -> dict[str, set[tuple[str, str]]]:
    keys = [story.person, *(each["application"] for each in (story.housing, story.loan)), story.tenancy]
    found = places(system, [*story.facts, *keys])
    return found | {key: {place for place in found[key] if place[1] not in HEARD} for key in keys}


@pytest.fixture(scope="module")
def left(system, story, erased) -> dict[str, set[tuple[str, str]]]:
    return remains(system, story)


def expected_remains(story: Story) -> dict[str, set[tuple[str, str]]]:
    """The pseudonym as erased, with the erasure's own events; keys that take nothing more; the account's books."""
    services = ("intake", "eligibility", "nav-bridge", "notifications")
    memory = {(service, table) for service in services for table in ("states", "outbox")}
    asked_once, decided_once = {("intake", "inbox")}, {("eligibility", "inbox")}
    case = {
        ("intake", "states"),
        ("intake", "outbox"),
        ("eligibility", "states"),
        ("nav-bridge", "states"),
        ("notifications", "states"),  # what NAV says of an application is on a topic that it reads
    } | asked_once
    books = {("intake", "states"), ("intake", "outbox"), ("intake", "bookings"), ("notifications", "states")}
    notices = {("nav-bridge", "states")}
    return {fact: set() for fact in story.facts} | {
        RENT: {("intake", "import_sums"), ("intake", "states")},  # a file's sums: of this one, the only line's
        story.person: memory | asked_once | {("intake", "erasures")},
        story.housing["application"]: case | decided_once | {("eligibility", "outbox")},
        story.loan["application"]: case | {("eligibility", "outbox"), ("nav-bridge", "outbox")},
        story.tenancy: books | notices | {("notifications", "outbox")},
    }


def test_no_row_of_any_table_holds_anything_of_the_person(system, story, left):
    expected = expected_remains(story)
    assert {term: left[term] - expected[term] for term in left} == {term: set() for term in left}
    for service in system.services:
        sql = "select count(*) as n from outbox where key = any(%s) and length(payload) > 0"
        keys = [story.housing["application"], story.loan["application"], story.tenancy]
        assert query(system, service, sql, keys)[0]["n"] == 0
        sql = "select data from states where key = any(%s) and not (kind = 'tenancy' and key = %s)"
        kept = query(system, service, sql, keys, story.tenancy)
        assert {json.dumps(row["data"]) for row in kept} <= {"null"}


def test_nothing_that_comes_late_brings_anything_back(system, story, originals, left):
    for topic, record in originals.items():
        key, writer = record.key.decode(), WRITERS[topic]
        produce(system, writer, topic, key, record.value, again(record))
        produce(system, writer, topic, key, f'{{"note": "{CONSENT}'.encode(), again(record))
    for topic in ("applications.v1", "tenancies.v1"):
        new, record = str(uuid4()), originals[topic]
        produce(system, WRITERS[topic], topic, new, record.value, again(record, subject=new))
    until_read(system)

    assert remains(system, story) == left
    keys = [story.person, story.housing["application"], story.loan["application"], story.tenancy]
    for service in system.services:
        assert query(system, service, "select key from parked where key = any(%s)", keys) == []


@pytest.mark.usefixtures("erased")
def test_the_doors_answer_that_it_is_erased(story):
    lookup = story.ask.post("/persons/lookup", "leder", json={"ids": [story.person]}).json()
    assert lookup == {"persons": {story.person: {"status": "erased"}}}
    assert story.ask.get(f"/applications/{story.housing['application']}", "leder").status_code == 410
    case = f"/cases/{story.housing['application']}"
    assert story.ask.get(case, "leder", "eligibility").status_code == 404
    decision = story.ask.post(f"{case}/decisions", "boligutvalg", "eligibility", json={"outcome": "granted"})
    assert decision.status_code == 410
    application = {"applicant": {"person": story.person}, "received_on": "2019-02-01"} | HOUSING
    assert story.ask.post("/applications", "servicetorg", json=application).status_code == 410


@pytest.mark.usefixtures("erased")
def test_who_comes_back_is_somebody_else_to_us(story):
    made = story.ask.post("/persons", "servicetorg", json=WHO)

    assert made.status_code == 201
    assert made.json()["person"] != story.person
