"""What stays of a person who is erased."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Erasure:
    """That a person is erased, remembered for good. `waiting`: the person's tenancies and cases that aren't yet."""

    waiting: tuple[str, ...] = ()

    def without(self, one: str) -> "Erasure":
        return replace(self, waiting=tuple(each for each in self.waiting if each != one))
