"""Names that come out the same each time: of a line, of a close, and of the states that guard them.

The municipality is part of each, as two municipalities may call an account the same.
"""

from datetime import date
from uuid import NAMESPACE_URL, uuid5

LEDGER = uuid5(NAMESPACE_URL, "urn:boligflyt:ledger")

# A line's shard is the first hex digits of its id: 4,096 per account, so that a month's file rewrites little.
SHARD_DIGITS = 3


def account_key(kommunenummer: str, account: str) -> str:
    return f"{kommunenummer}:{account}"


def line_id(account: str, kind: str, reference: str) -> str:
    """`account`: its key. A reference is unique per account and kind."""
    return str(uuid5(LEDGER, f"{account}/{kind}/{reference}"))


def close_id(account: str, as_of: date, tenancy: str = "", correction: str = "") -> str:
    """Of the account's close as of a day, or of it on one tenancy.

    `correction`: the import that brought more lines for a day that was closed already.
    """
    return str(uuid5(LEDGER, f"{account}/ledger.closed/{as_of.isoformat()}/{tenancy}/{correction}"))


def once_id(kind: str, amends: str) -> str:
    """Taken by the one line of this kind that amends that line."""
    return str(uuid5(LEDGER, f"once/{kind}/{amends}"))


def shard_key(account: str, line: str) -> str:
    return f"{account}:{line[:SHARD_DIGITS]}"
