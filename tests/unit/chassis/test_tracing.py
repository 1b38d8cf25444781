"""Spans: what they hold, how they hang together, and that nothing is done where no collector is named."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

import asyncpg
import httpx
import pytest
from fastapi import FastAPI
from opentelemetry.trace import SpanKind

from chassis import tracing
from chassis.outputs import Message
from chassis.tracing import child_traceparent
from tests.collector import Collector, Span

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
ID = UUID("7a0c0f4e-0000-4000-8000-000000000001")
MESSAGE = Message(ID, "invoice.issued", "t1", "3427", datetime(2019, 5, 2, tzinfo=UTC), None, traceparent=PARENT)


@pytest.fixture
def collector() -> Iterator[Collector]:
    with Collector() as collector:
        tracing.start("intake", collector.url)
        yield collector
        tracing.stop()


def told(collector: Collector) -> dict[str, Span]:
    tracing.stop()
    return {span.name: span for span in collector.spans}


def ids(traceparent: str) -> tuple[str, str]:
    _, trace, span, _ = traceparent.split("-")
    return trace, span


def exporting() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("Otel")]


def test_a_child_goes_on_with_the_trace_under_a_span_of_its_own():
    version, trace, span, flags = child_traceparent(PARENT).split("-")

    assert (version, trace, flags) == ("00", "0af7651916cd43dd8448eb211c80319c", "01")
    assert len(span) == 16
    assert span != "b7ad6b7169203331"


def test_without_a_parent_or_with_rubbish_a_new_trace_begins():
    traces = {child_traceparent(parent).split("-")[1] for parent in ("", "", "rubbish", PARENT[:-10])}

    assert len(traces) == 4
    assert all(len(trace) == 32 for trace in traces)


def test_without_a_collector_no_thread_runs_and_the_thread_of_the_trace_goes_on_as_it_came():
    tracing.start("intake", "")
    with tracing.handling(MESSAGE) as (message, here):
        here.end_as("handled")
    with tracing.span("call nav", PARENT, SpanKind.CLIENT, {}) as called:
        pass

    assert (message, here.traceparent, called.traceparent) == (MESSAGE, PARENT, PARENT)
    assert tracing.trace_of_its_own("line", PARENT) == PARENT
    assert exporting() == []


def test_with_a_collector_one_thread_exports_and_is_gone_at_the_end(collector):
    assert exporting() == ["OtelBatchSpanRecordProcessor"]
    tracing.stop()
    assert exporting() == []


def test_what_a_handler_makes_follows_from_the_span_of_its_handling(collector):
    with tracing.handling(MESSAGE) as (message, here):
        here.end_as("handled")
    span = told(collector)["handle invoice.issued"]

    assert (span.service, span.trace, span.above) == ("intake", *ids(PARENT))
    assert ids(message.traceparent) == (span.trace, span.id)
    assert message.id == ID
    assert span.facts == {
        "messaging.message.id": str(ID),
        "boligflyt.type": "invoice.issued",
        "boligflyt.subject": "t1",
        "boligflyt.kommunenummer": "3427",
        "boligflyt.outcome": "handled",
    }


def test_of_what_fails_a_span_tells_the_code_and_no_text(collector):
    with tracing.handling(MESSAGE) as (_, here):
        here.end_as("unknown_application", failed=True)
    with (
        pytest.raises(asyncpg.DataError),
        tracing.span("call nav", PARENT, SpanKind.CLIENT, {}),
    ):
        raise asyncpg.DataError("invalid input for 'Tapper Vandrestav'")
    spans = told(collector)

    assert spans["handle invoice.issued"].failed
    assert spans["handle invoice.issued"].facts["boligflyt.outcome"] == "unknown_application"
    assert b"Vandrestav" not in b"".join(collector.bodies)


def test_a_line_of_a_file_has_a_trace_of_its_own_that_names_the_files(collector):
    first, second = (tracing.trace_of_its_own("tell.book_line", PARENT) for _ in range(2))
    tracing.stop()
    spans = {span.id: span for span in collector.spans}

    assert len({ids(first)[0], ids(second)[0], ids(PARENT)[0]}) == 3
    for traceparent in (first, second):
        trace, id = ids(traceparent)
        assert (spans[id].trace, spans[id].above, spans[id].linked) == (trace, "", (ids(PARENT)[0],))


def test_what_kafka_has_acknowledged_is_told_with_its_place(collector):
    headers = f'{{"ce_id": "{ID}", "ce_type": "no.boligflyt.invoice.issued.v1", "ce_traceparent": "{PARENT}"}}'
    tracing.sent("arrears.v1", 3, [headers], began=1)
    span = told(collector)["send arrears.v1"]

    assert (span.trace, span.above) == ids(PARENT)
    assert span.facts["messaging.destination.partition.id"] == "3"
    assert span.facts["messaging.message.id"] == str(ID)


async def test_a_request_is_a_span_by_its_route_and_machines_that_look_in_are_none(collector):
    app = FastAPI()

    @app.get("/persons/{person}")
    async def person(person: str) -> str:
        return child_traceparent(PARENT)

    @app.get("/livez")
    async def livez() -> str:
        return "ok"

    app.add_middleware(tracing.Traced)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://here") as client:
        inside = (await client.get("/persons/04876512345", headers={"traceparent": PARENT})).json()
        await client.get("/livez")
    spans = told(collector)

    span = spans["GET /persons/{person}"]
    assert ids(inside) == (span.trace, span.id)
    assert (span.trace, span.above) == ids(PARENT)
    assert span.facts == {
        "http.request.method": "GET",
        "http.route": "/persons/{person}",
        "http.response.status_code": 200,
    }
    assert len(spans) == 1


async def test_a_look_up_at_another_service_goes_on_with_the_span_under_way(collector):
    request, other = httpx.Request("GET", "http://intake"), httpx.Request("GET", "http://intake")
    await tracing.pass_on(other)
    with tracing.span("GET /", "", SpanKind.SERVER, {}) as here:
        await tracing.pass_on(request)

    assert request.headers["traceparent"] == here.traceparent
    assert "traceparent" not in other.headers


def test_a_collector_that_is_away_costs_its_spans_and_never_the_end(monkeypatch):
    monkeypatch.setattr(tracing, "LAST_WORDS", 0.05)
    with Collector() as away:
        pass
    tracing.start("intake", away.url)
    tracing.trace_of_its_own("tell.book_line", PARENT)
    tracing.stop()

    assert tracing.trace_of_its_own("tell.book_line", PARENT) == PARENT
