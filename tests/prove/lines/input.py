"""What one round puts in: a little of everything that the five modules are for, and what must come of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tests.e2e.counting import Count
from tests.prove.guards.book import Book, Entry, in_order
from tests.prove.lines.life import Command

PAST_BIGINT = 2**63


@dataclass(slots=True)
class Input:
    """`waiting`: per parked account the ids of the records that must have been set aside, in order."""

    book: Book
    entries: list[Entry] = field(default_factory=list)
    commands: tuple[Command, ...] = ()
    waiting: dict[str, list[str]] = field(default_factory=dict)

    def on_letters(self, aside: Mapping[str, list[str]]) -> Count:
        """What was set aside, by account, against what had to be."""
        found = Count()
        for account in self.waiting | aside:
            found += in_order(f"{account}'s letters", self.waiting.get(account, []), aside.get(account, []))
        return found


def round_of(number: int) -> Input:
    """Accounts and numbers of its own, so that rounds can share a database and a topic."""
    book = Book(_number=number * 1000)
    poor, giver, one, other, caller, payer = (
        f"r{number}-{name}" for name in "poor giver one other caller payer".split()
    )
    made = Input(book)
    made.entries = [
        book.deposit(one),
        book.give(giver, [one, other]),
        again := book.deposit(poor),
        again,
        book.bill(payer),
        book.set_bell(other, 0.1, rings=True),
        book.set_bell(caller, 30, rings=False),
        *_parked(made, f"r{number}-flawed", {"flawed": True}),
        book.deposit(one),
        book.cancel_bell(caller),
        *_parked(made, f"r{number}-large", {"number": PAST_BIGINT}),
        *_parked(made, f"r{number}-wrong", {"number": "mange"}),
        book.give(giver, [poor]),
        book.bill(payer),
        again,
        book.deposit(poor),
        book.deposit(one),
    ]
    made.commands = tuple(_commands(book, f"r{number}-person"))
    return made


def _parked(made: Input, account: str, wrong: Mapping[str, object]) -> Iterable[Entry]:
    """A good record, one that can't be handled, and two that must wait behind it."""
    good, bad, *behind = (made.book.deposit(account) for _ in range(4))
    made.book.expected[account]["deposits"][1:] = []
    bad = Entry(account, bad.type, bad.sequence, {**bad.data, **wrong})
    made.waiting[account] = [str(each.id) for each in (bad, *behind)]
    return [good, bad, *behind]


def _commands(book: Book, account: str) -> Iterable[Command]:
    for bill in (False, True, False):
        entry = book.bill(account) if bill else book.deposit(account)
        yield Command(entry.id, account, entry.data["number"], bill)
