"""What a tenancy's account says by plain sums: an oracle that shares nothing with the rules of notifications."""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from intake.domain.ledger.lines import Line
from tests.simulation import acts
from tests.simulation.run import Run

Event = tuple[str, dict[str, Any]]  # type and data
ARREARS = {"E1", "E2", "E3", "E5", "E6", "S1", "S2", "A1", "A2"}


def accepted_lines(run: Run) -> dict[str, list[Line]]:
    """The lines of the files that intake took, each once, by tenancy."""
    found, seen = defaultdict(list), set()
    for account in run.world.accounts:
        for number in range(len(account.files)):
            if f"file {number + 1} of account {account.name}" not in run.replies:
                continue
            for line in acts.read(account, number).lines:
                if line.id not in seen:
                    seen.add(line.id)
                    found[line.tenancy].append(line)
    return found


def lines_by_close(run: Run) -> dict[tuple[str, str], set[str]]:
    """The ids of the lines of each file that intake took, by tenancy and by the day that the file closes."""
    found = defaultdict[tuple[str, str], set[str]](set)
    for account in run.world.accounts:
        for number in range(len(account.files)):
            if f"file {number + 1} of account {account.name}" in run.replies:
                taken = acts.read(account, number)
                for line in taken.lines:
                    if not line.kind.startswith("tenancy."):
                        found[line.tenancy, taken.file.as_of.isoformat()].add(line.id)
    return found


def ids_of(tenancy: Any) -> list[str]:
    """The ids of all lines that a tenancy of notifications knows."""
    ledger = tenancy.ledger
    kept = [ledger.invoices, ledger.payments, ledger.credits, ledger.adjustments, ledger.reversals]
    kept += [ledger.holds, ledger.releases, ledger.instalments, ledger.plan_ends]
    kept += [tenancy.notices, tenancy.steps, tenancy.reservations]
    kept += [tenancy.signals, tenancy.reminders, tenancy.disputes]
    return [line.id for lines in kept for line in lines]


def raised_for_arrears(run: Run) -> Iterator[tuple[str, str, list[Event], date]]:
    """Alerts for unpaid rent alone: with what had come of the tenancy's account up to the event that raised them."""
    accounts: dict[str, list[tuple[str, Event]]] = defaultdict(list)
    raised = []
    for record in run.records():
        headers = {name: (value or b"").decode() for name, value in record.headers}
        type = headers["ce_type"].split(".", 2)[2].removesuffix(".v1")
        if record.topic == "arrears.v1":
            accounts[headers["ce_subject"]].append((headers["ce_id"], (type, json.loads(record.value or b"null"))))
        elif type == "alert.raised":
            raised.append((headers["ce_subject"], headers["ce_causationid"], json.loads(record.value or b"null")))
    for tenancy, cause, data in raised:
        ids = [id for id, _ in accounts[tenancy]]
        if set(data["rules"]) <= ARREARS and cause in ids:
            come = dict(accounts[tenancy][: ids.index(cause) + 1])
            yield data["alert_id"], tenancy, list(come.values()), date.fromisoformat(data["as_of"])


def owed(events: Sequence[Event], as_of: date) -> int:
    """Invoices due before the day, less credits and payments dated at latest on it that weren't reversed. In øre."""
    day = as_of.isoformat()
    known = [(type, data) for type, data in events if data.get("dated_on", "") <= day]
    amounts = {
        data["line_id"]: data["amount_ore"] for type, data in known if type == "invoice.issued" and data["due_on"] < day
    }
    for type, data in known:
        if type == "invoice.adjusted" and data["amends"] in amounts:
            amounts[data["amends"]] = data["amount_ore"]
    reversed_ = {data["amends"] for type, data in known if type == "payment.reversed"}
    paid = sum(
        data["amount_ore"] for type, data in known if type == "payment.registered" and data["line_id"] not in reversed_
    )
    credited = sum(data["amount_ore"] for type, data in known if type == "invoice.credited")
    return int(sum(amounts.values()) - paid - credited)
