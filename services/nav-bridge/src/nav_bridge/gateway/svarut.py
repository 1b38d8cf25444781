"""KS SvarUt over HTTPS: NAV's office by letter. What is in a letter is fetched when it is sent and kept nowhere: its
bytes' hash is the proof.
"""

import asyncio
import base64
import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal
from uuid import UUID

import httpx
import structlog

from chassis.http import exchange
from chassis.outputs import Answer, Outgoing
from nav_bridge.domain import LETTER_REFUSED, Matter, call_key, recall_key
from nav_bridge.gateway.doors import (
    Source,
    Withheld,
    kept_back,
    matter_of,
    pair_of,
    trace,
    unanswered,
    untranslatable,
    withheld,
)
from nav_bridge.gateway.paper import Envelope, Unprintable, printed
from nav_bridge.translation import letter as letters
from nav_bridge.translation import svarut as words
from nav_bridge.translation.nav import Untranslatable
from nav_bridge.translation.offices import Office

log = structlog.get_logger()

BOUNDARY = "boligflyt-brev"
NOT_LET_IN = frozenset({401, 403})
NOT_FOUND = 404


@dataclass(frozen=True, slots=True)
class Post:
    """One municipality's post to its NAV office. `password` shows in no log line."""

    office: Office
    user: str
    password: str = field(repr=False)

    @property
    def authorization(self) -> str:
        return "Basic " + base64.b64encode(f"{self.user}:{self.password}".encode()).decode()


Press = Callable[[letters.Letter, Envelope], Awaitable[bytes]]


async def on_paper(letter: letters.Letter, envelope: Envelope) -> bytes:
    """Beside the loop: a page takes a good part of a second. Raises `Unprintable`."""
    return await asyncio.to_thread(printed, letter, envelope)


class _SvarUt:
    """SvarUt on behalf of a call's municipality. `press` makes a letter's exact bytes."""

    def __init__(self, svarut: httpx.AsyncClient, posts: Mapping[str, Post], press: Press = on_paper) -> None:
        self._svarut, self._posts, self._press = svarut, posts, press

    def _post(self, call: Outgoing) -> Post:
        if (post := self._posts.get(call.kommunenummer)) is None:
            raise withheld("no_office")
        return post

    async def _ask(self, call: Outgoing, method: Literal["GET", "POST"], path: str, **sent: Any) -> Answer:
        """Who isn't let in hasn't been heard: that is for the operator, and is tried again; others are let in."""
        headers = {"Authorization": self._post(call).authorization, **trace(call), **sent.pop("headers", {})}
        answer = await exchange(self._svarut, method, path, headers=headers, **sent)
        if answer.outcome == "refused" and answer.body.get("status") in NOT_LET_IN:
            log.error("nav_bridge.svarut_lets_us_not_in", kommunenummer=call.kommunenummer)
            return Answer("unreachable", ours=True)
        return answer

    async def _put(self, call: Outgoing, letter: letters.Letter) -> Answer:
        """The letter under the id that was reserved. `attempt`, `proof` and `recipient` are in every answer."""
        office = self._post(call).office
        envelope = Envelope(office.sender, office.office, (office.address, f"{office.postcode} {office.place}"))
        try:
            paper = await self._press(letter, envelope)
        except Unprintable:
            raise withheld("unprintable") from None
        metadata = words.forsendelse(office, letter.title, _reference(call))
        content = _multipart(json.dumps(metadata).encode(), paper)
        headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
        answer = await self._ask(call, "POST", words.sending(call.ref["letter"]), content=content, headers=headers)
        known = {"attempt": call.attempt, "proof": hashlib.sha256(paper).hexdigest(), "recipient": office.office}
        if answer.outcome != "refused":
            return replace(answer, body=known)
        log.error("nav_bridge.letter_refused", status=answer.body.get("status"))
        return Answer("refused", {**known, "code": LETTER_REFUSED})


