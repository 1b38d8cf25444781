"""What a line of each kind holds, as data: the column of the file → the field of the event.

Every line has account, kind, reference, date and tenancy. A column that its kind doesn't name must be empty.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Use = Literal["required", "optional", "empty"]

# The ten that every file has, and those that a file may have after them, all three or none.
COLUMNS = ("account", "kind", "reference", "date", "tenancy", "kid", "amount_ore", "due", "until", "amends")
MORE = ("dated", "received", "code")
ALL = (*COLUMNS, *MORE)
ON_EVERY_LINE = COLUMNS[:5]
END = "ledger.closed"

# A row of a tenancy register, which no ledger file has, and the columns that it alone may have.
REGISTERED = "tenancy.registered"
REGISTER = ("ended", "dwelling", "leased", "rent_from")
EVERY = (*ALL, *REGISTER)


@dataclass(frozen=True, slots=True)
class Kind:
    """`dated`: the event's field for `date`. `amends`: the kind of line that the column `amends` names.

    `once`: at most one line may amend the same line so. `any_of`: at least one optional column is filled. `codes`: what
    may stand in the column `code`. `by_kid`: a line without tenancy belongs to the one whose KID it has, and no line
    of the kind says whose a KID is. `step`: a legal step or an agreement, which people enter by hand as well. `blank`:
    columns that say «none» where they are there and empty.
    """

    dated: str = "dated_on"
    required: Mapping[str, str] = field(default_factory=dict)
    optional: Mapping[str, str] = field(default_factory=dict)
    amends: str = ""
    once: bool = False
    any_of: bool = False
    codes: tuple[str, ...] = ()
    by_kid: bool = False
    step: bool = False
    blank: tuple[str, ...] = ()

    def use(self, column: str) -> Use:
        """Whether lines of this kind must have the column, may have it, or must leave it empty."""
        if column in ON_EVERY_LINE or column in self.required:
            return "required"
        return "optional" if column in self.optional else "empty"


DATED_ALONE = Kind(step=True)
AMENDED_INVOICE = Kind(required={"amends": "amends", "amount_ore": "amount_ore"}, amends="invoice.issued")

KINDS: Mapping[str, Kind] = {
    # amount_ore: monthly rent. until: last day of a lease for a fixed time.
    "tenancy.started": Kind(
        "started_on", required={"amount_ore": "rent_ore"}, optional={"until": "lease_ends_on", "kid": "kid"}
    ),
    "tenancy.changed": Kind("changed_on", optional={"amount_ore": "rent_ore", "kid": "kid"}, any_of=True),
    # until: the lease's new last day; empty for a lease without end.
    "tenancy.renewed": Kind("renewed_on", optional={"until": "lease_ends_on"}),
    "tenancy.ended": Kind("ended_on"),
    "invoice.issued": Kind(required={"amount_ore": "amount_ore", "due": "due_on"}, optional={"kid": "kid"}),
    # amount_ore: the invoice's new amount, or what is credited of it.
    "invoice.adjusted": AMENDED_INVOICE,
    "invoice.credited": AMENDED_INVOICE,
    "payment.registered": Kind(required={"amount_ore": "amount_ore"}, optional={"kid": "kid"}, by_kid=True),
    "payment.reversed": Kind(required={"amends": "amends"}, amends="payment.registered", once=True),
    # A payment that fits no tenancy for sure and may be this one's, and that a person has found out whose it is.
    "payment.held": Kind(required={"amount_ore": "amount_ore"}),
    "payment.released": Kind(required={"amends": "amends"}, amends="payment.held", once=True),
    "direct_debit.ended": Kind(
        optional={"code": "arrangement", "kid": "kid"}, codes=("avtalegiro", "deduction"), by_kid=True, step=True
    ),
    "direct_debit.failed": DATED_ALONE,
    # until: the last day to pay that it names.
    "reminder.sent": Kind(optional={"until": "deadline_on"}, step=True),
    # A line for each instalment: amount_ore and due are the instalment's. amends: the plan's first line, on which it is
    # empty. A change brings anew all the instalments that are left.
    "payment_plan.agreed": Kind(
        required={"amount_ore": "amount_ore", "due": "due_on"},
        optional={"amends": "amends"},
        amends="payment_plan.agreed",
        step=True,
    ),
    "payment_plan.changed": Kind(
        required={"amends": "amends", "amount_ore": "amount_ore", "due": "due_on"},
        amends="payment_plan.agreed",
        step=True,
    ),
    "payment_plan.ended": Kind(required={"amends": "amends"}, amends="payment_plan.agreed", once=True, step=True),
    # The notice of tvangsfullbyrdelsesloven § 4-18. amount_ore: the debt that it names. until: its deadline.
    # date: sent; dated: the date that it bears.
    "eviction_notice.sent": Kind(
        required={"amount_ore": "amount_ore", "until": "deadline_on"},
        optional={"dated": "written_on", "received": "received_on"},
        step=True,
    ),
    # The tenant's reservation against the landlord's notice to NAV, husleieloven § 9-11.
    "nav_notice.reserved": DATED_ALONE,
    "nav_notice.reservation_lifted": DATED_ALONE,
    "enforcement.requested": DATED_ALONE,
    "enforcement.scheduled": Kind(required={"until": "scheduled_on"}, step=True),
    "enforcement.lifted": DATED_ALONE,
    "enforcement.executed": DATED_ALONE,
    # The tenant's bostøtte is paid to the landlord.
    "bostotte_transport.started": DATED_ALONE,
    "bostotte_transport.ended": DATED_ALONE,
    "dispute.opened": DATED_ALONE,
    "dispute.closed": DATED_ALONE,
}

# What a tenancy register says of a tenancy, of which the books make the lines above. date, ended: the tenancy's first
# and last day; leased, until: those of its newest lease; rent_from: since when the rent is what it is.
ROWS: Mapping[str, Kind] = {
    REGISTERED: Kind(
        "started_on",
        required={"amount_ore": "rent_ore"},
        optional={
            "kid": "kid",
            "until": "lease_ends_on",
            "ended": "ended_on",
            "dwelling": "dwelling",
            "leased": "leased_on",
            "rent_from": "rent_from",
        },
        blank=("until", "ended"),
    )
}

STEPS = tuple(name for name, kind in KINDS.items() if kind.step)
