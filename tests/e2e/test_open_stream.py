"""Another system reads the open stream of its municipality by plain CloudEvents, and nothing else on the broker."""

import json
import re
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from uuid import UUID

import pytest

pytestmark = pytest.mark.e2e

SCRIPT = Path(__file__).with_name("bare_subscriber.py")
SUBSCRIBERS = {"subscriber-tynset": "3427", "subscriber-midtre-gauldal": "5027"}
SERVICES = {"intake", "eligibility", "nav-bridge", "notifications"}
# partitionkey: the record's key, as the package names it.
ATTRIBUTES = set(
    "specversion id source type subject time dataschema datacontenttype kommunenummer sequence correlationid "
    "causationid traceparent dataclassification partitionkey".split()
)
STATUSES = {
    "housing_application.changed": set(
        "registered assessed decided referred referral_delivered referral_closed withdrawn".split()
    ),
    "housing_tenancy.changed": {"started", "ended", "stage_changed"},
}
DATA = {"housing_application.changed": {"status", "due_on"}, "housing_tenancy.changed": {"status", "stage"}}


@pytest.fixture(scope="module", params=SUBSCRIBERS)
def heard(request, system, played) -> dict:
    """What the script of one subscriber says, run with nothing but that subscriber's own credentials."""
    principal, kommunenummer = request.param, SUBSCRIBERS[request.param]
    kafka = system.platform.kafka.connection(principal)
    own, others = f"housing-events.{kommunenummer}.v1", [*SERVICES, *(f"{other}.x" for other in SUBSCRIBERS)]
    asked = {
        "connection": {
            "bootstrap_servers": kafka.bootstrap,
            "security_protocol": "SASL_PLAINTEXT",
            "sasl_mechanism": "SCRAM-SHA-512",
            "sasl_plain_username": principal,
            "sasl_plain_password": kafka.password,
        },
        "topic": own,
        "group": f"{principal}.test",
        "reading": system.topics,
        "writing": system.topics,
        "groups": [group for group in others if not group.startswith(f"{principal}.")],
    }
    done = subprocess.run(
        [sys.executable, "-I", str(SCRIPT)],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return {**json.loads(done.stdout), "asked": asked, "kommunenummer": kommunenummer}


def test_the_script_uses_none_of_our_code(heard):
    assert not {"chassis", "demo", "intake", "eligibility", "nav_bridge", "notifications"} & set(heard["modules"])
    assert {"aiokafka", "cloudevents"} <= set(heard["modules"])


def test_every_event_is_a_cloud_event_with_all_attributes_of_the_architecture(heard):
    assert len(heard["events"]) > 20
    for event in heard["events"]:
        found = event["attributes"]
        assert set(found) == ATTRIBUTES
        assert found["specversion"] == "1.0"
        assert UUID(found["id"]).version == 5
        assert UUID(found["causationid"])
        assert found["source"] in {f"/no/kommune/{heard['kommunenummer']}/{service}" for service in SERVICES}
        assert (type := re.fullmatch(r"no\.boligflyt\.([a-z_]+\.[a-z_]+)\.v1", found["type"]))
        assert found["dataschema"] == f"urn:boligflyt:schema:{type[1]}.v1"
        assert str(UUID(found["subject"])) == found["subject"] == event["key"] == found["partitionkey"]
        assert datetime.fromisoformat(found["time"]).utcoffset() is not None
        assert (found["kommunenummer"], found["dataclassification"]) == (heard["kommunenummer"], "open")
        assert int(found["sequence"]) >= 1
        assert re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}", found["traceparent"])


def test_the_data_are_thin(heard):
    for event in heard["events"]:
        type = event["attributes"]["type"].removeprefix("no.boligflyt.").removesuffix(".v1")
        assert event["data"].keys() <= DATA[type]
        assert event["data"]["status"] in STATUSES[type]


def test_sequences_of_a_source_and_subject_have_no_gap(heard):
    """An event may come again, under the same id: the stream brings each at least once."""
    numbers: dict = {}
    for found in {event["attributes"]["id"]: event["attributes"] for event in heard["events"]}.values():
        of_subject = numbers.setdefault((found["source"], found["subject"]), [])
        assert int(found["sequence"]) == len(of_subject) + 1
        of_subject.append(found["id"])


def test_a_subscriber_is_refused_on_every_other_topic_and_on_writing_anywhere(heard, system):
    refused = dict.fromkeys(system.topics, "refused")
    assert heard["reading"] == refused | {heard["asked"]["topic"]: "code 0"}
    assert heard["writing"] == refused


def test_a_subscriber_is_refused_in_groups_that_are_not_its_own(heard):
    assert len(heard["groups"]) == 5
    assert set(heard["groups"].values()) == {"refused"}
