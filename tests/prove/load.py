"""What is put in from the outside, without a pause, by a client that asks again until it is answered.

A ledger file of one account after another, and applications between them. The client's contract is intake's: the same
Idempotency-Key and body may be sent as often as one likes.
"""

import threading
import time
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Any

import httpx

from tests.e2e import made_input
from tests.e2e.made_input import Account
from tests.prove.rig import Rig

MUNICIPALITY = "3427"
FIRST = date(2012, 1, 1)
RETRY = 0.3  # seconds
TOKEN = 600.0  # seconds that a token is used


@dataclass(frozen=True, slots=True)
class Amount:
    """How much of what: a month of one account each `between` seconds, and so many applications in that time.

    `months`: that an account lasts, before a new one takes its place; None: for good.
    """

    accounts: int = 16
    contracts: int = 20
    months: int | None = None
    between: float = 1.75
    applications: int = 1
    most_applications: int = 2_000


@dataclass(slots=True)
class Load:
    """`refused`: what the door said no to, which is a finding. `run` in a thread of its own; `stop` and join it."""

    rig: Rig
    seed: int
    amount: Amount = field(default_factory=Amount)
    bodies: list[dict[str, Any]] = field(default_factory=list)
    applications: dict[str, str] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    error: Exception | None = None
    asked_again: int = 0
    _accounts: dict[int, Account] = field(default_factory=dict)
    _stopped: threading.Event = field(default_factory=threading.Event)
    _tokens: dict[str, tuple[float, str]] = field(default_factory=dict)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        number = self.amount.most_applications
        self.bodies = made_input.applications(number, number // 2, self.seed)
        Random(self.seed).shuffle(self.bodies)
        self._thread = threading.Thread(target=self._run, name="load", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Returns when all that was begun is answered."""
        self._stopped.set()
        assert self._thread is not None
        self._thread.join()
        if self.error:
            raise self.error

    def _run(self) -> None:
        try:
            with httpx.Client(base_url=self.rig.platform.addresses.url("intake"), timeout=20) as intake:
                turn = 0
                while not self._stopped.is_set():
                    self._turn(intake, turn)
                    turn += 1
        except Exception as error:  # noqa: BLE001 - told to whoever stops it
            self.error = error

    def _turn(self, intake: httpx.Client, turn: int) -> None:
        of = self.amount
        number, month = entered(turn, of)
        self._post_ledger(intake, self._account(number), _after(month))
        due = time.monotonic() + of.between
        for n in range(of.applications):
            number = turn * of.applications + n
            if number < len(self.bodies):
                self._post_application(intake, self.bodies[number])
        self._stopped.wait(max(0.0, due - time.monotonic()))

    @property
    def accounts(self) -> list[Account]:
        """Those whose files have come."""
        return list(self._accounts.values())

    def _account(self, number: int) -> Account:
        if number not in self._accounts:
            name = f"{MUNICIPALITY}-rig{number}"
            self._accounts[number] = made_input.account(name, self.seed + number, self.amount.contracts)
        return self._accounts[number]

    def _post_ledger(self, intake: httpx.Client, account: Account, month: date) -> None:
        content, key = account.file(month, 1), f"{account.name}-{month}"
        token = ("okonomi", MUNICIPALITY)
        self._post(intake, "/ledger/imports", token, key, content=content, headers={"Content-Type": "text/csv"})

    def _post_application(self, intake: httpx.Client, body: dict[str, Any]) -> None:
        given = {name: value for name, value in body.items() if name not in ("kommunenummer", "ref")}
        token = ("servicetorg", body["kommunenummer"])
        if answer := self._post(intake, "/applications", token, f"rig-{body['ref']}", json=given):
            self.applications[body["ref"]] = answer["application"]

    def _post(
        self, intake: httpx.Client, path: str, who: tuple[str, str], key: str, headers: Any = (), **given: Any
    ) -> dict[str, Any] | None:
        """Asks again for as long as it isn't answered. None where it is refused, which is noted."""
        while True:
            try:
                sent = dict(headers) | {"Authorization": f"Bearer {self._token(*who)}", "Idempotency-Key": key}
                answer = intake.post(path, headers=sent, **given)
            except httpx.HTTPError:
                answer = None
            if answer is not None and answer.status_code < 400:
                found: dict[str, Any] = answer.json()
                return found
            if answer is not None and answer.status_code < 500:
                self.refused.append(f"{path} {key}: {answer.status_code} {answer.text[:300]}")
                return None
            self.asked_again += 1
            time.sleep(RETRY)

    def _token(self, role: str, kommunenummer: str) -> str:
        name = f"{role}-{kommunenummer}"
        until, token = self._tokens.get(name, (0.0, ""))
        if until < time.monotonic():
            until, token = time.monotonic() + TOKEN, self.rig.platform.token(name)
            self._tokens[name] = until, token
        return token

    @property
    def referred(self) -> set[str]:
        """The registered applications that are for NAV; the others are assessed."""
        return {
            self.applications[b["ref"]] for b in self.bodies if "legal_basis" in b and b["ref"] in self.applications
        }

    def tenancies(self) -> dict[str, str]:
        """Tenancy by contract, asked when all is quiet."""
        names = [contract.name for account in self.accounts for contract in account.contracts if contract.rents]
        headers = {"Authorization": f"Bearer {self._token('okonomi', MUNICIPALITY)}"}
        url = self.rig.platform.addresses.url("intake") + "/tenancies/lookup"
        found: dict[str, str] = {}
        for start in range(0, len(names), 100):
            answer = httpx.post(url, json={"contracts": names[start : start + 100]}, headers=headers, timeout=60)
            found |= answer.raise_for_status().json()["tenancies"]
        return found


def entered(turn: int, of: Amount) -> tuple[int, int]:
    """Number of the account whose file comes in that turn, and its month.

    Where accounts last for some months, the first ones end one after another, so that after as many months as one
    lasts there are always as many of each age.
    """
    month, place = divmod(turn, of.accounts)
    if of.months is None:
        return place, month
    generation, month = divmod(month + place % of.months, of.months)
    return generation * of.accounts + place, month


def _after(months: int) -> date:
    years, month = divmod(FIRST.month - 1 + months, 12)
    return date(FIRST.year + years, month + 1, 1)
