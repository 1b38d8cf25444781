"""What one seed puts in: who applies for what, whose rent is paid and when, what NAV will say. Small on purpose."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

MUNICIPALITIES = ("5027", "3427")
START = datetime(2019, 6, 3, 7, 0, tzinfo=UTC)
HEADER = "account;kind;reference;date;tenancy;kid;amount_ore;due;until;amends"
FINAL = ("INNVILGET", "AVSLÅTT", "TRUKKET", "UTLØPT")
PROGRESS = ("OPPRETTET", "SENDT", "MOTTATT", "KONTAKTET", "SØKNAD_SENDT")
REFUSALS = ("SAMTYKKE_TRUKKET", "FEIL_ENHET", "UKJENT_PERSON", "MANGLER_RETTSGRUNNLAG", "UGYLDIG_MELDING")
PUZZLES = ("NØKKEL_BRUKT", "VENT_LITT")  # a key conflict, and a word that stands in no table


@dataclass(frozen=True, slots=True)
class Script:
    """What NAV means to say of one application: a no per revision, then how far it has come at each question."""

    refusals: tuple[str, ...] = ()
    words: tuple[str, ...] = ("MOTTATT", "INNVILGET")
    receipt: bool = True


@dataclass(frozen=True, slots=True)
class Applying:
    """`tag`: two letters that stand in the referral's language, by which NAV knows its script."""

    tag: str
    kommunenummer: str
    application_type: str
    dwelling_type: str | None
    legal_basis: str | None
    protected: bool
    answers: tuple[tuple[str, str], ...]
    script: Script
    withdraws: bool
    erased: bool = False

    @property
    def hesitates(self) -> bool:
        """Withdraws when it may be at NAV. Of what is drawn already, so that the other draws of a seed stay."""
        return self.application_type != "kommunal_bolig" and bool(self.legal_basis) and self.answers[0][1] == "yes"


@dataclass(frozen=True, slots=True)
class Account:
    """`files`: the CSV text of each, oldest first. `tenants`: contract by number of tenant; `erased`: those of whom."""

    name: str
    kommunenummer: str
    files: tuple[str, ...]
    tenants: tuple[str, ...] = ()
    erased: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ByLetter:
    """`municipalities`: those whose NAV office gets letters. `repeats`: whether SvarUt answers the same letter, sent
    again under its id, as it did the first time, or refuses it. `found_after`: seconds until it finds a letter by its
    reference.
    """

    municipalities: frozenset[str] = frozenset()
    repeats: bool = True
    found_after: float = 0.0


@dataclass(frozen=True, slots=True)
class World:
    """`left_out`: tags and accounts of which nothing is put in, as when a failure is made smaller."""

    seed: int
    applications: tuple[Applying, ...]
    accounts: tuple[Account, ...]
    acknowledges: bool = True
    staffed: bool = False
    temper: dict[str, float] = field(default_factory=dict)
    left_out: frozenset[str] = frozenset()
    notifies: bool = False
    by_letter: ByLetter = ByLetter()


def world_of(seed: int) -> World:
    """The same for the same seed."""
    chance = Random(f"world {seed}")
    applications = tuple(_applying(chance, number) for number in range(chance.choice((0, 1, 1, 2, 3))))
    accounts = tuple(_account(chance, n) for n in range(chance.choice((1, 1, 2)) if applications else 2))
    temper = {name: chance.choice((0.0, 0.5, 1.0, 2.0)) for name in ("die", "silent", "shut", "poison", "clock", "dup")}
    acknowledges, notifies = chance.random() < 0.7, chance.random() < 0.7
    letters, staffed = _by_letter(Random(f"letters {seed}")), seed % 2 == 1
    return World(seed, applications, accounts, acknowledges, staffed, temper, notifies=notifies, by_letter=letters)


def _by_letter(chance: Random) -> ByLetter:
    """One, the other, both or none of the municipalities."""
    those = frozenset(each for each in MUNICIPALITIES if chance.random() < 0.5)
    return ByLetter(those, repeats=chance.random() < 0.5, found_after=chance.choice((0.0, 0.0, 60.0, 900.0)))


def _applying(chance: Random, number: int) -> Applying:
    kind, dwelling = chance.choice(
        [("startlan", None)] * 4 + [("tilskudd", None)] * 2 + [("kommunal_bolig", "gjennomgangsbolig")] * 2
    )
    financing = kind != "kommunal_bolig"
    return Applying(
        tag="a" + "abcdefgh"[number],
        kommunenummer=chance.choice(MUNICIPALITIES),
        application_type=kind,
        dwelling_type=dwelling,
        legal_basis=chance.choice(("consent", "consent", "law", "law", None if chance.random() < 0.3 else "law")),
        protected=financing and chance.random() < 0.08,
        answers=tuple((f"GB-{n:02}", chance.choice(("yes", "no", "unknown"))) for n in range(1, 6)),
        script=_script(chance),
        withdraws=chance.random() < 0.35,
        erased=chance.random() < 0.25,
    )


def _script(chance: Random) -> Script:
    refusals: tuple[str, ...] = ()
    if chance.random() < 0.35:
        refusals = tuple(chance.choice(REFUSALS) for _ in range(chance.choice((1, 1, 2))))
    elif chance.random() < 0.1:
        refusals = (chance.choice(PUZZLES),)
    words = tuple(sorted(chance.sample(PROGRESS, chance.randrange(3)), key=PROGRESS.index))
    words = ("VURDERES",) if chance.random() < 0.07 else (*words, chance.choice(FINAL))
    return Script(refusals, words, receipt=chance.random() < 0.8)


