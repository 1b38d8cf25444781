"""Databases lost under load and brought back from a backup some minutes old."""

from collections import defaultdict

from tests.prove.figures import percentile
from tests.prove.proof import Given, Proof, table
from tests.prove.restore import run
from tests.prove.restore.scene import BASE_ALONE, STATES, Result

ROUNDS, LEAST = 3, 10
WHAT = """Real Kafka, a PostgreSQL per service with archived WAL, the four services, a simulated NAV. Under load the
databases are lost (SIGKILL, the data folder gone) one after another and brought back; all else goes on."""


def prove(given: Given) -> Proof:
    result = run(given.seed, ROUNDS, given.say)
    holds = not result.findings and len(result.restored) >= LEAST
    return Proof("Databases restored from a backup", holds, body(result))


def body(result: Result) -> str:
    put_in = f"{result.applications:,} applications and {result.files} ledger files went in"
    again = f"{result.sent_again} requests got no answer and were sent again under the same key"
    sums = f"{result.sums} sums of files compared, {result.differences} differ."
    states = [(reader, *(found[state] for state in STATES)) for reader, found in result.reconciled.items()]
    zeros = [(where, *count.numbers) for where, count in result.counts.items()]
    parts = [
        WHAT,
        f"{put_in}; {again}. {result.events:,} records came to stand on Kafka.",
        _databases(result),
        table(["reader", *(state.replace("_", " ") for state in STATES)], states),
        sums,
        table(["looked at", "lost", "doubled", "reordered", "stuck"], zeros),
        "\n".join(f"* {finding}" for finding in result.findings[:50]),
    ]
    return "\n\n".join(filter(None, parts))


def _databases(result: Result) -> str:
    of: defaultdict[str, list[tuple[float, float]]] = defaultdict(list)
    for one in result.restored:
        of[one.service].append((one.age, one.away))
    rows = [
        (
            service,
            "base backup alone" if service in BASE_ALONE else "base backup and WAL",
            len(times),
            f"{min(age for age, _ in times):.0f}–{max(age for age, _ in times):.0f}",
            *(f"{percentile([away for _, away in times], share):.1f}" for share in (0.5, 1.0)),
            result.floors[service],
            result.breaks[service],
        )
        for service, times in of.items()
    ]
    head = ["database", "restored to", "times", "backup's age, s", "ready again after, p50 s", "max s"]
    return table([*head, "subjects with a floor", "breaks heard"], rows)
