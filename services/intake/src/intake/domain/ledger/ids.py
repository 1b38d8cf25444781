"""Names that come out the same each time: of a line, a close, a bad line, and of the states that guard them.

The municipality is part of each, as two municipalities may call an account the same.
"""

from datetime import date
from uuid import NAMESPACE_URL, uuid5

LEDGER = uuid5(NAMESPACE_URL, "urn:boligflyt:ledger")


def account_key(kommunenummer: str, account: str) -> str:
    return f"{kommunenummer}:{account}"


def account_name(key: str) -> str:
    """As the municipality calls it."""
    return key.partition(":")[2]


def line_id(account: str, kind: str, reference: str) -> str:
    """`account`: its key. A reference is unique per account and kind."""
    return str(uuid5(LEDGER, f"{account}/{kind}/{reference}"))


def close_id(account: str, as_of: date, tenancy: str = "", correction: str = "") -> str:
    """Of the account's close as of a day, or of it on one tenancy.

    `correction`: the import that brought more lines for a day that was closed already.
    """
    return str(uuid5(LEDGER, f"{account}/ledger.closed/{as_of.isoformat()}/{tenancy}/{correction}"))


def told_id(row: str, import_id: str, number: int, kind: str, on: date) -> str:
    """Of the line that a row of a tenancy register makes. A row that comes again, in another file, makes others."""
    return str(uuid5(LEDGER, f"{row}/{import_id}/{number}/{kind}/{on.isoformat()}"))


def once_id(kind: str, amends: str) -> str:
    """Taken by the one line of this kind that amends that line."""
    return str(uuid5(LEDGER, f"once/{kind}/{amends}"))


def hold_id(payment: str, tenancy: str) -> str:
    """Of the line that says that a payment in suspense may be this tenancy's."""
    return str(uuid5(LEDGER, f"held/{payment}/{tenancy}"))


def release_id(hold: str) -> str:
    return str(uuid5(LEDGER, f"released/{hold}"))


def bad_id(account: str, content: str) -> str:
    """Of a line that can't be booked. The same line of the same account again, in whatever file, is the same one."""
    return str(uuid5(LEDGER, f"bad/{account}/{content}"))


def kid_key(account: str, kid: str) -> str:
    """A bank agrees on KIDs with each account by itself, so two accounts may use the same one."""
    return f"{account}:{kid}"


def chunk_key(upload: str, number: int) -> str:
    return f"{upload}:{number}"
