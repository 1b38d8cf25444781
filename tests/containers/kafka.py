"""Apache Kafka in a container, set up as the local one is; its users are made after the start, over loopback."""

import os
import secrets
from collections.abc import Iterable, Mapping

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from demo.local.children import Children
from demo.local.given import GivenKafka
from demo.local.kafka import ADMIN, PROPERTIES
from demo.local.ports import Ports, answers
from tests.containers.contained import Contained, DockerContainer

IMAGE = os.environ.get("KAFKA_IMAGE", "apache/kafka:4.3.1")
LIMIT = 180  # seconds: two Javas, one after the other
LOCAL = "127.0.0.1:9094"
SCRAM = "org.apache.kafka.common.security.scram.ScramLoginModule required;"


def properties(port: int) -> Mapping[str, str]:
    """The local Kafka's, on a container's own addresses and with a listener for which no user is needed."""
    local = PROPERTIES.format(port=9092, controller=9093, admin=ADMIN, password="-", data="/var/lib/kafka/data")
    given = dict(line.split("=", 1) for line in local.splitlines())
    for name in ("controller.quorum.bootstrap.servers", "sasl.mechanism.inter.broker.protocol"):
        del given[name]
    return given | {
        "controller.quorum.voters": "1@127.0.0.1:9093",
        "listeners": f"SASL_PLAINTEXT://:9092,LOCAL://{LOCAL},CONTROLLER://127.0.0.1:9093",
        "advertised.listeners": f"SASL_PLAINTEXT://127.0.0.1:{port},LOCAL://{LOCAL}",
        "listener.security.protocol.map": "SASL_PLAINTEXT:SASL_PLAINTEXT,LOCAL:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "inter.broker.listener.name": "LOCAL",
        "listener.name.sasl_plaintext.scram-sha-512.sasl.jaas.config": SCRAM,
    }


def variable(name: str) -> str:
    """The name of a property as the image wants it."""
    return "KAFKA_" + name.replace("_", "__").replace("-", "___").replace(".", "_").upper()


class ContainerKafka(GivenKafka):
    """One whose administrator we are."""

    def __init__(self, children: Children, ports: Ports, users: Iterable[str]) -> None:
        self._port, self._word = ports.take(), secrets.token_hex(16)
        given = {"KAFKA_BOOTSTRAP_SERVERS": f"127.0.0.1:{self._port}", "KAFKA_SECURITY_PROTOCOL": "SASL_PLAINTEXT"}
        super().__init__(users, given | {"KAFKA_USERNAME": ADMIN, "KAFKA_PASSWORD": self._word})
        container = DockerContainer(IMAGE).with_envs(KAFKA_HEAP_OPTS="-Xms384m -Xmx384m")
        for name, value in properties(self._port).items():
            container.with_env(variable(name), value)
        container.ports["9092"] = ("127.0.0.1", self._port)
        self.child = Contained("kafka", container, children.folder / "kafka.log", children.report)

    def start(self) -> None:
        self.child.start()
        user = ("--entity-type", "users", "--entity-name", ADMIN)
        word = f"SCRAM-SHA-512=[iterations=4096,password={self._word}]"
        self.child.run(
            "/opt/kafka/bin/kafka-configs.sh", "--bootstrap-server", LOCAL, "--alter", *user, "--add-config", word
        )
        self.child.until(self.is_ready, LIMIT)

    def is_ready(self) -> bool:
        if not answers(self._port):
            return False
        try:
            AdminClient(self.connection(ADMIN).confluent()).list_topics(timeout=2)
        except KafkaException:
            return False
        return True

    def restart(self) -> None:
        """SIGKILL if it still lives, then the same port and data again."""
        self.child.restart()
        self.child.until(self.is_ready, LIMIT)
