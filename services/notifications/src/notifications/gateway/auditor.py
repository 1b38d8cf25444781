"""Which open alerts lack an owner, a reason or a next step, as the database has them."""

from prometheus_client import Gauge

from chassis.outputs import Answer, Outgoing
from chassis.store import Store

MOST = 500  # found at once: the rest is found the next time

UNATTENDED = """
select a.tenancy from alerts a
where a.resolution is null and (
    a.owner = '' or jsonb_array_length(a.reasons) = 0
    or (a.owner <> 'fallback' and not exists (select from staff s where s.subject = a.owner))
    or not exists (select from timers t where t.kind = 'tenancy' and t.key = a.tenancy and t.type = 'timer.care_due'))
order by a.tenancy limit $1
"""
OPEN = "select count(*) as n from alerts where resolution is null"

FOUND = Gauge(
    "boligflyt_unattended_alerts",
    "Open alerts that the last round found without owner, reason or next step",
    ["kommunenummer"],
)
OPEN_ALERTS = Gauge("boligflyt_open_alerts", "Open alerts at the last round", ["kommunenummer"])
RAN = Gauge("boligflyt_alert_audit_timestamp_seconds", "When the last round was made", ["kommunenummer"])


class Auditor:
    """What rests on one row at a time can't see a row that is missing; this looks at all of a municipality's."""

    def __init__(self, store: Store) -> None:
        self._store, self._clock = store, store.clock

    async def send(self, call: Outgoing) -> Answer:
        rows = await self._store.rows(call.kommunenummer, UNATTENDED, MOST)
        (count,) = await self._store.rows(call.kommunenummer, OPEN)
        FOUND.labels(call.kommunenummer).set(len(rows))
        OPEN_ALERTS.labels(call.kommunenummer).set(count["n"])
        RAN.labels(call.kommunenummer).set(self._clock.now().timestamp())
        return Answer("accepted", {"unattended": [row["tenancy"] for row in rows]})
