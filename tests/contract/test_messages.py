"""The services' message classes against the schemas."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.contract import service_checks, tree
from tests.contract.instances import instances
from tests.contract.wiring import named, services

TREE = tree.read()
READ = [(s.name, message) for s in services() for messages in s.reads.values() for message in messages]


def test_wiring_equals_topics_yaml_both_ways():
    assert service_checks.wiring_differs(TREE, services()) == []


def test_every_reader_takes_what_the_schema_allows_and_every_example():
    assert service_checks.readers_at_odds(TREE, services()) == []


def test_every_writer_can_say_only_what_the_schema_allows_and_says_all_of_it():
    assert service_checks.writers_at_odds(TREE, services()) == []


def test_every_enumerated_value_and_every_example_has_a_writer_that_could_send_it():
    assert service_checks.unwritten_values(TREE, services()) == []


@pytest.mark.parametrize(("service", "message"), READ, ids=lambda part: getattr(part, "__name__", part))
@given(data=st.data())
@settings(max_examples=40, derandomize=True, deadline=None)
def test_a_reader_parses_whatever_a_valid_event_may_hold(service, message, data):
    event = data.draw(instances(TREE.schemas[named(message)]))

    assert message.model_validate({**event, "a_field_of_tomorrow": 1})
