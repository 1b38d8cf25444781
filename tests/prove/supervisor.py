"""Starts again what ends, after a rest, as whatever runs these services in earnest does."""

import threading

from demo.local.children import Child
from demo.local.errors import ChildDied

REST = 0.5  # seconds


class Supervisor:
    """`exits`: who ended of itself, with its code. Listens to a platform's deaths with `died`."""

    def __init__(self) -> None:
        self.exits: list[tuple[str, int]] = []
        self._children: dict[str, Child] = {}
        self._ended, self._turn = threading.Event(), threading.Lock()

    def watch(self, *children: Child) -> None:
        for child in children:
            self._children[child.name] = child

    def died(self, death: ChildDied) -> None:
        if (child := self._children.get(death.name)) is None:
            return
        if death.code > 0:
            self.exits.append((death.name, death.code))
            print(death, flush=True)  # its log goes with the run
        threading.Thread(target=self._again, args=[child], daemon=True).start()

    def _again(self, child: Child) -> None:
        if not self._ended.wait(REST):
            self.start(child)

    def start(self, child: Child) -> None:
        """Unless it runs, or has been let go meanwhile."""
        with self._turn:
            if self._children.get(child.name) is child and not child.alive:
                child.start()

    def let_go(self, child: Child, *, at_once: bool = False) -> None:
        """It is ended, as asked to or killed, and nobody starts it again."""
        with self._turn:
            self._children.pop(child.name, None)
        (child.kill if at_once else child.terminate)()

    def take_back(self, child: Child) -> None:
        self.watch(child)
        self.start(child)

    def end(self) -> None:
        """From here on nobody is started again."""
        self._ended.set()
