"""What a line of each kind holds, as data: the column of the file → the field of the event.

Every line has account, kind, reference, date and tenancy. A column that its kind doesn't name must be empty.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Use = Literal["required", "optional", "empty"]

COLUMNS = ("account", "kind", "reference", "date", "tenancy", "kid", "amount_ore", "due", "until", "amends")
ON_EVERY_LINE = COLUMNS[:5]
END = "ledger.closed"


@dataclass(frozen=True, slots=True)
class Kind:
    """`dated`: the event's field for `date`. `amends`: the kind of line that the column `amends` names.

    `once`: at most one line may amend the same line so. `any_of`: at least one optional column is filled.
    """

    dated: str = "dated_on"
    required: Mapping[str, str] = field(default_factory=dict)
    optional: Mapping[str, str] = field(default_factory=dict)
    amends: str = ""
    once: bool = False
    any_of: bool = False

    def use(self, column: str) -> Use:
        """Whether lines of this kind must have the column, may have it, or must leave it empty."""
        if column in ON_EVERY_LINE or column in self.required:
            return "required"
        return "optional" if column in self.optional else "empty"


AMENDED_INVOICE = Kind(required={"amends": "amends", "amount_ore": "amount_ore"}, amends="invoice.issued")

KINDS: Mapping[str, Kind] = {
    # amount_ore: monthly rent. until: last day of a lease for a fixed time.
    "tenancy.started": Kind(
        "started_on", required={"amount_ore": "rent_ore"}, optional={"until": "lease_ends_on", "kid": "kid"}
    ),
    "tenancy.changed": Kind("changed_on", optional={"amount_ore": "rent_ore", "kid": "kid"}, any_of=True),
    "tenancy.ended": Kind("ended_on"),
    "invoice.issued": Kind(required={"amount_ore": "amount_ore", "due": "due_on"}, optional={"kid": "kid"}),
    # amount_ore: the invoice's new amount, or what is credited of it.
    "invoice.adjusted": AMENDED_INVOICE,
    "invoice.credited": AMENDED_INVOICE,
    "payment.registered": Kind(required={"amount_ore": "amount_ore"}, optional={"kid": "kid"}),
    "payment.reversed": Kind(required={"amends": "amends"}, amends="payment.registered", once=True),
    # The notice of tvangsfullbyrdelsesloven § 4-18. amount_ore: the debt that it names. until: its deadline.
    "eviction_notice.sent": Kind(required={"amount_ore": "amount_ore", "until": "deadline_on"}),
    # The tenant's reservation against the landlord's notice to NAV, husleieloven § 9-11.
    "nav_notice.reserved": Kind(),
    "nav_notice.reservation_lifted": Kind(),
    "enforcement.requested": Kind(),
    "enforcement.scheduled": Kind(required={"until": "scheduled_on"}),
    "enforcement.lifted": Kind(),
    "enforcement.executed": Kind(),
}
