"""One trace from what comes in to all that follows: spans where a collector is named, else the thread of it alone.

A span holds opaque ids, types, places and outcomes. Never content, and of an exception its code alone, as the texts
of libraries quote data.
"""

import json
import random
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from typing import Any

import httpx
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import INVALID_SPAN, Link, NonRecordingSpan, Span, SpanContext, SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.types import Message as Part

from chassis.outputs import Message

Facts = Mapping[str, str | int]

MOST_WAITING = 20_000  # spans; some 40 MB
LAST_WORDS = 3.0  # seconds that the spans still waiting at the end may take
UNTRACED = ("/livez", "/readyz", "/metrics", "/assets/", "/static/")

_PROPAGATOR = TraceContextTextMapPropagator()
_tracer: trace.Tracer | None = None
_provider: Any = None


def start(service: str, collector: str) -> None:
    """Record from now on, and export by OTLP over HTTP; without a collector no thread runs and nothing is recorded."""
    global _tracer, _provider  # noqa: PLW0603 - one per process, as a logger's set-up is
    if not collector:
        return
    # Nobody pays for these who exports nothing: they take a tenth of a second.
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415

    named = Resource.create({"service.name": service, "service.namespace": "boligflyt"})
    _provider = TracerProvider(resource=named, shutdown_on_exit=False)
    exporter = OTLPSpanExporter(f"{collector.rstrip('/')}/v1/traces")
    _provider.add_span_processor(BatchSpanProcessor(exporter, max_queue_size=MOST_WAITING))
    _tracer = _provider.get_tracer("boligflyt")


def stop() -> None:
    """Send what waits, within a time that nobody notices; a collector that is away costs its spans, never the end."""
    global _tracer, _provider
    provider, _tracer, _provider = _provider, None, None
    if provider is not None:
        last = threading.Thread(target=provider.shutdown, name="last spans", daemon=True)
        last.start()
        last.join(LAST_WORDS)


@dataclass(frozen=True, slots=True)
class Here:
    """A span under way. `traceparent`: for what follows from it; where nothing is recorded, the one above."""

    traceparent: str
    span: Span = INVALID_SPAN

    def end_as(self, outcome: str, *, failed: bool = False) -> None:
        self.span.set_attribute("boligflyt.outcome", outcome)
        if failed:
            self.span.set_status(Status(StatusCode.ERROR))


@contextmanager
def span(name: str, above: str, kind: SpanKind, facts: Facts) -> Iterator[Here]:
    """A span below the traceparent `above`; the first of a new trace if that is empty or no traceparent."""
    if _tracer is None:
        yield Here(above)
        return
    found = _tracer.start_span(name, _context(above), kind, dict(facts))
    with trace.use_span(found, end_on_exit=True, record_exception=False, set_status_on_exception=False):
        yield Here(_traceparent(found), found)


@contextmanager
def handling(message: Message) -> Iterator[tuple[Message, Here]]:
    """What a handler makes of the message follows from the span of its handling."""
    if _tracer is None:
        yield message, Here(message.traceparent)
        return
    facts = {
        "messaging.message.id": str(message.id),
        "boligflyt.type": message.type,
        "boligflyt.subject": message.subject,
        "boligflyt.kommunenummer": message.kommunenummer,
    }
    asked = trace.get_current_span().get_span_context().is_valid
    kind = SpanKind.INTERNAL if asked else SpanKind.CONSUMER
    with span(f"handle {message.type}", message.traceparent, kind, facts) as here:
        yield replace(message, traceparent=here.traceparent), here


def calling(call: Any) -> AbstractContextManager[Here]:
    """One attempt of an outward call, by its row: what the partner gets as traceparent is this span's."""
    facts = {"boligflyt.call": str(call["key"]), "boligflyt.attempt": call["attempts"]}
    return span(f"call {call['destination']}", call["traceparent"], SpanKind.CLIENT, facts)


def trace_of_its_own(name: str, cause: str) -> str:
    """The traceparent of a new trace, linked to its cause's: so each of a file's ten thousand lines can be followed."""
    if _tracer is None:
        return cause
    link = Link(trace.get_current_span(_context(cause)).get_span_context())
    first = _tracer.start_span(f"begin {name}", Context(), SpanKind.PRODUCER, links=[link])
    first.end()
    return _traceparent(first)


def sent(topic: str, partition: int, events: Iterable[str], began: int) -> None:
    """Kafka has acknowledged the events, by their headers in JSON; `began`: nanoseconds since 1970."""
    if _tracer is None:
        return
    place: Facts = {
        "messaging.system": "kafka",
        "messaging.destination.name": topic,
        "messaging.destination.partition.id": str(partition),
    }
    for headers in map(json.loads, events):
        facts = {**place, "messaging.message.id": headers["ce_id"], "boligflyt.type": headers["ce_type"]}
        above = _context(headers.get("ce_traceparent", ""))
        _tracer.start_span(f"send {topic}", above, SpanKind.PRODUCER, facts, start_time=began).end()


class Traced:
    """A span around every request but those of machines that look whether we live."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if _tracer is None or scope["type"] != "http" or scope["path"].startswith(UNTRACED):
            await self._app(scope, receive, send)
            return
        method, above = scope["method"], Headers(scope=scope).get("traceparent", "")
        with span(method, above, SpanKind.SERVER, {"http.request.method": method}) as here:

            async def answer(part: Part) -> None:
                if part["type"] == "http.response.start":
                    here.span.set_attribute("http.response.status_code", part["status"])
                await send(part)

            try:
                await self._app(scope, receive, answer)
            finally:
                route = getattr(scope.get("route"), "path", "")
                here.span.update_name(f"{method} {route}".strip())
                here.span.set_attribute("http.route", route)


async def pass_on(request: httpx.Request) -> None:
    """To services of ours: the trace goes on behind their doors."""
    if trace.get_current_span().get_span_context().is_valid:
        request.headers.setdefault("traceparent", child_traceparent())


def child_traceparent(parent: str = "") -> str:
    """That of the span under way; where there is none, a W3C traceparent below `parent`, or of a new trace."""
    current = trace.get_current_span()
    if current.get_span_context().is_valid:
        return _traceparent(current)
    above = trace.get_current_span(_context(parent)).get_span_context()
    below = SpanContext(
        trace_id=above.trace_id or random.getrandbits(128) or 1,
        span_id=random.getrandbits(64) or 1,
        is_remote=False,
        trace_flags=above.trace_flags,
    )
    return _traceparent(NonRecordingSpan(below))


def _context(traceparent: str) -> Context:
    return _PROPAGATOR.extract({"traceparent": traceparent}, Context())


def _traceparent(span: Span) -> str:
    carrier: dict[str, str] = {}
    _PROPAGATOR.inject(carrier, trace.set_span_in_context(span))
    return carrier.get("traceparent", "")
