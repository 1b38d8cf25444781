"""The street as an input folder of the demo's form: its people, its ledger month by month, and who applies."""

import json
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import count, pairwise
from pathlib import Path

from demo.generator.applicants import GJENNOMGANGSBOLIG
from demo.generator.days import add_months, bank_day
from demo.generator.facts import HEADER, Fact, Lease, luhn
from demo.generator.people import national_id
from demo.pictures.street import KOMMUNE, MORNING, STREET, Home

FIRST, TODAY = date(2018, 7, 1), MORNING.date()
CLOSES = (*(add_months(FIRST, n) for n in range(1, 10)), date(2019, 4, 12), date(2019, 4, 24), TODAY)
GUIDED = "5027"
ACCOUNT = f"{KOMMUNE}-husleie"
SENT_BEFORE = 14  # days from an invoice to its due date


def write(folder: Path) -> Path:
    """For `demo.player.given.Given`."""
    (folder / "persons.jsonl").write_text("".join(f"{json.dumps(each)}\n" for each in _people()), encoding="utf-8")
    (folder / "applications.jsonl").write_text("".join(f"{json.dumps(each)}\n" for each in _applications()), "utf-8")
    (folder / "ledger").mkdir()
    told = sorted(((lease, fact) for lease, fact in _facts() if fact.on <= TODAY), key=lambda each: each[1].on)
    for before, close in pairwise((date.min, *CLOSES)):
        month = [(lease, fact) for lease, fact in told if before < fact.on <= close]
        (folder / "ledger" / f"{close}.csv").write_text(_file(month, close), encoding="utf-8")
    return folder


def contract(home: Home) -> str:
    return f"K-{3101 + STREET.index(home)}"


def _people() -> Iterator[dict[str, object]]:
    numbers = _numbers(date(1980, 5, 17))
    for home in STREET:
        for name in filter(None, (home.name, home.spouse)):
            if home.registered:
                person = {"kommunenummer": KOMMUNE, "national_id": next(numbers), "name": name}
                yield {**person, "protected": home.protected, "tenancies": [contract(home)]}


def _applications() -> Iterator[dict[str, object]]:
    """To a municipality that has a guideline, one of each story; and one for NAV."""
    adults, minors = _numbers(date(1975, 2, 3)), _numbers(date(2003, 2, 3))
    for n, story in enumerate(GJENNOMGANGSBOLIG):
        about = {"application_type": "kommunal_bolig", "dwelling_type": "gjennomgangsbolig", "answers": story.told()}
        yield _application(f"S-{n}", next(minors if story.minor else adults), TODAY - timedelta(days=n), **about)
    yield _application("N-1", next(adults), TODAY, application_type="startlan", legal_basis={"kind": "law"})


def _numbers(born: date) -> Iterator[str]:
    return (number for n in count() if (number := national_id(born, n)))


def _application(ref: str, number: str, received: date, **about: object) -> dict[str, object]:
    who = {"ref": ref, "kommunenummer": GUIDED, "applicant": {"national_id": number, "name": f"Søker {ref}"}}
    return {**who, "received_on": received.isoformat(), **about}


def _file(told: Iterable[tuple[Lease, Fact]], close: date) -> str:
    rows = [(fact.line(lease), fact.ore) for lease, fact in told]
    end = f"{ACCOUNT};ledger.closed;{len(rows)};{close};;;{sum(ore for _, ore in rows)};;;"
    return "\n".join([HEADER, *(line for line, _ in rows), end, ""])


def _facts() -> Iterator[tuple[Lease, Fact]]:
    for home in STREET:
        name = contract(home)
        lease = Lease(name, KOMMUNE, ACCOUNT, luhn(f"{name[2:]}0"), home.rent * 100, home.due_day, FIRST)
        yield from ((lease, fact) for fact in (*_money(lease, home), *_steps(lease, home)))


def _money(lease: Lease, home: Home) -> Iterator[Fact]:
    until = add_months(FIRST, 36) - timedelta(days=1)
    yield Fact("tenancy.started", lease.contract, FIRST, lease.kid, lease.rent, until=until)
    due = [add_months(FIRST, n).replace(day=home.due_day) for n in range(11)]
    owed = [day for day in due if bank_day(day) < TODAY][-home.owes :] if home.owes else []
    for day in due:
        sent = max(FIRST, day - timedelta(days=SENT_BEFORE))
        yield Fact("invoice.issued", f"F-{lease.contract}-{day:%Y-%m}", sent, lease.kid, lease.rent, day)
        percent = 100 if day not in owed else home.part if day == owed[0] else 0
        if percent:
            paid = bank_day(bank_day(day) + timedelta(days=home.late))
            ore = lease.rent * percent // 100
            yield Fact("payment.registered", f"B-{lease.contract}-{day:%Y-%m}", paid, lease.kid, ore)
    if home.extra:
        on, kroner = home.extra
        yield Fact("payment.registered", f"B-{lease.contract}-ekstra", on, lease.kid, kroner * 100)


def _steps(lease: Lease, home: Home) -> Iterator[Fact]:
    if home.notice:
        sent, deadline = home.notice
        yield Fact("eviction_notice.sent", f"V-{lease.contract}", sent, ore=lease.rent * home.owes, until=deadline)
    if home.requested:
        yield Fact("enforcement.requested", f"N-{lease.contract}", home.requested)
    if home.scheduled:
        told, day = home.scheduled
        yield Fact("enforcement.scheduled", f"D-{lease.contract}", told, until=day)
    if home.reserved:
        yield Fact("nav_notice.reserved", f"R-{lease.contract}", FIRST)
