"""One step of a schedule. It holds all that is chosen, so that a schedule can be played again, or a part of it."""

from dataclasses import dataclass

SERVICES = ("intake", "eligibility", "nav-bridge", "notifications")
DOORS = ("facts", "persons", "referral", "notice")


@dataclass(frozen=True, slots=True)
class Step:
    """`what` happens to `who` (a service, a door, a topic); `number` and `word` as that takes them.

    `dies`: the process is killed where the step would commit.
    """

    what: str
    who: str = ""
    number: int = 0
    word: str = ""
    dies: bool = False
