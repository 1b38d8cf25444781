"""How long it takes from a referral's request on Kafka to NAV's accept, at so many a second.

Real Kafka and PostgreSQL and one process of nav-bridge; NAV is the simulator, which thinks for 50 ms before it takes
anything. The doors of eligibility and intake are played by the proof's own server (`tests/prove/nav/doors.py`), which
answers at once. Time is from the record's sending until NAV's own record has it, so that NAV's 50 ms are in it; the
first seconds, in which connections are made, are left out.
"""

import argparse
import contextlib
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from statistics import quantiles

import psutil

from demo.local.platform import Platform
from tests.prove.nav.asking import Pair
from tests.prove.nav.putting import one_by_one
from tests.prove.nav.scene import Scene
from tests.prove.waiting import until

GOAL = 200.0  # milliseconds, of 99 in 100
SECONDS, PACE, LATENCY, WARM_UP = 60.0, 20, 50, 5.0


def measure(seconds: float, pace: int) -> tuple[list[float], float]:
    """Milliseconds of each, and the share of a processor that the bridge took."""
    with Platform() as platform, contextlib.closing(Scene(platform, 1, 40.0, members=1)) as scene:
        scene.behave(latency_ms=LATENCY)
        bridge = psutil.Process(scene.members[0].pid)
        asked = write(scene, seconds, pace, bridge)
        until(lambda: len(accepted(scene)) >= len(asked), "NAV has all", 60, pause=0.5)
        worked = bridge.cpu_percent() / 100
        there = accepted(scene)
        first = min(asked.values()) + WARM_UP
        return [(there[pair] - at) * 1000 for pair, at in asked.items() if at >= first], worked


def write(scene: Scene, seconds: float, pace: int, bridge: psutil.Process) -> Mapping[Pair, float]:
    """When each was handed to Kafka, at an even pace."""
    bridge.cpu_percent()
    return dict(one_by_one(scene.platform, scene.doors, "latency", int((WARM_UP + seconds) * pace), pace))


def accepted(scene: Scene) -> Mapping[Pair, float]:
    lines = (line for line in scene.lines() if line["what"] == "accepted")
    return {
        Pair(line["referral"], line["revision"]): datetime.fromisoformat(line["time"]).timestamp() for line in lines
    }


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--pace", type=int, default=PACE)
    given = parser.parse_args(arguments)
    times, worked = measure(given.seconds, given.pace)
    at = quantiles(times, n=100)
    told = f"p50 {at[49]:.0f} ms, p90 {at[89]:.0f} ms, p99 {at[98]:.0f} ms, at most {max(times):.0f} ms"
    print(f"{len(times):,} referrals at {given.pace}/s: {told}; the bridge took {worked:.0%} of a processor")
    print(f"goal: p99 < {GOAL:.0f} ms at {PACE}/s, NAV's {LATENCY} ms in it")
    return int(at[98] >= GOAL)


if __name__ == "__main__":
    sys.exit(main())
