"""What handlers return, whatever happens to them."""

import pytest

from tests.contract.happenings import walked
from tests.contract.outputs import validate_events
from tests.contract.wiring import PACKAGES, services

pytestmark = pytest.mark.parametrize("service", PACKAGES)


def test_whatever_a_service_tells_is_what_its_schema_promises(service):
    validate_events(walked(service).events)


def test_no_handler_was_left_out(service):
    assert walked(service).handled - walked(service).decided == set()


def test_every_event_that_the_service_writes_was_told_and_no_other(service):
    (writer,) = (s for s in services() if s.name == service)
    written = {message.type for messages in writer.writes.values() for message in messages}

    assert {event.type for event in walked(service).events} == written
