"""The thresholds that a municipality may change by itself: in which words, and within which bounds.

The rest (tolerance, what a month's rent is, how a habit is reckoned, stages) is changed in the data files alone: other
figures rest on it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Unit = Literal["dager", "bankdager", "%", "kr"]


@dataclass(frozen=True, slots=True)
class Tunable:
    """`least`, `most`: in the number's own unit; øre where it is shown as kroner."""

    group: str
    label: str
    unit: Unit
    least: int
    most: int

    @property
    def scale(self) -> int:
        """How many of the number's unit one of what is shown is."""
        return 100 if self.unit == "kr" else 1


_ALL, _WATCH, _EARLY, _SERIOUS, _ACUTE = "Alle nivåer", "Følg med", "Tidlig varsel", "Alvorlig", "Akutt"

TUNABLES: Mapping[str, Tunable] = {
    "material_ore": Tunable(_ALL, "Gjeld som må til for varsel om ubetalt husleie", "kr", 10_000, 500_000),
    "lower_after": Tunable(_ALL, "Ro før nivået senkes", "dager", 1, 60),
    "probation_days": Tunable(_ALL, "Prøvetid etter at et varsel er løst", "dager", 0, 365),
    "w1_days": Tunable(_WATCH, "W1: over forfall", "dager", 1, 30),
    "drift_rise": Tunable(_WATCH, "W3 og E3: hvor mye senere betalingene er blitt", "dager", 2, 30),
    "e1_days": Tunable(_EARLY, "E1: over forfall, minst", "dager", 2, 60),
    "e1_after_habit": Tunable(_EARLY, "E1: etter det som er vanlig for leietakeren", "dager", 1, 30),
    "e1_percent": Tunable(_EARLY, "E1: andel av en måneds husleie", "%", 1, 100),
    "shrink_percent": Tunable(_EARLY, "E2: betalt mindre enn", "%", 10, 99),
    "e2_days": Tunable(_EARLY, "E2: over forfall", "dager", 1, 60),
    "e3_days": Tunable(_EARLY, "E3: over forfall", "dager", 1, 60),
    "e4_days": Tunable(_EARLY, "E4: over forfall etter stanset AvtaleGiro eller trekk", "dager", 1, 60),
    "e5_days": Tunable(_EARLY, "E5: over forfall på første faktura", "dager", 1, 60),
    "e6_after_habit": Tunable(_EARLY, "E6: etter det vanlige, ved gjentakelse", "dager", 1, 30),
    "relapse_days": Tunable(_EARLY, "E6: så lenge etter forrige varsel er det en gjentakelse", "dager", 1, 365),
    "s1_days": Tunable(_SERIOUS, "S1: over forfall", "dager", 5, 120),
    "s1_percent": Tunable(_SERIOUS, "S1: andel av en måneds husleie", "%", 1, 300),
    "s2_days": Tunable(_SERIOUS, "S2: over forfall med to fakturaer åpne", "dager", 5, 120),
    "s2_percent": Tunable(_SERIOUS, "S2: andel av en måneds husleie", "%", 50, 500),
    "plan_grace": Tunable(_SERIOUS, "S3: etter et avdrag som ikke er betalt", "dager", 0, 30),
    "a1_days": Tunable(_ACUTE, "A1: over forfall", "dager", 10, 365),
    "a2_percent": Tunable(_ACUTE, "A2: andel av en måneds husleie", "%", 100, 1000),
    "a3_bank_days": Tunable(_ACUTE, "A3: bankdager igjen av fristen i § 4-18-varselet", "bankdager", 1, 9),
}
