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

LETTERS = """
[3427]
sender = "Tynset kommune"
office = "NAV Tynset"
organisation = "974760673"
address = "Oppdiktet torg 1"
postcode = "2500"
place = "Tynset"
"""


def settings(folder: Path, **changes: str | float) -> Settings:
    return load(Settings, **environment(folder, **{**ADDRESSES, **changes}))


def test_the_service_has_a_gateway_for_every_call_that_its_deciders_make(tmp_path: Path) -> None:
    service = build(settings(tmp_path))
    answered = {handler.on.removeprefix("answered:") for handler in service.handlers if ":" in handler.on}
    letters = {"svarut-reserve", "svarut", "svarut-lookup", "svarut-outcome", "svarut-recall"}
    assert answered == set(service.gateways) == {"nav", "nav-lookup", "nav-outcome", "nav-recall"} | letters


def letters(folder: Path, senders: str) -> dict[str, str]:
    (folder / "letters.toml").write_text(LETTERS, encoding="utf-8")
    (folder / "senders.toml").write_text(senders, encoding="utf-8")
    return {"nav_letters_file": str(folder / "letters.toml"), "svarut_senders_file": str(folder / "senders.toml")}


def test_whose_office_is_reached_by_letter_is_data_and_its_password_shows_nowhere(tmp_path: Path) -> None:
    given = settings(tmp_path, **letters(tmp_path, '[3427]\nuser = "tynset"\npassword = "hemmelig"'))
    service = build(given)
    ((kommunenummer, post),) = vars(service.gateways["svarut"])["_posts"].items()

    assert (kommunenummer, post.office.office, post.user, post.password) == ("3427", "NAV Tynset", "tynset", "hemmelig")
    assert "hemmelig" not in repr((given, post))


def test_no_municipality_is_reached_by_letter_unless_that_is_said(tmp_path: Path) -> None:
    assert vars(build(settings(tmp_path)).gateways["svarut"])["_posts"] == {}


@pytest.mark.parametrize(
    "senders", ["", "[5027]\nuser='a'\npassword='b'", "[3427]\nuser='a'", "[3427]\nuser=''\npassword=''"]
)
def test_who_is_reached_by_letter_needs_a_sender_at_svarut(tmp_path: Path, senders: str) -> None:
    with pytest.raises(SettingsError, match="SVARUT_SENDERS_FILE må ha user og password for 3427"):
        settings(tmp_path, **letters(tmp_path, senders))


def test_an_address_may_end_in_a_slash(tmp_path: Path) -> None:
    assert settings(tmp_path).nav_url == "http://nav"


@pytest.mark.parametrize(
    ("change", "named"), [({"nav_url": "nav"}, "NAV_URL"), ({"outcome_poll_seconds": 0}, "OUTCOME_POLL_SECONDS")]
)
def test_a_setting_that_cannot_be_used_is_named(tmp_path: Path, change: dict[str, str | float], named: str) -> None:
    with pytest.raises(SettingsError, match=named):
        settings(tmp_path, **change)
