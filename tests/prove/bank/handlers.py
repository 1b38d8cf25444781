"""An account remembers every number, in the order in which it came, by what brought it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import NAMESPACE_OID, uuid5

from chassis.errors import Reject
from chassis.outputs import (
    Call,
    Cancel,
    Context,
    Event,
    Handler,
    Key,
    Later,
    Message,
    Output,
    Tell,
    answered,
)
from tests.prove.bank.messages import BellCancelled, BellSet, BillDue, Counted, Deposited, Given, Received, Rung

ACCOUNT, PARTNER, BELL = "account", "partner", "bell"


@dataclass(frozen=True, slots=True)
class Account:
    deposits: tuple[int, ...] = ()
    gifts: tuple[int, ...] = ()
    rung: tuple[int, ...] = ()
    paid: tuple[int, ...] = ()


Decision = tuple[Account, Sequence[Output]]


def deposit(account: Account | None, message: Message, context: Context) -> Decision:
    if message.data.flawed:
        raise Reject("flawed", "Innskuddet har en feil.")
    return take(account, message, context)


def take(account: Account | None, message: Message, context: Context) -> Decision:
    account = account or Account()
    account = replace(account, deposits=(*account.deposits, message.data.number))
    return account, [Event(message.subject, Counted(number=message.data.number, total=len(account.deposits)))]


def give(account: Account | None, message: Message, context: Context) -> Decision:
    received = Received(number=message.data.number)
    return account or Account(), [Tell(Key(ACCOUNT, to), received) for to in message.data.to]


def receive(account: Account | None, message: Message, context: Context) -> Decision:
    account = account or Account()
    return replace(account, gifts=(*account.gifts, message.data.number)), []


def set_bell(account: Account | None, message: Message, context: Context) -> Decision:
    at = context.now + timedelta(seconds=message.data.seconds)
    return account or Account(), [Later(at, BELL, Rung(number=message.data.number))]


def cancel_bell(account: Account | None, message: Message, context: Context) -> Decision:
    return account or Account(), [Cancel(BELL)]


def ring(account: Account | None, message: Message, context: Context) -> Decision:
    account = account or Account()
    return replace(account, rung=(*account.rung, message.data.number)), []


def pay(account: Account | None, message: Message, context: Context) -> Decision:
    key = uuid5(NAMESPACE_OID, f"{message.subject}:{message.data.number}")
    return account or Account(), [Call(PARTNER, key, {"number": message.data.number})]


def paid(account: Account | None, message: Message, context: Context) -> Decision:
    """The partner takes a key once, so that asking again does no harm where nobody knows."""
    answer, account = message.data, account or Account()
    if answer.outcome == "accepted":
        return replace(account, paid=(*account.paid, answer.ref["number"])), []
    return account, [Call(PARTNER, answer.key, answer.ref)] if answer.outcome == "unknown" else []


def handlers(*, repaired: bool) -> list[Handler]:
    return [
        Handler(Deposited.type, ACCOUNT, take if repaired else deposit),
        Handler(Given.type, ACCOUNT, give),
        Handler(Received.type, ACCOUNT, receive),
        Handler(BellSet.type, ACCOUNT, set_bell),
        Handler(BellCancelled.type, ACCOUNT, cancel_bell),
        Handler(Rung.type, ACCOUNT, ring),
        Handler(BillDue.type, ACCOUNT, pay),
        Handler(answered(PARTNER), ACCOUNT, paid),
    ]
