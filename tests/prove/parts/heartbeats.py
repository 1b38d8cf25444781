"""A coordinator that answers heartbeats with errors after which aiokafka's consumer never reads again."""

from pathlib import Path

from demo.local import Platform
from tests.platforms import a_platform
from tests.prove import versions
from tests.prove.heartbeats.trial import CODES, LIMIT, Seen, Trial
from tests.prove.proof import Given, Proof, table
from tests.prove.versions import Change

NO_WATCHDOG = Change("chassis/src/chassis/watchdog.py", "STILL = 20.0", "STILL = 20_000.0")


def prove(given: Given) -> Proof:
    seen: dict[int, Seen] = {}
    bare: dict[int, Seen] = {}
    with a_platform() as platform:
        (platform.folder / "bare").mkdir()
        tree = versions.copy(platform.folder / "bare", [NO_WATCHDOG])
        for code, name in CODES.items():
            seen[code], bare[code] = _of(platform, versions.ROOT, code), _of(platform, tree, code)
            given.say(f"{code} {name}: {_told(seen[code])}; without the watchdog: {_told(bare[code])}")
    rows = [
        (code, CODES[code], _told(seen[code]), "yes" if seen[code].rest_read else "**no**", _told(bare[code]))
        for code in CODES
    ]
    what = (
        "One process of a service, a mock cluster that answers one heartbeat with the error, and records that come "
        f"afterwards. The process has to read them or to end with an error within {LIMIT:.0f} seconds of the answer."
    )
    head = ["code", "Kafka's name for it", "what became of it", "all read in the end", "on a copy without the watchdog"]
    holds = all(each.holds for each in seen.values()) and any(each.seconds is None for each in bare.values())
    return Proof("Heartbeats answered with errors", holds, f"{what}\n\n{table(head, rows)}")


def _of(platform: Platform, tree: Path, code: int) -> Seen:
    trial = Trial(platform, tree)
    try:
        return trial.of(code)
    finally:
        trial.close()


def _told(seen: Seen) -> str:
    if seen.seconds is None:
        return "neither read nor ended"
    how = "read on" if seen.code is None else f"ended with {seen.code}"
    return f"{how} after {seen.seconds:.1f} s"
