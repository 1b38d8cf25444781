"""How an alert came about: file, line and hash, the event, the rule with its figures, the alert, the receipt."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends
from starlette.responses import HTMLResponse

from chassis.access import Door, page_door
from chassis.causation import NOTHING, trail
from chassis.http import Problem
from notifications.domain.episodes import Rise
from notifications.domain.rules import Reason
from notifications.domain.tenancy import Tenancy
from notifications.domain.words import (
    EVENTS,
    FIGURES,
    LEVEL_NAMES,
    MAILS,
    NAV_STOPS,
    NAV_WORDS,
    RESOLUTIONS,
    kroner,
    long_date,
    sentence,
)
from notifications.pages.cards import LEVEL_COLOURS, case_reference, unbroken
from notifications.pages.inbox import pages

router = APIRouter()
Caseworker = Annotated[Door, Depends(page_door("boligansvarlig", "leder"))]

# These follow from what a person did, and not from anything that intake told.
BY_PEOPLE = {
    "alert.acknowledged",
    "alert.assigned",
    "alert.contact_noted",
    "alert.snoozed",
    "alert.escalated",
    "nav_notice.requested",
}
OF_ALERT = "select tenancy, episode from alerts where alert_id = $1"


@router.get("/varsler/{alert_id}/spor")
async def walk(door: Caseworker, alert_id: UUID) -> HTMLResponse:
    found, who = await door.rows(OF_ALERT, str(alert_id)), door.principal
    if not found:
        raise Problem(404, "no_such_alert", "Varselet finnes ikke", "Det kan høre til en annen kommune.")
    key, number = found[0]["tenancy"], found[0]["episode"]
    state: Tenancy = (await door.states("tenancy", [key]))[key]
    own, rises = await trail(door.rows, key), state.episodes[number - 1].rises
    events = [event for event in own["events"] if event["data"].get("alert_id") == str(alert_id)]
    elsewhere = await door.request.app.state.intake.trail(
        key, causes(events, rises), kommunenummer=who.kommunenummer, acting_user=who.subject
    )
    sources = Sources((elsewhere or NOTHING)["events"])
    bridge = door.request.app.state.nav_bridge if any(n.episode == number for n in state.nav_notices) else None
    delivered = bridge and await bridge.trail(key, kommunenummer=who.kommunenummer, acting_user=who.subject)
    return pages.render(
        "trail.html",
        principal=who,
        alert_id=alert_id,
        reference=case_reference(key),
        door_closed=elsewhere is None,
        steps=list(steps(events, rises, sources, who.subject)),
        mails=list(mails(own["calls"], state, str(alert_id))),
        notices=list(nav_notices(state, number, delivered)),
        files=sources.files,
    )


class Sources:
    """intake's events, by their own id or that of the line that each was made of; and the files of those lines."""

    def __init__(self, events: Sequence[Mapping[str, Any]]) -> None:
        self._by_id = {id: event for event in events for id in (event["id"], event["cause"])}
        self.files: list[dict[str, Any]] = []
        numbers: dict[str, int] = {}
        for file in (event["file"] for event in events if event["file"]):
            if file["digest"] not in numbers:
                numbers[file["digest"]] = len(numbers) + 1
                days = {"as_of": date.fromisoformat(file["as_of"]), "accepted_at": _time(file["accepted_at"])}
                self.files.append({**file, **days, "number": numbers[file["digest"]]})
        self._numbers = numbers

    def told(self, id: str) -> dict[str, Any] | None:
        """What a caseworker reads of the event that has the id, or was made of the line with it."""
        if (event := self._by_id.get(id)) is None:
            return None
        data, file = event["data"], event["file"]
        day = next((data[name] for name in ("as_of", "dated_on", "ended_on", "changed_on") if name in data), None)
        return {
            "what": EVENTS.get(event["type"], event["type"]),
            "day": date.fromisoformat(day) if day else None,
            "due": date.fromisoformat(data["due_on"]) if "due_on" in data else None,
            "ore": data.get("amount_ore"),
            "event": event["id"],
            "at": _time(event["time"]),
            "file": self._numbers[file["digest"]] if file else None,
            "line": file["line_number"] if file else None,
        }


