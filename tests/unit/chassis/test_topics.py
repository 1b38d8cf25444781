from pathlib import Path

import pytest
from pydantic import ValidationError

from chassis.topics import Access, Topics

DECLARED = Topics.read(Path(__file__).parents[3] / "schemas" / "topics.yaml")


def test_the_open_family_is_one_topic_per_municipality():
    assert {name for name in DECLARED.named if name.startswith("housing-events.")} == {
        "housing-events.3427.v1",
        "housing-events.5027.v1",
    }


def test_every_service_and_subscriber_is_a_principal():
    assert DECLARED.services == ["eligibility", "intake", "nav-bridge", "notifications"]
    assert len(DECLARED.principals) == len(set(DECLARED.principals)) == len(DECLARED.services) + 2


def test_a_service_reads_under_the_one_group_that_has_its_name():
    groups = {access for access in DECLARED.access if access.resource == "GROUP" and not access.prefixed}
    assert groups == {Access(reader, "GROUP", reader, "READ") for reader in DECLARED.services}


def test_a_subscriber_may_read_its_topic_under_its_groups_and_nothing_else():
    assert {access for access in DECLARED.access if access.principal == "subscriber-tynset"} == {
        Access("subscriber-tynset", "TOPIC", "housing-events.3427.v1", "READ"),
        Access("subscriber-tynset", "GROUP", "subscriber-tynset.", "READ", prefixed=True),
    }


@pytest.mark.parametrize("topic", ["applications.v1", "housing-events.0301.v1"])
def test_no_one_subscribes_to_what_is_not_open(topic):
    subscriber = {"principal": "stranger", "topic": topic, "group_prefix": "stranger."}
    with pytest.raises(ValidationError, match="ikke et åpent emne"):
        Topics.model_validate({**DECLARED.model_dump(), "subscribers": [subscriber]})
