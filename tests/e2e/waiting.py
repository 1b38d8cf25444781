"""What waits, by our own queries: events that their reader hasn't handled, and what is on its way out of a service."""

from collections.abc import Mapping
from typing import Any

import psycopg

from tests.e2e.system import System, until

READERS = {
    "intake": ("decisions.v1", "deliveries.v1", "risks.v1"),
    "eligibility": ("persons.v1", "applications.v1", "deliveries.v1"),
    "nav-bridge": ("persons.v1", "referrals.v1"),
    "notifications": ("persons.v1", "tenancies.v1", "arrears.v1"),
}
ERASURES = "no.boligflyt.erasure.completed.v1"
# Who reads a topic but not its answers to erasures, and who reads these alone.
IGNORED = {("eligibility", "deliveries.v1"), *((reader, "persons.v1") for reader in READERS)}
ALONE = {("intake", "risks.v1")}
WRITERS = {
    "persons.v1": "intake",
    "applications.v1": "intake",
    "tenancies.v1": "intake",
    "arrears.v1": "intake",
    "decisions.v1": "eligibility",
    "referrals.v1": "eligibility",
    "deliveries.v1": "nav-bridge",
    "risks.v1": "notifications",
}
# A timer that is due is as much on its way as a told message: what it sets off is seen only once it has fired.
OWN = """
select (select count(*) from outbox where position is null) as unsent,
       (select count(*) from timers t where (told or due <= now())
        and not exists (select from parked p where p.key = t.key)) as told,
       (select count(*) from calls where status = 'open') as calls, (select count(*) from parked) as parked
"""
UNDER_WAY = ("requested", "sent", "received", "contacted", "application_sent")


def query(system: System, service: str, sql: str, *arguments: Any) -> list[dict[str, Any]]:
    with psycopg.connect(system.platform.urls[service].runners, row_factory=psycopg.rows.dict_row) as connection:
        return connection.execute(sql, arguments).fetchall()


def unread(system: System, service: str) -> int:
    """Events written for a service, whether or not Kafka has them yet, that have had no effect there."""
    written = set()
    for topic in READERS[service]:
        sql = "select event_id, headers->>'ce_type' = %s as answer from outbox where topic = %s"
        rows = query(system, WRITERS[topic], sql, ERASURES, topic)
        unread = {True: (service, topic) in IGNORED, False: (service, topic) in ALONE}
        written |= {row["event_id"] for row in rows if not unread[row["answer"]]}
    if not written:
        return 0
    return len(written - {row["id"] for row in query(system, service, "select id from inbox")})


def on_its_way(system: System, service: str) -> Mapping[str, int]:
    (row,) = query(system, service, OWN)
    return row


def unhandled(system: System, service: str) -> int:
    """A service's own backlog: unread events, told messages and due timers, open calls, events not yet on Kafka."""
    own = on_its_way(system, service)
    return unread(system, service) + own["unsent"] + own["told"] + own["calls"]


def all_unhandled(system: System) -> int:
    return sum(unhandled(system, service) for service in READERS)


def is_writing(system: System, service: str) -> bool:
    """Whether a transaction of the service's has written something and is still open."""
    sql = "select count(*) as n from pg_stat_activity where usename = current_user and backend_xid is not null"
    return bool(query(system, service, sql)[0]["n"])


def undecided(system: System) -> int:
    """Referrals whose outcome is yet to come."""
    sql = "select count(*) as n from cases where referral_id is not null and referral_status = any(%s)"
    return int(query(system, "eligibility", sql, list(UNDER_WAY))[0]["n"])


def until_still(system: System, seconds: float = 180) -> None:
    """Nothing waits anywhere and every referral has ended, or raise what still waits."""

    def still() -> bool:
        return not all_unhandled(system) and not undecided(system)

    try:
        until(still, "stillness", seconds)
    except TimeoutError:
        left = {service: (unread(system, service), dict(on_its_way(system, service))) for service in READERS}
        raise TimeoutError(f"still waiting: {left}, referrals without outcome: {undecided(system)}") from None
