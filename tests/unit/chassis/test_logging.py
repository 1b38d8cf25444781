import asyncio
import io
import json
import logging

import pytest
import structlog

from chassis.errors import Reject
from chassis.logging import MASK, configure

BIRTH_NUMBER = "01010112345"


@pytest.fixture
def lines():
    """What was written, as JSON; everything is put back as pytest had it."""
    root, written = logging.getLogger(), io.StringIO()
    kept = (root.handlers[:], root.level, structlog.get_config())
    configure("intake", "INFO", written)
    yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    root.handlers[:], level, config = kept
    root.setLevel(level)
    structlog.configure(**config)
    structlog.contextvars.clear_contextvars()


def test_a_line_is_json_with_time_level_service_and_name(lines):
    structlog.get_logger().info("consumer.committed", records=3)
    (line,) = lines()

    assert line.pop("time").endswith("Z")
    assert line == {"event": "consumer.committed", "level": "info", "service": "intake", "records": 3}


@pytest.mark.parametrize(
    "value",
    [
        BIRTH_NUMBER,
        f"for {BIRTH_NUMBER}, see",
        f"fnr{BIRTH_NUMBER}x",
        "010101 12345",
        "010101-12345",
        int("1" + BIRTH_NUMBER[1:]),
        [BIRTH_NUMBER],
        {"a": {"b": (BIRTH_NUMBER,)}},
        {BIRTH_NUMBER: 1},
        ValueError(BIRTH_NUMBER),
    ],
    ids=repr,
)
def test_what_could_be_a_birth_number_is_masked_wherever_it_is(lines, value):
    structlog.get_logger().info("some.thing", value=value)
    (line,) = lines()

    assert BIRTH_NUMBER[1:] not in json.dumps(line)
    assert "010101 12345" not in json.dumps(line)
    assert "010101-12345" not in json.dumps(line)


@pytest.mark.parametrize(
    "value",
    [
        "a0000000-0000-4000-8000-a01010112345",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "f" * 20 + BIRTH_NUMBER + "f",
        "2019-05-02T09:00:00.123456Z",
        123456789012,
        1234567890,
    ],
    ids=repr,
)
def test_ids_digests_times_and_other_numbers_stay_as_they_are(lines, value):
    structlog.get_logger().info("some.thing", value=value)

    assert lines()[0]["value"] == value


def test_of_an_exception_of_a_library_only_the_type_and_our_frames_are_written(lines):
    try:
        try:
            json.loads("secret")
        except ValueError as error:
            raise KeyError("secret") from error
    except KeyError:
        structlog.get_logger().exception("some.failure")
    (line,) = lines()

    assert line["error"] == "KeyError (uventet feil)"
    assert line["causes"][0] == "JSONDecodeError (uventet feil)"
    assert [frame.partition(":")[0] for frame in line["frames"]] == ["chassis/test_logging.py"]
    assert len(line["fingerprint"]) == 12
    assert "secret" not in json.dumps(line)


def test_an_exception_of_ours_says_its_own_sentence(lines):
    structlog.get_logger().error("some.failure", exc_info=Reject("closed", "Saken er lukket."))

    assert lines()[0]["error"] == "closed: Saken er lukket."


def test_libraries_are_heard_through_the_same_chain(lines):
    logging.getLogger("aiokafka.consumer").warning("Heartbeat failed for group %s", f"g {BIRTH_NUMBER}")
    (line,) = lines()

    assert line["event"] == "foreign.aiokafka.consumer"
    assert line["text"] == f"Heartbeat failed for group g {MASK}"
    assert line["level"] == "warning"


def test_what_a_library_says_of_an_exception_is_left_out(lines):
    log = logging.getLogger("faststream")
    try:
        raise ValueError("secret")
    except ValueError as error:
        log.exception("ValueError: %s", "secret")
        log.warning("it was " + repr(error), exc_info=error)  # noqa: G003 (as FastStream does)
        log.warning("it was %s", error)
        log.warning("it was %(error)s", {"error": "fine"})

    written = lines()

    assert "secret" not in json.dumps(written)
    assert [line.get("error") for line in written] == ["ValueError (uventet feil)"] * 3 + [None]
    assert written[3]["text"] == "it was fine"


async def test_a_lost_task_does_not_tell_what_it_failed_on(lines):
    loop = asyncio.get_running_loop()
    loop.call_exception_handler({"message": "Task failed", "exception": ValueError("secret")})
    loop.call_exception_handler({"message": "Task failed", "source": "repr with secret"})

    assert [line["event"] for line in lines()] == ["foreign.asyncio"] * 2
    assert "secret" not in json.dumps(lines())


def test_uvicorns_access_lines_and_the_chatter_of_clients_are_off(lines):
    logging.getLogger("uvicorn.access").info("GET /people/1")
    logging.getLogger("httpx").info("HTTP Request")
    logging.getLogger("aiokafka").debug("a record")

    assert lines() == []


def test_handlers_that_a_library_brought_are_taken_away(lines):
    log = logging.getLogger("faststream.access.kafka")
    log.addHandler(logging.StreamHandler(io.StringIO()))
    log.propagate = False

    configure("intake")

    assert (log.handlers, log.propagate) == ([], True)
