"""A steady load at intake's doors, that sends again what got no answer, under the same key, until it has one."""

import threading
import time
from collections.abc import Callable
from datetime import date
from itertools import count
from random import Random
from typing import Any

import httpx

from tests.e2e import made_input
from tests.e2e.system import System

ACCOUNT, CONTRACTS = "3427-restore", 20
AGAIN = 0.2  # seconds
MOST = 4_000  # applications


class Load(threading.Thread):
    """`per_second` applications, four of five referred to NAV, and a month of the rent ledger every `month` seconds."""

    def __init__(self, system: System, seed: int, per_second: float, month: float) -> None:
        super().__init__(name="load", daemon=True)
        self._system, self._per_second, self._month = system, per_second, month
        self._over = threading.Event()
        bodies = made_input.applications(MOST, MOST * 4 // 5, seed)
        Random(seed).shuffle(bodies)
        self._bodies = iter(bodies)
        self.account = made_input.account(ACCOUNT, seed, CONTRACTS)
        self.applications: dict[str, str] = {}
        self.again = 0
        self.failed: Exception | None = None

    def run(self) -> None:
        try:
            self._go_on()
        except Exception as error:  # noqa: BLE001 - told by `finish`, in the thread that judges
            self.failed = error

    def finish(self) -> None:
        self._over.set()
        self.join()
        if self.failed:
            raise self.failed

    def _go_on(self) -> None:
        began, months = time.monotonic(), 0
        with httpx.Client(base_url=self._system.url("intake"), timeout=30) as intake:
            for number in count():
                if time.monotonic() - began >= months * self._month:
                    self._post_month(intake, months)
                    months += 1
                self._post_application(intake, next(self._bodies))
                if self._over.wait(max(0.0, began + (number + 1) / self._per_second - time.monotonic())):
                    break

    def _post_application(self, intake: httpx.Client, body: dict[str, Any]) -> None:
        given = {name: value for name, value in body.items() if name not in ("kommunenummer", "ref")}
        token = self._system.token("servicetorg", body["kommunenummer"])
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": f"restore-{body['ref']}"}
        answer = self._answered(lambda: intake.post("/applications", json=given, headers=headers))
        self.applications[body["ref"]] = answer["application"]

    def _post_month(self, intake: httpx.Client, months: int) -> None:
        content = self.account.file(date(2012 + months // 12, months % 12 + 1, 1), 1)
        token = self._system.token("okonomi", "3427")
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": f"restore-{months}"}
        headers["Content-Type"] = "text/csv"
        self._answered(lambda: intake.post("/ledger/imports", content=content, headers=headers))

    def _answered(self, post: Callable[[], httpx.Response]) -> dict[str, Any]:
        while True:
            try:
                response = post()
            except httpx.TransportError:
                response = None
            if response is not None and response.status_code < 500:
                return dict(response.raise_for_status().json())
            self.again += 1
            time.sleep(AGAIN)
