"""The codec's headers against the envelope's schema."""

import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError

from chassis.decided import Decided, Held, Wiring
from chassis.envelope import encode
from chassis.outputs import Context, Event, Key, Message
from intake.messages import PaymentRegistered
from tests.contract import tree
from tests.contract.outputs import problems
from tests.contract.tree import ENVELOPE, FAMILY
from tests.contract.wiring import Service, named, services

TREE = tree.read()
ID = UUID("0f0a6f0e-6b53-5c8e-9d0a-3a1f2f6f9b11")
TIME = datetime(2019, 2, 11, 5, tzinfo=UTC)
TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def headers(*, traceparent: str = "") -> dict[str, str]:
    data = PaymentRegistered.model_validate(next(iter(TREE.examples["payment.registered.v1"].values())))
    made, _ = encode(
        data,
        id=ID,
        source="/no/kommune/3427/intake",
        subject=str(ID),
        time=TIME,
        kommunenummer="3427",
        sequence=17,
        correlation=str(ID),
        causation=str(ID),
        traceparent=traceparent,
        classification="internal",
    )
    return dict(made)


@pytest.mark.parametrize("traceparent", ["", TRACE])
def test_the_codec_writes_what_the_envelope_promises(traceparent):
    assert problems(TREE.schemas[ENVELOPE], headers(traceparent=traceparent)) == []


def test_the_codec_names_the_values_schema_by_its_id():
    assert headers()["ce_dataschema"] == TREE.schemas["payment.registered.v1"]["$id"]


@pytest.mark.parametrize("name", ["ce_id", "ce_sequence", "ce_subject", "ce_dataclassification", "content-type"])
def test_a_header_that_is_missing_or_wrong_is_found(name):
    assert problems(TREE.schemas[ENVELOPE], {k: v for k, v in headers().items() if k != name}) != []
    assert problems(TREE.schemas[ENVELOPE], headers() | {name: "Ola Nordmann"}) != []


def stored(service: Service, topic: str, message: Any) -> tuple[str, dict[str, str]]:
    """Topic and headers as the store writes them for an event of that service."""
    key = Key("case", str(ID))
    topics = {m.type: name for name, messages in service.writes.items() for m in messages}
    wiring = Wiring(service.name, topics, lambda *_: {}, {})
    decided = Decided(wiring, {key: Held("3427", None, {}, {})})
    cause = Message(ID, "command.do", str(ID), "3427", TIME, None)
    data = message.model_validate(_sendable(message))
    decided.take(cause, Context(ID, TIME), [key], [Event(str(ID), data)])
    ((_, sent_to, _, _, found, _),) = decided._events
    return sent_to, json.loads(found)


def _sendable(message: Any) -> Any:
    """An example that this writer could have sent: on the open stream each has its own statuses."""
    for data in TREE.examples[named(message)].values():
        with suppress(ValidationError):
            message.model_validate(data)
            return data
    raise AssertionError(f"no example of {named(message)} that {message.__module__} could have sent")


WRITTEN = [(s, topic, m) for s in services() for topic, messages in s.writes.items() for m in messages]


@pytest.mark.parametrize(("service", "topic", "message"), WRITTEN, ids=[f"{s.name}-{m.type}" for s, _, m in WRITTEN])
def test_what_is_stored_to_be_sent_keeps_to_envelope_and_topic(service, topic, message):
    sent_to, found = stored(service, topic, message)

    assert sent_to == topic.replace(FAMILY, "3427")
    assert problems(TREE.schemas[ENVELOPE], found) == []
    assert found["ce_dataclassification"] == TREE.topics[topic]["classification"]
    assert found["ce_type"] == f"no.boligflyt.{named(message)}"


def test_what_several_services_tell_of_one_cause_has_an_id_each():
    ids = [stored(s, topic, m)[1]["ce_id"] for s, topic, m in WRITTEN if m.type == "erasure.completed"]

    assert len(ids) == len(set(ids)) == len(services())
