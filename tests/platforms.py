"""Where the tests' Kafka and PostgreSQL are: processes of this machine, given ones, or TESTS_ON=containers."""

import os

from demo.local import Platform


def on_containers() -> bool:
    if (where := os.environ.get("TESTS_ON", "processes")) not in {"processes", "containers"}:
        raise ValueError(f"TESTS_ON is {where}: either processes or containers")
    return where == "containers"


def a_platform() -> Platform:
    if not on_containers():
        return Platform()
    from tests.containers.platform import ContainerPlatform  # noqa: PLC0415 - testcontainers asks for an engine

    return ContainerPlatform()
