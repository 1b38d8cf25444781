"""One street for all modules of this folder, and a browser; both end with the last of these tests."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser

from demo.pictures.browsing import a_browser
from demo.pictures.running import ThatMorning, street_running
from tests.collector import Collector
from tests.e2e.browser import Visit, Visitor


@pytest.fixture(scope="package")
def collector() -> Iterator[Collector]:
    """Of all that the street's services trace."""
    with Collector() as collector:
        yield collector


@pytest.fixture(scope="package")
def street(collector: Collector) -> Iterator[ThatMorning]:
    """The services, with the street's tenancies in trouble, on the street's morning.

    Whoever changes something changes what no other test asks about, and counts from what was there before.
    """
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url)
        environment.setenv("OTEL_BSP_SCHEDULE_DELAY", "200")
        with street_running() as platform:
            yield platform
            platform.check()


@pytest.fixture(scope="package")
def chromium(street: ThatMorning) -> Iterator[Browser]:
    with a_browser() as browser:
        print(f"Chromium {browser.version}")
        yield browser


@pytest.fixture
def visit(street: ThatMorning, chromium: Browser) -> Iterator[Visit]:
    """Makes visitors; none of their requests may have left this machine."""
    visitors: list[Visitor] = []

    def make(width: int = 1280, **context: Any) -> Visitor:
        session = chromium.new_context(viewport={"width": width, "height": 800}, locale="nb-NO", **context)
        visitors.append(Visitor(street, session.new_page()))
        session.on("request", visitors[-1].note)
        return visitors[-1]

    yield make
    asked = [request.url for visitor in visitors for request in visitor.asked]
    for visitor in visitors:
        visitor.page.context.close()
    assert {urlsplit(url).hostname for url in asked} == {"127.0.0.1"}
