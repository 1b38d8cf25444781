"""A platform on which every service reaches Kafka and PostgreSQL through wires that can be made to fail.

Kafka tells each client where to go on: so each service has a listener of its own there, advertised at its wire.
"""

import os
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from demo.local.errors import PlatformError
from demo.local.java import Java
from demo.local.kafka import LocalKafka
from demo.local.platform import Platform
from tests.prove.network import Network


class FrontedKafka(LocalKafka):
    """`doors`: per listener its own port and the one that it says."""

    doors: dict[str, tuple[int, int]]

    def properties(self, data: Path) -> str:
        lines = super().properties(data).splitlines()
        names = {name: name.replace("-", "_").upper() for name in self.doors}
        more = {
            "listeners=": [f"{names[name]}://127.0.0.1:{own}" for name, (own, _) in self.doors.items()],
            "advertised.listeners=": [f"{names[name]}://127.0.0.1:{said}" for name, (_, said) in self.doors.items()],
            "listener.security.protocol.map=": [f"{name}:SASL_PLAINTEXT" for name in names.values()],
        }
        login = "org.apache.kafka.common.security.scram.ScramLoginModule required;"
        for start, entries in more.items():
            lines = [",".join([line, *entries]) if line.startswith(start) else line for line in lines]
        lines += [f"listener.name.{n.lower()}.scram-sha-512.sasl.jaas.config={login}" for n in names.values()]
        return "\n".join([*lines, ""])


class Fronted(Platform):
    """Wires are named `<service>:kafka` and `<service>:postgres`."""

    network: Network

    def _plan(self) -> None:
        if "KAFKA_BOOTSTRAP_SERVERS" in os.environ or "DATABASE_URL" in os.environ:
            raise PlatformError("Bevisene dreper Kafka og PostgreSQL: de kjøres bare mot lokale")
        super()._plan()
        self.network = Network()
        self.kafka = FrontedKafka(self._children, Java.find(), self._ports, self.topics.principals)
        self.kafka.doors = {service: (self._ports.take(), self._ports.take()) for service in self.services}
        for service, (own, said) in self.kafka.doors.items():
            self.network.lay(f"{service}:kafka", said, own)
        assert self.postgres is not None
        for service in self.services:
            self.network.lay(f"{service}:postgres", self._ports.take(), self.postgres.port)

    def service_environment(self, service: str) -> dict[str, str]:
        wires = self.network.wires
        given = super().service_environment(service)
        through = {
            name: by_way_of(given[name], wires[f"{service}:postgres"].port)
            for name in ("DATABASE_URL", "PAGES_DATABASE_URL")
        }
        return given | through | {"KAFKA_BOOTSTRAP_SERVERS": f"127.0.0.1:{wires[f'{service}:kafka'].port}"}

    def close(self) -> None:
        super().close()
        if hasattr(self, "network"):
            self.network.close()


def by_way_of(url: str, port: int) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=f"{parts.netloc.rpartition(':')[0]}:{port}"))
