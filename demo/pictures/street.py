"""Tenancies in all kinds of trouble as an input folder of the demo's form, as the books stood on `MORNING`.

Names are of Tenor's sort, an adjective and a noun: nobody is called so.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count, pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

from demo.generator.days import add_months, bank_day
from demo.generator.facts import HEADER, Fact, Lease, luhn
from demo.generator.people import national_id

KOMMUNE = "3427"
MORNING = datetime(2019, 5, 3, 8, 30, tzinfo=ZoneInfo("Europe/Oslo"))
FIRST = date(2018, 7, 1)
CLOSES = (*(add_months(FIRST, n) for n in range(1, 11)), date(2019, 4, 12), date(2019, 4, 24), date(2019, 5, 3))
SENT_BEFORE = 14  # days from an invoice to its due date


@dataclass(frozen=True, slots=True)
class Home:
    """`owes`: the last so many months that are due are not paid; `part`: percent of the first of them that was.

    `late`: days from due to payment, usually. Rent in kroner. `notice`: § 4-18, sent and deadline.
    """

    name: str
    rent: int
    due_day: int = 1
    owes: int = 0
    part: int = 0
    late: int = 1
    notice: tuple[date, date] | None = None
    requested: date | None = None
    scheduled: tuple[date, date] | None = None
    reserved: bool = False
    protected: bool = False
    unknown: bool = False
    with_: str = ""
    pays: tuple[date, int] | None = None


def may(day: int) -> date:
    return date(2019, 5, day)


def april(day: int) -> date:
    return date(2019, 4, day)


def march(day: int) -> date:
    return date(2019, 3, day)


STREET = (
    *(Home(name, 7400 + 150 * n, late=n % 4) for n, name in enumerate(("Sindig Elg", "Blid Bekkasin", "Trygg Tiur"))),
    Home("Tapper Vandrestav", 8900, owes=5, notice=(date(2019, 1, 21), date(2019, 2, 11)), requested=date(2019, 2, 20), scheduled=(april(4), may(14))),
    Home("Stø Myrull", 7650, 15, owes=4, notice=(march(1), march(15)), requested=march(22), scheduled=(april(23), may(28)), with_="Munter Myrull"),
    Home("Lydhør Klokkelyng", 9200, owes=4, notice=(march(4), march(18)), requested=april(2), reserved=True),
    Home("Skjult Adresse", 8400, owes=3, notice=(march(11), march(25)), requested=april(25), protected=True),
    Home("Kvikk Røyskatt", 6900, 20, owes=3, notice=(april(2), april(16)), requested=april(29)),
    Home("Varsom Snøspurv", 8100, owes=2, notice=(april(23), may(7))),
    Home("Ærlig Fjellbjørk", 11200, owes=3, notice=(april(24), may(8)), with_="Undrende Fjellbjørk"),
    Home("Rolig Steinskvett", 7800, 15, owes=1, notice=(may(2), may(16)), reserved=True),
    Home("Skjermet Bolig", 9900, owes=2, notice=(april(12), april(26)), protected=True),
    Home("Djerv Einerbusk", 8350, owes=2, notice=(april(8), april(22))),
    Home("Uten Navn", 7000, owes=3, unknown=True),
    Home("Livlig Kantarell", 8600, owes=2),
    Home("Tålmodig Storlom", 9450, owes=2, part=40),
    Home("Sprek Multe", 7950, 20, owes=2),
    Home("Klok Orrhane", 10300, 15, owes=2),
    Home("Vennlig Heilo", 8800, owes=2, pays=(april(30), 15000)),
    Home("Langmodig Skogsnelle-Fjellfiol av Øvre Rendalsåsen", 9100, owes=2, part=25, reserved=True),
    Home("Rask Furukongle", 8250, 15, owes=1),
    Home("Glad Løvmeis", 7700, 15, owes=1, part=30, late=3),
    Home("Nøysom Reinrose", 9300, 10, owes=1, late=4),
    Home("Våken Jerv", 8050, 20, owes=1, late=2),
    Home("Treg Blåveis", 8700, 10, owes=1, late=12),
    Home("Beskjeden Rype", 7200, 15, owes=1),
    Home("Finurlig Bever", 9600, 15, owes=1, with_="Solid Bever"),
    Home("Uregistrert Leietaker", 7350, 20, owes=1, unknown=True),
)


def write(folder: Path) -> Path:
    """The input, for `demo.player.given.Given`."""
    numbers = (number for n in count() if (number := national_id(date(1980, 5, 17), n % 500)))
    people = [
        {"kommunenummer": KOMMUNE, "national_id": next(numbers), "name": name, "protected": home.protected, "tenancies": [contract(n)]}
        for n, home in enumerate(STREET)
        for name in (home.name, home.with_)
        if name and not home.unknown
    ]
    (folder / "persons.jsonl").write_text("".join(f"{json.dumps(each)}\n" for each in people), encoding="utf-8")
    (folder / "ledger").mkdir()
    lines = sorted((fact.on, fact, lease) for lease, fact in _facts() if fact.on <= CLOSES[-1])
    for since, close in pairwise((date.min, *CLOSES)):
        told = [(fact, lease) for on, fact, lease in lines if since < on <= close]
        (folder / "ledger" / f"{close}.csv").write_text(_file(told, close), encoding="utf-8")
    return folder


def contract(n: int) -> str:
    return f"K-{3101 + n}"


def _file(told: Iterable[tuple[Fact, Lease]], close: date) -> str:
    rows = [(fact.line(lease), fact.ore) for fact, lease in told]
    end = f"{KOMMUNE}-husleie;ledger.closed;{len(rows)};{close};;;{sum(ore for _, ore in rows)};;;"
    return "\n".join([HEADER, *(line for line, _ in rows), end, ""])


def _facts() -> Iterator[tuple[Lease, Fact]]:
    for n, home in enumerate(STREET):
        lease = Lease(contract(n), KOMMUNE, f"{KOMMUNE}-husleie", luhn(f"{3101 + n}0"), home.rent * 100, home.due_day, FIRST)
        yield from ((lease, fact) for fact in (*_money(lease, home), *_steps(lease, home)))


def _money(lease: Lease, home: Home) -> Iterator[Fact]:
    until = date(lease.started_on.year + 3, lease.started_on.month, 1) - timedelta(days=1)
    yield Fact("tenancy.started", lease.contract, lease.started_on, lease.kid, lease.rent, until=until)
    due = [day for n in range(13) if (day := add_months(lease.started_on, n).replace(day=home.due_day)) <= CLOSES[-1] + timedelta(days=SENT_BEFORE)]
    owed = [day for day in due if bank_day(day) < CLOSES[-1]][-home.owes or len(due) :]
    for day in due:
        sent = max(lease.started_on, day - timedelta(days=SENT_BEFORE))
        yield Fact("invoice.issued", f"F-{lease.contract}-{day:%Y-%m}", sent, lease.kid, lease.rent, day)
        ore = lease.rent * home.part // 100 if day == owed[:1][0] else 0
        paid = lease.rent if not owed or day < owed[0] else ore
        if paid:
            on = bank_day(bank_day(day) + timedelta(days=home.late))
            yield Fact("payment.registered", f"B-{lease.contract}-{day:%Y-%m}", on, lease.kid, paid)
    if home.pays:
        yield Fact("payment.registered", f"B-{lease.contract}-ekstra", home.pays[0], lease.kid, home.pays[1] * 100)


def _steps(lease: Lease, home: Home) -> Iterator[Fact]:
    if home.notice:
        sent, deadline = home.notice
        yield Fact("eviction_notice.sent", f"V-{lease.contract}", sent, ore=lease.rent * 2, until=deadline)
    if home.requested:
        yield Fact("enforcement.requested", f"N-{lease.contract}", home.requested)
    if home.scheduled:
        on, day = home.scheduled
        yield Fact("enforcement.scheduled", f"D-{lease.contract}", on, until=day)
    if home.reserved:
        yield Fact("nav_notice.reserved", f"R-{lease.contract}", lease.started_on)
