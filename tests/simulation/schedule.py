"""Which steps come, by chance: the same for the same seed."""

from collections.abc import Iterator
from random import Random

from tests.simulation.partners import MANNERS
from tests.simulation.steps import DOORS, SERVICES, Step
from tests.simulation.world import World

TOPICS = (
    "applications.v1",
    "arrears.v1",
    "tenancies.v1",
    "decisions.v1",
    "referrals.v1",
    "deliveries.v1",
    "nav-notices.v1",
)
# What goes on in a service, in the order in which one thing makes the next possible.
WORK = ("poll", "handle", "look", "fire", "take", "ask", "settle", "send", "number")
FATES = ("acknowledged",) * 6 + ("unacknowledged", "lost")


def schedule(world: World, length: int) -> Iterator[Step]:
    """Now one service gets on with some of its work, now another; between any two steps something may happen."""
    chance, temper = Random(f"schedule {world.seed}"), world.temper
    happens = {
        "crash": 0.6 * temper["die"],
        "door": 0.5 * temper["shut"],
        "poison": 0.4 * temper["poison"],
        "operator": 0.8 * temper["poison"],
        "clock": 0.8 * temper["clock"],
        "again": 0.6 * temper["dup"],
        "late": 0.5,
        "tell": 3.0,
        "act": 8.0,
        "": 30.0,
    }
    kinds, weights = list(happens), list(happens.values())
    slow = chance.choice((*SERVICES, ""))
    left = length
    while left > 0:
        who = chance.choice(SERVICES)
        if who == slow and chance.random() < 0.8:
            continue
        for what in WORK:
            if chance.random() < 0.25:
                continue
            left -= 1
            (happening,) = chance.choices(kinds, weights)
            if happening:
                yield _happening(happening, chance)
            yield _work(what, who, chance, temper)


def _work(what: str, who: str, chance: Random, temper: dict[str, float]) -> Step:
    number, dies = chance.randrange(64), chance.random() < 0.04 * temper["die"]
    if what == "send":
        return Step(what, who, number, chance.choice(FATES) if temper["silent"] else "acknowledged")
    if what == "ask":
        well = chance.random() > 0.3 * temper["silent"]
        return Step(what, who, number, "answers" if well else chance.choice(MANNERS))
    return Step(what, who, number, dies=dies)


def _happening(what: str, chance: Random) -> Step:
    number, who = chance.randrange(64), chance.choice(SERVICES)
    match what:
        case "door":
            return Step(what, chance.choice(DOORS))
        case "poison":
            return Step(what, chance.choice(TOPICS), number, chance.choice(("value", "header")))
        case "clock":
            return Step(what, "", chance.choice((1, 30, 61, 90, 600, 3600, 86_400, -5, -60)))
        case "tell":
            return Step(what, "nav-bridge", number, dies=chance.random() < 0.04)
    return Step(what, who, number)
