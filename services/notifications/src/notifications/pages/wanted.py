"""Which open alerts somebody looks at, as the address of the page says it."""

from dataclasses import dataclass
from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import Query

from notifications.pages.cards import case_reference
from notifications.pages.rows import Row

KINDS = {"husleie": "arrears", "kontrakt": "lease"}
Stage = Literal["F0", "F1", "F2", "F3", "F4", "F5", "F6"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which open alerts somebody looks at; empty means any. What of a URL is wrong is refused before it comes here."""

    levels: frozenset[int] = frozenset()
    kind: str = ""
    stage: str = ""
    seen: str = ""
    reference: str = ""

    def admits(self, row: Row) -> bool:
        return self.admits_but_for_level(row) and (not self.levels or row["level"] in self.levels)

    def admits_but_for_level(self, row: Row) -> bool:
        return (
            (not self.kind or row["kind"] == KINDS[self.kind])
            and (not self.stage or row["stage"] == self.stage)
            and (not self.seen or (self.seen == "ja") == (row["acknowledged_at"] is not None))
            and _plain(self.reference) in _plain(case_reference(row["tenancy"]))
        )

    @property
    def any(self) -> bool:
        return self != Wanted()

    def with_level(self, level: int) -> str:
        """The address of the same with this level alone; with any, if it was alone."""
        chosen = {} if self.levels == {level} else {"niva": level}
        given = {"slag": self.kind, "trinn": self.stage, "kvittert": self.seen, "sak": self.reference}
        return f"/?{urlencode(chosen | {name: value for name, value in given.items() if value})}".rstrip("?")


def wanted(
    niva: Annotated[list[Annotated[int, Query(ge=1, le=4)]] | None, Query()] = None,
    slag: Annotated[Literal["", "husleie", "kontrakt"], Query()] = "",
    trinn: Annotated[Stage | Literal[""], Query()] = "",
    kvittert: Annotated[Literal["", "ja", "nei"], Query()] = "",
    sak: Annotated[str, Query(max_length=40)] = "",
) -> Wanted:
    """As the address of the page says it."""
    return Wanted(frozenset(niva or ()), slag, trinn, kvittert, sak.strip())


def _plain(reference: str) -> str:
    """Letters and digits alone, so that «bf 7819» finds BF-7819-8635."""
    return "".join(each for each in reference.lower() if each.isalnum())
