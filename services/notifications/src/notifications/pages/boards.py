"""Each municipality's open alerts as this process knows them, kept up with by what the database tells as it commits.

However many look on: one query when the first of a municipality comes, one per batch of changes, none while nothing
changes. A board holds rows, no names, and is gone when nobody looks.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Mapping
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import dataclass, field

import structlog

from chassis.database import TRANSIENT, Database
from chassis.store import Store
from notifications.pages.care import STAFF
from notifications.pages.hearing import hear
from notifications.pages.rows import ALERTS, MISSED, WAITING, Row

log = structlog.get_logger()

CHANNEL = "board"
AGAIN, PATIENCE = 1.0, 10.0  # seconds


@dataclass(eq=False, slots=True)
class Watch:
    """What one open page has yet to be told: ids of alerts, and whether the notes changed."""

    alerts: set[str] = field(default_factory=set)
    notes: bool = False
    _stirred: asyncio.Event = field(default_factory=asyncio.Event)

    def stir(self, alerts: Iterable[str], *, notes: bool) -> None:
        self.alerts.update(alerts)
        self.notes |= notes
        if self.alerts or self.notes:
            self._stirred.set()

    async def taken(self, seconds: float) -> tuple[set[str], bool]:
        """All that is new, as soon as there is anything; nothing after so long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stirred.wait()
        return self.take()

    def take(self) -> tuple[set[str], bool]:
        self._stirred.clear()
        taken, self.alerts, self.notes = (self.alerts, self.notes), set(), False
        return taken


@dataclass(eq=False, slots=True)
class Board:
    """`alerts`: the open ones by id. `waiting`, `missed`: what the notes above them are made of. `staff`: of whom an
    alert may be.
    """

    kommunenummer: str
    alerts: dict[str, Row] = field(default_factory=dict)
    waiting: list[Row] = field(default_factory=list)
    missed: list[Row] = field(default_factory=list)
    staff: list[Row] = field(default_factory=list)
    complete: bool = False
    watches: set[Watch] = field(default_factory=set)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def read(self, store: Store, tenancies: Iterable[str] | None, *, notes: bool) -> None:
        """Alerts of these tenancies, or all, as they are now; one reading after the other, so that none goes back."""
        async with self._turn:
            of = None if tenancies is None else set(tenancies)
            before = {id: row for id, row in self.alerts.items() if of is None or row["tenancy"] in of}
            now = before
            if of is None or of:
                rows = await store.rows(self.kommunenummer, ALERTS, None, None if of is None else sorted(of))
                now = {row["alert_id"]: dict(row) for row in rows}
            changed = {id for id in before.keys() | now.keys() if before.get(id) != now.get(id)}
            self.alerts = {id: row for id, row in self.alerts.items() if id not in before} | now
            if notes:
                self.waiting = [dict(row) for row in await store.rows(self.kommunenummer, WAITING)]
                self.missed = [dict(row) for row in await store.rows(self.kommunenummer, MISSED)]
                self.staff = [dict(row) for row in await store.rows(self.kommunenummer, STAFF)]
            self.complete |= of is None
        for watch in self.watches:
            watch.stir(changed, notes=notes)


class Boards:
    """Those that somebody looks at."""

    def __init__(self, listen: Callable[[Database, str], AsyncGenerator[set[str] | None]] = hear) -> None:
        self._listen = listen
        self._boards: dict[str, Board] = {}
        self._hearing: asyncio.Task[None] | None = None
        self._heard = asyncio.Event()

    @asynccontextmanager
    async def watched(self, store: Store, kommunenummer: str) -> AsyncIterator[tuple[Board, Watch]]:
        """The board as it is now, and from now on all that changes of it."""
        board, watch = self._boards.setdefault(kommunenummer, Board(kommunenummer)), Watch()
        board.watches.add(watch)
        try:
            await self._listened(store)
            if not board.complete:
                await board.read(store, None, notes=True)
            watch.take()
            yield board, watch
        finally:
            board.watches.discard(watch)
            if not board.watches and self._boards.get(kommunenummer) is board:
                del self._boards[kommunenummer]
            if not self._boards and self._hearing:
                self._hearing.cancel()
                self._hearing = None

    async def _listened(self, store: Store) -> None:
        """Returns when what is committed from now on is heard; a TimeoutError if the database doesn't answer."""
        if self._hearing is None or self._hearing.done():
            self._heard = asyncio.Event()
            self._hearing = asyncio.create_task(self._hear(store), name="boards")
        heard = asyncio.create_task(self._heard.wait())
        await asyncio.wait([heard, self._hearing], timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED)
        heard.cancel()
        if self._hearing.done():
            self._hearing.result()
        if not self._heard.is_set():
            raise TimeoutError

    async def _hear(self, store: Store) -> None:
        """Whatever else breaks ends the task, and the next who looks starts it anew."""
        while True:
            try:
                async with aclosing(self._listen(store.database, CHANNEL)) as told:
                    async for batch in told:
                        await self._kept_up(store, batch)
                        self._heard.set()
            except TRANSIENT as error:
                log.warning("boards.again", error=type(error).__name__)
                await asyncio.sleep(AGAIN)

    async def _kept_up(self, store: Store, batch: set[str] | None) -> None:
        if batch is None:
            for board in list(self._boards.values()):
                await board.read(store, None, notes=True)
            return
        for kommunenummer, tenancies in by_municipality(batch).items():
            if found := self._boards.get(kommunenummer):
                await found.read(store, tenancies - {""}, notes="" in tenancies)


def by_municipality(told: Iterable[str]) -> Mapping[str, set[str]]:
    """Tenancies per municipality; the empty one stands for its notes."""
    found: dict[str, set[str]] = {}
    for each in told:
        kommunenummer, _, tenancy = each.partition(" ")
        found.setdefault(kommunenummer, set()).add(tenancy)
    return found
