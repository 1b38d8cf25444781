from prometheus_client import generate_latest

from chassis import telemetry
from chassis.telemetry import child_traceparent

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def test_a_child_goes_on_with_the_trace_under_a_span_of_its_own():
    version, trace, span, flags = child_traceparent(PARENT).split("-")

    assert (version, trace, flags) == ("00", "0af7651916cd43dd8448eb211c80319c", "01")
    assert len(span) == 16
    assert span != "b7ad6b7169203331"


def test_without_a_parent_or_with_rubbish_a_new_trace_begins():
    traces = {child_traceparent(parent).split("-")[1] for parent in ("", "", "rubbish", PARENT[:-10])}

    assert len(traces) == 4
    assert all(len(trace) == 32 for trace in traces)


def test_what_is_measured_has_our_name():
    telemetry.EVENTS.labels("applications.v1", "handled").inc(0)
    telemetry.CALLS.labels("nav", "accepted").inc(0)
    measured = generate_latest().decode()

    for name in ("consumer_lag", "oldest_unhandled_seconds", "outbox_depth", "outbox_oldest_seconds", "dead_letters"):
        assert f"# TYPE boligflyt_{name} gauge" in measured
    assert 'boligflyt_events_total{outcome="handled",topic="applications.v1"}' in measured
    assert 'boligflyt_calls_total{destination="nav",outcome="accepted"}' in measured
