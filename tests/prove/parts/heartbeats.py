"""A coordinator that answers heartbeats with errors after which aiokafka's consumer never reads again."""

from tests.platforms import a_platform
from tests.prove.heartbeats.trial import CODES, LIMIT, Seen, Trial
from tests.prove.proof import Given, Proof, table


def prove(given: Given) -> Proof:
    seen: dict[int, Seen] = {}
    with a_platform() as platform:
        for code, name in CODES.items():
            trial = Trial(platform)
            seen[code] = trial.of(code)
            trial.close()
            given.say(f"{code} {name}: {_told(seen[code])}")
    rows = [(code, CODES[code], _told(each), "yes" if each.rest_read else "**no**") for code, each in seen.items()]
    what = (
        "One process of a service, a mock cluster that answers one heartbeat with the error, and records that come "
        f"afterwards. The process has to read them or to end with an error within {LIMIT:.0f} seconds of the answer."
    )
    head = ["code", "Kafka's name for it", "what became of it", "all read in the end"]
    return Proof(
        "Heartbeats answered with errors", all(s.holds for s in seen.values()), f"{what}\n\n{table(head, rows)}"
    )


def _told(seen: Seen) -> str:
    if seen.seconds is None:
        return "neither read nor ended"
    how = "read on" if seen.code is None else f"ended with {seen.code}"
    return f"{how} after {seen.seconds:.1f} s"
