"""Dead letters by cause and one by one: mend them, let them through again, or give them up.

What came is never changed: a correction stands beside it and counts in its place, and all that was done is in the
letter's history, with who did it.
"""

import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import structlog

from chassis.database import REFUSED, Connection, Database
from chassis.dead_letters import WITHHELD, headers_kept, headers_of
from chassis.decided import Verdict
from chassis.envelope import Record, decode, unpack
from chassis.errors import NotYours, Reject, Unreadable, fingerprint, reason, refused_by_database
from chassis.operations import queries
from chassis.operations.content import Content, checked
from chassis.outputs import Message
from chassis.states import parked_among
from chassis.store import StartOver, Store

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Replayed:
    """How many letters of a key (None: one letter, of no key) were handled, and why the next was not, if one wasn't."""

    key: str | None
    handled: int
    stopped_by: str | None = None


class DeadLetters:
    """`readers`: message class per type that comes by Kafka; `classes`: per any type. `of`: one municipality alone."""

    def __init__(
        self,
        database: Database,
        store: Store,
        readers: Mapping[str, Any],
        classes: Mapping[str, Any],
        of: str | None = None,
    ) -> None:
        self._database, self._store, self._readers, self._classes, self._of = database, store, readers, classes, of

    def within(self, kommunenummer: str) -> "DeadLetters":
        """The same, by the database's own rule for nobody's but this municipality's."""
        return DeadLetters(self._database, self._store, self._readers, self._classes, kommunenummer)

    async def groups(self) -> list[dict[str, Any]]:
        """Unhandled dead letters by fingerprint, the largest group first, with how many wait behind them."""
        return await self._rows(queries.GROUPS)

    async def parked(self) -> list[dict[str, Any]]:
        """Parked keys, the oldest first, each with the letter that is next and how many wait."""
        return await self._rows(queries.PARKED)

    async def of_group(self, fingerprint: str) -> list[dict[str, Any]]:
        return await self._rows(queries.OF_GROUP, fingerprint)

    async def of_nobody(self) -> int:
        """How many dead letters name no municipality, so that no page shows them."""
        async with self._database.runner() as connection:
            return int(await connection.fetchval(queries.OF_NOBODY))

    async def show(self, id: int) -> dict[str, Any] | None:
        """One letter with its history and without its content: where from, why it stopped, what waits behind it."""
        if not (rows := await self._rows(queries.LETTER, id)):
            return None
        return rows[0] | {"history": await self._rows(queries.HISTORY, id)}

    async def content(self, id: int, by: str) -> tuple[Content, Content]:
        """What came, and what counts now; that somebody looked is kept."""
        async with self._transaction() as connection:
            letter = await _standing(connection, id)
            await _note(connection, id, by, "seen")
            came = await connection.fetchrow(queries.AS_CAME, id)
        log.info("dead_letters.seen", letter=id)
        return _content(came), _content(letter)

    async def replay(self, key: str, by: str) -> Replayed:
        """Let what waits under a key have its effect, in order of arrival; stop at the first that still fails.

        A key that is parked no more lets those go on that have waited for it alone.
        """
        done = await self._replay(key, by)
        if not done.stopped_by:
            while any([not (await self._replay(row["key"], by)).stopped_by for row in await self._rows(queries.WAIT)]):
                pass
        return done

    async def _replay(self, key: str, by: str) -> Replayed:
        handled, last = 0, None
        while True:
            with contextlib.suppress(StartOver):
                async with self._transaction() as connection:
                    if not await connection.fetchrow("select key from parked where key = $1 for update", key):
                        return Replayed(key, handled)
                    letter = await connection.fetchrow(queries.WAITING, key)
                    if letter is None:
                        await connection.execute("delete from parked where key = $1", key)
                        return Replayed(key, handled)
                    if letter["id"] == last:
                        return Replayed(key, handled, "den trenger en annen nøkkel, som er parkert")
                    verdict, last = await self._again(connection, letter, by), letter["id"]
                if verdict.error:
                    return Replayed(key, handled, reason(verdict.error))
                handled += not verdict.waits
                self._database.wake()

    async def replay_letter(self, id: int, by: str) -> Replayed:
        """The letter's key; the letter by itself if no key can be read in it."""
        while True:
            with contextlib.suppress(StartOver):
                async with self._transaction() as connection:
                    letter = await _standing(connection, id)
                    if letter["parking_key"] is None and letter["handled_at"]:
                        return Replayed(None, 0)
                    verdict = Verdict() if letter["parking_key"] else await self._again(connection, letter, by)
                if letter["parking_key"]:
                    return await self.replay(letter["parking_key"], by)
                self._database.wake()
                return Replayed(None, int(not verdict.aside), reason(verdict.error) if verdict.error else None)

    async def replay_group(self, fingerprint: str, by: str) -> list[Replayed]:
        """Every key of a group, and its letters without one."""
        first = {letter["parking_key"] or letter["id"]: letter["id"] for letter in await self.of_group(fingerprint)}
        return [await self.replay_letter(id, by) for id in first.values()]

    async def correct(
        self, id: int, by: str, because: str, mend: Callable[[Content], Content], version: int | None = None
    ) -> Replayed:
        """Keep a corrected record beside the one that came, then replay. `version`: that of the form it was made on."""
        async with self._transaction() as connection:
            letter = await _stopped(connection, id, version)
            content = checked(_content(letter), mend(_content(letter)), letter["origin"])
            kept = content.key, content.value, headers_kept(content.headers)
            await _note(connection, id, by, "corrected", because, kept)
        return await self.replay_letter(id, by)

    async def discard(self, id: int, by: str, because: str, version: int | None = None) -> Replayed:
        """Give up a letter that can never have its effect, and let what waits behind it have theirs."""
        async with self._transaction() as connection:
            await _stopped(connection, id, version)
            await _note(connection, id, by, "discarded", because)
            await connection.execute(queries.DONE, id, f"forkastet av {by}")
        return await self.replay_letter(id, by)

    async def _again(self, connection: Connection, letter: Any, by: str) -> Verdict:
        """One letter once more, in the caller's transaction, and what became of it."""
        id, message = letter["id"], None
        try:
            message = self._message(letter)
            if message and is_withheld(letter):
                return await _asked_again(connection, id, by, message)
            verdict = await self._carried(connection, letter, message)
        except Unreadable as error:
            verdict = Verdict(error=error)
        if verdict.error:
            await connection.execute(queries.STOPPED, id, reason(verdict.error), fingerprint(verdict.error))
            await _note(connection, id, by, "stopped", reason(verdict.error))
        elif verdict.waits and message:
            await _note(connection, id, by, "waits", f"bak {message.subject}")
            await connection.execute(queries.BEHIND, id, message.subject)
        else:
            await _note(connection, id, by, "handled", None if message else "ingen her leser denne typen")
            await connection.execute(queries.DONE, id, by)
        return verdict

    async def _carried(self, connection: Connection, letter: Any, message: Message | None) -> Verdict:
        if message is None:
            return Verdict(duplicate=True)
        parked = await parked_among(connection, {message.subject} - {letter["parking_key"]})
        try:
            if self._of not in (None, message.kommunenummer):
                raise NotYours
            async with connection.transaction():
                return (await self._store.carry(connection, [message], parked))[0]
        except NotYours:
            return Verdict(error=Reject("another_municipality", "Saken finnes ikke.", status=404))
        except REFUSED:
            return Verdict(error=refused_by_database())

    def _message(self, letter: Any) -> Message | None:
        content = _content(letter)
        if letter["origin"] != "kafka":
            try:
                return unpack(content.value or b"", self._classes)
            except (ValueError, KeyError, TypeError):
                raise Unreadable("invalid", "innholdet er ingen melding som tjenesten kjenner") from None
        place = (letter["topic"], letter["partition"], letter["record_offset"])
        return decode(Record(*place, content.key, content.value, content.headers), self._readers)

    @contextlib.asynccontextmanager
    async def _transaction(self) -> AsyncIterator[Connection]:
        if self._of:
            async with self._database.pages(self._of) as connection:
                yield connection
        else:
            async with self._database.runner() as connection, connection.transaction():
                yield connection

    async def _rows(self, sql: str, *arguments: Any) -> list[dict[str, Any]]:
        async with self._transaction() as connection:
            return [dict(row) for row in await connection.fetch(sql, *arguments)]


