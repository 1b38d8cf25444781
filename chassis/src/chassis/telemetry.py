"""What can be measured. Labels hold no id and no type of others."""

from prometheus_client import Counter, Gauge

CONSUMER_LAG = Gauge("boligflyt_consumer_lag", "Records between our position and the end", ["topic", "partition"])
OLDEST_UNHANDLED = Gauge("boligflyt_oldest_unhandled_seconds", "Age of the oldest event that isn't handled yet")
OUTBOX_DEPTH = Gauge("boligflyt_outbox_depth", "Events that Kafka has not acknowledged yet")
OUTBOX_OLDEST = Gauge("boligflyt_outbox_oldest_seconds", "Age of the oldest event that Kafka has not acknowledged")
OUTBOX_REFUSED = Gauge("boligflyt_outbox_refused", "Events that Kafka refused for good and nobody has settled yet")
DEAD_LETTERS = Gauge("boligflyt_dead_letters", "Records set aside and not yet replayed")
PARKED_KEYS = Gauge("boligflyt_parked_keys", "Keys whose records wait behind a dead letter")
LOOP_LAG = Gauge("boligflyt_loop_lag_seconds", "How much too late the event loop woke up")
SEQUENCE_BREAKS = Gauge("boligflyt_sequence_breaks", "Gaps and steps back that were noticed in sequences of events")
RECONCILE_MISSING = Gauge(
    "boligflyt_reconcile_missing",
    "Events that their writer sent and we neither have nor wait for",
    ["topic", "kommunenummer"],
)
RECONCILE_DIFFERENCES = Gauge(
    "boligflyt_reconcile_differences", "Sums of files that what we hold doesn't come to", ["kommunenummer"]
)
RECONCILED_AT = Gauge("boligflyt_reconciled_timestamp_seconds", "When all that we read was last reconciled")
EVENTS = Counter(
    "boligflyt_events", "Records by what became of them: handled, ignored, duplicate, rejected", ["topic", "outcome"]
)
CALLS = Counter("boligflyt_calls", "Attempts of outward calls by what became of them", ["destination", "outcome"])
