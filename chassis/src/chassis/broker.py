"""How to reach Kafka, said once and in each client's own words, and where topics end."""

import asyncio
import re
import ssl
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError
from faststream.security import BaseSecurity, SASLScram256, SASLScram512


@dataclass(slots=True)
class Kafka:
    """`protocol` and `mechanism` as Kafka itself names them."""

    bootstrap: str
    username: str = ""
    password: str = field(default="", repr=False)
    protocol: str = "SASL_SSL"
    mechanism: str = "SCRAM-SHA-512"
    ca_file: Path | None = None
    _ends: AIOKafkaConsumer | None = field(default=None, init=False, repr=False)
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock, init=False, repr=False)

    @classmethod
    def of(cls, settings: Any) -> Self:
        """From a service's settings, which stand beside this module and aren't imported."""
        name, secret = settings.kafka_username, settings.kafka_password.get_secret_value()
        protocol, mechanism = settings.kafka_security_protocol, settings.kafka_sasl_mechanism
        return cls(settings.kafka_bootstrap_servers, name, secret, protocol, mechanism, settings.kafka_ca_file)

    def faststream_security(self) -> BaseSecurity:
        if not self.protocol.startswith("SASL_"):
            return BaseSecurity(self._tls())
        scram = SASLScram256 if self.mechanism == "SCRAM-SHA-256" else SASLScram512
        return scram(self.username, self.password, self._tls())

    def aiokafka(self) -> dict[str, Any]:
        """Keyword arguments of every aiokafka client."""
        given = {"bootstrap_servers": self.bootstrap, "security_protocol": self.protocol, "ssl_context": self._tls()}
        if self.protocol.startswith("SASL_"):
            given |= {"sasl_mechanism": self.mechanism}
            given |= {"sasl_plain_username": self.username, "sasl_plain_password": self.password}
        return given

    def confluent(self) -> dict[str, Any]:
        """Configuration of every confluent-kafka client; its log goes nowhere, as errors are raised."""
        given = {"bootstrap.servers": self.bootstrap, "security.protocol": self.protocol, "log_level": 0}
        if self.protocol.startswith("SASL_"):
            given |= {"sasl.mechanisms": self.mechanism}
            given |= {"sasl.username": self.username, "sasl.password": self.password}
        return given | ({"ssl.ca.location": str(self.ca_file)} if self.ca_file else {})

    def _tls(self) -> ssl.SSLContext | None:
        return ssl.create_default_context(cafile=self.ca_file) if self.protocol.endswith("SSL") else None

    async def topics(self, patterns: Iterable[str]) -> list[str]:
        """Those that stand and that we may reach; `{kommunenummer}` in a pattern stands for any."""
        forms = [re.compile(re.escape(each).replace(r"\{kommunenummer\}", "[0-9]{4}")) for each in patterns]
        async with AIOKafkaConsumer(**self.aiokafka(), group_id=None) as client:
            return sorted(name for name in await client.topics() if any(form.fullmatch(name) for form in forms))

    async def end_offsets(self, topics: Iterable[str]) -> dict[tuple[str, int], int]:
        """The offset of the next record to come, for every partition of each topic.

        Asked outside of any group on a connection of its own, kept open; one that failed is replaced at the next
        call. Raises `KafkaError` or `TimeoutError` where the broker is away or a topic doesn't exist.
        """
        async with self._lock:
            try:
                async with asyncio.timeout(15):
                    return await self._ask(topics)
            except (KafkaError, TimeoutError):
                await self.close()
                raise

    async def _ask(self, topics: Iterable[str]) -> dict[tuple[str, int], int]:
        if self._ends is None:
            consumer = self._ends = AIOKafkaConsumer(**self.aiokafka(), group_id=None, request_timeout_ms=10_000)
            await consumer.start()
        places = []
        for topic in topics:
            if self._ends.partitions_for_topic(topic) is None:  # asking for one makes the client learn of them all
                await self._ends.end_offsets([TopicPartition(topic, 0)])
            places += [TopicPartition(topic, number) for number in self._ends.partitions_for_topic(topic) or ()]
        return {(place.topic, place.partition): end for place, end in (await self._ends.end_offsets(places)).items()}

    async def close(self) -> None:
        if self._ends is not None:
            consumer, self._ends = self._ends, None
            await consumer.stop()
