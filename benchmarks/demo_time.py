"""How long `make demo ONCE=1` takes: the next time, or with --cold from a fresh clone with empty caches."""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
GOAL = {"cold": 300, "warm": 60}  # seconds


def timed(folder: Path, environment: dict[str, str]) -> float:
    began = time.monotonic()
    subprocess.run(["make", "demo", "ONCE=1"], cwd=folder, env=environment, check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - began


def cold() -> float:
    """Nothing of this checkout's environment and none of this account's caches is used."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(folder / "clone")], check=True)
        caches = {
            "XDG_CACHE_HOME": str(folder / "cache"),
            "npm_config_cache": str(folder / "npm"),
            "BOLIGFLYT_CACHE": str(folder / "boligflyt"),
        }
        return timed(folder / "clone", {**os.environ, **caches})


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cold", action="store_true")
    parser.add_argument("--rounds", type=int, default=3, help="warm rounds")
    given = parser.parse_args()
    kind = "cold" if given.cold else "warm"
    figures = [cold()] if given.cold else sorted(timed(ROOT, dict(os.environ)) for _ in range(given.rounds))
    print(f"{kind}: " + ", ".join(f"{figure:.0f} s" for figure in figures) + f" (goal: under {GOAL[kind]} s)")
    return int(figures[-1] >= GOAL[kind])


if __name__ == "__main__":
    sys.exit(main())
