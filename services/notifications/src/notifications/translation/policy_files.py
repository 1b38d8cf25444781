"""What the data files beside the code say: the alert rules' numbers, each municipality's, a missed file, days off."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

from notifications.domain.feed import Feed
from notifications.domain.policy import Policies, Policy, Version
from notifications.domain.thresholds import Thresholds

FILES = resources.files("notifications")


def thresholds() -> Thresholds:
    """Those of every municipality that has none of its own."""
    return Thresholds(**_data(FILES / "thresholds.toml"))


def policies() -> Policies:
    """By the files of the municipalities that have one."""
    common, files = thresholds(), map(_data, _municipalities())
    return Policies(Policy((Version(0, common),)), {file["kommunenummer"]: policy_of(file, common) for file in files})


def policy_of(file: Mapping[str, Any], common: Thresholds) -> Policy:
    """A version gives what differs from the version before it, the first from the common thresholds.

    `go_live`: see `Policy`; where it is left out, every day raises.

    Raises TypeError for a number that no rule knows, ValueError for versions out of order or named alike.
    """
    versions = [Version(0, common)]
    for given in file.get("thresholds", ()):
        changes = {name: value for name, value in given.items() if name != "active_from"}
        active_from, limits = given["active_from"].toordinal(), replace(versions[-1].limits, **changes)
        if active_from <= versions[-1].active_from or limits.version in {each.limits.version for each in versions}:
            raise ValueError(f"{limits.version}: versions stand oldest first, each with a name of its own")
        versions.append(Version(active_from, limits))
    return Policy(tuple(versions), file["go_live"].toordinal() if "go_live" in file else 0)


def feed() -> Feed:
    return Feed(**_data(FILES / "bank_file.toml"))


def _municipalities() -> Iterator[Traversable]:
    return (file for file in (FILES / "municipalities").iterdir() if file.name.endswith(".toml"))


def also_closed() -> frozenset[str]:
    """Days without work beside the public holidays, as `12-24`."""
    return frozenset(_data(FILES / "working_days.toml")["also_closed"])


def _data(file: Traversable) -> dict[str, Any]:
    return tomllib.loads(file.read_text("utf-8"))
