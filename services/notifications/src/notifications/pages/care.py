"""What is shown of an alert's care: whose it is, what comes next, what was done; and what its forms offer. Pure."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from notifications.domain.care import may_snooze_until
from notifications.domain.care_words import BASES, CLOSINGS, NOTES, SNOOZES, STEPS
from notifications.domain.staff import FALLBACK, OWNERS
from notifications.domain.tenancy import Tenancy
from notifications.domain.words import kroner, long_date
from notifications.handlers import WORKING
from notifications.messages.care import LONGEST_NOTE

Row = Mapping[str, Any]

STAFF = "select subject, name, roles, area from staff order by name, subject"
NOBODY = "Kommunens felles adresse"


@dataclass(frozen=True, slots=True)
class Staff:
    """A municipality's own people as pages speak of them. `owners`: who an alert or a tenancy may be given to."""

    names: Mapping[str, str]
    owners: Mapping[str, str]
    areas: Sequence[str] = ()

    def told(self, subject: str, me: str) -> str:
        if subject == me:
            return "deg"
        return self.names.get(subject, "en kollega")


def staff(rows: Sequence[Row]) -> Staff:
    names = {row["subject"]: row["name"] for row in rows}
    owners = {row["subject"]: row["name"] for row in rows if OWNERS.intersection(json.loads(row["roles"]))}
    return Staff(names, owners, sorted({row["area"] for row in rows if row["area"]}))


@dataclass(frozen=True, slots=True)
class Logged:
    at: datetime
    by: str
    what: str
    text: str


@dataclass(frozen=True, slots=True)
class CareLine:
    """`owners`: subjects and names to choose from, none where the register has nobody; `chosen`: the likeliest next
    owner. `rests`: why and how long it is snoozed. `log`: the newest first.
    """

    owner: str
    basis: str
    next_step: str
    next_at: datetime | None
    rests: str
    came_back: str
    closed: str
    log: Sequence[Logged]
    owners: Sequence[tuple[str, str]]
    chosen: str
    tomorrow: date
    last_day: date
    today: date

    notes = NOTES
    snoozes = SNOOZES
    closings = CLOSINGS
    longest_note = LONGEST_NOTE


def care_line(row: Row, people: Staff, today: date, me: str) -> CareLine:
    """`row`: an alert's. `me`: the subject of who looks."""
    owner, is_open = row["owner"], not row["resolution"]
    owners = [*people.owners.items(), (FALLBACK, f"{NOBODY} (ingen bestemt)")] if people.owners else []
    mine_next = me if me in people.owners and owner != me else owner
    return CareLine(
        owner=NOBODY if owner == FALLBACK else "Du" if owner == me else people.names.get(owner, "En kollega"),
        basis=BASES.get(row["owned_by"], ""),
        next_step=STEPS.get(row["next_step"] or "", ""),
        next_at=row["next_step_at"],
        rests=_rests(row) if is_open and row["snoozed_until"] else "",
        came_back=row["came_back"] or "",
        closed=_closed(row, people, me),
        log=[_logged(note, people, me) for note in reversed(json.loads(row["contact_log"]))],
        owners=owners,
        chosen=mine_next,
        tomorrow=today + timedelta(days=1),
        last_day=may_snooze_until(row["level"], today, WORKING),
        today=today,
    )


def contact_log(tenancy: Tenancy, people: Staff, me: str) -> list[Logged]:
    """What was done about all alerts of a tenancy, the newest first."""
    notes = sorted((note for episode in tenancy.episodes for note in episode.care.notes), reverse=True)
    return [Logged(note.at, people.told(note.by, me), NOTES[note.code], note.text) for note in notes]


def _logged(note: Row, people: Staff, me: str) -> Logged:
    return Logged(datetime.fromisoformat(note["at"]), people.told(note["by"], me), NOTES[note["code"]], note["text"])


def _rests(row: Row) -> str:
    """«Utsatt til 15. mai 2019: leietakeren har lovet å betale 5 000 kr innen 14. mai 2019.»"""
    why = SNOOZES[row["snooze_reason"]]
    if row["promised_on"]:
        why += f" {kroner(row['promised_ore'])} kr innen {long_date(row['promised_on'])}"
    return f"Utsatt til {long_date(row['snoozed_until'])}: {why[0].lower()}{why[1:]}."


def _closed(row: Row, people: Staff, me: str) -> str:
    if row["resolved_because"] is None:
        return ""
    return f"Lukket av {people.told(row['resolved_by'], me)}: {CLOSINGS[row['resolved_because']].lower()}."
