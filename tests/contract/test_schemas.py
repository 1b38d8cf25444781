"""The folder by itself."""

from tests.contract import schema_checks, tree

TREE = tree.read()


def test_every_type_has_a_schema_and_two_examples_and_nothing_is_orphaned():
    assert schema_checks.orphans_and_gaps(TREE) == []


def test_names_of_topics_and_types_are_well_formed():
    assert schema_checks.malformed_names(TREE) == []


def test_schemas_are_flat_bounded_described_and_open():
    assert schema_checks.loose_schemas(TREE) == []


def test_no_field_sounds_personal():
    assert schema_checks.personal_fields(TREE) == []


def test_every_example_is_valid_and_says_nothing_undeclared():
    assert schema_checks.bad_examples(TREE) == []


def test_each_topic_has_one_writer_and_only_the_open_family_has_subscribers():
    assert schema_checks.bad_topics(TREE) == []
