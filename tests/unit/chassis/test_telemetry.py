from prometheus_client import generate_latest

from chassis import telemetry


def test_what_is_measured_has_our_name():
    telemetry.EVENTS.labels("applications.v1", "handled").inc(0)
    telemetry.CALLS.labels("nav", "accepted").inc(0)
    measured = generate_latest().decode()

    for name in ("consumer_lag", "oldest_unhandled_seconds", "outbox_depth", "outbox_oldest_seconds", "dead_letters"):
        assert f"# TYPE boligflyt_{name} gauge" in measured
    assert 'boligflyt_events_total{outcome="handled",topic="applications.v1"}' in measured
    assert 'boligflyt_calls_total{destination="nav",outcome="accepted"}' in measured
