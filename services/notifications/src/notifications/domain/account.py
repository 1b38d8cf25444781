"""The state of a ledger account: the bank file that it misses or last missed, and the notice of that."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid5

from notifications.domain.tenancy import Mail

NAMES = UUID("f2a4a8c6-6d3b-4e55-9a58-0b8f3c1f7f21")


@dataclass(frozen=True, slots=True)
class Account:
    """`as_of`: the newest close when the next one was missed."""

    name: str
    as_of: date
    mail: Mail


def account_id(kommunenummer: str, account: str) -> str:
    return str(uuid5(NAMES, f"{kommunenummer}:{account}"))


def missed_id(account: str, as_of: date) -> UUID:
    """One per account and newest close, whichever tenancy tells it."""
    return uuid5(UUID(account), as_of.isoformat())
