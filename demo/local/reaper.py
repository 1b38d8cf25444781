"""Leaves nothing behind: makes the temporary folder, and removes it and all who work in it when its owner is gone.

Prints the folder's path (its argument, where another reaper has made it), then waits for the end of its standard
input, which comes however the owner ends, SIGKILL included. Whoever has the folder, or one below it, as working
directory is killed: PostgreSQL's processes are in no common group and have no common ancestor any more, but they all
work there. Run in a session of its own.
"""

import contextlib
import ctypes
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

PATIENCE = 10  # seconds for killed processes to be gone; one stuck in the kernel isn't waited for longer
IPC_RMID = 0


def working_in(folder: Path) -> Iterator[psutil.Process]:
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if process.pid != os.getpid() and Path(process.cwd()).is_relative_to(folder):
                yield process


def kill_all(folder: Path) -> None:
    """Until nobody is left: one that was just being started is found the next time round."""
    deadline = time.monotonic() + PATIENCE
    while (found := list(working_in(folder))) and time.monotonic() < deadline:
        for process in found:
            with contextlib.suppress(psutil.Error):
                process.kill()
        psutil.wait_procs(found, timeout=0.2)


def free_shared_memory(folder: Path) -> None:
    """A killed PostgreSQL leaves its System V segment, whose id is on the 7th line of postmaster.pid."""
    for file in folder.glob("*/*/postmaster.pid"):
        with contextlib.suppress(OSError, ValueError, IndexError):
            segment = file.read_text().splitlines()[6].split()[1]
            ctypes.CDLL(None).shmctl(int(segment), IPC_RMID, None)


def main() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    folder = Path(sys.argv[1] if sys.argv[1:] else tempfile.mkdtemp(prefix="boligflyt-")).resolve()
    folder.chmod(0o711)  # PostgreSQL's account must pass through; what it holds has its own modes
    with contextlib.suppress(BrokenPipeError):
        sys.stdout.write(f"{folder}\n")
        sys.stdout.flush()
        sys.stdin.buffer.read()
    kill_all(folder)
    free_shared_memory(folder)
    shutil.rmtree(folder, ignore_errors=True)


main()
