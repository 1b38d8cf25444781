"""The rows that the inbox is made of, in which order they stand, and how one knows that one has changed."""

import json
from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from typing import Any

Row = Mapping[str, Any]

# $1: one alert, open or not; $2: the open ones of these tenancies; neither: all that are open.
ALERTS = """
select a.*, t.tenants, t.reserved, t.frozen_at, t.as_of as closed_to, p.since as waits_since,
    n.status as nav_status, n.code as nav_code, n.debt_ore as nav_debt_ore, n.as_of as nav_as_of,
    n.requested_at as nav_requested_at, n.sent_at as nav_sent_at, n.received_at as nav_received_at,
    n.silent_since as nav_silent_since
from alerts a join tenancies t using (tenancy, kommunenummer) left join parked p on p.key = a.tenancy
left join lateral (
    select * from nav_notices where tenancy = a.tenancy and episode = a.episode
    order by requested_at desc, revision desc limit 1) n on true
where case when $1::text is not null then a.alert_id = $1
           when $2::text[] is not null then a.tenancy = any($2) and a.resolution is null
           else a.resolution is null end
"""
WAITING = """
select key, since, exists (select from tenancies where tenancy = key) as known from parked order by since
"""
MISSED = """
select t.account, min(t.as_of) as as_of, count(*) as tenancies, coalesce(max(m.mail), '') as mail
from tenancies t left join missed_bank_files m using (kommunenummer, account)
where t.frozen_at is not null group by t.account order by t.account
"""
LAST = date.max.isoformat()


def order(row: Row) -> str:
    """Sorts as text, the most urgent first (early-warning.md §7.4): level, what rests after what doesn't, then days to
    the next statutory date (one that is past comes no more), rents owed, days over due. Never by debt alone.
    """
    due = row["next_date"]
    due = LAST if due is None or due < row["as_of"] else due
    rents = row["debt_ore"] * 1000 // max(row["rent_ore"], 1)
    rests = int(row["snoozed_until"] is not None)
    how_much = f"{10**12 - rents:013}|{10**6 - row['dpd']:07}"
    return f"{9 - row['level']}|{rests}|{due}|{how_much}|{row['raised_as_of']}|{row['tenancy']}"


def digest(row: Row, today: date) -> str:
    """Of all that a card is made of but names; another one is another card."""
    content = json.dumps(dict(row), default=str, sort_keys=True)
    return sha256(f"{today} {content}".encode()).hexdigest()[:16]
