"""A tracer that kills its own process (SIGKILL) just before a line runs, or notes which lines run."""

import inspect
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, NamedTuple

import chassis

MODULES = ("consumer", "store", "relay", "timers", "calls")
FOLDER = Path(chassis.__file__).parent


class Line(NamedTuple):
    module: str
    number: int


class Tracer:
    """Dies before `target` runs for the `nth` time; without a target it notes each line's first run in `notes`."""

    def __init__(self, target: Line | None, nth: int, notes: Path | None) -> None:
        self._target, self._left = target, nth
        self._notes = notes.open("a", buffering=1, encoding="utf-8") if notes else None
        self._times: Counter[Line] = Counter()
        self._files = {str(FOLDER / f"{module}.py"): module for module in MODULES}

    def __call__(self, frame: FrameType, event: str, argument: Any) -> Any:
        """For every call of a function, and every time that a coroutine goes on."""
        return self._line if frame.f_code.co_filename in self._files else None

    def _line(self, frame: FrameType, event: str, argument: Any) -> Any:
        if event == "line":
            line = Line(self._files[frame.f_code.co_filename], frame.f_lineno)
            if line == self._target:
                self._left -= 1
                if not self._left:
                    os.kill(os.getpid(), signal.SIGKILL)
            if self._notes:
                self._times[line] += 1
                if self._times[line].bit_count() == 1:  # at 1, 2, 4, 8 … times, so that a loop writes little
                    self._notes.write(f"{line.module} {line.number} {self._times[line]}\n")
        return self._line


def noted(notes: Path) -> dict[Line, int]:
    """How often each line ran at least."""
    times: dict[Line, int] = {}
    for row in notes.read_text(encoding="utf-8").splitlines():
        module, number, count = row.split()
        times[Line(module, int(number))] = int(count)
    return times


def trace(target: Line | None, nth: int = 1, notes: Path | None = None) -> None:
    """From here on, in this thread."""
    sys.settrace(Tracer(target, nth, notes))


def imported() -> list[Line]:
    """The lines that run when the modules are imported, class bodies included: nothing is connected yet."""
    sources = {module: (FOLDER / f"{module}.py").read_text(encoding="utf-8") for module in MODULES}
    codes = [(module, code) for module, text in sources.items() for code in _bodies(compile(text, module, "exec"))]
    return sorted({Line(module, number) for module, code in codes for _, _, number in code.co_lines() if number})


def _bodies(code: CodeType) -> Iterator[CodeType]:
    """A module's or class's own code, and that of the classes in it; functions have locals of their own."""
    yield code
    for each in code.co_consts:
        if isinstance(each, CodeType) and not each.co_flags & inspect.CO_NEWLOCALS:
            yield from _bodies(each)


def dies_at_import(line: Line) -> bool:
    """Whether an interpreter that imports the module is killed at that line of it."""
    script = f"from tests.prove.lines.dying import *; trace(Line(*{tuple(line)})); import chassis.{line.module}"
    return subprocess.run([sys.executable, "-c", script], check=False).returncode == -signal.SIGKILL
