"""Avstemming: what each writer has sent, held against what each reader has received, per municipality and day.

No service reads another's database. A writer shows its event log at a door, without content; the reader holds it
against its own inbox, dead letters and positions.
"""

from chassis.reconcile.comparing import KEPT_DAYS, Sums, Tally
from chassis.reconcile.door import event_log
from chassis.reconcile.nightly import reconcile_nightly
from chassis.reconcile.reading import Check, Reconciled, Reconciliation

__all__ = [
    "KEPT_DAYS",
    "Check",
    "Reconciled",
    "Reconciliation",
    "Sums",
    "Tally",
    "event_log",
    "reconcile_nightly",
]
