"""The wires: what each fault of a network does to who speaks through it."""

import socket
import threading

import pytest

from demo.local.ports import Ports
from tests.prove.network import Network


@pytest.fixture
def wire():
    """`wire()`: a new connection, by way of the wire, to a server that says again what it hears."""
    server, ports, network = socket.create_server(("127.0.0.1", 0)), Ports(), Network()

    def echo(client: socket.socket) -> None:
        try:
            while data := client.recv(1024):
                client.sendall(data)
        except OSError:
            pass

    def serve() -> None:
        try:
            while True:
                threading.Thread(target=echo, args=[server.accept()[0]], daemon=True).start()
        except OSError:
            pass

    threading.Thread(target=serve, daemon=True).start()
    port = ports.take()
    network.lay("echo", port, server.getsockname()[1])
    opened = []

    def connect() -> socket.socket:
        opened.append(socket.create_connection(("127.0.0.1", port), timeout=5))
        return opened[-1]

    yield network, connect
    for each in opened:
        each.close()
    server.close()
    network.close()
    ports.close()


def said_again(client: socket.socket, text: bytes, seconds: float = 5) -> bytes | None:
    """What comes back; None where nothing does in time."""
    client.settimeout(seconds)
    client.sendall(text)
    try:
        return client.recv(1024)
    except TimeoutError:
        return None


def test_all_is_carried_both_ways(wire):
    _, connect = wire
    assert said_again(connect(), b"hei") == b"hei"


def test_a_cut_resets_what_is_connected_and_lets_nobody_in_until_it_is_healed(wire):
    network, connect = wire
    before = connect()
    said_again(before, b"hei")
    network.cut("echo")
    with pytest.raises(OSError, match="reset"):
        before.recv(1024)
    with pytest.raises(OSError, match=r"reset|pipe"):
        said_again(connect(), b"hei")
    network.heal("echo")
    assert said_again(connect(), b"hei") == b"hei"


def test_what_was_stalled_comes_when_it_is_healed(wire):
    network, connect = wire
    client = connect()
    said_again(client, b"hei")
    network.stall("echo")
    assert said_again(client, b"du", 0.2) is None
    network.heal("echo")
    client.settimeout(5)
    assert client.recv(1024) == b"du"


def test_a_half_open_connection_is_silent_for_good_and_new_ones_are_not(wire):
    network, connect = wire
    client = connect()
    said_again(client, b"hei")
    network.half_open("echo")
    network.heal("echo")
    assert said_again(client, b"du", 0.2) is None
    assert said_again(connect(), b"hei") == b"hei"


def test_a_slow_wire_delays_each_way(wire):
    network, connect = wire
    client = connect()
    network.slow("echo", 0.2)
    assert said_again(client, b"hei", 0.3) is None
    client.settimeout(5)
    assert client.recv(1024) == b"hei"
