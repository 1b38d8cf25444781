"""2,000 events through the whole system while every service and the broker are killed once, and what was seen of it."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import httpx

from demo.local.children import Child
from tests.e2e import made_input, waiting, wire
from tests.e2e.counting import Seen
from tests.e2e.made_input import Account
from tests.e2e.system import System, until
from tests.e2e.waiting import query

ACCOUNT, CONTRACTS = "3427-storm", 100
APPLICATIONS, REFERRED = 245, 225
LEAST = 200  # events unhandled at each kill
FIRST, THEN = (date(2018, 1, 1), 5), (date(2018, 6, 1), 4)  # month and number of months of each ledger file
LEASED = "select count(*) as n from calls where lease is not null and destination = 'nav'"
CASES = "select application, overall, referral_id, referral_status from cases where application = any(%s)"


@dataclass(slots=True)
class Storm:
    """`killed`: how many events were unhandled when each was gone. `times`: seconds from the beginning to each step."""

    system: System
    account: Account
    bodies: list[dict[str, Any]]
    since: Mapping[wire.Place, int]
    killed: dict[str, int] = field(default_factory=dict)
    began: float = field(default_factory=time.monotonic)
    times: dict[str, float] = field(default_factory=dict)
    applications: dict[str, str] = field(default_factory=dict)
    public_ids: dict[str, str] = field(default_factory=dict)
    tenancies: dict[str, str] = field(default_factory=dict)
    _nav_before: int = field(default=0, init=False)
    _waited_before: dict[str, int] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self._nav_before, self._waited_before = len(self._nav_lines()), self._waiting()

    def rage(self) -> None:
        """Backlogs are made by stopping readers; each is killed while it works one off."""
        system = self.system
        system.stop("eligibility", "nav-bridge", "notifications")
        self._post_applications()
        self._post_ledger(FIRST)
        self._kill("intake", lambda: waiting.is_writing(system, "intake"))
        system.start("eligibility")
        self._kill("eligibility", lambda: waiting.is_writing(system, "eligibility"))
        until(lambda: self._unread("nav-bridge") >= REFERRED, "all referrals are requested")
        system.start("nav-bridge")
        self._kill("nav-bridge", lambda: query(system, "nav-bridge", LEASED)[0]["n"])
        until(lambda: not waiting.on_its_way(system, "intake")["told"], "the first file is booked")
        system.start("notifications")
        self._kill("notifications", lambda: waiting.is_writing(system, "notifications"))
        system.await_ready()
        self._kill_broker()
        waiting.until_still(system)
        self.times["still"] = time.monotonic() - self.began
        self.tenancies = self._look_up()

    def _unread(self, service: str) -> int:
        return waiting.unread(self.system, service)

    def _kill(self, service: str, at_work: Callable[[], object]) -> None:
        child = self.system.services[service]
        self._stand_still(child, lambda: at_work() and waiting.unhandled(self.system, service) >= LEAST)
        self.system.sigkill(child)
        self.times[service] = time.monotonic() - self.began
        self.killed[service] = waiting.unhandled(self.system, service)
        self.system.supervised_again(child)

    def _stand_still(self, child: Child, seen: Callable[[], object]) -> None:
        """Until it is seen so. It is stopped for each look: what lasts a moment would be over once we have looked."""

        def stood() -> bool:
            child.pause()
            found = bool(seen())
            if not found:
                child.resume()
            return found

        until(stood, f"{child.name} at work")

    def _kill_broker(self) -> None:
        """In the middle of a ledger file. It stands still until enough waits, as it takes that within a look's time."""
        child = self.system.platform.kafka.child
        child.pause()
        self._post_ledger(THEN)
        until(lambda: waiting.on_its_way(self.system, "intake")["unsent"] >= LEAST, "intake has enough to send")
        child.resume()
        self.system.sigkill(child)
        self.times["Kafka"] = time.monotonic() - self.began
        self.killed["Kafka"] = waiting.all_unhandled(self.system)
        child.start()
        child.until(self.system.platform.kafka.is_ready, 60)

    def _post_applications(self) -> None:
        tokens = {number: self.system.token("servicetorg", number) for number in ("3427", "5027")}
        with httpx.Client(base_url=self.system.url("intake"), timeout=60) as intake:
            for body in self.bodies:
                given = {name: value for name, value in body.items() if name not in ("kommunenummer", "ref")}
                headers = {
                    "Authorization": f"Bearer {tokens[body['kommunenummer']]}",
                    "Idempotency-Key": f"storm-{body['ref']}",
                }
                answer = intake.post("/applications", json=given, headers=headers).raise_for_status().json()
                self.applications[body["ref"]] = answer["application"]
                self.public_ids[body["ref"]] = answer["public_id"]

    def _post_ledger(self, months: tuple[date, int]) -> None:
        content = self.account.file(*months)
        headers = self._accountant | {"Idempotency-Key": f"storm-{months[0]}", "Content-Type": "text/csv"}
        url = self.system.url("intake") + "/ledger/imports"
        httpx.post(url, content=content, headers=headers, timeout=60).raise_for_status()

    def _look_up(self) -> dict[str, str]:
        """Tenancy by contract."""
        url, names = self.system.url("intake") + "/tenancies/lookup", [one.name for one in self.account.contracts]
        answer = httpx.post(url, json={"contracts": names}, headers=self._accountant, timeout=60).raise_for_status()
        found: dict[str, str] = answer.json()["tenancies"]
        return found

    @property
    def _accountant(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.system.token('okonomi', '3427')}"}

    def seen(self) -> list[Seen]:
        """All that is on the wire since it began."""
        return [seen_of(record) for record in wire.read(self.system.admin, self.system.topics, self.since)]

    def nav_record(self) -> list[dict[str, Any]]:
        """NAV's own since it began, of the referrals of this storm and of nobody else's."""
        earlier = {row["referral_id"] for row in query(self.system, "eligibility", "select * from referrals")}
        earlier -= set(self.referrals().values())
        found = [json.loads(line) for line in self._nav_lines()[self._nav_before :]]
        of_earlier = {line["key"] for line in found if line.get("referral") in earlier}
        return [line for line in found if line["key"] not in of_earlier]

    def _nav_lines(self) -> list[str]:
        record = self.system.platform.folder / "nav.jsonl"
        return record.read_text(encoding="utf-8").splitlines() if record.exists() else []

    def cases(self) -> list[dict[str, Any]]:
        return query(self.system, "eligibility", CASES, list(self.applications.values()))

    def referrals(self) -> dict[str, str]:
        """Referral by application."""
        return {row["application"]: row["referral_id"] for row in self.cases() if row["referral_id"]}

    def left(self) -> dict[str, int]:
        """What waits and didn't when it began, by where."""
        return {where: n - self._waited_before[where] for where, n in self._waiting().items()}

    def _waiting(self) -> dict[str, int]:
        """Kafka's own end offsets against the positions among it."""
        found = {}
        for service, topics in waiting.READERS.items():
            rows = query(self.system, service, "select * from positions")
            read = {(row["topic"], row["partition"]): row["next"] for row in rows}
            ends = wire.ends(self.system.admin, topics)
            found[f"{service} on Kafka"] = sum(end - read.get(place, 0) for place, end in ends.items())
            found |= {f"{service} {what}": n for what, n in waiting.on_its_way(self.system, service).items()}
        return found


def begin(system: System) -> Storm:
    waiting.until_still(system)
    account = made_input.account(ACCOUNT, 2019, CONTRACTS)
    bodies = made_input.applications(APPLICATIONS, REFERRED, 2019)
    return Storm(system, account, bodies, wire.ends(system.admin, system.topics))


def seen_of(record: wire.Raw) -> Seen:
    headers = {name: value.decode() for name, value in record.headers}
    data, type = json.loads(record.value), headers["ce_type"].removeprefix("no.boligflyt.").removesuffix(".v1")
    day = data.get("dated_on") or data.get("started_on") or data.get("changed_on")
    fact = (type, day, data.get("amount_ore", data.get("rent_ore"))) if day else (type, data.get("status"))
    return Seen(
        record.topic,
        record.partition,
        headers["ce_source"],
        record.key.decode(),
        headers["ce_id"],
        int(headers["ce_sequence"]),
        fact,
    )
