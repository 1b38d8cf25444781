"""How far a file has come, as the API and the pages tell it."""

from collections.abc import Mapping
from typing import Any

# To be ended with a condition and `group by i.import`.
IMPORTS = """
select i.*, coalesce(sum(b.booked), 0)::bigint as account_booked,
    count(*) filter (where b.first_import <= i.number and b.closed_import >= i.number) as closed,
    (select count(*) from bad_lines l where l.import = i.import) as bad,
    (select count(*) from bad_lines l where l.import = i.import and l.status = 'open') as bad_open,
    (select count(*) from bad_lines l where l.account = i.account and l.status = 'open') as account_bad_open,
    (select count(*) from suspense s where s.import = i.import and s.status = 'open') as unplaced,
    case when i.register and i.whole and not exists (select from imports n
        where n.account = i.account and n.register and n.accepted_at > i.accepted_at) then (select count(*)
        from bookings a where a.account = i.account and a.standing = 'started' and a.register <> i.import) end as absent
from imports i left join bookings b on b.kommunenummer = i.kommunenummer and b.account = i.account
"""


def standing(row: Mapping[str, Any]) -> dict[str, Any]:
    """`booked`: lines of the file that have been gone through and told, while other files may be under way.

    `absent`: tenancies that stand on the account and aren't in the register, once it is read to its end and as long as
    it is the newest; else None.
    """
    waiting = min(row["taken"], max(0, row["total"] - row["account_booked"]))
    return {
        "import": row["import"],
        "account": row["account"],
        "as_of": row["as_of"],
        "lines": row["lines"],
        "booked": row["taken"] - waiting,
        "fresh": row["fresh"],
        "already_booked": row["again"],
        "bad": row["bad"],
        "bad_open": row["bad_open"],
        "unplaced": row["unplaced"],
        "register": row["register"],
        "absent": row["absent"],
        "state": _state(row),
    }


def _state(row: Mapping[str, Any]) -> str:
    """`held`: all of it is entered, and the account's close waits for the open bad lines of one file or another."""
    if not row["whole"]:
        return "booking"
    if row["closing"] and not row["number"] and row["account_bad_open"]:
        return "held"
    return "booked" if (row["number"] or not row["closing"]) and row["closed"] >= row["closes"] else "booking"
