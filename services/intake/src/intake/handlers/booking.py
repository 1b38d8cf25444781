"""Booking one line, or the close, on one tenancy."""

from collections.abc import Callable, Mapping
from datetime import date

from chassis.errors import Reject
from chassis.outputs import Body, Context, Event, Message
from intake.domain import tenancies
from intake.domain.ledger.kinds import KINDS
from intake.domain.tenancies import Tenancy
from intake.messages import (
    ARREARS,
    BookLine,
    HousingTenancyChanged,
    LedgerClosed,
    LedgerLine,
    TenancyChanged,
    TenancyEnded,
    TenancyRenewed,
    TenancyStarted,
)

Facts = Callable[[Tenancy, BookLine], Body]


def book_line(state: Tenancy | None, message: Message, _: Context) -> tuple[Tenancy, list[Event]]:
    """The line becomes its event; a start or an end is a public fact as well."""
    line, before = message.data, _accepted(state)
    tenancy = tenancies.book(before, line.kind, _dated(line))
    if KINDS[line.kind].step and not before.vacant:
        step = tenancies.step_of(line.line_id, line.kind, line.fields, line.reference)
        tenancy = tenancies.with_steps(tenancy, [step])
    events = [Event(message.subject, EVENTS[line.kind](tenancy, line))]
    if tenancy.standing != before.standing and tenancy.public_id:
        events.append(Event(tenancy.public_id, HousingTenancyChanged(status=tenancy.standing)))
    return tenancy, events


def close_ledger(state: Tenancy | None, message: Message, _: Context) -> tuple[Tenancy, list[Event]]:
    """All lines of the file that are this tenancy's are booked; say so, where it is news."""
    close, before = message.data, _accepted(state)
    closed = LedgerClosed(line_id=close.line_id, dated_on=close.as_of, account=close.account, as_of=close.as_of)
    tenancy = tenancies.close(before, close.number)
    return tenancy, [Event(message.subject, closed)] if close.news or before.unclosed else []


def _dated(line: BookLine) -> date:
    """Its own date, which its kind says where to find: told on as JSON, it is a text."""
    return date.fromisoformat(str(line.fields[KINDS[line.kind].dated]))


def _accepted(tenancy: Tenancy | None) -> Tenancy:
    if tenancy is None or tenancy.account is None:
        raise Reject("unclaimed_tenancy", "Linjen gjelder et leieforhold som ingen godtatt fil har startet.")
    return tenancy


def _started(tenancy: Tenancy, line: BookLine) -> TenancyStarted:
    known = {"public_id": tenancy.public_id, "account": tenancy.account, "tenants": tenancy.tenants}
    return TenancyStarted.model_validate(known | line.fields)


def _of_tenancy(event: type[TenancyChanged | TenancyRenewed | TenancyEnded]) -> Facts:
    return lambda _, line: event.model_validate(line.fields)


def _of_arrears(event: type[LedgerLine]) -> Facts:
    return lambda _, line: event.model_validate({"line_id": line.line_id, **line.fields})


EVENTS: Mapping[str, Facts] = {
    "tenancy.started": _started,
    "tenancy.changed": _of_tenancy(TenancyChanged),
    "tenancy.renewed": _of_tenancy(TenancyRenewed),
    "tenancy.ended": _of_tenancy(TenancyEnded),
    **{event.type: _of_arrears(event) for event in ARREARS},
}
