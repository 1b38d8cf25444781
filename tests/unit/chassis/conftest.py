from collections.abc import AsyncIterator, Iterator, MutableMapping
from pathlib import Path
from typing import Any

import httpx
import pytest
import structlog

from tests.unit.chassis.fake_issuer import FakeIssuer
from tests.unit.chassis.web import FakeStore, client, web_app


@pytest.fixture(autouse=True)
def logged() -> Iterator[list[MutableMapping[str, Any]]]:
    """What our own code logs, kept from the console."""
    with structlog.testing.capture_logs() as lines:
        yield lines


@pytest.fixture
def store() -> FakeStore:
    return FakeStore()


@pytest.fixture
def issuer() -> FakeIssuer:
    return FakeIssuer()


@pytest.fixture
async def web(store: FakeStore, issuer: FakeIssuer, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with client(web_app(store, issuer, tmp_path)) as browser:
        yield browser
