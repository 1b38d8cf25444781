"""What integration and end-to-end tests share: one platform per test process, real Kafka and PostgreSQL."""

import os
import secrets
from collections.abc import Callable, Iterator

import hypothesis
import pytest
from confluent_kafka.admin import AdminClient, NewTopic

from chassis.broker import Kafka
from demo.local import Platform
from demo.local.databases import Urls
from tests.platforms import a_platform, on_containers


def pytest_configure() -> None:
    """What tests ask is on this machine, without TLS; reading all authorities for each request takes longer than it."""
    os.environ.pop("SSL_CERT_FILE", None)
    os.environ["SSL_CERT_DIR"] = os.devnull
    _search_alike_every_time()


def _search_alike_every_time() -> None:
    """The same examples in each run, however slow the machine is; what is random belongs to `make prove`."""
    hypothesis.settings.register_profile("alike", derandomize=True, deadline=None)
    hypothesis.settings.load_profile("alike")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The modules that need the whole system come last, so that it takes nothing of the machine beside others."""
    needing = {item.path for item in items if "system" in getattr(item, "fixturenames", ())}
    items.sort(key=lambda item: item.path in needing)


def pytest_report_header() -> str:
    if on_containers():
        return "kafka and postgresql: in containers"
    kafka = os.environ.get("KAFKA_BOOTSTRAP_SERVERS", "local, Apache Kafka 4.3.1")
    postgres = "that of DATABASE_URL" if "DATABASE_URL" in os.environ else "local, PostgreSQL 18"
    return f"kafka: {kafka}; postgresql: {postgres}"


@pytest.fixture(scope="session")
def platform() -> Iterator[Platform]:
    """Kafka with the topics and access of topics.yaml, PostgreSQL, issuer. Started by the first test that asks."""
    with a_platform() as platform:
        yield platform
        platform.check()


@pytest.fixture
def database(platform: Platform) -> Iterator[Urls]:
    """An empty database of the test's own, with the two roles of a service's."""
    name = f"test_{secrets.token_hex(6)}"
    yield platform.databases.create([name])[name]
    platform.databases.drop([name])


@pytest.fixture
def admin_kafka(platform: Platform) -> Kafka:
    """Connection settings of one who may do everything on the broker."""
    return platform.admin_kafka()


@pytest.fixture
def make_topic(admin_kafka: Kafka) -> Iterator[Callable[..., str]]:
    """Makes topics of the test's own, `make_topic(partitions)`, that nobody but the administrator may use.

    `largest`: bytes of a record that it takes, where that is another than the broker's own limit.
    """
    admin = AdminClient(admin_kafka.confluent())
    made: list[str] = []

    def make(partitions: int = 4, largest: int | None = None, name: str = "") -> str:
        made.append(name or f"test-{secrets.token_hex(6)}")
        limit = {"max.message.bytes": str(largest)} if largest else {}
        for done in admin.create_topics([NewTopic(made[-1], partitions, config=limit)]).values():
            done.result(30)
        return made[-1]

    yield make
    if made:
        for done in admin.delete_topics(made).values():
            done.result(30)
