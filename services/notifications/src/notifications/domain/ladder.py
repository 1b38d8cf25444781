"""Who is told of an open alert, and when, if nothing happens (early-warning.md §7.7). Data, and nothing of people.

Times of the rungs count from the first message, in working days and hours. S5 stands on the ladder of tidlig varsel:
unacknowledged for five working days the message is that of alvorlig, the level stays. The last rung comes again and
again without a message of its own: the alert stands in the leader's morning list until someone takes it. Of følg med
nobody is told.
"""

from collections.abc import Mapping
from typing import Literal, NamedTuple

Role = Literal["owner", "substitute", "leader", "fallback"]
Way = Literal["mail", "digest"]


class Rung(NamedTuple):
    """`days`, `hours`: working time after the first message. `to`: whoever fills the role at that moment."""

    name: str
    to: tuple[Role, ...]
    way: Way = "mail"
    days: int = 0
    hours: int = 0


class Ladder(NamedTuple):
    """`again`: working days between the repetitions of the last rung. `untouched`: after an acknowledgement without
    an action, and `unfollowed`: after the last action, the alert is open again.
    """

    rungs: tuple[Rung, ...]
    again: int
    untouched: int
    unfollowed: int


LADDERS: Mapping[int, Ladder] = {
    1: Ladder((Rung("watched", (), "digest", days=20),), again=20, untouched=20, unfollowed=40),
    2: Ladder(
        (
            Rung("told", ("owner",), "digest"),
            Rung("reminder", ("owner",), days=3),
            Rung("S5", ("owner",), days=5),
            Rung("substitute", ("substitute",), days=7),
            Rung("leader", ("leader",), days=8),
            Rung("listed", ("leader",), "digest", days=13),
        ),
        again=5,
        untouched=10,
        unfollowed=20,
    ),
    3: Ladder(
        (
            Rung("told", ("owner",)),
            Rung("reminder", ("owner",), days=1),
            Rung("substitute", ("substitute",), days=2),
            Rung("leader", ("leader",), days=3),
            Rung("listed", ("leader",), "digest", days=8),
        ),
        again=5,
        untouched=5,
        unfollowed=10,
    ),
    4: Ladder(
        (
            Rung("told", ("owner", "leader")),
            Rung("phone", ("owner", "substitute", "leader"), hours=4),
            Rung("fallback", ("fallback",), days=1),
            Rung("listed", ("leader",), "digest", days=2),
        ),
        again=1,
        untouched=1,
        unfollowed=5,
    ),
}

ACKNOWLEDGE_WITHIN: Mapping[int, tuple[int, int]] = {2: (3, 0), 3: (1, 0), 4: (0, 4)}
"""Working days and hours by level within which an alert is to be acknowledged (early-warning.md §7.4)."""
