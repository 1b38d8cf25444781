"""A collector of spans: takes OTLP over HTTP as any other would, and keeps what came."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span as Wire


@dataclass(frozen=True)
class Span:
    """Ids in hexadecimal; `above` is empty for the first of a trace. `linked`: the traces that it names."""

    service: str
    name: str
    trace: str
    id: str
    above: str
    failed: bool
    linked: tuple[str, ...]
    facts: Mapping[str, Any]


class Collector:
    """`with Collector() as collector:`; `bodies`: the requests as they came."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        bodies = self.bodies

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                known = self.path == "/v1/traces" and self.headers["Content-Type"] == "application/x-protobuf"
                if known:
                    bodies.append(body)
                self.send_response(200 if known else 404)
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                pass

        return Handler

    def __enter__(self) -> "Collector":
        threading.Thread(target=self._server.serve_forever, name="collector", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def spans(self) -> list[Span]:
        found = []
        for body in list(self.bodies):
            request = ExportTraceServiceRequest()
            request.ParseFromString(body)
            for resource in request.resource_spans:
                service = _facts(resource.resource.attributes)["service.name"]
                found += [_span(service, each) for scope in resource.scope_spans for each in scope.spans]
        return found

    def trace_of(self, chosen: Callable[[Span], bool]) -> list[Span]:
        """All spans of the one trace in which a span is chosen."""
        spans = self.spans
        (trace,) = {span.trace for span in spans if chosen(span)}
        return [span for span in spans if span.trace == trace]


def _span(service: str, wire: Wire) -> Span:
    return Span(
        service=service,
        name=wire.name,
        trace=wire.trace_id.hex(),
        id=wire.span_id.hex(),
        above=wire.parent_span_id.hex(),
        failed=wire.status.code == wire.status.STATUS_CODE_ERROR,
        linked=tuple(link.trace_id.hex() for link in wire.links),
        facts=_facts(wire.attributes),
    )


def _facts(attributes: Any) -> dict[str, Any]:
    return {each.key: getattr(each.value, each.value.WhichOneof("value")) for each in attributes}
