"""A service as the sum of its parts: what it declares, and the one process (or several) that run it."""

import asyncio
import contextlib
import gc
import signal
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from socket import socket
from types import ModuleType
from typing import Any

import httpx
import structlog
import uvicorn
from fastapi import APIRouter

from chassis import access, tracing, watchdog
from chassis.broker import Kafka
from chassis.calls import Calls, Policy
from chassis.clock import Clock
from chassis.consumer import Consumer
from chassis.database import Database
from chassis.decided import Wiring
from chassis.floors import raised_floors
from chassis.http import create_app
from chassis.listener import listen
from chassis.metrics import Samples
from chassis.operations.letters import DeadLetters
from chassis.outputs import Answered, Gateway, Handler, Key, answered
from chassis.pruning import prune_nightly
from chassis.reconcile import Check, Reconciliation, event_log, reconcile_nightly
from chassis.relay import Relay, producer_of
from chassis.settings import ServiceSettings
from chassis.store import Store
from chassis.timers import Timers

log = structlog.get_logger()

ANSWERING = 3  # seconds that requests have to end in when the process does
PARTS = ("api", "consumer", "relay", "timers", "calls")


@dataclass(frozen=True, kw_only=True)
class Service:
    """What a service declares; its `app.py` builds it by hand.

    `messages`: the module whose classes are all that the service reads, writes or sends itself. `writes`: topic →
    message classes, with `{kommunenummer}` where a topic has one. `tables`: projection table → its primary key.
    `gateways`: by destination; one that reads the service's own store is given as a function of it.
    `writers`: topic that it reads → client to the service that writes it. `check`: the sums of files, reconciled too.
    `learn`: what handlers go by beside the states (`States`).
    """

    name: str
    messages: ModuleType
    kinds: Mapping[str, Any]
    handlers: Sequence[Handler]
    reads: Mapping[str, Sequence[Any]]
    writes: Mapping[str, Sequence[Any]]
    project: Callable[[Key, str, Any], Mapping[str, Sequence[Mapping[str, Any]]]]
    tables: Mapping[str, Sequence[str]]
    routers: Sequence[APIRouter]
    migrations: Path
    gateways: Mapping[str, Gateway | Callable[[Store], Gateway]] = field(default_factory=dict)
    policies: Mapping[str, Policy] = field(default_factory=dict)
    state: Mapping[str, Any] = field(default_factory=dict)
    writers: Mapping[str, httpx.AsyncClient] = field(default_factory=dict)
    check: Callable[[Store], Check] | None = None
    learn: Callable[[Any], Awaitable[None]] | None = None

    @property
    def classes(self) -> dict[str, Any]:
        """Message class per type, answers included."""
        own = {c.type: c for c in vars(self.messages).values() if isinstance(c, type) and hasattr(c, "type")}
        return own | {answered(destination): Answered for destination in self.gateways}

    @property
    def readers(self) -> dict[str, Any]:
        return {message.type: message for messages in self.reads.values() for message in messages}

    @property
    def wiring(self) -> Wiring:
        topics = {message.type: topic for topic, messages in self.writes.items() for message in messages}
        return Wiring(self.name, topics, self.project, self.tables, learn=self.learn)


