"""What is accepted for booking already, and how new lines stand to it.

Kept when a line is accepted, not when it is booked: the next line is judged by all that was accepted before it, however
far the booking has come.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from intake.domain.ledger.ids import bad_id, hold_id, release_id
from intake.domain.ledger.kinds import KINDS, REGISTERED
from intake.domain.ledger.lines import BadLine, Fault, Line, moved, same_content, same_tenancy
from intake.domain.ledger.register import Lease, Row
from intake.domain.ledger.terms import TOLD_BY, Terms, told


@dataclass(frozen=True, slots=True)
class OpenBad:
    """A bad line that nobody has repaired or struck. `line_id`: the id that it would be booked by, where known."""

    line_id: str = ""


@dataclass(frozen=True, slots=True)
class Account:
    """`imports` counts its closes, `lines` what was accepted. `tenancies`: id → lease.

    `bad`: the open bad lines, by id. `waiting`: the files that are read to their end and not closed yet, with the day
    that they close. `unclosed`: lines have been accepted since the last close.
    """

    imports: int = 0
    lines: int = 0
    tenancies: Mapping[str, Lease] = field(default_factory=dict)
    bad: Mapping[str, OpenBad] = field(default_factory=dict)
    waiting: Mapping[str, date] = field(default_factory=dict)
    unclosed: bool = False


@dataclass(frozen=True, slots=True)
class Entered:
    """What is known by an id: a line, or what only one line may do. `import_id`, `number`: where a line stands."""

    mark: str
    import_id: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True)
class Kid:
    """The tenancies that have had this KID. `former`: those that have another one now, with the day since when."""

    tenancies: tuple[str, ...] = ()
    former: Mapping[str, date] = field(default_factory=dict)

    def given(self, tenancy: str) -> "Kid":
        former = {id: since for id, since in self.former.items() if id != tenancy}
        return Kid(tuple(dict.fromkeys((*self.tenancies, tenancy))), former)

    def left(self, tenancy: str, since: date) -> "Kid":
        return replace(self, former={**self.former, tenancy: since})


@dataclass(slots=True)
class Review:
    """Lines held against the books: what is new in them, and the books as they are with it.

    `known` by id, `kids` by KID, `claimed`: account of each tenancy that is started here, `terms`: of each that a line
    may change. `import_id`: whose lines they are, if they come by a file; `on`: the day that it came, or closes.
    `unmatched`: payments whose KID doesn't say whose they are; `held`: what the tenancies are told that they may be
    for. `agreed`: terms that are others now. `rows`: those of a register that the books took.
    """

    account: Account
    name: str
    import_id: str
    known: Mapping[str, Entered]
    kids: Mapping[str, Kid]
    claimed: Mapping[str, str | None]
    terms: Mapping[str, Terms] = field(default_factory=dict)
    on: date | None = None
    fresh: list[Line] = field(default_factory=list)
    unmatched: list[Line] = field(default_factory=list)
    held: list[Line] = field(default_factory=list)
    again: int = 0
    faults: list[tuple[Line, Fault]] = field(default_factory=list)
    entered: dict[str, Entered] = field(default_factory=dict)
    leases: dict[str, Lease] = field(default_factory=dict)
    named: dict[str, Kid] = field(default_factory=dict)
    agreed: dict[str, Terms] = field(default_factory=dict)
    rows: list[Line] = field(default_factory=list)

    def find(self, id: str) -> Entered | None:
        return self.entered.get(id) or self.known.get(id)

    def lease(self, tenancy: str) -> Lease | None:
        return self.leases.get(tenancy) or self.account.tenancies.get(tenancy)

    def kid(self, kid: str) -> Kid:
        return self.named.get(kid) or self.kids.get(kid) or Kid()

    def terms_of(self, tenancy: str) -> Terms:
        return self.agreed.get(tenancy) or self.terms.get(tenancy) or Terms()

    def of_kid(self, kid: str, on: date) -> list[str]:
        """The tenancies that a payment of that day may be for: those that stand, else those that have ended."""
        known = self.kid(kid)
        had = [id for id in known.tenancies if not (id in known.former and known.former[id] <= on)] or known.tenancies
        standing = [id for id in had if (lease := self.lease(id)) and not (lease.ended_on and lease.ended_on < on)]
        return standing or list(had)

    def candidates(self, line: Line) -> list[str]:
        """Whose an unmatched payment may be: of those who have had its KID, else of those who owe that very rent."""
        amount, day = int(line.fields["amount_ore"]), line.dated_on
        return self.of_kid(str(line.fields["kid"]), day) or [
            id
            for id, lease in {**self.account.tenancies, **self.leases}.items()
            if lease.rent_ore == amount and lease.started_on <= day and not (lease.ended_on and lease.ended_on < day)
        ]

    def take(self, lines: Iterable[Line]) -> "Review":
        for line in lines:
            self._line(line)
        return self

    def _line(self, line: Line) -> None:
        if line.kind == REGISTERED:
            self._row(line)
        elif found := self.find(line.id):
            if not same_content(found.mark, line.mark):
                self._fault(line, "reference", "er bokført før med et annet innhold")
            elif found.import_id == self.import_id and found.number != line.number:
                again = f"er brukt på linje {found.number} også; den må være unik per konto og slag"
                self._fault(line, "reference", again)
            else:
                self.again += 1
        elif not line.tenancy:
            self._by_kid(line)
        elif not self._has_faults(line):
            self._enter(line)

    def _row(self, line: Line) -> None:
        """One that the books don't take is in the register all the same."""
        terms, on = self.terms_of(line.tenancy), self.on or line.dated_on
        row = Row(line, self.import_id, on, self.lease(line.tenancy), terms)
        if self._has_faults(line, row.faults()):
            if row.lease and terms.register != self.import_id:
                self.agreed[line.tenancy] = replace(terms, register=self.import_id, number=line.number)
            return
        new = row.lines()
        for each in new:
            self._enter(each)
        self.again += not new
        self.agreed[line.tenancy] = row.seen(self.terms_of(line.tenancy))
        self.rows.append(line)

    def _by_kid(self, line: Line) -> None:
        fitting = self.of_kid(str(line.fields["kid"]), line.dated_on)
        if len(fitting) == 1:
            self._enter(replace(line, tenancy=fitting[0], mark=moved(line.mark, fitting[0])))
        elif line.kind != "payment.registered":
            self._fault(line, "kid", "passer ikke med noe leieforhold, eller med flere")
        else:
            self.unmatched.append(line)
            self.held += [held(line, tenancy) for tenancy in self.candidates(line)]
            self._known(line)

    def _has_faults(self, line: Line, more: Iterable[tuple[str, str]] = ()) -> bool:
        before = len(self.faults)
        for fault in (*_lease_faults(self, line), *_amendment_faults(self, line), *more):
            self._fault(line, fault[0], fault[1])
        return len(self.faults) > before

    def _fault(self, line: Line, column: str, message: str) -> None:
        self.faults.append((line, Fault(line.number, column, message)))

    def _known(self, line: Line) -> None:
        self.entered[line.id] = Entered(line.mark, self.import_id, line.number)

    def _enter(self, line: Line) -> None:
        self.fresh.append(line)
        self._known(line)
        if line.once:
            self.entered[line.once] = Entered(line.mark)
        lease = self.lease(line.tenancy)
        if line.kind == "tenancy.started":
            self.leases[line.tenancy] = Lease(line.dated_on, rent_ore=int(line.fields["rent_ore"]))
        elif lease and line.kind == "tenancy.ended":
            self.leases[line.tenancy] = replace(lease, ended_on=line.dated_on)
        elif lease and line.kind == "tenancy.changed":
            rent, started = int(line.fields.get("rent_ore", lease.rent_ore)), line.fields.get("started_on")
            self.leases[line.tenancy] = replace(lease, rent_ore=rent, started_on=started or lease.started_on)
        if (kid := line.fields.get("kid")) and not KINDS[line.kind].by_kid:
            self.named[kid] = self.kid(kid).given(line.tenancy)
        if line.kind in TOLD_BY:
            self._agree(line)

    def _agree(self, line: Line) -> None:
        """A KID that the tenancy had is free for another one from the day that it has a new one."""
        before = self.terms_of(line.tenancy)
        after = self.agreed[line.tenancy] = told(before, line)
        if before.kid and after.kid != before.kid:
            self.named[before.kid] = self.kid(before.kid).left(line.tenancy, line.dated_on)