def is_withheld(letter: Any) -> bool:
    return letter["origin"] == "answer" and list(_content(letter).headers) == WITHHELD


async def _asked_again(connection: Connection, id: int, by: str, message: Message) -> Verdict:
    """The same call once more, under the key that it had; its answer comes when the key is parked no more."""
    await connection.execute(queries.ASK_AGAIN, message.data.key)
    await _note(connection, id, by, "handled", "spurt på nytt: svaret ble ikke tatt vare på")
    await connection.execute(queries.DONE, id, by)
    return Verdict()


def _content(row: Any) -> Content:
    return Content(row["record_key"], row["record_value"], headers_of(row["record_headers"]))


async def _standing(connection: Connection, id: int) -> Any:
    """The letter as it counts now, held till the transaction ends."""
    if not (letter := await connection.fetchrow(queries.STANDING, id)):
        raise Reject("no_such_letter", f"Ingen hendelse med nummer {id}.", status=404)
    return letter


async def _stopped(connection: Connection, id: int, version: int | None) -> Any:
    """The same, if it is still the letter that somebody decided on."""
    letter = await _standing(connection, id)
    if letter["handled_at"] or not letter["reason"]:
        raise Reject("not_stopped", f"Hendelse {id} er ikke stanset: den er behandlet, eller venter bak en annen.")
    if version is not None and version != letter["version"]:
        raise Reject("changed", "Hendelsen er endret etter at du åpnet siden. Ingenting ble lagret.")
    return letter


async def _note(
    connection: Connection, id: int, by: str, action: str, because: str | None = None, kept: Any = (None, None, None)
) -> None:
    await connection.execute(queries.NOTE, id, by, action, because, *kept)
