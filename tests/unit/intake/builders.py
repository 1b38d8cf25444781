"""Made-up people and ledger files: valid by default, with what a test is about overridden."""

from datetime import date, datetime
from itertools import count

from chassis.outputs import OSLO
from intake.translation.receiving import Refused
from tests.ledger_files import Received, received

HEADER = "account;kind;reference;date;tenancy;kid;amount_ore;due;until;amends"
K1, K2 = (3, 7, 6, 1, 8, 9, 4, 5, 2), (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
ACCOUNT = "utleie"
LATER = datetime(2020, 1, 2, 9, 0, tzinfo=OSLO)


def a_national_id(born: date = date(1980, 5, 17), *, day: int = 0, month: int = 80, first: int = 100) -> str:
    """A number with right check digits: synthetic unless told otherwise. `first`: where to begin the series."""
    for individual in count(first):
        nine = f"{born.day + day:02}{born.month + month:02}{born.year % 100:02}{individual:03}"
        k1 = -sum(int(d) * w for d, w in zip(nine, K1, strict=True)) % 11
        k2 = -sum(int(d) * w for d, w in zip(f"{nine}{k1 % 10}", K2, strict=True)) % 11
        if k1 < 10 and k2 < 10:
            return f"{nine}{k1}{k2}"
    raise AssertionError


def a_line(kind: str = "invoice.issued", reference: str = "F-1", **columns: str) -> str:
    """One line of the file; the columns that its kind must have are filled."""
    amount, start = {"amount_ore": "800000"}, {"account": ACCOUNT, "date": "2019-03-01", "tenancy": "K-1"}
    needed = {
        "tenancy.started": amount,
        "tenancy.changed": amount,
        "invoice.issued": amount | {"due": "2019-03-15"},
        "invoice.adjusted": amount | {"amends": "F-1"},
        "invoice.credited": amount | {"amends": "F-1"},
        "payment.registered": amount,
        "payment.reversed": {"amends": "B-1"},
        "payment.held": amount,
        "payment.released": {"amends": "U-1"},
        "payment_plan.agreed": amount | {"due": "2019-04-15"},
        "payment_plan.changed": amount | {"due": "2019-04-20", "amends": "A-1"},
        "payment_plan.ended": {"amends": "A-1"},
        "eviction_notice.sent": amount | {"until": "2019-03-20"},
        "enforcement.scheduled": {"until": "2019-05-01"},
    }
    cells = start | needed.get(kind, {}) | {"kind": kind, "reference": reference} | columns
    return ";".join(cells.get(column, "") for column in HEADER.split(";"))


def changed(line: str, column: str, text: str) -> str:
    """The line with another text in one column."""
    cells = line.split(";")
    cells[HEADER.split(";").index(column)] = text
    return ";".join(cells)


def widened(raw: bytes, *, dated: str = "", received: str = "", code: str = "") -> bytes:
    """The file with the three columns that few kinds need, filled on the first line after the header."""
    header, first, *rest = raw.decode().splitlines()
    wide = [f"{header};dated;received;code", f"{first};{dated};{received};{code}", *(f"{line};;;" for line in rest)]
    return "\n".join([*wide, ""]).encode()


def a_start(tenancy: str = "K-1", **columns: str) -> str:
    return a_line("tenancy.started", f"S-{tenancy}", tenancy=tenancy, date="2019-01-01", **columns)


def a_file(*lines: str, as_of: str = "2019-05-01", account: str = ACCOUNT) -> bytes:
    """The lines with header and a right end record."""
    total = sum(int(line.split(";")[6] or 0) for line in lines)
    return "\n".join([HEADER, *lines, f"{account};ledger.closed;{len(lines)};{as_of};;;{total};;;", ""]).encode()


def read(raw: bytes, **more) -> Received:
    """A file that is whole; bad lines may be in it."""
    return received(raw, "3427", named, public, **more)


def faults_of(raw: bytes) -> list[tuple[int, str]]:
    """Line and field of everything that is wrong, whether the file is taken or not."""
    try:
        found = read(raw).faults
    except Refused as refused:
        found = refused.faults
    return [(fault.line, fault.field) for fault in found]


def named(contract: str) -> str:
    """A tenancy id that a test can read."""
    return f"tenancy {contract}"


def public(tenancy: str) -> str:
    return f"public {tenancy}"
