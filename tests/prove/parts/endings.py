"""SIGKILL of every child of the demo, one demo each, and of the demo itself: nothing of it is left."""

import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from tests.e2e.ending import CHILDREN, IDLE, RUNS, Ended, by_death_of, by_signal, of_itself
from tests.prove.proof import Given, Proof, table

AT_ONCE = 2
WAYS: dict[str, Callable[[], Ended]] = {
    "at its end": of_itself,
    "Ctrl-C": partial(by_signal, signal.SIGINT, IDLE),
    "SIGKILL of the demo": partial(by_signal, signal.SIGKILL, RUNS),
    **{f"SIGKILL of {child}": partial(by_death_of, child) for child in CHILDREN},
}


def prove(given: Given) -> Proof:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = {name: pool.submit(way) for name, way in WAYS.items()}
        ended = {}
        for name, future in found.items():
            ended[name] = future.result()
            given.say(f"{name}: {ended[name].code}, left: {ended[name].left or 'nothing'}")
    rows = [(name, each.seen, each.code, ", ".join(each.left) or "nothing") for name, each in ended.items()]
    holds = all(not each.left and (each.code == 0) == (name == "at its end") for name, each in ended.items())
    what = "A demo of one person and one ledger file each. Processes, ports, shared memory and folders are looked for."
    body = table(["how it ended", "processes seen", "exit code", "left"], rows)
    return Proof("However the demo ends", holds, f"{what}\n\n{body}")
