"""A container with the ways of a child process: killed, frozen and started again, its log a file, its death noticed."""

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil

# Ryuk would be one more image. What a killed run leaves is swept by the next one instead.
os.environ.setdefault("TESTCONTAINERS_RYUK_DISABLED", "true")

from testcontainers.core.container import DockerContainer
from testcontainers.core.docker_client import DockerClient

from demo.local.errors import ChildDied, NotReady

OWNER = "no.boligflyt.tests.owner"  # the process that started it
PATIENCE = 15  # seconds from a request to end until it is taken for granted


def sweep() -> None:
    """Remove what processes left that are no more."""
    client = DockerClient().client
    for left in client.containers.list(all=True, filters={"label": OWNER}):
        if not psutil.pid_exists(int(left.labels[OWNER])):
            left.remove(force=True, v=True)


class Contained:
    """`died` is told of each end that nobody here has asked for."""

    def __init__(self, name: str, container: DockerContainer, log: Path, died: Callable[[ChildDied], None]) -> None:
        self.name, self.log, self._died = name, log, died
        self._container = container.with_kwargs(labels={OWNER: str(os.getpid())})
        self._started = self._ending = False

    def start(self) -> None:
        if self._started:
            self._docker.start()
        else:
            self._container.start()
            self._started = True
        self._ending = False
        threading.Thread(target=self._follow, args=[time.time()], name=f"watch {self.name}", daemon=True).start()

    def _follow(self, since: float) -> None:
        with self.log.open("ab") as file:
            for part in self._docker.logs(stream=True, follow=True, since=since):
                file.write(part)
                file.flush()
        if not self._ending:
            self._died(ChildDied(self.name, self._state["ExitCode"], self.log))

    @property
    def _docker(self):
        return self._container.get_wrapped_container()

    @property
    def _state(self):
        self._docker.reload()
        return self._docker.attrs["State"]

    @property
    def alive(self) -> bool:
        return bool(self._state["Running"])

    @property
    def pid(self) -> int:
        """On this machine, where the engine runs here."""
        return int(self._state["Pid"])

    def kill(self) -> None:
        self.terminate(patience=0)

    def terminate(self, number: int = 15, patience: float = PATIENCE) -> None:
        """Ask it to end; kill it if it doesn't."""
        self._ending = True
        if not self.alive:
            return
        if patience:
            self._docker.kill(number)
            deadline = time.monotonic() + patience
            while self.alive and time.monotonic() < deadline:
                time.sleep(0.05)
        if self.alive:
            self._docker.kill()
        self._docker.wait()

    def pause(self) -> None:
        self._docker.pause()

    def resume(self) -> None:
        self._docker.unpause()

    def restart(self) -> None:
        self.kill()
        self.start()

    def until(self, ready: Callable[[], bool], seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not ready():
            if not self.alive:
                raise ChildDied(self.name, self._state["ExitCode"], self.log)
            if time.monotonic() > deadline:
                raise NotReady(self.name, seconds, self.log)
            time.sleep(0.05)

    def run(self, *command: str) -> None:
        """Something inside of it, that has to succeed."""
        done = self._container.exec(list(command))
        if done.exit_code != 0:
            raise RuntimeError(f"{command[0]}: {done.output.decode()}")

    def remove(self) -> None:
        self._ending = True
        self._container.stop()
