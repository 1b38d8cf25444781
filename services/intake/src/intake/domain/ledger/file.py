"""What is known of a whole file once it has been read to its end, and the pieces that it is handed on in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from intake.domain.ledger.lines import BadLine, Line


class NotALedgerFile(ValueError):
    """It can't be read as one at all; the sentence says why."""


@dataclass(frozen=True, slots=True)
class LedgerFile:
    """`account` as the file writes it; `key` with the municipality. `digest`: the SHA-256 of its bytes, as hexadecimal.
    `as_of`: None of a tenancy register, which holds from the day that it comes.

    `lines` and `ore`: of its facts, as its end record says. `end`: the number of its last line. `closes`: whether the
    account is closed as of that day, as a file that holds its payments does, and one of tenancies alone doesn't.
    """

    account: str
    key: str
    as_of: date | None
    digest: str
    end: int
    lines: int
    ore: int
    closes: bool = True


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some lines of a file, in its order, as they wait for their turn. `public_ids`: of the tenancies that start.

    `contracts`: their names, sealed, and those of the rows of a register. `import_id`: what the file will be, if it
    turns out to be whole.
    """

    lines: tuple[Line, ...] = ()
    bad: tuple[BadLine, ...] = ()
    public_ids: Mapping[str, str] = field(default_factory=dict)
    import_id: str = ""
    contracts: Mapping[str, str] = field(default_factory=dict)
