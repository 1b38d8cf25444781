"""The bank's independent ledger: what was put in, in order, and what must have come of it. Standard library alone."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

from tests.e2e import counting
from tests.e2e.counting import Count, Seen

NAMESPACE = UUID("7a0c0f4e-0000-4000-8000-00000000ba4c")
MUNICIPALITY = "3427"
LISTS = {"deposits": "money", "gifts": "gift", "rung": "bell", "paid": "bill"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One record for Kafka. `id` is of the account and its sequence."""

    account: str
    type: str
    sequence: int
    data: Mapping[str, Any]

    @property
    def id(self) -> UUID:
        return uuid5(NAMESPACE, f"{self.account}:{self.sequence}")

    @property
    def headers(self) -> list[tuple[str, bytes]]:
        source = f"/no/kommune/{MUNICIPALITY}/teller"
        attributes = {
            "ce_specversion": "1.0",
            "ce_id": str(self.id),
            "ce_source": source,
            "ce_type": f"no.boligflyt.{self.type}.v1",
            "ce_subject": self.account,
            "ce_time": datetime.now(UTC).isoformat(),
            "ce_kommunenummer": MUNICIPALITY,
            "ce_sequence": str(self.sequence),
            "content-type": "application/json",
        }
        return [(name, value.encode()) for name, value in attributes.items()]

    @property
    def value(self) -> bytes:
        return json.dumps(self.data).encode()


@dataclass(slots=True)
class Book:
    """Per account and list of its state the numbers that must stand there, in that order."""

    entries: list[Entry] = field(default_factory=list)
    expected: dict[str, dict[str, list[int]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))
    _sequences: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    _number: int = 0

    def deposit(self, account: str, *, flawed: bool = False) -> Entry:
        number = self._next()
        self.expected[account]["deposits"].append(number)
        return self._entry(account, "money.deposited", {"number": number, "flawed": flawed})

    def give(self, giver: str, to: Sequence[str]) -> Entry:
        number = self._next()
        for each in to:
            self.expected[each]["gifts"].append(number)
        return self._entry(giver, "money.given", {"number": number, "to": list(to)})

    def set_bell(self, account: str, seconds: float, *, rings: bool) -> Entry:
        number = self._next()
        if rings:
            self.expected[account]["rung"].append(number)
        return self._entry(account, "bell.set", {"number": number, "seconds": seconds})

    def cancel_bell(self, account: str) -> Entry:
        return self._entry(account, "bell.cancelled", {"number": self._next()})

    def bill(self, account: str) -> Entry:
        number = self._next()
        self.expected[account]["paid"].append(number)
        return self._entry(account, "bill.due", {"number": number})

    def _next(self) -> int:
        self._number += 1
        return self._number

    def _entry(self, account: str, type: str, data: Mapping[str, Any]) -> Entry:
        self._sequences[account] += 1
        entry = Entry(account, type, self._sequences[account], data)
        self.entries.append(entry)
        return entry

    def on_states(self, states: Mapping[str, Mapping[str, Any]]) -> Count:
        """What the accounts remember against what was put in."""
        found = Count()
        for account, lists in self.expected.items():
            state = states.get(account) or {}
            for name in LISTS:
                found += in_order(f"{account}'s {name}", lists[name], state.get(name, []))
        return found

    def on_the_wire(self, records: Iterable[Seen]) -> Count:
        """What the bank told of each deposit, once and in its order."""
        told = {("out", account): lists["deposits"] for account, lists in self.expected.items() if lists["deposits"]}
        return counting.on_the_wire(records := list(records)) + counting.facts(told, records)


def in_order(what: str, wanted: Sequence[int], given: Sequence[int]) -> Count:
    found = counting.once_each(wanted, given, what)
    if not found.findings and list(wanted) != list(given):
        first = next(pair for pair in zip(wanted, given, strict=True) if pair[0] != pair[1])
        found.reordered.append(f"{what}: {first[1]} stands where {first[0]} belongs")
    return found
