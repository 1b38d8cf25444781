"""One run of a world: steps are played, people act, partners answer; at the end it comes to rest, or doesn't."""

import json
import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import httpx

from chassis.decided import Wiring
from chassis.envelope import Record
from chassis.errors import BrokenInvariant, Reject
from chassis.outputs import Answered, Key, Message, answered
from eligibility.gateway import IntakeFacts
from nav_bridge.domain import Policy
from nav_bridge.gateway import (
    LetterHandIn,
    LetterLookup,
    LetterRecall,
    LetterReserve,
    LetterStatus,
    NavHandIn,
    NavRecall,
    NavStatus,
    Notices,
    Referrals,
)
from nav_bridge.handlers import handlers as of_bridge
from nav_bridge.messages import TakeStanding
from nav_bridge.translation import nav as words
from tests.contract.wiring import PACKAGES
from tests.simulation import acts, letters
from tests.simulation.doors import Doorway, done, of_eligibility, of_intake, of_notifications
from tests.simulation.kafka import Kafka
from tests.simulation.partners import MAILS, Auditor, MailServer, Nav, Partner, Taken
from tests.simulation.parts import Flight, Parts
from tests.simulation.steps import SERVICES, Step
from tests.simulation.store import MemoryStore
from tests.simulation.tables import Died, Tables
from tests.simulation.world import START, World

A_STEP = timedelta(seconds=0.05)
LONGEST_REST = 3_000  # steps
# Of one service, when all is well.
ROUND = {
    name: (
        *(Step("handle", name), Step("poll", name, 6), Step("handle", name)),
        *(Step("number", name), Step("send", name, 8), Step("number", name)),
        *(Step("fire", name), Step("look", name, 19), Step("fire", name)),
        *(Step("settle", name), Step("take", name), Step("ask", name), Step("settle", name)),
    )
    for name in SERVICES
}
WAYS = (
    *("act", "again", "poll", "handle", "send", "number", "look", "fire", "take", "ask", "settle"),
    *("crash", "clock", "door", "late", "tell", "poison", "operator"),
)
BOOKS = {("intake", "tenancy")}
OFFICES = {"3427": "NAV Tynset", "5027": "NAV Midtre Gauldal"}
TO_NAV = {"nav", "nav-lookup", "nav-outcome", "nav-recall"}
LETTERS = {"svarut-reserve", "svarut", "svarut-lookup", "svarut-outcome", "svarut-recall"}
DESTINATIONS = {"intake-facts", *TO_NAV, *LETTERS, *MAILS, "audit"}
COMES_AGAIN = {"timer.care_due": timedelta(days=30), "timer.audit_due": timedelta(0)}
"""Timers of which there is always one, as long as an alert is open: so long after the last act they are waited for."""


class Stuck(AssertionError):
    """It doesn't come to rest, with all doors open and everybody well."""


@dataclass(frozen=True)
class Declared:
    """What a service declares."""

    name: str
    handlers: Any
    reads: Any
    writes: Any
    project: Any
    kinds: Any
    wiring: Wiring
    classes: dict[str, Any]


def declared() -> dict[str, Declared]:
    found = {}
    for name, package in PACKAGES.items():
        wired, handling = import_module(f"{package}.subscribers"), import_module(f"{package}.handlers")
        projecting, messages = import_module(f"{package}.projection"), import_module(f"{package}.messages")
        topics = {message.type: topic for topic, written in wired.WRITES.items() for message in written}
        classes = {c.type: c for c in vars(messages).values() if isinstance(c, type) and hasattr(c, "type")}
        classes |= {answered(destination): Answered for destination in DESTINATIONS}
        wiring = Wiring(name, topics, projecting.project, projecting.TABLES)
        found[name] = Declared(
            name, handling.HANDLERS, wired.READS, wired.WRITES, projecting.project, handling.KINDS, wiring, classes
        )
    return found


DECLARED = declared()


