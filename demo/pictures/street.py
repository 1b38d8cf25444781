"""Who lives in the street, and how each stands with the rent on one morning.

Names are of Tenor's sort, an adjective and a noun: nobody is called so.
"""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

KOMMUNE = "3427"
MORNING = datetime(2019, 5, 3, 8, 30, tzinfo=ZoneInfo("Europe/Oslo"))


@dataclass(frozen=True, slots=True)
class Home:
    """Rent in kroner, due on a day of each month, usually paid `late` days after it.

    `owes`: so many of the last months that were due are not paid; `part`: but for so many percent of the first of
    them. `notice`: § 4-18, sent and its deadline. `scheduled`: told, and the day fixed. `extra`: a payment in kroner.
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
    extra: tuple[date, int] | None = None
    spouse: str = ""
    reserved: bool = False
    protected: bool = False
    registered: bool = True


def march(day: int) -> date:
    return date(2019, 3, day)


def april(day: int) -> date:
    return date(2019, 4, day)


def may(day: int) -> date:
    return date(2019, 5, day)


def between(sent: date, deadline: date) -> tuple[date, date]:
    return sent, deadline


SOUND = (
    Home("Sindig Elg", 7400),
    Home("Blid Bekkasin", 7550, 15, late=3),
    Home("Trygg Tiur", 7700, 20),
)
EVICTION = (
    Home(
        *("Tapper Vandrestav", 8900),
        owes=5,
        notice=between(date(2019, 1, 21), date(2019, 2, 11)),
        requested=date(2019, 2, 20),
        scheduled=(april(4), may(14)),
    ),
    Home(
        *("Stø Myrull", 7650, 15),
        owes=4,
        notice=between(march(1), march(15)),
        requested=march(22),
        scheduled=(april(23), may(28)),
        spouse="Munter Myrull",
    ),
    Home("Lydhør Klokkelyng", 9200, owes=4, notice=between(march(4), march(18)), requested=april(2), reserved=True),
    Home("Skjult Adresse", 8400, owes=3, notice=between(march(11), march(25)), requested=april(25), protected=True),
    Home("Kvikk Røyskatt", 6900, 20, owes=3, notice=between(april(2), april(16)), requested=april(29)),
)
NOTICE = (
    Home("Varsom Snøspurv", 8100, owes=2, notice=between(april(23), may(7))),
    Home("Ærlig Fjellbjørk", 11200, owes=3, notice=between(april(24), may(8)), spouse="Undrende Fjellbjørk"),
    Home("Rolig Steinskvett", 7800, 15, owes=1, notice=between(may(2), may(16)), reserved=True),
    Home("Skjermet Bolig", 9900, owes=2, notice=between(april(12), april(26)), protected=True),
    Home("Djerv Einerbusk", 8350, owes=2, notice=between(april(8), april(22))),
)
A_MONTH = (
    Home("Uten Navn", 7000, owes=3, registered=False),
    Home("Livlig Kantarell", 8600, owes=2),
    Home("Tålmodig Storlom", 9450, owes=2, part=40),
    Home("Sprek Multe", 7950, 20, owes=2),
    Home("Klok Orrhane", 10300, 15, owes=2),
    Home("Vennlig Heilo", 8800, 15, owes=2, extra=(april(29), 12000)),
    Home("Langmodig Skogsnelle-Fjellfiol av Øvre Rendalsåsen", 9100, owes=2, part=25, reserved=True),
)
EARLY = (
    Home("Rask Furukongle", 8250, 15, owes=1),
    Home("Glad Løvmeis", 7700, 15, owes=1, part=30, late=3),
    Home("Nøysom Reinrose", 9300, 10, owes=1, late=4),
    Home("Våken Jerv", 8050, 20, owes=1, late=2),
    Home("Treg Blåveis", 8700, 10, owes=1, late=12),
    Home("Beskjeden Rype", 7200, 15, owes=1),
    Home("Finurlig Bever", 9600, 15, owes=1, spouse="Solid Bever"),
    Home("Uregistrert Leietaker", 7350, 20, owes=1, registered=False),
)
STREET = (*SOUND, *EVICTION, *NOTICE, *A_MONTH, *EARLY)
