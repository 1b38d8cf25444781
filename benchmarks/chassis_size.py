"""How many lines of code the chassis has, without blank lines, comments and docstrings, and what they are for."""

import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.guards.size import of  # noqa: E402 - the same counter as the guard's

CHASSIS = ROOT / "chassis" / "src" / "chassis"
GOALS = {"consumer": 150, "store": 150, "relay": 150, "timers": 150, "calls": 150}
# Each module of the chassis in one area; what the areas are for stands in docs/adr/0012.
AREAS = {
    "the five runners": tuple(GOALS),
    "what they stand on": (
        *("outputs", "errors", "envelope", "states", "decided", "runs", "dead_letters", "sequences", "seeking"),
        *("fuse", "floors", "database", "broker", "listener", "clock", "testing"),
    ),
    "a process": ("__init__", "service", "command_line", "settings", "migrations", "watchdog"),
    "doors": ("access", "http", "pages"),
    "operations": ("operations", "reconcile", "pruning", "topics", "causation"),
    "telemetry": ("logging", "metrics", "telemetry", "tracing"),
}


def main() -> int:
    figures = {name: (of(CHASSIS / name), goal) for name, goal in GOALS.items()}
    figures["the whole chassis"] = (of(CHASSIS), 1_500)
    for name, (found, goal) in figures.items():
        print(f"{name}: {found} (goal: {goal} at most){'' if found <= goal else ' MISSED'}")
    by_area = {area: {name: of(CHASSIS / name) for name in names} for area, names in AREAS.items()}
    for area, found in by_area.items():
        print(f"{area}: {sum(found.values())} ({', '.join(f'{name} {n}' for name, n in found.items())})")
    if sum(sum(found.values()) for found in by_area.values()) != of(CHASSIS):
        raise SystemExit("a module is in no area, or in two")
    return int(any(found > goal for found, goal in figures.values()))


if __name__ == "__main__":
    sys.exit(main())