class Process:
    """The parts of one process, wired."""

    def __init__(self, service: Service, settings: ServiceSettings, database: Database, kafka: Kafka) -> None:
        self.service, self.settings, self.database, self.kafka = service, settings, database, kafka
        self.clock = Clock(settings.clock_start, settings.clock_speed, settings.clock_since)
        self.wiring = service.wiring
        self.store = Store(database, self.clock, self.wiring, service.kinds, service.handlers)
        self.consumer = Consumer(database, self.store, service.readers)
        self.relay = Relay(settings.database_url, service.name, database, producer_of(kafka.aiokafka()))
        self.timers = Timers(database, self.store, self.clock, service.classes, self.end_offsets)
        policies = dict.fromkeys(service.gateways, Policy(lease=settings.call_lease_seconds)) | dict(service.policies)
        gateways = {name: g(self.store) if callable(g) else g for name, g in service.gateways.items()}
        self.calls = Calls(database, self.store, self.clock, gateways, policies)
        self.samples = Samples(database, self.end_offsets)
        self.dead_letters = DeadLetters(database, self.store, service.readers, service.classes)
        check = service.check and service.check(self.store)
        family = next((topic for topic in service.writes if "{kommunenummer}" in topic), "")
        self.reconciliation = Reconciliation(database, kafka, service.reads, service.writers, check, family=family)

    async def end_offsets(self) -> Mapping[tuple[str, int], int]:
        """Where the topics end that this service reads."""
        return await self.kafka.end_offsets(list(self.service.reads)) if self.service.reads else {}

    async def run(self, parts: Sequence[str]) -> None:
        """Run until told to stop; what a part raises ends the process, and its supervisor starts it again."""
        self.wiring.floors.update(
            await raised_floors(self.database, self.kafka, self.service.name, self.service.writes)
        )
        # A batch makes a million objects that live until its commit. Counting them, the collector of cycles would walk
        # all of them time and again: 40 % of a batch's time by the figures of benchmarks/closes.py. What a batch leaves
        # in cycles must go all the same, within minutes of a steady load.
        gc.freeze()
        gc.set_threshold(50_000, 5, 4)
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        given, reads = self.settings, "consumer" in parts and bool(self.service.reads)
        runners: dict[str, Callable[[], Coroutine[Any, Any, None]]] = {
            "api": lambda: self.serve(parts),
            "relay": self.relay.run,
            "timers": self.timers.run,
            "samples": lambda: self.samples.run(reads=reads),
        }
        if reads:
            runners["consumer"] = lambda: listen(self.kafka, self.service.name, list(self.service.reads), self.consumer)
            nightly = self.reconciliation, given.reconcile_at, given.reconcile_days
            runners["reconcile"] = lambda: reconcile_nightly(*nightly)
        if "relay" in parts:
            kept = given.inbox_days, given.event_log_days
            runners["pruning"] = lambda: prune_nightly(self.database, given.reconcile_at, *kept)
        if self.service.gateways:
            runners["calls"] = self.calls.run
        also = (*parts, "samples", "reconcile", "pruning")
        tasks = [asyncio.create_task(run(), name=part) for part, run in runners.items() if part in also]
        stopped = asyncio.create_task(stop.wait())
        log.info("service.started", service=self.service.name, parts=list(parts))
        await asyncio.wait([stopped, *tasks], return_when=asyncio.FIRST_COMPLETED)
        ended = [task for task in tasks if task.done()]
        for task in [*tasks, stopped]:
            task.cancel()
        await asyncio.wait(tasks, timeout=20)
        watchdog.see_out()
        for task in ended:
            log.critical("service.part_ended", part=task.get_name(), exc_info=task.exception())
            raise SystemExit(70)

    async def serve(self, parts: Sequence[str]) -> None:
        """HTTP: pages, APIs, health and metrics."""

        def checks() -> Mapping[str, bool]:
            reads = self.service.reads and "consumer" in parts
            return {**self.samples.checks, "consumer": self.consumer.ready or not reads}

        own = {"store": self.store, "clock": self.clock, "dead_letters": self.dead_letters}
        routers, assets = [*self.service.routers, event_log()], self.settings.assets_dir
        state = own | dict(self.service.state)
        app = create_app(self.service.name, routers, checks=checks, assets_dir=assets, state=state)
        access.install(app, self.settings)
        app.add_middleware(tracing.Traced)
        host, port = self.settings.http_host, self.settings.http_port
        given: dict[str, Any] = {"log_config": None, "access_log": False, "timeout_graceful_shutdown": ANSWERING}
        await Server(uvicorn.Config(app, host=host, port=port, **given)).serve()


class Server(uvicorn.Server):
    """uvicorn without its own signal handling: the process stops all of its parts together."""

    async def serve(self, sockets: list[socket] | None = None) -> None:
        """Until cancelled: then nobody new is let in, and those who are in get their answers."""
        try:
            await super().serve(sockets)
        except asyncio.CancelledError:
            if self.started:
                await self.shutdown(sockets)
            raise

    def capture_signals(self) -> contextlib.AbstractContextManager[None]:  # type: ignore[override]
        return contextlib.nullcontext()
