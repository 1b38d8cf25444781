"""NAV and the mail server as they may behave: they answer, are away, or leave us in the dark about what they took."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx

from chassis.outputs import Answer, Key, Outgoing
from tests.simulation.tables import Tables
from tests.simulation.world import FINAL, PROGRESS, PUZZLES, Script

# How one exchange goes. took: the partner took it, and we never hear. late: it gets there after all, afterwards.
MANNERS = ("answers", "silent", "took", "late", "away", "busy", "fails")
# What NAV means to say of every notice.
NOTIFIED = Script(words=("MOTTATT", "KONTAKTET"))
MAILS = ("mail", "operator-mail", "digest-mail", "alarm-mail")
RECEIVED = "2019-06-03T09:00:04+02:00"
LATEST = timedelta(days=1)
"""What left and isn't lost gets there within so long, by the machine's clock."""


@dataclass(slots=True)
class Taken:
    """What NAV took under one Idempotency-Key, or as the letter of one reference: a referral, or a notice, which has no
    `tag`.

    `asked`: how often it was asked about it since, or told of it unasked. `recalled`: by which keys it was asked to let
    it be, and did. `arrives`: whether it gets to NAV, once it is taken.
    """

    referral: str
    revision: int
    tag: str
    content: str
    asked: int = 0
    recalled: tuple[str, ...] = ()
    arrives: bool = True


@dataclass(frozen=True, slots=True)
class Post:
    """One attempt to hand something in that left us. `wrongly`: why it never should have, as the world stood."""

    key: str
    referral: str
    revision: int
    content: str
    wrongly: str = ""


@dataclass(slots=True)
class Partner:
    """Who answers or doesn't. `slow`: tags of those whose referrals come late where they don't come as they should.
    `taken`: by the key it was sent under. `late`: what was given up and gets there yet: its key, when it left, and what
    it does there.
    """

    machine: Callable[[], datetime]
    scripts: Mapping[str, Script]
    slow: frozenset[str] = field(default=frozenset(), kw_only=True)
    taken: dict[str, Taken] = field(default_factory=dict, kw_only=True)
    posts: list[Post] = field(default_factory=list, kw_only=True)
    late: list[tuple[str, datetime, Callable[[], httpx.Response]]] = field(default_factory=list, kw_only=True)

    def arrives(self) -> str:
        """A request that we gave up gets there; its key."""
        key, _, work = self.late.pop(0)
        work()
        return key

    def arrive_in_time(self) -> None:
        """What left longest ago may take no longer."""
        while self.late and self.late[0][1] + LATEST < self.machine():
            self.arrives()

    def _posted(self, post: Post, tag: str, manner: str) -> str:
        """The manner in which it really goes: noted, unless nothing left us."""
        manner = "late" if manner != "answers" and tag in self.slow else manner
        if manner != "away":
            self.posts.append(post)
        return manner

    def _done(self, key: str, manner: str, work: Callable[[], httpx.Response]) -> httpx.Response:
        """What changes something there, in one of the manners."""
        match manner:
            case "away":
                raise httpx.ConnectError("away")
            case "busy":
                return httpx.Response(503, headers={"Retry-After": "1"})
            case "fails":
                return httpx.Response(500)
            case "silent":
                raise httpx.ReadTimeout("silent")
            case "late":
                self.late.append((key, self.machine(), work))
                raise httpx.ReadTimeout("late")
            case "took":
                work()
                raise httpx.ReadTimeout("took")
        return work()

    def _told(self, manner: str, work: Callable[[], httpx.Response]) -> httpx.Response:
        """What is only asked: an answer that is lost says nothing, and does nothing."""
        return self._done("", "silent" if manner in {"late", "took"} else manner, work)


@dataclass(slots=True)
class Nav(Partner):
    """NAV as our proposal of an API has it. `conflicts`: the keys of referrals that came with another content: only a
    notice may, as it says who lives there now.
    """

    conflicts: list[str] = field(default_factory=list, kw_only=True)
    told: list[dict[str, Any]] = field(default_factory=list, kw_only=True)

    def post(self, key: str, content: bytes, manner: str, wrongly: str) -> httpx.Response:
        told = json.loads(content)
        digest = hashlib.sha256(content).hexdigest()
        post = Post(key, _id(told), told["versjon"], digest, wrongly)
        manner = self._posted(post, told.get("språk", ""), manner)
        return self._done(key, manner, lambda: self._take(key, told, digest))

    def recall(self, key: str, manner: str, recall_key: str) -> httpx.Response:
        return self._done(key, manner, lambda: self._let_be(key, recall_key))

    def _let_be(self, key: str, recall_key: str) -> httpx.Response:
        if (found := self.taken.get(key)) is None:
            return httpx.Response(404, json={"kode": "IKKE_FUNNET"})
        if not found.recalled and self._said(found) in FINAL:
            return httpx.Response(409, json={"kode": "AVGJORT"})
        found.recalled = (*found.recalled, recall_key)
        return httpx.Response(200, json={"status": "TRUKKET"})

    def _said(self, found: Taken) -> str:
        """What NAV said last, as far as anybody asked."""
        words = self._script(found).words
        return words[min(found.asked, len(words)) - 1] if found.asked else ""

    def _script(self, found: Taken) -> Script:
        return self.scripts[found.tag] if found.tag else NOTIFIED

    def _take(self, key: str, told: Mapping[str, Any], digest: str) -> httpx.Response:
        script = self.scripts[told["språk"]] if "henvisningId" in told else NOTIFIED
        if standing := self.taken.get(key):
            if standing.content != digest:
                if standing.tag:
                    self.conflicts.append(key)
                return httpx.Response(409, json={"kode": "NØKKEL_BRUKT"})
            return self._receipt(script)
        if told["versjon"] <= len(script.refusals):
            word = script.refusals[told["versjon"] - 1]
            return httpx.Response(409 if word in PUZZLES else 422, json={"kode": word})
        self.taken[key] = Taken(_id(told), told["versjon"], told.get("språk", ""), digest)
        return self._receipt(script)

    def _receipt(self, script: Script) -> httpx.Response:
        return httpx.Response(201, json={"kvittering": {"mottatt": RECEIVED}} if script.receipt else {})

    def get(self, key: str, manner: str) -> httpx.Response:
        return self._told(manner, lambda: self._stands(key))

    def _stands(self, key: str) -> httpx.Response:
        if (found := self.taken.get(key)) is None:
            return httpx.Response(404, json={"kode": "IKKE_FUNNET"})
        found.asked += 1
        return httpx.Response(200, json=self._standing(found))

    def tells(self, number: int) -> dict[str, Any] | None:
        """What it says unasked of something that it has taken; None where it has nothing, or a word of its own."""
        if not self.taken:
            return None
        key, found = list(self.taken.items())[number % len(self.taken)]
        found.asked += 1
        claims = self._standing(found) | {"nøkkel": key, "jti": f"{key} {len(self.told)}"}
        if claims["status"] not in (*FINAL, *PROGRESS):
            found.asked -= 1
            return None
        self.told.append(claims)
        return claims

    def _standing(self, found: Taken) -> dict[str, Any]:
        """`asked` counts this time."""
        last = len(self._script(found).words)
        number = last + 1 if found.recalled else min(found.asked, last)
        word = "TRUKKET" if found.recalled else self._script(found).words[number - 1]
        return {"status": word, "løpenummer": number, "kvittering": {"mottatt": RECEIVED}}


def _id(told: Mapping[str, Any]) -> str:
    id: str = told.get("henvisningId") or told["varselId"]
    return id


@dataclass(slots=True)
class MailServer:
    """`taken`: how often each Message-ID was taken."""

    taken: dict[str, int] = field(default_factory=dict)
    manner: str = "answers"

    async def send(self, call: Outgoing) -> Answer:
        if self.manner in ("away", "busy"):
            return Answer("unreachable")
        if self.manner in ("answers", "took"):
            self.taken[str(call.key)] = self.taken.get(str(call.key), 0) + 1
        return Answer("accepted" if self.manner == "answers" else "unknown")


@dataclass(frozen=True, slots=True)
class Auditor:
    """As the service's own looks at its tables: open alerts that lack an owner, a reason or a timer."""

    tables: Tables

    async def send(self, call: Outgoing) -> Answer:
        found = [key.id for key, row in self.tables.states.items() if row.kommunenummer == call.kommunenummer]
        return Answer("accepted", {"unattended": [id for id in sorted(found) if self._lacks(id)]})

    def _lacks(self, id: str) -> bool:
        row = self.tables.states.get(Key("tenancy", id))
        episode = row.state.open if row and row.state else None
        timers = {timer["key"] for timer in self.tables.timers.values() if timer["type"] == "timer.care_due"}
        return episode is not None and not (episode.care.owner and episode.reasons and id in timers)
