"""A very small service, for tests of the chassis: accounts that count deposits, tell each other, wait and call."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, ClassVar
from uuid import NAMESPACE_OID, uuid5

from pydantic import BaseModel

from chassis.errors import Reject
from chassis.outputs import (
    Answered, Call, Cancel, Context, Event, Handler, Key, Later, Message, Output, Reply, Tell, answered,
)  # fmt: skip


class Deposited(BaseModel):
    type: ClassVar[str] = "money.deposited"
    amount: int
    note: str = ""


class Counted(BaseModel):
    type: ClassVar[str] = "money.counted"
    total: int


class Transfer(BaseModel):
    type: ClassVar[str] = "command.transfer"
    to: str
    amount: int


class Remind(BaseModel):
    type: ClassVar[str] = "command.remind"
    seconds: float


class Rung(BaseModel):
    type: ClassVar[str] = "timer.rung"


class Forget(BaseModel):
    type: ClassVar[str] = "command.forget"


class Pay(BaseModel):
    type: ClassVar[str] = "command.pay"


class Received(BaseModel):
    type: ClassVar[str] = "tell.received"
    amount: int


@dataclass(frozen=True, slots=True)
class Account:
    total: int = 0
    seen: tuple[int, ...] = ()
    rung: int = 0
    answers: tuple[str, ...] = ()
    note: str = ""


def deposit(account: Account | None, message: Message, context: Context) -> tuple[Account, list[Output]]:
    account, data = account or Account(), message.data
    if data.amount < 0:
        raise Reject("negative", "Beløpet er negativt.")
    if data.amount == 13:
        raise ZeroDivisionError("a bug")
    account = replace(account, total=account.total + data.amount, seen=(*account.seen, data.amount), note=data.note)
    return account, [Event(message.subject, Counted(total=account.total)), Reply({"total": account.total})]


def transfer_needs(message: Message, found: Mapping[Key, Any]) -> Iterable[Key]:
    return [Key("account", message.data.to)]


def transfer(found: Mapping[Key, Any], message: Message, context: Context) -> tuple[dict[Key, Any], list[Output]]:
    giver, taker = Key("account", message.subject), Key("account", message.data.to)
    if (found[giver] or Account()).total < message.data.amount:
        raise Reject("too_little", "Det er ikke dekning på kontoen.")
    left = replace(found[giver], total=found[giver].total - message.data.amount)
    return {giver: left}, [Tell(taker, Received(amount=message.data.amount)), Reply({"left": left.total})]


def receive(account: Account | None, message: Message, context: Context) -> tuple[Account, list[Output]]:
    account = account or Account()
    account = replace(
        account, total=account.total + message.data.amount, seen=(*account.seen, message.data.amount)
    )
    return account, [Event(message.subject, Counted(total=account.total))]


def remind(account: Account | None, message: Message, context: Context) -> tuple[Account, list[Output]]:
    return account or Account(), [Later(context.now + timedelta(seconds=message.data.seconds), "bell", Rung())]


def ring(account: Account | None, message: Message, context: Context) -> tuple[Account, list[Output]]:
    account = account or Account()
    return replace(account, rung=account.rung + 1), []


def forget(account: Account | None, message: Message, context: Context) -> tuple[Account, list[Output]]:
    return account or Account(), [Cancel("bell")]


def pay(account: Account | None, message: Message, context: Context) -> tuple[Account, list[Output]]:
    return account or Account(), [Call("bank", uuid5(NAMESPACE_OID, message.subject), {"account": message.subject})]


def paid(account: Account | None, message: Message, context: Context) -> tuple[Account, list[Output]]:
    account, answer = account or Account(), message.data
    account = replace(account, answers=(*account.answers, answer.outcome))
    again = [Call("bank", answer.key, answer.ref)] if answer.outcome == "unknown" else []
    return account, list(again)


HANDLERS = (
    Handler(Deposited.type, "account", deposit),
    Handler(Transfer.type, "account", transfer, transfer_needs),
    Handler(Received.type, "account", receive),
    Handler(Remind.type, "account", remind),
    Handler(Rung.type, "account", ring),
    Handler(Forget.type, "account", forget),
    Handler(Pay.type, "account", pay),
    Handler(answered("bank"), "account", paid),
)
KINDS = {"account": Account}
READS = {"deposits.v1": (Deposited,)}
WRITES = {"counts.v1": (Counted,)}
TABLES = {"accounts": ("account",)}
CLASSES = {c.type: c for c in (Deposited, Transfer, Received, Remind, Rung, Forget, Pay)} | {answered("bank"): Answered}


def project(key: Key, kommunenummer: str, account: Account) -> dict[str, list[dict[str, Any]]]:
    return {"accounts": [{"account": key.id, "kommunenummer": kommunenummer, "total": account.total}]}
