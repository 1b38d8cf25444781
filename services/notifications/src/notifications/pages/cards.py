"""What is shown of an alert, from its row and what intake said of the people. Pure."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from notifications.domain.words import LEVEL_NAMES, RESOLUTIONS, STAGES, days, habit, long_date
from notifications.pages.care import CareLine, Staff, care_line
from notifications.pages.nav_notice import NavLine, clocks, nav_line
from notifications.pages.rows import digest, order

LEVEL_COLOURS = ("neutral", "neutral", "info", "warning", "danger")
PROTECTED = "Adressebeskyttet"
MAIL_TROUBLES = {
    "refused": "E-postvarselet ble avvist. Gi beskjed til den som drifter boligflyt.",
    "unreachable": "E-postvarselet er ikke sendt ennå: e-posttjeneren svarer ikke.",
    "unknown": "Det er usikkert om e-postvarselet kom fram.",
}
People = Mapping[str, Mapping[str, Any]]


MOST_REASONS = 4
SAME_REASON = ({"A1", "S1", "E1"}, {"A2", "S2"})


@dataclass(frozen=True, slots=True)
class Shown:
    """A reason in words, and the rules that it is the reason of."""

    text: str
    rules: str


@dataclass(frozen=True, slots=True)
class Card:
    """`order` sorts the cards as text; another `digest` is another card."""

    order: str
    digest: str
    tenancy: str
    alert_id: str
    version: int
    reference: str
    heading: str
    level: int
    level_name: str
    colour: str
    stage: str
    stage_name: str
    reasons: Sequence[Shown]
    remedy: str
    former: str
    since: date
    lasted: str
    as_of: date
    countdown: str
    clocks: Sequence[str]
    nav: NavLine
    quiet_since: date | None
    reserved: bool
    waits_since: datetime | None
    stale_since: date | None
    mail_trouble: str
    acknowledged_at: datetime | None
    acknowledged_by_me: bool
    resolution: str
    resolved_as_of: date | None
    rules_version: str
    care: CareLine


def card(row: Mapping[str, Any], people: People, staff: Staff, today: date, me: str) -> Card:
    """`people`: what intake's door said, empty if it is closed. `me`: the subject of who looks."""
    reference = case_reference(row["tenancy"])
    lasted = ((row["resolved_as_of"] or row["as_of"]) - row["raised_as_of"]).days
    return Card(
        order=order(row),
        digest=digest(row, today),
        tenancy=row["tenancy"],
        alert_id=row["alert_id"],
        version=row["version"],
        reference=reference,
        heading=who(json.loads(row["tenants"]), people) or f"Sak {reference}",
        level=row["level"],
        level_name=LEVEL_NAMES[row["level"]],
        colour=LEVEL_COLOURS[row["level"]],
        stage=row["stage"],
        stage_name=STAGES[row["stage"]],
        reasons=shown(json.loads(row["reasons"])),
        remedy=row["remedy"],
        former=row["former"] or "",
        since=row["raised_as_of"],
        lasted=days(lasted) if lasted else "",
        as_of=row["as_of"],
        countdown=countdown(row["next_date"], today, row["stage"]),
        clocks=clocks(row, today),
        nav=nav_line(row),
        quiet_since=row["quiet_since"],
        reserved=row["reserved"],
        waits_since=row["waits_since"],
        stale_since=row["closed_to"] if row["frozen_at"] else None,
        mail_trouble=mail_trouble(row["mail"]),
        acknowledged_at=row["acknowledged_at"],
        acknowledged_by_me=row["acknowledged_by"] == me,
        resolution=RESOLUTIONS.get(row["resolution"] or "", ""),
        resolved_as_of=row["resolved_as_of"],
        rules_version=row["rules_version"],
        care=care_line(row, staff, today, me),
    )


def mail_trouble(outcome: str) -> str:
    return MAIL_TROUBLES.get(outcome, "")


def who(tenants: Sequence[str], people: People) -> str:
    """The tenants' names; none of them if one of them is protected, and empty if no name may be had."""
    found = [people.get(tenant, {}) for tenant in tenants]
    if any(person.get("status") == "protected" for person in found):
        return PROTECTED
    return ", ".join(str(person["name"]) for person in found if person.get("status") == "found")


def case_reference(tenancy: str) -> str:
    """A short form of the opaque id, for people to say to each other."""
    return f"BF-{tenancy[:4]}-{tenancy[4:8]}".upper()


def shown(reasons: Sequence[Mapping[str, Any]]) -> list[Shown]:
    """At most four. Rules that rest on the same overdue rent, debt, notice or way of paying say it once."""
    found: list[Shown] = []
    for same in [*SAME_REASON, *({reason["rule"]} for reason in reasons)]:
        of = [reason for reason in reasons if reason["rule"] in same and not _said(reason, found)]
        if of:
            usual = next((habit(each["figures"]) for each in of[1:] if each["rule"] == "E1"), "")
            rules = ", ".join(each["rule"] for each in of)
            found.append(Shown(f"{unbroken(of[0]['text'])} {usual}".rstrip(), rules))
    order = [reason["rule"] for reason in reasons]
    return sorted(found, key=lambda each: order.index(each.rules.split(", ")[0]))[:MOST_REASONS]


def _said(reason: Mapping[str, Any], found: Sequence[Shown]) -> bool:
    return any(reason["rule"] in each.rules.split(", ") for each in found)


def unbroken(text: str) -> str:
    """A paragraph of a law stays on one line with its sign."""
    return text.replace("§ ", "§\u00a0")


def countdown(deadline: date | None, today: date, stage: str = "") -> str:
    """To the next statutory date, in calendar days; empty if there is none."""
    if deadline is None:
        return ""
    day, left = long_date(deadline), (deadline - today).days
    if stage == "F5":
        when = f"om {days(left)}" if left else "i dag"
        return f"Fravikelse {when}, {day}" if left >= 0 else f"Fravikelsen var berammet til {day}"
    if left < 0:
        return f"Fristen gikk ut {day}"
    return f"{days(left)} igjen av fristen, {day}" if left else f"Fristen går ut i dag, {day}"
