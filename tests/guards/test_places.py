"""Nothing tracked names a folder of one machine or the host of a package registry."""

import pytest

from tests.contract.tree import ROOT
from tests.guards import places

pytestmark = pytest.mark.guard


def test_no_file_names_a_machine_or_a_registry():
    hosts = places.own_registries()
    found = {
        str(path.relative_to(ROOT)): tied
        for path in places.files(ROOT)
        if (tied := sorted(places.tied(path.read_bytes().decode(errors="replace"), hosts)))
    }

    assert found == {}


@pytest.mark.parametrize("folder", places.FOLDERS)
def test_a_path_of_one_machine_is_found(folder):
    assert list(places.tied(f'open("/{folder}/main/topics.yaml")', set())) == [f"/{folder}/"]


@pytest.mark.parametrize("host", [*places.HOSTS, "mirror.example.no"])
def test_the_host_of_a_registry_is_found(host):
    assert host in set(places.tied(f"see https://{host}/a/page", {"mirror.example.no"}))


def test_relative_paths_and_addresses_are_let_through():
    assert list(places.tied("../shared/notes, demo/work/file, https://kommune.example/work/1", set())) == []
