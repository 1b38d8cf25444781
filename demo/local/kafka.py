"""One real Apache Kafka: combined broker and controller, SCRAM users, access lists, on free ports."""

import secrets
import subprocess
from collections.abc import Iterable
from pathlib import Path

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from chassis.broker import Kafka
from demo.local.children import Child, Children
from demo.local.errors import PlatformError
from demo.local.java import Java, Program
from demo.local.ports import Ports, answers

# slf4j-simple, as with log4j in its place jgo resolves kafka-clients to an older version, which fails at start.
KAFKA = Program("org.apache.kafka:kafka_2.13:4.3.1+org.slf4j:slf4j-simple:1.7.36")
QUIET = "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"
ADMIN = "admin"
CLUSTER_ID = "Ym9saWdmbHl0LWxva2FsdA"  # any 22 characters of base64
LIMIT = 60  # seconds

# A killed broker may register again when its old session has run out. ANONYMOUS is the controller's listener on the
# loopback address, which nobody else reaches.
PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.bootstrap.servers=127.0.0.1:{controller}
listeners=SASL_PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=SASL_PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
listener.security.protocol.map=SASL_PLAINTEXT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT
controller.listener.names=CONTROLLER
inter.broker.listener.name=SASL_PLAINTEXT
sasl.enabled.mechanisms=SCRAM-SHA-512
sasl.mechanism.inter.broker.protocol=SCRAM-SHA-512
listener.name.sasl_plaintext.scram-sha-512.sasl.jaas.config=\
org.apache.kafka.common.security.scram.ScramLoginModule required username="{admin}" password="{password}";
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:{admin};User:ANONYMOUS
allow.everyone.if.no.acl.found=false
log.dirs={data}
auto.create.topics.enable=false
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=500
log.cleaner.dedupe.buffer.size=16777216
"""


class LocalKafka:
    """`passwords`: per user, the administrator's among them, new for each platform."""

    def __init__(self, children: Children, java: Java, ports: Ports, users: Iterable[str]) -> None:
        self._children, self._java = children, java
        self._port, self._controller = ports.take(), ports.take()
        self.passwords = {name: secrets.token_hex(16) for name in [ADMIN, *users]}
        self.bootstrap = f"127.0.0.1:{self._port}"
        self.child: Child

    def start(self, *, train: Path | None = None) -> None:
        """Returns when an authenticated client is answered."""
        folder = self._children.folder / "kafka"
        folder.mkdir(mode=0o700)
        properties = folder / "server.properties"
        properties.write_text(self.properties(folder / "data"))
        self._format(properties)
        argv = KAFKA.argv(self._java, "-Xms384m", "-Xmx384m", QUIET, train=train)
        self.child = self._children.spawn("kafka", [*argv, "kafka.Kafka", str(properties)], folder=folder)
        self.child.until(self.is_ready, LIMIT)

    def properties(self, data: Path) -> str:
        """What the broker is told."""
        admin, password = ADMIN, self.passwords[ADMIN]
        return PROPERTIES.format(
            port=self._port, controller=self._controller, admin=admin, password=password, data=data
        )

    def _format(self, properties: Path) -> None:
        users = [
            f"--add-scram=SCRAM-SHA-512=[name={name},password={word},iterations=4096]"
            for name, word in self.passwords.items()
        ]
        tool = ["kafka.tools.StorageTool", "format", "--standalone", "-t", CLUSTER_ID, "-c", str(properties), *users]
        argv = [*KAFKA.argv(self._java, QUIET), *tool]
        done = subprocess.run(argv, cwd=properties.parent, capture_output=True, text=True, timeout=LIMIT, check=False)
        if done.returncode != 0:
            raise PlatformError(f"Kafka kunne ikke gjøre klar mappen sin:\n{done.stdout}{done.stderr}")

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

    def connection(self, user: str) -> Kafka:
        return Kafka(self.bootstrap, user, self.passwords[user], "SASL_PLAINTEXT")
