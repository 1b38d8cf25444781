"""What can go wrong with the local platform, in sentences for the person at the terminal."""

from pathlib import Path


class PlatformError(Exception):
    """The platform can't be had or has broken; the sentence says why and what to do."""


class ChildDied(PlatformError):
    """A process ended that was to go on. `code` is negative where a signal ended it."""

    def __init__(self, name: str, code: int, log: Path) -> None:
        self.name, self.code = name, code
        how = f"av signal {-code}" if code < 0 else f"med kode {code}"
        super().__init__(f"{name} stanset uventet {how}. Det siste i loggen:\n{tail(log)}")


class NotReady(PlatformError):
    """A process is running but hasn't become ready in time."""

    def __init__(self, name: str, seconds: float, log: Path) -> None:
        super().__init__(f"{name} ble ikke klar innen {seconds:.0f} sekunder. Det siste i loggen:\n{tail(log)}")


def tail(log: Path, lines: int = 15) -> str:
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - 16_384))
            found = file.read().decode("utf-8", "replace").splitlines()
    except OSError:
        found = []
    return "\n".join(f"    {line}" for line in found[-lines:]) or "    (tom)"
