"""KS SvarUt and NAV's office behind it, as they may behave, and a press that costs nothing: no font, no page.

Whoever opens the letter here reads what stands in it: which referral it is, which revision, and what it recalls.
"""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, NamedTuple
from uuid import NAMESPACE_URL, uuid5

import httpx

from nav_bridge.gateway import Post as Sender
from nav_bridge.gateway.paper import Envelope
from nav_bridge.translation.letter import Letter
from nav_bridge.translation.offices import Office
from tests.simulation.partners import NOTIFIED, Partner, Post, Taken
from tests.simulation.world import MUNICIPALITIES, ByLetter, Script

READ_AT = 1_559_545_204_000  # milliseconds since 1970, as SvarUt tells it
UNDELIVERED = "IKKE_LEVERT"
# SvarUt's last word on a letter, by what NAV would have said in the end; a word of nobody's table stays one.
LAST = MappingProxyType(
    {"INNVILGET": "LEST", "AVSLÅTT": "LEST", "KONTAKTET": "LEST", "TRUKKET": "PRINTET", "UTLØPT": UNDELIVERED}
)
# What a person may then hear of NAV, and enter.
ANSWERED = MappingProxyType(
    {"INNVILGET": "granted", "AVSLÅTT": "refused", "KONTAKTET": "contacted", "TRUKKET": "withdrawn"}
)
SENDERS = {
    each: Sender(Office(f"Kommune {each}", f"NAV {each}", "974761076", "Gata 1", "0001", "Oslo"), each, "of nobody")
    for each in MUNICIPALITIES
}


async def pressed(letter: Letter, envelope: Envelope) -> bytes:
    """A letter's bytes: the same for the same letter."""
    rows = [row for section in letter.sections for row in section.rows]
    return json.dumps([letter.title, envelope.recipient, rows]).encode()


class Opened(NamedTuple):
    """A letter as it is read. `of`: the referral or notice. `recalls`: the reference of what it withdraws."""

    reference: str
    of: str
    revision: int
    tag: str
    recalls: str
    digest: str


@dataclass(slots=True)
class SvarUt(Partner):
    """`given`: when each letter was taken, its reference and its content, by the id that was reserved for it, or None
    where nothing was sent under it. `doubled`: the references of which a second letter was taken, under another id.
    """

    manner: ByLetter
    given: dict[str, tuple[datetime, Opened] | None] = field(default_factory=dict, kw_only=True)
    doubled: list[str] = field(default_factory=list, kw_only=True)

    def reserve(self, manner: str) -> httpx.Response:
        return self._told(manner, self._reserve)

    def _reserve(self) -> httpx.Response:
        id = str(uuid5(NAMESPACE_URL, f"forsendelse {len(self.given)}"))
        self.given[id] = None
        return httpx.Response(200, json={"id": id})

    def send(self, id: str, opened: Opened, manner: str, wrongly: str) -> httpx.Response:
        if not opened.recalls:
            post = Post(opened.reference, opened.of, opened.revision, opened.digest, wrongly)
            manner = self._posted(post, opened.tag, manner)
        return self._done(opened.recalls or opened.reference, manner, lambda: self._take(id, opened))

    def _take(self, id: str, opened: Opened) -> httpx.Response:
        """One letter under one id, whatever comes under it afterwards."""
        if id not in self.given:
            return httpx.Response(404)
        if taken := self.given[id]:
            same = self.manner.repeats and taken[1] == opened
            return httpx.Response(200, json={"id": id}) if same else httpx.Response(400)
        if any(letter.reference == opened.reference for _, letter in filter(None, self.given.values())):
            self.doubled.append(opened.reference)
        self.given[id] = self.machine(), opened
        if not opened.recalls:
            last = self.script(opened.tag).words[-1]
            arrives = LAST.get(last) != UNDELIVERED
            self.taken[opened.reference] = Taken(opened.of, opened.revision, opened.tag, opened.digest, arrives=arrives)
        elif recalled := self.taken.get(opened.recalls):
            recalled.recalled = (*recalled.recalled, opened.reference)
        return httpx.Response(200, json={"id": id})

    def script(self, tag: str) -> Script:
        return self.scripts[tag] if tag else NOTIFIED

    def find(self, reference: str, manner: str) -> httpx.Response:
        """By reference, from when SvarUt is done with it."""
        return self._told(manner, lambda: self._found(reference))

    def _found(self, reference: str) -> httpx.Response:
        done = self.machine() - timedelta(seconds=self.manner.found_after)
        found = [
            id for id, taken in self.given.items() if taken and taken[0] <= done and taken[1].reference == reference
        ]
        return httpx.Response(200, json={"forsendelseIder": [{"id": id} for id in found]})

    def status(self, id: str, manner: str) -> httpx.Response:
        return self._told(manner, lambda: self._stands(id))

    def _stands(self, id: str) -> httpx.Response:
        if not (taken := self.given.get(id)):
            return httpx.Response(404)
        if taken[1].recalls:
            return httpx.Response(200, json={"status": "LEST", "sisteStatusEndring": READ_AT})
        found = self.taken[taken[1].reference]
        found.asked += 1
        words = self.script(found.tag).words
        word = LAST.get(words[-1], words[-1]) if found.asked >= len(words) else "MOTTATT"
        return httpx.Response(200, json={"status": word, "sisteStatusEndring": READ_AT})


def opened(content: bytes) -> Opened:
    """Of a forsendelse as it came: what SvarUt is told of the letter, and the letter."""
    metadata, paper = (part.rpartition(b"\r\n--")[0] for part in content.split(b"\r\n\r\n")[1:])
    rows = dict(json.loads(paper)[-1])
    return Opened(
        reference=json.loads(metadata)["eksternReferanse"],
        of=rows.get("Henvisning") or rows["Melding"],
        revision=int(rows["Utgave"]),
        tag=rows.get("Språk", ""),
        recalls=rows.get("Referanse i det første brevet", ""),
        digest=hashlib.sha256(paper).hexdigest(),
    )


def answer(script: Script, delivery: Any) -> str:
    """What a person enters of a letter that NAV has read, or was sent on paper; empty where there is nothing yet."""
    last = script.words[-1]
    heard = delivery.received_at is not None or LAST.get(last) == "PRINTET"
    return ANSWERED.get(last, "") if heard and delivery.may("outcome") else ""


def asked(svarut: SvarUt, method: str, url: str, content: bytes, manner: str, wrongly: Any) -> httpx.Response:
    """SvarUt's doors. `wrongly`: why a letter of that reference should not be on its way."""
    *_, id, door = url.split("/")
    if door == "startNyForsendelse":
        return svarut.reserve(manner)
    if method == "GET":
        return svarut.status(id, manner) if door == "status" else svarut.find(door, manner)
    letter = opened(content)
    return svarut.send(id, letter, manner, wrongly(letter.reference))