def held(payment: Line, tenancy: str) -> Line:
    fields = {"dated_on": payment.dated_on, "amount_ore": payment.fields["amount_ore"]}
    id = hold_id(payment.id, tenancy)
    return Line(payment.number, "payment.held", id, tenancy, payment.dated_on, payment.mark, fields)


def released(payment: Line, tenancy: str, on: date) -> Line:
    hold = hold_id(payment.id, tenancy)
    fields = {"dated_on": on, "amends": hold}
    return Line(payment.number, "payment.released", release_id(hold), tenancy, on, payment.mark, fields)


def bad_of(review: Review, key: str) -> list[BadLine]:
    """The lines that can't be entered, as bad lines. `key`: the account's."""
    found: dict[str, BadLine] = {}
    for line, fault in review.faults:
        id = bad_id(key, line.mark)
        known = found.get(id) or BadLine(line.number, id, (), line.sealed, line.id)
        found[id] = replace(known, faults=(*known.faults, fault))
    return list(found.values())


def kids_of(lines: Iterable[Line]) -> set[str]:
    """Those by which a payment is placed, or that are said to be a tenancy's."""
    telling = (line for line in lines if not line.tenancy or line.kind == REGISTERED or not KINDS[line.kind].by_kid)
    return {str(line.fields["kid"]) for line in telling if line.fields.get("kid")}


def _lease_faults(found: Review, line: Line) -> Iterable[tuple[str, str]]:
    lease = found.lease(line.tenancy)
    if line.kind in {"tenancy.started", REGISTERED}:
        if lease and line.kind == "tenancy.started":
            yield "tenancy", "leieforholdet er startet før"
        elif not lease and found.claimed.get(line.tenancy) not in (None, found.name):
            yield "tenancy", "leieforholdet hører til en annen konto"
    elif lease is None:
        yield "tenancy", "er ukjent: verken startet før eller på en linje over"
    elif line.kind == "tenancy.ended" and lease.ended_on:
        yield "tenancy", "leieforholdet er avsluttet før"
    elif line.kind == "tenancy.ended" and line.dated_on < lease.started_on:
        yield "date", "er før leieforholdet startet"


def _amendment_faults(found: Review, line: Line) -> Iterable[tuple[str, str]]:
    if not line.amends:
        return
    amended = found.find(line.amends)
    if amended is None or not same_tenancy(amended.mark, line.mark):
        yield "amends", "viser til en linje som verken er bokført på leieforholdet eller står over"
    elif line.once and found.find(line.once):
        yield "amends", "viser til en linje som er tilbakeført eller avsluttet før"
