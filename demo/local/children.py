"""Processes that end with this one, are watched, and can be killed, frozen and started again."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from demo.local.errors import ChildDied, NotReady, PlatformError

LAUNCH = Path(__file__).with_name("launch.py")
REAPER = Path(__file__).with_name("reaper.py")
PATIENCE = 15  # seconds from a request to end until it is taken for granted


@dataclass(eq=False)
class Child:
    """One program. A restart is the same program with the same arguments, folder and log."""

    name: str
    argv: Sequence[str]
    env: Mapping[str, str]
    folder: Path
    log: Path
    account: str
    _start: Callable[["Child"], subprocess.Popen[bytes]] = field(repr=False)
    _died: Callable[[ChildDied], None] = field(repr=False)
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False, repr=False)
    _ending: subprocess.Popen[bytes] | None = field(default=None, init=False, repr=False)

    def start(self) -> None:
        process = self._process = self._start(self)
        threading.Thread(target=self._watch, args=[process], name=f"watch {self.name}", daemon=True).start()

    def _watch(self, process: subprocess.Popen[bytes]) -> None:
        code = process.wait()
        if process is not self._ending:
            self._died(ChildDied(self.name, code, self.log))

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        assert self._process is not None, "not started"
        return self._process.pid

    def kill(self) -> None:
        """SIGKILL to it and all that it started, and wait until they are gone. Expected: nothing is reported."""
        tree = self._expect_end()
        _signal(tree, signal.SIGKILL)
        self._wait(tree)

    def terminate(self, number: int = signal.SIGTERM, patience: float = PATIENCE) -> None:
        """Ask it to end; kill it if it doesn't."""
        tree = self._expect_end()
        _signal(tree[:1], number)
        _signal(tree[:1], signal.SIGCONT)
        _, left = psutil.wait_procs(tree, timeout=patience)
        _signal(left, signal.SIGKILL)
        self._wait(tree)

    def pause(self) -> None:
        _signal(self._tree(), signal.SIGSTOP)

    def resume(self) -> None:
        _signal(self._tree(), signal.SIGCONT)

    def restart(self) -> None:
        """Kill it if it lives, and start it again."""
        self.kill()
        self.start()

    def until(self, ready: Callable[[], bool], seconds: float) -> None:
        """Wait until `ready`; a child that ends first, or takes too long, is an error with the end of its log."""
        deadline = time.monotonic() + seconds
        while not ready():
            if self._process is not None and (code := self._process.poll()) is not None:
                raise ChildDied(self.name, code, self.log)
            if time.monotonic() > deadline:
                raise NotReady(self.name, seconds, self.log)
            time.sleep(0.02)

    def _expect_end(self) -> list[psutil.Process]:
        if self.alive:
            self._ending = self._process
        return self._tree()

    def _tree(self) -> list[psutil.Process]:
        if not self.alive:
            return []
        try:
            own = psutil.Process(self.pid)
            return [own, *own.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def _wait(self, tree: Sequence[psutil.Process]) -> None:
        psutil.wait_procs(tree, timeout=PATIENCE)
        if self._process is not None:
            self._process.wait(PATIENCE)


class Children:
    """All children of one platform, their temporary folder, and the reaper that outlives this process.

    Children are started from one thread that lives as long as they may: Linux takes the end of the thread that
    started a process for the end of its parent.
    """

    def __init__(self) -> None:
        self.died: list[ChildDied] = []
        self._listeners: list[Callable[[ChildDied], None]] = []
        self._children: list[Child] = []
        self._spawner = ThreadPoolExecutor(1, thread_name_prefix="spawner")
        self._reaper = subprocess.Popen(
            [sys.executable, str(REAPER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
        )
        assert self._reaper.stdout is not None
        self.folder = Path(self._reaper.stdout.readline().decode().strip())
        if not self.folder.is_absolute():
            raise PlatformError("Kunne ikke lage en midlertidig mappe")
        threading.Thread(target=self._watch_reaper, name="watch reaper", daemon=True).start()
        self._closing = False

    def spawn(
        self,
        name: str,
        argv: Sequence[str],
        env: Mapping[str, str] | None = None,
        log: Path | None = None,
        *,
        folder: Path | None = None,
        account: str = "-",
    ) -> Child:
        """Start a program in `folder` (one of its own, unless given); `env` is added to this process's environment."""
        if folder is None:
            folder = self.folder / name
            folder.mkdir(exist_ok=True)
        log = log or self.folder / f"{name}.log"
        child = Child(name, argv, env or {}, folder, log, account, self._start, self.report)
        self._children.append(child)
        child.start()
        return child

    def _start(self, child: Child) -> subprocess.Popen[bytes]:
        return self._spawner.submit(self._start_here, child).result()

    @staticmethod
    def _start_here(child: Child) -> subprocess.Popen[bytes]:
        with child.log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-I", "-S", str(LAUNCH), str(os.getpid()), child.account, *child.argv],
                cwd=child.folder,
                env={**os.environ, **child.env},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def listen(self, listener: Callable[[ChildDied], None]) -> None:
        """`listener` is called, from another thread, with each unexpected death, past ones at once."""
        self._listeners.append(listener)
        for death in list(self.died):
            listener(death)

    def report(self, death: ChildDied) -> None:
        if self._closing:
            return
        self.died.append(death)
        for listener in list(self._listeners):
            listener(death)

    def _watch_reaper(self) -> None:
        code = self._reaper.wait()
        self.report(ChildDied("opprydderen", code, self.folder / "-"))

    def close(self) -> None:
        """Let the reaper end all children and remove the folder, and wait until it has."""
        self._closing = True
        assert self._reaper.stdin is not None
        assert self._reaper.stdout is not None
        with contextlib.suppress(BrokenPipeError):
            self._reaper.stdin.close()
        self._reaper.stdout.close()
        if self._reaper.wait() != 0:  # somebody killed it: another does its work
            subprocess.run([sys.executable, str(REAPER), str(self.folder)], stdin=subprocess.DEVNULL, check=True)
        for child in self._children:
            child.kill()
        self._spawner.shutdown()


def _signal(processes: Sequence[psutil.Process], number: int) -> None:
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(number)
