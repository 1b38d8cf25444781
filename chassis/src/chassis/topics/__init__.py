"""What topics.yaml declares: the topics, and who may do what with them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal, NamedTuple, Self

import yaml
from pydantic import BaseModel, ConfigDict, PositiveInt, model_validator

FAMILY = "{kommunenummer}"


class Access(NamedTuple):
    """One thing that a principal may do. READ and WRITE include DESCRIBE; WRITE includes an idempotent producer."""

    principal: str
    resource: Literal["TOPIC", "GROUP"]
    name: str
    operation: Literal["READ", "WRITE"]
    prefixed: bool = False


class Declared(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Topic(Declared):
    key: str
    writers: list[str]
    readers: list[str]
    types: list[str]
    classification: Literal["internal", "open"]
    partitions: PositiveInt
    retention_days: PositiveInt


class Subscriber(Declared):
    """A system outside of boligflyt, reading one open topic under groups whose names begin with its prefix."""

    principal: str
    topic: str
    group_prefix: str


class Topics(Declared):
    municipalities: dict[str, str]
    topics: dict[str, Topic]
    subscribers: list[Subscriber] = []

    @classmethod
    def read(cls, path: Path) -> Self:
        return cls.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))

    @model_validator(mode="after")
    def _subscribers_read_open_topics(self) -> Self:
        open_ones = {name for name, topic in self.named.items() if topic.classification == "open"}
        for subscriber in self.subscribers:
            if subscriber.topic not in open_ones:
                raise ValueError(f"{subscriber.topic} er ikke et åpent emne: {subscriber.principal} kan ikke lese det")
        return self

    @property
    def named(self) -> dict[str, Topic]:
        """Every topic by its name on the broker: a family is one topic per municipality."""
        numbers = self.municipalities
        return {name.replace(FAMILY, each): topic for name, topic in self.topics.items() for each in numbers}

    @property
    def services(self) -> list[str]:
        return sorted({name for topic in self.topics.values() for name in (*topic.writers, *topic.readers)})

    @property
    def principals(self) -> list[str]:
        return self.services + [subscriber.principal for subscriber in self.subscribers]

    @property
    def access(self) -> frozenset[Access]:
        """All that is granted; nothing else is."""
        return frozenset([*self._of_services(), *self._of_subscribers()])

    def _of_services(self) -> Iterator[Access]:
        for name, topic in self.named.items():
            for writer in topic.writers:
                yield Access(writer, "TOPIC", name, "WRITE")
                yield Access(writer, "TOPIC", name, "READ")  # what it has said itself, after a restore
            for reader in topic.readers:
                yield Access(reader, "TOPIC", name, "READ")
                yield Access(reader, "GROUP", reader, "READ")

    def _of_subscribers(self) -> Iterator[Access]:
        for subscriber in self.subscribers:
            yield Access(subscriber.principal, "TOPIC", subscriber.topic, "READ")
            yield Access(subscriber.principal, "GROUP", subscriber.group_prefix, "READ", prefixed=True)
