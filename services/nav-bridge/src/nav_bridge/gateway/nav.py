"""NAV over HTTPS. What is sent is fetched when it is sent and kept nowhere: its bytes' hash is the proof."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import httpx
import structlog

from chassis.http import exchange
from chassis.outputs import Answer, Outgoing
from nav_bridge.domain import Matter, call_key, recall_key
from nav_bridge.gateway.doors import Source, Withheld, kept_back, matter_of, pair_of, trace, unanswered
from nav_bridge.translation import nav as words

log = structlog.get_logger()

UNAUTHENTICATED, FORBIDDEN = 401, 403


class NavHandIn:
    """Hands a referral or a notice in. `attempt` and `proof` are in every answer that may have been sent."""

    def __init__(self, nav: httpx.AsyncClient, sources: Mapping[Matter, Source]) -> None:
        self._nav, self._sources = nav, sources

    async def send(self, call: Outgoing) -> Answer:
        try:
            message = await self._sources[matter_of(call)].message(call)
        except Withheld as kept:
            return kept_back(kept, call)
        content = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()
        key = call_key(*pair_of(call))
        headers = {"Idempotency-Key": str(key), "Content-Type": "application/json", **trace(call)}
        answer = await exchange(self._nav, "POST", words.PATHS[matter_of(call)], content=content, headers=headers)
        proof = {"attempt": call.attempt, "proof": hashlib.sha256(content).hexdigest()}
        proof["recipient"] = message.get("tilEnhet")
        match answer.outcome:
            case "accepted":
                return Answer("accepted", {**proof, "received_at": words.receipt(answer.body)})
            case "refused":
                return _refused(answer, proof)
            case _:
                return Answer(answer.outcome, proof, answer.retry_after)


class NavRecall:
    """Asks NAV to let a referral or notice be that was withdrawn after it was handed in."""

    def __init__(self, nav: httpx.AsyncClient) -> None:
        self._nav = nav

    async def send(self, call: Outgoing) -> Answer:
        of = pair_of(call)
        key, headers = call_key(*of), {"Idempotency-Key": str(recall_key(*of)), **trace(call)}
        answer = await exchange(self._nav, "POST", f"{words.PATHS[matter_of(call)]}/{key}/recall", headers=headers)
        if answer.outcome != "refused":
            return Answer(answer.outcome, retry_after=answer.retry_after)
        return _refused(answer, {}, words.RECALL_REFUSALS)


class NavStatus:
    """Asks NAV what it has of a referral or notice. Asking twice harms nobody: no answer is as good as nothing sent."""

    def __init__(self, nav: httpx.AsyncClient) -> None:
        self._nav = nav

    async def send(self, call: Outgoing) -> Answer:
        key = call_key(*pair_of(call))
        answer = await exchange(self._nav, "GET", f"{words.PATHS[matter_of(call)]}/{key}", headers=trace(call))
        if answer.outcome == "accepted":
            return Answer("accepted", words.standing(answer.body))
        if answer.outcome == "refused" and answer.body.get("kode") == words.NOT_FOUND:
            return Answer("accepted", {"found": False})
        return unanswered(call, answer)


def _refused(answer: Answer, proof: Mapping[str, Any], table: Mapping[str, str] = words.REFUSALS) -> Answer:
    """NAV's no in our word for it. Who isn't let in hasn't been heard: that is for the operator, and is tried again."""
    status, code = answer.body.get("status"), table.get(str(answer.body.get("kode")), "unknown_answer")
    if status == UNAUTHENTICATED or (status == FORBIDDEN and code == "unknown_answer"):
        return Answer("unreachable")
    if code == "unknown_answer":
        log.error("nav_bridge.unknown_answer", status=status)
    return Answer("refused", {**proof, "code": code})
