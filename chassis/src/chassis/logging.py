"""JSON lines on standard output. Ours are named `part.what_happened`; those of libraries `foreign.<logger>`.

Nothing personal: of an exception only its type and our own frames are written, as texts of libraries quote data
(asyncpg's query arguments), and an eleven-digit number is masked wherever it turns up, as the last resort.
"""

import logging
import re
import sys
import sysconfig
import traceback
from collections.abc import Iterator, MutableMapping
from pathlib import Path
from typing import Any, TextIO

import structlog

from chassis.errors import fingerprint, reason

MASK = "9" * 11  # no date begins so, and a number stays JSON
# Ids and digests may hold eleven digits in a row by chance and stay as they are.
_ID_OR_BIRTH_NUMBER = re.compile(
    r"(?P<id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32,})|(?<!\d)\d{6}[ .-]?\d{5}(?!\d)"
)
_NOT_OURS = ("site-packages", sysconfig.get_path("stdlib"), "<frozen")
# They log at INFO what we log better ourselves, or write URLs, headers and code verifiers.
_QUIET = ("uvicorn.access", "httpx", "httpcore", "authlib")


def configure(service: str, level: str = "INFO", stream: TextIO | None = None) -> None:
    """Route everything that this process logs through the one chain. Libraries never speak below INFO."""
    structlog.contextvars.bind_contextvars(service=service)
    threshold = logging.getLevelNamesMapping()[level]
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
            thin_exception,
            structlog.processors.JSONRenderer(ensure_ascii=False, default=plain),
            redact,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(threshold),
        logger_factory=structlog.PrintLoggerFactory(stream or sys.stdout),
    )
    logging.root.handlers[:] = [ForeignRecords()]
    logging.root.setLevel(max(threshold, logging.INFO))
    for known in map(logging.getLogger, list(logging.root.manager.loggerDict)):
        known.handlers.clear()
        known.propagate = True
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(threshold, logging.WARNING))


class ForeignRecords(logging.Handler):
    """Hands on what libraries log: the place and first line, and nothing that an exception says."""

    def emit(self, record: logging.LogRecord) -> None:
        args = record.args if isinstance(record.args, tuple) else (record.args,) if record.args else ()
        error = next((each for each in (*(record.exc_info or ()), *args) if isinstance(each, BaseException)), None)
        at = f"{record.module}:{record.lineno}"
        text = "" if error else record.getMessage().partition("\n")[0]
        structlog.get_logger().log(record.levelno, f"foreign.{record.name}", text=text, at=at, exc_info=error or False)


def thin_exception(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    given = event.pop("exc_info", None)
    error = sys.exc_info()[1] if given is True else given[1] if isinstance(given, tuple) else given
    if isinstance(error, BaseException):
        event["error"], *event["causes"] = [reason(each) for each in chain(error)]
        event.update(frames=our_frames(error), fingerprint=fingerprint(error))
    return event


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """An exception and what caused it, outermost first."""
    while error is not None:
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def our_frames(error: BaseException) -> list[str]:
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if not any(part in frame.filename for part in _NOT_OURS)]
    return ["/".join(Path(f.filename).parts[-2:]) + f":{f.lineno} {f.name}" for f in ours]


def redact(_logger: Any, _method: str, line: Any) -> str:
    return _ID_OR_BIRTH_NUMBER.sub(lambda found: found["id"] or MASK, line)


def plain(value: object) -> str:
    return reason(value) if isinstance(value, BaseException) else str(value)
