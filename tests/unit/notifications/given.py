"""What the tests are given: a tenancy whose events are told in order, each decided on the state that the last left."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Literal
from uuid import UUID, uuid5

from pydantic import BaseModel, TypeAdapter

from chassis.outputs import OSLO, Call, Event, Handler, Key
from chassis.testing import SOME_TIME, decide
from notifications import messages as m
from notifications.domain.episodes import Episode
from notifications.domain.staff import Register, register_id
from notifications.domain.tenancy import Tenancy
from notifications.handlers import HANDLERS
from tests.contract.outputs import validate_events

TENANCY = "6f1a3c9e-0000-5000-8000-00000000a001"
PUBLIC_ID = "6f1a3c9e-0000-5000-8000-00000000b001"
TENANT = "6f1a3c9e-0000-5000-8000-00000000c001"
KEY = Key("tenancy", TENANCY)
STAFF = Key("staff", register_id("3427"))
STATE = TypeAdapter(Tenancy)
RENT = 800_000
NAMES = UUID("6f1a3c9e-0000-5000-8000-00000000d001")


def line(name: str) -> str:
    return str(uuid5(NAMES, name))


def on(text: str) -> date:
    return date.fromisoformat(text)


def invoice(name: str, due: str, ore: int = RENT, kid: str | None = None, dated: str = "") -> m.InvoiceIssued:
    issued = on(dated) if dated else on(due) - timedelta(days=14)
    return m.InvoiceIssued(line_id=line(name), dated_on=issued, amount_ore=ore, due_on=on(due), kid=kid)


def payment(name: str, dated: str, ore: int = RENT, kid: str | None = None) -> m.PaymentRegistered:
    return m.PaymentRegistered(line_id=line(name), dated_on=on(dated), amount_ore=ore, kid=kid)


def taken_back(name: str, dated: str) -> m.PaymentReversed:
    return m.PaymentReversed(line_id=line(f"back {name}"), dated_on=on(dated), amends=line(name))


def credited(name: str, dated: str, ore: int) -> m.InvoiceCredited:
    return m.InvoiceCredited(line_id=line(f"credit {name}"), dated_on=on(dated), amends=line(name), amount_ore=ore)


def adjusted(name: str, dated: str, ore: int) -> m.InvoiceAdjusted:
    return m.InvoiceAdjusted(line_id=line(f"new {name} {dated}"), dated_on=on(dated), amends=line(name), amount_ore=ore)


def notice(
    dated: str, deadline: str, ore: int = RENT, *, written: str | None = None, received: str | None = None
) -> m.EvictionNoticeSent:
    return m.EvictionNoticeSent(
        line_id=line(f"notice {dated}"),
        dated_on=on(dated),
        amount_ore=ore,
        deadline_on=on(deadline),
        written_on=on(written) if written else None,
        received_on=on(received) if received else None,
    )


def held(name: str, dated: str, ore: int = RENT) -> m.PaymentHeld:
    return m.PaymentHeld(line_id=line(name), dated_on=on(dated), amount_ore=ore)


def released(name: str, dated: str) -> m.PaymentReleased:
    return m.PaymentReleased(line_id=line(f"released {name}"), dated_on=on(dated), amends=line(name))


def debit_failed(dated: str) -> m.DirectDebitFailed:
    return m.DirectDebitFailed(line_id=line(f"failed {dated}"), dated_on=on(dated))


def debit_ended(dated: str, arrangement: Literal["avtalegiro", "deduction"] | None = None) -> m.DirectDebitEnded:
    return m.DirectDebitEnded(line_id=line(f"ended {dated}"), dated_on=on(dated), arrangement=arrangement)


def transport_started(dated: str) -> m.BostotteTransportStarted:
    return m.BostotteTransportStarted(line_id=line(f"transport {dated}"), dated_on=on(dated))


def transport_ended(dated: str) -> m.BostotteTransportEnded:
    return m.BostotteTransportEnded(line_id=line(f"no transport {dated}"), dated_on=on(dated))


def reminder(dated: str, deadline: str | None = None) -> m.ReminderSent:
    named = on(deadline) if deadline else None
    return m.ReminderSent(line_id=line(f"reminder {dated}"), dated_on=on(dated), deadline_on=named)


def plan(name: str, dated: str, *instalments: tuple[str, int]) -> list[m.PaymentPlanAgreed]:
    """A line for each instalment; the others name the first."""
    return [
        m.PaymentPlanAgreed(
            line_id=line(f"{name} {number}"),
            dated_on=on(dated),
            due_on=on(due),
            amount_ore=ore,
            amends=line(f"{name} 0") if number else None,
        )
        for number, (due, ore) in enumerate(instalments)
    ]


def plan_changed(name: str, dated: str, *instalments: tuple[str, int]) -> list[m.PaymentPlanChanged]:
    return [
        m.PaymentPlanChanged(
            line_id=line(f"{name} {dated} {number}"),
            dated_on=on(dated),
            due_on=on(due),
            amount_ore=ore,
            amends=line(f"{name} 0"),
        )
        for number, (due, ore) in enumerate(instalments)
    ]


def plan_ended(name: str, dated: str) -> m.PaymentPlanEnded:
    return m.PaymentPlanEnded(line_id=line(f"{name} ended"), dated_on=on(dated), amends=line(f"{name} 0"))


def disputed(dated: str) -> m.DisputeOpened:
    return m.DisputeOpened(line_id=line(f"dispute {dated}"), dated_on=on(dated))


def settled(dated: str) -> m.DisputeClosed:
    return m.DisputeClosed(line_id=line(f"settled {dated}"), dated_on=on(dated))


def renewed(dated: str, until: str | None = None) -> m.TenancyRenewed:
    return m.TenancyRenewed(renewed_on=on(dated), lease_ends_on=on(until) if until else None)


def requested(dated: str) -> m.EnforcementRequested:
    return m.EnforcementRequested(line_id=line(f"requested {dated}"), dated_on=on(dated))


def scheduled(dated: str, day: str) -> m.EnforcementScheduled:
    return m.EnforcementScheduled(line_id=line(f"scheduled {dated}"), dated_on=on(dated), scheduled_on=on(day))


def lifted(dated: str) -> m.EnforcementLifted:
    return m.EnforcementLifted(line_id=line(f"lifted {dated}"), dated_on=on(dated))


def executed(dated: str) -> m.EnforcementExecuted:
    return m.EnforcementExecuted(line_id=line(f"executed {dated}"), dated_on=on(dated))


def closed(as_of: str) -> m.LedgerClosed:
    return m.LedgerClosed(account="husleie", as_of=on(as_of))


def started(**changes: Any) -> m.TenancyStarted:
    given = {"public_id": PUBLIC_ID, "account": "husleie", "tenants": (TENANT,), "rent_ore": RENT, "kid": None}
    return m.TenancyStarted(**{**given, "started_on": on("2018-01-01"), **changes})


def ended(day: str) -> m.TenancyEnded:
    return m.TenancyEnded(ended_on=on(day))


def paid_months(months: int, late: int = 0, until: str = "2019-01") -> list[BaseModel]:
    """So many months' invoices, due on the 15th and paid so many days later, the last in the month `until`."""
    first, events = on(f"{until}-15"), list[BaseModel]()
    for back in range(months - 1, -1, -1):
        month = (first.year * 12 + first.month - 1 - back) % 12 + 1
        due = date((first.year * 12 + first.month - 1 - back) // 12, month, 15)
        name = f"{due:%Y-%m}"
        events += [invoice(name, due.isoformat()), payment(f"paid {name}", (due + timedelta(days=late)).isoformat())]
    return events


FIRST_RENT = (invoice("first", "2017-01-16"), payment("paid first", "2017-01-16"))


@dataclass
class Story:
    """`outputs` are all that came of it; what it sends as events is held against the schemas. `now`: when told.

    `register`: the municipality's staff; without one all goes to the one address of the settings.
    """

    state: Tenancy | None = None
    outputs: list[Any] = field(default_factory=list)
    now: datetime = SOME_TIME
    handlers: Sequence[Handler] = HANDLERS
    register: Register | None = None

    def at(self, text: str) -> "Story":
        """From here on it is that time in Oslo."""
        self.now = datetime.fromisoformat(text).replace(tzinfo=OSLO)
        return self

    def tell(self, *bodies: Any) -> "Story":
        for body in bodies:
            decided = decide(self.handlers, {KEY: self.state, STAFF: self.register}, TENANCY, body, now=self.now)
            self.state = STATE.validate_json(STATE.dump_json(decided.states[KEY]))
            validate_events(each for each in decided.outputs if isinstance(each, Event))
            self.outputs += decided.outputs
        return self

    def step(self, times: int = 1) -> "Story":
        """The open alert's next step, at its time; its morning is that of the day that it comes on."""
        for _ in range(times):
            care = self.alert.care
            assert care.next is not None
            self.now = max(self.now, care.next.at)
            self.tell(m.CareDue(episode=self.alert.number, serial=care.serial))
        return self

    @property
    def coming(self) -> tuple[str, str]:
        """The next step, and when, on Oslo's clocks."""
        coming = self.alert.care.next
        assert coming is not None
        return coming.step, f"{coming.at.astimezone(OSLO):%a %Y-%m-%d %H:%M}"

    @property
    def tenancy(self) -> Tenancy:
        assert self.state is not None
        return self.state

    @property
    def alert(self) -> Episode:
        assert self.tenancy.open is not None
        return self.tenancy.open

    @property
    def rules(self) -> set[str]:
        return set(self.alert.rules) if self.tenancy.open else set()

    @property
    def calls(self) -> list[Call]:
        return [each for each in self.outputs if isinstance(each, Call)]

    def sent(self, kind: type) -> list[Any]:
        return [each.data for each in self.outputs if isinstance(each, Event) and isinstance(each.data, kind)]


def told(*bodies: Any) -> Story:
    """Of a tenancy whose first rent was paid: E5 is of that invoice alone."""
    return told_from_the_first(*FIRST_RENT, *bodies)


def told_from_the_first(*bodies: Any) -> Story:
    return Story().tell(*bodies)


def after(events: Iterable[BaseModel], *more: Any) -> Story:
    return Story().tell(*events, *more)