def _account(chance: Random, number: int) -> Account:
    name, contracts = f"K{number}", [f"K{number}-{n}" for n in range(chance.choice((1, 1, 2)))]
    months = chance.choice((2, 3, 3, 4))
    lines: dict[int, list[tuple[date, str]]] = {month: [] for month in range(1, months + 1)}
    for contract in contracts:
        for day, filed, line in _life(chance, contract, months):
            lines[min(max(filed, day.month), months)].append((day, line))
    files = tuple(_file(name, month, rows) for month, rows in lines.items())
    if chance.random() < 0.3:
        files = (*files[:1], files[0], *files[1:])  # the same file is sent once more
    erased = tuple(contract for contract in contracts if chance.random() < 0.4)
    return Account(name, chance.choice(MUNICIPALITIES), files, tuple(contracts), erased)


def _life(chance: Random, contract: str, months: int) -> Iterator[tuple[date, int, str]]:
    """Day, month of the file, and the line after its account. Paid on time, late, in part or not at all."""
    rent = chance.choice((600_000, 745_000, 900_000))
    number = 0

    def line(kind: str, day: date, *, amount: int = 0, due: str = "", until: str = "", amends: str = "") -> str:
        nonlocal number
        number += 1
        return f"{kind};{contract}-{number};{day};{contract};;{amount or ''};{due};{until};{amends}"

    yield date(2019, 1, 1), 1, line("tenancy.started", date(2019, 1, 1), amount=rent)
    kept = chance.random()
    for month in range(1, months + 1):
        issued, due = date(2019, month, 2), date(2019, month, 15)
        yield issued, month, line("invoice.issued", issued, amount=rent, due=str(due))
        invoice = f"{contract}-{number}"
        if chance.random() < 0.1:
            yield due, month, line("invoice.credited", due, amount=rent // 5, amends=invoice)
        if chance.random() < kept:
            late = chance.choice((0, 0, 3, 20))
            day = due + timedelta(days=late)
            filed = min(day.month + (chance.random() < 0.15), months)
            yield day, filed, line("payment.registered", day, amount=chance.choice((rent, rent, rent, rent // 2)))
            if chance.random() < 0.1:
                back = day + timedelta(days=2)
                yield back, filed, line("payment.reversed", back, amends=f"{contract}-{number}")
        elif month > 1 and chance.random() < 0.5:
            yield from _steps(chance, month, line, rent)
        if chance.random() < 0.12:
            said = due + timedelta(days=chance.choice((4, 9)))
            yield said, month, line(f"nav_notice.{chance.choice(('reserved', 'reserved', 'reservation_lifted'))}", said)
    if chance.random() < 0.3:
        ended = date(2019, months, 28)
        yield ended, months, line("tenancy.ended", ended)
    yield from _agreements(Random(f"{contract} {rent} {kept}"), months, line, rent)


def _agreements(chance: Random, months: int, line: Callable[..., str], rent: int) -> Iterator[tuple[date, int, str]]:
    """What is told beside money and the legal chain, in one month or another."""

    def day(after: int = 1) -> date:
        return date(2019, chance.randint(1, months), chance.randint(after, 27))

    def told(kind: str, on: date, **columns: Any) -> tuple[tuple[date, int, str], str]:
        text = line(kind, on, **columns)
        return (on, on.month, text), text.split(";")[1]

    for kind in ("direct_debit.failed", "direct_debit.ended", "reminder.sent", "bostotte_transport.ended"):
        if chance.random() < 0.2:
            yield told(kind, day())[0]
    if chance.random() < 0.3:
        held, name = told("payment.held", day(14), amount=rent)
        yield held
        if chance.random() < 0.5:
            yield told("payment.released", held[0] + timedelta(days=1), amends=name)[0]
    if chance.random() < 0.3:
        agreed, on = "", day(18)
        for after in (10, 40):
            due, amount = str(on + timedelta(days=after)), rent // 2
            first, name = told("payment_plan.agreed", on, amount=amount, due=due, amends=agreed)
            agreed = agreed or name
            yield first
        if chance.random() < 0.3:
            yield told("payment_plan.ended", on + timedelta(days=1), amends=agreed)[0]


def _steps(chance: Random, month: int, line: Callable[..., str], rent: int) -> Iterator[tuple[date, int, str]]:
    """The legal chain, as far as it goes."""
    sent = date(2019, month, 18)
    yield sent, month, line("eviction_notice.sent", sent, amount=rent, until=str(sent + timedelta(days=14)))
    for kind, day in (("requested", 22), ("scheduled", 24), (chance.choice(("lifted", "executed")), 27)):
        if chance.random() < 0.4:
            return
        at = date(2019, month, day)
        until = str(at + timedelta(days=20)) if kind == "scheduled" else ""
        yield at, month, line(f"enforcement.{kind}", at, until=until)


def _file(account: str, month: int, rows: list[tuple[date, str]]) -> str:
    rows.sort(key=lambda row: row[0])
    lines = [f"{account};{line}" for _, line in rows]
    total = sum(int(line.split(";")[6] or 0) for line in lines)
    as_of = date(2019, month + 1, 1) - timedelta(days=1)
    return "\n".join([HEADER, *lines, f"{account};ledger.closed;{len(lines)};{as_of};;;{total};;;"])