def causes(events: Sequence[Mapping[str, Any]], rises: Sequence[Rise]) -> set[str]:
    """All that intake is asked for: what made the alert change, and the lines that its reasons rest on."""
    lines = {line for rise in rises for reason in rise.reasons for line in reason.lines}
    return lines | {event["cause"] for event in events if event["type"] not in BY_PEOPLE}


def steps(
    events: Sequence[Mapping[str, Any]], rises: Sequence[Rise], sources: Sources, me: str
) -> Iterator[dict[str, Any]]:
    """What became of the alert, in order; each rise with the reasons that were known then."""
    risen = iter(rises)
    for event in events:
        data, step = event["data"], {"event": event["id"], "at": _time(event["time"]), "sent": event["sent"]}
        match event["type"]:
            case "alert.raised":
                rise = next(risen, None)
                reasons = [told(reason, sources) for reason in rise.reasons] if rise else []
                name, colour = LEVEL_NAMES[data["level"]], LEVEL_COLOURS[data["level"]]
                as_of = date.fromisoformat(data["as_of"])
                tag = {"level": name, "colour": colour, "as_of": as_of, "rules": ", ".join(data["rules"])}
                yield {**step, **tag, "what": "raised", "cause": sources.told(event["cause"]), "reasons": reasons}
            case "nav_notice.requested":
                by_me, ore = data["requested_by"] == me, data["debt_ore"]
                yield {**step, "what": "nav", "by_me": by_me, "ore": ore, "as_of": date.fromisoformat(data["as_of"])}
            case "alert.acknowledged":
                yield {**step, "what": "acknowledged", "by_me": data["acknowledged_by"] == me}
            case "alert.resolved":
                by = RESOLUTIONS[data["resolution"]]
                yield {**step, "what": "resolved", "by": by, "cause": sources.told(event["cause"])}


def told(reason: Reason, sources: Sources) -> dict[str, Any]:
    figures = [(*FIGURES[name], reason.figures[name]) for name in FIGURES if reason.figures.get(name) is not None]
    lines = [line for id in reason.lines if (line := sources.told(id))]
    text = unbroken(sentence(reason.rule, reason.figures))
    return {"rule": reason.rule, "text": text, "figures": [_figure(*each) for each in figures], "lines": lines}


def mails(calls: Sequence[Mapping[str, Any]], state: Tenancy, alert_id: str) -> Iterator[dict[str, Any]]:
    keys = {mail.key for mail in state.mails if mail.alert_id == alert_id}
    for call in calls:
        if call["id"] in keys:
            yield {"what": MAILS[call["status"]], "at": call["closed_at"], "attempts": call["attempts"]}


def nav_notices(state: Tenancy, episode: int, delivered: Mapping[str, Any] | None) -> Iterator[dict[str, Any]]:
    """What became of the alert's notices to NAV. `delivered`: nav-bridge's own trail; its door may be closed."""
    told = (delivered or {}).get("deliveries", ())
    proofs = {(each["referral_id"], each["revision"]): each["proof_hash"] for each in told}
    for notice in (each for each in state.nav_notices if each.episode == episode):
        as_of = long_date(date.fromordinal(notice.as_of))
        yield {
            "what": NAV_WORDS[notice.status].format(ore=kroner(notice.debt), as_of=as_of),
            "why": NAV_STOPS.get(notice.code, ""),
            "sent_at": notice.sent_at,
            "received_at": notice.received_at,
            "silent_since": notice.silent_since,
            "proof": proofs.get((notice.id, notice.revision)) or "",
        }


def _figure(label: str, kind: str, value: Any) -> dict[str, Any]:
    return {"label": label, "kind": kind, "value": date.fromisoformat(value) if kind == "day" else value}


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
