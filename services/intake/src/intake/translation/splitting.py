"""A stream of bytes cut into lines, of which none is ever held that is longer than a line may be."""

from collections.abc import Iterator
from dataclasses import dataclass, field

# Above any line of any of the formats. In bytes.
LONGEST = 4096
TOO_LONG = f"linjen er lengre enn {LONGEST} tegn"


@dataclass(slots=True)
class Splitting:
    """Lines end with LF or CRLF. Of a longer one the beginning is kept, marked by being over `LONGEST`.

    One byte beyond the mark is kept: a CR where it is cut is taken for the line's end and goes, and the mark must stay.
    """

    _rest: bytearray = field(default_factory=bytearray)

    def take(self, block: bytes) -> Iterator[bytes]:
        """The lines that are whole with this block."""
        start = 0
        while (end := block.find(b"\n", start)) >= 0:
            self._keep(block, start, end)
            yield self._line()
            start = end + 1
        self._keep(block, start, len(block))

    def finish(self) -> Iterator[bytes]:
        """The last line, where no line end follows it."""
        if self._rest:
            yield self._line()

    def _keep(self, block: bytes, start: int, end: int) -> None:
        room = LONGEST + 2 - len(self._rest)
        self._rest += block[start : min(end, start + max(0, room))]

    def _line(self) -> bytes:
        line = bytes(self._rest)
        self._rest.clear()
        return line.removesuffix(b"\r")
