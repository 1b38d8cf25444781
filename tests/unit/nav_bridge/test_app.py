from pathlib import Path

import pytest

from chassis.settings import SettingsError, load
from nav_bridge.app import build
from nav_bridge.settings import Settings
from tests.unit.chassis.web import environment

ADDRESSES = {
    "nav_url": "http://nav/",
    "eligibility_url": "http://eligibility",
    "intake_url": "http://intake",
    "notifications_url": "http://notifications",
}


def settings(folder: Path, **changes: str | float) -> Settings:
    return load(Settings, **environment(folder, **{**ADDRESSES, **changes}))


def test_the_service_has_a_gateway_for_every_call_that_its_deciders_make(tmp_path: Path) -> None:
    service = build(settings(tmp_path))
    answered = {handler.on.removeprefix("answered:") for handler in service.handlers if ":" in handler.on}
    assert answered == set(service.gateways) == {"nav", "nav-lookup", "nav-outcome", "nav-recall"}


def test_an_address_may_end_in_a_slash(tmp_path: Path) -> None:
    assert settings(tmp_path).nav_url == "http://nav"


@pytest.mark.parametrize(
    ("change", "named"), [({"nav_url": "nav"}, "NAV_URL"), ({"outcome_poll_seconds": 0}, "OUTCOME_POLL_SECONDS")]
)
def test_a_setting_that_cannot_be_used_is_named(tmp_path: Path, change: dict[str, str | float], named: str) -> None:
    with pytest.raises(SettingsError, match=named):
        settings(tmp_path, **change)
