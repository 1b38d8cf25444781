"""The whole scenario of the demo played, and nothing of its people found anywhere but where it belongs."""

import asyncio

from rich.progress import Progress

from demo.local.places import ROOT
from demo.player.given import Given as Input
from demo.player.play import play
from tests.e2e import waiting
from tests.e2e.leak_scan import Scan, gathered, leaks
from tests.e2e.system import System
from tests.platforms import a_platform
from tests.prove.proof import Given, Proof, table

SCENARIO = ROOT / "demo" / "scenario"


def prove(given: Given) -> Proof:
    scenario = Input.read(SCENARIO)
    with a_platform() as platform:
        system = System(platform)
        system.await_ready()
        given.say("the scenario is played")
        with Progress(disable=True) as progress:
            asyncio.run(play(platform, scenario, progress))
        waiting.until_still(system, 600)
        everything = gathered(platform)
    people = [*scenario.persons, *(body["applicant"] for body in scenario.applications)]
    scan = Scan.of(people)
    given.say(f"{sum(map(len, everything.values())) / 1e6:.0f} MB are searched")
    found = sorted(leaks(everything, scan))
    sizes: dict[str, int] = {}
    for place, content in everything.items():
        kind = place.partition(" ")[0]
        sizes[kind] = sizes.get(kind, 0) + len(content)
    things = f"{len(scan.numbers) + len(scan.texts)} values of {len(people)} people"
    what = (
        f"{things}, in every form that `tests/e2e/leak_scan.py` knows, after all {len(scenario.ledger)} ledger files."
    )
    places = table(["searched", "MB"], [(kind, f"{size / 1e6:.1f}") for kind, size in sizes.items()])
    findings = "\n".join(f"* {each.what} in {each.place}" for each in found[:50]) or "Found: none."
    return Proof("Nothing of anyone where it doesn't belong", not found, f"{what}\n\n{places}\n\n{findings}")
