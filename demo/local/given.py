"""One's own Kafka instead of a local one: `KAFKA_BOOTSTRAP_SERVERS` and the credentials of an administrator."""

import os
import secrets
from collections.abc import Iterable, Mapping
from pathlib import Path

from chassis.broker import Kafka
from demo.local.errors import PlatformError
from demo.local.kafka import ADMIN


class GivenKafka:
    """Users get new passwords on it; topics and access lists become those of topics.yaml."""

    def __init__(self, users: Iterable[str], environment: Mapping[str, str] = os.environ) -> None:
        self._environment = environment
        self.bootstrap = environment["KAFKA_BOOTSTRAP_SERVERS"]
        self._protocol = environment.get("KAFKA_SECURITY_PROTOCOL", "SASL_SSL")
        if not self._protocol.startswith("SASL_"):
            raise PlatformError("KAFKA_SECURITY_PROTOCOL må være SASL_SSL eller SASL_PLAINTEXT: tilgang prøves også")
        self.passwords = {name: secrets.token_hex(16) for name in users}

    def start(self) -> None:
        """It runs already."""

    def connection(self, user: str) -> Kafka:
        given = self._environment
        ca_file = Path(given["KAFKA_CA_FILE"]) if "KAFKA_CA_FILE" in given else None
        if user != ADMIN:
            return Kafka(self.bootstrap, user, self.passwords[user], self._protocol, ca_file=ca_file)
        mechanism = given.get("KAFKA_SASL_MECHANISM", "SCRAM-SHA-512")
        name, word = given.get("KAFKA_USERNAME", ""), given.get("KAFKA_PASSWORD", "")
        return Kafka(self.bootstrap, name, word, self._protocol, mechanism, ca_file)
