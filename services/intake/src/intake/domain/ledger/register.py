"""A row of a tenancy register against the books: the lines that make the books say what it says."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from intake.domain.ledger.ids import told_id
from intake.domain.ledger.lines import Line, mark_of, same_content
from intake.domain.ledger.terms import Terms, day


@dataclass(frozen=True, slots=True)
class Lease:
    started_on: date
    ended_on: date | None = None
    rent_ore: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """One row on the day that its register came, and how the tenancy stands. `lease`: None where it isn't known."""

    line: Line
    import_id: str
    on: date
    lease: Lease | None
    terms: Terms

    @property
    def ended_on(self) -> date | None:
        return day(self.line.fields, "ended_on")

    @property
    def rent_from(self) -> date:
        """No day before the tenancy."""
        return max(self.line.dated_on, day(self.line.fields, "rent_from") or self.on)

    @property
    def waits(self) -> bool:
        """Something of it holds from a later day: it is told by the first register of that day or later."""
        new_rent = self.lease is not None and self.line.fields["rent_ore"] != self.lease.rent_ore
        return bool((self.ended_on and self.ended_on > self.on) or (new_rent and self.rent_from > self.on))

    def lines(self) -> list[Line]:
        """What is new in it, in the order in which it holds; nothing where the register said the same before."""
        if self.lease is None:
            names = ("rent_ore", "kid", "lease_ends_on", "dwelling")
            told = {name: value for name in names if (value := self.line.fields.get(name)) is not None}
            start = self._made("tenancy.started", "started_on", self.line.dated_on, told)
            return [start, *self._end(None)]
        if self.terms.mark and same_content(self.terms.mark, self.line.mark):
            return []
        return [*self._renewed(), *self._changed(self.lease), *self._end(self.lease.ended_on)]

    def seen(self, terms: Terms) -> Terms:
        mark = "" if self.waits else self.line.mark
        return replace(terms, register=self.import_id, number=self.line.number, mark=mark)

    def faults(self) -> Iterable[tuple[str, str]]:
        """What the books can't be made to say."""
        if self.terms.register == self.import_id and self.terms.number != self.line.number:
            yield "tenancy", f"står på linje {self.terms.number} også"
        elif self.lease and self.lease.ended_on and self._stands:
            yield "ended", "sier at leieforholdet består, men det er avsluttet i reskontroen"

    @property
    def _stands(self) -> bool:
        return "ended_on" in self.line.fields and (self.ended_on is None or self.ended_on > self.on)

    def _changed(self, lease: Lease) -> Iterator[Line]:
        """One line for each day from which something is another."""
        new: dict[date, dict[str, Any]] = {}
        if self.line.fields["rent_ore"] != lease.rent_ore and self.rent_from <= self.on:
            new[self.rent_from] = {"rent_ore": self.line.fields["rent_ore"]}
        others: dict[str, Any] = {
            name: value
            for name in ("kid", "dwelling")
            if (value := self.line.fields.get(name)) and value != getattr(self.terms, name)
        }
        if self.line.dated_on != lease.started_on:
            others["started_on"] = self.line.dated_on
        if self._other_lease and not self._longer:
            others["lease_ends_on"] = day(self.line.fields, "lease_ends_on")
        if others:
            new[self.on] = new.get(self.on, {}) | others
        for on in sorted(new):
            yield self._made("tenancy.changed", "changed_on", on, new[on])

    def _renewed(self) -> Iterator[Line]:
        """Agreed when the new lease began, as far as the register says."""
        if self._other_lease and self._longer:
            agreed = min(self.on, day(self.line.fields, "leased_on") or self.on)
            until = {"lease_ends_on": day(self.line.fields, "lease_ends_on")}
            yield self._made("tenancy.renewed", "renewed_on", agreed, until)

    @property
    def _other_lease(self) -> bool:
        fields = self.line.fields
        return "lease_ends_on" in fields and day(fields, "lease_ends_on") != self.terms.lease_ends_on

    @property
    def _longer(self) -> bool:
        """The lease goes on beyond its last day, as far as it had one; a shorter one is a correction."""
        new, old = day(self.line.fields, "lease_ends_on"), self.terms.lease_ends_on
        return old is not None and (new is None or new > old)

    def _end(self, known: date | None) -> Iterator[Line]:
        if self.ended_on and self.ended_on <= self.on and self.ended_on != known:
            yield self._made("tenancy.ended", "ended_on", self.ended_on, {})

    def _made(self, kind: str, dated: str, on: date, fields: Mapping[str, Any]) -> Line:
        id = told_id(self.line.id, self.import_id, self.line.number, kind, on)
        mark = mark_of(self.line.tenancy, id)
        return Line(self.line.number, kind, id, self.line.tenancy, on, mark, {dated: on, **fields})
