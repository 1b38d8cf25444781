"""NAV over HTTPS. A referral's content is fetched when it is sent and kept nowhere: its bytes' hash is the proof."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, TypeVar

import httpx
import structlog
from pydantic import BaseModel, ValidationError

from chassis.http import exchange
from chassis.outputs import Answer, Outgoing
from nav_bridge.domain import WITHDRAWN, call_key
from nav_bridge.translation import nav as words
from nav_bridge.translation.doors import Person, Referral

log = structlog.get_logger()

PURPOSE = "nav_referral"
NOT_LET_IN = frozenset({401, 403})
# Of eligibility's answers, those that no new try will change: there is none, or nothing may be told any longer.
NO_REFERRAL = {404: "referral_unknown", 409: "missing_legal_basis", 410: WITHDRAWN}
# Of intake's words for a person, those that keep a machine from sending.
NOT_SENT = {"protected": "protected", "erased": "person_erased", "unknown": "person_unknown"}

D = TypeVar("D", bound=BaseModel)


class Withheld(Exception):
    """Nothing was sent to NAV; `answer` says why."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.outcome)
        self.answer = answer


class NavReferrals:
    """Hands a referral in. `attempt` and `proof` are in every answer that may have been sent."""

    def __init__(self, nav: httpx.AsyncClient, eligibility: httpx.AsyncClient, intake: httpx.AsyncClient) -> None:
        self._nav, self._eligibility, self._intake = nav, eligibility, intake

    async def send(self, call: Outgoing) -> Answer:
        try:
            content = await self._content(call)
        except Withheld as withheld:
            return withheld.answer
        headers = {"Idempotency-Key": str(call.key), "Content-Type": "application/json", **_trace(call)}
        answer = await exchange(self._nav, "POST", "/referrals", content=content, headers=headers)
        proof = {"attempt": call.attempt, "proof": hashlib.sha256(content).hexdigest()}
        match answer.outcome:
            case "accepted":
                return Answer("accepted", {**proof, "received_at": words.receipt(answer.body)})
            case "refused":
                return _refused(answer, proof)
            case _:
                return Answer(answer.outcome, proof, answer.retry_after)

    async def _content(self, call: Outgoing) -> bytes:
        """The exact bytes for NAV, or why a machine may not send them."""
        referral = await self._referral(call)
        person = await self._person(call, referral.applicant)
        if person.status != "found":
            raise withheld(NOT_SENT[person.status])
        if not (person.name or person.national_id):
            raise withheld("identity_missing")
        try:
            message = words.henvisning(referral, person, call.kommunenummer)
        except words.Untranslatable as error:
            log.warning("nav_bridge.referral_untranslatable", field=str(error))
            raise withheld("referral_incomplete") from None
        return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()

    async def _referral(self, call: Outgoing) -> Referral:
        answer = await exchange(
            self._eligibility, "GET", f"/referrals/{call.ref['referral']}", headers=_on_behalf(call)
        )
        referral = _read(Referral, _told(answer, NO_REFERRAL), "referral_incomplete")
        if referral.revision != call.ref["revision"]:
            raise withheld("superseded" if referral.revision > call.ref["revision"] else "referral_unknown")
        return referral

    async def _person(self, call: Outgoing, applicant: str) -> Person:
        asked = {"ids": [applicant]}
        answer = await exchange(self._intake, "POST", "/persons/lookup", json=asked, headers=_on_behalf(call))
        persons = _told(answer, {}).get("persons")
        entry = persons.get(applicant) if isinstance(persons, dict) else None
        return _read(Person, entry, "person_unknown")


class NavStatus:
    """Asks NAV what it has of a referral. Asking twice harms nobody: no answer is as good as nothing sent."""

    def __init__(self, nav: httpx.AsyncClient) -> None:
        self._nav = nav

    async def send(self, call: Outgoing) -> Answer:
        key = call_key(call.ref["referral"], call.ref["revision"])
        answer = await exchange(self._nav, "GET", f"/referrals/{key}", headers=_trace(call))
        if answer.outcome == "accepted":
            return Answer("accepted", words.standing(answer.body))
        if answer.outcome == "refused" and answer.body.get("kode") == words.NOT_FOUND:
            return Answer("accepted", {"found": False})
        return Answer("unreachable", retry_after=answer.retry_after)


def _refused(answer: Answer, proof: Mapping[str, Any]) -> Answer:
    """NAV's no in our word for it. Who isn't let in hasn't been heard: that is for the operator, and is tried again."""
    code = words.refusal(answer.body)
    if code == "unknown_answer":
        if answer.body.get("status") in NOT_LET_IN:
            return Answer("unreachable")
        log.error("nav_bridge.unknown_answer", status=answer.body.get("status"))
    return Answer("refused", {**proof, "code": code})


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


def withheld(code: str) -> Withheld:
    return Withheld(Answer("refused", {"code": code}))


def _on_behalf(call: Outgoing) -> dict[str, str]:
    acting = {"Kommunenummer": call.kommunenummer, "Acting-User": "system", "Purpose": PURPOSE}
    return acting | _trace(call)


def _trace(call: Outgoing) -> dict[str, str]:
    return {"traceparent": call.traceparent} if call.traceparent else {}
