"""PostgreSQL in a container, set up as the local one is."""

import os
import secrets
import signal

from demo.local.children import Children
from demo.local.databases import Databases
from demo.local.ports import Ports, answers
from demo.local.postgres import ENCODING, LIMIT, SETTINGS, SUPERUSER
from tests.containers.contained import Contained, DockerContainer

IMAGE = os.environ.get("POSTGRES_IMAGE", "postgres:18")
OWN = ("listen_addresses", "port", "unix_socket_directories")  # what a container says itself


class ContainerPostgres:
    def __init__(self, children: Children, ports: Ports) -> None:
        self._port, word = ports.take(), secrets.token_hex(16)
        self.databases = Databases(f"postgresql://{SUPERUSER}:{word}@127.0.0.1:{self._port}/postgres")
        container = DockerContainer(IMAGE, shm_size="256m").with_command(["postgres", *options()])
        container.with_envs(POSTGRES_USER=SUPERUSER, POSTGRES_PASSWORD=word, POSTGRES_INITDB_ARGS=" ".join(ENCODING))
        container.ports["5432"] = ("127.0.0.1", self._port)
        self.child = Contained("postgres", container, children.folder / "postgres.log", children.report)

    def start(self) -> None:
        self.child.start()
        self.child.until(self.is_ready, LIMIT)

    def is_ready(self) -> bool:
        return answers(self._port) and self.databases.is_ready()

    def restart(self) -> None:
        """SIGKILL if it still lives, then the same port and data again, after its own recovery."""
        self.child.restart()
        self.child.until(self.is_ready, LIMIT)

    def stop(self) -> None:
        """As an administrator would stop it in a hurry: connections end, nothing is left to recover."""
        self.child.terminate(signal.SIGINT)


def options() -> list[str]:
    lines = [line.split(" = ") for line in SETTINGS.strip().splitlines()]
    return [f"-c{name}={value}" for name, value in lines if name not in OWN]
