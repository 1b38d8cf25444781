"""Four services under load, three faults at a time."""

from collections import Counter, defaultdict

from tests.prove.campaign import Outcome, campaign
from tests.prove.faults import KINDS, schedule
from tests.prove.figures import bound, percentile
from tests.prove.fronted import Fronted
from tests.prove.load import Load
from tests.prove.proof import Given, Proof, table
from tests.prove.rig import Rig

INJECTIONS = 16 * len(KINDS)
EVENTS = 50_000
LEAST, LEAST_OF_A_KIND = 200, 10
READ = (
    "Recovery: seconds from the lift of the fault until whoever was hit had handled all that waited for it then and "
    "sent what came of it; where nothing waited, how long the next thing had to. What overlapping faults add is in it."
)
ENDING = 10 * 60.0  # seconds kept for coming to rest and for reading the ledger


def prove(given: Given) -> Proof:
    with Fronted() as platform:
        rig = Rig(platform)
        given.say("all four services are ready")
        load = Load(rig, given.seed)
        outcome = campaign(
            rig, load, schedule(given.seed, INJECTIONS), EVENTS * 11 // 10, given.left - ENDING, given.say
        )
        rig.end()
    of_kind = Counter(made.injection.kind for made in outcome.made)
    enough = (
        outcome.events >= EVENTS
        and len(outcome.made) >= LEAST
        and min(of_kind[kind] for kind in KINDS) >= LEAST_OF_A_KIND
    )
    return Proof("Faults under load", enough and not outcome.findings, body(outcome))


def body(outcome: Outcome) -> str:
    times = defaultdict[str, list[float]](list)
    for made in outcome.made:
        times[made.injection.kind].append(float("inf") if made.recovery is None else made.recovery)
    recovered = [
        (kind, len(of), *(f"{percentile(of, share):.1f}" for share in (0.5, 0.99)), f"{max(of):.1f}")
        for kind, of in times.items()
    ]
    zeros = [(where, *count.numbers) for where, count in outcome.counts.items()]
    ended = ", ".join(f"{name} {number}" for name, number in Counter(name for name, _ in outcome.exits).items())
    zero = f"{bound(outcome.events)} of the events, {bound(len(outcome.made))} of the injections"
    wire = f"{outcome.records:,} records on the wire, repeats included"
    minutes = f"up to three at a time, in {outcome.seconds / 60:.0f} minutes"
    parts = [
        f"{outcome.events:,} events ({wire}) and {len(outcome.made)} injections, {minutes}.",
        table(["looked at", "lost", "doubled", "reordered", "stuck"], zeros),
        f"A zero means, with 95 % confidence (3/N): {zero}.",
        READ,
        table(["fault", "injections", "p50", "p99", "max"], recovered),
        f"Processes that ended of themselves and were started again: {ended or 'none'}.",
        "\n".join(f"* {finding}" for finding in outcome.findings[:50]),
    ]
    return "\n\n".join(filter(None, parts))
