"""What is shown of an alert's notice to NAV (husleieloven § 9-11) and of the legal clocks around it. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from chassis.outputs import OSLO
from notifications.domain.nav_notices import GONE
from notifications.domain.words import NAV_SILENT, NAV_STOPS, NAV_WORDS, days, kroner, long_date


@dataclass(frozen=True, slots=True)
class NavLine:
    """`may_ask`: the button is shown. `at`: of the newest thing that is known of it."""

    text: str = ""
    at: datetime | None = None
    may_ask: bool = False
    again: bool = False


def nav_line(row: Mapping[str, Any]) -> NavLine:
    """`row`: an alert's, with the newest of its notices where there is one."""
    may_ask = _stands_for_arrears(row) and not row["reserved"] and row["debt_ore"] > 0
    status = row["nav_status"]
    if status is None:
        return NavLine(may_ask=may_ask)
    what = NAV_WORDS[status].format(ore=kroner(row["nav_debt_ore"]), as_of=long_date(row["nav_as_of"]))
    if status in GONE:
        why = NAV_STOPS.get(row["nav_code"] or "", "")
        return NavLine(f"{what} {why}".rstrip(), may_ask=may_ask, again=True)
    if (since := row["nav_silent_since"]) is not None:
        what = f"{what} {NAV_SILENT.format(since=long_date(since.astimezone(OSLO).date()))}"
    return NavLine(what, row["nav_received_at"] or row["nav_sent_at"] or row["nav_requested_at"])


def _stands_for_arrears(row: Mapping[str, Any]) -> bool:
    """And is more than watched."""
    return not row["resolution"] and row["kind"] == "arrears" and row["peak_level"] > 1


def clocks(row: Mapping[str, Any], today: date) -> list[str]:
    """The statutory dates ahead, after the deadline that stands as the countdown."""
    return list(_clocks(row, today)) if not row["resolution"] else []


def _clocks(row: Mapping[str, Any], today: date) -> Iterator[str]:
    earliest, until = row["earliest_request_on"], row["nav_until"]
    if earliest:
        yield f"Begjæring tidligst {long_date(earliest)}"
    if until:
        left = (until - today).days
        ahead = f", om {days(left)}" if left > 0 else ""
        yield f"NAVs to uker {'går' if left >= 0 else 'gikk'} ut {long_date(until)}{ahead}"
    if earliest and row["request_from"] > earliest:
        yield f"Vent med begjæringen til {long_date(row['request_from'])}, så NAV får to uker"
