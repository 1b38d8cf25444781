"""Bank files that come while somebody looks at the page: of one tenancy each, on an account of its own."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import count

import httpx

from demo.generator.days import add_months
from demo.generator.facts import HEADER, Fact, Lease, luhn
from demo.pictures.running import ThatMorning
from demo.pictures.street import KOMMUNE, MORNING
from tests.e2e.made_input import birth_number

RENT = 800_000  # øre
FIRST = date(2018, 10, 1)
TODAY = MORNING.date()
_numbers = count(1)


class LaterTenancy:
    """Rent is due on the 10th and was paid on the day after it, but for the last one, due 23 days ago."""

    def __init__(self, street: ThatMorning) -> None:
        self.street, self.number = street, next(_numbers)
        name = f"K-9{self.number:03}"
        account = f"{KOMMUNE}-senere-{self.number}"
        self.lease = Lease(name, KOMMUNE, account, luhn(f"9{self.number:03}0"), RENT, 10, FIRST)
        self._files = count(1)

    @property
    def number_of_tenant(self) -> str:
        return birth_number(7000 + self.number)

    def lives_there(self, name: str) -> None:
        """Somebody moves in, which intake must know before the tenancy comes; their number is synthetic."""
        answer = httpx.post(
            f"{self.street.addresses.url('intake')}/persons",
            json={"national_id": self.number_of_tenant, "name": name, "tenancies": [self.lease.contract]},
            headers={
                "Authorization": f"Bearer {self.street.token(f'boligansvarlig-{KOMMUNE}')}",
                "Idempotency-Key": f"{self.lease.contract}-lives",
            },
            timeout=60,
        )
        assert answer.is_success, answer.text

    def comes(self, close: date = TODAY) -> None:
        """The whole account, to that day's end."""
        due = [add_months(FIRST, n).replace(day=10) for n in range(7)]
        facts = [Fact("tenancy.started", self.lease.contract, FIRST, self.lease.kid, RENT)]
        for day in due:
            facts.append(Fact("invoice.issued", f"F-{day}", day - timedelta(days=9), self.lease.kid, RENT, day))
            if day != due[-1]:
                facts.append(Fact("payment.registered", f"B-{day}", day + timedelta(days=1), self.lease.kid, RENT))
        self.tells(facts, close)

    @property
    def is_known(self) -> bool:
        """Whether intake has started the tenancy."""
        answer = httpx.post(
            f"{self.street.addresses.url('intake')}/tenancies/lookup",
            json={"contracts": [self.lease.contract]},
            headers={"Authorization": f"Bearer {self.street.token(f'okonomi-{KOMMUNE}')}"},
            timeout=60,
        )
        return bool(answer.raise_for_status().json()["tenancies"])

    def pays(self, ore: int) -> None:
        self.tells([Fact("payment.registered", f"B-{ore}", TODAY - timedelta(days=1), self.lease.kid, ore)])

    def tells(self, facts: Sequence[Fact], close: date = TODAY) -> None:
        """A file of these lines."""
        account, number = self.lease.account, next(self._files)
        lines = [fact.line(self.lease) for fact in facts]
        end = f"{account};ledger.closed;{len(lines)};{close};;;{sum(fact.ore for fact in facts)};;;"
        answer = httpx.post(
            f"{self.street.addresses.url('intake')}/ledger/imports",
            content="\n".join([HEADER, *lines, end, ""]),
            headers={
                "Authorization": f"Bearer {self.street.token(f'okonomi-{KOMMUNE}')}",
                "Idempotency-Key": f"{account}-{number}",
                "Content-Type": "text/csv; charset=utf-8",
            },
            timeout=60,
        )
        assert answer.is_success, answer.text
