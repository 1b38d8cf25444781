"""What one person's next morning mail is of (early-warning.md §7.7): how many alerts, and nothing of what they are."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, NamedTuple
from uuid import UUID, uuid5

from notifications.domain.staff import register_id

What = Literal["fresh", "solved", "waiting"]


class DigestMail(NamedTuple):
    """Empty `outcome`: the server has not answered."""

    key: str
    day: date
    outcome: str = ""
    unknowns: int = 0


@dataclass(frozen=True, slots=True)
class Digest:
    """`fresh`, `solved`, `waiting`: alerts to tell of. `due`: the morning that is waited for. `mail`: the last one."""

    to: str = ""
    fresh: tuple[str, ...] = ()
    solved: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()
    due: date | None = None
    mail: DigestMail | None = None

    @property
    def is_empty(self) -> bool:
        return not (self.fresh or self.solved or self.waiting)

    def with_line(self, what: What, alert: str) -> "Digest":
        """An alert that is solved before it was told of is told of in no way."""
        if what == "solved":
            untold = alert in self.fresh
            without = replace(
                self,
                fresh=tuple(each for each in self.fresh if each != alert),
                waiting=tuple(each for each in self.waiting if each != alert),
            )
            return without if untold else replace(without, solved=_with(self.solved, alert))
        if what == "fresh":
            return replace(self, fresh=_with(self.fresh, alert))
        return replace(self, waiting=_with(self.waiting, alert))


def _with(alerts: tuple[str, ...], alert: str) -> tuple[str, ...]:
    return alerts if alert in alerts else (*alerts, alert)


def digest_id(kommunenummer: str, to: str) -> str:
    return str(uuid5(UUID(register_id(kommunenummer)), f"digest:{to}"))


def digest_key(digest: str, day: date) -> UUID:
    """One morning mail per person and day."""
    return uuid5(UUID(digest), day.isoformat())
