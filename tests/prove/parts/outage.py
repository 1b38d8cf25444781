"""50,000 referrals that waited for NAV a whole day, sent when it is back."""

from tests.prove.figures import bound, line
from tests.prove.nav.outage import AT_ONCE, BUDGET, LATENCY, PACE, Drained, drain
from tests.prove.parts.soak import grows
from tests.prove.proof import Given, Proof, table

REQUESTS = 50_000
WARM_UP = 60.0  # seconds in which caches and pools fill
ENDING = 120.0  # seconds kept for starting, and for reading the record
MOST_OVERTAKEN = 1_000  # places: what three seconds of writing put side by side on four partitions
WHAT = """\
Real: Kafka, PostgreSQL, and one process of nav-bridge with its ordinary budget of {budget:.0f} calls a second and
{at_once} on their way at once. NAV is the simulator: it is away while {asked:,} referrals are written onto Kafka as
eligibility would, then it answers within {latency} ms. The doors are played, as in `nav.md`. Nobody waits for the day:
when all referrals stand in the bridge's queue, what was tried in vain ({tried:,} of them, the oldest) is given in the
database what a day of tries leaves, another 12 attempts and a next try in 2½ to 5 minutes. That these go first all the
same is what the order below shows.

Budget and order are read from the simulator's own record, the order against the times at which the requests were
written. Calls are let go evenly; between that and NAV's record lies their way, on which up to {at_once} are at once: so
many are kept back from the budget, and no span of a second, wherever it begins, may hold more than {budget:.0f}."""

SHORT = """\
**A shorter run than the proof asks for**: {asked:,} of {requests:,} referrals fitted into the time that it was given,
and so it doesn't count as held, whatever it found. The figures below are of these."""


def prove(given: Given) -> Proof:
    fitting = int((given.left - ENDING) / (1 / PACE + 1 / BUDGET))
    found = drain(given.seed, min(REQUESTS, fitting), given.left - ENDING / 2, given.say)
    return Proof("A day's referrals after an outage", holds(found), body(found))


def holds(found: Drained) -> bool:
    places, _ = found.overtaken
    in_budget = found.most_in_any_second <= BUDGET
    whole = len(found.asked) >= REQUESTS and not (found.lost or found.doubled or found.exits)
    return whole and in_budget and places <= MOST_OVERTAKEN and not grows(line(memory(found)))


def memory(found: Drained) -> list[tuple[float, float]]:
    """By hours."""
    return [(look.at / 3600, look.memory) for look in found.looks if look.at >= WARM_UP]


def body(found: Drained) -> str:
    each, (places, seconds) = found.per_second, found.overtaken
    last = max(each, default=0)
    full = [each[second] for second in range(1, last)]
    rest, slope = memory(found), line(memory(found))
    what = WHAT.format(budget=BUDGET, at_once=AT_ONCE, asked=len(found.asked), latency=LATENCY, tried=found.tried)
    figures = [
        ("accepted by NAV", f"{len(found.accepted):,}"),
        ("lost, doubled", f"{found.lost}, {found.doubled}"),
        ("seconds until the last", f"{found.seconds:.0f}"),
        ("taken in a full second: mean, least, most", f"{sum(full) / len(full):.1f}, {min(full)}, {max(full)}"),
        (f"full seconds with more than {BUDGET:.0f}", f"{sum(n > BUDGET for n in full)} of {len(full)}"),
        ("most in any span of a second, wherever it begins", str(found.most_in_any_second)),
        ("the most that one was overtaken by", f"{places} places, by what was asked for {seconds:.2f} s later"),
        (
            "memory of the process (RSS), MiB: first, last, most",
            f"{rest[0][1]:.1f}, {rest[-1][1]:.1f}, {max(mib for _, mib in rest):.1f}",
        ),
        (
            f"its slope per hour after {WARM_UP / 60:.0f} minutes, 95 %",
            f"{slope.slope:+.2f} ± {slope.margin:.2f}: {'**grows**' if grows(slope) else 'noise'}",
        ),
        ("processes that ended of themselves", str(len(found.exits))),
    ]
    zero = f"Nothing lost or doubled means, with 95 % confidence (3/N): {bound(len(found.asked))} of the referrals."
    asked = len(found.asked)
    short = "" if asked >= REQUESTS else SHORT.format(asked=asked, requests=REQUESTS)
    parts = [what, short, table(["what", "measured"], figures), zero, _by_minute(found)]
    return "\n\n".join(filter(None, parts))


def _by_minute(found: Drained) -> str:
    """A few looks, so that a pace that falls off with the number that waits would be seen."""
    every = max(1, len(found.looks) // 10)
    rows = [(f"{look.at:.0f}", f"{look.done:,}", f"{look.memory:.1f}") for look in found.looks[::every]]
    return table(["seconds since NAV was back", "sent", "RSS, MiB"], rows)
