"""The alert rules' numbers, from the data file beside the code."""

import tomllib
from importlib import resources

from notifications.domain.thresholds import Thresholds


def thresholds() -> Thresholds:
    return Thresholds(**tomllib.loads((resources.files("notifications") / "thresholds.toml").read_text("utf-8")))
