"""A partner's clock, which stands still until a test moves it."""

from dataclasses import dataclass
from datetime import UTC, datetime

START = datetime(2019, 5, 2, 9, 0, tzinfo=UTC)


@dataclass
class Clock:
    time: datetime = START

    def __call__(self) -> datetime:
        return self.time
