"""A TCP proxy of our own, to make a network slow, cut it, stall it, and leave connections half open.

A `Wire` is one listening port before one server. It lives on an event loop in a thread of its own, so that what a
test does meanwhile doesn't slow it down. Standard library alone.
"""

import asyncio
import contextlib
import socket
import struct
import threading
from collections.abc import Callable
from typing import Any

CHUNK = 64 * 1024
UNDER_WAY = 256  # chunks between a reader and its delayed writer


class Wire:
    """`delay`: seconds each way. All that a caller changes is changed on the loop's own thread, by `Network`."""

    def __init__(self, port: int, server: int) -> None:
        self.port, self.server = port, server
        self.delay = 0.0
        self.cut = False
        self.flows = asyncio.Event()
        self.flows.set()
        self.links: set[Link] = set()

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.cut:
            _reset(writer)
            return
        link = Link(self, reader, writer)
        self.links.add(link)
        try:
            await link.carry()
        finally:
            self.links.discard(link)


class Link:
    """One connection of a client, and ours to the server in its name."""

    def __init__(self, wire: Wire, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._wire, self._reader, self._writer = wire, reader, writer
        self._far: asyncio.StreamWriter | None = None
        self._deaf = asyncio.Event()

    async def carry(self) -> None:
        try:
            reader, self._far = await asyncio.open_connection("127.0.0.1", self._wire.server)
        except OSError:
            self._writer.transport.abort()
            return
        ways = [
            asyncio.create_task(self._pump(self._reader, self._far)),
            asyncio.create_task(self._pump(reader, self._writer)),
        ]
        deaf = asyncio.create_task(self._deaf.wait())
        await asyncio.wait([*ways, deaf], return_when=asyncio.FIRST_COMPLETED)
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)
        if self._deaf.is_set():  # the server is told, the client never is: it finds out by its own time limits
            self._far.transport.abort()
            with contextlib.suppress(OSError):
                while await self._reader.read(CHUNK):
                    pass
        deaf.cancel()
        self.abort()

    def abort(self) -> None:
        for writer in (self._writer, self._far):
            if writer is not None:
                _reset(writer)

    def go_deaf(self) -> None:
        self._deaf.set()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One way, in order; a delay holds every chunk back by as much, whatever comes after it."""
        chunks: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(UNDER_WAY)
        feeding = asyncio.create_task(self._feed(reader, chunks))
        clock = asyncio.get_running_loop().time
        try:
            while True:
                due, chunk = await chunks.get()
                if (wait := due - clock()) > 0:
                    await asyncio.sleep(wait)
                await self._wire.flows.wait()
                if not chunk:
                    return
                writer.write(chunk)
                await writer.drain()
        except OSError:
            return
        finally:
            feeding.cancel()
            await asyncio.gather(feeding, return_exceptions=True)

    async def _feed(self, reader: asyncio.StreamReader, chunks: asyncio.Queue[tuple[float, bytes]]) -> None:
        """An empty chunk is the end."""
        clock, chunk = asyncio.get_running_loop().time, b" "
        while chunk:
            try:
                chunk = await reader.read(CHUNK)
            except OSError:
                chunk = b""
            await chunks.put((clock() + self._wire.delay, chunk))


def _reset(writer: asyncio.StreamWriter) -> None:
    """Without a farewell, as a network does it."""
    with contextlib.suppress(OSError):
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


class Network:
    """Wires by name."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="network", daemon=True)
        self._thread.start()
        self._servers: list[asyncio.Server] = []
        self.wires: dict[str, Wire] = {}

    def lay(self, name: str, port: int, server: int) -> None:
        """From `port` to `server`, both on the loopback address."""

        async def listen() -> None:
            wire = self.wires[name] = Wire(port, server)
            self._servers.append(await asyncio.start_server(wire.accept, "127.0.0.1", port))

        asyncio.run_coroutine_threadsafe(listen(), self._loop).result(10)

    def slow(self, name: str, seconds: float) -> None:
        self._do(lambda: setattr(self.wires[name], "delay", seconds))

    def cut(self, name: str) -> None:
        """Connections are reset, and new ones are as soon as they are made."""

        def do() -> None:
            self.wires[name].cut = True
            for link in list(self.wires[name].links):
                link.abort()

        self._do(do)

    def stall(self, name: str) -> None:
        """Nothing comes through and nobody is told."""
        self._do(self.wires[name].flows.clear)

    def half_open(self, name: str) -> None:
        """The connections of now are gone for the server, and stay open and silent for the client for good."""

        def do() -> None:
            for link in list(self.wires[name].links):
                link.go_deaf()

        self._do(do)

    def heal(self, name: str) -> None:
        """As if nothing had been, for what is still connected and for new connections."""

        def do() -> None:
            wire = self.wires[name]
            wire.delay, wire.cut = 0.0, False
            wire.flows.set()

        self._do(do)

    def _do(self, work: Callable[[], Any]) -> None:
        async def here() -> None:
            work()

        asyncio.run_coroutine_threadsafe(here(), self._loop).result(10)

    def close(self) -> None:
        async def end() -> None:
            for server in self._servers:
                server.close()
            for wire in self.wires.values():
                for link in list(wire.links):
                    link.abort()
            others = asyncio.all_tasks() - {asyncio.current_task()}
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)

        asyncio.run_coroutine_threadsafe(end(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()
