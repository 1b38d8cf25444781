"""What a tenancy's ledger holds, line by line in the files' own words: kind, day and øre."""

from collections.abc import Iterator

from notifications.domain.signals import Way
from notifications.domain.tenancy import Tenancy

Entry = tuple[str, int, int]
KINDS = {
    Way.DEBIT_FAILED: "direct_debit.failed",
    Way.DEBIT_ENDED: "direct_debit.ended",
    Way.DEDUCTION_ENDED: "direct_debit.ended",
    Way.TRANSPORT_ENDED: "bostotte_transport.ended",
    Way.TRANSPORT_STARTED: "bostotte_transport.started",
}


def entries(tenancy: Tenancy) -> Iterator[Entry]:
    ledger = tenancy.ledger
    yield from (("invoice.issued", line.dated, line.ore) for line in ledger.invoices)
    yield from (("payment.registered", line.dated, line.ore) for line in ledger.payments)
    yield from (("invoice.credited", line.dated, line.ore) for line in ledger.credits)
    yield from (("invoice.adjusted", line.dated, line.ore) for line in ledger.adjustments)
    yield from (("payment.reversed", line.dated, 0) for line in ledger.reversals)
    yield from (("payment.held", line.dated, line.ore) for line in ledger.holds)
    yield from (("payment.released", line.dated, 0) for line in ledger.releases)
    for line in ledger.instalments:
        yield f"payment_plan.{'changed' if line.changes else 'agreed'}", line.dated, line.ore
    yield from (("payment_plan.ended", line.dated, 0) for line in ledger.plan_ends)
    yield from ((KINDS[signal.way], signal.dated, 0) for signal in tenancy.signals)
    yield from (("reminder.sent", reminder.dated, 0) for reminder in tenancy.reminders)
    yield from ((f"dispute.{'opened' if each.stands else 'closed'}", each.dated, 0) for each in tenancy.disputes)
    yield from (("eviction_notice.sent", notice.dated, notice.ore) for notice in tenancy.notices)
    yield from ((f"enforcement.{step.step.name.lower()}", step.dated, 0) for step in tenancy.steps)
    for reservation in tenancy.reservations:
        yield f"nav_notice.{'reserved' if reservation.stands else 'reservation_lifted'}", reservation.dated, 0
