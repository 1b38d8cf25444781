"""How many lines of code the chassis has, without blank lines, comments and docstrings."""

import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.guards.size import of  # noqa: E402 - the same counter as the guard's

CHASSIS = ROOT / "chassis" / "src" / "chassis"
GOALS = {"consumer": 150, "store": 150, "relay": 150, "timers": 150, "calls": 150}


def main() -> int:
    figures = {name: (of(CHASSIS / name), goal) for name, goal in GOALS.items()}
    figures["the whole chassis"] = (of(CHASSIS), 1_500)
    for name, (found, goal) in figures.items():
        print(f"{name}: {found} (goal: {goal} at most){'' if found <= goal else ' MISSED'}")
    return int(any(found > goal for found, goal in figures.values()))


if __name__ == "__main__":
    sys.exit(main())
