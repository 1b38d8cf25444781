"""The kinds of faults. Each is entered as a context that lasts as long as the fault does; leaving it lifts the fault.

`Injection` says which, on whom, and for how long, all of it drawn from the seed before the first is made.
"""

import contextlib
import random
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import psycopg

from tests.prove.rig import SERVICES, Rig

BLOCKED = {signal.SIGUSR1: 4, signal.SIGUSR2: 13}  # seconds, as blocking/sitecustomize.py has them

SESSION = 10.0  # seconds, the consumers' on Kafka
LOCK = 15.0  # seconds after which PostgreSQL ends a relay's silent session


@dataclass(frozen=True, slots=True)
class Injection:
    """`target`: a service, `kafka` or `postgres`. `seconds`: how long it lasts."""

    kind: str
    target: str
    seconds: float
    draw: float


Fault = Callable[[Rig, Injection], contextlib.AbstractContextManager[None]]


@contextlib.contextmanager
def sigkill(rig: Rig, given: Injection) -> Iterator[None]:
    rig.signal(given.target, signal.SIGKILL)
    yield


@contextlib.contextmanager
def sigstop(rig: Rig, given: Injection) -> Iterator[None]:
    """Past the session on Kafka, half the time past that of the relay's lock, too."""
    rig.signal(given.target, signal.SIGSTOP)
    yield
    rig.signal(given.target, signal.SIGCONT)


@contextlib.contextmanager
def blocked_loop(rig: Rig, given: Injection) -> Iterator[None]:
    number = signal.SIGUSR1 if given.seconds < SESSION else signal.SIGUSR2
    rig.signal(given.target, number)
    yield
    time.sleep(max(0, BLOCKED[number] - given.seconds))


@contextlib.contextmanager
def backends_terminated(rig: Rig, given: Injection) -> Iterator[None]:
    with contextlib.suppress(psycopg.OperationalError):  # PostgreSQL may be gone for another reason
        rig.terminate_backends(given.target)
    yield


@contextlib.contextmanager
def postgres_killed(rig: Rig, given: Injection) -> Iterator[None]:
    postgres = rig.platform.postgres
    assert postgres is not None
    postgres.child.kill()
    yield
    postgres.restart()


@contextlib.contextmanager
def broker_killed(rig: Rig, given: Injection) -> Iterator[None]:
    rig.platform.kafka.child.kill()
    yield
    rig.platform.kafka.restart()


@contextlib.contextmanager
def second_member(rig: Rig, given: Injection) -> Iterator[None]:
    """Joins, and leaves: as asked to, or killed."""
    child = rig.join(given.target, "this")
    yield
    if given.draw < 0.5:
        child.terminate()
    else:
        child.kill()


def version(name: str) -> Fault:
    """Another version joins, is alone for a while, and goes again: one writes what the other reads, both ways."""

    @contextlib.contextmanager
    def fault(rig: Rig, given: Injection) -> Iterator[None]:
        child = rig.join(given.target, name)
        time.sleep(given.seconds / 3)
        rig.rolled_out(given.target)
        try:
            yield
        finally:
            rig.rolled_back(given.target)
        time.sleep(given.seconds / 3)
        child.terminate()

    return fault


def _wire(given: Injection) -> str:
    return f"{given.target}:{'kafka' if given.draw < 0.5 else 'postgres'}"


@contextlib.contextmanager
def slow_network(rig: Rig, given: Injection) -> Iterator[None]:
    rig.platform.network.slow(_wire(given), 0.05 + given.draw % 0.5)
    yield
    rig.platform.network.heal(_wire(given))


@contextlib.contextmanager
def cut_network(rig: Rig, given: Injection) -> Iterator[None]:
    rig.platform.network.cut(_wire(given))
    yield
    rig.platform.network.heal(_wire(given))


@contextlib.contextmanager
def stalled_network(rig: Rig, given: Injection) -> Iterator[None]:
    rig.platform.network.stall(_wire(given))
    yield
    rig.platform.network.heal(_wire(given))


@contextlib.contextmanager
def half_open_network(rig: Rig, given: Injection) -> Iterator[None]:
    rig.platform.network.half_open(_wire(given))
    yield


@dataclass(frozen=True, slots=True)
class Kind:
    """`seconds`: from and to. `targets`: whom it may hit."""

    fault: Fault
    seconds: tuple[float, float]
    targets: Sequence[str] = SERVICES


KINDS = {
    "SIGKILL": Kind(sigkill, (0.0, 0.0)),
    "SIGSTOP past the session": Kind(sigstop, (SESSION + 1, LOCK + 5)),
    "event loop blocked": Kind(blocked_loop, (4.0, 13.0)),
    "pg_terminate_backend": Kind(backends_terminated, (0.0, 0.0)),
    "PostgreSQL killed": Kind(postgres_killed, (0.0, 6.0), ("postgres",)),
    "broker killed": Kind(broker_killed, (0.0, 6.0), ("kafka",)),
    "second member": Kind(second_member, (5.0, 12.0)),
    "older version": Kind(version("older"), (9.0, 15.0)),
    "newer version": Kind(version("newer"), (9.0, 15.0)),
    "slow network": Kind(slow_network, (4.0, 10.0)),
    "cut network": Kind(cut_network, (1.0, 8.0)),
    "stalled network": Kind(stalled_network, (2.0, 14.0)),
    "half-open network": Kind(half_open_network, (0.0, 0.0)),
}


def schedule(seed: int, number: int, kinds: Sequence[str] = tuple(KINDS)) -> list[Injection]:
    """As many of each kind, as nearly as the number allows, in an order and with lengths and targets of the seed."""
    chance = random.Random(seed)
    names = [kinds[n % len(kinds)] for n in range(number)]
    chance.shuffle(names)
    return [
        Injection(name, chance.choice(KINDS[name].targets), chance.uniform(*KINDS[name].seconds), chance.random())
        for name in names
    ]
