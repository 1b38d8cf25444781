"""What our own doors tell of a referral or a notice, asked at the moment of sending, as the exact message for NAV.

Whatever keeps a machine from sending is found here, at that moment: a withdrawal, a reservation, a consent that is
gone, a protected address.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol, TypeVar

import httpx
import structlog
from pydantic import BaseModel, ValidationError

from chassis.http import exchange
from chassis.outputs import Answer, Outcome, Outgoing
from nav_bridge.domain import RESERVED, WITHDRAWN, Matter
from nav_bridge.translation import nav as words
from nav_bridge.translation.doors import Notice, Person, Referral

log = structlog.get_logger()

# Of eligibility's and notifications' answers, those that no new try will change: there is none, or nothing may be told.
NO_REFERRAL = {404: "referral_unknown", 409: "missing_legal_basis", 410: WITHDRAWN}
NO_NOTICE = {404: "notice_unknown", 409: RESERVED, 410: WITHDRAWN}
# Of intake's words for a person, those that keep a machine from sending; the first that fits any of them holds.
NOT_SENT = {"protected": "protected", "erased": "person_erased", "unknown": "person_unknown"}

# Attempts at a question: of the better part of an hour, where the partner isn't away for all.
PATIENCE = 20

D = TypeVar("D", bound=BaseModel)


class Withheld(Exception):
    """Nothing was sent to NAV; `answer` says why."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.outcome)
        self.answer = answer


def kept_back(kept: Withheld, call: Outgoing) -> Answer:
    """At a later attempt with its number: an earlier one may have been sent."""
    later = {"attempt": call.attempt} if call.attempt > 1 else {}
    return replace(kept.answer, body={**kept.answer.body, **later})


def unanswered(call: Outgoing, answer: Answer) -> Answer:
    """A question that had no answer of use. It harms nobody, but what comes after it for the same case waits for it: it
    is given up after so many attempts, and its decider asks anew later.
    """
    how: Outcome = "unreachable" if call.attempt < PATIENCE else "unknown"
    return Answer(how, retry_after=answer.retry_after, ours=answer.ours)


class Source(Protocol):
    """Where a message for NAV comes from. Raises `Withheld` where a machine may not send it."""

    async def message(self, call: Outgoing) -> dict[str, Any]: ...


class Referrals:
    """eligibility's referrals."""

    def __init__(self, eligibility: httpx.AsyncClient, intake: httpx.AsyncClient) -> None:
        self._eligibility, self._intake = eligibility, intake

    async def message(self, call: Outgoing) -> dict[str, Any]:
        headers = on_behalf(call, "nav_referral")
        answer = await exchange(self._eligibility, "GET", f"/referrals/{call.ref['referral']}", headers=headers)
        referral = _newest(_read(Referral, _told(answer, NO_REFERRAL), "referral_incomplete"), call, "referral_unknown")
        (person,) = await _persons(self._intake, [referral.applicant], headers)
        try:
            return words.henvisning(referral, person, call.kommunenummer)
        except words.Untranslatable as error:
            raise untranslatable(error, "referral_incomplete") from None


class Notices:
    """notifications' notices of husleieloven § 9-11. `offices`: by kommunenummer, the NAV office that takes them."""

    def __init__(self, notifications: httpx.AsyncClient, intake: httpx.AsyncClient, offices: Mapping[str, str]) -> None:
        self._notifications, self._intake, self._offices = notifications, intake, offices

    async def message(self, call: Outgoing) -> dict[str, Any]:
        headers = on_behalf(call, "nav_notice")
        answer = await exchange(self._notifications, "GET", f"/nav-notices/{call.ref['referral']}", headers=headers)
        notice = _newest(_read(Notice, _told(answer, NO_NOTICE), "notice_incomplete"), call, "notice_unknown")
        if (office := self._offices.get(call.kommunenummer)) is None:
            raise withheld("no_office")
        persons = await _persons(self._intake, notice.tenants, headers)
        try:
            return words.varsel(notice, persons, call.kommunenummer, office)
        except words.Untranslatable as error:
            raise untranslatable(error, "notice_incomplete") from None


def matter_of(call: Outgoing) -> Matter:
    matter: Matter = call.ref.get("matter", "referral")
    return matter


def pair_of(call: Outgoing) -> tuple[str, int]:
    """Which referral or notice, and revision."""
    return call.ref["referral"], call.ref["revision"]


def withheld(code: str) -> Withheld:
    return Withheld(Answer("refused", {"code": code}))


def on_behalf(call: Outgoing, purpose: str) -> dict[str, str]:
    acting = {"Kommunenummer": call.kommunenummer, "Acting-User": "system", "Purpose": purpose}
    return acting | trace(call)


def trace(call: Outgoing) -> dict[str, str]:
    return {"traceparent": call.traceparent} if call.traceparent else {}


async def _persons(intake: httpx.AsyncClient, ids: Sequence[str], headers: Mapping[str, str]) -> list[Person]:
    """All of them as intake knows them now, or why a machine may not send."""
    if not ids:
        raise withheld("person_unknown")
    answer = await exchange(intake, "POST", "/persons/lookup", json={"ids": list(ids)}, headers=headers)
    told = _told(answer, {}).get("persons")
    entries = told if isinstance(told, dict) else {}
    persons = [_read(Person, entries.get(id), "person_unknown") for id in ids]
    found = {person.status for person in persons}
    for status, code in NOT_SENT.items():
        if status in found:
            raise withheld(code)
    if not all(person.name or person.national_id for person in persons):
        raise withheld("identity_missing")
    return persons


def _newest(told: D, call: Outgoing, unknown: str) -> D:
    """What the door told, unless it is of another revision than the one that is sent."""
    asked, known = call.ref["revision"], getattr(told, "revision", 0)
    if known != asked:
        raise withheld("superseded" if known > asked else unknown)
    return told


def _told(answer: Answer, final: Mapping[int, str]) -> Mapping[str, Any]:
    """What a door of ours told. Only the statuses in `final` end the call: any other closed door is tried again."""
    if answer.outcome == "accepted":
        return answer.body
    if answer.outcome == "refused" and (code := final.get(answer.body.get("status", 0))):
        raise withheld(code)
    raise Withheld(Answer("unreachable", retry_after=answer.retry_after))


def _read(document: type[D], body: Any, code: str) -> D:
    try:
        return document.model_validate(body)
    except ValidationError as error:
        fields = sorted({str(each["loc"][0]) for each in error.errors(include_input=False) if each["loc"]})
        log.error("nav_bridge.door_unreadable", document=document.__name__, fields=fields)  # noqa: TRY400 - no traceback: it may quote content
        raise withheld(code) from None


def untranslatable(error: words.Untranslatable, code: str) -> Withheld:
    log.warning("nav_bridge.untranslatable", field=str(error))
    return withheld(code)
