from pathlib import Path

import pytest
from joserfc.jwk import RSAKey

from chassis.settings import SettingsError, load
from nav_bridge.app import build
from nav_bridge.settings import Settings
from tests.maskinporten import key_file
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


MASKINPORTEN = {
    "maskinporten_url": "https://maskinporten.test/token",
    "maskinporten_audience": "https://maskinporten.test/",
    "maskinporten_client_id": "klient-1",
    "maskinporten_scopes": "nav:boligsosial/henvisning",
}


def test_a_token_is_asked_for_where_all_that_it_takes_is_told(tmp_path: Path) -> None:
    key = str(key_file(tmp_path, RSAKey.generate_key(2048)))
    told = settings(tmp_path, **MASKINPORTEN, maskinporten_key_file=key, maskinporten_key_id="nøkkel-1")
    assert told.grant
    assert told.grant.signer.known_by == {"kid": "nøkkel-1"}
    assert (told.grant.token_url, told.grant.scopes) == (MASKINPORTEN["maskinporten_url"], "nav:boligsosial/henvisning")
    assert settings(tmp_path).grant is None


@pytest.mark.parametrize("left_out", [*MASKINPORTEN, "maskinporten_key_file", "maskinporten_key_id"])
def test_half_of_what_a_token_takes_is_refused(tmp_path: Path, left_out: str) -> None:
    key = str(key_file(tmp_path, RSAKey.generate_key(2048)))
    told = {**MASKINPORTEN, "maskinporten_key_file": key, "maskinporten_key_id": "nøkkel-1"}
    del told[left_out]
    with pytest.raises(SettingsError, match="MASKINPORTEN_ krever"):
        settings(tmp_path, **told)


def test_a_key_that_cant_be_used_is_told_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_text("hemmelig", encoding="ascii")
    told = {**MASKINPORTEN, "maskinporten_key_file": str(tmp_path / "key.pem"), "maskinporten_key_id": "nøkkel-1"}
    with pytest.raises(SettingsError, match="kan ikke leses") as refused:
        settings(tmp_path, **told)
    assert "hemmelig" not in str(refused.value)


@pytest.mark.parametrize("name", ["nav_jwks", "maskinporten_url"])
def test_in_production_navs_keys_and_our_token_come_by_https(tmp_path: Path, name: str) -> None:
    key = str(key_file(tmp_path, RSAKey.generate_key(2048)))
    told = {**MASKINPORTEN, "maskinporten_key_file": key, "maskinporten_key_id": "nøkkel-1"}
    safe = {"mode": "production", "issuer_url": "https://issuer.test", "public_url": "https://bridge.test"}
    assert settings(tmp_path, **safe, **told, nav_jwks="https://nav.test/jwks").mode == "production"
    with pytest.raises(SettingsError, match="NAV_JWKS og MASKINPORTEN_URL med https"):
        settings(tmp_path, **safe, **told | {name: "http://nav.test/x"})
