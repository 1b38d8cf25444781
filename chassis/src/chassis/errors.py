"""The few ways in which things fail, and what becomes of each. Standard library only: handlers import this.

| what | from Kafka, timer, answer | from HTTP |
|---|---|---|
| `Reject`; undecodable; invalid; known type, unknown major version | dead letter, key parked | 4xx problem |
| unexpected exception in a decider (pure: it would come again) | same, counted as a bug | 500, nothing stored |
| the database refuses the data (NUL, a number past bigint) | same, that record alone | 422 |
| connection lost, deadlock, serialization, broker away | the same batch again after a back-off | 503 |
| `BrokenInvariant`: lock lost, position moved by another | the process exits non-zero | the process exits |
"""

import hashlib
import traceback


class BoligflytError(Exception):
    """The root of what the chassis raises on purpose."""


class Reject(BoligflytError):
    """A handler's no. `code` is stable and for machines; `sentence` is Norwegian, for the person who asked.

    Neither may hold anything personal: both end in dead letters, logs and problem documents.
    """

    def __init__(self, code: str, sentence: str, *, status: int = 409) -> None:
        super().__init__(f"{code}: {sentence}")
        self.code, self.sentence, self.status = code, sentence, status


class Unreadable(BoligflytError):
    """A record that no reader of ours can make sense of; `code` says in which way."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(f"{code}: {sentence}")
        self.code, self.sentence = code, sentence


def refused_by_database() -> Reject:
    """What becomes of content that no database row can hold."""
    return Reject("refused_by_database", "Databasen tar ikke imot innholdet.", status=422)


class NotYours(BoligflytError):
    """A key of another municipality, answered like one that doesn't exist."""


class BrokenInvariant(BoligflytError):
    """Something that we guarantee no longer holds in this process: it must end before it writes again."""


def fingerprint(error: BaseException) -> str:
    """Twelve hex digits that failures of the same cause share: the code of a Reject, else type and line."""
    if isinstance(error, Reject | Unreadable):
        cause = error.code
    else:
        frames = traceback.extract_tb(error.__traceback__)
        cause = f"{type(error).__name__}@{frames[-1].name}:{frames[-1].lineno}" if frames else type(error).__name__
    return hashlib.sha256(cause.encode()).hexdigest()[:12]


def reason(error: BaseException) -> str:
    """What may be shown of an error: our own sentence, or the type alone, as foreign texts may quote data."""
    return str(error) if isinstance(error, BoligflytError) else f"{type(error).__name__} (uventet feil)"
