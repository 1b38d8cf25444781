"""Days of one account under a moved clock, told by bank files through intake, with notifications stopped over 10:00.

The clock stands where each start of a service puts it: `Thursday 9:00` is a CLOCK_START, not a time to wait for.
"""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, LiteralString

import httpx
import psycopg

from chassis.outputs import OSLO
from demo.local.children import Child
from demo.local.places import ROOT
from demo.local.platform import Platform
from demo.local.running import python_path
from demo.player.services import PACKAGES, ready, start_partners
from tests.e2e.system import until
from tests.platforms import a_platform

ACCOUNT = "3427-frost"
OPERATOR = "drift@tynset.example"
HEADER = "account;kind;reference;date;tenancy;kid;amount_ore;due;until;amends"
STARTED = (
    f"{ACCOUNT};tenancy.started;F-1;2019-01-01;F-1;;800000;;;",
    f"{ACCOUNT};tenancy.started;F-2;2019-01-01;F-2;;800000;;;",
)
LEFT = "select (select count(*) from outbox where position is null) + (select count(*) from timers where told) as n"
DUE = """
select (select count(*) from timers where told or due <= %s) + (select count(*) from calls where status = 'open') as n
"""
FROZEN = "select count(*) as n from tenancies where frozen_at is not null"
MISSED = "select count(*) as n from missed_bank_files where as_of = %s"
# A tenancy may thaw between two looks of ours: its table itself notes who is frozen.
WITNESS = """
create table test_frozen (tenancy text not null);
create function test_frozen() returns trigger language plpgsql as
    $$ begin insert into test_frozen values (new.tenancy); return null; end $$;
create trigger test_frozen after insert or update on tenancies
    for each row when (new.frozen_at is not null) execute function test_frozen()
"""
FROZEN_EVER = "select count(*) as n from test_frozen"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=OSLO)


@dataclass
class Days:
    platform: Platform
    services: dict[str, Child] = field(default_factory=dict)

    def start(self, service: str, clock: str, sources: str = "") -> None:
        settings = {
            **self.platform.service_environment(service),
            "CLOCK_START": at(clock).isoformat(),
            "OPERATOR_MAIL_TO": json.dumps({"3427": OPERATOR}),
            "PYTHONPATH": sources or python_path(),
        }
        self.services[service] = self.platform.spawn(service, ["-m", PACKAGES[service], "run"], settings)

    def stop(self, *services: str) -> None:
        for service in services:
            self.services[service].terminate()

    def await_ready(self, *services: str) -> None:
        until(lambda: all(ready(self.platform, service) for service in services), f"{services} ready")

    def file(self, day: str, *lines: str) -> None:
        """A bank file that closes that day, all of it on Kafka when this returns."""
        total = sum(int(line.split(";")[6] or 0) for line in lines)
        end = f"{ACCOUNT};ledger.closed;{len(lines)};{day};;;{total};;;"
        answer = httpx.post(
            f"{self.platform.addresses.url('intake')}/ledger/imports",
            content="\n".join([HEADER, *lines, end, ""]).encode(),
            headers={
                "Authorization": f"Bearer {self.platform.token('okonomi-3427')}",
                "Idempotency-Key": f"frost-{day}",
                "Content-Type": "text/csv",
            },
            timeout=30,
        )
        assert answer.status_code < 300, answer.text
        until(lambda: not self.value("intake", LEFT), "intake's events are on Kafka")

    def until_read(self, clock: str) -> None:
        """Notifications has read all that intake wrote, and nothing of its own is due by then."""
        until(lambda: self._has_read() and not self._due(clock), "all is read, and nothing is due")

    def _has_read(self) -> bool:
        written = self.rows("intake", "select event_id as id from outbox where topic in ('tenancies.v1', 'arrears.v1')")
        read = self.rows("notifications", "select id from inbox")
        return {row["id"] for row in written} <= {row["id"] for row in read}

    def _due(self, clock: str) -> int:
        return self.value("notifications", DUE, at(clock))

    @property
    def frozen(self) -> int:
        return self.value("notifications", FROZEN)

    @property
    def frozen_ever(self) -> bool:
        """Whether a tenancy was frozen since notifications was last started after ten."""
        return bool(self.value("notifications", FROZEN_EVER))

    def missed(self, as_of: str) -> int:
        return self.value("notifications", MISSED, as_of)

    @property
    def mails(self) -> list[dict[str, Any]]:
        file = self.platform.folder / "mails.jsonl"
        return [json.loads(line) for line in file.read_text("utf-8").splitlines()] if file.exists() else []

    def value(self, service: str, sql: str, *arguments: Any) -> int:
        (row,) = self.rows(service, sql, *arguments)
        return int(row["n"])

    def rows(self, service: str, sql: str, *arguments: Any) -> list[dict[str, Any]]:
        with self._database(service) as connection:
            return connection.execute(sql, arguments).fetchall()

    def change(self, service: str, sql: LiteralString) -> None:
        with self._database(service) as connection:
            connection.execute(sql)

    def _database(self, service: str) -> psycopg.Connection[dict[str, Any]]:
        return psycopg.connect(self.platform.urls[service].runners, row_factory=psycopg.rows.dict_row)


@contextmanager
def begun() -> Iterator[Days]:
    """A feed that is live on Thursday 2 May 2019, with two tenancies; both services are stopped again."""
    with a_platform() as platform:
        start_partners(platform)
        days = Days(platform)
        days.start("intake", "2019-05-02T09:00")
        days.start("notifications", "2019-05-02T09:00")
        days.await_ready("intake", "notifications")
        days.file("2019-05-02", *STARTED)
        days.until_read("2019-05-02T09:00")
        days.stop("intake", "notifications")
        days.change("notifications", WITNESS)
        yield days


def close_while_stopped(days: Days, day: str) -> None:
    """At 9 o'clock the file of that day comes, and waits on Kafka: notifications stands still."""
    days.start("intake", f"{day}T09:00")
    days.await_ready("intake")
    days.file(day)
    days.stop("intake")


def start_after_ten(days: Days, day: str, sources: str = "") -> None:
    days.change("notifications", "truncate test_frozen")
    days.start("notifications", f"{day}T10:30", sources)
    days.until_read(f"{day}T10:30")


def copy_without(to: Path, spoil: Callable[[str], str]) -> str:
    """Where a copy of notifications finds its Python, with the timers' page spoilt."""
    ignored = shutil.ignore_patterns("__pycache__")
    parts = [Path("chassis/src"), Path("services/notifications/src")]
    for part in parts:
        shutil.copytree(ROOT / part, to / part, ignore=ignored)
    page = to / "chassis/src/chassis/timers.py"
    page.write_text(spoil(page.read_text("utf-8")), encoding="utf-8")
    return ":".join(str(to / part) for part in parts)
