"""The local platform with Kafka and PostgreSQL in containers; issuer and services stay processes of this machine."""

from collections.abc import Sequence

from demo.local.java import Java
from demo.local.platform import Platform
from tests.containers.contained import sweep
from tests.containers.kafka import ContainerKafka
from tests.containers.postgres import ContainerPostgres


class ContainerPlatform(Platform):
    def _a_kafka(self, java: Java, users: Sequence[str]) -> ContainerKafka:
        sweep()
        return ContainerKafka(self._children, self._ports, users)

    def _a_postgres(self) -> ContainerPostgres:
        return ContainerPostgres(self._children, self._ports)

    def close(self) -> None:
        for each in (getattr(self, "kafka", None), getattr(self, "postgres", None)):
            if each is not None:
                each.child.remove()
        super().close()
