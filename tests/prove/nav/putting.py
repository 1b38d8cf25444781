"""Requests and withdrawals written onto Kafka as eligibility and notifications do, and what the bridge tells back."""

import json
import random
import threading
import time
from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import uuid5

from confluent_kafka import Consumer, Producer

from chassis.envelope import encode
from demo.local.platform import Platform
from eligibility import messages as eligibility
from notifications import messages as notifications
from tests.prove.nav.asking import NAMES, REQUESTED_ON, Asker, Pair, Step
from tests.prove.nav.doors import DEBT, Doors

OPEN = 400  # requests that the bridge has told nothing of yet, at most
TOPICS = {"referral": "referrals.v1", "nav_notice": "nav-notices.v1"}
WRITERS = {"referral": "eligibility", "nav_notice": "notifications"}
# What a case that waits to ask again waits for: NAV has it, or the bridge won't send it.
TOLD = ("delivery.sent", "delivery.rejected", "delivery.parked")


class Putting(threading.Thread):
    """`at`: when each request was written, by the clock of the day. `stop` ends it before all is asked."""

    def __init__(self, platform: Platform, doors: Doors, askers: Sequence[Asker], seed: int, most: int = OPEN) -> None:
        super().__init__(name="putting in", daemon=True)
        self.at: dict[Pair, float] = {}
        self.steps: dict[str, int] = Counter()
        self.error: Exception | None = None
        self.askers, self._doors, self._most = askers, doors, most
        self._writers = {matter: Writer(platform, matter) for matter in TOPICS}
        self._heard = Heard(platform)
        self._chance = random.Random(f"putting {seed}")
        self._ended = threading.Event()

    @property
    def told(self) -> int:
        """Requests of which the bridge has told what became."""
        return len(self._heard.pairs)

    def stop(self) -> None:
        self._ended.set()
        self.join()
        if self.error:
            raise self.error

    def run(self) -> None:
        try:
            self._put_in()
        except Exception as error:  # noqa: BLE001 - told by `stop`
            self.error = error
        finally:
            for writer in self._writers.values():
                writer.flush()
            self._heard.close()

    def _put_in(self) -> None:
        """Cases begin in turn, many of them beside each other; one that waits lets others go ahead."""
        waiting, under_way = deque(self.askers), list[Asker]()
        while (waiting or under_way) and not self._ended.is_set():
            self._heard.listen()
            while waiting and len(under_way) < self._most // 2:
                under_way.append(waiting.popleft())
            self._chance.shuffle(under_way)
            for asker in under_way:
                while len(self.at) - self.told < self._most and (step := self._next(asker)):
                    self._take(asker, step)
            under_way = [asker for asker in under_way if self.steps[asker.id] < len(asker.steps)]
        while self.told < len(self.at) and not self._ended.is_set():
            self._heard.listen()

    def _next(self, asker: Asker) -> Step | None:
        done = self.steps[asker.id]
        if done == len(asker.steps):
            return None
        step = asker.steps[done]
        before = [each.pair for each in asker.steps[:done]]
        return None if step.waits and not self._heard.pairs.issuperset(before) else step

    def _take(self, asker: Asker, step: Step) -> None:
        """The owner's door tells of it from the moment that its state has it, before the event is on Kafka."""
        self.steps[asker.id] += 1
        if step.what == "request":
            self._doors.told(asker, step.pair)
            self.at[step.pair] = time.time()
        else:
            self._doors.withdrawn(step.pair)
        self._writers[asker.matter].write(asker, step)


class Writer:
    """One service's own topic, by its own credentials."""

    def __init__(self, platform: Platform, matter: str) -> None:
        given = platform.kafka.connection(WRITERS[matter]).confluent()
        self._producer = Producer(given | {"enable.idempotence": True, "linger.ms": 5, "acks": "all"})
        self._matter, self._numbers = matter, Counter[str]()

    def write(self, asker: Asker, step: Step) -> None:
        self._numbers[asker.id] += 1
        number = self._numbers[asker.id]
        headers, value = encode(
            said(asker, step),
            id=uuid5(NAMES, f"{asker.id} event {number}"),
            source=f"/no/kommune/{asker.kommunenummer}/{WRITERS[self._matter]}",
            subject=asker.id,
            time=datetime.now(UTC),
            kommunenummer=asker.kommunenummer,
            sequence=number,
            correlation="prove",
            causation="prove",
            traceparent="",
            classification="internal",
        )
        self._producer.produce(TOPICS[self._matter], value, key=asker.id, headers=list(headers.items()))
        self._producer.poll(0)

    def flush(self) -> None:
        self._producer.flush(60)


def one_by_one(platform: Platform, doors: Doors, name: str, requests: int, pace: float) -> Iterator[tuple[Pair, float]]:
    """So many cases with one referral each, at an even pace a second: what was handed to Kafka, and when. `name` tells
    their ids from others'.
    """
    writer, began = Writer(platform, "referral"), time.monotonic()
    for n in range(requests):
        pair = Pair(str(uuid5(NAMES, f"{name} {n}")), 1)
        ids = [str(uuid5(NAMES, f"{name} {what} {n}")) for what in ("case", "public", "person")]
        asker = Asker(*ids, "3427", "referral", (Step("request", pair, waits=False),))
        doors.told(asker, pair)
        at = time.time()
        writer.write(asker, asker.steps[0])
        yield pair, at
        time.sleep(max(0.0, began + n / pace - time.monotonic()))
    writer.flush()


def said(asker: Asker, step: Step) -> Any:
    """The event that the owner writes of it."""
    of, revision = step.pair
    match step.what, asker.matter:
        case "request", "referral":
            return eligibility.ReferralRequested(
                referral_id=of,
                revision=revision,
                public_id=asker.public_id,
                legal_basis="law",
                requested_on=REQUESTED_ON,
            )
        case "withdraw", "referral":
            return eligibility.ReferralWithdrawn(referral_id=of, revision=revision, withdrawn_on=REQUESTED_ON)
        case "request", _:
            return notifications.NavNoticeRequested(
                notice_id=of,
                revision=revision,
                alert_id=asker.public_id,
                as_of=REQUESTED_ON,
                debt_ore=DEBT * revision,
                due_on=(REQUESTED_ON,),
                open_ore=(DEBT * revision,),
                requested_by="sub-1",
                requested_on=REQUESTED_ON,
            )
    return notifications.NavNoticeWithdrawn(notice_id=of, revision=revision, withdrawn_on=REQUESTED_ON)


class Heard:
    """What the bridge has told, as any reader of deliveries.v1 hears it. `pairs`: what became of them is known."""

    def __init__(self, platform: Platform) -> None:
        self.pairs: set[Pair] = set()
        given = platform.admin_kafka().confluent()
        more = {"group.id": "nav-proof", "auto.offset.reset": "earliest", "enable.auto.commit": False}
        self._consumer = Consumer(given | more)
        self._consumer.subscribe(["deliveries.v1"])

    def listen(self, seconds: float = 0.05) -> None:
        for record in self._consumer.consume(500, timeout=seconds):
            if record.error() is None and type_of(dict(record.headers() or ())) in TOLD:
                told = json.loads(record.value())
                self.pairs.add(Pair(told["referral_id"], told["revision"]))

    def close(self) -> None:
        self._consumer.close()


def type_of(headers: Mapping[str, bytes]) -> str:
    return headers["ce_type"].decode().removeprefix("no.boligflyt.").removesuffix(".v1")
