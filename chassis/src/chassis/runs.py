"""What goes into one transaction: as much as takes about a second, so that its locks are soon free again."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeVar

from chassis.outputs import Handler

T = TypeVar("T")

MOST_ALONE = 200  # messages whose handler `needs` more, which are carried one by one: some 5 ms each


def runs(handlers: Mapping[str, Handler], items: Sequence[T], type_of: Callable[[T], str]) -> Iterator[Sequence[T]]:
    """The items in order, for a transaction each; one whose handler `passes` parked keys has its own."""
    start, alone = 0, 0
    for number, item in enumerate(items):
        handler = handlers.get(type_of(item))
        if handler and handler.passes:
            yield from filter(None, (items[start:number], items[number : number + 1]))
            start, alone = number + 1, 0
        elif handler and handler.needs and (alone := alone + 1) == MOST_ALONE:
            yield items[start : number + 1]
            start, alone = number + 1, 0
    yield from filter(None, [items[start:]])