@dataclass(slots=True)
class Told:
    """Figures of a run. `handled`, `killed`: by service."""

    handled: Counter[str] = field(default_factory=Counter)
    killed: Counter[str] = field(default_factory=Counter)
    steps: int = 0

    @property
    def events(self) -> int:
        return self.handled.total()

    @property
    def deaths(self) -> int:
        return self.killed.total()


@dataclass(slots=True)
class Clock:
    """`now`: what people and rules see; it may go back. `machine`: leases and back-off go by it; it never does."""

    moment: datetime = START
    machine: datetime = START

    def now(self) -> datetime:
        return self.moment

    def passes(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)
        self.machine += timedelta(seconds=max(0.0, seconds))


@dataclass(slots=True)
class Doing:
    """How far a lane has come; `sent`: the commands of its acts, so that one can be sent again."""

    lane: acts.Lane
    next: int = 0
    sent: list[tuple[str, Message]] = field(default_factory=list)


class Run:
    """`say`: told each step in words, where somebody wants to know. `unerased`: what waited for operators to act."""

    def __init__(self, world: World, say: Callable[[str], None] | None = None) -> None:
        random.seed(world.seed)  # the chassis' jitter
        self.world, self.say, self.clock, self.kafka = world, say, Clock(), Kafka()
        self.tables = {name: Tables() for name in SERVICES}
        self.parts: dict[str, Parts] = {}
        here = world.by_letter.municipalities
        for name, each in DECLARED.items():
            tables, machine = self.tables[name], self._machine
            handlers = of_bridge(Policy(by_letter=here)) if name == "nav-bridge" else each.handlers
            store = MemoryStore(tables, self.clock, machine, each.wiring, handlers)
            self.parts[name] = Parts(self.kafka, store, self.clock, machine, each.reads, each.classes)
        self.shut: set[str] = set()
        self.acted_at = self.clock.now()
        self.manner, self.told = "answers", Told()
        slow = frozenset(each.tag for each in world.applications if each.withdraws and each.hesitates)
        scripts = {each.tag: each.script for each in world.applications}
        self.nav = Nav(self._machine, scripts, slow=slow)
        self.svarut = letters.SvarUt(self._machine, scripts, world.by_letter, slow=slow)
        self.partners: tuple[Partner, ...] = (self.nav, self.svarut)
        self.mail = MailServer()
        self.doing = [Doing(lane) for lane in acts.lanes_of(world)]
        self.replies: dict[str, Any] = {}
        self.refused: dict[str, str] = {}
        self.changed_replies: list[str] = []
        self.poisoned: set[tuple[str, int, int]] = set()
        self.unerased: list[str] = []
        self.gateways = self._gateways()
        self._ways = {what: getattr(self, f"_{what}") for what in WAYS}

    def _machine(self) -> datetime:
        return self.clock.machine

    def _gateways(self) -> dict[str, Any]:
        intake, cases = DECLARED["intake"], DECLARED["eligibility"]
        facts = of_intake(self.tables["intake"], intake.project, "eligibility", self.shut)
        persons = of_intake(self.tables["intake"], intake.project, "nav-bridge", self.shut)
        referrals = of_eligibility(self.tables["eligibility"], cases.project, "nav-bridge", self.shut)
        told = DECLARED["notifications"].project
        notices = of_notifications(self.tables["notifications"], told, "nav-bridge", self.shut)
        nav, people, svarut = Doorway(self._at_nav), persons, Doorway(self._at_svarut)
        posted: Any = (svarut, letters.SENDERS)
        sources: Any = {
            "referral": Referrals(referrals, people),  # type: ignore[arg-type]
            "nav_notice": Notices(notices, people, OFFICES),  # type: ignore[arg-type]
        }
        return {
            "intake-facts": IntakeFacts(Doorway(lambda *asked: self._at_door(facts, *asked))),  # type: ignore[arg-type]
            "nav": NavHandIn(nav, sources),  # type: ignore[arg-type]
            "nav-lookup": NavStatus(nav),  # type: ignore[arg-type]
            "nav-outcome": NavStatus(nav),  # type: ignore[arg-type]
            "nav-recall": NavRecall(nav),  # type: ignore[arg-type]
            "svarut-reserve": LetterReserve(*posted),
            "svarut": LetterHandIn(*posted, sources, press=letters.pressed),
            "svarut-lookup": LetterLookup(*posted),
            "svarut-outcome": LetterStatus(*posted),
            "svarut-recall": LetterRecall(*posted, press=letters.pressed),
            **dict.fromkeys(MAILS, self.mail),
            "audit": Auditor(self.tables["notifications"]),
        }

    def _at_nav(self, method: str, url: str, content: bytes, headers: Any) -> httpx.Response:
        if method == "GET":
            return self.nav.get(url.split("/")[2], self.manner)
        if url.endswith("/recall"):
            return self.nav.recall(url.split("/")[2], self.manner, headers["Idempotency-Key"])
        return self.nav.post(
            headers["Idempotency-Key"], content, self.manner, self._wrongly(headers["Idempotency-Key"])
        )

    def _at_svarut(self, method: str, url: str, content: bytes, headers: Any) -> httpx.Response:
        return letters.asked(self.svarut, method, url, content, self.manner, self._wrongly)

    def _at_door(self, door: Doorway, method: str, url: str, content: bytes, headers: Any) -> httpx.Response:
        match self.manner:
            case "away" | "busy":
                raise httpx.ConnectError("away")
            case "silent" | "took" | "late":
                raise httpx.ReadTimeout("silent")
            case "fails":
                return httpx.Response(500)
        return door._ask(method, url, content, headers)

    def _wrongly(self, key: str) -> str:
        """Why what is on its way to NAV just now should not be, as the owners of the facts know it."""
        call = next((row for row in self.tables["nav-bridge"].calls.values() if str(row["key"]) == key), None)
        if call is None:
            return "no call of that key stands"
        if "matter" in json.loads(call["ref"]):
            return self._wrongly_notified(call["state_key"], json.loads(call["ref"]))
        case = self.state("eligibility", "case", call["state_key"])
        if case and getattr(case, "withdrawn_on", None):
            return "the application was withdrawn"
        person = self.state("intake", "person", case.applicant) if case else None
        if person is None or person.sealed is None:
            return "the applicant is erased"
        return "the applicant's address is protected" if person.protected else ""

    def _wrongly_notified(self, key: str, ref: Any) -> str:
        tenancy = self.state("notifications", "tenancy", key)
        if tenancy is None:
            return "the tenancy is erased"
        if tenancy.reserved:
            return "the tenant had reserved themself"
        mine = [each for each in tenancy.nav_notices if (each.id, each.revision) == (ref["referral"], ref["revision"])]
        if mine[-1].status == "withdrawn":
            return "the notice was withdrawn"
        tenants = [self.state("intake", "person", tenant) for tenant in tenancy.tenants]
        return "a tenant's address is protected" if any(each and each.protected for each in tenants) else ""

    @property
    def at_nav(self) -> dict[str, Taken]:
        """What NAV's record has, whichever way it came."""
        return self.nav.taken | self.svarut.taken

    def state(self, service: str, kind: str, id: str) -> Any:
        row = self.tables[service].states.get(Key(kind, id))
        return row.state if row else None

    # steps

    def play(self, step: Step) -> bool:
        """Whether there was anything to do."""
        self.told.steps += 1
        self.clock.moment += A_STEP
        self.clock.machine += A_STEP
        said: str | None = self._ways[step.what](step)
        if said and self.say:
            self.say(said)
        return bool(said)

    def _dying(self, service: str, work: Callable[[], str]) -> str:
        """What was done; a process that dies loses what it holds, and is started again."""
        try:
            return work()
        except Died:
            self.told.killed[service] += 1
            self.parts[service].start()
            return f"{service} is killed before it commits, and is started again"

    def _act(self, step: Step) -> str:
        doing = self.doing[step.number % len(self.doing)]
        if doing.next >= len(doing.lane) or not (act := doing.lane[doing.next]).ready(self):
            return ""
        if not (made := act.make(self)):
            doing.next += 1
            self.refused[act.name] = "refused at the door"
            return f"{act.name}: refused at the door"
        subject, body = made
        id = uuid5(NAMESPACE_URL, f"{act.kommunenummer}|{act.name}")
        message = Message(id, body.type, subject, act.kommunenummer, self.clock.now(), body, str(id))

        def work() -> str:
            said = self._command(act.name, act.service, message, dies=step.dies)
            doing.next += 1
            doing.sent.append((act.service, message))
            return said

        return self._dying(act.service, work)

    def _command(self, name: str, service: str, message: Message, *, dies: bool) -> str:
        try:
            reply = self.parts[service].store.command(message, dies=dies)
        except Reject as error:
            self.refused[name] = error.code
            return f"{name}: refused, {error.code}"
        self.replies[name] = reply
        return f"{name}: taken by {service}"

    def _again(self, step: Step) -> str:
        """A client that got no answer asks the same once more."""
        doing = self.doing[step.number % len(self.doing)]
        if not doing.sent:
            return ""
        service, message = doing.sent[-1]
        name = doing.lane[doing.next - 1].name
        before = self.replies.get(name)
        if before is None:
            return ""
        self._command(name, service, message, dies=False)
        if self.replies[name] != before:
            self.changed_replies.append(name)
        return f"{name}: sent once more with the same Idempotency-Key"

    def _poll(self, step: Step) -> str:
        records = self.parts[step.who].poll(step.number % 2, step.number // 2, 1 + step.number % 7)
        return f"{step.who} (member {step.number % 2}) polls {self._named(records)}" if records else ""

    def _handle(self, step: Step) -> str:
        parts, number = self.parts[step.who], step.number % 2
        if not parts.memory.members[number].polled:
            return ""

        def work() -> str:
            try:
                records = parts.handle(number, dies=step.dies)
            except BrokenInvariant:
                parts.restart(number)
                return f"{step.who} (member {number}) comes late, another has handled that; it is started again"
            self.told.handled[step.who] += len(records)
            return f"{step.who} (member {number}) handles {self._named(records)} and commits"

        return self._dying(step.who, work)

    def _send(self, step: Step) -> str:
        rows = self.parts[step.who].send(1 + step.number % 9, step.word or "acknowledged")
        return f"{step.who} sends {len(rows)} events to Kafka: {step.word or 'acknowledged'}" if rows else ""

    def _number(self, step: Step) -> str:
        done = self.parts[step.who].number()
        return f"{step.who} numbers the {done} events that Kafka acknowledged" if done else ""

    def _look(self, step: Step) -> str:
        rows = self.parts[step.who].look(1 + step.number % 20)
        return f"{step.who} sees that {', '.join(row['type'] for row in rows)} is due" if rows else ""

    def _fire(self, step: Step) -> str:
        parts = self.parts[step.who]
        if not parts.memory.due:
            return ""

        def work() -> str:
            messages = parts.fire(dies=step.dies)
            self.told.handled[step.who] += len(messages)
            return f"{step.who} carries {', '.join(message.type for message in messages)}"

        return self._dying(step.who, work)

    def _take(self, step: Step) -> str:
        flight = self.parts[step.who].take()
        if not flight:
            return ""
        died = " whose sender died" if flight.answer else ""
        return f"{step.who} leases a call to {flight.call['destination']}{died}"

    def _ask(self, step: Step) -> str:
        """The gateway of a leased call is asked; the partner has the manner of the step's word."""
        flights = [flight for flight in self.parts[step.who].memory.flights if flight.answer is None]
        if not flights:
            return ""
        flight = flights[step.number % len(flights)]
        self.manner = self.mail.manner = step.word or "answers"
        gateway = self.gateways[flight.call["destination"]]
        flight.answer = done(gateway.send(self.parts[step.who].outgoing(flight)))
        self.manner = self.mail.manner = "answers"
        return f"{step.who} calls {flight.call['destination']} ({step.word or 'answers'}): {_answer(flight)}"

    def _settle(self, step: Step) -> str:
        parts = self.parts[step.who]
        flights = [flight for flight in parts.memory.flights if flight.answer]
        if not flights:
            return ""
        flight = flights[step.number % len(flights)]

        def work() -> str:
            self.told.handled[step.who] += 1
            parts.settle(flight, dies=step.dies)
            return f"{step.who} takes in the answer of {flight.call['destination']}: {_answer(flight)}"

        return self._dying(step.who, work)

    def _crash(self, step: Step) -> str:
        self.told.killed[step.who] += 1
        self.parts[step.who].start()
        return f"{step.who} is killed between two steps, and is started again"

    def _clock(self, step: Step) -> str:
        self.clock.passes(step.number)
        for partner in self.partners:
            partner.arrive_in_time()
        return f"the clock moves by {step.number} seconds"

    def _door(self, step: Step) -> str:
        self.shut.symmetric_difference_update({step.who})
        return f"the door to {step.who} {'closes' if step.who in self.shut else 'opens'}"

    def _late(self, step: Step) -> str:
        for partner in self.partners:
            if partner.late:
                return f"NAV gets a request that was given up: {partner.arrives()[:8]}"
        return ""

    def _tell(self, step: Step) -> str:
        """NAV tells something unasked: new, or what it has told before once more, with or without a new id."""
        known, way = self.nav.told, step.number % 4
        claims = self.nav.tells(step.number // 4) if way < 2 or not known else known[step.number // 4 % len(known)]
        if claims is None or (delivery := self._delivered(UUID(claims["nøkkel"]))) is None:
            return ""
        case, kommunenummer, named = delivery
        found = words.told(claims)
        assert found
        id = uuid5(NAMESPACE_URL, claims["jti"] + (f" {self.told.steps}" if way == 3 else ""))
        body = TakeStanding(**named, **found[1])
        message = Message(id, body.type, case, kommunenummer, self.clock.now(), body, str(id))

        def work() -> str:
            return self._command(f"a callback {id}", "nav-bridge", message, dies=step.dies)

        return self._dying("nav-bridge", work)

    def _delivered(self, key: UUID) -> tuple[str, str, dict[str, Any]] | None:
        """As the bridge's projection finds a delivery by NAV's key."""
        for own, row in self.tables["nav-bridge"].states.items():
            for delivery in getattr(row.state, "deliveries", ()):
                if delivery.call_key == key:
                    named = {"referral_id": delivery.referral_id, "revision": delivery.revision}
                    return own.id, row.kommunenummer, named
        return None

    def _poison(self, step: Step) -> str:
        """Somebody writes what no reader can read, under the key of the newest record of a partition."""
        for place in self.kafka.places([step.who])[step.number % 2 :]:
            if log := self.kafka.logs[place]:
                last = log[-1]
                headers = [(n, b"\xff" if step.word == "header" and n == "ce_type" else v) for n, v in last.headers]
                value = last.value if step.word == "header" else b'{"spoilt":'
                record = self.kafka.put(place[0], last.key or b"", value, headers)
                self.poisoned.add((record.topic, record.partition, record.offset))
                return f"an unreadable record comes on {place[0]}, key {(last.key or b'').decode()[:8]}"
        return ""

    def _operator(self, step: Step) -> str:
        """Gives up what can't be read, and lets a parked key's records through again."""
        tables, parts = self.tables[step.who], self.parts[step.who]
        keys = sorted(tables.parked)
        if not keys:
            return ""
        key = keys[step.number % len(keys)]
        if parts.store.discard(key, "operator"):
            return f"an operator gives up an unreadable record of {key[:8]} at {step.who}"
        before = tables.waiting(key)
        stopped = parts.store.replay(key, parts.readers, parts.classes, "operator")
        if stopped and tables.waiting(key) == before and not parts.store.discard(key, "operator"):
            return ""
        return f"an operator replays {key[:8]} at {step.who}{': ' + stopped if stopped else ''}"

    def _named(self, records: Iterable[Record]) -> str:
        return ", ".join(_type(record) for record in records)

    # the end

    def rest(self) -> None:
        """Doors open, all answer, nobody dies: what is left is done, clocks move to what is due. Raises `Stuck`."""
        self.shut.clear()
        for name in SERVICES:
            self.play(Step("handle", name, 1))
            self.parts[name].restart(0)
        self._come_to_rest(operators=False)
        self.unerased = [f"{name}'s {key.kind} {key.id}" for name, key in self._kept_of_erased()]
        self._come_to_rest(operators=True)

    def _come_to_rest(self, *, operators: bool) -> None:
        self.acted_at = self.clock.now()
        left = LONGEST_REST
        while self._busy(operators=operators) or self._acts() or self._time_passes():
            left -= 1
            if left < 0:
                raise Stuck("with all doors open and everybody well it doesn't come to rest")

    def _kept_of_erased(self) -> Iterator[tuple[str, Key]]:
        """States of cases and homes of those who are erased; at intake a home's books stay."""
        gone = acts.erased(self)
        for name in SERVICES:
            for key, row in self.tables[name].states.items():
                if key.id in gone and row.state is not None and (name, key.kind) not in BOOKS:
                    yield name, key

    def _busy(self, *, operators: bool) -> bool:
        """One round of everything that can go on now."""
        self.clock.passes(1)
        worked = False
        for name in SERVICES:
            for number in range(len(self.tables[name].parked) if operators else 0):
                worked |= self.play(Step("operator", name, number))
            if self.parts[name].idle(self.clock.now()):
                continue
            for step in ROUND[name]:
                worked |= self.play(step)
        while self.play(Step("late")):
            worked = True
        return worked

    def _acts(self) -> bool:
        """One act of each lane that is ready."""
        left = [n for n, doing in enumerate(self.doing) if doing.next < len(doing.lane)]
        acted = sum(self.play(Step("act", number=n)) for n in left) > 0
        self.acted_at = self.clock.now() if acted else self.acted_at
        return acted

    def _time_passes(self) -> bool:
        """To the next thing that is due, if anything ever is."""
        due = [
            row["due"] - self.clock.now()
            for tables in self.tables.values()
            for row in tables.timers.values()
            if row["key"] not in tables.parked and not self._comes_again(row)
        ]
        # A call may wait for a door that says nothing of a key whose events wait, at another service than the call's.
        parked = {key for tables in self.tables.values() for key in tables.parked}
        calls = [
            max(row["due"], row["lease_until"] or row["due"]) - self.clock.machine
            for tables in self.tables.values()
            for row in tables.calls.values()
            if row["status"] == "open" and row["state_key"] not in parked
        ]
        if not (due or calls):
            return False
        self.clock.passes(max(0.0, min([*due, *calls]).total_seconds()) + 1)
        return True

    def _comes_again(self, row: dict[str, Any]) -> bool:
        """Whether it would be waited for without end."""
        longest = COMES_AGAIN.get(row["type"])
        return longest is not None and row["due"] > max(self.acted_at + longest, self.clock.now())

    def records(self) -> Iterable[Record]:
        """All that came to stand on Kafka, but what was unreadable from the start."""
        for log in self.kafka.logs.values():
            for record in log:
                if (record.topic, record.partition, record.offset) not in self.poisoned:
                    yield record


def _type(record: Record) -> str:
    raw = dict(record.headers).get("ce_type") or b""
    key = (record.key or b"").decode()[:8]
    return f"{raw.decode(errors='replace').removeprefix('no.boligflyt.').removesuffix('.v1')} of {key}"


def _answer(flight: Flight) -> str:
    answer = flight.answer
    assert answer
    code = answer.body.get("code") or answer.body.get("outcome") or ""
    return f"{answer.outcome} {code}".strip()
