"""All that the bank reads, writes or sends itself. `number` is of the input and unlike any other of its account."""

from typing import ClassVar

from pydantic import BaseModel


class Deposited(BaseModel):
    """`flawed`: no version of the bank can take it until it is repaired."""

    type: ClassVar[str] = "money.deposited"
    number: int
    flawed: bool = False


class Given(BaseModel):
    """Passed on to other accounts of the same bank."""

    type: ClassVar[str] = "money.given"
    number: int
    to: tuple[str, ...]


class BellSet(BaseModel):
    type: ClassVar[str] = "bell.set"
    number: int
    seconds: float


class BellCancelled(BaseModel):
    type: ClassVar[str] = "bell.cancelled"
    number: int


class BillDue(BaseModel):
    type: ClassVar[str] = "bill.due"
    number: int


class Received(BaseModel):
    type: ClassVar[str] = "tell.received"
    number: int


class Rung(BaseModel):
    type: ClassVar[str] = "timer.rung"
    number: int


class Counted(BaseModel):
    """`number`: whose deposit was counted; `total`: deposits so far."""

    type: ClassVar[str] = "money.counted"
    number: int
    total: int
