"""What a platform can leave behind, looked for with the system's own means."""

import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil

PATIENCE = 30  # seconds


@dataclass(frozen=True)
class Traces:
    folder: Path
    pids: frozenset[int]
    ports: frozenset[int]
    segments: frozenset[int]

    @classmethod
    def of(cls, roots: set[int], folder: Path) -> "Traces":
        """Of a running platform: `roots` and all that descends from them, or works in its folder."""
        pids = roots | {process.pid for root in roots for process in psutil.Process(root).children(recursive=True)}
        pids |= {process.pid for process in psutil.process_iter() if works_in(process, folder)}
        ports = {
            c.laddr.port
            for pid in pids
            for c in psutil.Process(pid).net_connections()
            if c.laddr and c.status == "LISTEN"
        }
        postmaster = (folder / "postgres" / "data" / "postmaster.pid").read_text().splitlines()
        segment = int(postmaster[6].split()[1])
        return cls(folder, frozenset(pids), frozenset(ports), frozenset({segment}))

    def left(self) -> list[str]:
        listening = {c.laddr.port for c in psutil.net_connections() if c.laddr and c.status == "LISTEN"}
        return [
            *(f"process {pid}" for pid in self.pids if is_running(pid)),
            *(f"process {p.pid} in the folder" for p in psutil.process_iter() if works_in(p, self.folder)),
            *(f"port {port}" for port in self.ports & listening),
            *(f"shared memory {segment}" for segment in self.segments & shared_memory()),
            *([f"folder {self.folder}"] if self.folder.exists() else []),
        ]


def is_running(pid: int) -> bool:
    """A zombie is dead: whoever adopted it has not looked yet."""
    with contextlib.suppress(psutil.NoSuchProcess):
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    return False


def works_in(process: psutil.Process, folder: Path) -> bool:
    with contextlib.suppress(psutil.Error, OSError):
        return Path(process.cwd()).is_relative_to(folder)
    return False


def shared_memory() -> set[int]:
    lines = Path("/proc/sysvipc/shm").read_text().splitlines()[1:]
    return {int(line.split()[1]) for line in lines}


def until(condition: Callable[[], bool]) -> bool:
    """Whether it came true in time."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
