"""A very small service, for tests of the chassis: accounts that count deposits, tell each other, wait and call."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, ClassVar
from uuid import NAMESPACE_OID, uuid5

from pydantic import BaseModel

from chassis.errors import Reject
from chassis.outputs import (
    Answered,
    Call,
    Cancel,
    Context,
    Erase,
    Event,
    Handler,
    Key,
    Later,
    Message,
    Output,
    Reply,
    Tell,
    answered,
)

BUG = 666_666  # an amount that the decider can't take


class Deposited(BaseModel):
    type: ClassVar[str] = "money.deposited"
    amount: int
    note: str = ""


class Counted(BaseModel):
    type: ClassVar[str] = "money.counted"
    total: int
    note: str = ""


class Transfer(BaseModel):
    type: ClassVar[str] = "command.transfer"
    to: str
    amount: int


class Befriend(BaseModel):
    type: ClassVar[str] = "command.befriend"
    friend: str


class Share(BaseModel):
    type: ClassVar[str] = "command.share"
    amount: int


class Misplace(BaseModel):
    type: ClassVar[str] = "command.misplace"


class Tip(BaseModel):
    type: ClassVar[str] = "command.tip"
    to: str
    amounts: tuple[int, ...]


class Received(BaseModel):
    type: ClassVar[str] = "tell.received"
    amount: int


class Remind(BaseModel):
    type: ClassVar[str] = "command.remind"
    seconds: float
    amount: int = 1


class Rung(BaseModel):
    type: ClassVar[str] = "timer.rung"
    amount: int = 1


class Forget(BaseModel):
    type: ClassVar[str] = "command.forget"


class Pay(BaseModel):
    type: ClassVar[str] = "command.pay"
    bill: str = "rent"


class Expired(BaseModel):
    """Read, and not handled by anyone's wish: its account is closed."""

    type: ClassVar[str] = "money.expired"


class Closed(BaseModel):
    """The account is erased, whatever waits there; `heirs` are told."""

    type: ClassVar[str] = "money.closed"
    heirs: tuple[str, ...] = ()


class Inherit(BaseModel):
    """Erases the account it is told to; the one that told is told back."""

    type: ClassVar[str] = "tell.inherit"
    told_by: str


class Inherited(BaseModel):
    type: ClassVar[str] = "tell.inherited"
    by: str


@dataclass(frozen=True, slots=True)
class Account:
    FORMAT: ClassVar[int] = 2

    total: int = 0
    seen: tuple[int, ...] = ()
    rung: tuple[int, ...] = ()
    answers: tuple[str, ...] = ()
    note: str = ""
    friend: str = ""

    @classmethod
    def upcast(cls, data: dict[str, Any], format: int) -> dict[str, Any]:
        """Format 1 said `sum`."""
        assert format == 1
        return {"total": data.pop("sum"), **data}


Found = Mapping[Key, Any]
Decision = tuple[Account | None, list[Output]]


def account_of(id: str) -> Key:
    return Key("account", id)


def with_amount(account: Account | None, amount: int, note: str = "") -> Account:
    account = account or Account()
    return replace(account, total=account.total + amount, seen=(*account.seen, amount), note=note or account.note)


def deposit(account: Account | None, message: Message, context: Context) -> Decision:
    amount = message.data.amount
    if amount < 0:
        raise Reject("negative", "Beløpet er negativt.")
    if amount == BUG:
        raise ZeroDivisionError("a bug")
    account = with_amount(account, amount, message.data.note)
    counted = Counted(total=account.total, note=account.note)
    return account, [Event(message.subject, counted), Reply({"total": account.total})]


def close(account: Account | None, message: Message, context: Context) -> Decision:
    return None, []


def transfer_needs(message: Message, found: Found) -> Iterable[Key]:
    return [account_of(message.data.to)]


def transfer(found: Found, message: Message, context: Context) -> tuple[dict[Key, Any], list[Output]]:
    giver, taker = account_of(message.subject), account_of(message.data.to)
    if (found[giver] or Account()).total < message.data.amount:
        raise Reject("too_little", "Det er ikke dekning på kontoen.")
    left = replace(found[giver], total=found[giver].total - message.data.amount)
    more = with_amount(found[taker], message.data.amount)
    events = [Event(giver.id, Counted(total=left.total)), Event(taker.id, Counted(total=more.total))]
    return {giver: left, taker: more}, [*events, Reply({"left": left.total})]


def befriend(account: Account | None, message: Message, context: Context) -> Decision:
    return replace(account or Account(), friend=message.data.friend), []


