"""A made ledger as events, in the order in which they become known, judged by the service's own deciders."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid5

from chassis.outputs import Key, Message
from notifications import messages as m
from notifications.domain.tenancy import Tenancy
from notifications.handlers import HANDLERS
from notifications.handlers.lines import norwegian_bank_day
from notifications.handlers.replaying import Replay
from tests.prove.warning.landlord import DEADLINE, Step
from tests.prove.warning.mixes import Told, date_of, last_day

NAMES = UUID("6f1a3c9e-0000-5000-8000-00000000e7a1")
ISSUED = 14  # days before it is due
HELD, TWICE = 0.01, 0.02  # payments without a KID that fits, for some days; events that come twice
BY_TYPE = {handler.on: handler for handler in HANDLERS}


@dataclass(frozen=True, slots=True)
class Alert:
    """Days. `grave`: when it reached alvorlig; `ended`: None while it stands. `rules`: those that raised it."""

    raised: int
    grave: int | None = None
    ended: int | None = None
    rules: tuple[str, ...] = ()

    def stands(self, day: int) -> bool:
        return self.raised < day and (self.ended is None or self.ended >= day)


def alerts(told: Told, seed: int) -> list[Alert]:
    """What the rules raise, level tidlig varsel and above."""
    key, judging = Key("tenancy", str(uuid5(NAMES, f"tenancy {told.number}"))), Replay(BY_TYPE)
    for message in _messages(told, key.id, Random(f"{seed} wire {told.number}")):
        judging.tell(message)
    return of(judging.states[key])


def of(state: Tenancy) -> list[Alert]:
    epoch, found = date_of(0).toordinal(), []
    for episode in state.episodes:
        early, grave = ([change for change in episode.changes if change.level >= level] for level in (2, 3))
        if early:
            ended = None if episode.resolved is None else episode.resolved - epoch
            since = grave[0].as_of - epoch if grave else None
            found.append(Alert(early[0].as_of - epoch, since, ended, early[0].rules))
    return found


def _messages(told: Told, tenancy: str, random: Random) -> Iterator[Message]:
    number = 0
    for day, body in sorted(_events(told, tenancy, random), key=lambda each: each[0]):
        for _ in range(2 if random.random() < TWICE else 1):
            number += 1
            id, at = uuid5(NAMES, f"{tenancy} {number}"), datetime.combine(date_of(day), time(20), UTC)
            yield Message(id, body.type, tenancy, "0000", at, body)


def _events(told: Told, tenancy: str, random: Random) -> Iterator[tuple[int, Any]]:
    """Of each day; the close comes last, as it does in a file."""

    def line(name: str) -> str:
        return str(uuid5(NAMES, f"{tenancy} {name}"))

    started = date_of(min(rent.due for rent in told.rents) - 30)
    yield (
        -60,
        m.TenancyStarted(public_id=line("public"), account="made", tenants=(), rent_ore=told.rent, started_on=started),
    )
    for rent in told.rents:
        due, issued = date_of(rent.due), rent.due - ISSUED
        id = line(f"rent {rent.number}")
        yield issued, m.InvoiceIssued(line_id=id, dated_on=date_of(issued), amount_ore=rent.ore, due_on=due)
    for number, payment in enumerate(told.payments):
        paid, dated = line(f"payment {number}"), date_of(payment.day)
        known = payment.day
        if random.random() < HELD:
            known += random.randrange(1, 6)
            held = line(f"held {number}")
            yield payment.day, m.PaymentHeld(line_id=held, dated_on=dated, amount_ore=payment.ore)
            released = {"line_id": line(f"released {number}"), "dated_on": date_of(known), "amends": held}
            yield known, m.PaymentReleased(**released)
        yield known, m.PaymentRegistered(line_id=paid, dated_on=dated, amount_ore=payment.ore)
    for number, step in enumerate(told.steps):
        yield step.day, _step(step, line(f"step {number}"))
    for day in bank_days(told):
        yield day, m.LedgerClosed(account="made", as_of=date_of(day))


def _step(step: Step, id: str) -> Any:
    given = {"line_id": id, "dated_on": date_of(step.day)}
    if step.kind == "notice":
        deadline = date_of(step.day) + timedelta(days=DEADLINE)
        return m.EvictionNoticeSent(**given, amount_ore=step.ore, deadline_on=deadline)
    kinds: dict[str, Any] = {
        "requested": m.EnforcementRequested,
        "lifted": m.EnforcementLifted,
        "executed": m.EnforcementExecuted,
    }
    return kinds[step.kind](**given)


def bank_days(told: Told) -> list[int]:
    """The days that a bank file closes."""
    last = last_day() if told.ended is None else told.ended
    return [day for day in range(last + 1) if norwegian_bank_day(date_of(day)) == date_of(day)]
