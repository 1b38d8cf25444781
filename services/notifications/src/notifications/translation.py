"""The alert rules' numbers, and when a bank file is missed, from the data files beside the code."""

import tomllib
from importlib import resources
from typing import Any

from notifications.domain.feed import Feed
from notifications.domain.thresholds import Thresholds


def thresholds() -> Thresholds:
    return Thresholds(**_data("thresholds.toml"))


def feed() -> Feed:
    return Feed(**_data("bank_file.toml"))


def _data(file: str) -> dict[str, Any]:
    return tomllib.loads((resources.files("notifications") / file).read_text("utf-8"))
