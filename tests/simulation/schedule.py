"""Which steps come, by chance: the same for the same seed."""

from collections.abc import Iterator
from random import Random

from tests.simulation.partners import MANNERS
from tests.simulation.steps import DOORS, SERVICES, Step
from tests.simulation.world import World

TOPICS = ("applications.v1", "arrears.v1", "tenancies.v1", "decisions.v1", "referrals.v1", "deliveries.v1")
# What goes on by itself, and how often of a hundred.
WORK = ("poll", "handle", "send", "number", "look", "fire", "take", "ask", "settle")
FATES = ("acknowledged",) * 6 + ("unacknowledged", "lost")


def schedule(world: World, length: int) -> Iterator[Step]:
    chance, temper = Random(f"schedule {world.seed}"), world.temper
    favourites = [chance.choice(SERVICES) for _ in range(2)]
    faults = {
        "crash": 0.6 * temper["die"],
        "door": 0.5 * temper["shut"],
        "poison": 0.25 * temper["poison"],
        "operator": 0.5 * temper["poison"],
        "clock": 0.8 * temper["clock"],
        "again": 0.6 * temper["dup"],
        "late": 1.0,
        "act": 7.0,
    }
    kinds, weights = [*WORK, *faults], [10.0] * len(WORK) + list(faults.values())
    for what in chance.choices(kinds, weights, k=length):
        who = chance.choice((*SERVICES, *favourites))
        number = chance.randrange(64)
        dies = chance.random() < 0.03 * temper["die"]
        match what:
            case "send":
                yield Step(what, who, number, chance.choice(FATES) if temper["silent"] else "acknowledged")
            case "ask":
                well = chance.random() > 0.3 * temper["silent"]
                yield Step(what, who, number, "answers" if well else chance.choice(MANNERS))
            case "door":
                yield Step(what, chance.choice(DOORS))
            case "poison":
                yield Step(what, chance.choice(TOPICS), number, chance.choice(("value", "header")))
            case "clock":
                yield Step(what, "", chance.choice((1, 30, 61, 90, 600, 3600, 86_400, -5, -60)))
            case _:
                yield Step(what, who, number, dies=dies)