class LetterReserve(_SvarUt):
    """Has SvarUt reserve an id. One that nothing is sent under costs nothing: no answer is as good as nothing asked."""

    async def send(self, call: Outgoing) -> Answer:
        try:
            answer = await self._ask(call, "POST", words.RESERVE)
        except Withheld as kept:
            return kept.answer
        if answer.outcome == "accepted":
            id = words.reserved(answer.body)
            return Answer("accepted", {"letter": id}) if id else Answer("unknown")
        return Answer("refused", {"code": "unknown_answer"}) if answer.outcome == "refused" else answer


class LetterHandIn(_SvarUt):
    """Sends a referral or a notice as a letter."""

    def __init__(
        self,
        svarut: httpx.AsyncClient,
        posts: Mapping[str, Post],
        sources: Mapping[Matter, Source],
        press: Press = on_paper,
    ) -> None:
        super().__init__(svarut, posts, press)
        self._sources = sources

    async def send(self, call: Outgoing) -> Answer:
        matter = matter_of(call)
        try:
            self._post(call)
            message = await self._sources[matter].message(call)
            return await self._put(call, letters.letter(matter, message, str(_reference(call))))
        except Untranslatable as error:
            code = "referral_incomplete" if matter == "referral" else "notice_incomplete"
            return kept_back(untranslatable(error, code), call)
        except Withheld as kept:
            return kept_back(kept, call)


class LetterRecall(_SvarUt):
    """Tells NAV, in a letter of its own, to let the first be: SvarUt calls nothing back that is delivered."""

    async def send(self, call: Outgoing) -> Answer:
        of = pair_of(call)
        letter = letters.recall_letter(matter_of(call), *of, str(call_key(*of)), str(_reference(call)))
        try:
            return await self._put(call, letter)
        except Withheld as kept:
            return kept.answer


class LetterLookup(_SvarUt):
    """Whether SvarUt has taken the letter. Asking twice harms nobody."""

    async def send(self, call: Outgoing) -> Answer:
        try:
            answer = await self._ask(call, "GET", words.by_reference(_reference(call)))
        except Withheld as kept:
            return kept.answer
        known = words.references(answer.body) if answer.outcome == "accepted" else None
        if answer.outcome == "refused" and answer.body.get("status") == NOT_FOUND:
            known = frozenset()
        if known is None:
            return unanswered(call, answer)
        there = call.ref["letter"] in known
        if not call.ref.get("recall"):
            return Answer("accepted", {"found": there})
        return Answer("accepted", {"found": True, "outcome": "withdrawn" if there else None})


class LetterStatus(_SvarUt):
    """How far the letter has come."""

    async def send(self, call: Outgoing) -> Answer:
        try:
            answer = await self._ask(call, "GET", words.status(call.ref["letter"]))
        except Withheld as kept:
            return kept.answer
        if answer.outcome == "accepted":
            return Answer("accepted", words.standing(answer.body))
        if answer.outcome == "refused" and answer.body.get("status") == NOT_FOUND:
            return Answer("accepted", {"found": False})
        return unanswered(call, answer)


def _reference(call: Outgoing) -> UUID:
    """SvarUt's eksternReferanse: what NAV's Idempotency-Key is on the other channel."""
    return recall_key(*pair_of(call)) if call.ref.get("recall") else call_key(*pair_of(call))


def _multipart(metadata: bytes, paper: bytes) -> bytes:
    """The metadata first, in ASCII as nothing names its charset, then the file under its name."""
    name = words.FILE_NAME
    return b"\r\n".join(
        [
            f"--{BOUNDARY}".encode(),
            b'Content-Disposition: form-data; name="forsendelse"',
            b"",
            metadata,
            f"--{BOUNDARY}".encode(),
            f'Content-Disposition: form-data; name="{name}"; filename="{name}"'.encode(),
            b"Content-Type: application/octet-stream",
            b"",
            paper,
            f"--{BOUNDARY}--".encode(),
            b"",
        ]
    )