def share_needs(message: Message, found: Found) -> Iterable[Key]:
    return [account_of(found[account_of(message.subject)].friend)]


def share(found: Found, message: Message, context: Context) -> tuple[dict[Key, Any], list[Output]]:
    friend = account_of(found[account_of(message.subject)].friend)
    return {friend: with_amount(found[friend], message.data.amount)}, [Reply({"friend": friend.id})]


def misplace(found: Found, message: Message, context: Context) -> tuple[dict[Key, Any], list[Output]]:
    return {account_of("of somebody else"): Account()}, []


def tip(account: Account | None, message: Message, context: Context) -> Decision:
    return account, [Tell(account_of(message.data.to), Received(amount=amount)) for amount in message.data.amounts]


def receive(account: Account | None, message: Message, context: Context) -> Decision:
    if message.data.amount < 0:
        raise Reject("negative", "Beløpet er negativt.")
    account = with_amount(account, message.data.amount)
    return account, [Event(message.subject, Counted(total=account.total))]


def remind(account: Account | None, message: Message, context: Context) -> Decision:
    at = context.now + timedelta(seconds=message.data.seconds)
    return account or Account(), [Later(at, "bell", Rung(amount=message.data.amount))]


def ring(account: Account | None, message: Message, context: Context) -> Decision:
    account = account or Account()
    if message.data.amount < 0:
        raise Reject("negative", "Beløpet er negativt.")
    return replace(account, rung=(*account.rung, message.data.amount)), []


def forget(account: Account | None, message: Message, context: Context) -> Decision:
    return account or Account(), [Cancel("bell")]


def pay(account: Account | None, message: Message, context: Context) -> Decision:
    key = uuid5(NAMESPACE_OID, f"{message.subject}:{message.data.bill}")
    return account or Account(), [Call("bank", key, {"bill": message.data.bill})]


def paid(account: Account | None, message: Message, context: Context) -> Decision:
    answer, account = message.data, account or Account()
    told = f"{answer.ref['bill']}:{answer.outcome}"
    account = replace(account, answers=(*account.answers, told), note=answer.body.get("note", ""))
    return account, [Call("bank", answer.key, answer.ref)] if answer.outcome == "unknown" else []


def close_for_good(account: Account | None, message: Message, context: Context) -> Decision:
    """Remembers nothing but that it was closed. A locked one can't be."""
    if account and account.note == "låst":
        raise Reject("locked", "Kontoen er låst.")
    told = [Tell(account_of(heir), Inherit(told_by=message.subject)) for heir in message.data.heirs]
    return Account(note="closed"), [Erase(), *told]


def inherit(account: Account | None, message: Message, context: Context) -> Decision:
    return None, [Erase(), Tell(account_of(message.data.told_by), Inherited(by=message.subject))]


def inherited(account: Account | None, message: Message, context: Context) -> Decision:
    account = account or Account()
    return replace(account, answers=(*account.answers, message.data.by)), []


HANDLERS = (
    Handler(Deposited.type, "account", deposit),
    Handler(Expired.type, "account", close),
    Handler(Transfer.type, "account", transfer, transfer_needs),
    Handler(Befriend.type, "account", befriend),
    Handler(Share.type, "account", share, share_needs),
    Handler(Misplace.type, "account", misplace, lambda message, found: []),
    Handler(Tip.type, "account", tip),
    Handler(Received.type, "account", receive),
    Handler(Remind.type, "account", remind),
    Handler(Rung.type, "account", ring),
    Handler(Forget.type, "account", forget),
    Handler(Pay.type, "account", pay),
    Handler(answered("bank"), "account", paid),
    Handler(Closed.type, "account", close_for_good, passes=True),
    Handler(Inherit.type, "account", inherit, passes=True),
    Handler(Inherited.type, "account", inherited, passes=True),
)
KINDS = {"account": Account}
READERS = {message.type: message for message in (Deposited, Expired, Closed, Transfer)}
TABLES = {"accounts": ("account",), "answers": ("account", "number")}
CLASSES = {message.type: message for message in (Received, Rung, Inherit, Inherited)} | {answered("bank"): Answered}


def project(key: Key, kommunenummer: str, account: Account) -> dict[str, list[dict[str, Any]]]:
    own = {"account": key.id, "kommunenummer": kommunenummer}
    answers = [{**own, "number": number, "outcome": told} for number, told in enumerate(account.answers)]
    return {"accounts": [{**own, "total": account.total}], "answers": answers}
