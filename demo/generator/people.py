"""People who don't exist: Tenor-like birth numbers (month + 80), names that say so and are unique enough to search."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

K1, K2 = (3, 7, 6, 1, 8, 9, 4, 5, 2), (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
TREES = ("Furu", "Gran", "Bjørke", "Older", "Selje", "Rogne", "Hassel", "Alme", "Aske", "Einer", "Lønne", "Hegge")
LANDS = (
    *("bakkslåtten", "mobråtet", "tjernåsen", "vollhaugen", "myrstølen", "engsvingen", "lihøgda", "moskaret"),
    *("dalstuggu", "rudsmoen", "kroken", "sletthaugen", "brennåsen", "kleivskaret", "setervangen", "flatbekken"),
    *("nordlykkja", "sørlykkja", "vestgjerdet", "austgjerdet", "bekkhølen", "steinrøysa", "myrhalsen", "lomtjønna"),
)
FIRST = ("Prøve", "Syntetisk", "Oppdiktet", "Testine", "Testar")
ASCII = str.maketrans("æøå", "aoa")
POST = {"3427": "2500 Tynset", "5027": "7290 Støren"}


@dataclass(slots=True)
class People:
    """Makes them one by one, none like another."""

    chance: Random
    made: list[dict[str, Any]] = field(default_factory=list)
    numbers: set[str] = field(default_factory=set)

    def person(
        self,
        kommunenummer: str,
        *,
        tenancies: tuple[str, ...] = (),
        place: str = "",
        born: date | None = None,
        d_number: bool = False,
        protected: bool = False,
    ) -> str:
        """A new person's birth number."""
        number = self._number(born or self._adult(), d_number=d_number)
        count = len(self.made) + 1
        tree, land = TREES[count % len(TREES)], LANDS[count // len(TREES) % len(LANDS)]
        street = f"{land.capitalize()}vegen {100 + count}{f' ({place})' if place else ''}"
        person = {
            "kommunenummer": kommunenummer,
            "national_id": number,
            "name": f"{self.chance.choice(FIRST)} {tree}{land} {count:03}",
            "address": f"{street}, {POST[kommunenummer]}",
            "phone": f"+470{count:04}{self.chance.randint(100, 999)}",
            "email": f"{tree}{land}.{count:03}@eksempel.invalid".lower().translate(ASCII),
            "protected": protected,
            "tenancies": list(tenancies),
        }
        self.made.append(person)
        return number

    def _adult(self) -> date:
        return date(1938, 1, 1) + timedelta(days=self.chance.randint(0, 55 * 365))

    def _number(self, born: date, *, d_number: bool) -> str:
        while True:
            number = national_id(born, self.chance.randint(0, 499), d_number=d_number)
            if number and number not in self.numbers:
                self.numbers.add(number)
                return number


def national_id(born: date, individual: int, *, d_number: bool = False) -> str | None:
    """A synthetic number, or None where these digits have no check digit. `individual`: 0–499, within the century."""
    individual += 500 if born.year >= 2000 else 0
    day, month = born.day + 40 * d_number, born.month + 80
    digits = f"{day:02}{month:02}{born.year % 100:02}{individual:03}"
    for weights in (K1, K2):
        check = -sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True)) % 11
        if check == 10:
            return None
        digits += str(check)
    return digits
