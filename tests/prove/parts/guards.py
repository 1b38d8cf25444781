"""Each guard taken away on a copy of the tree, on the schedule that the whole tree passes: the ledger must see it."""

from pathlib import Path

from demo.local import Platform
from tests.platforms import a_platform
from tests.prove import versions
from tests.prove.guards.removed import GUARDS
from tests.prove.guards.trial import Plan, Trial, trial
from tests.prove.proof import Given, Proof, table

LONGEST = 10 * 60.0  # seconds per guard
ROUNDS = 2
WHOLE = "none: the whole tree"


def prove(given: Given) -> Proof:
    trials: dict[str, Trial] = {}
    with a_platform() as platform:
        for number, (name, changes) in enumerate({WHOLE: (), **GUARDS}.items()):
            given.say(f"without {name}")
            folder = platform.folder / f"tree-{number}"
            folder.mkdir()
            trials[name] = _on(platform, versions.copy(folder, changes), given)
    whole = trials.pop(WHOLE)
    holds = whole.step is None and all(each.step is not None for each in trials.values())
    return Proof("Guards taken away, one by one", holds, _body(whole, trials))


def _on(platform: Platform, tree: Path, given: Given) -> Trial:
    return trial(platform, tree, Plan(given.seed, min(LONGEST, given.left), ROUNDS), given.say)


def _body(whole: Trial, trials: dict[str, Trial]) -> str:
    rows = [
        (
            name,
            each.step or "–",
            each.made,
            f"{each.seconds:.0f}",
            each.saw,
            each.count.findings[0] if each.step else "–",
        )
        for name, each in trials.items()
    ]
    what = (
        "A small service that uses all of the chassis, each part of it twice, on real Kafka and PostgreSQL. The steps "
        "of the schedule and their order are the seed's, the same for each copy; after each step the ledger is read, "
        "and the first finding ends the run."
    )
    passed = (
        f"The whole tree: {whole.made} steps, {whole.entries:,} records put in, {whole.seconds:.0f} s, "
        f"and the ledger saw {whole.saw}."
    )
    head = ["guard taken away", "seen after", "steps", "s", "the ledger saw", "first of it"]
    return "\n\n".join([what, passed, table(head, rows)])
