"""What a tenancy's ledger holds, line by line in the files' own words: kind, day and øre."""

from collections.abc import Iterator

from notifications.domain.tenancy import Tenancy

Entry = tuple[str, int, int]


def entries(tenancy: Tenancy) -> Iterator[Entry]:
    ledger = tenancy.ledger
    yield from (("invoice.issued", line.dated, line.ore) for line in ledger.invoices)
    yield from (("payment.registered", line.dated, line.ore) for line in ledger.payments)
    yield from (("invoice.credited", line.dated, line.ore) for line in ledger.credits)
    yield from (("invoice.adjusted", line.dated, line.ore) for line in ledger.adjustments)
    yield from (("payment.reversed", line.dated, 0) for line in ledger.reversals)
    yield from (("eviction_notice.sent", notice.dated, notice.ore) for notice in tenancy.notices)
    yield from ((f"enforcement.{step.step.name.lower()}", step.dated, 0) for step in tenancy.steps)
    for reservation in tenancy.reservations:
        yield f"nav_notice.{'reserved' if reservation.stands else 'reservation_lifted'}", reservation.dated, 0
