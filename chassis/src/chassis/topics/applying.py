"""Makes a Kafka agree with topics.yaml.

Idempotent. Access that the file no longer grants is taken away: from every principal that the file names, and from
any other on the file's topics by their very names (not by a wider prefix). What belongs to other systems on the same
Kafka is left alone. The number of partitions of a topic that stands is never changed: a key's records would spread
over two partitions, out of order.
"""

import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from confluent_kafka import admin as kafka_admin
from confluent_kafka.admin import AclBinding, AclBindingFilter, AdminClient, ConfigResource, ResourceType

from chassis.broker import Kafka
from chassis.errors import BoligflytError
from chassis.topics import Access, Topic, Topics

LIMIT = 30  # seconds for one request, and for the broker to know what was asked of it
ITERATIONS = 8192
ANY: Any = None  # confluent-kafka types the wildcard as a string
EVERYTHING = AclBindingFilter(
    ResourceType.ANY,
    ANY,
    kafka_admin.ResourcePatternType.ANY,
    ANY,
    ANY,
    kafka_admin.AclOperation.ANY,
    kafka_admin.AclPermissionType.ANY,
)


class OtherPartitions(BoligflytError):
    """A topic stands with another number of partitions than the file says."""


@dataclass(frozen=True, slots=True)
class Changed:
    """What had to be done; all empty when Kafka agreed already."""

    created: list[str]
    configured: list[str]
    granted: int
    revoked: int


def apply(kafka: Kafka, topics: Topics, passwords: Mapping[str, str] | None = None, replication: int = -1) -> Changed:
    """`kafka`: as an administrator. `passwords`: SCRAM users to make or change; `replication` -1: the broker's default.

    Returns when the broker itself shows the topics and access.
    """
    admin = AdminClient(kafka.confluent())
    if passwords:
        _set_passwords(admin, passwords)
    created, configured = _topics(admin, topics.named, replication)
    granted, revoked = _access(admin, topics)
    return Changed(created, configured, granted, revoked)


def _set_passwords(admin: AdminClient, passwords: Mapping[str, str]) -> None:
    info = kafka_admin.ScramCredentialInfo(kafka_admin.ScramMechanism.SCRAM_SHA_512, ITERATIONS)
    users: list[kafka_admin.UserScramCredentialAlteration] = [
        kafka_admin.UserScramCredentialUpsertion(name, info, word.encode()) for name, word in passwords.items()
    ]
    _done(admin.alter_user_scram_credentials(users, request_timeout=LIMIT))


def _topics(admin: AdminClient, wanted: Mapping[str, Topic], replication: int) -> tuple[list[str], list[str]]:
    standing = _partitions(admin)
    for name in wanted.keys() & standing.keys():
        if standing[name] != wanted[name].partitions:
            raise OtherPartitions(
                f"{name} har {standing[name]} partisjoner, topics.yaml sier {wanted[name].partitions}: "
                "rekkefølgen per sak ville brytes"
            )
    missing = sorted(wanted.keys() - standing.keys())
    if missing:
        new = [kafka_admin.NewTopic(n, wanted[n].partitions, replication, config=_config(wanted[n])) for n in missing]
        _done(admin.create_topics(new, operation_timeout=LIMIT, request_timeout=LIMIT))
        _until(lambda: wanted.keys() <= _partitions(admin).keys(), "emnene")
    return missing, _configure(admin, {name: _config(wanted[name]) for name in wanted if name not in missing})


def _config(topic: Topic) -> dict[str, str]:
    milliseconds = timedelta(days=topic.retention_days) // timedelta(milliseconds=1)
    return {"retention.ms": str(milliseconds), "cleanup.policy": "delete"}


def _configure(admin: AdminClient, wanted: Mapping[str, Mapping[str, str]]) -> list[str]:
    """Names of the topics whose settings were not the file's."""
    if not wanted:
        return []
    found = admin.describe_configs([ConfigResource(ConfigResource.Type.TOPIC, name) for name in wanted])
    differing = []
    for resource, future in found.items():
        now = {key: entry.value for key, entry in future.result(LIMIT).items()}
        changes = {key: value for key, value in wanted[resource.name].items() if now.get(key) != value}
        if changes:
            entries = [
                kafka_admin.ConfigEntry(key, value, incremental_operation=kafka_admin.AlterConfigOpType.SET)
                for key, value in changes.items()
            ]
            differing.append(ConfigResource(resource.restype, resource.name, incremental_configs=entries))
    if differing:
        _done(admin.incremental_alter_configs(differing, request_timeout=LIMIT))
    return sorted(resource.name for resource in differing)


def _access(admin: AdminClient, topics: Topics) -> tuple[int, int]:
    wanted = {_binding(access) for access in topics.access}
    standing = set(_bindings(admin))
    surplus = {binding for binding in standing - wanted if _ours(binding, topics, standing)}
    missing = wanted - standing
    if surplus:
        _done(admin.delete_acls([_filter(binding) for binding in surplus], request_timeout=LIMIT))
    if missing:
        _done(admin.create_acls(list(missing), request_timeout=LIMIT))
    if surplus or missing:
        _until(lambda: wanted <= (now := set(_bindings(admin))) and not surplus & now, "tilgangene")
    return len(missing), len(surplus)


def _ours(binding: AclBinding, topics: Topics, standing: set[AclBinding]) -> bool:
    """Whether the file has a say over it: a principal of ours, or one that has access to a topic of ours."""
    owned = {f"User:{principal}" for principal in topics.principals}
    reaching = {each.principal for each in standing if each.restype == ResourceType.TOPIC and each.name in topics.named}
    if binding.restype == ResourceType.TOPIC and binding.name in topics.named:
        return True
    is_former = binding.restype == ResourceType.GROUP and binding.principal in reaching
    name = binding.principal.removeprefix("User:")
    return binding.principal in owned or (is_former and binding.name.startswith(name))


def _binding(access: Access) -> AclBinding:
    pattern = kafka_admin.ResourcePatternType.PREFIXED if access.prefixed else kafka_admin.ResourcePatternType.LITERAL
    resource, operation = ResourceType[access.resource], kafka_admin.AclOperation[access.operation]
    principal = f"User:{access.principal}"
    return AclBinding(resource, access.name, pattern, principal, "*", operation, kafka_admin.AclPermissionType.ALLOW)


def _filter(binding: AclBinding) -> AclBindingFilter:
    return AclBindingFilter(
        binding.restype,
        binding.name,
        binding.resource_pattern_type,
        binding.principal,
        binding.host,
        binding.operation,
        binding.permission_type,
    )


def _bindings(admin: AdminClient) -> list[AclBinding]:
    found: list[AclBinding] = admin.describe_acls(EVERYTHING, request_timeout=LIMIT).result(LIMIT)
    return found


def _partitions(admin: AdminClient) -> dict[str, int]:
    return {name: len(topic.partitions) for name, topic in admin.list_topics(timeout=LIMIT).topics.items()}


def _done(futures: Mapping[Any, Future[Any]]) -> None:
    """Wait for all; the first that failed is raised."""
    for future in futures.values():
        future.result(LIMIT)


def _until(known: Callable[[], bool], what: str) -> None:
    """The controller has said yes; wait until the broker has heard of it."""
    deadline = time.monotonic() + LIMIT
    while not known():
        if time.monotonic() > deadline:
            raise TimeoutError(f"Kafka viste ikke {what} innen {LIMIT} sekunder")
        time.sleep(0.02)
